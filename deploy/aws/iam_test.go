package deploy_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// actions says which permissions a call of the SDK needs. Source: "Actions,
// resources, and condition keys" of each service; for a transaction the
// developer guide of DynamoDB, "IAM with transactions": here it puts and deletes.
var actions = map[string][]string{
	"db.GetItem":            {"dynamodb:GetItem"},
	"db.Query":              {"dynamodb:Query"},
	"db.PutItem":            {"dynamodb:PutItem"},
	"db.DeleteItem":         {"dynamodb:DeleteItem"},
	"db.BatchWriteItem":     {"dynamodb:BatchWriteItem"},
	"db.TransactWriteItems": {"dynamodb:PutItem", "dynamodb:DeleteItem"},

	"sqs.SendMessageBatch":        {"sqs:SendMessage"},
	"sqs.ReceiveMessage":          {"sqs:ReceiveMessage"},
	"sqs.DeleteMessage":           {"sqs:DeleteMessage"},
	"sqs.ChangeMessageVisibility": {"sqs:ChangeMessageVisibility"},
	"sqs.GetQueueAttributes":      {"sqs:GetQueueAttributes"},

	"s3.GetObject":               {"s3:GetObject"},
	"s3.HeadObject":              {"s3:GetObject"},
	"s3.PutObject":               {"s3:PutObject"},
	"s3.CreateMultipartUpload":   {"s3:PutObject"},
	"s3.UploadPart":              {"s3:PutObject"},
	"s3.CompleteMultipartUpload": {"s3:PutObject"},
	"s3.AbortMultipartUpload":    {"s3:AbortMultipartUpload"},
	"s3.DeleteObject":            {"s3:DeleteObject"},
	"s3.ListObjectsV2":           {"s3:ListBucket"},

	"vault.GetSecretValue":       {"secretsmanager:GetSecretValue"},
	"vault.ListSecretVersionIds": {"secretsmanager:ListSecretVersionIds"},

	"sns.Publish":             {"sns:Publish"},
	"Tags.ListTagsOfResource": {"dynamodb:ListTagsOfResource"},

	"Scheduler.GetSchedule":    {"scheduler:GetSchedule"},
	"Scheduler.UpdateSchedule": {"scheduler:UpdateSchedule", "iam:PassRole"}, // of the role that the schedule has

	"CloudWatch.PutRetentionPolicy": {"logs:PutRetentionPolicy"},

	"CloudWatch.DescribeLogGroups": {"logs:DescribeLogGroups"},
	"CloudWatch.FilterLogEvents":   {"logs:FilterLogEvents"},

	// no calls of ours: what Lambda does in the name of the role
	"log":          {"logs:CreateLogStream", "logs:PutLogEvents"},
	"key":          {"kms:Decrypt", "kms:GenerateDataKey"},
	"open key":     {"kms:Decrypt"},
	"poll stream":  {"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"},
	"poll table":   {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"},
	"poll queues":  {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"},
	"keep batches": {"s3:PutObject", "s3:ListBucket"},
}

// What the parts of durable/aws and lambda/ground call.
var (
	links    = []string{"db.GetItem", "db.Query", "db.PutItem", "db.DeleteItem", "db.BatchWriteItem", "db.TransactWriteItems"}
	states   = []string{"db.GetItem", "db.PutItem"}
	send     = []string{"sqs.SendMessageBatch", "db.GetItem", "db.PutItem"}
	settle   = []string{"sqs.DeleteMessage", "sqs.ChangeMessageVisibility"}
	keep     = []string{"s3.PutObject", "s3.CreateMultipartUpload", "s3.UploadPart", "s3.CompleteMultipartUpload", "s3.AbortMultipartUpload"}
	tidy     = []string{"db.Query", "db.GetItem", "db.DeleteItem", "db.BatchWriteItem", "s3.ListObjectsV2", "s3.DeleteObject"}
	settings = []string{"s3.GetObject", "vault.GetSecretValue"}
)

// calls is what each function calls, and what is done in its name.
var calls = map[string][]string{
	"Hear":     slices.Concat([]string{"log", "key", "poll stream", "keep batches"}, states, send, keep, settings),
	"Turn":     slices.Concat([]string{"log", "key", "poll queues"}, links, states, send, settle, keep, settings),
	"Sweep":    slices.Concat([]string{"log", "key", "db.Query"}, states, send, settings),
	"Backfill": slices.Concat([]string{"log", "key", "db.DeleteItem"}, states, send, settings),
	"Upkeep": slices.Concat([]string{"log", "key"}, states, tidy, settings,
		[]string{"vault.ListSecretVersionIds", "CloudWatch.DescribeLogGroups", "CloudWatch.PutRetentionPolicy", "Tags.ListTagsOfResource", "Scheduler.GetSchedule", "Scheduler.UpdateSchedule", "sns.Publish"}),
	"Alert": {"log", "vault.GetSecretValue"},
	"After": slices.Concat([]string{"log", "key", "poll table", "keep batches", "sns.Publish", "s3.GetObject"}, states),
	"Logs":  slices.Concat([]string{"log", "key", "CloudWatch.DescribeLogGroups", "CloudWatch.FilterLogEvents", "s3.GetObject"}, states, keep),
	"Web":   {"log", "open key", "db.GetItem", "db.Query", "sqs.GetQueueAttributes", "s3.GetObject"},
}

// elsewhere is called by a person's command, not by a function.
var elsewhere = []string{"sqs.ReceiveMessage", "s3.HeadObject"}

// others is what the roles of no function grant.
var others = map[string][]string{
	"HookRole":     {"kinesis:PutRecord", "kms:GenerateDataKey"},
	"ShiftRole":    {"cloudwatch:DescribeAlarms", "lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"},
	"ScheduleRole": {"states:StartExecution"},
	"SweepLoop":    loop, "BackfillLoop": loop, "UpkeepLoop": loop, "LogsLoop": loop,
}

// loop is what loop.asl.json does.
var loop = []string{
	"dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "kms:Decrypt", "kms:GenerateDataKey", "lambda:InvokeFunction", "sns:Publish",
	"states:DescribeExecution", "states:StartExecution",
}

// statements returns all statements of policies in the template, by the resource they are in.
func statements(tp template) map[string][]object {
	out := map[string][]object{}
	for id, r := range tp.resources {
		walk(r, "", func(where string, o object) {
			if o["Effect"] != nil && !strings.Contains(where, "AssumeRolePolicyDocument") {
				out[id] = append(out[id], o)
			}
		})
	}
	return out
}

// list returns a string or a list of them as a list.
func list(v any) (out []string) {
	if all, ok := v.([]any); ok {
		for _, e := range all {
			out = append(out, fmt.Sprint(e))
		}
		return out
	}
	return []string{fmt.Sprint(v)}
}

func TestEachRoleGrantsWhatItsFunctionCalls(t *testing.T) {
	tp := load(t, "template.yaml")
	all, roles := statements(tp), tp.of("AWS::IAM::Role")
	for id := range roles {
		got := map[string]bool{}
		for _, s := range all[id] {
			for _, a := range list(s["Action"]) {
				got[a] = true
			}
		}
		want := others[id]
		if want == nil {
			want = others[strings.TrimSuffix(id, "Role")]
		}
		for _, call := range calls[strings.TrimSuffix(id, "Role")] {
			if actions[call] == nil {
				t.Fatalf("nobody says what %s needs", call)
			}
			want = append(want, actions[call]...)
		}
		want = slices.Compact(slices.Sorted(slices.Values(want)))
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("%s grants something else than is called (-want +got):\n%s", id, diff)
		}
		if roles[id]["ManagedPolicyArns"] != nil {
			t.Errorf("%s grants what somebody else decides", id)
		}
	}
	if len(roles) != len(calls)+len(others) {
		t.Errorf("%d roles, want %d", len(roles), len(calls)+len(others))
	}
}

var called = regexp.MustCompile(`\.(db|sqs|s3|sns|vault|CloudWatch|Tags|Scheduler)\.([A-Z]\w+)\(`)

// TestEveryCallOfTheSDKIsInTheTable, and the table has no call that nobody makes.
func TestEveryCallOfTheSDKIsInTheTable(t *testing.T) {
	made := map[string]string{}
	for _, pattern := range []string{"../../durable/aws/*.go", "../../lambda/*/*.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			for _, m := range called.FindAllStringSubmatch(string(text), -1) {
				made[m[1]+"."+m[2]] = path
			}
		}
	}
	inTable := slices.Clone(elsewhere)
	for _, all := range calls {
		inTable = append(inTable, all...)
	}
	for call, path := range made {
		if actions[call] == nil || !slices.Contains(inTable, call) {
			t.Errorf("%s calls %s: which function is that, and what does it need?", path, call)
		}
	}
	for _, call := range inTable {
		if strings.Contains(call, ".") && made[call] == "" && call != "s3.HeadObject" {
			t.Errorf("nobody calls %s", call)
		}
	}
}

// everything is who may name every resource, and why.
var everything = map[string]string{
	"Key": "in the policy of a key it is that key",
}

func TestNothingIsGrantedAtLarge(t *testing.T) {
	for id, all := range statements(load(t, "template.yaml")) {
		for _, s := range all {
			if s["Effect"] == "Deny" {
				continue
			}
			if s["NotAction"] != nil || s["NotResource"] != nil {
				t.Errorf("%s grants all but something", id)
			}
			for _, a := range list(s["Action"]) {
				if strings.Contains(a, "*") || !strings.Contains(a, ":") {
					t.Errorf("%s grants %s", id, a)
				}
			}
			if slices.Contains(list(s["Resource"]), "*") && everything[id] == "" {
				t.Errorf("%s grants %v on everything", id, s["Action"])
			}
			if service := at(s, "Principal/Service"); service != nil && s["Condition"] == nil {
				t.Errorf("%s lets %v act for any account", id, service)
			}
			if s["Principal"] == "*" && s["Condition"] == nil {
				t.Errorf("%s lets anybody in", id)
			}
		}
	}
}
