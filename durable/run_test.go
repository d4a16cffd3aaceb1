package durable_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/memory"
)

var errBroken = errors.New("broken")

func event(id string) issue.Event {
	return issue.Event{Ref: issue.Ref{Participant: "acme", ID: id}, Cause: "webhook", At: time.Now()}
}

func send(t *testing.T, q durable.Queue, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := q.Send(t.Context(), durable.Message{Event: event(id), Lane: durable.Live}); err != nil {
			t.Fatal(err)
		}
	}
}

// start runs h on q; the function it returns stops that and returns what Run returned.
func start(t *testing.T, q durable.Queue, o durable.RunOptions, h durable.Handler) (stop func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- durable.Run(ctx, q, o, h) }()
	return func() error { cancel(); return <-ended }
}

func depth(t *testing.T, q *memory.Queue) durable.Depth {
	t.Helper()
	d, err := q.Depth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.Oldest = time.Time{}
	return d
}

func TestRunHandlesEachEventWithBoundedWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		for i := range 40 {
			send(t, q, fmt.Sprint(i))
		}
		var mu sync.Mutex
		seen, at, most := map[string]int{}, 0, 0
		stop := start(t, q, durable.RunOptions{Workers: 4}, func(ctx context.Context, e issue.Event) error {
			mu.Lock()
			seen[e.Ref.ID]++
			at++
			most = max(most, at)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			at--
			mu.Unlock()
			return nil
		})
		time.Sleep(11 * time.Second)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if len(seen) != 40 || most != 4 {
			t.Errorf("%d events were handled, want 40, at most %d at a time, want 4", len(seen), most)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("event %s was handled %d times", id, n)
			}
		}
		if d := depth(t, q); d != (durable.Depth{}) {
			t.Errorf("left in the queue: %+v", d)
		}
	})
}

func TestRunKeepsALongEventHidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		send(t, q, "1")
		n := 0
		stop := start(t, q, durable.RunOptions{Workers: 2, Hide: 10 * time.Second}, func(context.Context, issue.Event) error {
			n++
			time.Sleep(5 * time.Minute)
			return nil
		})
		time.Sleep(6 * time.Minute)
		if err := stop(); err != nil || n != 1 {
			t.Errorf("handled %d times (%v), want once: it was being handled all the time", n, err)
		}
	})
}

func TestRunStopsWorkThatSomebodyElseHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		send(t, q, "1")
		asleep := *q // this worker's queue stands still while it should extend
		asleep.Fault = func(op string) error {
			if op == "extend" {
				time.Sleep(time.Minute)
			}
			return nil
		}
		var ended error
		stop := start(t, &asleep, durable.RunOptions{Workers: 1, Hide: 30 * time.Second}, func(ctx context.Context, _ issue.Event) error {
			<-ctx.Done()
			ended = ctx.Err()
			return ended
		})
		time.Sleep(35 * time.Second)
		ms, err := q.Receive(t.Context(), 1, time.Hour)
		if err != nil || len(ms) != 1 {
			t.Fatalf("received %d (%v), want the one that ran out", len(ms), err)
		}
		time.Sleep(2 * time.Minute)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if ended == nil {
			t.Error("the handler's context did not end though somebody else has the event")
		}
		if d := depth(t, q); d != (durable.Depth{Busy: 1}) {
			t.Errorf("the event is no longer the other's: %+v", d)
		}
	})
}

func TestRunRetriesWithBackoffUntilDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		send(t, q, "1")
		began := time.Now()
		var log strings.Builder
		var tries []time.Duration
		stop := start(t, q, durable.RunOptions{Log: slog.New(slog.NewTextHandler(&log, nil))}, func(context.Context, issue.Event) error {
			tries = append(tries, time.Since(began))
			return fmt.Errorf("turn: %w", errBroken)
		})
		time.Sleep(48 * time.Hour)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if len(tries) != durable.MaxTries || tries[len(tries)-1] < 12*time.Hour {
			t.Errorf("tried %d times within %v, want %d times within most of a day", len(tries), tries[len(tries)-1], durable.MaxTries)
		}
		dead, err := q.Dead(t.Context(), 10)
		if err != nil || len(dead) != 1 || dead[0].Why != "turn: broken" {
			t.Errorf("dead: %+v (%v), want the event with its reason", dead, err)
		}
		if n := strings.Count(log.String(), `msg="event failed"`); n != durable.MaxTries {
			t.Errorf("%d lines were logged, want one for each try", n)
		}
	})
}

func TestRunPutsOffWithoutCountingATry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		send(t, q, "1")
		began := time.Now()
		n := 0
		stop := start(t, q, durable.RunOptions{}, func(context.Context, issue.Event) error {
			if n++; n <= 2*durable.MaxTries {
				return fmt.Errorf("turn: %w", durable.Later{At: time.Now().Add(time.Minute), Why: "the site asks to wait"})
			}
			return nil
		})
		time.Sleep(30 * time.Second)
		send(t, q, "1") // another edit meanwhile must not go before the time
		time.Sleep(3 * time.Hour)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if want := 2*durable.MaxTries + 1; n != want || time.Since(began) < 2*durable.MaxTries*time.Minute {
			t.Errorf("handled %d times within %v, want %d times, a minute apart", n, time.Since(began), want)
		}
		if d := depth(t, q); d != (durable.Depth{}) {
			t.Errorf("left in the queue: %+v", d)
		}
	})
}

func TestRunStartsAStaleEventAgainAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		send(t, q, "1")
		var at []time.Time
		stop := start(t, q, durable.RunOptions{}, func(context.Context, issue.Event) error {
			if at = append(at, time.Now()); len(at) < 5 {
				return fmt.Errorf("commit: %w", durable.ErrStale)
			}
			return nil
		})
		time.Sleep(time.Hour)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if len(at) != 5 || at[4].Sub(at[0]) > time.Second {
			t.Errorf("%d tries within %v, want 5 within a second", len(at), at[len(at)-1].Sub(at[0]))
		}
	})
}

func TestRunSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		send(t, q, "1", "2")
		handled := map[string]int{}
		stop := start(t, q, durable.RunOptions{Workers: 1}, func(_ context.Context, e issue.Event) error {
			if handled[e.Ref.ID]++; e.Ref.ID == "1" {
				panic("no such thing")
			}
			return nil
		})
		time.Sleep(10 * time.Second)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if handled["2"] != 1 || handled["1"] < 2 {
			t.Errorf("handled: %v, want the second once and the first again and again", handled)
		}
	})
}

func TestRunFinishesWhatIsBeingHandledWhenStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		send(t, q, "1", "2", "3")
		var finished atomic.Int64
		stop := start(t, q, durable.RunOptions{Workers: 2}, func(ctx context.Context, _ issue.Event) error {
			time.Sleep(20 * time.Second)
			if ctx.Err() == nil {
				finished.Add(1)
			}
			return nil
		})
		time.Sleep(time.Second)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if n := finished.Load(); n != 2 {
			t.Errorf("%d were finished, want the 2 that had begun", n)
		}
		if d := depth(t, q); d != (durable.Depth{Live: 1}) {
			t.Errorf("left in the queue: %+v, want the third to wait", d)
		}
	})
}

// An event that was received but not begun when Run is stopped is due at once.
func TestRunGivesBackWhatItDidNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		send(t, q, "1")
		ctx, cancel := context.WithCancel(t.Context())
		slow := *q
		slow.Fault = func(op string) error {
			if op == "receive done" {
				cancel()
			}
			return nil
		}
		handled := 0
		if err := durable.Run(ctx, &slow, durable.RunOptions{}, func(context.Context, issue.Event) error { handled++; return nil }); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		ms, err := q.Receive(t.Context(), 1, time.Minute)
		if err != nil || len(ms) != 1 || handled != 0 || time.Since(began) > 0 {
			t.Errorf("handled %d, received %d after %v (%v), want it back at once", handled, len(ms), time.Since(began), err)
		}
	})
}

func TestRunGivesUpOnABrokenQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		q.Fault = func(op string) error { return errBroken }
		began := time.Now()
		err := durable.Run(t.Context(), q, durable.RunOptions{}, func(context.Context, issue.Event) error { return nil })
		if took := time.Since(began); !errors.Is(err, errBroken) || took < time.Minute || took > 5*time.Minute {
			t.Errorf("ended with %v after %v, want the queue's error after some minutes", err, took)
		}
	})
}

// Whatever the queue fails at, before or after its effect, no event is lost.
func TestRunLosesNothingToAFaultyQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		for i := range 100 {
			send(t, q, fmt.Sprint(i))
		}
		random := rand.New(rand.NewPCG(1, 2))
		faulty := *q
		faulty.Fault = func(op string) error {
			if random.IntN(5) == 0 {
				return fmt.Errorf("%s: %w", op, errBroken)
			}
			return nil
		}
		handled := map[string]int{}
		stop := start(t, &faulty, durable.RunOptions{Workers: 1, Hide: 10 * time.Second}, func(_ context.Context, e issue.Event) error {
			handled[e.Ref.ID]++
			if handled[e.Ref.ID] == 1 {
				return durable.Later{At: time.Now().Add(time.Second)}
			}
			return nil
		})
		time.Sleep(24 * time.Hour)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			if handled[fmt.Sprint(i)] < 2 {
				t.Errorf("event %d was handled %d times, want twice at least", i, handled[fmt.Sprint(i)])
			}
		}
		if d := depth(t, q); d != (durable.Depth{}) {
			t.Errorf("left in the queue: %+v", d)
		}
	})
}

func TestBackoffGrowsToAnHour(t *testing.T) {
	total := time.Duration(0)
	for tries := 1; tries <= durable.MaxTries; tries++ {
		want := min(time.Hour, time.Second<<min(tries-1, 20))
		got := durable.Backoff(tries, "acme/1")
		if got > want || got < want*4/5 {
			t.Errorf("after %d tries: %v, want %v less a fifth at most", tries, got, want)
		}
		total += got
	}
	if total < 12*time.Hour || total > 24*time.Hour {
		t.Errorf("all tries take %v, want most of a day", total)
	}
	if durable.Backoff(9, "acme/1") == durable.Backoff(9, "acme/2") {
		t.Error("two that failed together come back together")
	}
}
