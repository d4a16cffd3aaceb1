package aws_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"example.com/accord/app"
	"example.com/accord/app/aws"
	"example.com/accord/awssim"
	"example.com/accord/config"
	"example.com/accord/config/published"
	"example.com/accord/durable"
	"example.com/accord/issue"
)

const name = "accord-dev"

// account starts a simulated one with a stack, and lets the SDK find it.
func account(t *testing.T) *awssim.Sim {
	sim, end := awssim.Start()
	t.Cleanup(end)
	if err := sim.Stack(name); err != nil {
		t.Fatal(err)
	}
	for name, text := range sim.Env() {
		t.Setenv(name, text)
	}
	return sim
}

func find(t *testing.T) *aws.Stack {
	t.Helper()
	s, err := aws.Find(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// configured is a configuration of two sites.
func configured(t *testing.T, public string) config.Config {
	t.Helper()
	c, faults := config.Parse("accord.yaml", []byte(`
version: 1
public_url: `+public+`
sites:
  acme: {kind: datacenter, url: https://acme.example, token: {env: ACME_TOKEN}}
  vendor: {kind: datacenter, url: https://vendor.example, token: {env: VENDOR_TOKEN}}
syncs:
  one:
    participants: [{name: a, site: acme, project: A}, {name: b, site: vendor, project: B}]
    fields: {summary: newest}
`))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFindSaysWhatIsMissing(t *testing.T) {
	denied := func(sim *awssim.Sim) { sim.SetFault(func(string) awssim.Fault { return awssim.Denied }) }
	for why, c := range map[string]struct {
		name   string
		change func(*testing.T, *awssim.Sim)
		says   []string
	}{
		"all is well":    {name, func(*testing.T, *awssim.Sim) {}, nil},
		"no region":      {name, func(t *testing.T, _ *awssim.Sim) { t.Setenv("AWS_REGION", "") }, []string{"find stack accord-dev", "AWS_REGION"}},
		"no credentials": {name, func(t *testing.T, _ *awssim.Sim) { t.Setenv("AWS_ACCESS_KEY_ID", "") }, []string{"there are no AWS credentials", "aws sso login"}},
		"no profile":     {name, func(t *testing.T, _ *awssim.Sim) { t.Setenv("AWS_PROFILE", "none") }, []string{"find stack accord-dev", "none"}},
		"no stack":       {"other", func(*testing.T, *awssim.Sim) {}, []string{"find stack other in eu-central-1", "there is no such stack", "deploy/aws/deploy.sh"}},
		"no permission":  {name, func(_ *testing.T, sim *awssim.Sim) { denied(sim) }, []string{"do not permit sqs:GetQueueUrl"}},
	} {
		t.Run(why, func(t *testing.T) {
			sim := account(t)
			c.change(t, sim)
			_, err := aws.Find(t.Context(), c.name)
			if (err == nil) != (c.says == nil) {
				t.Fatalf("%v", err)
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not said by %v", want, err)
				}
			}
		})
	}
}

func TestExplainNamesTheAction(t *testing.T) {
	for op, want := range map[string]string{
		"DynamoDB.GetItem": "dynamodb:GetItem", "DynamoDB.TransactWriteItems": "dynamodb:PutItem and dynamodb:DeleteItem", "S3.PUT": "s3:PutObject",
		"SQS.SendMessageBatch": "sqs:SendMessage", "SQS.GetQueueAttributes": "sqs:GetQueueAttributes", "SecretsManager.GetSecretValue": "secretsmanager:GetSecretValue",
	} {
		sim := account(t)
		s := find(t)
		sim.SetFault(func(o string) awssim.Fault {
			if o == op {
				return awssim.Denied
			}
			return ""
		})
		a, err := s.OpenState(t.Context(), config.Config{}, app.Options{})
		if err == nil {
			_, err = s.Publish(t.Context(), config.Config{}, "ada")
		}
		if err == nil {
			_, err = s.Open(t.Context(), config.Config{}, app.Options{})
			if errors.Is(err, durable.ErrNotFound) { // there are no keys, and none are wanted
				err = nil
			}
		}
		if err == nil {
			err = a.Queue.Send(t.Context(), durable.Message{Lane: durable.Live, Event: issue.Event{Ref: issue.Ref{Participant: "a", ID: "1"}}})
		}
		if err == nil {
			_, err = a.Gauge.Depth(t.Context())
		}
		if err = aws.Explain(err); err == nil || !strings.Contains(err.Error(), "do not permit "+want+";") {
			t.Errorf("%s: %v, want %s named", op, err, want)
		}
	}
	if err := aws.Explain(nil); err != nil {
		t.Errorf("no error is explained: %v", err)
	}
	if other := errors.New("other"); aws.Explain(other) != other {
		t.Error("an error that is none of AWS is changed")
	}
}

// TestExplainSaysWhatToDo about the errors that the services are documented to have.
func TestExplainSaysWhatToDo(t *testing.T) {
	for _, c := range []struct{ code, message, want string }{
		{"AccessDeniedException", "User: arn:aws:iam::1:user/ada is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:x", "do not permit kms:Decrypt;"},
		{"KmsAccessDenied", "The caller doesn't have the required KMS access.", "do not permit kms:Decrypt and kms:GenerateDataKey with the key of the stack;"},
		{"AccessDenied", "Access Denied", "do not permit this;"},
		{"ExpiredTokenException", "The security token included in the request is expired", "not valid, or no longer: log in again"},
		{"UnrecognizedClientException", "The security token included in the request is invalid.", "log in again"},
		{"AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.", "there is no such stack"},
	} {
		cause := &smithy.GenericAPIError{Code: c.code, Message: c.message}
		if err := aws.Explain(cause); !errors.Is(err, cause) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.code, err, c.want)
		}
	}
	if other := (&smithy.GenericAPIError{Code: "ThrottlingException"}); aws.Explain(other) != error(other) {
		t.Error("what nobody can do anything about is explained")
	}
}

func TestPublish(t *testing.T) {
	account(t)
	s := find(t)
	if _, _, err := s.Config(t.Context()); !errors.Is(err, published.ErrNone) {
		t.Errorf("before the first: %v", err)
	}
	first, err := s.Publish(t.Context(), configured(t, "https://one.example"), "ada")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), configured(t, "https://two.example"), "bob"); err != nil {
		t.Fatal(err)
	}
	if c, now, err := s.Config(t.Context()); err != nil || c.PublicURL != "https://two.example" || now.By != "bob" || now.At.IsZero() {
		t.Errorf("in use is %q, %+v, %v", c.PublicURL, now, err)
	}
	again, err := s.PublishAgain(t.Context(), first.Digest[:8], "cy")
	if err != nil || again.Digest != first.Digest || again.By != "cy" {
		t.Errorf("published again: %+v, %v", again, err)
	}
	if c, _, err := s.Config(t.Context()); err != nil || c.PublicURL != "https://one.example" {
		t.Errorf("back to %q, %v", c.PublicURL, err)
	}
	for start, want := range map[string]string{"": "no digest", "zz": "begins with zz"} {
		if _, err := s.PublishAgain(t.Context(), start, "cy"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", start, err)
		}
	}
	for n := range 40 { // two of 42 begin with the same digit
		if _, err := s.Publish(t.Context(), config.Config{Listen: strings.Repeat("x", n+1)}, "ada"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.PublishAgain(t.Context(), first.Digest[:1], "cy"); err == nil || !strings.Contains(err.Error(), "say more of it") {
		t.Errorf("a digest that fits several: %v", err)
	}
}

// TestOpen: the tokens are the stack's own, as are the addresses of the hooks.
func TestOpen(t *testing.T) {
	sim := account(t)
	s := find(t)
	c := configured(t, config.Stack)
	open := func() (*app.App, error) { return s.Open(t.Context(), c, app.Options{}) }
	if _, err := open(); err == nil || !strings.Contains(err.Error(), "accord-dev/site-keys") {
		t.Errorf("without keys: %v", err)
	}
	sim.SetSecret(name+"/site-keys", "acme=hush")
	s = find(t)
	if _, err := open(); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("keys that are no JSON: %v", err)
	}
	sim.SetSecret(name+"/site-keys", `{"acme":"k1","vendor":"k2"}`)
	sim.SetSecret(name+"/ACME_TOKEN", "t1")
	s = find(t)
	if _, err := open(); err == nil || !strings.Contains(err.Error(), "open site vendor: token: read secret accord-dev/VENDOR_TOKEN") {
		t.Errorf("without a token: %v", err)
	}
	sim.SetSecret(name+"/VENDOR_TOKEN", "t2")
	a, err := open()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Register(t.Context(), a.Sites[0]); err == nil || !strings.Contains(err.Error(), "stack") {
		t.Errorf("nobody knows the address yet: %v", err)
	}
	if err := published.NoteAddress(t.Context(), a.Store, "https://hooks.example/key"); err != nil {
		t.Fatal(err)
	}
	if a, err = open(); err != nil {
		t.Fatal(err)
	}
	if got := a.HookURL(a.Sites[0]); got != "https://hooks.example/key/hooks/acme/k1?v=1" {
		t.Errorf("the hook of acme is at %s", got)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// TestOpenStateReadsNoSecret, and says what there is to say of a stack.
func TestOpenStateReadsNoSecret(t *testing.T) {
	sim := account(t)
	sim.SetFault(func(op string) awssim.Fault {
		if strings.HasPrefix(op, "SecretsManager") {
			return awssim.Denied
		}
		return ""
	})
	a, err := find(t).OpenState(t.Context(), configured(t, config.Stack), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Queue.Send(t.Context(), durable.Message{Lane: durable.Bulk, Event: issue.Event{Ref: issue.Ref{Participant: "a", ID: "1"}}}); err != nil {
		t.Fatal(err)
	}
	status, err := a.Status(context.WithoutCancel(t.Context()))
	if err != nil || status.Queue.Bulk != 1 || len(status.Syncs) != 1 {
		t.Errorf("%+v, %v", status, err)
	}
}

// TestTheTemplateNamesThemSo: all parts are found by their names.
func TestTheTemplateNamesThemSo(t *testing.T) {
	template, err := os.ReadFile("../../deploy/aws/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`TableName: !Sub "${Name}"`, `QueueName: !Sub "${Name}-live"`, `QueueName: !Sub "${Name}-bulk"`,
		`BucketName: !Sub "${Name}-${AWS::AccountId}-${AWS::Region}"`, `ACCORD_SECRETS: !Sub "${Name}/"`, `ACCORD_SITE_KEYS: !Sub "${Name}/site-keys"`,
	} {
		if !strings.Contains(string(template), want) {
			t.Errorf("the template has no %s", want)
		}
	}
}
