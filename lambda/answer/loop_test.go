package answer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/lambda/answer"
)

// A runtime is Lambda's side: it gives its calls, one after the other, and then
// ends the loop with a status that no runtime API has.
type runtime struct {
	calls    []string
	answers  []string // "id/response body"
	statuses map[string]int
	closes   bool // each connection after its answer
	deadline time.Time
}

func (rt *runtime) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rt.closes {
		w.Header().Set("Connection", "close")
	}
	const root = "/2018-06-01/runtime/invocation/"
	body, _ := io.ReadAll(r.Body) // one that breaks off is not what the test wants
	path, ok := strings.CutPrefix(r.URL.Path, root)
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == "GET" && path == "next" && len(rt.calls) == 0:
		w.WriteHeader(http.StatusTeapot)
	case r.Method == "GET" && path == "next":
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprint("id", len(rt.calls)))
		w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(rt.deadline.UnixMilli()))
		text := rt.calls[0]
		rt.calls = rt.calls[1:]
		io.WriteString(w, text[:len(text)/2]) // in pieces
		w.(http.Flusher).Flush()
		io.WriteString(w, text[len(text)/2:])
	case r.Method == "POST":
		rt.answers = append(rt.answers, path+" "+string(body))
		w.WriteHeader(rt.statuses[path])
	}
}

// loop runs a loop over the calls until they are over, and returns its error.
func (rt *runtime) loop(t *testing.T, handle func(context.Context, []byte) ([]byte, error)) error {
	t.Helper()
	if rt.statuses == nil {
		rt.statuses = map[string]int{}
	}
	for i := range len(rt.calls) + 1 {
		for _, kind := range []string{"/response", "/error"} {
			if name := fmt.Sprint("id", i, kind); rt.statuses[name] == 0 {
				rt.statuses[name] = http.StatusAccepted
			}
		}
	}
	if rt.deadline.IsZero() {
		rt.deadline = time.Now().Add(time.Minute)
	}
	s := httptest.NewServer(rt)
	defer s.Close()
	return answer.Loop(t.Context(), strings.TrimPrefix(s.URL, "http://"), handle)
}

func shout(_ context.Context, in []byte) ([]byte, error) { return bytes.ToUpper(in), nil }

func TestLoopAnswersEachCall(t *testing.T) {
	for _, closes := range []bool{false, true} {
		rt := &runtime{calls: []string{"a", "", strings.Repeat("b", 3<<20)}, closes: closes}
		if err := rt.loop(t, shout); err == nil || !strings.Contains(err.Error(), "status 418") {
			t.Errorf("%v", err)
		}
		want := []string{"id3/response A", "id2/response ", "id1/response " + strings.Repeat("B", 3<<20)}
		if diff := cmp.Diff(want, rt.answers); diff != "" {
			t.Errorf("connections close: %v\n%.1000s", closes, diff)
		}
	}
}

// TestLoopGoesOn past what fails, what panics, and an answer that came too late.
func TestLoopGoesOn(t *testing.T) {
	rt := &runtime{calls: []string{"fails", "panics", "late", "good"}, statuses: map[string]int{"id2/response": http.StatusForbidden}}
	err := rt.loop(t, func(ctx context.Context, in []byte) ([]byte, error) {
		switch string(in) {
		case "fails":
			return nil, errBroken
		case "panics":
			panic("oops")
		}
		return shout(ctx, in)
	})
	if err == nil || !strings.Contains(err.Error(), "status 418") {
		t.Errorf("%v", err)
	}
	var said []string
	for _, a := range rt.answers {
		path, body, _ := strings.Cut(a, " ")
		var f struct{ ErrorType, ErrorMessage string }
		if strings.HasSuffix(path, "/error") {
			if err := json.Unmarshal([]byte(body), &f); err != nil || f.ErrorType == "" {
				t.Errorf("%s: %v", body, err)
			}
			body = f.ErrorMessage
		}
		said = append(said, path+" "+body)
	}
	if diff := cmp.Diff([]string{"id4/error broken", "id3/error panic: oops", "id2/response LATE", "id1/response GOOD"}, said); diff != "" {
		t.Error(diff)
	}
}

// TestLoopTellsTheDeadline.
func TestLoopTellsTheDeadline(t *testing.T) {
	at := time.UnixMilli(time.Now().UnixMilli()).Add(3 * time.Second)
	rt := &runtime{calls: []string{"a"}, deadline: at}
	rt.loop(t, func(ctx context.Context, _ []byte) ([]byte, error) {
		if got, ok := ctx.Deadline(); !ok || !got.Equal(at) {
			t.Errorf("the deadline is %v, want %v", got, at)
		}
		return nil, nil
	})
	if len(rt.answers) != 1 {
		t.Errorf("answers: %q", rt.answers)
	}
}

// TestLoopEnds where nobody is who calls, or who is cannot take an answer.
func TestLoopEnds(t *testing.T) {
	rt := &runtime{calls: []string{"a", "b"}, statuses: map[string]int{"id2/response": 500}}
	if err := rt.loop(t, shout); err == nil || !strings.Contains(err.Error(), "answer call id2: status 500") {
		t.Errorf("%v", err)
	}
	if err := answer.Loop(t.Context(), "127.0.0.1:1", shout); err == nil || !strings.Contains(err.Error(), "ask for a call") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := answer.Loop(ctx, "127.0.0.1:1", shout); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
