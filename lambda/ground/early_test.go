//go:build !local

package ground

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestEarlyIsBesideTheConfiguration: the table answers only once the secret was
// asked for, which so cannot be after it.
func TestEarlyIsBesideTheConfiguration(t *testing.T) {
	asked := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Header.Get("X-Amz-Target") == "secretsmanager.GetSecretValue" {
			asked <- string(body)
		} else if name := <-asked; !strings.Contains(name, "accord/site-keys") {
			t.Errorf("asked for %s", name)
		}
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer s.Close()
	env := map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "example",
		"ACCORD_TABLE": "t", "ACCORD_BUCKET": "b", "ACCORD_LIVE_QUEUE": "l", "ACCORD_BULK_QUEUE": "k", "ACCORD_SITE_KEYS": "accord/site-keys",
	}
	ended := make(chan error, 1)
	_, err := Open(t.Context(), func(name string) string { return env[name] }, func(ctx context.Context, g *Ground) {
		_, err := g.Keys(ctx)
		ended <- err
	})
	if err == nil || !strings.Contains(err.Error(), "StatusCode: 400") {
		t.Errorf("the table refuses: %v", err)
	}
	if err := <-ended; err == nil {
		t.Error("the vault refuses, and the keys are there")
	}
}
