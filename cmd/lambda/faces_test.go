package lambda_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/durable/sqlite"
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

// TestLogs: an archive that was stored is looked into.
func TestLogs(t *testing.T) {
	s := localStack(t)
	s.env = append(s.env, "ACCORD_WORDS=panic,held")
	blobs, err := sqlite.OpenBlobs(filepath.Join(s.app.Config.State, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	zip := gzip.NewWriter(&archive)
	if _, err := io.WriteString(zip, `{"at":"2026-11-24T13:00:00Z","stream":"s","line":{"msg":"turn","held":1}}`+"\n"); err != nil || zip.Close() != nil {
		t.Fatal(err)
	}
	if err := blobs.Put(t.Context(), "logs/turn/2026-11-24/13.jsonl.gz", &archive); err != nil {
		t.Fatal(err)
	}
	f := s.function("logs")
	var said bytes.Buffer
	f.Output = &said
	var out struct{ Done bool }
	in := `{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"logs/turn/2026-11-24/13.jsonl.gz"}}}]}`
	if err := s.call(t.Context(), f, json.RawMessage(in), &out); err != nil || !out.Done {
		t.Fatalf("%+v, %v\n%s", out, err, said.String())
	}
	f.Close() // all is said
	r, err := blobs.Open(t.Context(), "findings/turn/2026-11-24/13.json")
	if err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	defer r.Close()
	if b, err := io.ReadAll(r); err != nil || !strings.Contains(string(b), `"findings":[{"word":"held","lines":1,`) {
		t.Errorf("%s, %v", b, err)
	}
	if !strings.Contains(said.String(), `"LogFindings":1`) {
		t.Errorf("no metric: %s", said.String())
	}
}
