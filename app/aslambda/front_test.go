package aslambda_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/app/aslambda"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/lambda/source"
	"example.com/accord/memory"
)

// A gate is a front and the stream behind it.
type gate struct {
	t      *testing.T
	stream *source.Stream
	front  http.Handler
}

func newGate(t *testing.T, blobs durable.Blobs) *gate {
	t.Helper()
	s, err := source.Open(t.Context(), blobs, "inbox/")
	if err != nil {
		t.Fatal(err)
	}
	return &gate{t, s, aslambda.Front(s, slog.New(slog.DiscardHandler))}
}

func (g *gate) post(path string, head map[string]string, body []byte) *httptest.ResponseRecorder {
	g.t.Helper()
	r := httptest.NewRequestWithContext(g.t.Context(), "POST", path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	for name, value := range head {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	g.front.ServeHTTP(w, r)
	return w
}

// records are those in the stream, as hear reads them.
func (g *gate) records() (out []aws.Record) {
	g.t.Helper()
	rs, _, err := g.stream.Read(g.t.Context(), 100)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, r := range rs {
		rec, err := aws.ReadRecord(r.Data)
		if err != nil {
			g.t.Fatal(err)
		}
		if rec.ID == "" || time.Since(rec.At) > time.Minute {
			g.t.Errorf("%+v", rec)
		}
		rec.ID, rec.At = "", time.Time{}
		out = append(out, rec)
	}
	return out
}

func sign(body []byte) string {
	m := hmac.New(sha256.New, []byte("hush"))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// TestRecords: what hear reads is what was sent, to the byte.
func TestRecords(t *testing.T) {
	g := newGate(t, memory.NewBlobs())
	bodies := []string{"", "{}", `{"a":"\"quoted\" \\ it's"}`, "emoji \U0001F600 ü", "invalid \xff\xfe UTF-8", strings.Repeat("x", 737_280)}
	var want []aws.Record
	for _, body := range bodies {
		head := map[string]string{
			"X-Hub-Signature": sign([]byte(body)), "Authorization": "JWT x.y.z", "X-Atlassian-Webhook-Identifier": "id-1",
			"X-Atlassian-Webhook-Retry": "2", "X-Atlassian-Webhook-Flow": "Primary",
		}
		if w := g.post("/hooks/acme/k3y?v=1", head, []byte(body)); w.Code != 200 {
			t.Errorf("%.40q: %d %s", body, w.Code, w.Body)
		}
		want = append(want, aws.Record{
			Site: "acme", Key: "k3y", Version: "1", Signature: sign([]byte(body)), Authorization: "JWT x.y.z",
			Webhook: aws.Webhook{Identifier: "id-1", Retry: "2", Flow: "Primary"}, Body: []byte(body),
		})
	}
	if d := cmp.Diff(want, g.records()); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
}

// TestRecordsLoseWhatTheMappingLoses: apostrophes, and what has no value.
func TestRecordsLoseWhatTheMappingLoses(t *testing.T) {
	g := newGate(t, memory.NewBlobs())
	if w := g.post("/hooks/o'site/it's", map[string]string{"X-Hub-Signature": "o'h", "Content-Type": ""}, nil); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if d := cmp.Diff([]aws.Record{{Site: "osite", Key: "its", Signature: "oh", Body: []byte{}}}, g.records()); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
}

// TestSizes: a body that does not fit into a record stays behind, and one that
// does not fit through the gateway is final.
func TestSizes(t *testing.T) {
	g := newGate(t, memory.NewBlobs())
	for size, want := range map[int]int{737_281: 200, 10 << 20: 200, 10<<20 + 1: 413} {
		if w := g.post("/hooks/acme/k3y?v=1", nil, make([]byte, size)); w.Code != want {
			t.Errorf("%d bytes: %d, want %d", size, w.Code, want)
		}
	}
	big := aws.Record{Site: "acme", Key: "k3y", Version: "1", TooBig: true}
	if d := cmp.Diff([]aws.Record{big, big}, g.records()); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
}

func TestContentTypes(t *testing.T) {
	g := newGate(t, memory.NewBlobs())
	for kind, want := range map[string]int{
		"application/json": 200, "text/plain;charset=utf-8": 200, "application/x-www-form-urlencoded": 200, "application/octet-stream": 200,
		"application/xml": 415, "text/html": 415, ";": 415,
	} {
		if w := g.post("/hooks/acme/k3y?v=1", map[string]string{"Content-Type": kind}, []byte("{}")); w.Code != want {
			t.Errorf("%s: %d, want %d", kind, w.Code, want)
		}
	}
	r := httptest.NewRecorder()
	g.front.ServeHTTP(r, httptest.NewRequest("GET", "/hooks/acme/k3y", nil))
	if r.Code != 405 {
		t.Errorf("GET: %d", r.Code)
	}
}

// A full disk takes nothing.
type full struct{ *memory.Blobs }

func (full) Put(context.Context, string, io.Reader) error { return io.ErrShortWrite }

// TestNotStored: whoever delivers what is not on the disk is asked to come again.
func TestNotStored(t *testing.T) {
	g := newGate(t, full{memory.NewBlobs()})
	w := g.post("/hooks/acme/k3y?v=1", nil, []byte("{}"))
	if w.Code != 503 || w.Header().Get("Retry-After") != "30" || strings.TrimSpace(w.Body.String()) != `{"heard":false}` {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
