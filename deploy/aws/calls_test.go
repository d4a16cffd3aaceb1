package deploy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/accord/durable"
)

// TestEveryQueueHasItsDead: what fails ends in a queue of its own, from no other,
// and after as many tries as durable.MaxTries.
func TestEveryQueueHasItsDead(t *testing.T) {
	tp := load(t, "template.yaml")
	queues := tp.of("AWS::SQS::Queue")
	redrives := 0
	for id, q := range queues {
		if strings.HasSuffix(id, "Dead") {
			continue
		}
		redrives++
		dead := at(q, "RedrivePolicy/deadLetterTargetArn/Fn::GetAtt/0")
		d, ok := queues[fmt.Sprint(dead)]
		if !ok || !strings.HasSuffix(fmt.Sprint(dead), "Dead") {
			t.Errorf("%s gives what failed to %v", id, dead)
			continue
		}
		if got := at(q, "RedrivePolicy/maxReceiveCount"); got != float64(durable.MaxTries) {
			t.Errorf("%s gives up after %v tries", id, got)
		}
		name := at(q, "QueueName/Fn::Sub").(string)
		from := fmt.Sprint(at(d, "RedriveAllowPolicy/sourceQueueArns/0/Fn::Sub"))
		if at(d, "RedriveAllowPolicy/redrivePermission") != "byQueue" || !strings.HasSuffix(from, ":"+name) {
			t.Errorf("%v takes from %s, not from %s alone", dead, from, name)
		}
		if at(d, "MessageRetentionPeriod").(float64) < at(q, "MessageRetentionPeriod").(float64) {
			t.Errorf("%v forgets before %s does: the age of a message goes on", dead, id)
		}
	}
	if redrives != 2 || len(queues) != 4 {
		t.Errorf("%d queues, %d of them with a dead one", len(queues), redrives)
	}
}

// TestMappings: what a stream or a queue may do to a function. Without limits a
// batch that fails would be tried until its records expire, and hold up its shard.
func TestMappings(t *testing.T) {
	tp := load(t, "template.yaml")
	functions, queues := tp.of("AWS::Serverless::Function"), tp.of("AWS::SQS::Queue")
	seen := map[string]int{}
	for id, m := range tp.of("AWS::Lambda::EventSourceMapping") {
		source := at(m, "EventSourceArn/Fn::GetAtt/0").(string)
		function := strings.TrimSuffix(at(m, "FunctionName/Ref").(string), ".Alias")
		seen[source]++
		if fmt.Sprint(m["FunctionResponseTypes"]) != "[ReportBatchItemFailures]" {
			t.Errorf("%s: one bad message fails its whole batch", id)
		}
		if q, ok := queues[source]; ok {
			hidden, limit := q["VisibilityTimeout"].(float64), functions[function]["Timeout"].(float64)
			if hidden < 6*limit {
				t.Errorf("%s hides for %v s what %s may work on for %v s: want six times as long", source, hidden, function, limit)
			}
			if at(m, "ScalingConfig/MaximumConcurrency/Ref") == nil {
				t.Errorf("%s: nothing bounds how many turns run at the same time", id)
			}
			continue
		}
		if m["BisectBatchOnFunctionError"] != true {
			t.Errorf("%s: a record that kills the function is not told apart", id)
		}
		if n, _ := m["MaximumRetryAttempts"].(float64); n < 1 || n > 1000 {
			t.Errorf("%s is retried %v times", id, m["MaximumRetryAttempts"])
		}
		if s, _ := m["MaximumRecordAgeInSeconds"].(float64); s < 3600 || s > 259_200 {
			t.Errorf("%s gives records up after %v s", id, m["MaximumRecordAgeInSeconds"])
		}
		if got := at(m, "DestinationConfig/OnFailure/Destination/Fn::GetAtt/0"); got != "Bucket" {
			t.Errorf("%s gives what failed to %v: only S3 keeps the records themselves", id, got)
		}
	}
	for _, source := range []string{"Stream", "LiveQueue", "BulkQueue", "Table"} {
		if seen[source] != 1 {
			t.Errorf("%d functions are called for %s, want 1", seen[source], source)
		}
	}
	for id, f := range functions {
		if f["ReservedConcurrentExecutions"] != nil {
			t.Errorf("%s reserves concurrency: messages would be received, not handled, and die", id)
		}
	}
}

// TestAfterIsCalledForHeads, and for nothing else that is in the table.
func TestAfterIsCalledForHeads(t *testing.T) {
	tp := load(t, "template.yaml")
	if v := at(tp.of("AWS::DynamoDB::Table")["Table"], "StreamSpecification/StreamViewType"); v != "NEW_AND_OLD_IMAGES" {
		t.Errorf("the stream shows %v", v)
	}
	called := tp.of("AWS::Lambda::EventSourceMapping")["AfterCalled"]
	if age := called["MaximumRecordAgeInSeconds"].(float64); age >= 24*3600 {
		t.Errorf("tried for %v s: the stream keeps a day", age)
	}
	var p struct {
		EventName []string
		DynamoDB  struct {
			Keys struct {
				PK struct{ S []struct{ Prefix string } }
				SK struct{ S []string }
			}
		}
	}
	if err := json.Unmarshal([]byte(at(called, "FilterCriteria/Filters/0/Pattern").(string)), &p); err != nil || len(at(called, "FilterCriteria/Filters").([]any)) != 1 {
		t.Fatalf("the filter: %v", err)
	}
	pass := func(event, pk, sk string) bool {
		return slices.Contains(p.EventName, event) && strings.HasPrefix(pk, p.DynamoDB.Keys.PK.S[0].Prefix) && slices.Contains(p.DynamoDB.Keys.SK.S, sk)
	}
	for key, want := range map[string]bool{
		"INSERT link#acme/1 head": true, "MODIFY link#acme/1 head": true, "REMOVE link#acme/1 head": false, "INSERT link#acme/1 l#0#psummary": false,
		"INSERT history#acme/1 00000000000000000001": false, "MODIFY state =told/acme/1": false, "MODIFY queue#live/acme/1 item": false, "INSERT ref#acme/1 ref": false,
	} {
		f := strings.Fields(key)
		if got := pass(f[0], f[1], f[2]); got != want {
			t.Errorf("%s passes: %v", key, got)
		}
	}
}

// TestStreamKeepsWhatIsTried: records outlive the last try.
func TestStreamKeepsWhatIsTried(t *testing.T) {
	tp := load(t, "template.yaml")
	kept := tp.of("AWS::Kinesis::Stream")["Stream"]["RetentionPeriodHours"].(float64) * 3600
	tried := tp.of("AWS::Lambda::EventSourceMapping")["HearCalled"]["MaximumRecordAgeInSeconds"].(float64)
	if kept <= tried {
		t.Errorf("the stream keeps records for %v s, and hear tries for %v s", kept, tried)
	}
}

// TestFunctions: small, on arm64, under an alias that a deployment shifts.
func TestFunctions(t *testing.T) {
	tp := load(t, "template.yaml")
	functions := tp.of("AWS::Serverless::Function")
	for path, want := range map[string]string{
		"Function/Runtime": "provided.al2023", "Function/Architectures": "[arm64]", "Function/Handler": "bootstrap", "Function/AutoPublishAlias": "live",
	} {
		if got := fmt.Sprint(at(tp.globals, path)); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	var names []string
	for id, f := range functions {
		name := strings.ToLower(id)
		names = append(names, name)
		for path, want := range map[string]string{
			"FunctionName/Fn::Sub": "${Name}-" + name, "CodeUri": "../../dist/lambda/" + name + ".zip", "LoggingConfig/LogGroup/Ref": id + "Log",
			"Role/Fn::GetAtt/0": id + "Role", "DeploymentPreference/Type": "map[Fn::If:[Prod Canary10Percent5Minutes AllAtOnce]]",
			"DeploymentPreference/Alarms": "[map[Fn::Sub:${Name}-errors-" + name + "]]",
			"AutoPublishCodeSha256":       "map[Ref:Release]", // also where only its environment is another
		} {
			if got := fmt.Sprint(at(f, path)); got != want {
				t.Errorf("%s: %s is %s, want %s", id, path, got, want)
			}
		}
		if s, _ := f["Timeout"].(float64); s < 1 || s > 900 {
			t.Errorf("%s may take %v s", id, f["Timeout"])
		}
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "after alert backfill hear logs sweep turn upkeep web" {
		t.Errorf("the functions are %s", got)
	}
	for _, name := range names {
		if _, err := os.Stat("../../cmd/lambda/" + name + "/main.go"); err != nil {
			t.Errorf("there is no function %s: %v", name, err)
		}
	}
	logs := tp.of("AWS::Logs::LogGroup")
	for id := range functions {
		if l := logs[id+"Log"]; at(l, "RetentionInDays/Ref") != "LogDays" || !strings.HasPrefix(at(l, "LogGroupName/Fn::Sub").(string), "/accord/${Name}/") {
			t.Errorf("%s logs into %v", id, l)
		}
	}
}

// TestPagesAreNotOpen: a request for a page is signed by somebody of the account,
// and can only read. Webhooks have a door of their own.
func TestPagesAreNotOpen(t *testing.T) {
	tp := load(t, "template.yaml")
	for id, api := range tp.of("AWS::Serverless::Api") {
		if at(api, "Auth/DefaultAuthorizer") != "AWS_IAM" || at(api, "Auth/InvokeRole") != "NONE" {
			t.Errorf("%s is open: %v", id, api["Auth"])
		}
	}
	paths := map[string]bool{}
	for id, e := range at(tp.of("AWS::Serverless::Function")["Web"], "Events").(object) {
		if e.(object)["Type"] != "Api" || at(e, "Properties/RestApiId/Ref") != "WebApi" || at(e, "Properties/Method") != "GET" || at(e, "Properties/Auth") != nil {
			t.Errorf("%s: %v", id, e)
		}
		paths[at(e, "Properties/Path").(string)] = true
	}
	if !paths["/"] || !paths["/{proxy+}"] || len(tp.of("AWS::Serverless::Api")) != 1 || len(tp.of("AWS::ApiGateway::RestApi")) != 1 {
		t.Errorf("the paths are %v, and there are other doors", paths)
	}
}

// TestArchivesWakeLogs: the bucket may call logs, and does so for archives only:
// what logs stores else would call it without end.
func TestArchivesWakeLogs(t *testing.T) {
	tp := load(t, "template.yaml")
	woken := at(tp.of("AWS::S3::Bucket")["Bucket"], "NotificationConfiguration/LambdaConfigurations").([]any)
	if len(woken) != 1 || at(woken[0], "Function/Ref") != "Logs.Alias" || fmt.Sprint(at(woken[0], "Filter/S3Key/Rules")) != "[map[Name:prefix Value:logs/]]" {
		t.Errorf("the bucket calls %v", woken)
	}
	may := tp.of("AWS::Lambda::Permission")["LogsWoken"]
	if at(may, "FunctionName/Ref") != "Logs.Alias" || at(may, "SourceAccount/Ref") != "AWS::AccountId" || at(tp.resources, "Bucket/DependsOn") != "LogsWoken" ||
		fmt.Sprint(at(may, "SourceArn/Fn::Sub")) != "arn:${AWS::Partition}:s3:::"+fmt.Sprint(at(tp.of("AWS::S3::Bucket")["Bucket"], "BucketName/Fn::Sub")) {
		t.Errorf("who may call logs: %v", may)
	}
}

// TestSchedules: each starts a loop, which never works twice at the same time.
func TestSchedules(t *testing.T) {
	tp := load(t, "template.yaml")
	starts := fmt.Sprint(at(tp.of("AWS::IAM::Role")["ScheduleRole"], "Policies/0/PolicyDocument/Statement/0/Resource"))
	for id, s := range tp.of("AWS::Scheduler::Schedule") {
		loop, _ := at(s, "Target/Arn/Ref").(string)
		if tp.of("AWS::Serverless::StateMachine")[loop] == nil || !strings.Contains(starts, ":stateMachine:${Name}-"+strings.ToLower(strings.TrimSuffix(loop, "Loop"))+"]") {
			t.Errorf("%s starts %q, which it may not or which is not there", id, loop)
		}
		if name := at(s, "Name/Fn::Sub"); name != "${Name}-"+strings.ToLower(strings.TrimSuffix(loop, "Loop")) {
			t.Errorf("%s is called %v: upkeep would not find it", id, name)
		}
		if in := at(s, "Target/Input"); in != `{"from":"nobody"}` {
			t.Errorf("%s starts it with %v", id, in)
		}
		if !schedule.MatchString(s["ScheduleExpression"].(string)) {
			t.Errorf("%s is due %v", id, s["ScheduleExpression"])
		}
	}
}
