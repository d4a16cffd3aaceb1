//go:build emu

package emu_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
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

var turns = flag.Int("turns", 45_000, "issues in memory in TestFirstSyncInVirtualTime")

var firsts = flag.Int("firsts", 2_000, "issues at the simulated sites of TestFirstSyncInVirtualTime")

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
// 15 minutes. A call of a site takes 150 ms. The issues are in memory, and fewer
// at simulated sites that have their rate limits, through the client of Jira: these
// take longer to find an issue the more there are.
func TestFirstSyncInVirtualTime(t *testing.T) {
	t.Run("in memory", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { firstSync(t, *turns, trackers(t, *turns)) })
	})
	t.Run("through the client of Jira", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { firstSync(t, *firsts, clients(t, *firsts)) })
	})
}

const takes = 150 * time.Millisecond

// trackers are two sites in memory, the first with n issues.
func trackers(t *testing.T, n int) app.Kind {
	at := map[issue.Participant]*memory.Tracker{"support": {Name: "support"}, "dev": {Name: "dev"}}
	for i := range n {
		at["support"].Create("ann", issue.Document{{Field: "type"}: issue.Scalar("Task"), {Field: "summary"}: issue.Scalar(fmt.Sprintf("issue %d", i))})
	}
	return func(_ jira.Site, projects []jira.Project, _ *slog.Logger) (app.Tracker, error) {
		out := app.Tracker{Connectors: map[issue.Participant]connector.Connector{}}
		for _, p := range projects {
			out.Connectors[p.Participant] = slow{at[p.Participant]}
		}
		return out, nil
	}
}

// A slow tracker takes its time.
type slow struct{ connector.Connector }

func (s slow) Read(ctx context.Context, ids ...string) iter.Seq2[issue.View, error] {
	time.Sleep(takes)
	return s.Connector.Read(ctx, ids...)
}

func (s slow) Find(ctx context.Context, link issue.Ref, since time.Time) (issue.View, error) {
	time.Sleep(takes)
	return s.Connector.Find(ctx, link, since)
}

func (s slow) Write(ctx context.Context, c issue.Change) (connector.Receipt, error) {
	time.Sleep(takes)
	return s.Connector.Write(ctx, c)
}

// clients are the client of Jira at two simulated sites, the first with n issues.
func clients(t *testing.T, n int) app.Kind {
	sites := map[string]direct{}
	for kind, n := range map[string]int{config.Cloud: n, config.DataCenter: 0} {
		sim := jirasim.New(jirasim.Options{Flavour: jirasim.Flavour(kind), Samples: n})
		t.Cleanup(sim.Close)
		sites[kind] = direct{sim}
	}
	return func(s jira.Site, projects []jira.Project, log *slog.Logger) (app.Tracker, error) {
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
}

func firstSync(t *testing.T, n int, open app.Kind) {
	const limit, workers = 15 * time.Minute, 2
	c, faults := config.Parse("accord.yaml", []byte(twoAt("http://cloud.example", "http://center.example")))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	queue := &sluice{Queue: memory.NewQueue()}
	a := app.New(c, app.State{Store: memory.NewStore(), Queue: queue, Gauge: queue}, app.Options{
		Kinds:  map[string]app.Kind{config.Cloud: open, config.DataCenter: open},
		Secret: func(config.Credential) (string, error) { return "example", nil },
	})
	if err := a.Connect(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if did, err := a.Syncs[0].Engine.Sweep(t.Context(), engine.SweepOptions{All: true}); err != nil || !did.Done || did.Sent < n {
		t.Fatalf("%+v, %v", did, err)
	}
	m := &meter{queue: queue, turn: a.Turn, limit: limit}
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { m.work(t) })
	}
	all.Wait()
	t.Logf("%d issues: %d calls in %v of virtual time, %d at a time; the longest took %v", n, m.calls, time.Since(began), workers, m.longest)
	m.check(t, a, n)
}

// A sluice lets what a sweep sends into a queue a hundred at a time: the queue in
// memory is slow to look through when much waits.
type sluice struct {
	*memory.Queue
	mu   sync.Mutex
	held []durable.Message
}

func (s *sluice) Send(ctx context.Context, ms ...durable.Message) error {
	if len(ms) == 0 || ms[0].Event.Cause != engine.Sweep {
		return s.Queue.Send(ctx, ms...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = append(s.held, ms...)
	return nil
}

// pour lets more in if little waits, and reports whether nothing is left.
func (s *sluice) pour(ctx context.Context) (done bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.Depth(ctx)
	if n := min(100, len(s.held)); err == nil && n > 0 && d.Bulk < 300 {
		more := s.held[:n]
		s.held = s.held[n:]
		return false, s.Queue.Send(ctx, more...)
	}
	return len(s.held) == 0 && d.Live+d.Bulk+d.Busy == 0, err
}

// A meter calls turn as the event source does, and remembers how long that took.
type meter struct {
	queue *sluice
	turn  durable.Handler
	limit time.Duration

	mu      sync.Mutex
	calls   int
	longest time.Duration
}

// work handles what waits until nothing does.
func (m *meter) work(t *testing.T) {
	for {
		done, err := m.queue.pour(t.Context())
		if done {
			return
		}
		wait, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		ms, failed := m.queue.Receive(wait, 1, m.limit)
		cancel()
		if err := errors.Join(err, failed); err != nil {
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
	time.Sleep(time.Duration(calls.Load()) * takes)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	m.longest = max(m.longest, time.Since(began))
}

// check finds every issue linked with one at the other side, and nothing given up.
func (m *meter) check(t *testing.T, a *app.App, issues int) {
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
	if n != issues || err != nil || len(dead) > 0 {
		t.Errorf("%d links of %d issues; dead: %+v, %v", n, issues, dead, err)
	}
	if m.longest > m.limit-turn.Slack {
		t.Errorf("a call took %v", m.longest)
	}
}
