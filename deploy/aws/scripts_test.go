package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var output = regexp.MustCompile(`output "\$name" (\w+)`)

// TestScripts: they parse, stop at the first fault, and ask for outputs that there are.
func TestScripts(t *testing.T) {
	outputs, asked := load(t, "template.yaml").outputs, map[string]int{}
	for _, path := range []string{"deploy.sh", "update-function.sh", "teardown.sh", "smoke.sh", "answer.sh", "stack.sh", "emu/install.sh"} {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		text := string(b)
		if out, err := exec.Command("bash", "-n", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", path, err, out)
		}
		for _, m := range output.FindAllStringSubmatch(text, -1) {
			asked[path]++
			if outputs[m[1]] == nil {
				t.Errorf("%s asks for the output %s", path, m[1])
			}
		}
		if path == "stack.sh" { // a part of the others
			continue
		}
		if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s cannot be run", path)
		}
		if !strings.Contains(text, "\nset -euo pipefail\n") {
			t.Errorf("%s goes on after a fault", path)
		}
		if filepath.Dir(path) == "." && !regexp.MustCompile(`(?i)(was never|has never been) run against an account`).MatchString(strings.ReplaceAll(text, "\n# ", " ")) {
			t.Errorf("%s does not say that it was never run", path)
		}
	}
	if asked["deploy.sh"] < 3 || asked["smoke.sh"] < 3 {
		t.Errorf("outputs are asked for %v times", asked)
	}
}

// A stand-in for the command line of AWS: it says what it is told to by the
// environment, and writes down what it is asked.
const standIn = `#!/usr/bin/env bash
printf '%s\n' "$*" >>"$ANSWERS/asked"
case "$*" in
*describe-stacks*aws-sam-cli*) echo the-packages ;;
*describe-stacks*) [ -n "$STACK" ] || { echo "Stack with id accord-x does not exist" >&2; exit 254; }
	case "$*" in
	*StackStatus*) echo CREATE_COMPLETE ;;
	*StackId*) echo arn:aws:cloudformation:r:1:stack/accord-x/1 ;;
	*\'Key\'*) echo k ;;
	*Key==\'project\'*) echo accord ;;
	*Key==\'stage\'*) echo "$STAGE" ;;
	esac ;;
*get-resources*stage,Values=prod*) [ "$STAGE" = dev ] || echo arn:aws:dynamodb:r:1:table/accord-x ;;
*get-resources*) [ -n "$UNTAGGED" ] || printf 'arn:aws:s3:::accord-x-1-r\tarn:aws:dynamodb:r:1:table/accord-x\tarn:aws:kms:r:1:key/k\tarn:aws:secretsmanager:r:1:secret:accord-x/path-key-a1b2c3\tarn:aws:sqs:r:1:accord-x-live\n' ;;
*sts*) echo 1 ;;
*describe-secret*path-key*) echo arn:aws:secretsmanager:r:1:secret:accord-x/path-key-a1b2c3 ;;
*describe-secret*) echo "(ResourceNotFoundException)" >&2; exit 254 ;;
*delete-table*) [ -z "$GONE" ] || { echo "(ResourceNotFoundException): Requested resource not found" >&2; exit 254; } ;;
*describe-key*) echo "$KEY" ;;
*list-secrets*) echo accord-x/ACME_TOKEN ;;
esac
`

// TestTeardown: a dev stack goes with all that it left, also if it was begun
// before; a prod stack stays, and so does what one has left.
func TestTeardown(t *testing.T) {
	all := []string{
		"cloudformation delete-stack --stack-name accord-x-answer\n", "cloudformation delete-stack --stack-name accord-x\n", "s3 rb s3://accord-x-1-r --force", "dynamodb delete-table --table-name accord-x", "kms schedule-key-deletion",
		"delete-secret --secret-id arn:aws:secretsmanager:r:1:secret:accord-x/path-key-a1b2c3 --force-delete-without-recovery", "s3 rm --only-show-errors --recursive s3://the-packages/accord-x/",
	}
	for name, c := range map[string]struct {
		env  []string
		asks []string // of all
	}{
		"prod":            {[]string{"STAGE=prod", "STACK=1", "KEY=Enabled"}, nil},
		"what prod left":  {[]string{"STAGE=prod", "STACK=", "KEY=Enabled"}, nil},
		"dev":             {[]string{"STAGE=dev", "STACK=1", "KEY=Enabled"}, all},
		"not yet tagged":  {[]string{"STAGE=dev", "STACK=1", "KEY=Enabled", "UNTAGGED=1"}, all},
		"half gone":       {[]string{"STAGE=dev", "STACK=1", "KEY=Enabled", "GONE=1"}, all},
		"begun before":    {[]string{"STAGE=dev", "STACK=", "KEY=Enabled"}, all[2:]},
		"the key is gone": {[]string{"STAGE=dev", "STACK=", "KEY=PendingDeletion"}, slices.Concat(all[2:4], all[5:])},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(standIn), 0o700); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("bash", "teardown.sh", "accord-x")
		cmd.Env = append(c.env, "PATH="+dir+":"+os.Getenv("PATH"), "ANSWERS="+dir)
		out, err := cmd.CombinedOutput()
		if (err == nil) != (c.asks != nil) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if c.asks != nil && (name != "not yet tagged" && !strings.Contains(string(out), "still listed: arn:aws:sqs:r:1:accord-x-live") || !strings.Contains(string(out), "these secrets are yours, and stay: accord-x/ACME_TOKEN")) {
			t.Errorf("%s: what is left is not told:\n%s", name, out)
		}
		b, err := os.ReadFile(filepath.Join(dir, "asked"))
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range all {
			if strings.Contains(string(b), call) != slices.Contains(c.asks, call) {
				t.Errorf("%s: %q was asked: %v\n%s", name, call, !slices.Contains(c.asks, call), b)
			}
		}
	}
}

const standInUpdate = `#!/usr/bin/env bash
printf '%s %s\n' "${0##*/}" "$*" >>"$ANSWERS/asked"
case "$*" in
*describe-stacks*) echo "$STAGE" ;;
*publish-version*) echo 7 ;;
esac
`

// TestUpdateOfOneFunction: it is packed, replaced, and live; in dev only.
func TestUpdateOfOneFunction(t *testing.T) {
	for stage, wants := range map[string][]string{
		"prod": nil,
		"dev": {
			"go run ./cmd/lambda/pack -o dist/lambda turn", "lambda update-function-code --function-name accord-dev-turn --zip-file fileb://dist/lambda/turn.zip --architectures arm64",
			"lambda wait function-updated-v2", "lambda publish-version", "lambda update-alias --function-name accord-dev-turn --name live --function-version 7",
		},
	} {
		dir := t.TempDir()
		for _, command := range []string{"aws", "go"} {
			if err := os.WriteFile(filepath.Join(dir, command), []byte(standInUpdate), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		update := func(function string) ([]byte, error) {
			c := exec.Command("bash", "update-function.sh", function)
			c.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "ANSWERS=" + dir, "STAGE=" + stage}
			return c.CombinedOutput()
		}
		out, err := update("turn")
		asked, _ := os.ReadFile(filepath.Join(dir, "asked"))
		if (err == nil) != (stage == "dev") || strings.Contains(string(asked), "update-") != (stage == "dev") {
			t.Errorf("%s: %v\n%s%s", stage, err, out, asked)
		}
		rest := string(asked)
		for _, want := range wants {
			_, after, ok := strings.Cut(rest, want)
			if !ok {
				t.Fatalf("%q was not asked, or too early:\n%s", want, asked)
			}
			rest = after
		}
		if out, err := update("nothing"); err == nil || !strings.Contains(string(out), "there is no function nothing") {
			t.Errorf("%v %s", err, out)
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
