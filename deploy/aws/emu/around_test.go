//go:build emu

package emu_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/lambda/logs"
)

// TestFunctionsAround runs on ministack 1.5.33 what looks after the others: a
// commit calls after by the table's stream, upkeep asks all that it asks of the
// services, what is archived calls logs by the bucket, and web shows the state.
func TestFunctionsAround(t *testing.T) {
	m := startMinistack(t)
	quiet := func(*http.Request) {}
	cloud := startJira(t, jirasim.Options{Flavour: jirasim.Cloud, Seed: 1, Unlimited: true}, quiet)
	center := startJira(t, jirasim.Options{Flavour: jirasim.DataCenter, Seed: 2}, quiet)
	c, _ := theDemo(t, "http://127.0.0.1:9/"+pathKey, cloud, center)
	store, _ := m.stand(c)

	m.execute("accord-upkeep")
	if got := m.said("upkeep", `"TokenDays"`); got < len(c.Sites) {
		t.Errorf("the days of %d tokens are told, want %d", got, len(c.Sites))
	}
	m.held(store)
	m.eventually("the field that is held is counted", func() bool { return m.said("after", `"FieldsHeld":1`) == 1 })
	if n := m.said("after", `not all is done`); n > 0 {
		t.Errorf("after fails %d times", n)
	}
	m.execute("accord-logs")
	m.archived(store)
	m.eventually("what was archived is looked into", func() bool { return m.said("logs", `"msg":"looked"`) > 3 && m.said("logs", `"Word":"panic"`) > 0 })
	if status, body := m.page("/status.json"); status != 200 || !strings.Contains(body, `"held":1`) {
		t.Errorf("the page: %d %s", status, body)
	}
}

// held commits a link with a field that waits for a person.
func (m *ministack) held(store *aws.Store) {
	m.t.Helper()
	id := issue.Ref{Participant: "support", ID: "99999"}
	l := issue.Link{ID: id, Sides: map[issue.Participant]issue.Side{"support": {Ref: id, Key: "SUP-99"}}, Held: map[issue.Place]issue.Held{{Field: "summary"}: {}}}
	if err := store.Commit(m.t.Context(), issue.Link{}, l, durable.Record{}); err != nil {
		m.t.Fatal(err)
	}
}

// archived archives what the functions have logged, as logs does two hours later.
func (m *ministack) archived(store *aws.Store) {
	m.t.Helper()
	a := &logs.Archiver{
		CloudWatch: cloudwatchlogs.New(cloudwatchlogs.Options{Region: region, BaseEndpoint: &m.url, Credentials: keys()}), Prefix: "/accord/accord/",
		Blobs: aws.NewBlobs(m.files(), "accord-"+account+"-"+region), Store: store, Now: func() time.Time { return time.Now().Add(2 * time.Hour) },
		Log: slog.New(slog.NewTextHandler(m.t.Output(), nil)),
	}
	var panicked bytes.Buffer // none of the functions has
	zip := gzip.NewWriter(&panicked)
	_, err := io.WriteString(zip, `{"at":"2026-01-01T00:00:00Z","stream":"s","line":"panic: index out of range"}`+"\n")
	if err = errors.Join(err, zip.Close()); err == nil {
		err = a.Blobs.Put(m.t.Context(), "logs/turn/2026-01-01/00.jsonl.gz", &panicked)
	}
	if err != nil {
		m.t.Fatal(err)
	}
	if got, err := a.Handle(m.t.Context()); err != nil || !got.Done || got.Archives < 2 {
		m.t.Fatalf("%+v, %v", got, err)
	}
}

// said counts the lines of a function's log that have a text.
func (m *ministack) said(function, text string) (n int) {
	m.t.Helper()
	group := "/accord/accord/" + function
	in := map[string]any{"logGroupName": group}
	for {
		var out struct {
			Events    []struct{ Message string }
			NextToken string
		}
		m.call("logs", "Logs_20140328.FilterLogEvents", in, &out)
		for _, e := range out.Events {
			n += strings.Count(e.Message, text)
		}
		if out.NextToken == "" {
			return n
		}
		in["nextToken"] = out.NextToken
	}
}

// eventually waits half a minute for a fact.
func (m *ministack) eventually(what string, fact func() bool) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), 30*time.Second)
	defer cancel()
	for !fact() {
		select {
		case <-ctx.Done():
			m.t.Fatalf("it never came true that %s", what)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// page calls web as API Gateway does.
func (m *ministack) page(path string) (int, string) {
	m.t.Helper()
	in, err := json.Marshal(map[string]any{"httpMethod": "GET", "path": path, "requestContext": map[string]any{}})
	if err != nil {
		m.t.Fatal(err)
	}
	out := m.invoke("accord-web", in)
	var answer struct {
		StatusCode int
		Body       string
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		m.t.Fatalf("%v: %s", err, out)
	}
	return answer.StatusCode, answer.Body
}

// invoke calls a function and waits for its answer.
func (m *ministack) invoke(function string, in []byte) []byte {
	m.t.Helper()
	r, err := http.NewRequestWithContext(m.t.Context(), "POST", m.url+"/2015-03-31/functions/"+function+"/invocations", bytes.NewReader(in))
	if err != nil {
		m.t.Fatal(err)
	}
	who, err := keys().Retrieve(r.Context())
	if err == nil {
		err = v4.NewSigner().SignHTTP(r.Context(), who, r, fmt.Sprintf("%x", sha256.Sum256(in)), "lambda", region, time.Now())
	}
	if err != nil {
		m.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		m.t.Fatal(err)
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		m.t.Fatalf("%s: %s: %v: %s", function, resp.Status, err, out)
	}
	return out
}
