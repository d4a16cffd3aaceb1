package deploy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/accord/awssim"
)

// An account is a stand-in for one, in a folder: the commands that deploy.sh
// runs, what they are asked, and what is there.
type account struct {
	t   *testing.T
	dir string
	env []string
	sim *awssim.Sim // what accord itself asks
}

const standInAWS = `#!/usr/bin/env bash
printf 'aws %s\n' "$*" >>"$ACCOUNT/asked"
file=
for word; do [[ $word == accord-dev/* ]] && file=$ACCOUNT/secrets/${word#*/}; done
case "$*" in
sts*) echo 123456789012 ;;
*describe-stacks*) [ -e "$ACCOUNT/stack" ] || { echo "Stack with id accord-dev does not exist" >&2; exit 254; }
	case "$*" in
	*StackStatus*) cat "$ACCOUNT/stack" ;;
	*OutputKey==*) sed "s/.*OutputKey=='\([A-Za-z]*\)'.*/the-\1/" <<<"$*" ;;
	esac ;;
*describe-secret*) [ -e "$file" ] && echo arn || { echo "(ResourceNotFoundException)" >&2; exit 254; } ;;
*get-secret-value*) [ -e "$file" ] && cat "$file" || { echo "(ResourceNotFoundException)" >&2; exit 254; } ;;
*create-secret*) [ ! -e "$file" ] || exit 1; cat >"$file" ;;
*put-secret-value*) [ -e "$file" ] || exit 1; cat >"$file" ;;
*start-execution*) echo run ;;
*describe-execution*status*) cat "$ACCOUNT/ends" ;;
*describe-execution*) echo "HookRefused: the token has expired" ;;
esac
`

const standInSAM = `#!/usr/bin/env bash
printf 'sam %s\n' "$*" >>"$ACCOUNT/asked"
[ "$1" = deploy ] || exit 0
[ ! -e "$ACCOUNT/broken" ] || exit 1
[ -e "$ACCOUNT/declined" ] || echo CREATE_COMPLETE >"$ACCOUNT/stack"
`

const standInCat = `#!/usr/bin/env bash
[[ $1 != dist/* ]] || { shift $(($# - 1)); printf %s "$ZIPS"; } # what is packed need not be there
PATH=/usr/bin:/bin exec cat "$@"
`

const standInGo = `#!/usr/bin/env bash
[ "$1" = run ] || exit 1
printf '%s %s\n' "${2##*/}" "${*:3}" >>"$ACCOUNT/asked"
if [[ ${2##*/} = accord && $3 = check ]]; then # asks the sites, which are not there
	[ -e "$ACCOUNT/finding" ] || exit 0
	cat "$ACCOUNT/finding"
	exit 1
fi
exec "$COMMANDS/${2##*/}" "${@:3}"
`

// commands builds what `go run` would for each run of the script, into a folder.
func commands(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", dir+"/", "../../cmd/accord", "./params").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// configured is a configuration with a site for each name.
func configured(names ...string) string {
	var sites, participants []string
	for _, n := range names {
		sites = append(sites, n+": {kind: datacenter, url: https://"+n+".example, token: {env: "+strings.ToUpper(n)+"_TOKEN}}")
		participants = append(participants, "{name: "+n+", site: "+n+", project: A}")
	}
	return "version: 1\npublic_url: stack\nsites: {" + strings.Join(sites, ", ") + "}\n" +
		"syncs: {one: {participants: [" + strings.Join(participants, ", ") + "], fields: {summary: newest}}}\n"
}

// newAccount has no stack, and the tokens of two sites.
func newAccount(t *testing.T, commands string) account {
	sim, end := awssim.Start()
	t.Cleanup(end)
	if err := sim.Stack("accord-dev"); err != nil {
		t.Fatal(err)
	}
	a := account{t: t, dir: t.TempDir(), sim: sim}
	a.env = []string{"PATH=" + a.dir + "/bin:" + os.Getenv("PATH"), "ACCOUNT=" + a.dir, "COMMANDS=" + commands, "HOME=" + a.dir, "ACCORD_POLL=0", "YES=1", "ZIPS=packed", "ACCORD_PATH_KEY=",
		"ACCORD_FILE=" + a.dir + "/accord.yaml", "ACCORD_PARAMETERS=AlarmAddress=ops@acme.example HookRanges=192.0.2.0/24"}
	for name, text := range sim.Env() {
		a.env = append(a.env, name+"="+text)
	}
	for name, text := range map[string]string{
		"bin/aws": standInAWS, "bin/cat": standInCat, "bin/sam": standInSAM, "bin/go": standInGo, "bin/make": "#!/bin/sh\necho make $* >>$ACCOUNT/asked\n",
		"accord.yaml": configured("acme", "vendor"), "secrets/ACME_TOKEN": "t", "secrets/VENDOR_TOKEN": "t", "ends": "SUCCEEDED",
	} {
		a.write(name, text)
	}
	return a
}

// say sets a variable of the environment, which newAccount has set before.
func (a account) say(name, value string) {
	a.env[slices.IndexFunc(a.env, func(s string) bool { return strings.HasPrefix(s, name+"=") })] = name + "=" + value
}

func (a account) write(name, text string) {
	a.t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		a.t.Fatal(err)
	}
}

func (a account) read(name string) string {
	b, err := os.ReadFile(filepath.Join(a.dir, name))
	if err != nil {
		return ""
	}
	return string(b)
}

// deploy runs the script and returns what it said, what it asked since, and whether it went well.
func (a account) deploy(args ...string) (said, asked string, err error) {
	a.t.Helper()
	a.write("asked", "")
	c := exec.Command("bash", append([]string{"deploy.sh", "dev"}, args...)...)
	c.Env = a.env
	out, err := c.CombinedOutput()
	return string(out), a.read("asked"), err
}

// inOrder fails unless every one of wants is in asked, one after the other.
func (a account) inOrder(asked string, wants ...string) {
	a.t.Helper()
	rest := asked
	for _, want := range wants {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			a.t.Errorf("%q was not asked, or too early:\n%s", want, asked)
			return
		}
		rest = after
	}
}

// TestDeploy: one command, for the first time and for every later one.
func TestDeploy(t *testing.T) {
	built := commands(t)
	t.Run("twice", func(t *testing.T) { deployTwice(newAccount(t, built)) })
	t.Run("another site", func(t *testing.T) { deployAnotherSite(newAccount(t, built)) })
	stops := map[string]struct {
		change func(account)
		says   string // to the person
		not    string // what must not be asked
	}{
		"secrets are missing":  {func(a account) { a.write("accord.yaml", configured("acme", "north", "south")) }, "--name accord-dev/SOUTH_TOKEN", "make"},
		"the file has a fault": {func(a account) { a.write("accord.yaml", configured("acme", "acme")) }, "accord.yaml:3:", "secretsmanager"},
		"a file of this machine": {func(a account) {
			a.write("accord.yaml", strings.Replace(configured("acme", "vendor"), "{env: ACME_TOKEN}", "{file: t}", 1))
		}, "on this machine only", "secretsmanager"},
		"bad parameters":             {func(a account) { a.say("ACCORD_PARAMETERS", "HookRanges=0.0.0.0/0 Days=3") }, "AlarmAddress is not said", "secretsmanager"},
		"an own path key":            {func(a account) { a.say("ACCORD_PATH_KEY", "hunter2") }, "PathKey must be 32 to 64", "secretsmanager"},
		"there is no file":           {func(a account) { os.Remove(a.dir + "/accord.yaml") }, "accord.yaml", "sam deploy"},
		"the first try failed":       {func(a account) { a.write("stack", "ROLLBACK_COMPLETE") }, "delete-stack", "secretsmanager"},
		"sam fails":                  {func(a account) { a.write("broken", "") }, "== deploy", "accord publish"},
		"a person says no":           {func(a account) { a.write("declined", "") }, "nothing was deployed", "accord publish"},
		"a site says no":             {func(a account) { a.write("finding", "fault: a: no such project\n") }, "fault: a: no such project\ndeploy: accord-dev is there and uses", "start-execution"},
		"a webhook is not taken":     {func(a account) { a.write("ends", "FAILED") }, "HookRefused: the token has expired", "the-Backfill"},
		"it is not done in its time": {func(a account) { a.write("ends", "RUNNING") }, "run ended as RUNNING", "the-Backfill"},
	}
	for name, c := range stops {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t, built)
			c.change(a)
			said, asked, err := a.deploy("--first-sync")
			if err == nil || !strings.Contains(said, c.says) || strings.Contains(asked, c.not) {
				t.Errorf("%v, and %q may not be asked\n%s\n%s", err, c.not, said, asked)
			}
		})
	}
}

func deployTwice(a account) {
	said, asked, err := a.deploy()
	if err != nil {
		a.t.Fatalf("%v\n%s\n%s", err, said, asked)
	}
	a.inOrder(asked, "create-secret --name accord-dev/path-key", "create-secret --name accord-dev/site-keys", "make lambda", "sam validate --lint", "sam deploy", "create-deployment", "accord publish", "accord check --stack accord-dev", "start-execution --state-machine-arn the-Upkeep")
	key, keys := a.read("secrets/path-key"), map[string]string{}
	if err := json.Unmarshal([]byte(a.read("secrets/site-keys")), &keys); err != nil || len(keys) != 2 || len(keys["acme"]) != 48 || keys["acme"] == keys["vendor"] {
		a.t.Errorf("the keys of the sites: %v, %v", keys, err)
	}
	if !regexp.MustCompile(`^[0-9a-f]{48}$`).MatchString(key) || strings.Count(asked, key) != 1 || strings.Contains(said, key) {
		a.t.Errorf("the path key %q is told:\n%s%s", key, said, asked)
	}
	if !strings.Contains(said, "accord-dev uses configuration ") {
		a.t.Errorf("nothing is published:\n%s", said)
	}
	for _, want := range []string{"Name=accord-dev Stage=dev PathKey=" + key, "HookRanges=192.0.2.0/24", "--tags project=accord stage=dev stack=accord-dev expires=2"} {
		if !strings.Contains(asked, want) {
			a.t.Errorf("sam is not told %q:\n%s", want, asked)
		}
	}
	if strings.Contains(asked, "the-Backfill") {
		a.t.Errorf("all issues are written, which nobody asked for:\n%s", asked)
	}
	was := a.read("secrets/site-keys")
	said, asked, err = a.deploy("--first-sync")
	if err != nil || strings.Contains(asked, "create-secret") || strings.Contains(asked, "put-secret") || a.read("secrets/site-keys") != was {
		a.t.Errorf("the second time: %v\n%s\n%s", err, said, asked)
	}
	if strings.Count(asked, "accord publish") != 1 {
		a.t.Errorf("it is published more than once:\n%s", asked)
	}
	a.inOrder(asked, "accord publish", "sam deploy", "PathKey="+key, "accord check", "the-Upkeep", "start-execution --state-machine-arn the-Backfill")
}

func deployAnotherSite(a account) {
	a.write("secrets/site-keys", `{"acme":"k3y"}`)
	a.write("secrets/path-key", strings.Repeat("k", 40))
	a.write("accord.yaml", strings.Replace(configured("acme", "vendor"), "public_url: stack", "public_url: https://hooks.acme.example", 1))
	said, asked, err := a.deploy()
	if err != nil || !strings.Contains(said, `note: public_url is not "stack"`) {
		a.t.Fatalf("%v\n%s\n%s", err, said, asked)
	}
	keys := map[string]string{}
	if err := json.Unmarshal([]byte(a.read("secrets/site-keys")), &keys); err != nil || keys["acme"] != "k3y" || len(keys["vendor"]) != 48 {
		a.t.Errorf("%v, %v", keys, err)
	}
	a.inOrder(asked, "put-secret-value", "PathKey="+strings.Repeat("k", 40))
}

var released = regexp.MustCompile(`Release=([0-9a-f]{64})\b`)

// TestWhatIsAnotherIsReleased: the translator does not see that a parameter has
// another value, so each of them is in the digest that it does look at.
func TestWhatIsAnotherIsReleased(t *testing.T) {
	a := newAccount(t, commands(t))
	const base = "AlarmAddress=ops@acme.example HookRanges=192.0.2.0/24 LogDays=30"
	release := func(parameters, zips, key string) string {
		t.Helper()
		a.say("ACCORD_PARAMETERS", parameters)
		a.say("ZIPS", zips)
		a.write("secrets/path-key", strings.Repeat(key, 40))
		said, asked, err := a.deploy()
		m := released.FindStringSubmatch(asked)
		if err != nil || m == nil {
			t.Fatalf("%v\n%s\n%s", err, said, asked)
		}
		return m[1]
	}
	first := release(base, "packed", "k")
	for what, c := range map[string]struct {
		parameters, zips, key string
		another               bool
	}{
		"nothing":        {base, "packed", "k", false},
		"the order":      {"LogDays=30 HookRanges=192.0.2.0/24 AlarmAddress=ops@acme.example", "packed", "k", false},
		"a parameter":    {strings.Replace(base, "30", "60", 1), "packed", "k", true},
		"one more":       {base + " LogWords=panic", "packed", "k", true},
		"the code":       {base, "other", "k", true},
		"the path's key": {base, "packed", "l", true},
	} {
		if got := release(c.parameters, c.zips, c.key); (got != first) != c.another {
			t.Errorf("%s is another: released anew: %v", what, got != first)
		}
	}
}

// TestDeployNeedsItsCommands, and says which one is not there.
func TestDeployNeedsItsCommands(t *testing.T) {
	a := newAccount(t, "none")
	if err := os.Remove(a.dir + "/bin/sam"); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"dirname", "basename", "realpath", "mktemp", "rm", "openssl", "bash"} {
		path, err := exec.LookPath(command)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, a.dir+"/bin/"+command); err != nil {
			t.Fatal(err)
		}
	}
	a.say("PATH", a.dir+"/bin")
	if said, asked, err := a.deploy(); err == nil || !strings.Contains(said, "deploy: it needs the command sam") || asked != "" {
		t.Errorf("%v\n%s\n%s", err, said, asked)
	}
	for _, args := range [][]string{{"deploy.sh"}, {"deploy.sh", "test"}, {"deploy.sh", "dev", "--now"}} {
		c := exec.Command("bash", args...)
		c.Env = a.env
		if out, err := c.CombinedOutput(); err == nil || len(out) == 0 {
			t.Errorf("%v: %v %s", args, err, out)
		}
	}
}
