//go:build emu

package deploy_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/accord/durable/aws"
	diff "github.com/google/go-cmp/cmp"
)

// tool returns the path of what emu/install.sh installs, and fails if it is not there.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(cmp.Or(os.Getenv("ACCORD_EMU"), "../../.emu"), name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("these tests need %s: run deploy/aws/emu/install.sh", path)
	}
	return path
}

// run runs a command and returns what it prints, and whether it went well.
func run(t testing.TB, in []byte, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Stdin = bytes.NewReader(in)
	c.Env = append(os.Environ(), "AWS_DEFAULT_REGION=eu-central-1", "AWS_EC2_METADATA_DISABLED=true")
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s%s", filepath.Base(name), err, out, said.Bytes())
	}
	return string(out), err
}

// TestTemplateIsTranslatedAndLinted with aws-sam-translator 1.115.0 and cfn-lint 1.58.0.
func TestTemplateIsTranslatedAndLinted(t *testing.T) {
	python, lint := tool(t, "venv/bin/python"), tool(t, "venv/bin/cfn-lint")
	out, err := run(t, nil, python, "emu/translate.py", "template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var translated struct {
		Resources map[string]struct{ Type string }
	}
	if err := json.Unmarshal([]byte(out), &translated); err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, r := range translated.Resources {
		n[r.Type]++
	}
	functions := len(load(t, "template.yaml").of("AWS::Serverless::Function"))
	roles := len(load(t, "template.yaml").of("AWS::IAM::Role"))
	if n["AWS::Lambda::Function"] != functions || n["AWS::Lambda::Alias"] != functions || n["AWS::CodeDeploy::DeploymentGroup"] != functions || n["AWS::IAM::Role"] != roles {
		t.Errorf("translated to %v: want %d functions, each with an alias and a deployment group, and no role but the %d of the template", n, functions, roles)
	}
	whole := filepath.Join(t.TempDir(), "template.json")
	if err := os.WriteFile(whole, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	// `sam validate --lint`, which deploy.sh begins with, lints the templates as they are written.
	if out, err := run(t, nil, lint, whole, "template.yaml", "watch.yaml", "answer.yaml"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	// what the linter is trusted to see
	odd := strings.Replace(out, `"MaximumRetryAttempts"`, `"MaximumRetries"`, 1)
	if err := os.WriteFile(whole, []byte(odd), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, nil, lint, whole); err == nil {
		t.Error("the linter takes a property that is not there")
	}
}

// TestNewCodeIsShiftedAndTakenBack: what the translator makes of the preference of
// each function, which says nothing of both.
func TestNewCodeIsShiftedAndTakenBack(t *testing.T) {
	out, err := run(t, nil, tool(t, "venv/bin/python"), "emu/translate.py", "template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var translated struct {
		Resources map[string]struct {
			Type         string
			Properties   object
			UpdatePolicy object
		}
	}
	if err := json.Unmarshal([]byte(out), &translated); err != nil {
		t.Fatal(err)
	}
	groups := 0
	for id, r := range translated.Resources {
		switch r.Type {
		case "AWS::CodeDeploy::DeploymentGroup":
			groups++
			events := fmt.Sprint(at(r.Properties, "AutoRollbackConfiguration/Events"))
			shift := fmt.Sprint(at(r.Properties, "DeploymentConfigName/Fn::If"))
			if !strings.Contains(events, "DEPLOYMENT_STOP_ON_ALARM") || at(r.Properties, "AlarmConfiguration/Enabled") != true || !strings.Contains(shift, "Prod") || !strings.Contains(shift, "Canary10Percent5Minutes") {
				t.Errorf("%s shifts as %s, and takes back on %s", id, shift, events)
			}
		case "AWS::Lambda::Alias":
			group := fmt.Sprint(at(r.UpdatePolicy, "CodeDeployLambdaAliasUpdate/DeploymentGroupName/Ref"))
			if translated.Resources[group].Type != "AWS::CodeDeploy::DeploymentGroup" {
				t.Errorf("%s moves by %s", id, group)
			}
		case "AWS::Lambda::Version":
			if r.Properties["FunctionName"] == nil {
				t.Errorf("%s is a version of nothing", id)
			}
		}
	}
	if groups == 0 {
		t.Error("nothing is shifted")
	}
}

// versions is what the translator makes of the template with another default of a
// parameter: by function, the name of its version and how it is described.
func versions(t *testing.T, old, other string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(path, bytes.Replace(text, []byte(old), []byte(other), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, nil, tool(t, "venv/bin/python"), "emu/translate.py", path)
	if err != nil {
		t.Fatal(err)
	}
	var translated struct {
		Resources map[string]struct {
			Type       string
			Properties object
		}
	}
	if err := json.Unmarshal([]byte(out), &translated); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for id, r := range translated.Resources {
		if r.Type == "AWS::Lambda::Version" {
			function := at(r.Properties, "FunctionName/Ref").(string)
			all[function] = id + ": " + fmt.Sprint(translated.Resources[function].Properties["Description"])
		}
	}
	return all
}

// TestAnotherReleaseIsPublished, and another parameter alone is not: that is why
// deploy.sh says a release. It is in the description too, since Lambda makes no
// version of a function that is as it was.
func TestAnotherReleaseIsPublished(t *testing.T) {
	was, release := versions(t, "", ""), strings.Repeat("0f", 32)
	if d := diff.Diff(was, versions(t, "Default: error,panic", "Default: panic")); d != "" {
		t.Errorf("the translator sees another LogWords: no release is needed any more\n%s", d)
	}
	now := versions(t, "Default: none\n    AllowedPattern: ^(none|", "Default: "+release+"\n    AllowedPattern: ^(none|")
	if len(was) != len(load(t, "template.yaml").of("AWS::Serverless::Function")) {
		t.Errorf("versions of %v", slices.Sorted(maps.Keys(was)))
	}
	for function, id := range was {
		if now[function] == id || !strings.HasSuffix(now[function], " "+release) {
			t.Errorf("%s: %q, then %q", function, id, now[function])
		}
	}
}

// TestLoopIsValid to asl-validator 4.0.0 and amazon-states-language-service 1.16.1.
func TestLoopIsValid(t *testing.T) {
	node, npm := tool(t, "node"), tool(t, "npm")
	if out, err := run(t, nil, node, "emu/states.mjs", npm, "loop.asl.json"); err != nil || out != "" {
		t.Errorf("%v\n%s", err, out)
	}
	text, err := os.ReadFile("loop.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(t.TempDir(), "odd.json")
	if err := os.WriteFile(odd, []byte(strings.Replace(string(text), `"Next": "Begin"`, `"Next": "Nowhere"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, nil, node, "emu/states.mjs", npm, odd)
	if err != nil {
		t.Fatal(err)
	}
	for _, validator := range []string{"asl-validator: ", "amazon-states-language-service: "} {
		if !strings.Contains(out, validator) {
			t.Errorf("%sa state that is not there is taken:\n%s", validator, out)
		}
	}
}

// TestLoopRuns on aws-local-stepfunctions 3.0.0: see the stories in emu/loop.mjs.
func TestLoopRuns(t *testing.T) {
	out, err := run(t, nil, tool(t, "node"), "emu/loop.mjs", tool(t, "npm"), "loop.asl.json", "sweep")
	if err != nil {
		t.Fatal(err)
	}
	type story struct {
		Ends        []string
		Holder      *string
		Told        []string
		Most        int
		Transitions int
	}
	var got map[string]story
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	failed := []string{"accord: sweep failed"}
	want := map[string]story{
		"carries on":                         {Ends: []string{"SUCCEEDED in CarryOn", "SUCCEEDED in CarryOn", "SUCCEEDED in Finished"}, Transitions: 4816},
		"two at the same time":               {Ends: []string{"SUCCEEDED in Finished", "SUCCEEDED in Skip"}, Transitions: 12},
		"the holder died":                    {Ends: []string{"SUCCEEDED in Finished"}, Transitions: 11},
		"the holder is forgotten":            {Ends: []string{"SUCCEEDED in Finished"}, Transitions: 10},
		"it fails, and the next one goes on": {Ends: []string{"FAILED in Failed", "SUCCEEDED in Finished"}, Told: failed, Transitions: 16},
		"carried on twice":                   {Ends: []string{"SUCCEEDED in Finished", "SUCCEEDED in Skip"}, Transitions: 12},
	}
	for name, w := range want {
		w.Most = 1 // never two functions at the same time
		if w.Told == nil {
			w.Told = []string{}
		}
		if d := diff.Diff(w, got[name]); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if len(got) != len(want) {
		t.Errorf("stories: %q", slices.Sorted(maps.Keys(got)))
	}
}

// A call is one webhook, as the mapping template sees it.
type call struct {
	Input struct {
		Path        map[string]string `json:"path"`
		Querystring map[string]string `json:"querystring"`
		Header      map[string]string `json:"header"`
	} `json:"input"`
	Body    string            `json:"body"`
	Context map[string]any    `json:"context"`
	Stage   map[string]string `json:"stage"`
}

func webhook(body []byte, header map[string]string) (c call) {
	c.Input.Path = map[string]string{"site": "acme", "key": "k3y"}
	c.Input.Querystring = map[string]string{"v": "3"}
	c.Input.Header = header
	c.Body = base64.StdEncoding.EncodeToString(body)
	if len(body) == 0 {
		c.Body = "{}" // what the gateway gives where there is no body
	}
	c.Context = map[string]any{"requestId": "r-1", "requestTimeEpoch": 1_800_000_000_123}
	c.Stage = map[string]string{"stream": "accord-hooks"}
	return c
}

// put renders calls and returns what would be in the stream: velocityjs 2.1.7 and
// Apache Velocity 1.7 must say the same.
func put(t *testing.T, calls ...call) (out []aws.Record) {
	t.Helper()
	rendered := renderJS(t, calls)
	if d := diff.Diff(rendered, renderJava(t, calls)); d != "" {
		t.Errorf("two engines render two things (-velocityjs +Velocity):\n%.2000s", d)
	}
	for _, r := range rendered {
		var p struct {
			StreamName, PartitionKey string
			Data                     []byte
		}
		if err := json.Unmarshal([]byte(r), &p); err != nil {
			t.Fatalf("what is put is no JSON: %v: %.200s", err, r)
		}
		if p.StreamName != "accord-hooks" || p.PartitionKey != "r-1" || len(p.Data)+len(p.PartitionKey) > maxRecord {
			t.Errorf("%d bytes into %s under %s", len(p.Data), p.StreamName, p.PartitionKey)
		}
		got, err := aws.ReadRecord(p.Data)
		if err != nil {
			t.Fatalf("%v: %.300s", err, p.Data)
		}
		out = append(out, got)
	}
	return out
}

func renderJS(t *testing.T, calls []call) (out []string) {
	t.Helper()
	in, err := json.Marshal(map[string]any{"template": mapping(t), "calls": calls})
	if err != nil {
		t.Fatal(err)
	}
	text, err := run(t, in, tool(t, "node"), "velocity/render.mjs", tool(t, "npm"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func renderJava(t *testing.T, calls []call) (out []string) {
	t.Helper()
	var in bytes.Buffer
	say := func(name string, value any) {
		fmt.Fprintln(&in, name, base64.StdEncoding.EncodeToString([]byte(fmt.Sprint(value))))
	}
	say("template", mapping(t))
	for _, c := range calls {
		say("body", c.Body)
		for group, values := range map[string]map[string]string{"path": c.Input.Path, "querystring": c.Input.Querystring, "header": c.Input.Header, "stage": c.Stage} {
			for name, v := range values {
				say(group+"."+name, v)
			}
		}
		for name, v := range c.Context {
			say("context."+name, v)
		}
		say("render", "")
	}
	text, err := run(t, in.Bytes(), "java", "-cp", tool(t, "velocity")+"/*", "velocity/Render.java")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(text) {
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

// TestSignatureHoldsOverWhatIsPut: the bytes that were signed are those of the record.
func TestSignatureHoldsOverWhatIsPut(t *testing.T) {
	sign := func(body []byte) string {
		mac := hmac.New(sha256.New, []byte("It's a Secret to Everybody"))
		mac.Write(body)
		return fmt.Sprintf("sha256=%x", mac.Sum(nil))
	}
	bodies := map[string][]byte{
		"plain": []byte("Hello World!"), "quotes": []byte(`{"a":"\"'\\","b":'"'}`), "backslashes": []byte(`\\\'\"\u0000\n`), "emoji": []byte("😀 e\u0301 \u2028"),
		"velocity": []byte("$input.body #set($body = '') #end ${record} ## x"), "invalid": {0xff, 0xfe, 0x00, 0xc3, 0x28, 0x80}, "zeros": make([]byte, 100),
		"lines": []byte("\r\n\t\x00\x1f\x7f"), "most": bytes.Repeat([]byte{0xfb, 0xff, 0x22}, 737_280/3), "empty": nil,
	}
	names := slices.Sorted(maps.Keys(bodies))
	var calls []call
	for i, name := range names {
		header := map[string]string{"X-Hub-Signature": sign(bodies[name])}
		if i%2 == 0 {
			header = map[string]string{"x-hub-signature": sign(bodies[name])}
		}
		calls = append(calls, webhook(bodies[name], header))
	}
	for i, got := range put(t, calls...) {
		if want := sign(bodies[names[i]]); got.Signature != want || sign(got.Body) != want || got.TooBig {
			t.Errorf("%s: the signature %s does not hold over %d bytes, too big: %v", names[i], got.Signature, len(got.Body), got.TooBig)
		}
	}
	for _, size := range []int{737_281, 1 << 20, 7 << 20} {
		got := put(t, webhook(make([]byte, size), nil))[0]
		if !got.TooBig || len(got.Body) > 0 || got.Site != "acme" {
			t.Errorf("%d bytes: too big: %v, %d bytes of body", size, got.TooBig, len(got.Body))
		}
	}
}

// TestNothingGetsOutOfItsPlace: whatever a stranger sends, it is a value of the record.
func TestNothingGetsOutOfItsPlace(t *testing.T) {
	odd := "a\"},\"x\":\"\\ é😀 \u2028/$q ${record}#end\t"
	c := webhook([]byte("x"), map[string]string{
		"x-hub-signature": odd, "AUTHORIZATION": "not read", "authorization": odd, "X-Atlassian-Webhook-Identifier": odd, "x-atlassian-webhook-retry": "2", "X-Atlassian-Webhook-Flow": "Primary",
	})
	c.Input.Path = map[string]string{"site": odd, "key": odd}
	c.Input.Querystring = map[string]string{"v": odd}
	want := aws.Record{Site: odd, Key: odd, Version: odd, ID: "r-1", At: time.UnixMilli(1_800_000_000_123).UTC(), Signature: odd, Authorization: odd, Body: []byte("x")}
	want.Webhook.Identifier, want.Webhook.Retry, want.Webhook.Flow = odd, "2", "Primary"
	plain := webhook(nil, nil)
	plain.Input.Querystring = nil
	got := put(t, c, plain)
	if d := diff.Diff(want, got[0]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := diff.Diff(aws.Record{Site: "acme", Key: "k3y", ID: "r-1", At: time.UnixMilli(1_800_000_000_123).UTC(), Body: []byte{}}, got[1]); d != "" {
		t.Errorf("a webhook that says nothing (-want +got):\n%s", d)
	}
	quoted := webhook([]byte("x"), map[string]string{"X-Hub-Signature": "sha256='ab'"})
	if got := put(t, quoted)[0].Signature; got != "sha256=ab" {
		t.Errorf("apostrophes: %q", got)
	}
}

// TestWorkflows are what actionlint 1.7.12 takes.
func TestWorkflows(t *testing.T) {
	workflows, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(workflows) < 2 {
		t.Fatalf("%d workflows, %v", len(workflows), err)
	}
	lint := append([]string{"run", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12", "-shellcheck=", "-pyflakes="}, workflows...)
	if out, err := run(t, nil, "go", lint...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
