//go:build emu

package deploy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnswerIsTranslatedAndLinted with aws-sam-translator 1.115.0 and cfn-lint
// 1.58.0: another release is another version, which the alias then shows.
func TestAnswerIsTranslatedAndLinted(t *testing.T) {
	python, lint := tool(t, "venv/bin/python"), tool(t, "venv/bin/cfn-lint")
	text, err := os.ReadFile("answer.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir, versions := t.TempDir(), map[string]bool{}
	for _, release := range []string{"none", strings.Repeat("1f", 32)} {
		template := filepath.Join(dir, "answer.yaml")
		if err := os.WriteFile(template, []byte(strings.ReplaceAll(string(text), "Default: none", "Default: "+release)), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := run(t, nil, python, "emu/translate.py", template)
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
		n := map[string]int{}
		for id, r := range translated.Resources {
			n[r.Type]++
			if r.Type == "AWS::Lambda::Version" {
				versions[id] = true
			}
		}
		if n["AWS::Lambda::Function"] != 1 || n["AWS::Lambda::Alias"] != 1 || n["AWS::CodeDeploy::DeploymentGroup"] != 1 || n["AWS::IAM::Role"] != 2 {
			t.Errorf("translated to %v", n)
		}
		if uri := at(translated.Resources["HookPost"].Properties, "Integration/Uri/Fn::Sub/1/Function/Ref"); uri != "AnswerAliaslive" {
			t.Errorf("the gateway calls %v, and no alias", uri)
		}
		whole := filepath.Join(dir, "answer.json")
		if err := os.WriteFile(whole, []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := run(t, nil, lint, whole); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
	if len(versions) != 2 {
		t.Errorf("two releases are the versions %v", versions)
	}
}
