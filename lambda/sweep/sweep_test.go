package sweep_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/connector"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/lambda/sweep"
	"example.com/accord/memory"
	"example.com/accord/plan"
)

var errBroken = errors.New("broken")

// script answers for each sync what is next in its list, the last for ever.
type script map[string][]answer

type answer struct {
	did engine.Swept
	err error
}

func (s script) sweep(_ context.Context, sync string, _ engine.SweepOptions) (engine.Swept, error) {
	a := s[sync][0]
	if len(s[sync]) > 1 {
		s[sync] = s[sync][1:]
	}
	return a.did, a.err
}

var (
	more = answer{did: engine.Swept{Pages: 2, Issues: 5, Sent: 3}}
	done = answer{did: engine.Swept{Done: true, Pages: 1, Issues: 1}}
	fail = answer{err: fmt.Errorf("sweep a: %w", errBroken)}
	busy = answer{err: fmt.Errorf("sweep a: %w", &connector.Busy{For: 1500 * time.Millisecond, Why: "429"})}
)

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		script script
		want   sweep.Answer
		fails  bool
	}{
		"all done":         {"nothing is left", script{"one": {done}, "two": {done}}, sweep.Answer{Done: true, Wait: 1, Pages: 2, Issues: 2}, false},
		"one has more":     {"it is called again", script{"one": {more}, "two": {done}}, sweep.Answer{Wait: 1, Left: []string{"one"}, Pages: 3, Issues: 6, Sent: 3}, false},
		"busy":             {"the site says how long, in whole seconds", script{"one": {busy}, "two": {done}}, sweep.Answer{Wait: 2, Left: []string{"one"}, Pages: 1, Issues: 1}, false},
		"only failures":    {"calling again at once helps nobody", script{"one": {fail}, "two": {done}}, sweep.Answer{Wait: 1, Left: []string{"one"}, Pages: 1, Issues: 1}, true},
		"failure and more": {"the others go on", script{"one": {fail}, "two": {more}}, sweep.Answer{Wait: 1, Left: []string{"one", "two"}, Pages: 2, Issues: 5, Sent: 3}, false},
		"failure and busy": {"the busy one is to be tried", script{"one": {fail}, "two": {busy}}, sweep.Answer{Wait: 2, Left: []string{"one", "two"}}, false},
	} {
		for _, all := range []bool{false, true} {
			h := &sweep.Handler{Sweep: c.script.sweep, Syncs: []string{"one", "two"}, All: all, Store: memory.NewStore(), Log: slog.New(slog.DiscardHandler)}
			got, err := h.Handle(t.Context())
			if diff := cmp.Diff(c.want, got); diff != "" || (err != nil) != c.fails {
				t.Errorf("%s, all %v: %v: %s (-want +got):\n%s", name, all, err, c.reason, diff)
			}
		}
	}
}

// TestBackfillRemembers: a sync that is done is not begun again while the others
// go on, also by another process; and a new backfill begins with all.
func TestBackfillRemembers(t *testing.T) {
	store := memory.NewStore()
	s := script{"one": {done, fail}, "two": {more, busy, done}}
	syncs := []string{"one", "two"}
	call := func() sweep.Answer {
		h := &sweep.Handler{Sweep: s.sweep, Syncs: syncs, All: true, Store: store, Log: slog.New(slog.DiscardHandler)}
		a, err := h.Handle(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for i, left := range [][]string{{"two"}, {"two"}, nil} {
		if got := call(); cmp.Diff(left, got.Left) != "" || got.Done != (left == nil) {
			t.Errorf("call %d leaves %v (%v), want %v", i, got.Left, got.Done, left)
		}
	}
	if st, err := store.State(t.Context(), "backfill"); err != nil || st.Value != nil {
		t.Errorf("a backfill that is done is remembered: %s, %v", st.Value, err)
	}
	s["one"], s["two"] = []answer{more}, []answer{more}
	if got := call(); len(got.Left) != 2 {
		t.Errorf("a new one begins with %v", got.Left)
	}
	if syncs = []string{"two"}; len(call().Left) != 1 {
		t.Error("a sync that is no longer in the configuration is still left")
	}
}

func TestStoreThatDoesNotAnswer(t *testing.T) {
	for _, op := range []string{"state", "setstate"} {
		store := memory.NewStore()
		store.Fault = func(at string) error {
			if at == op {
				return errBroken
			}
			return nil
		}
		h := &sweep.Handler{Sweep: script{"one": {more}}.sweep, Syncs: []string{"one"}, All: true, Store: store, Log: slog.New(slog.DiscardHandler)}
		if _, err := h.Handle(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", op, err)
		}
	}
}

// TestTimeLimit: a site of 40 pages, each of which takes 7 s, under a limit of a
// minute: every call ends in time, and together they meet each issue once.
func TestTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, store := memory.NewQueue(), memory.NewStore()
		at := &memory.Tracker{Name: "a", Habits: memory.Habits{Page: 1}, Call: func(string) memory.Fate { return memory.Fate{Wait: 7 * time.Second} }}
		for range 40 {
			at.Create("Ann", issue.Document{{Field: "summary"}: issue.Scalar("x")})
		}
		e := &engine.Engine{Sync: "s", Rules: plan.Rules{Order: []issue.Participant{"a"}}, Connectors: map[issue.Participant]connector.Connector{"a": at},
			Store: store, Queue: q, Log: slog.New(slog.DiscardHandler)}
		h := &sweep.Handler{All: true, Syncs: []string{"s"}, Store: store, Log: slog.New(slog.DiscardHandler),
			Sweep: func(ctx context.Context, _ string, o engine.SweepOptions) (engine.Swept, error) {
				return e.Sweep(ctx, o)
			}}
		calls, sent := 0, 0
		for got := (sweep.Answer{}); !got.Done; calls++ {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			began := time.Now()
			var err error
			if got, err = h.Handle(ctx); err != nil || ctx.Err() != nil || calls > 20 {
				t.Fatalf("call %d ends after %v: %v", calls, time.Since(began), err)
			}
			sent += got.Sent
			cancel()
		}
		d, err := q.Depth(t.Context())
		if err != nil || d.Bulk != 40 || sent != 40 || calls < 6 {
			t.Errorf("%d wait, %d were sent in %d calls: %v", d.Bulk, sent, calls, err)
		}
	})
}
