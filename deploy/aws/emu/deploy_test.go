//go:build emu

package emu_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/accord/demo/script"
	"example.com/accord/jirasim"
)

// TestDeploySmokeUpdateTeardown runs the scripts of the folder above in a copy of
// the source tree, with sam 1.170.0 and aws 1.46.3 against ministack 1.5.33 and
// two simulated Jiras: a bad parameter is refused before anything is made; one
// command deploys, and an edit is carried over; the code of one function is
// replaced; deployed again, nothing is another; and teardown leaves what
// docs/AWS.md says. Nothing leaves the loopback.
func TestDeploySmokeUpdateTeardown(t *testing.T) {
	d := newDesk(t)
	d.step("a bad parameter", d.refused)
	d.step("deploy", d.deploy)
	d.step("smoke", func() { d.must("deploy/aws/smoke.sh", "accord-dev") })
	d.step("an edit each way", func() { d.carried("first") })
	d.step("update one function", d.update)
	d.step("deploy again", d.again)
	d.step("teardown", d.teardown)
}

// A desk is where somebody deploys from: a source tree, the commands, an account.
type desk struct {
	*testing.T
	m             *ministack
	root, home    string
	env           []string
	cloud, center *site
	who           script.Account
	gate          *gate
}

const deskParameters = "AlarmAddress=ops@acme.example StreamMode=PROVISIONED BodyKiB=2"

const deskFile = `version: 1
public_url: stack
sites:
  acme: {kind: cloud, url: %s, user: %s, token: {env: TOKEN}, secret: {env: SECRET}}
  vendor: {kind: datacenter, url: %s, token: {env: TOKEN}, secret: {env: SECRET}}
syncs:
  one:
    participants: [{name: support, site: acme, project: SUP}, {name: development, site: vendor, project: DEV}]
    fields: {type: {words: {Task: null, Bug: null}}, summary: newest}
`

func newDesk(t *testing.T) *desk {
	d := &desk{T: t, m: startMinistack(t), root: sourceTree(t), gate: &gate{}}
	quiet := func(*http.Request) {}
	client := &http.Client{Transport: d.gate, Timeout: 20 * time.Second}
	d.cloud = startJira(t, jirasim.Options{Flavour: jirasim.Cloud, Seed: 1, Unlimited: true, Client: client}, quiet)
	d.center = startJira(t, jirasim.Options{Flavour: jirasim.DataCenter, Seed: 2, Client: client}, quiet)
	_, accounts := theDemo(t, "stack", d.cloud, d.center)
	d.who = accounts[0]
	d.home = t.TempDir()
	for name, text := range map[string]string{
		"accord.yaml": fmt.Sprintf(deskFile, d.cloud.URL, syncAccount().Email, d.center.URL), "token": syncAccount().Token, "secret": "the demo's own secret",
		".aws-sam/metadata.json": fmt.Sprintf(`{"telemetryEnabled": false, "lastVersionCheck": %d.0}`, time.Now().Unix()), // else sam asks for a newer one
		"bin/curl":               toFront(t),
	} {
		write(t, filepath.Join(d.home, name), text)
	}
	d.env = d.environment()
	return d
}

// toFront is a curl that takes what is for the stack's address to its front.
func toFront(t *testing.T) string {
	t.Helper()
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Fatal(err)
	}
	return "#!/usr/bin/env bash\nurl=${*: -1}\n[[ $url = https://*.execute-api.*/dev/* ]] || exit 1\nexec " + curl + ` "${@:1:$#-1}" "$FRONT/${url#*/dev/}"` + "\n"
}

// environment is all that the commands are told. What they ask for elsewhere
// comes to a proxy, which refuses it and fails the test.
func (d *desk) environment() []string {
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.Errorf("%s %s leaves the loopback", r.Method, r.Host)
		w.WriteHeader(http.StatusForbidden)
	}))
	d.Cleanup(outside.Close)
	env := []string{
		"PATH=" + d.home + "/bin:" + filepath.Dir(tool(d.T, "venv/bin/sam")) + ":" + os.Getenv("PATH"), "HOME=" + d.home, "TMPDIR=" + d.home, "LANG=C.UTF-8",
		"AWS_ENDPOINT_URL=" + d.m.url, "AWS_ACCESS_KEY_ID=" + account, "AWS_SECRET_ACCESS_KEY=local-secret", "AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "SAM_CLI_TELEMETRY=0", "SAM_CLI_POLL_DELAY=1", "YES=1", "ACCORD_POLL=1", "ACCORD_FILE=" + d.home + "/accord.yaml",
		"HTTP_PROXY=" + outside.URL, "HTTPS_PROXY=" + outside.URL, "http_proxy=" + outside.URL, "https_proxy=" + outside.URL, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1",
		"GOFLAGS=-trimpath", "CGO_ENABLED=0", "GOPROXY=off", // a copy is then compiled once, wherever it lies
	}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOTOOLCHAIN"} {
		value, err := run(d.T, "go", "env", name)
		if err != nil {
			d.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(value))
	}
	return env
}

// left is what ministack has not, or is otherwise here: CodeDeploy, alarms that
// compute, numbers that are parameters, and the processor.
var left = []struct{ path, was, is string }{
	{"deploy/aws/template.yaml", `(?m)^ +DeploymentPreference: .*\n`, ""},
	{"deploy/aws/template.yaml", `MaximumConcurrency: !Ref \w+`, "MaximumConcurrency: 4"},
	{"deploy/aws/template.yaml", `Architectures: \[arm64\]`, "Architectures: [" + machine + "]"},
	{"deploy/aws/watch.yaml", `(?m)^  \w+:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n(?:      Alarm\w+: .*\n)+      Metrics:\n(?:      .*\n)+`, ""},
	{"deploy/aws/update-function.sh", `--architectures arm64`, "--architectures " + machine},
	{"cmd/lambda/pack/main.go", `"arm64", "of the function"`, `"` + runtime.GOARCH + `", "of the function"`},
}

// sourceTree is a copy of the repository, but for what is left.
func sourceTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	from := os.DirFS("../../..")
	err := fs.WalkDir(from, ".", func(path string, e fs.DirEntry, err error) error {
		name := e.Name()
		switch {
		case err != nil:
			return err
		case path != "." && strings.HasPrefix(name, "."), path == "dist", path == "bin", name == "node_modules":
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case e.IsDir():
			return os.MkdirAll(filepath.Join(root, path), 0o700)
		case !e.Type().IsRegular():
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		b, err := fs.ReadFile(from, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(root, path), b, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range left {
		replace(t, filepath.Join(root, l.path), l.was, l.is)
	}
	return root
}

func replace(t *testing.T, path, was, is string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	find := regexp.MustCompile(was)
	if !find.Match(b) {
		t.Fatalf("%s has no %s", path, was)
	}
	write(t, path, find.ReplaceAllString(string(b), is))
}

func write(t *testing.T, path, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// machine is how Lambda calls this machine's processor.
var machine = map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]

// A gate takes the webhooks of the sites to the front of the stack, since the
// address that they are told is one of AWS.
type gate struct{ front atomic.Pointer[url.URL] }

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ok := strings.CutPrefix(r.URL.Path, "/dev/")
	front := g.front.Load()
	if front == nil || !ok || !strings.HasSuffix(r.URL.Host, ".execute-api."+region+".amazonaws.com") {
		return nil, fmt.Errorf("a webhook to %s", r.URL)
	}
	out := r.Clone(r.Context())
	out.Host, out.URL.Scheme, out.URL.Host, out.URL.Path = "", "http", front.Host, "/"+path
	return http.DefaultTransport.RoundTrip(out)
}

func (d *desk) step(name string, does func()) {
	d.Helper()
	begun := time.Now()
	does()
	d.Logf("%s: %.0f s", name, time.Since(begun).Seconds())
}

// progress is what is written over on a terminal.
var progress = regexp.MustCompile(`(?m)^.*\r`)

// do runs a command in the source tree, and returns what it prints, and what it
// says beside that.
func (d *desk) do(name string, args ...string) (out, said string, err error) {
	c := exec.CommandContext(d.Context(), "bash", append([]string{"-c", `exec "$0" "$@"`, name}, args...)...) // who looks for it where the environment says
	var o, s bytes.Buffer
	c.Dir, c.Env, c.Stdout, c.Stderr, c.WaitDelay = d.root, d.env, &o, &s, time.Second
	err = c.Run()
	return strings.TrimSpace(o.String()), progress.ReplaceAllString(s.String(), ""), err
}

// must is do of what has to go well.
func (d *desk) must(name string, args ...string) (out, said string) {
	d.Helper()
	out, said, err := d.do(name, args...)
	if err != nil {
		d.Fatalf("%s %q: %v\n%s\n%s", name, args, err, out, said)
	}
	return out, said
}

// ask is what aws answers, a word for each thing.
func (d *desk) ask(query string, args ...string) []string {
	d.Helper()
	out, _ := d.must("aws", append(args, "--query", query, "--output", "text")...)
	return slices.DeleteFunc(slices.Sorted(slices.Values(strings.Fields(out))), func(w string) bool { return w == "None" })
}

func (d *desk) is(what string, got []string, want ...string) {
	d.Helper()
	if !slices.Equal(got, want) {
		d.Errorf("%s: %q, want %q", what, got, want)
	}
}

// tell is the environment with another value of a variable.
func (d *desk) tell(name, value string) { d.env = append(d.env, name+"="+value) }

func (d *desk) secrets() []string {
	return d.ask("SecretList[].Name", "secretsmanager", "list-secrets")
}
func (d *desk) stacks() []string {
	return d.ask("Stacks[].StackName", "cloudformation", "describe-stacks")
}

func (d *desk) refused() {
	d.tell("ACCORD_PARAMETERS", deskParameters+" HookRanges=0.0.0.0/0")
	out, said, err := d.do("deploy/aws/deploy.sh", "dev")
	if err == nil || !strings.Contains(said, `HookRanges is "0.0.0.0/0" and must be IPv4 ranges`) {
		d.Errorf("%v\n%s\n%s", err, out, said)
	}
	d.is("stacks", d.stacks())
	d.is("secrets", d.secrets())
	d.is("buckets", d.ask("Buckets[].Name", "s3api", "list-buckets"))
}

func (d *desk) deploy() {
	d.tell("ACCORD_PARAMETERS", deskParameters+" HookRanges=127.0.0.1/32")
	for _, name := range []string{"TOKEN", "SECRET"} {
		d.must("aws", "secretsmanager", "create-secret", "--name", "accord-dev/"+name, "--secret-string", "file://"+d.home+"/"+strings.ToLower(name))
	}
	out, said := d.must("deploy/aws/deploy.sh", "dev")
	if !strings.Contains(said, "== accord-dev is deployed") || strings.Contains(said, "note:") {
		d.Errorf("%s\n%s", out, said)
	}
	d.is("stacks", slices.DeleteFunc(d.stacks(), func(s string) bool { return strings.HasPrefix(s, "accord-dev-") }), "accord-dev", "aws-sam-cli-managed-default")
	key := d.ask("SecretString", "secretsmanager", "get-secret-value", "--secret-id", "accord-dev/path-key")
	front, err := url.Parse(d.m.front("accord-dev", strings.Join(key, ""), d.m.url))
	if err != nil {
		d.Fatal(err)
	}
	d.gate.front.Store(front)
	d.tell("FRONT", front.String())
}

// carried lets a person make an issue on one side, and give its copy another
// title on the other side.
func (d *desk) carried(name string) {
	d.Helper()
	var made struct{ Key string }
	d.cloud.ask(d.T, d.who, "POST", "/rest/api/3/issue", object{"fields": object{"project": object{"key": "SUP"}, "issuetype": object{"name": "Task"}, "summary": name}}, &made)
	var copied string
	d.m.eventually(name+" is copied", func() bool {
		var found struct{ Issues []struct{ Key string } }
		d.center.ask(d.T, d.who, "POST", "/rest/api/2/search", object{"jql": `project = DEV AND summary ~ "` + name + `"`, "fields": []string{"summary"}}, &found)
		for _, i := range found.Issues {
			copied = i.Key
		}
		return copied != ""
	})
	d.center.ask(d.T, d.who, "PUT", "/rest/api/2/issue/"+copied, object{"fields": object{"summary": name + " and back"}}, nil)
	d.m.eventually(name+" is edited on the other side too", func() bool {
		var now struct{ Fields struct{ Summary string } }
		d.cloud.ask(d.T, d.who, "GET", "/rest/api/3/issue/"+made.Key+"?fields=summary", nil, &now)
		return now.Fields.Summary == name+" and back"
	})
}

// ask calls the site as a person.
func (j *site) ask(t *testing.T, who script.Account, method, path string, in, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, j.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth(who.Email, who.Token)
	if strings.HasPrefix(path, "/rest/api/2/") {
		r.Header.Set("Authorization", "Bearer "+who.Token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && out != nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s: %v: %s", method, path, resp.Status, err, text)
	}
}

// live is the version of a function that is called, and the digest of its code.
func (d *desk) live(function string) []string {
	d.Helper()
	return d.ask("[Version, CodeSha256]", "lambda", "get-function-configuration", "--function-name", "accord-dev-"+function, "--qualifier", "live")
}

// update replaces the code of turn by another, which then carries edits.
func (d *desk) update() {
	was := d.live("turn")
	main := filepath.Join(d.root, "cmd/lambda/turn/main.go")
	before, err := os.ReadFile(main)
	if err != nil {
		d.Fatal(err)
	}
	replace(d.T, main, `func main\(\) \{`, "${0} println(`another`);")
	out, _ := d.must("deploy/aws/update-function.sh", "turn")
	zip, err := os.ReadFile(filepath.Join(d.root, "dist/lambda/turn.zip"))
	if err != nil {
		d.Fatal(err)
	}
	sum := sha256.Sum256(zip)
	now := d.live("turn")
	if slices.Equal(now, was) || !slices.Contains(now, base64.StdEncoding.EncodeToString(sum[:])) || !strings.Contains(out, "accord-dev-turn: version ") {
		d.Errorf("%s\nlive was %q and is %q, packed is %x", out, was, now, sum)
	}
	d.carried("second")
	write(d.T, main, string(before))
}

// again deploys what is deployed.
func (d *desk) again() {
	was, turn, secrets := d.live("hear"), d.live("turn"), d.secrets()
	out, said := d.must("deploy/aws/deploy.sh", "dev")
	if !strings.Contains(out, "No changes to deploy. Stack accord-dev is up to date") || !strings.Contains(said, "== accord-dev is deployed") {
		d.Errorf("%s\n%s", out, said)
	}
	d.is("live", d.live("hear"), was...)
	d.is("turn", d.live("turn"), turn...)
	d.is("secrets", d.secrets(), secrets...)
	if out, _ = d.must("go", "run", "./cmd/accord", "status", "--stack", "accord-dev"); !strings.Contains(out, "\none   2      2      0     0        0") {
		d.Errorf("two issues are in step, and it says:\n%s", out)
	}
	d.carried("third")
}

// teardown leaves what docs/AWS.md says: the secrets of a person, the bucket of
// sam, and the key for 7 days.
func (d *desk) teardown() {
	key := d.ask("Stacks[0].Outputs[?OutputKey=='Key'].OutputValue", "cloudformation", "describe-stacks", "--stack-name", "accord-dev")
	_, said := d.must("deploy/aws/teardown.sh", "accord-dev")
	if !strings.Contains(said, "these secrets are yours, and stay: accord-dev/SECRET\taccord-dev/TOKEN\n") || strings.Contains(said, "still listed") {
		d.Error(said)
	}
	d.is("stacks", d.stacks(), "aws-sam-cli-managed-default")
	d.is("secrets", d.secrets(), "accord-dev/SECRET", "accord-dev/TOKEN")
	d.is("the key", d.ask("KeyMetadata.KeyState", "kms", "describe-key", "--key-id", strings.Join(key, "")), "PendingDeletion")
	buckets := d.ask("Buckets[].Name", "s3api", "list-buckets")
	if len(buckets) != 1 || !strings.HasPrefix(buckets[0], "aws-sam-cli-managed-default-") {
		d.Errorf("buckets: %q", buckets)
	}
	d.is("packages", d.ask("Contents[].Key", "s3api", "list-objects-v2", "--bucket", buckets[0]))
	for _, c := range []struct{ query, service, list string }{
		{"TableNames", "dynamodb", "list-tables"}, {"QueueUrls", "sqs", "list-queues"}, {"StreamNames", "kinesis", "list-streams"}, {"Functions[].FunctionName", "lambda", "list-functions"},
		{"EventSourceMappings[].UUID", "lambda", "list-event-source-mappings"}, {"stateMachines[].name", "stepfunctions", "list-state-machines"}, {"Schedules[].Name", "scheduler", "list-schedules"}, {"items[].name", "apigateway", "get-rest-apis"},
		{"Topics[].TopicArn", "sns", "list-topics"}, {"MetricAlarms[].AlarmName", "cloudwatch", "describe-alarms"}, {"logGroups[].logGroupName", "logs", "describe-log-groups"},
		{"DashboardEntries[].DashboardName", "cloudwatch", "list-dashboards"}, {"Roles[].RoleName", "iam", "list-roles"},
	} {
		d.is(c.service+" "+c.list, d.ask(c.query, c.service, c.list, "--endpoint-url", d.m.url)) // aws looks for queues elsewhere if that is in the environment only
	}
}
