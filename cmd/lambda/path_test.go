// Package lambda_test runs the functions as they are deployed: each its own
// process, built from this folder, on the interface that Lambda has.
package lambda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/accord/app"
	"example.com/accord/app/aslambda"
	"example.com/accord/app/local"
	"example.com/accord/config"
	"example.com/accord/jirasim"
	"example.com/accord/lambda/source"
	"example.com/accord/memory"
	"example.com/accord/runtimeapi"
)

const file = `
version: 1
public_url: $FRONT
state: state
sites:
  cloud: {kind: cloud, url: $CLOUD, user: admin@example.com, token: {env: TOKEN}, secret: {env: SECRET}}
  center: {kind: datacenter, url: $CENTER, token: {env: TOKEN}}
syncs:
  support:
    participants:
      - {name: support, site: cloud, project: SUP}
      - {name: dev, site: center, project: DEV}
    fields: {summary: newest, labels: , comments: }
    times: {turn_max: 2s, late: 4s}
`

// build builds the bootstrap of a function for this machine.
func build(t *testing.T, name, tags string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name, "bootstrap")
	cmd := exec.Command("go", "build", "-tags", tags, "-o", out, "./"+name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, b)
	}
	return out
}

// A stack is the functions, and what AWS is around them: the front that puts
// webhooks into the stream, and the mappings that call hear and turn.
type stack struct {
	t     *testing.T
	tags  string        // of the build
	limit time.Duration // of each event
	env   []string
	urls  map[string]string // of the two sites
	app   *app.App          // on the same state; it looks

	stream *source.Stream // of hear
	mail   source.Mailbox // of turn
	keep   time.Duration  // how often a message is hidden for longer

	waits  func(context.Context) (int, error) // events that are not done
	killed atomic.Int32                       // turns
}

// newStack returns a stack with two sites and no state.
func newStack(t *testing.T) (*stack, config.Config) {
	if runtime.GOOS != "linux" {
		t.Skipf("SKIPPED: functions run on Linux, and this is %s", runtime.GOOS)
	}
	stream, err := source.Open(t.Context(), memory.NewBlobs(), "inbox/")
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{t: t, urls: map[string]string{}, stream: stream}
	front := httptest.NewServer(aslambda.Front(stream, slog.New(slog.NewTextHandler(t.Output(), nil))))
	t.Cleanup(front.Close)
	for name, f := range map[string]jirasim.Flavour{"cloud": jirasim.Cloud, "center": jirasim.DataCenter} {
		sim := jirasim.New(jirasim.Options{Flavour: f, Lag: 200 * time.Millisecond, Unlimited: true, Retry: 100 * time.Millisecond})
		srv := httptest.NewServer(sim)
		t.Cleanup(func() { srv.Close(); sim.Close() })
		s.urls[name] = srv.URL
	}
	src := strings.NewReplacer("$FRONT", front.URL, "$CLOUD", s.urls["cloud"], "$CENTER", s.urls["center"]).Replace(file)
	c, faults := config.Parse(filepath.Join(t.TempDir(), "accord.yaml"), []byte(src))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TOKEN", "example")
	t.Setenv("SECRET", "hush")
	return s, c
}

// localStack returns a stack whose state is on this machine.
func localStack(t *testing.T) *stack {
	s, c := newStack(t)
	var err error
	if s.app, err = local.Open(t.Context(), c, app.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.app.Close() })
	s.register()
	s.tags, s.limit = "local,lambda.norpc", time.Minute
	if s.env, err = aslambda.Environment(c, s.app.Keys()); err != nil {
		t.Fatal(err)
	}
	s.waits = func(ctx context.Context) (int, error) {
		d, err := s.app.Gauge.Depth(ctx)
		return d.Live + d.Bulk + d.Busy, err
	}
	s.mail, s.keep = source.Outbox{Queue: s.app.Queue, Hide: 3 * time.Second}, time.Second
	return s
}

// register registers the webhooks.
func (s *stack) register() {
	s.t.Helper()
	for _, site := range s.app.Sites {
		if err := s.app.Register(s.t.Context(), site); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *stack) function(name string) *runtimeapi.Function {
	s.t.Helper()
	f := &runtimeapi.Function{Bootstrap: build(s.t, name, s.tags), Env: s.env, Timeout: s.limit, Memory: 512, Output: &output{t: s.t, name: name}}
	s.t.Cleanup(f.Close)
	return f
}

// run lets the mappings call hear and turn until ctx ends. Every third turn is
// killed within the time that one takes here.
func (s *stack) run(ctx context.Context) {
	hear, turn := s.function("hear"), s.function("turn")
	log := slog.New(slog.NewTextHandler(s.t.Output(), nil))
	batches := aslambda.HearCalled()
	batches.Window = 0 // people who wait for a test are less patient
	batches.Stream, batches.Call, batches.Lost, batches.Name, batches.Log = s.stream, s.caller(hear), memory.NewBlobs(), "hear", log
	call := s.caller(turn)
	var n atomic.Int32
	messages := &source.QueueMapping{Mail: s.mail, AtOnce: 2, Keep: s.keep, Name: "turn", Log: log, Call: func(ctx context.Context, in []byte) ([]byte, error) {
		if n.Add(1)%3 > 0 {
			return call(ctx, in)
		}
		ctx, cancel := context.WithTimeout(ctx, time.Duration(1+rand.IntN(8))*time.Millisecond)
		defer cancel()
		out, err := call(ctx, in)
		if err != nil {
			s.killed.Add(1)
		}
		return out, err
	}}
	var all sync.WaitGroup
	all.Go(func() { batches.Run(ctx) })
	all.Go(func() { messages.Run(ctx) })
	all.Wait()
}

// caller calls a function, and logs how long a start took.
func (s *stack) caller(f *runtimeapi.Function) source.Call {
	return func(ctx context.Context, in []byte) ([]byte, error) {
		r, err := f.Invoke(ctx, in)
		if r.Cold && err == nil {
			s.t.Logf("%s: start to first next %v, handled in %v, at most %d MB", filepath.Base(filepath.Dir(f.Bootstrap)), r.Init, r.Took, r.Peak)
		}
		return r.Payload, err
	}
}

func (s *stack) call(ctx context.Context, f *runtimeapi.Function, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	answer, err := s.caller(f)(ctx, b)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, out)
}

// An output logs what a function prints.
type output struct {
	t    *testing.T
	name string
}

func (o *output) Write(b []byte) (int, error) {
	fmt.Fprintf(o.t.Output(), "%s: %s", o.name, b)
	return len(b), nil
}

// ask calls a site's interface as a person.
func (s *stack) ask(method, site, path string, body any) (out map[string]any) {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.urls[site]+"/rest/api/2"+path, bytes.NewReader(b))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if site == "cloud" {
		r.SetBasicAuth("ada@example.com", "ada")
	} else {
		r.Header.Set("Authorization", "Bearer ada")
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode >= 300 {
		s.t.Fatalf("%s %s at %s: %d %s %v", method, path, site, got.StatusCode, text, err)
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &out); err != nil {
			s.t.Fatalf("%s: %v", text, err)
		}
	}
	return out
}
