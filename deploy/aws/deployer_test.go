package deploy_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// resources are the types of the templates and of what the translator makes of
// them: what CloudFormation calls for one, and its ARN, in which NAME is the
// property that names it; without a property CloudFormation makes a name that
// begins with that of the stack. Source: "Actions, resources, and condition keys"
// of each service.
var resources = map[string]struct{ arn, property, actions string }{
	"AWS::ApiGateway::Deployment":      {"arn:aws:apigateway:r::/restapis/a/deployments", "", "apigateway:POST apigateway:DELETE"},
	"AWS::ApiGateway::Method":          {"arn:aws:apigateway:r::/restapis/a/resources/b/methods/POST", "", "apigateway:PUT apigateway:PATCH"},
	"AWS::ApiGateway::Resource":        {"arn:aws:apigateway:r::/restapis/a/resources/b", "", "apigateway:POST apigateway:DELETE"},
	"AWS::ApiGateway::RestApi":         {"arn:aws:apigateway:r::/restapis", "", "apigateway:POST apigateway:UpdateRestApiPolicy"},
	"AWS::ApiGateway::Stage":           {"arn:aws:apigateway:r::/restapis/a/stages/dev", "", "apigateway:PATCH apigateway:DELETE"},
	"AWS::CloudWatch::Alarm":           {"arn:aws:cloudwatch:r:1:alarm:NAME", "AlarmName", "cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms"},
	"AWS::CloudWatch::Dashboard":       {"arn:aws:cloudwatch::1:dashboard/NAME", "DashboardName", "cloudwatch:PutDashboard cloudwatch:DeleteDashboards"},
	"AWS::CodeDeploy::Application":     {"arn:aws:codedeploy:r:1:application:NAME", "", "codedeploy:CreateApplication codedeploy:DeleteApplication"},
	"AWS::CodeDeploy::DeploymentGroup": {"arn:aws:codedeploy:r:1:deploymentgroup:NAME", "", "codedeploy:CreateDeploymentGroup codedeploy:CreateDeployment codedeploy:GetDeployment"},
	"AWS::DynamoDB::Table":             {"arn:aws:dynamodb:r:1:table/NAME", "TableName", "dynamodb:CreateTable dynamodb:UpdateContinuousBackups dynamodb:DeleteTable"},
	"AWS::IAM::Role":                   {"arn:aws:iam::1:role/NAME", "", "iam:CreateRole iam:PutRolePolicy iam:PassRole iam:DeleteRole"},
	"AWS::KMS::Key":                    {"arn:aws:kms:r:1:key/1234abcd", "", "kms:CreateKey kms:PutKeyPolicy kms:CreateGrant kms:ScheduleKeyDeletion"},
	"AWS::Kinesis::Stream":             {"arn:aws:kinesis:r:1:stream/NAME", "Name", "kinesis:CreateStream kinesis:StartStreamEncryption kinesis:DeleteStream"},
	"AWS::Lambda::EventSourceMapping":  {"arn:aws:lambda:r:1:event-source-mapping:1234abcd", "", "lambda:CreateEventSourceMapping lambda:UpdateEventSourceMapping lambda:DeleteEventSourceMapping"},
	"AWS::Lambda::Permission":          {"arn:aws:lambda:r:1:function:NAME", "", "lambda:AddPermission lambda:RemovePermission"},
	"AWS::Logs::LogGroup":              {"arn:aws:logs:r:1:log-group:NAME", "LogGroupName", "logs:CreateLogGroup logs:PutRetentionPolicy logs:AssociateKmsKey logs:DeleteLogGroup"},
	"AWS::Logs::MetricFilter":          {"arn:aws:logs:r:1:log-group:/accord/NAME", "", "logs:PutMetricFilter logs:DeleteMetricFilter"},
	"AWS::S3::Bucket":                  {"arn:aws:s3:::NAME", "BucketName", "s3:CreateBucket s3:PutEncryptionConfiguration s3:PutBucketNotification"},
	"AWS::S3::BucketPolicy":            {"arn:aws:s3:::NAME", "", "s3:PutBucketPolicy s3:DeleteBucketPolicy"},
	"AWS::SNS::Subscription":           {"arn:aws:sns:r:1:NAME", "", "sns:Subscribe sns:Unsubscribe"},
	"AWS::SNS::Topic":                  {"arn:aws:sns:r:1:NAME", "TopicName", "sns:CreateTopic sns:DeleteTopic"},
	"AWS::SNS::TopicPolicy":            {"arn:aws:sns:r:1:NAME", "", "sns:SetTopicAttributes"},
	"AWS::SQS::Queue":                  {"arn:aws:sqs:r:1:NAME", "QueueName", "sqs:CreateQueue sqs:SetQueueAttributes sqs:DeleteQueue"},
	"AWS::Scheduler::Schedule":         {"arn:aws:scheduler:r:1:schedule/default/NAME", "Name", "scheduler:CreateSchedule scheduler:DeleteSchedule"},
	"AWS::Serverless::Api":             {"arn:aws:apigateway:r::/restapis", "", "apigateway:POST"},
	"AWS::Serverless::Application":     {"arn:aws:cloudformation:r:1:stack/NAME/1234abcd", "", "cloudformation:CreateStack cloudformation:DeleteStack"},
	"AWS::Serverless::Function":        {"arn:aws:lambda:r:1:function:NAME", "FunctionName", "lambda:CreateFunction lambda:PublishVersion lambda:UpdateAlias lambda:DeleteFunction"},
	"AWS::Serverless::StateMachine":    {"arn:aws:states:r:1:stateMachine:NAME", "Name", "states:CreateStateMachine states:DeleteStateMachine"},
}

// A grant is a statement of the policy of whoever deploys.
type grant struct {
	Action, Resource any
}

func deployer(t *testing.T) (out []grant) {
	t.Helper()
	text, err := os.ReadFile("deployer.json")
	var policy struct{ Statement []grant }
	if err == nil {
		err = json.Unmarshal(text, &policy)
	}
	if err != nil {
		t.Fatal(err)
	}
	packed := strings.Join(strings.Fields(string(text)), "")
	if len(packed) > 6144 {
		t.Errorf("%d characters: a policy has at most 6,144", len(packed))
	}
	return policy.Statement
}

// allows reports whether one of grants has both, as IAM compares them.
func allows(grants []grant, action, arn string) bool {
	like := func(patterns any, s string) bool {
		return slices.ContainsFunc(list(patterns), func(p string) bool {
			return regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(p), `\*`, `.*`) + `$`).MatchString(s)
		})
	}
	return slices.ContainsFunc(grants, func(g grant) bool { return like(g.Action, action) && like(g.Resource, arn) })
}

// TestWhoeverDeploysMayMakeEveryResource of the templates, and nothing that has
// another's name.
func TestWhoeverDeploysMayMakeEveryResource(t *testing.T) {
	grants, used := deployer(t), map[string]bool{"AWS::CodeDeploy::Application": true, "AWS::CodeDeploy::DeploymentGroup": true}
	may := func(kind, name string) {
		r, ok := resources[kind]
		if !ok {
			t.Errorf("nobody says what %s needs", kind)
			return
		}
		for action := range strings.FieldsSeq(r.actions) {
			if !allows(grants, action, strings.ReplaceAll(r.arn, "NAME", name)) {
				t.Errorf("%s %s: %s is not granted", kind, name, action)
			}
		}
		used[kind] = true
		if strings.Contains(r.arn, "NAME") && strings.HasPrefix(name, "accord-dev") {
			if other := strings.ReplaceAll(r.arn, "NAME", "other"); allows(grants, strings.Fields(r.actions)[0], strings.ReplaceAll(other, "/accord/", "/")) {
				t.Errorf("%s: what is not ours may be changed", kind)
			}
		}
	}
	for _, path := range []string{"template.yaml", "watch.yaml", "answer.yaml"} {
		for id, v := range load(t, path).resources {
			kind, name := v.(object)["Type"].(string), "accord-dev-"+id+"-1A2B"
			if p := resources[kind].property; p != "" {
				name = strings.NewReplacer("${Name}", "accord-dev", "${AWS::AccountId}", "1", "${AWS::Region}", "r").Replace(at(v, "Properties/"+p+"/Fn::Sub").(string))
			}
			may(kind, name)
		}
	}
	may("AWS::CodeDeploy::Application", "accord-dev-ServerlessDeploymentApplication-1A2B")
	may("AWS::CodeDeploy::DeploymentGroup", "accord-dev-ServerlessDeploymentApplication-1A2B/accord-dev-TurnDeploymentGroup-1A2B")
	for kind := range resources {
		if !used[kind] {
			t.Errorf("no template makes a %s", kind)
		}
	}
}

// asks are calls of the scripts whose action is not named like them.
var asks = map[string]string{
	"apigateway create-deployment": "apigateway:POST", "s3 rb": "s3:DeleteBucket", "s3 rm": "s3:DeleteObject", "s3api list-objects-v2": "s3:ListBucket",
	"resourcegroupstaggingapi get-resources": "tag:GetResources", "sts get-caller-identity": "", // which everybody may ask
	"lambda wait": "lambda:GetFunction", "cloudformation wait": "cloudformation:DescribeStacks",
}

// on is what the scripts ask about, by service.
var on = map[string]string{
	"apigateway": "arn:aws:apigateway:r::/restapis/a/deployments", "cloudformation": "arn:aws:cloudformation:r:1:stack/accord-dev/1", "cloudwatch": "*",
	"dynamodb": "arn:aws:dynamodb:r:1:table/accord-dev", "kms": "arn:aws:kms:r:1:key/1", "lambda": "arn:aws:lambda:r:1:function:accord-dev-turn",
	"s3": "arn:aws:s3:::accord-dev-1-r", "secretsmanager": "arn:aws:secretsmanager:r:1:secret:accord-dev/path-key-a1b2c3",
	"states": "arn:aws:states:r:1:stateMachine:accord-dev-sweep", "tag": "*",
}

// TestWhoeverDeploysMayRunTheScripts, and the commands of accord that they run.
func TestWhoeverDeploysMayRunTheScripts(t *testing.T) {
	grants, needs := deployer(t), map[string]bool{}
	paths, err := filepath.Glob("*.sh")
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d scripts, %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\baws ([a-z0-9]+) ([a-z0-9-]+)`).FindAllStringSubmatch(string(text), -1) {
			action, ok := asks[m[1]+" "+m[2]]
			if !ok {
				action = strings.NewReplacer("stepfunctions", "states").Replace(m[1]) + ":" + camel(m[2])
			}
			needs[action] = true
		}
	}
	text, err := os.ReadFile("../../docs/AWS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("`((?:sqs|dynamodb|s3|kms|secretsmanager):[A-Za-z]+)`").FindAllStringSubmatch(string(text), -1) {
		needs[m[1]] = true
	}
	delete(needs, "")
	delete(needs, "and:Sam") // "aws and sam"
	if len(needs) < 25 {
		t.Errorf("only %v is needed", slices.Sorted(maps.Keys(needs)))
	}
	on := maps.Clone(on)
	on["sqs"] = "arn:aws:sqs:r:1:accord-dev-live"
	for action := range needs {
		service, _, _ := strings.Cut(action, ":")
		if arn := on[service]; arn == "" || !allows(grants, action, arn) {
			t.Errorf("%s is not granted", action)
		}
	}
}

// camel writes the name of a command as that of its call.
func camel(s string) (out string) {
	for word := range strings.SplitSeq(s, "-") {
		out += string(unicode.ToUpper(rune(word[0]))) + word[1:]
	}
	return out
}

// TestWhoeverDeploysHasTheKeyThatItMakes: the key's own policy says what an
// account may do with it at most, and what deploys does no more.
func TestWhoeverDeploysHasTheKeyThatItMakes(t *testing.T) {
	policy := statements(load(t, "template.yaml"))["Key"]
	may := list(policy[0]["Action"])
	for _, g := range deployer(t) {
		for _, action := range list(g.Action) {
			if strings.HasPrefix(action, "kms:") && action != "kms:CreateKey" && !slices.Contains(may, action) {
				t.Errorf("the key permits nobody %s", action)
			}
		}
	}
}
