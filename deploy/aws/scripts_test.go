package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var output = regexp.MustCompile(`(?:[^-]output (?:"\$name" )?|OutputKey==')(\w+)`)

// TestScripts: they parse, stop at the first fault, and ask for outputs that there are.
func TestScripts(t *testing.T) {
	outputs := load(t, "template.yaml").outputs
	for _, path := range []string{"deploy.sh", "update-function.sh", "teardown.sh", "smoke.sh", "emu/install.sh"} {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		text := string(b)
		if out, err := exec.Command("bash", "-n", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", path, err, out)
		}
		if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s cannot be run", path)
		}
		if !strings.Contains(text, "\nset -euo pipefail\n") {
			t.Errorf("%s goes on after a fault", path)
		}
		for _, m := range output.FindAllStringSubmatch(text, -1) {
			if outputs[m[1]] == nil {
				t.Errorf("%s asks for the output %s", path, m[1])
			}
		}
		if filepath.Dir(path) == "." && !regexp.MustCompile(`(?i)(was never|has never been) run against an account`).MatchString(strings.ReplaceAll(text, "\n# ", " ")) {
			t.Errorf("%s does not say that it was never run", path)
		}
	}
}

// A stand-in for the command line of AWS: it says what it is told to by the
// files in $ANSWERS, and writes down what it is asked.
const standIn = `#!/usr/bin/env bash
printf '%s\n' "$*" >>"$ANSWERS/asked"
case "$*" in
*describe-stacks*Key==\'project\'*) echo accord ;;
*describe-stacks*Key==\'stage\'*) echo "$STAGE" ;;
*describe-stacks*OutputKey*) echo one-of-the-outputs ;;
esac
`

// TestTeardownKeepsWhatIsProd: and a dev stack goes with all that it left.
func TestTeardownKeepsWhatIsProd(t *testing.T) {
	for stage, wants := range map[string]string{"prod": "", "dev": "delete-stack wait s3 dynamodb kms"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(standIn), 0o700); err != nil {
			t.Fatal(err)
		}
		c := exec.Command("bash", "teardown.sh", "accord-x")
		c.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "ANSWERS=" + dir, "STAGE=" + stage}
		out, err := c.CombinedOutput()
		if (err == nil) != (stage == "dev") {
			t.Errorf("%s: %v\n%s", stage, err, out)
		}
		b, err := os.ReadFile(filepath.Join(dir, "asked"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"cloudformation delete-stack", "cloudformation wait", "s3 rb", "dynamodb delete-table", "kms schedule-key-deletion"} {
			if strings.Contains(string(b), want) != (wants != "") {
				t.Errorf("%s: %q was asked: %v\n%s", stage, want, wants == "", b)
			}
		}
	}
}

var script = regexp.MustCompile(`deploy/aws/[\w/-]+\.sh`)

// TestPipelinesRunWhatIsThere.
func TestPipelinesRunWhatIsThere(t *testing.T) {
	for _, path := range []string{"../../bitbucket-pipelines.yml", "../../.github/workflows/deploy.yml", "../../docs/AWS.md"} {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found := script.FindAllString(string(b), -1)
		for _, name := range found {
			if _, err := os.Stat("../../" + name); err != nil {
				t.Errorf("%s runs %s: %v", path, name, err)
			}
		}
		for _, step := range []string{"deploy.sh", "smoke.sh", "teardown.sh"} {
			if !strings.Contains(strings.Join(found, " "), step) {
				t.Errorf("%s never runs %s", path, step)
			}
		}
	}
}
