// Package accord_test holds what is true of the whole repository. There is no
// code in its root.
package accord_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "example.com/accord"

// A layer is one package: the floor it stands on, and what of ours it may
// import, each with the reason why. ARCHITECTURE.md shows the house.
type layer struct {
	floor int
	may   map[string]string
}

// layers is every package of the repository. One that is not here has no floor.
var layers = map[string]layer{
	"text":                {1, nil},
	"issue":               {1, map[string]string{"text": "a Text is one of the values"}},
	"plan":                {1, map[string]string{"issue": "it decides about them", "text": "mentions in texts are translated"}},
	"connector/jira/adf":  {1, map[string]string{"text": "what it reads and writes"}},
	"connector/jira/wiki": {1, map[string]string{"text": "what it reads and writes"}},

	"connector/jira/wire":       {1, nil},
	"connector/jira/descriptor": {1, nil},

	"connector": {2, map[string]string{"issue": "the words that engine and tracker share"}},
	"durable":   {2, map[string]string{"issue": "what is stored"}},

	"engine": {3, map[string]string{
		"connector": "the trackers, as a seam", "durable": "what outlives it, as a seam", "issue": "what both seams speak", "plan": "it carries plans out",
	}},
	"connector/jira": {3, map[string]string{
		"connector": "the seam it fills", "issue": "what the seam speaks", "text": "a Text of an issue",
		"connector/jira/adf": "rich text on Cloud", "connector/jira/wiki": "rich text on Data Center",
		"connector/jira/hook": "reads its webhooks", "connector/jira/wire": "small shapes of its JSON",
	}},
	"connector/jira/oauth": {3, map[string]string{
		"connector": "its errors, and Secret", "durable": "it keeps tokens where all processes find them, as a seam",
	}},
	"connector/jira/hook": {3, map[string]string{
		"connector": "the seam it fills", "issue": "what the seam speaks", "connector/jira/wire": "small shapes of its JSON",
	}},
	"durable/sqlite": {3, map[string]string{"durable": "the seam it fills", "issue": "what the seam speaks"}},
	"durable/aws":    {3, map[string]string{"durable": "the seam it fills", "issue": "what the seam speaks"}},
	"memory":         {3, map[string]string{"connector": "a seam it fills", "durable": "a seam it fills", "issue": "what the seams speak"}},
	"contract": {3, map[string]string{
		"connector": "a seam whose promises it holds", "durable": "a seam whose promises it holds", "issue": "samples", "text": "samples",
	}},
	"jirasim": {3, map[string]string{
		"jirasim/world": "the issues it serves", "jirasim/jql": "its search", "jirasim/limits": "its rate limits", "jirasim/consent": "its apps", "jirasim/ui": "its page", "jirasim/renderer": "rich text as HTML",
	}},
	"jirasim/world": {3, map[string]string{
		"connector/jira/adf": "rich text on Cloud", "connector/jira/wiki": "rich text on Data Center", "text": "what these two speak",
		"jirasim/jql": "its search",
	}},
	"jirasim/ui": {3, map[string]string{
		"jirasim/world": "what it shows and changes", "connector/jira/wiki": "rich text, as people write it", "jirasim/renderer": "rich text, as it is drawn",
	}},
	"jirasim/jql":      {3, nil},
	"jirasim/renderer": {3, map[string]string{"text": "rich text, as it is drawn"}},
	"jirasim/limits":   {3, nil},
	"jirasim/consent":  {3, nil},

	"durable/aws/emulator": {3, nil},

	"awssim": {3, nil}, // like jirasim, it must not share our misunderstandings

	"runtimeapi": {3, nil}, // it runs any function

	"config/published": {4, map[string]string{"config": "what is published", "durable": "where it is kept, as a seam"}},
	"config":           {4, map[string]string{"issue": "names of participants", "plan": "accord.yaml says the rules of a plan"}},
	"web": {4, map[string]string{
		"engine": "it hears webhooks", "connector": "a delivery", "durable": "what it shows", "issue": "what it shows",
	}},

	"lambda/hear": {4, map[string]string{
		"connector": "it reads webhooks, as a seam", "durable": "it queues, as a seam", "issue": "what both seams speak",
		"durable/aws": "the record of a webhook in the stream",
	}},

	"lambda/source": {4, map[string]string{
		"durable": "a stream of blobs, and a queue, as seams", "runtimeapi": "how a function fails, and what it takes",
	}},

	"lambda/turn": {4, map[string]string{"durable": "it takes from a queue and tells it how it ended, as a seam"}},

	"lambda/sweep": {4, map[string]string{
		"engine": "how a sweep is asked for", "durable": "it stores what is left, as a seam", "connector": "a site that is busy says so",
	}},
	"lambda/answer": {4, map[string]string{
		"connector": "secrets, and the seam that reads webhooks", "connector/jira/hook": "the check of a signature, as hear makes it",
	}},
	"lambda/role":   {4, nil},
	"lambda/upkeep": {4, map[string]string{"durable": "it remembers that a stack is idle, as a seam"}},
	"lambda/web":    {4, nil},
	"lambda/metric": {4, nil},
	"lambda/notice": {4, below("who it speaks as", "lambda/role")},
	"lambda/logs":   {4, map[string]string{"durable": "where archives are kept, and how far they go, as a seam"}},
	"lambda/after": {4, map[string]string{
		"durable": "it remembers what it told, as a seam", "issue": "links are named by refs", "durable/aws": "what the stream tells of a commit",
	}},
	"lambda/alert": {4, map[string]string{"connector": "the address is a Secret"}},

	"lambda/ground": {4, below("it opens what the functions stand on", "lambda/role", "config", "config/published", "connector", "durable", "durable/aws", "durable/sqlite")},

	"app": {5, below("it opens everything that accord.yaml names",
		"config", "web", "engine", "connector/jira", "connector/jira/hook", "connector/jira/oauth", "connector", "durable", "plan", "issue")},
	"app/aslambda": {5, map[string]string{
		"app": "whose events the functions handle", "config": "what they are told", "connector": "keys are Secrets", "durable/sqlite": "the state is on this machine",
		"lambda/source": "calls the functions", "runtimeapi": "runs them",
	}},
	"app/aws": {5, map[string]string{
		"app": "what it opens", "config": "what it opens", "config/published": "which is in use", "connector": "keys are Secrets",
		"durable/aws": "the state, on AWS",
	}},
	"app/local": {5, map[string]string{"app": "what it opens", "config": "what it opens", "durable/sqlite": "the state, in one file"}},
	"demo": {5, map[string]string{
		"app": "it runs the real thing", "app/local": "its state is on this machine", "config": "its accord.yaml", "demo/script": "the edits", "jirasim": "the two Jiras",
		"durable": "what it shows", "engine": "what it shows", "issue": "what it shows", "text": "what it shows",
	}},
	"demo/script": {5, nil}, // it judges the sync, so it shares nothing with it

	"cmd/accord": {6, below("flags, printing, exit codes",
		"app", "app/aslambda", "app/aws", "app/local", "connector/jira/descriptor", "connector/jira/hook", "connector/jira/oauth", "config/published", "demo", "demo/script", "config", "web", "engine", "connector", "durable", "plan", "issue", "text")},
	"cmd/lambda/hear":        {6, below("what it is made of", "lambda/hear", "lambda/ground", "config", "connector", "connector/jira/hook", "issue")},
	"cmd/lambda/turn":        {6, below("what it is made of", "lambda/turn", "lambda/ground", "app")},
	"cmd/lambda/sweep":       {6, below("what it is made of", "lambda/sweep", "lambda/ground", "app", "config/published", "engine")},
	"cmd/lambda/backfill":    {6, below("what it is made of", "lambda/sweep", "lambda/ground", "app", "engine")},
	"cmd/lambda/pack":        {6, nil},
	"deploy/aws/params":      {6, nil},
	"cmd/lambda/answer":      {6, below("what it is made of", "lambda/answer")},
	"cmd/lambda/bench":       {6, below("what it measures the starts of", "config", "runtimeapi")},
	"cmd/lambda/bench/hello": {6, nil},
	"cmd/lambda/upkeep":      {6, below("what it is made of", "lambda/role", "lambda/upkeep", "lambda/after", "lambda/metric", "lambda/notice", "lambda/ground", "app", "config/published")},
	"cmd/lambda/alert":       {6, below("what it is made of", "lambda/alert", "lambda/ground", "connector")},
	"cmd/lambda/logs":        {6, below("what it is made of", "lambda/role", "lambda/logs", "lambda/ground", "lambda/metric")},
	"cmd/lambda/after":       {6, below("what it is made of", "lambda/after", "lambda/ground", "lambda/metric", "lambda/notice")},
	"cmd/lambda/web":         {6, below("what it is made of", "lambda/web", "lambda/ground", "app", "web")},
	"cmd/jirasim":            {6, map[string]string{"jirasim": "what it serves"}},
}

func below(reason string, packages ...string) map[string]string {
	may := map[string]string{}
	for _, p := range packages {
		may[p] = reason
	}
	return may
}

// pure are the packages of the standard library that floor 1 may import: they
// have no effect and no clock. time is there for its values only.
var pure = []string{
	"bytes", "cmp", "encoding/json", "errors", "fmt", "html", "io", "iter", "maps", "math", "regexp", "slices", "strconv", "strings", "time",
	"unicode", "unicode/utf8",
}

// clocks are the names in time that read or wait for a clock.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// outside is who may import what of others, and why. Test files may import all
// that go.mod names.
var outside = map[string]map[string]string{
	"github.com/aws/aws-lambda-go": below("what a function is called by and with", "lambda/hear", "lambda/turn", "lambda/alert", "lambda/web", "lambda/after", "lambda/logs", "lambda/ground", "lambda/source",
		"cmd/lambda/web", "cmd/lambda/after", "cmd/lambda/hear", "cmd/lambda/turn", "cmd/lambda/sweep", "cmd/lambda/backfill", "cmd/lambda/alert", "cmd/lambda/upkeep", "cmd/lambda/bench/hello"),

	"github.com/aws/aws-sdk-go-v2":      {"durable/aws": "the services it keeps things with", "durable/aws/emulator": "what it makes there", "lambda/ground": "it opens them", "lambda/role": "what they are called with", "app/aws": "it finds a stack", "lambda/notice": "the topic", "lambda/logs": "the logs", "cmd/lambda/logs": "it opens them", "lambda/upkeep": "what it looks after", "cmd/lambda/upkeep": "it opens that"},
	"github.com/aws/smithy-go":          {"durable/aws": "the errors of the services", "app/aws": "it explains them"},
	"github.com/goccy/go-yaml":          {"config": "it keeps line and column of every node"},
	"github.com/johannesboyne/gofakes3": {"awssim": "S3 in memory"},
	"github.com/golang-jwt/jwt":         {"connector/jira/hook": "the token of a delivery to an app"},
	"github.com/google/go-cmp":          {"contract": "it shows differences"},
	"github.com/spf13/cobra":            {"cmd/accord": "the command line as users know it"},
	"golang.org/x/oauth2":               {"connector/jira/oauth": "the protocol"},
	"golang.org/x/term":                 {"cmd/accord": "is it a terminal?"},
	"gopkg.in/yaml.v3":                  {"deploy/aws/params": "templates of AWS"},
	"modernc.org/sqlite":                {"durable/sqlite": "the store"},
	"pgregory.net/rapid":                {"contract": "it draws samples"},
}

// A source is one Go file of the repository.
type source struct {
	path string
	file *ast.File
	set  *token.FileSet
}

func (s source) dir() string  { return path.Dir(s.path) }
func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) imports(t *testing.T) []string {
	var out []string
	for _, i := range s.file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// ours returns the name of a package of this repository.
func ours(p string) (string, bool) { return strings.CutPrefix(p, module+"/") }

func standard(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return !strings.Contains(first, ".")
}

// sources reads every Go file itself: a test's pass is kept only for as long as
// the files that it opened are the same.
func sources(t *testing.T) []source {
	t.Helper()
	root := os.DirFS(".")
	var out []source
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." {
			_, err := fs.Stat(root, path.Join(p, "go.mod"))
			if module := err == nil; module || strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" { // it is a module of its own
				return fs.SkipDir
			}
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		b, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, p, b, parser.SkipObjectResolution)
		out = append(out, source{p, f, set})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryPackageStandsOnAFloor(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if !s.isTest() {
			seen[s.dir()] = true
		}
	}
	for p := range seen {
		if _, ok := layers[p]; !ok {
			t.Errorf("package %s stands on no floor: give it one in layers", p)
		}
	}
	for p := range layers {
		if !seen[p] {
			t.Errorf("layers has package %s, which is not there", p)
		}
	}
}

// The table itself goes down: nothing imports a floor above it, and on one
// floor no two packages lead to each other.
func TestTheTableGoesDown(t *testing.T) {
	for p, l := range layers {
		for q := range l.may {
			switch m, ok := layers[q]; {
			case !ok:
				t.Errorf("%s may import %s, which has no floor", p, q)
			case m.floor > l.floor:
				t.Errorf("%s on floor %d may import %s on floor %d", p, l.floor, q, m.floor)
			case slices.Contains(reach(q), p):
				t.Errorf("%s and %s lead to each other", p, q)
			}
		}
	}
	// engine and adapters meet at the seams only
	sides := []string{"engine", "connector/jira", "durable/sqlite", "durable/aws", "memory", "contract", "jirasim"}
	for _, p := range sides {
		for _, q := range sides {
			if slices.Contains(reach(p), q) {
				t.Errorf("%s leads to %s", p, q)
			}
		}
	}
}

// reach returns all that p may import, over however many steps.
func reach(p string) []string {
	seen := map[string]bool{}
	var walk func(string)
	walk = func(p string) {
		for q := range layers[p].may {
			if !seen[q] {
				seen[q] = true
				walk(q)
			}
		}
	}
	walk(p)
	return slices.Sorted(maps.Keys(seen))
}

func TestImportsGoDown(t *testing.T) {
	for _, s := range sources(t) {
		for _, p := range s.imports(t) {
			q, own := ours(p)
			_, allowed := layers[s.dir()].may[q]
			switch {
			case own && q == "contract" && !s.isTest():
				t.Errorf("%s imports contract, which is for tests", s.path)
			case own && !s.isTest() && !allowed:
				t.Errorf("%s imports %s: layers gives %s no reason to", s.path, q, s.dir())
			case !own && !standard(p) && !s.isTest() && !mayUse(s.dir(), p):
				t.Errorf("%s imports %s: outside gives %s no reason to", s.path, p, s.dir())
			}
		}
	}
}

func mayUse(pkg, outer string) bool {
	for prefix, users := range outside {
		if _, ok := users[pkg]; ok && (outer == prefix || strings.HasPrefix(outer, prefix+"/")) {
			return true
		}
	}
	return false
}

func TestFloorOneIsPure(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() || layers[s.dir()].floor != 1 {
			continue
		}
		for _, p := range s.imports(t) {
			if _, own := ours(p); !own && !slices.Contains(pure, p) {
				t.Errorf("%s imports %s, which is not known to have no effect", s.path, p)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == timeName(s.file) && slices.Contains(clocks, sel.Sel.Name) {
				t.Errorf("%s: %s: time.%s asks the clock", s.path, s.set.Position(n.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}

// timeName is the name under which a file has imported time.
func timeName(f *ast.File) string {
	for _, i := range f.Imports {
		if i.Path.Value == `"time"` && i.Name != nil {
			return i.Name.Name
		}
	}
	return "time"
}

// The simulated Jira must not share the product's misunderstandings of Jira.
func TestTheSimulatorKnowsNothingOfTheProduct(t *testing.T) {
	allowed := []string{"connector/jira/adf", "connector/jira/wiki", "text"}
	for _, p := range []string{"jirasim", "cmd/jirasim"} {
		for _, q := range reach(p) {
			if !slices.Contains(allowed, q) && q != "jirasim" && !strings.HasPrefix(q, "jirasim/") {
				t.Errorf("%s leads to %s", p, q)
			}
		}
	}
}

// There is no code that runs before main.
func TestNothingHappensAtInit(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function", s.path)
			}
		}
	}
}
