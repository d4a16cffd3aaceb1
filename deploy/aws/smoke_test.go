package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The stand-ins of a stack that lives, but for what $WRONG says.
const smokeAWS = `#!/usr/bin/env bash
case "$*" in
*OutputKey==*) sed "s/.*OutputKey=='\([A-Za-z]*\)'.*/the-\1/" <<<"$*" ;;
*get-secret-value*) [ "$WRONG" = key ] && { echo "(ResourceNotFoundException)" >&2; exit 254; } || echo k3y ;;
*list-objects*) [ "$WRONG" = deaf ] && echo 0 || echo 1 ;;
*start-execution*) echo "run of $4" ;;
*describe-execution*status*) [ "$WRONG" = sweep ] && echo FAILED || echo SUCCEEDED ;;
*describe-execution*) echo "States.TaskFailed: no token" ;;
*describe-alarms*) [ "$WRONG" = alarm ] && echo accord-x-live-age || true ;;
esac
`

const smokeCurl = `#!/usr/bin/env bash
url=${!#}
case "$url" in
the-Hooks/k3y/hooks/smoke/none*) 
	case "$WRONG" in
	range) echo '{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:…"} 403' ;;
	path) echo '{"message":"Missing Authentication Token"} 403' ;;
	*) echo '{"heard":true} 200' ;;
	esac ;;
the-Hooks/not-the-key/*) [ "$WRONG" = open ] && echo "{} 200" || echo "{} 403" ;;
*) echo "{} 404" ;;
esac
`

// TestSmoke: it says that a stack lives if it does, and what is wrong if not.
func TestSmoke(t *testing.T) {
	for wrong, want := range map[string]string{
		"":      "smoke: accord-x lives",
		"key":   "smoke: set ACCORD_PATH_KEY: there is no secret accord-x/path-key",
		"range": "== note: this address is not in HookRanges, so no webhook is sent\nsmoke: accord-x lives", // as a pipeline's mostly is
		"path":  "smoke: a webhook is not taken: {\"message\":\"Missing Authentication Token\"} 403",
		"open":  "smoke: a webhook without the path key is not refused",
		"deaf":  "smoke: hear has not set the webhook aside",
		"sweep": "smoke: run of the-Sweep ended as FAILED: States.TaskFailed: no token",
		"alarm": "smoke: alarms: accord-x-live-age",
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"aws": smokeAWS, "curl": smokeCurl, "sleep": "#!/bin/sh\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		c := exec.Command("bash", "smoke.sh", "accord-x")
		c.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "WRONG=" + wrong}
		out, err := c.CombinedOutput()
		if (err == nil) != (wrong == "" || wrong == "range") || !strings.HasPrefix(string(out), want) {
			t.Errorf("%q: %v: %s", wrong, err, out)
		}
	}
}

// TestAsk: a warning is no answer, what is not there is nothing, and any other
// failure ends the script with its reason.
func TestAsk(t *testing.T) {
	for aws, want := range map[string]string{
		`echo "this Python is old" >&2; echo DONE`: "[DONE]",
		`echo None`: "[]",
		`echo "Stack with id x does not exist" >&2; exit 254`:            "[]",
		`echo "ExpiredToken: the security token is expired" >&2; exit 1`: "ask: ExpiredToken: the security token is expired",
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"aws": aws, "ask": "set -euo pipefail\nsource ./stack.sh\nsaid=$(stack x StackStatus)\necho \"[$said]\"\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/usr/bin/env bash\n"+text+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		c := exec.Command(filepath.Join(dir, "ask"))
		c.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH")}
		if out, _ := c.CombinedOutput(); strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %q, want %q", aws, out, want)
		}
	}
}
