package deploy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mapping is what API Gateway makes of a webhook before it calls Kinesis.
func mapping(t testing.TB) string {
	t.Helper()
	text, ok := at(load(t, "template.yaml").mappings, "Hook/Record/Template").(string)
	if !ok {
		t.Fatal("there is no mapping template")
	}
	return text
}

// maxRecord is the most that a record may be, with its partition key (Kinesis,
// "Quotas and limits"); maxHeaders is the total size of the names and values of
// all headers that API Gateway takes (its "Quotas for REST APIs").
const (
	maxRecord  = 1 << 20
	maxHeaders = 10_240
)

var (
	assigned = regexp.MustCompile(`#set\(\$(\w+) = "\$!([phs])\.get\('([^']+)'\)"\)`)
	tooBig   = regexp.MustCompile(`#if\(\$size > (\d+)\)#set\(\$body = ""\)#set\(\$big = "true"\)#end`)
)

// TestHookKeepsEveryValueInItsPlace: nothing that a stranger sends can end the
// string that it stands in, and the body is taken as it is.
func TestHookKeepsEveryValueInItsPlace(t *testing.T) {
	text := mapping(t)
	heads := map[string][]string{}
	names := map[string]bool{}
	for _, m := range assigned.FindAllStringSubmatch(text, -1) {
		names[m[1]] = true
		if m[2] == "h" {
			heads[m[1]] = append(heads[m[1]], m[3])
		}
	}
	if len(names) != 8 {
		t.Errorf("%d values are read, want 8", len(names))
	}
	for name := range names {
		safe := fmt.Sprintf(`#set($%s = $util.escapeJavaScript($%[1]s.replaceAll("'", "")))`, name)
		if strings.Count(text, safe) != 1 {
			t.Errorf("%s is not escaped", name)
		}
		if !strings.Contains(text, "${q}"+name+"${q}:${q}${"+name+"}${q}") {
			t.Errorf("%s does not stand in the record", name)
		}
	}
	for name, both := range heads {
		if len(both) != 2 || both[0] == both[1] || strings.ToLower(both[0]) != both[1] {
			t.Errorf("%s is read from %q, want the name in either letter case", name, both)
		}
	}
	if strings.Contains(text, "escapeJavaScript($body") || strings.Contains(text, "$input.json") {
		t.Error("the body is changed: no signature would hold")
	}
	if !strings.Contains(text, `{"StreamName":"$stageVariables.stream","PartitionKey":"$context.requestId","Data":"$util.base64Encode($record)"}`) {
		t.Error("it does not put the record under the id of the request")
	}
}

// TestHookFitsIntoARecord: beside the longest body there is room for the longest
// headers, each byte of them escaped as \uXXXX.
func TestHookFitsIntoARecord(t *testing.T) {
	m := tooBig.FindStringSubmatch(mapping(t))
	if m == nil {
		t.Fatal("a body that is too big for a record is put whole")
	}
	var most int
	if _, err := fmt.Sscan(m[1], &most); err != nil {
		t.Fatal(err)
	}
	if rest := maxRecord - most - 6*maxHeaders; rest < 1024 {
		t.Errorf("%d characters of body leave %d bytes for the names of the record", most, rest)
	}
	if body := most / 4 * 3; body < 700_000 {
		t.Errorf("bodies of more than %d bytes come without their body", body)
	}
}

// TestHookAnswers200ForNothingElse than Kinesis's own 200.
func TestHookAnswers200ForNothingElse(t *testing.T) {
	tp := load(t, "template.yaml")
	post := tp.of("AWS::ApiGateway::Method")["HookPost"]
	selected := map[any]any{}
	for _, r := range at(post, "Integration/IntegrationResponses").([]any) {
		selected[r.(object)["StatusCode"]] = r.(object)["SelectionPattern"]
	}
	if len(selected) != 2 || selected["200"] != "200" || selected["503"] != nil {
		t.Errorf("answers by what Kinesis says: %v, want 200 for 200, and 503 for all else", selected)
	}
	for path, want := range map[string]any{
		"ApiKeyRequired": false, "AuthorizationType": "NONE", "HttpMethod": "POST",
		"Integration/ContentHandling": "CONVERT_TO_TEXT", "Integration/PassthroughBehavior": "NEVER", "Integration/Type": "AWS",
	} {
		if got := at(post, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if uri := at(post, "Integration/Uri/Fn::Sub").(string); !strings.HasSuffix(uri, ":kinesis:action/PutRecord") {
		t.Errorf("it calls %s", uri)
	}
	if wait := at(post, "Integration/TimeoutInMillis").(float64); wait > 15_000 {
		t.Errorf("it waits for %v ms; the site gives up after 20 s", wait)
	}
	for kind, v := range at(post, "Integration/RequestTemplates").(object) {
		if fmt.Sprint(v) != "map[Fn::FindInMap:[Hook Record Template]]" {
			t.Errorf("%s is put in another way", kind)
		}
	}
	api := tp.of("AWS::ApiGateway::RestApi")["HookApi"]
	if got := fmt.Sprint(api["BinaryMediaTypes"]); got != "[*/*]" {
		t.Errorf("binary are %s, want all media types", got)
	}
}

// TestHookKeepsStrangersOut: by where they are, by a key in the path, and by rate.
func TestHookKeepsStrangersOut(t *testing.T) {
	tp := load(t, "template.yaml")
	for id, p := range tp.of("AWS::ApiGateway::RestApi") {
		for _, s := range at(p, "Policy/Statement").([]any) {
			if s.(object)["Effect"] == "Allow" && fmt.Sprint(at(s, "Condition/IpAddress/aws:SourceIp")) != "map[Ref:HookRanges]" {
				t.Errorf("%s lets in %v", id, s)
			}
		}
	}
	path, id := []any{}, at(tp.of("AWS::ApiGateway::Method")["HookPost"], "ResourceId/Ref")
	for r := tp.of("AWS::ApiGateway::Resource"); id != nil; {
		step := r[id.(string)]
		path, id = append([]any{step["PathPart"]}, path...), at(step, "ParentId/Ref")
	}
	if got := fmt.Sprint(path); got != "[map[Ref:PathKey] hooks {site} {key}]" {
		t.Errorf("the path is %s", got)
	}
	for id, p := range tp.of("AWS::ApiGateway::Stage") {
		settings := at(p, "MethodSettings/0").(object)
		if settings["ThrottlingRateLimit"] != 1000.0 || settings["DataTraceEnabled"] != false {
			t.Errorf("%s: %v", id, settings)
		}
	}
	if len(tp.of("AWS::ApiGateway::UsagePlan")) > 0 {
		t.Error("a usage plan needs a key that a site cannot send")
	}
}

// TestHookDeploymentIsNamedAfterWhatItShows: with the name of a deployment that
// exists, a change of the API would never be seen by anybody.
func TestHookDeploymentIsNamedAfterWhatItShows(t *testing.T) {
	deployment(t, "template.yaml", mapping(t))
	deployment(t, "answer.yaml")
}

// deployment checks the name of the one deployment in a template, which shows
// its API and more.
func deployment(t *testing.T, path string, more ...any) {
	t.Helper()
	tp := load(t, path)
	shown, err := json.Marshal(append([]any{tp.of("AWS::ApiGateway::RestApi"), tp.of("AWS::ApiGateway::Resource"), tp.of("AWS::ApiGateway::Method")}, more...))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(shown)
	want := "HookDeployment" + hex.EncodeToString(sum[:4])
	got := slices.Collect(maps.Keys(tp.of("AWS::ApiGateway::Deployment")))
	if slices.Equal(got, []string{want}) {
		return
	}
	if !*update || len(got) != 1 {
		t.Fatalf("%s: the deployment is %q, want %s; go test ./deploy/aws -update renames it", path, got, want)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), got[0], want)), 0o644); err != nil {
		t.Fatal(err)
	}
}
