// Package lambda_test runs the functions as they are deployed: each its own
// process, built from this folder, on the interface that Lambda has.
package lambda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/app"
	"example.com/accord/app/local"
	"example.com/accord/config"
	"example.com/accord/jirasim"
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
// webhooks into the stream, and the pollers.
type stack struct {
	t     *testing.T
	tags  string        // of the build
	limit time.Duration // of each event
	env   []string
	urls  map[string]string // of the two sites
	app   *app.App          // on the same state; it looks
	front *httptest.Server

	receive func(context.Context) ([]events.SQSMessage, error) // hides them for some seconds
	remove  func(context.Context, events.SQSMessage) error     // nil: turn itself has
	waits   func(context.Context) (int, error)                 // events that are not done

	mu     sync.Mutex
	stream []events.KinesisEventRecord
	puts   int

	killed atomic.Int32 // turns
}

// newStack returns a stack with two sites and no state.
func newStack(t *testing.T) (*stack, config.Config) {
	if runtime.GOOS != "linux" {
		t.Skipf("SKIPPED: functions run on Linux, and this is %s", runtime.GOOS)
	}
	s := &stack{t: t, urls: map[string]string{}}
	s.front = httptest.NewServer(http.HandlerFunc(s.put))
	t.Cleanup(s.front.Close)
	for name, f := range map[string]jirasim.Flavour{"cloud": jirasim.Cloud, "center": jirasim.DataCenter} {
		sim := jirasim.New(jirasim.Options{Flavour: f, Lag: 200 * time.Millisecond, Unlimited: true, Retry: 100 * time.Millisecond})
		srv := httptest.NewServer(sim)
		t.Cleanup(func() { srv.Close(); sim.Close() })
		s.urls[name] = srv.URL
	}
	src := strings.NewReplacer("$FRONT", s.front.URL, "$CLOUD", s.urls["cloud"], "$CENTER", s.urls["center"]).Replace(file)
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
	compiled, name, err := c.Compile()
	name = filepath.Join(filepath.Dir(c.State), name)
	if err == nil {
		err = os.WriteFile(name, compiled, 0o600)
	}
	if err == nil {
		s.app, err = local.Open(t.Context(), c, app.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.app.Close() })
	s.tags, s.limit = "local,lambda.norpc", time.Minute
	s.env = []string{"TOKEN=example", "SECRET=hush", "ACCORD_STATE=" + c.State, "ACCORD_CONFIG=" + name, "ACCORD_SITE_KEYS=KEYS", "KEYS=" + s.keys()}
	s.waits = func(ctx context.Context) (int, error) {
		d, err := s.app.Gauge.Depth(ctx)
		return d.Live + d.Bulk + d.Busy, err
	}
	s.receive = func(ctx context.Context) (out []events.SQSMessage, err error) {
		ms, err := s.app.Queue.Receive(ctx, 1, 3*time.Second)
		for _, m := range ms {
			body, err := json.Marshal(m)
			if err != nil {
				return nil, err
			}
			out = append(out, events.SQSMessage{MessageId: m.ID, Body: string(body)})
		}
		return out, err
	}
	return s
}

// keys registers the webhooks, and returns the path keys.
func (s *stack) keys() string {
	s.t.Helper()
	keys := map[string]string{}
	for _, site := range s.app.Sites {
		if err := s.app.Register(s.t.Context(), site); err != nil {
			s.t.Fatal(err)
		}
		u, err := url.Parse(s.app.HookURL(site))
		if err != nil {
			s.t.Fatal(err)
		}
		keys[site.Name] = filepath.Base(u.Path)
	}
	b, err := json.Marshal(keys)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

func (s *stack) function(name string) *runtimeapi.Function {
	s.t.Helper()
	f := &runtimeapi.Function{Bootstrap: build(s.t, name, s.tags), Env: s.env, Timeout: s.limit, Memory: 512, Output: &output{t: s.t, name: name}}
	s.t.Cleanup(f.Close)
	return f
}

// put is what API Gateway's mapping does with a delivery.
func (s *stack) put(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	part := strings.Split(r.URL.Path, "/") // "", hooks, site, key
	if err != nil || len(part) != 4 {
		http.Error(w, "no", http.StatusServiceUnavailable)
		return
	}
	at := time.Now()
	data, err := json.Marshal(map[string]any{"site": part[2], "key": part[3], "v": r.URL.Query().Get("v"), "id": "r", "at": at.UnixMilli(), "body": body,
		"signature": r.Header.Get("X-Hub-Signature"), "webhook": map[string]string{"identifier": r.Header.Get("X-Atlassian-Webhook-Identifier")}})
	if err != nil {
		http.Error(w, "no", http.StatusServiceUnavailable)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts++
	s.stream = append(s.stream, events.KinesisEventRecord{Kinesis: events.KinesisRecord{
		Data: data, SequenceNumber: fmt.Sprintf("%020d", s.puts), ApproximateArrivalTimestamp: events.SecondsEpochTime{Time: at},
	}})
}

// listen calls hear with what is in the stream until ctx ends.
func (s *stack) listen(ctx context.Context, f *runtimeapi.Function) {
	for ctx.Err() == nil {
		s.mu.Lock()
		batch := s.stream[:min(len(s.stream), 500)]
		s.mu.Unlock()
		if len(batch) == 0 {
			time.Sleep(20 * time.Millisecond) // as the poller of a stream does
			continue
		}
		var out events.KinesisEventResponse
		done := 0
		if err := s.call(ctx, f, events.KinesisEvent{Records: batch}, &out); err == nil {
			for done < len(batch) && (len(out.BatchItemFailures) == 0 || batch[done].Kinesis.SequenceNumber != out.BatchItemFailures[0].ItemIdentifier) {
				done++
			}
		}
		s.mu.Lock()
		s.stream = s.stream[done:]
		s.mu.Unlock()
	}
}

// work calls turn with what waits in the queue until ctx ends. Every third call
// is killed within the time that a turn takes here.
func (s *stack) work(ctx context.Context, f *runtimeapi.Function) {
	for n := 1; ctx.Err() == nil; n++ {
		ms, err := s.receive(ctx)
		if err != nil || len(ms) == 0 {
			continue
		}
		limit := time.Minute
		if n%3 == 0 {
			limit = time.Duration(1+rand.IntN(8)) * time.Millisecond
		}
		once, cancel := context.WithTimeout(ctx, limit)
		var out events.SQSEventResponse
		err = s.call(once, f, events.SQSEvent{Records: ms}, &out)
		cancel()
		switch {
		case ctx.Err() != nil:
		case err != nil: // the event comes again when it is no longer hidden
			s.killed.Add(1)
		case s.remove != nil && len(out.BatchItemFailures) == 0:
			if err := s.remove(ctx, ms[0]); err != nil && ctx.Err() == nil {
				s.t.Error(err)
			}
		}
	}
}

func (s *stack) call(ctx context.Context, f *runtimeapi.Function, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := f.Invoke(ctx, b)
	if err != nil {
		return err
	}
	if r.Cold {
		s.t.Logf("%s: start to first next %v, handled in %v", filepath.Base(filepath.Dir(f.Bootstrap)), r.Init, r.Took)
	}
	return json.Unmarshal(r.Payload, out)
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
