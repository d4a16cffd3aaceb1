package lambda_test

import (
	"bytes"
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

// head is a commit as the stream of the table tells it: a field is held.
const head = `{"Records":[{"eventID":"1","eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{
	"ApproximateCreationDateTime":1760000000,"Keys":{"pk":{"S":"link#support/10001"},"sk":{"S":"head"}},"SequenceNumber":"100","StreamViewType":"NEW_AND_OLD_IMAGES",
	"NewImage":{"pk":{"S":"link#support/10001"},"sk":{"S":"head"},"rev":{"N":"1"},"held":{"L":[{"S":"summary"}]},
		"v":{"S":"{\"\":{\"id\":\"support/10001\"},\" support\":{\"key\":\"SUP-1\"},\" dev\":{\"key\":\"DEV-1\"}}"}}}}]}`

// TestAfter: what comes twice is told once.
func TestAfter(t *testing.T) {
	s := localStack(t)
	f := s.function("after")
	var said bytes.Buffer
	f.Output = &said
	for range 2 {
		var out events.DynamoDBEventResponse
		if err := s.call(t.Context(), f, json.RawMessage(head), &out); err != nil || len(out.BatchItemFailures) > 0 {
			t.Fatalf("%+v, %v\n%s", out, err, said.String())
		}
	}
	f.Close() // all is said
	if n := strings.Count(said.String(), `"msg":"notice"`); n != 1 || !strings.Contains(said.String(), "DEV-1 / SUP-1: summary") {
		t.Errorf("%d notices:\n%s", n, said.String())
	}
	if n := strings.Count(said.String(), `"Metrics":[{"Name":"FieldsHeld"},{"Name":"Links"}]`); n != 2 {
		t.Errorf("%d lines of metrics:\n%s", n, said.String())
	}
}
