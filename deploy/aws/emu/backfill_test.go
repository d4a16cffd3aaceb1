//go:build emu

package emu_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/accord/app"
	"example.com/accord/app/local"
	"example.com/accord/config"
	"example.com/accord/jirasim"
	"example.com/accord/lambda/sweep"
	"example.com/accord/runtimeapi"
)

var issues = flag.Int("issues", 45_000, "in the project of TestBackfill")

// twoAt is a sync of little between two sites.
func twoAt(cloud, center string) string {
	return strings.NewReplacer("$CLOUD", cloud, "$CENTER", center).Replace(`
version: 1
public_url: http://127.0.0.1:1
state: state
sites:
  cloud: {kind: cloud, url: $CLOUD, user: admin@example.com, token: {env: TOKEN}}
  center: {kind: datacenter, url: $CENTER, token: {env: TOKEN}}
syncs:
  support:
    participants:
      - {name: support, site: cloud, project: SUP}
      - {name: dev, site: center, project: DEV}
    fields:
      type: {words: {Bug: , Task: , Story: {dev: Task}, Epic: {dev: Task}, Subtask: {dev: Task}}}
      summary: newest
      labels:
      comments:
`)
}

// bootstrap builds a function that stands on this machine's disk.
func bootstrap(t *testing.T, name string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "bootstrap")
	c := exec.CommandContext(t.Context(), "go", "build", "-tags", "local,lambda.norpc", "-o", out, "../../../cmd/lambda/"+name)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if b, err := c.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, b)
	}
	return out
}

// TestBackfill has the state machine, on aws-local-stepfunctions 3.0.0, queue
// every issue of a large project for its first sync. The function has 20 s each
// time, of which it keeps 10 to store its place.
func TestBackfill(t *testing.T) {
	began := time.Now()
	urls := map[jirasim.Flavour]string{}
	for f, n := range map[jirasim.Flavour]int{jirasim.Cloud: *issues, jirasim.DataCenter: 0} {
		sim := jirasim.New(jirasim.Options{Flavour: f, Samples: n, Unlimited: true})
		srv := httptest.NewServer(sim)
		t.Cleanup(func() { srv.Close(); sim.Close() })
		urls[f] = srv.URL
	}
	c, faults := config.Parse(filepath.Join(t.TempDir(), "accord.yaml"), []byte(twoAt(urls[jirasim.Cloud], urls[jirasim.DataCenter])))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	compiled, name, err := c.Compile()
	name = filepath.Join(filepath.Dir(c.State), name)
	if err == nil {
		err = os.WriteFile(name, compiled, 0o600)
	}
	t.Setenv("TOKEN", "example")
	var a *app.App
	if err == nil {
		a, err = local.OpenState(t.Context(), c, app.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	t.Logf("%d issues made in %.1f s", *issues, time.Since(began).Seconds())

	f := &counted{Function: runtimeapi.Function{Bootstrap: bootstrap(t, "backfill"), Timeout: 20 * time.Second, Memory: 256, Output: t.Output(),
		Env: []string{"TOKEN=example", "ACCORD_STATE=" + c.State, "ACCORD_CONFIG=" + name}}}
	t.Cleanup(f.Close)
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	began = time.Now()
	out, err := exec.CommandContext(ctx, tool(t, "node"), "backfill.mjs", tool(t, "npm"), "../loop.asl.json", "backfill", srv.URL).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Ends, Due, Told []string
		Holder          *string
		Most, Calls     int
		Steps           []int // transitions of each execution
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d issues in %.1f s: %d calls of at most %.1f s, %v transitions", *issues, time.Since(began).Seconds(), got.Calls, f.longest.Seconds(), got.Steps)
	for _, end := range got.Due {
		if end != "SUCCEEDED in Skip" {
			t.Errorf("a schedule that was due meanwhile: %s", end)
		}
	}
	if last := got.Ends[len(got.Ends)-1]; last != "SUCCEEDED in Finished" || got.Holder != nil || got.Most != 1 || len(got.Told) > 0 {
		t.Errorf("%+v", got)
	}
	f.check(t, got.Calls)
	if d, err := a.Gauge.Depth(t.Context()); err != nil || d.Bulk != *issues {
		t.Errorf("%+v waits: %v", d, err)
	}
}

// A counted function is called by HTTP, and remembers how it went.
type counted struct {
	runtimeapi.Function
	mu      sync.Mutex
	longest time.Duration
	answers []sweep.Answer
}

func (f *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in, err := io.ReadAll(r.Body)
	var res runtimeapi.Result
	if err == nil {
		res, err = f.Invoke(r.Context(), in)
	}
	var a sweep.Answer
	if err == nil {
		err = json.Unmarshal(res.Payload, &a)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	f.mu.Lock()
	f.longest = max(f.longest, res.Took)
	f.answers = append(f.answers, a)
	f.mu.Unlock()
	w.Write(res.Payload) // whoever does not read it calls again
}

// check holds what the calls said against each other: each but the last went on
// where the one before had stopped.
func (f *counted) check(t *testing.T, calls int) {
	t.Helper()
	met, sent := 0, 0
	for _, a := range f.answers {
		met, sent = met+a.Issues, sent+a.Sent
	}
	if len(f.answers) != calls || met < *issues || sent < *issues { // one may stand on two pages
		t.Errorf("%d calls have met %d and queued %d issues: %+v", len(f.answers), met, sent, f.answers)
	}
	if done := slices.IndexFunc(f.answers, func(a sweep.Answer) bool { return a.Done }); done != len(f.answers)-1 {
		t.Errorf("call %d of %d says that it is done", done+1, len(f.answers))
	}
}
