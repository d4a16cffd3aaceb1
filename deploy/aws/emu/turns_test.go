//go:build emu

package emu_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	jirahook "example.com/accord/connector/jira/hook"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/lambda/turn"
	"example.com/accord/memory"
)

var firsts = flag.Int("firsts", 2_000, "issues in TestFirstSyncInVirtualTime; 45000 takes long")

// A direct transport lets a simulated site answer in this process and at once,
// so that time may be virtual. It counts the calls of the turn that it is for.
type direct struct{ http.Handler }

// asked is the key of that count.
type asked struct{}

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	if n, ok := r.Context().Value(asked{}).(*atomic.Int32); ok {
		n.Add(1)
	}
	q := r.Clone(context.WithoutCancel(r.Context()))
	q.Body = io.NopCloser(bytes.NewReader(body))
	w := httptest.NewRecorder()
	d.ServeHTTP(w, q)
	resp := w.Result()
	resp.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	resp.Request = r
	return resp, nil
}

// TestFirstSyncInVirtualTime hands every issue of a project to the function
// turn, two at a time as the template's bulk lane has it, each with a limit of
// 15 minutes. The sites have their rate limits. A call of them is answered at
// once, and its 150 ms pass when the turn is over.
func TestFirstSyncInVirtualTime(t *testing.T) { synctest.Test(t, firstSync) }

func firstSync(t *testing.T) {
	const limit, workers, takes = 15 * time.Minute, 2, 150 * time.Millisecond
	sites := map[string]direct{}
	for kind, n := range map[string]int{config.Cloud: *firsts, config.DataCenter: 0} {
		sim := jirasim.New(jirasim.Options{Flavour: jirasim.Flavour(kind), Samples: n})
		defer sim.Close()
		sites[kind] = direct{sim}
	}
	open := func(s jira.Site, projects []jira.Project, log *slog.Logger) (app.Tracker, error) {
		c, err := jira.Open(s, jira.Options{Log: log, HTTP: &http.Client{Transport: sites[string(s.Flavour)]}})
		if err != nil {
			return app.Tracker{}, err
		}
		out := app.Tracker{Hooks: c, Events: jira.NewEvents(s, log, projects...), Version: jirahook.Newest, Connectors: map[issue.Participant]connector.Connector{}}
		for _, p := range projects {
			out.Connectors[p.Participant] = c.Participant(p)
		}
		return out, nil
	}
	c, faults := config.Parse("accord.yaml", []byte(twoAt("http://cloud.example", "http://center.example")))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	queue := memory.NewQueue()
	a := app.New(c, app.State{Store: memory.NewStore(), Queue: queue, Gauge: queue}, app.Options{
		Kinds:  map[string]app.Kind{config.Cloud: open, config.DataCenter: open},
		Secret: func(config.Credential) (string, error) { return "example", nil },
	})
	if err := a.Connect(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if did, err := a.Syncs[0].Engine.Sweep(t.Context(), engine.SweepOptions{All: true}); err != nil || !did.Done || did.Sent < *firsts {
		t.Fatalf("%+v, %v", did, err)
	}
	m := &meter{queue: queue, turn: a.Turn, limit: limit, takes: takes}
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { m.work(t) })
	}
	all.Wait()
	t.Logf("%d issues: %d calls in %v of virtual time, %d at a time; the longest took %v", *firsts, m.calls, time.Since(began), workers, m.longest)
	m.check(t, a)
}

// A meter calls turn as the event source does, and remembers how long that took.
type meter struct {
	queue *memory.Queue
	turn  durable.Handler
	limit time.Duration
	takes time.Duration // a call of a site

	mu      sync.Mutex
	calls   int
	longest time.Duration
}

// work handles what waits until nothing does.
func (m *meter) work(t *testing.T) {
	for {
		if d, err := m.queue.Depth(t.Context()); err != nil || d.Live+d.Bulk+d.Busy == 0 {
			return
		}
		wait, cancel := context.WithTimeout(t.Context(), time.Minute)
		ms, err := m.queue.Receive(wait, 1, m.limit)
		cancel()
		if err != nil {
			t.Error(err)
			return
		}
		for _, taken := range ms {
			m.call(t, taken)
		}
	}
}

func (m *meter) call(t *testing.T, taken durable.Message) {
	h := &turn.Handler{Turn: m.turn, Queue: m.queue, Log: slog.New(slog.DiscardHandler), Take: func(context.Context, events.SQSMessage) (durable.Message, bool, error) {
		return taken, true, nil
	}}
	ctx, cancel := context.WithTimeout(t.Context(), m.limit)
	defer cancel()
	began, calls := time.Now(), new(atomic.Int32)
	ctx = context.WithValue(ctx, asked{}, calls)
	out, err := h.Handle(ctx, events.SQSEvent{Records: []events.SQSMessage{{MessageId: taken.ID}}})
	if err != nil || len(out.BatchItemFailures) > 0 || ctx.Err() != nil {
		t.Errorf("%s: %+v, %v, %v", taken.Event.Ref, out, err, ctx.Err())
	}
	time.Sleep(time.Duration(calls.Load()) * m.takes)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	m.longest = max(m.longest, time.Since(began))
}

// check finds every issue linked with one at the other side, and nothing given up.
func (m *meter) check(t *testing.T, a *app.App) {
	n := 0
	for l, err := range a.Store.Links(t.Context(), durable.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; l.Sides["support"].Ref.ID == "" || l.Sides["dev"].Ref.ID == "" || len(l.Held) > 0 {
			t.Errorf("%s: %+v", l.ID, l.Sides)
		}
	}
	dead, err := m.queue.Dead(t.Context(), 1)
	if n != *firsts || err != nil || len(dead) > 0 {
		t.Errorf("%d links of %d issues; dead: %+v, %v", n, *firsts, dead, err)
	}
	if m.longest > m.limit-turn.Slack {
		t.Errorf("a call took %v", m.longest)
	}
}
