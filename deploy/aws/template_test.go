// Package deploy_test holds what must be true of the templates, definitions and
// scripts in this folder. There is no code in it: what is deployed is built from
// cmd/lambda.
package deploy_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

type object = map[string]any

// A template is a CloudFormation template, its short functions (!Ref) written out.
type template struct {
	params, conditions, mappings, resources, outputs object
	globals                                          object
}

func load(t testing.TB, path string) template {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	root := plain(t, doc.Content[0]).(object)
	section := func(name string) object { o, _ := root[name].(object); return o }
	return template{
		section("Parameters"), section("Conditions"), section("Mappings"),
		section("Resources"), section("Outputs"), section("Globals"),
	}
}

// plain returns a node as object, []any, string, bool or float64.
func plain(t testing.TB, n *yaml.Node) any {
	t.Helper()
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		tag := n.Tag
		n.Tag = ""
		return function(tag, plain(t, n))
	}
	switch n.Kind {
	case yaml.MappingNode:
		o := object{}
		for pair := range slices.Chunk(n.Content, 2) {
			if _, twice := o[pair[0].Value]; twice {
				t.Fatalf("line %d: %s is there twice", pair[0].Line, pair[0].Value)
			}
			o[pair[0].Value] = plain(t, pair[1])
		}
		return o
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, e := range n.Content {
			list = append(list, plain(t, e))
		}
		return list
	case yaml.ScalarNode:
		return scalar(t, n)
	}
	t.Fatalf("line %d: CloudFormation reads no aliases", n.Line)
	return nil
}

func scalar(t testing.TB, n *yaml.Node) (v any) {
	t.Helper()
	switch n.Tag {
	case "!!int", "!!float":
		var f float64
		if err := n.Decode(&f); err != nil {
			t.Fatal(err)
		}
		return f
	case "!!bool":
		return n.Value == "true"
	}
	return n.Value
}

func function(tag string, arg any) object {
	name := strings.TrimPrefix(tag, "!")
	if s, ok := arg.(string); ok && name == "GetAtt" {
		resource, attribute, _ := strings.Cut(s, ".")
		arg = []any{resource, attribute}
	}
	if name != "Ref" && name != "Condition" {
		name = "Fn::" + name
	}
	return object{name: arg}
}

// of returns the resources of a type, by logical id.
func (t template) of(kind string) map[string]object {
	out := map[string]object{}
	for id, r := range t.resources {
		if r := r.(object); r["Type"] == kind {
			out[id], _ = r["Properties"].(object)
		}
	}
	return out
}

// walk calls f with every object in v, and where it is.
func walk(v any, where string, f func(where string, o object)) {
	switch v := v.(type) {
	case object:
		f(where, v)
		for _, k := range slices.Sorted(maps.Keys(v)) {
			walk(v[k], where+"/"+k, f)
		}
	case []any:
		for i, e := range v {
			walk(e, fmt.Sprintf("%s/%d", where, i), f)
		}
	}
}

// attributes is what can be asked of a resource beside its name. Source: the
// reference of CloudFormation's resource types, "Return values".
var attributes = map[string][]string{
	"AWS::KMS::Key":                 {"Arn"},
	"AWS::DynamoDB::Table":          {"Arn", "StreamArn"},
	"AWS::S3::Bucket":               {"Arn"},
	"AWS::Kinesis::Stream":          {"Arn"},
	"AWS::SQS::Queue":               {"Arn", "QueueName"},
	"AWS::IAM::Role":                {"Arn"},
	"AWS::Logs::LogGroup":           {"Arn"},
	"AWS::ApiGateway::RestApi":      {"RootResourceId"},
	"AWS::Serverless::Function":     {"Alias"},
	"AWS::Serverless::StateMachine": {"Arn"},
}

var (
	pseudo   = []string{"AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::URLSuffix", "AWS::StackName", "AWS::NoValue"}
	inString = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)
)

// fault says what is wrong with a reference to name, or nothing.
func (t template) fault(name string) string {
	id, attribute, has := strings.Cut(name, ".")
	if slices.Contains(pseudo, name) || !has && t.params[name] != nil {
		return ""
	}
	r, ok := t.resources[id].(object)
	if !ok {
		return "there is no " + id
	}
	if has && !slices.Contains(attributes[r["Type"].(string)], attribute) {
		return fmt.Sprintf("%v has no %s", r["Type"], attribute)
	}
	return ""
}

// named returns what an object refers to: by Ref, by GetAtt, in the text of a Sub.
func named(o object) (names []string) {
	if s, ok := o["Ref"].(string); ok {
		names = append(names, s)
	}
	if l, ok := o["Fn::GetAtt"].([]any); ok {
		names = append(names, fmt.Sprint(l[0], ".", l[1]))
	}
	if s, ok := o["Fn::Sub"].(string); ok {
		for _, m := range inString.FindAllStringSubmatch(s, -1) {
			names = append(names, m[1])
		}
	}
	return names
}

func TestEveryReferenceIsThere(t *testing.T) {
	for _, path := range []string{"template.yaml", "watch.yaml", "answer.yaml"} {
		tp := load(t, path)
		used := map[string]bool{}
		check := func(where string, o object) {
			for _, name := range named(o) {
				used[name] = true
				if fault := tp.fault(name); fault != "" {
					t.Errorf("%s: %s: %s: %s", path, where, name, fault)
				}
			}
			if l, ok := o["Fn::FindInMap"].([]any); ok {
				if _, ok := tp.mappings[l[0].(string)]; !ok {
					t.Errorf("%s: %s: there is no mapping %v", path, where, l[0])
				}
				walk(l[1], where, func(_ string, o object) { used[fmt.Sprint(o["Ref"])] = true })
			}
		}
		for section, v := range map[string]any{"Resources": tp.resources, "Outputs": tp.outputs, "Globals": tp.globals, "Conditions": tp.conditions} {
			walk(v, section, check)
		}
		for name := range tp.params {
			if !used[name] {
				t.Errorf("%s: the parameter %s is not used", path, name)
			}
		}
	}
}

func TestEveryConditionIsThere(t *testing.T) {
	tp, used := load(t, "template.yaml"), map[string]bool{}
	walk(tp.resources, "Resources", func(where string, o object) {
		if l, ok := o["Fn::If"].([]any); ok {
			used[l[0].(string)] = true
		}
		if name, ok := o["Condition"].(string); ok {
			used[name] = true
		}
	})
	for name := range used {
		if tp.conditions[name] == nil {
			t.Errorf("there is no condition %s", name)
		}
	}
	for name := range tp.conditions {
		if !used[name] {
			t.Errorf("nothing asks for the condition %s", name)
		}
	}
}

// TestWhatIsStored: it is encrypted, not public, and survives the stack.
func TestWhatIsStored(t *testing.T) {
	tp := load(t, "template.yaml")
	for _, id := range []string{"Key", "Table", "Bucket"} {
		r := tp.resources[id].(object)
		if r["DeletionPolicy"] != "RetainExceptOnCreate" || r["UpdateReplacePolicy"] != "Retain" {
			t.Errorf("%s goes with the stack, or stays in the way of a second try", id)
		}
	}
	key := object{"Fn::GetAtt": []any{"Key", "Arn"}}
	encrypted := map[string]string{
		"AWS::SQS::Queue": "KmsMasterKeyId", "AWS::SNS::Topic": "KmsMasterKeyId", "AWS::Logs::LogGroup": "KmsKeyId",
		"AWS::Kinesis::Stream": "StreamEncryption/KeyId", "AWS::DynamoDB::Table": "SSESpecification/KMSMasterKeyId",
		"AWS::S3::Bucket": "BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID",
	}
	for kind, path := range encrypted {
		all := tp.of(kind)
		for id, p := range all {
			if got := at(p, path); fmt.Sprint(got) != fmt.Sprint(key) {
				t.Errorf("%s is encrypted with %v", id, got)
			}
		}
		if len(all) == 0 {
			t.Errorf("there is no %s", kind)
		}
	}
	for setting, on := range at(tp.of("AWS::S3::Bucket")["Bucket"], "PublicAccessBlockConfiguration").(object) {
		if on != true {
			t.Errorf("the bucket has no %s", setting)
		}
	}
}

// at returns what is at a path in v, or nil.
func at(v any, path string) any {
	for step := range strings.SplitSeq(path, "/") {
		switch w := v.(type) {
		case object:
			v = w[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(w) {
				return nil
			}
			v = w[i]
		default:
			return nil
		}
	}
	return v
}
