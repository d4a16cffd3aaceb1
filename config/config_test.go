package config_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/accord/config"
	"example.com/accord/issue"
	"example.com/accord/plan"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFaults reads every story in testdata: an accord.yaml, and all that is
// said about it.
func TestFaults(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			story, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, faults := config.Parse("accord.yaml", story.Files[0].Data)
			var got strings.Builder
			for _, f := range faults {
				fmt.Fprintln(&got, f)
			}
			if *update {
				story.Files = []txtar.File{story.Files[0], {Name: "faults", Data: []byte(got.String())}}
				if err := os.WriteFile(file, txtar.Format(story), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(story.Files[1].Data), got.String()); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(got.String(), "hunter2") {
				t.Error("a secret is printed")
			}
		})
	}
}

// example returns the whole example of docs/CONFIG.md.
func example(t *testing.T) []byte {
	t.Helper()
	doc, err := os.ReadFile("../docs/CONFIG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(doc), "```yaml\n")
	src, _, closed := strings.Cut(rest, "```\n")
	if !ok || !closed {
		t.Fatal("docs/CONFIG.md has no example")
	}
	return []byte(src)
}

func read(t *testing.T, src string) config.Config {
	t.Helper()
	c, faults := config.Parse("/etc/accord/accord.yaml", []byte(src))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestExample(t *testing.T) {
	c, faults := config.Parse("/etc/accord/accord.yaml", example(t))
	if len(faults) > 0 {
		t.Fatalf("the example has faults: %v", faults)
	}
	want := config.Config{
		Listen: "127.0.0.1:8080", HooksAt: "0.0.0.0:8443", PublicURL: "https://accord.acme.example:8443",
		TLS:   config.TLS{Cert: "/etc/accord/hooks.pem", Key: "/etc/accord/hooks-key.pem"},
		State: "/etc/accord/state",
		Sites: []config.Site{
			{Name: "acme", Kind: "cloud", URL: "https://acme.atlassian.net", User: "accord@acme.example",
				Token: config.Credential{Env: "ACME_TOKEN"}, Secret: config.Credential{Env: "ACME_HOOK_SECRET"}, Hooks: true},
			{Name: "vendor", Kind: "datacenter", URL: "https://jira.vendor.example",
				Token: config.Credential{File: "/etc/accord/secrets/vendor-token"}, Proxy: "http://127.0.0.1:3128", CAFile: "/etc/accord/vendor-ca.pem"},
		},
	}
	syncs := c.Syncs
	c.Syncs = nil
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	if len(syncs) != 1 {
		t.Fatalf("%d syncs", len(syncs))
	}
	s := syncs[0]
	if s.Name != "support" || s.Every != 5*time.Minute || s.Rules.Sync != "support" {
		t.Errorf("sync %q every %v, rules of %q", s.Name, s.Every, s.Rules.Sync)
	}
	if diff := cmp.Diff([]issue.Participant{"acme-support", "vendor-dev"}, s.Rules.Order); diff != "" {
		t.Error(diff)
	}
	dev := s.Participants[1]
	if diff := cmp.Diff(map[string][][]string{"status": {{"Open", "Doing", "Review", "Closed"}}}, dev.Via); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(config.Field{Name: "severity", ID: "Severity", Kind: "option"}, field(dev, "severity")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(config.Field{Name: "comments", ID: "comment", Kind: "comments"}, field(dev, "comments")); diff != "" {
		t.Error(diff)
	}
}

func field(p config.Participant, name string) config.Field {
	for _, f := range p.Fields {
		if f.Name == name {
			return f
		}
	}
	return config.Field{}
}

// words pairs own and shared words, taken in turns.
func words(pairs ...string) (out []plan.Word) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, plan.Word{Own: pairs[i], Shared: pairs[i+1]})
	}
	return out
}

func TestOAuth(t *testing.T) {
	c, faults := config.Parse("/etc/accord/accord.yaml", []byte(`
version: 1
public_url: https://accord.example
sites:
  other: {kind: cloud, url: https://other.example, oauth: {client: {env: ID}, secret: {env: S}, callback: "http://localhost:99/x", auth_url: https://auth.example/, api_url: https://api.example}}
  plain: {kind: cloud, url: https://plain.example, oauth: {client: {env: ID}, secret: {file: s}}}
syncs:
  one: {participants: [{name: a, site: plain, project: A}, {name: b, site: other, project: B}], fields: {summary: }}
`))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	want := []config.Site{
		{Name: "other", Kind: "cloud", URL: "https://other.example", Hooks: true, OAuth: config.OAuth{Client: config.Credential{Env: "ID"}, Secret: config.Credential{Env: "S"},
			Callback: "http://localhost:99/x", AuthURL: "https://auth.example", APIURL: "https://api.example"}},
		{Name: "plain", Kind: "cloud", URL: "https://plain.example", Hooks: true, OAuth: config.OAuth{Client: config.Credential{Env: "ID"}, Secret: config.Credential{File: "/etc/accord/s"},
			Callback: "http://127.0.0.1:8087/callback"}},
	}
	if diff := cmp.Diff(want, c.Sites); diff != "" {
		t.Error(diff)
	}
	if want[0].OAuth.Set() == (config.Site{}).OAuth.Set() {
		t.Error("it cannot be told whether there is an app")
	}
}

func TestRules(t *testing.T) {
	rules := read(t, string(example(t))).Syncs[0].Rules
	want := map[string]plan.Field{
		"type": {Kind: plan.Scalar, Policy: plan.Hold}, "summary": {Kind: plan.Scalar, Policy: plan.Hold},
		"description": {Kind: plan.Text, Policy: plan.Hold}, "status": {Kind: plan.Scalar, Policy: plan.Newest, Follows: true},
		"priority": {Kind: plan.Scalar, Policy: plan.Newest}, "labels": {Kind: plan.Set, Policy: plan.Hold},
		"assignee": {Kind: plan.Scalar, Policy: plan.Newest}, "reporter": {Kind: plan.Scalar, Policy: plan.Hold},
		"duedate": {Kind: plan.Scalar, Policy: plan.First}, "severity": {Kind: plan.Scalar, Policy: plan.Hold},
		"comments": {Kind: plan.Rows, Policy: plan.Hold},
	}
	if diff := cmp.Diff(want, rules.Fields); diff != "" {
		t.Error(diff)
	}
	dev := rules.Eyes["vendor-dev"]
	for _, c := range []struct {
		reason, field string
		want          plan.Lens
	}{
		{"without words the words are the same: nil", "priority", plan.Lens{}},
		{"of several own words the first is written; null has none", "severity",
			plan.Lens{Words: words("S1", "High", "S2", "Low", "S3", "Low")}},
		{"a participant that a row does not name shows the shared word", "status",
			plan.Lens{Words: words("Open", "Open", "Doing", "In Progress", "Working", "In Progress", "Closed", "Done")}},
		{"a user field's words are the people", "reporter", plan.Lens{Words: words("ada", "Ada", "ben", "Ben"), Way: plan.Out}},
	} {
		if diff := cmp.Diff(c.want, dev.Fields[c.field]); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
	if diff := cmp.Diff(words("ada", "Ada", "ben", "Ben"), dev.People); diff != "" {
		t.Error(diff)
	}
}

const small = `
version: 1
sites:
  a: {kind: datacenter, url: "http://127.0.0.1:1", token: {env: A}, webhooks: off}
syncs:
  s:
    participants:
      - {name: one, site: a, project: ONE}
      - {name: two, site: a, project: TWO}
    people: same
    fields: {summary: hold, assignee: first, sev: {kind: option, id: Severity, words: {High: {two: S1}}}}
`

func TestSmall(t *testing.T) {
	c := read(t, small)
	s := c.Syncs[0]
	if _, ok := s.Rules.Fields["type"]; !ok {
		t.Error("the type is not in step")
	}
	if l := s.Rules.Eyes["one"].Fields["assignee"]; l.Words != nil {
		t.Errorf("people: same, but there are words %v", l.Words)
	}
	if c.Listen != "127.0.0.1:8080" || c.State != "/etc/accord/state" || s.Every != 5*time.Minute {
		t.Errorf("defaults: %q %q %v", c.Listen, c.State, s.Every)
	}
}

func TestTimes(t *testing.T) {
	if got := read(t, small).Syncs[0].Rules.Times; got != (plan.Times{}) {
		t.Errorf("%+v, want the default", got)
	}
	want := plan.DefaultTimes
	want.Late = 10 * time.Minute
	got := read(t, strings.Replace(small, "people: same", "people: same\n    times: {late: 10m}", 1)).Syncs[0].Rules.Times
	if got != want {
		t.Errorf("%+v", got)
	}
}

// TestDigest holds the digest to what could change a plan.
func TestDigest(t *testing.T) {
	digest := func(old, new string) string {
		src := strings.Replace(small, old, new, 1)
		if old != "" && src == small {
			t.Fatalf("%q is not in the file", old)
		}
		return read(t, src).Syncs[0].Rules.Digest
	}
	first := digest("", "")
	if len(first) != 16 {
		t.Errorf("digest %q", first)
	}
	for _, same := range [][2]string{
		{"summary: hold", "summary: {policy: hold}"},
		{"summary: hold, assignee: first", "assignee: first, summary: hold"},
		{"127.0.0.1:1", "127.0.0.1:2"},
		{"High: {two: S1}", "High: {one: High, two: [S1]}"},
		{"sites:", "state: elsewhere\nsites:"},
	} {
		if digest(same[0], same[1]) != first {
			t.Errorf("%q → %q is another digest", same[0], same[1])
		}
	}
	for _, other := range [][2]string{
		{"summary: hold", "summary: first"},
		{"{two: S1}", "{two: S2}"},
		{"id: Severity", "id: customfield_1"},
		{"project: TWO", "project: THREE"},
		{"project: TWO}", "project: TWO, read_only: true}"},
		{"summary: hold", "summary: {way: {one: in}}"},
		{"people: same", "people: same\n    times: {late: 10m}"},
		{"people: same", "people: {Ada: {one: ada, two: ada}}"},
	} {
		if digest(other[0], other[1]) == first {
			t.Errorf("%q → %q is the same digest", other[0], other[1])
		}
	}
}

func TestCredential(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("hunter2\nmore\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ACCORD_TEST_TOKEN", " hunter2\n")
	t.Setenv("ACCORD_TEST_EMPTY", "")
	for _, c := range []struct {
		reason string
		cred   config.Credential
		want   string
		err    string
	}{
		{"from the environment, trimmed", config.Credential{Env: "ACCORD_TEST_TOKEN"}, "hunter2", ""},
		{"the first line of a file", config.Credential{File: file}, "hunter2", ""},
		{"an empty variable", config.Credential{Env: "ACCORD_TEST_EMPTY"}, "", "environment variable ACCORD_TEST_EMPTY is not set or empty"},
		{"no such file", config.Credential{File: file + "x"}, "", "no such file"},
	} {
		got, err := c.cred.Read()
		if got != c.want || (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q, %v", c.reason, got, err)
		}
	}
}

func TestFaultsErr(t *testing.T) {
	note := config.Fault{File: "accord.yaml", Line: 2, Column: 3, What: "unused", Note: true}
	fault := config.Fault{File: "accord.yaml", Line: 4, Column: 1, What: "wrong"}
	if err := (config.Faults{note}).Err(); err != nil {
		t.Errorf("a note alone is no error: %v", err)
	}
	both := config.Faults{note, fault}
	if err := both.Err(); err == nil || err.Error() != "accord.yaml:4:1: wrong" {
		t.Errorf("%v", err)
	}
	if diff := cmp.Diff(config.Faults{note}, both.Notes()); diff != "" {
		t.Error(diff)
	}
	if note.String() != "accord.yaml:2:3: note: unused" {
		t.Error(note.String())
	}
}

func TestReadMissing(t *testing.T) {
	_, faults := config.Read("nowhere/accord.yaml")
	if err := faults.Err(); err == nil || err.Error() != "nowhere/accord.yaml: cannot be read: no such file or directory" {
		t.Errorf("%v", err)
	}
}

// FuzzParse holds that no bytes make it panic, and that whatever has no fault
// has rules that fit together.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("a: &x [*x]\nb: *y\n"))
	f.Add([]byte("version: &v *v"))
	f.Add([]byte("{version: 1, sites: [}"))
	f.Add([]byte("\x00\xff: {"))
	f.Fuzz(func(t *testing.T, src []byte) {
		c, faults := config.Parse("accord.yaml", src)
		if faults.Err() != nil {
			return
		}
		for _, s := range c.Syncs {
			if len(s.Rules.Order) != len(s.Participants) || len(s.Rules.Eyes) != len(s.Participants) {
				t.Errorf("rules do not fit: %+v", s)
			}
		}
	})
}

func TestADayOnWhichATokenExpires(t *testing.T) {
	src := strings.Replace(string(example(t)), "kind: cloud", "token_expires: 2027-01-31\n    kind: cloud", 1)
	c, faults := config.Parse("accord.yaml", []byte(src))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	compiled, _, err := c.Compile()
	if err == nil {
		c, err = config.Load(compiled)
	}
	if err != nil || len(c.Sites) < 2 {
		t.Fatalf("%d sites, %v", len(c.Sites), err)
	}
	for _, s := range c.Sites {
		if want := s.Kind == config.Cloud; s.Until.IsZero() == want || want && s.Until.Format(time.RFC3339) != "2027-01-31T00:00:00Z" {
			t.Errorf("%s: %v", s.Name, s.Until)
		}
	}
}
