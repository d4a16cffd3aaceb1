package role_test

import (
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"example.com/accord/lambda/role"
)

// seen is what the clients of some services have of a configuration.
func seen(t *testing.T, c aws.Config) map[string]any {
	t.Helper()
	creds, err := c.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db, blobs, queue, vault := dynamodb.NewFromConfig(c).Options(), s3.NewFromConfig(c).Options(), sqs.NewFromConfig(c).Options(), secretsmanager.NewFromConfig(c).Options()
	return map[string]any{
		"region": []string{db.Region, blobs.Region, queue.Region, vault.Region},
		"creds":  []string{creds.AccessKeyID, creds.SecretAccessKey, creds.SessionToken},
		"db":     db.BaseEndpoint, "blobs": blobs.BaseEndpoint, "queue": queue.BaseEndpoint, "vault": vault.BaseEndpoint,
		"tries": []int{db.Retryer.MaxAttempts(), blobs.Retryer.MaxAttempts(), queue.Retryer.MaxAttempts(), vault.Retryer.MaxAttempts()},
	}
}

// TestClientsSeeWhatTheSDKFinds in the same environment.
func TestClientsSeeWhatTheSDKFinds(t *testing.T) {
	for name, env := range map[string][]string{
		"as Lambda has it":           nil,
		"one address for all":        {"AWS_ENDPOINT_URL=http://127.0.0.1:1"},
		"an address for each":        {"AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:2", "AWS_ENDPOINT_URL_S3=http://127.0.0.1:3", "AWS_ENDPOINT_URL_SQS=http://127.0.0.1:4", "AWS_ENDPOINT_URL_SECRETS_MANAGER=http://127.0.0.1:5"},
		"an address for all but one": {"AWS_ENDPOINT_URL=http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3=http://127.0.0.1:3"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, e := range os.Environ() {
				if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "AWS_") {
					t.Setenv(name, "") // and back afterwards
					os.Unsetenv(name)
				}
			}
			t.Setenv("HOME", t.TempDir())
			for _, e := range append([]string{"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token"}, env...) {
				name, v, _ := strings.Cut(e, "=")
				t.Setenv(name, v)
			}
			ours, err := role.Config(os.Getenv)
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := config.LoadDefaultConfig(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(seen(t, theirs), seen(t, ours)); diff != "" {
				t.Errorf("-the SDK +ours:\n%s", diff)
			}
		})
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	_, err := role.Config(func(string) string { return "" })
	for _, name := range []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if err == nil || !strings.Contains(err.Error(), "the environment has no "+name) {
			t.Errorf("%v lacks %s", err, name)
		}
	}
	if _, err := role.Config(func(name string) string { return name }); err != nil {
		t.Error(err)
	}
}
