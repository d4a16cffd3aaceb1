package deploy_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/connector"
	"example.com/accord/durable/aws"
	"example.com/accord/lambda/answer"
)

// TestAnswerIsToldAsTheOtherStackIs: what both are told, each refuses the same of.
func TestAnswerIsToldAsTheOtherStackIs(t *testing.T) {
	base, params := load(t, "template.yaml").params, load(t, "answer.yaml").params
	for name, v := range params {
		p := v.(object)
		if other, ok := base[name]; ok {
			if diff := cmp.Diff(other, v); diff != "" {
				t.Errorf("%s is another than in template.yaml:\n%s", name, diff)
			}
		}
		if s, _ := p["ConstraintDescription"].(string); len(s) < 20 || !strings.HasSuffix(s, ".") {
			t.Errorf("%s: what is wanted? %q", name, s)
		}
	}
	const id = "1234abcd-12ab-34cd-56ef-1234567890ab"
	for name, c := range map[string]struct{ good, bad []string }{
		"Key":            {[]string{id}, []string{"", "none", "alias/accord", strings.ToUpper(id), "arn:aws:kms:eu-central-1:1:key/" + id}},
		"KeysVersion":    {[]string{id, "EXAMPLE1-90ab-cdef-fedc-ba987EXAMPLE"}, []string{"", "AWSCURRENT", "1"}},
		"SecretsVersion": {[]string{id}, []string{"", "AWSCURRENT", id + "}}"}},
		"Release":        {[]string{strings.Repeat("0f", 32)}, []string{"", "1", strings.Repeat("0F", 32)}},
	} {
		for _, v := range slices.Concat(c.good, c.bad) {
			if got := accepts(params[name].(object), v); got != slices.Contains(c.good, v) {
				t.Errorf("%s: %q is taken: %v", name, v, got)
			}
		}
	}
}

// TestAnswerMayPutAndNothingElse.
func TestAnswerMayPutAndNothingElse(t *testing.T) {
	tp := load(t, "answer.yaml")
	const account = ":${AWS::Region}:${AWS::AccountId}:"
	want := map[string]string{ // by action, the resource
		"logs:CreateLogStream": "AnswerLog", "logs:PutLogEvents": "AnswerLog",
		"kinesis:PutRecord": "arn:${AWS::Partition}:kinesis" + account + "stream/${Name}-hooks",
		"kms:Decrypt":       "arn:${AWS::Partition}:kms" + account + "key/${Key}", "kms:GenerateDataKey": "arn:${AWS::Partition}:kms" + account + "key/${Key}",
	}
	got := map[string]string{}
	for _, s := range statements(tp)["AnswerRole"] {
		for _, action := range list(s["Action"]) {
			at := at(s, "Resource/Fn::Sub")
			if l, ok := s["Resource"].(object)["Fn::GetAtt"].([]any); ok {
				at = l[0]
			}
			got[action] = fmt.Sprint(at)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for id, all := range statements(tp) {
		for _, s := range all {
			if slices.Contains(list(s["Resource"]), "*") || strings.Contains(fmt.Sprint(s["Action"]), "*") || s["Principal"] == "*" && s["Condition"] == nil {
				t.Errorf("%s grants %v at large", id, s["Action"])
			}
		}
	}
	if roles := slices.Sorted(maps.Keys(tp.of("AWS::IAM::Role"))); strings.Join(roles, " ") != "AnswerRole ShiftRole" {
		t.Errorf("roles: %q", roles)
	}
	if n := len(tp.of("AWS::Serverless::Function")); n != 1 {
		t.Errorf("%d functions", n)
	}
}

// TestAnswerAnswersInTime: before the gateway gives up, which does so before the site.
func TestAnswerAnswersInTime(t *testing.T) {
	tp := load(t, "answer.yaml")
	function, gateway := tp.of("AWS::Serverless::Function")["Answer"]["Timeout"].(float64), at(tp.of("AWS::ApiGateway::Method")["HookPost"], "Integration/TimeoutInMillis").(float64)/1000
	if function < 10 || gateway < function || gateway > 18 {
		t.Errorf("the function may take %v s, the gateway waits for %v s, the site for 20 s", function, gateway)
	}
}

// TestAnswerHasTheSameAddress as the other stack, but for the host, and the same
// strangers are kept out before anything is called.
func TestAnswerHasTheSameAddress(t *testing.T) {
	base, tp := load(t, "template.yaml"), load(t, "answer.yaml")
	for _, kind := range []string{"AWS::ApiGateway::Resource", "AWS::ApiGateway::RestApi"} {
		for id, p := range tp.of(kind) {
			other := maps.Clone(base.of(kind)[id])
			if kind == "AWS::ApiGateway::RestApi" {
				other["Name"] = p["Name"]
			}
			if diff := cmp.Diff(other, p); diff != "" {
				t.Errorf("%s is another:\n%s", id, diff)
			}
		}
	}
	if diff := cmp.Diff(at(base.of("AWS::ApiGateway::Stage")["HookStage"], "MethodSettings"), at(tp.of("AWS::ApiGateway::Stage")["HookStage"], "MethodSettings")); diff != "" {
		t.Error(diff)
	}
	post := tp.of("AWS::ApiGateway::Method")["HookPost"]
	if at(post, "Integration/Type") != "AWS_PROXY" || post["HttpMethod"] != "POST" || at(post, "ResourceId/Ref") != "HookKey" ||
		!strings.Contains(fmt.Sprint(at(post, "Integration/Uri")), "functions/${Function}/invocations map[Function:map[Ref:Answer.Alias]]") {
		t.Errorf("%v", post)
	}
	if called := tp.of("AWS::Lambda::Permission")["AnswerCalled"]; !strings.HasSuffix(fmt.Sprint(at(called, "SourceArn/Fn::Sub")), ":${HookApi}/${Stage}/POST/*") {
		t.Errorf("it may be called by %v", called)
	}
}

// TestAnswerLeavesOutAsTheMappingDoes: a body that is too big for a record is so
// in both ways in.
func TestAnswerLeavesOutAsTheMappingDoes(t *testing.T) {
	var most int
	if _, err := fmt.Sscan(tooBig.FindStringSubmatch(mapping(t))[1], &most); err != nil {
		t.Fatal(err)
	}
	most = most / 4 * 3 // bytes
	for _, size := range []int{most, most + 1} {
		var put []byte
		h := &answer.Handler{
			Sites: map[string]answer.Site{"acme": {Key: connector.NewSecret("k3y")}}, Log: slog.New(slog.DiscardHandler),
			Put: func(_ context.Context, _ string, data []byte) error { put = data; return nil },
		}
		call, err := json.Marshal(map[string]any{
			"pathParameters": object{"site": "acme", "key": "k3y"}, "requestContext": object{"requestId": "r", "requestTimeEpoch": 1_800_000_000_000},
			"body": base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, size)), "isBase64Encoded": true,
		})
		if err == nil {
			_, err = h.Handle(t.Context(), call)
		}
		if err != nil {
			t.Fatal(err)
		}
		if r, err := aws.ReadRecord(put); err != nil || r.TooBig != (size > most) {
			t.Errorf("%d bytes: too big: %v, %v", size, r.TooBig, err)
		}
	}
}

// TestAnswerIsWatched: each alarm asks for what is published, and tells people;
// our metrics are made of lines that the function logs.
func TestAnswerIsWatched(t *testing.T) {
	tp := load(t, "answer.yaml")
	source, err := os.ReadFile("../../lambda/answer/answer.go")
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	for id, f := range tp.of("AWS::Logs::MetricFilter") {
		m := regexp.MustCompile(`^\{ \$\.msg = ("[^"]+") \}$`).FindStringSubmatch(f["FilterPattern"].(string))
		if m == nil || !strings.Contains(string(source), "("+m[1]+",") || at(f, "LogGroupName/Ref") != "AnswerLog" {
			t.Errorf("%s waits for %v, which nobody logs", id, f["FilterPattern"])
		}
		made[at(f, "MetricTransformations/0/MetricName").(string)] = true
	}
	watched := map[string]bool{}
	for id, alarm := range tp.of("AWS::CloudWatch::Alarm") {
		if s, _ := alarm["AlarmDescription"].(string); len(s) < 20 || fmt.Sprint(at(alarm, "AlarmActions/0/Fn::Sub")) != "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${Name}-alarms" {
			t.Errorf("%s tells nobody, or nothing", id)
		}
		for _, m := range asked(alarm) {
			dimensions := strings.Join(slices.Sorted(maps.Keys(m.dimensions)), " ")
			if want, ok := metrics[m.namespace][m.name]; m.namespace != ours && (!ok || want != dimensions) || m.namespace == ours && !made[m.name] {
				t.Errorf("%s: %s %s by %q, which is not published", id, m.namespace, m.name, dimensions)
			}
			for dimension, value := range m.dimensions {
				if dimension != "Stage" && value != "${Name}-answer" {
					t.Errorf("%s watches the %s %s", id, dimension, value)
				}
			}
			watched[m.name] = true
		}
	}
	for _, name := range append(slices.Collect(maps.Keys(made)), "Errors", "Throttles", "5XXError", "Latency") {
		if !watched[name] {
			t.Errorf("no alarm watches %s", name)
		}
	}
	if topic := at(load(t, "template.yaml").of("AWS::SNS::Topic")["Topic"], "TopicName/Fn::Sub"); topic != "${Name}-alarms" {
		t.Errorf("the alarms are told to a topic %v that is not there", topic)
	}
}

// TestAnswerCostsWhatTheManualSays, for 2,000 webhooks and for a month.
func TestAnswerCostsWhatTheManualSays(t *testing.T) {
	const calls = 2000.0
	edits := total([]line{
		{"calls", calls / 1e6, "calls"},
		{"each 20 ms with 256 MB", calls * 0.02 / 4 / 1e6, "gbSeconds"},
		{"1 KB of log a call", calls * 1000 / 1e9, "logs"},
	})
	metrics := 0
	for _, alarm := range load(t, "answer.yaml").of("AWS::CloudWatch::Alarm") {
		metrics += len(asked(alarm))
	}
	month := total([]line{{"metrics in alarms", float64(metrics), "alarm"}, {"the sites' secrets", 1, "secret"}})
	text, err := os.ReadFile("../../docs/AWS.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("USD %.4f more for 1,000 edits and %.2f a month", edits, month); !strings.Contains(string(text), want) {
		t.Errorf("the manual does not say %q", want)
	}
}

const standInForAnswer = `#!/usr/bin/env bash
printf '%s %s\n' "${0##*/}" "$*" >>"$ANSWERS/asked"
case "$*" in
*describe-stacks*accord-dev-answer*) echo the-api ;;
*describe-stacks*) [ -n "$STAGE" ] || { echo "Stack with id accord-dev does not exist" >&2; exit 254; }
	case "$*" in
	*Key==\'stage\'*) echo "$STAGE" ;;
	*HookRanges*) echo 192.0.2.0/24,198.51.100.0/24 ;;
	*LogDays*) echo 30 ;;
	*) echo the-output ;;
	esac ;;
*$MISSING*) echo "(ResourceNotFoundException)" >&2; exit 254 ;;
*describe-secret*) echo arn ;;
*site-keys*VersionId*) echo keys-1 ;;
*site-secrets*VersionId*) echo "$SECRETS" ;;
*path-key*) echo the-path ;;
esac
[ "$1" != run ] || { mkdir -p "$ANSWERS/dist"; }
`

// TestAnswerIsDeployed over the stack that it is named, with the secrets that are
// in use; other secrets are another release.
func TestAnswerIsDeployed(t *testing.T) {
	run := func(args []string, env ...string) (said, asked string, ok bool) {
		dir := t.TempDir()
		for _, command := range []string{"aws", "go", "sam", "cat"} {
			text := standInForAnswer
			if command == "cat" { // what is packed and deployed need not be there
				text = "#!/usr/bin/env bash\necho files\n"
			}
			if err := os.WriteFile(filepath.Join(dir, command), []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		c := exec.Command("bash", append([]string{"answer.sh"}, args...)...)
		c.Env = append([]string{"PATH=" + dir + ":" + os.Getenv("PATH"), "ANSWERS=" + dir, "STAGE=dev", "MISSING=nothing", "SECRETS=secrets-1"}, env...)
		out, err := c.CombinedOutput()
		b, _ := os.ReadFile(filepath.Join(dir, "asked")) // it may have asked for nothing
		return string(out), string(b), err == nil
	}
	_, one, ok := run([]string{"accord-dev"})
	_, two, _ := run([]string{"accord-dev"}, "SECRETS=secrets-2")
	if !ok || released.FindString(one) == "" || released.FindString(one) == released.FindString(two) {
		t.Errorf("released: %v, %q, then with another secret %q", ok, released.FindString(one), released.FindString(two))
	}
	for _, want := range []string{
		"go run ./cmd/lambda/pack -o dist/lambda answer", "sam validate", "--stack-name accord-dev-answer",
		"Name=accord-dev Stage=dev PathKey=the-path HookRanges=192.0.2.0/24,198.51.100.0/24 LogDays=30 Key=the-output KeysVersion=keys-1 SecretsVersion=secrets-1", "create-deployment --rest-api-id the-api --stage-name dev",
	} {
		if !strings.Contains(one, want) {
			t.Errorf("nobody is asked for %q:\n%s", want, one)
		}
	}
	for want, args := range map[string][]string{
		"there is no stack accord-dev: ":                     {"STAGE="},
		"there is no secret accord-dev/site-secrets; store":  {"MISSING=accord-dev/site-secrets"},
		"there is no secret accord-dev/path-key, which depl": {"MISSING=accord-dev/path-key"},
	} {
		if said, asked, ok := run([]string{"accord-dev"}, args...); ok || !strings.Contains(said, want) || strings.Contains(asked, "sam") {
			t.Errorf("%q, want %q", said, want)
		}
	}
	if _, asked, ok := run([]string{"accord-dev", "--remove"}); !ok || !strings.Contains(asked, "delete-stack --stack-name accord-dev-answer") || strings.Contains(asked, "--stack-name accord-dev\n") {
		t.Errorf("removed: %v\n%s", ok, asked)
	}
	if said, asked, ok := run([]string{"accord-dev", "--renove"}); ok || asked != "" || !strings.Contains(said, "--renove is not known") {
		t.Errorf("%s", said)
	}
}
