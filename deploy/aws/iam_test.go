package deploy_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// actions says which permissions a call of the SDK needs. Source: "Actions,
// resources, and condition keys" of each service, and for transactions the
// developer guide of DynamoDB, "IAM with transactions".
var actions = map[string][]string{
	"dynamodb.GetItem":              {"dynamodb:GetItem"},
	"dynamodb.Query":                {"dynamodb:Query"},
	"dynamodb.PutItem":              {"dynamodb:PutItem"},
	"dynamodb.UpdateItem":           {"dynamodb:UpdateItem"},
	"dynamodb.DeleteItem":           {"dynamodb:DeleteItem"},
	"dynamodb.BatchGetItem":         {"dynamodb:BatchGetItem"},
	"dynamodb.BatchWriteItem":       {"dynamodb:BatchWriteItem"},
	"dynamodb.TransactWriteItems":   {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"},
	"sqs.SendMessage":               {"sqs:SendMessage"},
	"sqs.SendMessageBatch":          {"sqs:SendMessage"},
	"sqs.DeleteMessage":             {"sqs:DeleteMessage"},
	"sqs.ChangeMessageVisibility":   {"sqs:ChangeMessageVisibility"},
	"sqs.GetQueueAttributes":        {"sqs:GetQueueAttributes"},
	"s3.GetObject":                  {"s3:GetObject"},
	"s3.HeadObject":                 {"s3:GetObject"},
	"s3.PutObject":                  {"s3:PutObject"},
	"s3.DeleteObject":               {"s3:DeleteObject"},
	"s3.ListObjectsV2":              {"s3:ListBucket"},
	"secretsmanager.GetSecretValue": {"secretsmanager:GetSecretValue"},
	"sns.Publish":                   {"sns:Publish"},
	"logs.DescribeLogGroups":        {"logs:DescribeLogGroups"},
	"logs.PutRetentionPolicy":       {"logs:PutRetentionPolicy"},
	"logs.FilterLogEvents":          {"logs:FilterLogEvents"},
	// not calls of ours: what Lambda does in the name of the role
	"log":          {"logs:CreateLogStream", "logs:PutLogEvents"},
	"key":          {"kms:Decrypt", "kms:GenerateDataKey"},
	"poll stream":  {"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"},
	"poll table":   {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"},
	"poll queues":  {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"},
	"keep batches": {"s3:PutObject", "s3:ListBucket"},
}

// store is what durable/aws calls for the store and the generations of a queue.
var store = []string{"dynamodb.GetItem", "dynamodb.Query", "dynamodb.PutItem", "dynamodb.DeleteItem", "dynamodb.TransactWriteItems", "dynamodb.BatchWriteItem"}

// calls is what each function calls, and what is done in its name.
var calls = map[string][]string{
	"Hear":     slices.Concat(store, []string{"log", "key", "poll stream", "keep batches", "sqs.SendMessageBatch", "s3.PutObject", "s3.GetObject", "secretsmanager.GetSecretValue"}),
	"Turn":     slices.Concat(store, []string{"log", "key", "poll queues", "sqs.SendMessageBatch", "s3.PutObject", "s3.GetObject", "secretsmanager.GetSecretValue"}),
	"After":    slices.Concat(store, []string{"log", "key", "poll table", "keep batches", "sns.Publish"}),
	"Sweep":    slices.Concat(store, []string{"log", "key", "sqs.SendMessageBatch", "s3.GetObject", "secretsmanager.GetSecretValue"}),
	"Backfill": slices.Concat(store, []string{"log", "key", "sqs.SendMessageBatch", "s3.GetObject", "secretsmanager.GetSecretValue"}),
	"Upkeep": slices.Concat(store, []string{
		"log", "key", "s3.PutObject", "s3.GetObject", "s3.DeleteObject", "s3.ListObjectsV2", "secretsmanager.GetSecretValue", "sns.Publish", "logs.DescribeLogGroups", "logs.PutRetentionPolicy",
	}),
	"Logs":  slices.Concat(store, []string{"log", "key", "s3.PutObject", "s3.GetObject", "sns.Publish", "logs.FilterLogEvents"}),
	"Alert": {"log", "secretsmanager.GetSecretValue"},
	"Web":   {"log", "key", "dynamodb.GetItem", "dynamodb.Query", "s3.GetObject", "sqs.GetQueueAttributes"},
}

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

// everything is who may name every resource, and why.
var everything = map[string]string{
	"Key": "in the policy of a key it is that key",
}

func TestNothingIsGrantedAtLarge(t *testing.T) {
	for id, all := range statements(load(t, "template.yaml")) {
		for _, s := range all {
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
