//go:build emu

package deploy_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exempt is what the proactive controls of AWS Control Tower ask for and the
// templates do not do, with the reason. All else that they ask for is done.
var exempt = map[string]string{
	"api_gw_v1_execution_logging_enabled_check":          "the key of a webhook's address is in its path, and would be in that log",
	"api_gw_xray_enabled_check":                          "nothing is traced: a line of the log says all of a turn",
	"step_functions_state_machine_tracing_enabled_check": "nothing is traced",
	"step_functions_state_machine_logging_enabled_check": "Step Functions itself keeps the history of an execution for 90 days, and a log needs actions on every resource",
	"cloudwatch_log_group_retention_period_check":        "it asks for a year; LogDays says how long",
	"cloudwatch_log_group_encrypted_check":               "it does not read the Fn::Sub with which answer.yaml names the key of the other stack; TestWhatIsStored does so of the others",
	"lambda_inside_vpc_check":                            "the functions talk to Jira on the internet, and to nothing in a VPC",
	"lambda_function_public_access_prohibited_check":     "it does not read the Fn::Sub with which the translator names the API that may call web",
	"s3_bucket_versioning_enabled_check":                 "objects are named by the digest of their content, and what was deleted must be gone",
	"s3_bucket_object_lock_enabled_check":                "what was deleted must be gone",
	"s3_bucket_logging_enabled_check":                    "only the functions' roles read it",
}

// A verdict is what cfn-guard says of one template.
type verdict struct {
	Name          string
	Compliant     []string
	Not_compliant []struct{ Rule struct{ Name string } }
}

// guarded is what cfn-guard 3.1.1 says of templates by the rules of
// @cdklabs/cdk-validator-cfnguard 0.0.62: which hold, and which do not.
func guarded(t *testing.T, paths ...string) (hold, fail map[string]bool) {
	t.Helper()
	args := []string{"validate", "--rules", tool(t, "guard/rules/control-tower/cfn-guard"), "--structured", "--output-format", "json", "--show-summary", "none"}
	for _, path := range paths {
		args = append(args, "--data", path)
	}
	out, _ := run(t, nil, tool(t, "guard/cfn-guard"), args...) // it fails if a rule does
	var verdicts []verdict
	if err := json.Unmarshal([]byte(out), &verdicts); err != nil || len(verdicts) != len(paths) {
		t.Fatalf("%d verdicts, %v\n%.1000s", len(verdicts), err, out)
	}
	hold, fail = map[string]bool{}, map[string]bool{}
	for _, v := range verdicts {
		for _, name := range v.Compliant {
			hold[name] = true
		}
		for _, r := range v.Not_compliant {
			fail[r.Rule.Name] = true
		}
	}
	return hold, fail
}

// TestControlsHold: every control of AWS Control Tower for what the templates
// make, but those that are exempt with a reason.
func TestControlsHold(t *testing.T) {
	templates, err := filepath.Glob("*.yaml")
	if err != nil || len(templates) < 2 {
		t.Fatalf("%q, %v", templates, err)
	}
	dir := t.TempDir()
	var paths []string
	for _, template := range templates {
		out, err := run(t, nil, tool(t, "venv/bin/python"), "emu/translate.py", template)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Join(dir, strings.TrimSuffix(template, ".yaml")+".json"))
		if err := os.WriteFile(paths[len(paths)-1], []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hold, fail := guarded(t, paths...)
	for name := range fail {
		if exempt[name] == "" {
			t.Errorf("%s does not hold", name)
		}
	}
	for name := range exempt {
		if !fail[name] {
			t.Errorf("%s is exempt, and holds", name)
		}
	}
	if len(hold) < 15 {
		t.Errorf("only these hold: %q", slices.Sorted(maps.Keys(hold)))
	}
	// what the controls are trusted to see
	whole := paths[slices.Index(templates, "template.yaml")]
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	odd := strings.NewReplacer(`"EnableKeyRotation": true`, `"EnableKeyRotation": false`, `"BlockPublicAcls": true`, `"BlockPublicAcls": false`, `"PointInTimeRecoveryEnabled": true`, `"PointInTimeRecoveryEnabled": false`).Replace(string(text))
	if err := os.WriteFile(whole, []byte(odd), 0o600); err != nil {
		t.Fatal(err)
	}
	_, fail = guarded(t, whole)
	for _, name := range []string{"kms_key_rotation_enabled_check", "s3_bucket_level_public_access_prohibited_check", "dynamodb_table_pitr_enabled_check"} {
		if !fail[name] {
			t.Errorf("%s does not see what is wrong", name)
		}
	}
}
