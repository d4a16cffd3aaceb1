//go:build !local

package ground

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	sdkconfig "github.com/aws/aws-sdk-go-v2/config"

	"example.com/accord/awssim"
	"example.com/accord/config"
	"example.com/accord/config/published"
	"example.com/accord/durable/aws"
)

// deployed is a simulated stack as a function's environment names it, with what
// publishes to it.
func deployed(t *testing.T) (*awssim.Sim, func(config.Config)) {
	sim, end := awssim.Start()
	t.Cleanup(end)
	if err := sim.Stack("accord"); err != nil {
		t.Fatal(err)
	}
	for name, text := range sim.Env() {
		t.Setenv(name, text)
	}
	names := aws.Names{Table: "accord", Bucket: awssim.Bucket("accord"), Live: sim.Queue("accord-live"), Bulk: sim.Queue("accord-bulk")}
	for name, text := range map[string]string{
		"ACCORD_TABLE": names.Table, "ACCORD_BUCKET": names.Bucket, "ACCORD_LIVE_QUEUE": names.Live, "ACCORD_BULK_QUEUE": names.Bulk,
		"ACCORD_SECRETS": "accord/", "ACCORD_SITE_KEYS": "accord/site-keys",
	} {
		t.Setenv(name, text)
	}
	c, err := sdkconfig.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	store, _, blobs := aws.Open(c, names)
	return sim, func(c config.Config) {
		t.Helper()
		digest, _, err := published.Store(t.Context(), blobs, c)
		if err == nil {
			err = published.Use(t.Context(), store, published.Current{Digest: digest, At: time.Now()})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpenOnAWS: what is published is what a function stands on, and the next
// that is published is what it stands on next.
func TestOpenOnAWS(t *testing.T) {
	sim, publish := deployed(t)
	if _, err := Open(t.Context(), os.Getenv); !errors.Is(err, published.ErrNone) {
		t.Errorf("before anything is published: %v", err)
	}
	publish(config.Config{PublicURL: "https://one.example"})
	g, err := Open(t.Context(), os.Getenv)
	if err != nil || g.Config.PublicURL != "https://one.example" {
		t.Fatalf("stands on %+v, %v", g, err)
	}
	if next, err := g.next(t.Context()); next != g || err != nil {
		t.Errorf("nothing has changed, and the next is another one: %v", err)
	}
	publish(config.Config{PublicURL: "https://two.example"})
	next, err := g.next(t.Context())
	if err != nil || next == g || next.Config.PublicURL != "https://two.example" || next.Store != g.Store {
		t.Errorf("the next stands on %q, %v", next.Config.PublicURL, err)
	}
	sim.SetFault(func(op string) awssim.Fault {
		if op == "DynamoDB.GetItem" {
			return awssim.Denied
		}
		return ""
	})
	if same, err := next.next(t.Context()); same != next || err == nil {
		t.Errorf("the table does not answer: %v", err)
	}
}

// TestSecretOnAWS: a credential is read from Secrets Manager once, by its whole name.
func TestSecretOnAWS(t *testing.T) {
	sim, publish := deployed(t)
	publish(config.Config{})
	g, err := Open(t.Context(), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	sim.SetSecret("accord/TOKEN", "hush")
	asked := 0
	sim.SetFault(func(op string) awssim.Fault {
		if op == "SecretsManager.GetSecretValue" {
			asked++
		}
		return ""
	})
	for range 3 {
		if got, err := g.Secret(config.Credential{Env: "TOKEN"}); got != "hush" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	if got, err := Secret(context.Background(), os.Getenv, "accord/TOKEN"); got != "hush" || err != nil {
		t.Errorf("by its whole name: %q, %v", got, err)
	}
}
