package lambda_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/web"
)

// TestWeb: the pages are those of the state that the other functions work on.
func TestWeb(t *testing.T) {
	s := localStack(t)
	f := s.function("web")
	ask := func(path string) (int, string) {
		var out events.APIGatewayProxyResponse
		if err := s.call(t.Context(), f, events.APIGatewayProxyRequest{HTTPMethod: http.MethodGet, Path: path}, &out); err != nil {
			t.Fatal(err)
		}
		return out.StatusCode, out.Body
	}
	if status, body := ask("/healthz"); status != 200 || body != "healthy\n" {
		t.Errorf("health: %d %q", status, body)
	}
	if status, body := ask("/"); status != 200 || !strings.Contains(body, "<td>support</td>") {
		t.Errorf("page: %d %q", status, body)
	}
	var got web.Status
	status, body := ask("/status.json")
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != 200 {
		t.Fatalf("status: %d, %v: %s", status, err, body)
	}
	if len(got.Syncs) != 1 || len(got.Sites) != 2 || got.Sites[0].Hook.At.IsZero() || strings.Contains(body, "hush") {
		t.Errorf("%s", body)
	}
}
