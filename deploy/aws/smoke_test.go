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
the-Hooks/k3y/hooks/smoke/none*) [ "$WRONG" = range ] && echo 403 || echo 200 ;;
the-Hooks/not-the-key/*) [ "$WRONG" = open ] && echo 200 || echo 403 ;;
*) echo 404 ;;
esac
`

// TestSmoke: it says that a stack lives if it does, and what is wrong if not.
func TestSmoke(t *testing.T) {
	for wrong, want := range map[string]string{
		"":      "smoke: accord-x lives",
		"key":   "smoke: set ACCORD_PATH_KEY: there is no secret accord-x/path-key",
		"range": "smoke: a webhook is not taken",
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
		if (err == nil) != (wrong == "") || !strings.HasPrefix(string(out), want) {
			t.Errorf("%q: %v: %s", wrong, err, out)
		}
	}
}
