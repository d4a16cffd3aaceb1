package deploy_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/accord/durable"
)

var schedule = regexp.MustCompile(`^rate\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\)$`)

// metrics are those that are asked for, by namespace, with the dimensions that
// each is published under. Source: the page on CloudWatch metrics in the manual
// of each service.
var metrics = map[string]map[string]string{
	"AWS/SQS":     {"ApproximateAgeOfOldestMessage": "QueueName", "ApproximateNumberOfMessagesVisible": "QueueName"},
	"AWS/Kinesis": {"GetRecords.IteratorAgeMilliseconds": "StreamName", "WriteProvisionedThroughputExceeded": "StreamName", "IncomingBytes": "StreamName", "IncomingRecords": "StreamName"},
	"AWS/Lambda":  {"Errors": "FunctionName", "Invocations": "FunctionName", "Throttles": "FunctionName", "IteratorAge": "FunctionName", "Duration": "FunctionName"},
	"AWS/DynamoDB": {
		"WriteThrottleEvents": "TableName", "ReadThrottleEvents": "TableName", "ConsumedReadCapacityUnits": "TableName", "ConsumedWriteCapacityUnits": "TableName",
	},
	"AWS/ApiGateway": {"5XXError": "ApiName Stage", "4XXError": "ApiName Stage", "Count": "ApiName Stage", "Latency": "ApiName Stage"},
	ours:             {"EventsGivenUp": ""},
	"Accord": {
		"TokenDays": "Stack", "Links": "Stack", "EditsCarried": "Stack", "FieldsHeld": "Stack", "FieldsSettled": "Stack", "FieldsRefused": "Stack", "NewsUnreadable": "Stack",
		"LogFindings": "Stack Word",
	}, // upkeep prints it as a line in CloudWatch's embedded metric format, Stack being ACCORD_TABLE
	"AWS/States": {"ExecutionsFailed": "StateMachineArn", "ExecutionsTimedOut": "StateMachineArn"},
}

// ours is the namespace of the metrics that are made of the log of turn.
const ours = "map[Fn::Sub:Accord/${Name}]"

// TestOurMetricsAreMadeOfLinesThatAreLogged: a filter for what nobody says never alarms.
func TestOurMetricsAreMadeOfLinesThatAreLogged(t *testing.T) {
	logged := map[string][2]string{ // the file that logs it, and the pattern of the filter
		"EventsGivenUp": {"../../durable/run.go", fmt.Sprintf(`{ $.msg = "event failed" && $.try >= %d }`, durable.MaxTries)},
	}
	filters := load(t, "template.yaml").of("AWS::Logs::MetricFilter")
	for id, f := range filters {
		name, namespace := at(f, "MetricTransformations/0/MetricName").(string), at(f, "MetricTransformations/0/MetricNamespace")
		want := logged[name]
		if f["FilterPattern"] != want[1] || fmt.Sprint(namespace) != ours || at(f, "LogGroupName/Ref") != "TurnLog" {
			t.Errorf("%s makes %s of %v", id, name, f["FilterPattern"])
		}
		text, err := os.ReadFile(want[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range inQuotes.FindAllStringSubmatch(strings.NewReplacer("$.msg", "", "$.try", `"try"`).Replace(want[1]), -1) {
			if !strings.Contains(string(text), m[0]) {
				t.Errorf("%s: %s logs no %s", id, want[0], m[0])
			}
		}
	}
	if len(filters) != len(logged) {
		t.Errorf("%d filters, want %d", len(filters), len(logged))
	}
}

// TestOurMetricsAreEmitted: what nobody prints is never drawn, and never alarms.
func TestOurMetricsAreEmitted(t *testing.T) {
	var code strings.Builder
	for _, pattern := range []string{"../../lambda/*/*.go", "../../cmd/lambda/*/*.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(path, "_test.go") {
				code.Write(text)
			}
		}
	}
	for name, dimensions := range metrics["Accord"] {
		if !strings.Contains(code.String(), `"`+name+`"`) {
			t.Errorf("no function prints %s", name)
		}
		for dimension := range strings.FieldsSeq(dimensions) {
			if !strings.Contains(code.String(), `"`+dimension+`"`) {
				t.Errorf("no function prints %s by %s", name, dimension)
			}
		}
	}
}

var inQuotes = regexp.MustCompile(`"([^"]+)"`)

// A metric is what an alarm or a widget asks for.
type metric struct {
	namespace, name string
	dimensions      map[string]string
}

// subjects is every value that a dimension may have: what the template makes.
func subjects(t *testing.T) map[string][]string {
	tp := load(t, "template.yaml")
	out := map[string][]string{"Stage": {"${Stage}"}, "Stack": {"${Name}"}}
	for dimension, from := range map[string]string{
		"QueueName": "AWS::SQS::Queue QueueName", "StreamName": "AWS::Kinesis::Stream Name", "FunctionName": "AWS::Serverless::Function FunctionName",
		"TableName": "AWS::DynamoDB::Table TableName", "ApiName": "AWS::ApiGateway::RestApi Name", "StateMachineArn": "AWS::Serverless::StateMachine Name",
	} {
		kind, property, _ := strings.Cut(from, " ")
		for _, p := range tp.of(kind) {
			name := at(p, property+"/Fn::Sub").(string)
			if dimension == "StateMachineArn" {
				name = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:" + name
			}
			out[dimension] = append(out[dimension], name)
		}
	}
	return out
}

// asked returns every metric that an alarm asks for.
func asked(alarm object) (out []metric) {
	walk(alarm, "", func(_ string, o object) {
		name, ok := o["MetricName"].(string)
		if !ok {
			return
		}
		m := metric{fmt.Sprint(o["Namespace"]), name, map[string]string{}}
		dimensions, _ := o["Dimensions"].([]any)
		for _, d := range dimensions {
			m.dimensions[at(d, "Name").(string)] = fmt.Sprint(at(d, "Value/Fn::Sub"))
		}
		out = append(out, m)
	})
	return out
}

// drawn returns every metric that the dashboard draws.
func drawn(t *testing.T, watch template) (out []metric) {
	var body struct {
		Widgets []struct{ Properties struct{ Metrics [][]string } }
	}
	text := at(watch.of("AWS::CloudWatch::Dashboard")["Dashboard"], "DashboardBody/Fn::Sub").(string)
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatal(err)
	}
	for _, w := range body.Widgets {
		for _, row := range w.Properties.Metrics {
			m := metric{row[0], row[1], map[string]string{}}
			for pair := range slices.Chunk(row[2:], 2) {
				m.dimensions[pair[0]] = pair[1]
			}
			out = append(out, m)
		}
	}
	return out
}

// TestEveryMetricIsReal: a misspelt metric is one that never alarms.
func TestEveryMetricIsReal(t *testing.T) {
	watch, of := load(t, "watch.yaml"), subjects(t)
	all := map[string][]metric{"the dashboard": drawn(t, watch)}
	for id, alarm := range watch.of("AWS::CloudWatch::Alarm") {
		all[id] = asked(alarm)
	}
	for id, ms := range all {
		if len(ms) == 0 {
			t.Errorf("%s asks for nothing", id)
		}
		for _, m := range ms {
			dimensions := strings.Join(slices.Sorted(maps.Keys(m.dimensions)), " ")
			if want, ok := metrics[m.namespace][m.name]; !ok || want != dimensions {
				t.Errorf("%s: %s %s by %q, which is not published", id, m.namespace, m.name, dimensions)
			}
			for dimension, value := range m.dimensions {
				if !slices.Contains(of[dimension], value) {
					t.Errorf("%s: the template makes no %s %s", id, dimension, value)
				}
			}
		}
	}
}

// TestAlarms: what must be watched is, by an alarm that tells people.
func TestAlarms(t *testing.T) {
	watch := load(t, "watch.yaml")
	watched := map[string]bool{}
	for id, alarm := range watch.of("AWS::CloudWatch::Alarm") {
		if fmt.Sprint(alarm["AlarmActions"]) != "[map[Ref:Topic]]" {
			t.Errorf("%s tells nobody", id)
		}
		if name := at(alarm, "AlarmName/Fn::Sub").(string); !strings.HasPrefix(name, "${Name}-") {
			t.Errorf("%s is called %s", id, name)
		}
		if s, _ := alarm["AlarmDescription"].(string); len(s) < 20 {
			t.Errorf("%s does not say what is wrong", id)
		}
		for _, m := range asked(alarm) {
			if len(m.dimensions) == 0 {
				watched[m.name] = true
			}
			for _, value := range m.dimensions {
				watched[m.name+" "+value] = true
			}
		}
	}
	want := []string{
		"GetRecords.IteratorAgeMilliseconds ${Name}-hooks", "WriteProvisionedThroughputExceeded ${Name}-hooks", "5XXError ${Name}-hooks",
		"ApproximateAgeOfOldestMessage ${Name}-live", "ApproximateAgeOfOldestMessage ${Name}-bulk",
		"ApproximateNumberOfMessagesVisible ${Name}-live-dead", "ApproximateNumberOfMessagesVisible ${Name}-bulk-dead",
		"IteratorAge ${Name}-after", "EventsGivenUp", "TokenDays ${Name}", "WriteThrottleEvents ${Name}", "ReadThrottleEvents ${Name}",
	}
	for name, of := range map[string]string{"Errors": "FunctionName", "Throttles": "FunctionName", "ExecutionsFailed": "StateMachineArn"} {
		for _, value := range subjects(t)[of] {
			want = append(want, name+" "+value)
		}
	}
	for _, w := range want {
		if !watched[w] {
			t.Errorf("no alarm watches %s", w)
		}
	}
}
