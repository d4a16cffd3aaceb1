package memory_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/memory"
)

var errCrash = errors.New("crash")

// failAt fails at one operation and notes all that were asked about.
func failAt(op string, asked *[]string) func(string) error {
	return func(now string) error {
		*asked = append(*asked, now)
		if now == op {
			return errCrash
		}
		return nil
	}
}

// A worker that crashes before a commit has left nothing, one that crashes
// after it has left all; another worker on the same store goes on.
func TestAStoreFailsBeforeAndAfterAnEffect(t *testing.T) {
	for op, want := range map[string]int64{"commit": 0, "commit done": 1} {
		s := memory.NewStore()
		var asked []string
		crashing := *s
		crashing.Fault = failAt(op, &asked)
		link := issue.Link{ID: issue.Ref{Participant: "acme", ID: "1"}}
		if err := crashing.Commit(t.Context(), issue.Link{}, link, durable.Record{}); !errors.Is(err, errCrash) {
			t.Errorf("fault at %q: commit returned %v, want the fault", op, err)
		}
		link, err := s.Link(t.Context(), link.ID)
		if link.Revision != want || (want == 0) != errors.Is(err, durable.ErrNotFound) {
			t.Errorf("fault at %q: revision %d is stored (%v), want %d", op, link.Revision, err, want)
		}
		if asked[len(asked)-1] != op {
			t.Errorf("asked about %q, want to end with %q", asked, op)
		}
	}
}

// seams are one of each, with something in it.
type seams struct {
	*memory.Store
	*memory.Queue
	*memory.Blobs
}

var (
	ref  = issue.Ref{Participant: "acme", ID: "1"}
	sent = durable.Message{Event: issue.Event{Ref: ref}, Lane: durable.Live}
)

func filled(t *testing.T) seams {
	t.Helper()
	s := seams{memory.NewStore(), memory.NewQueue(), memory.NewBlobs()}
	err := errors.Join(
		s.Commit(t.Context(), issue.Link{}, issue.Link{ID: ref}, durable.Record{}),
		s.Send(t.Context(), sent), s.Put(t.Context(), "a", strings.NewReader("")))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// received returns the one event of s.
func received(t *testing.T, s seams) durable.Message {
	t.Helper()
	ms, err := s.Receive(t.Context(), 1, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return ms[0]
}

func drain[T any](seq iter.Seq2[T, error]) (err error) {
	for _, err = range seq {
	}
	return err
}

// Every operation can fail before and after.
func TestEveryOperationCanFail(t *testing.T) {
	for op, call := range map[string]func(context.Context, seams, durable.Message) error{
		"link": func(ctx context.Context, s seams, _ durable.Message) error { _, err := s.Link(ctx, ref); return err },
		"links": func(ctx context.Context, s seams, _ durable.Message) error {
			return drain(s.Links(ctx, durable.Filter{}))
		},
		"history": func(ctx context.Context, s seams, _ durable.Message) error { return drain(s.History(ctx, ref)) },
		"state":   func(ctx context.Context, s seams, _ durable.Message) error { _, err := s.State(ctx, "a"); return err },
		"states":  func(ctx context.Context, s seams, _ durable.Message) error { return drain(s.States(ctx, "")) },
		"setstate": func(ctx context.Context, s seams, _ durable.Message) error {
			return s.SetState(ctx, durable.State{Name: "a"})
		},
		"commit": func(ctx context.Context, s seams, _ durable.Message) error {
			l := issue.Link{ID: ref, Revision: 1}
			return s.Commit(ctx, l, l, durable.Record{})
		},
		"send":   func(ctx context.Context, s seams, _ durable.Message) error { return s.Send(ctx, sent) },
		"extend": func(ctx context.Context, s seams, m durable.Message) error { return s.Extend(ctx, m, time.Minute) },
		"done":   func(ctx context.Context, s seams, m durable.Message) error { return s.Done(ctx, m) },
		"fail": func(ctx context.Context, s seams, m durable.Message) error {
			return s.Queue.Fail(ctx, m, time.Now(), "")
		},
		"dead":   func(ctx context.Context, s seams, _ durable.Message) error { _, err := s.Dead(ctx, 1); return err },
		"resend": func(ctx context.Context, s seams, _ durable.Message) error { _, err := s.Resend(ctx); return err },
		"depth":  func(ctx context.Context, s seams, _ durable.Message) error { _, err := s.Depth(ctx); return err },
		"put": func(ctx context.Context, s seams, _ durable.Message) error {
			return s.Put(ctx, "b", strings.NewReader(""))
		},
		"open":   func(ctx context.Context, s seams, _ durable.Message) error { _, err := s.Open(ctx, "a"); return err },
		"remove": func(ctx context.Context, s seams, _ durable.Message) error { return s.Remove(ctx, "b") },
		"keys":   func(ctx context.Context, s seams, _ durable.Message) error { return drain(s.Keys(ctx, "")) },
	} {
		for _, at := range []string{op, op + " done"} {
			s := filled(t)
			m := received(t, s)
			var asked []string
			s.Store.Fault, s.Queue.Fault, s.Blobs.Fault = failAt(at, &asked), failAt(at, &asked), failAt(at, &asked)
			if err := call(t.Context(), s, m); !errors.Is(err, errCrash) {
				t.Errorf("%s with a fault at %q: %v, want the fault", op, at, err)
			}
			if asked[len(asked)-1] != at {
				t.Errorf("%s asked about %q, want to end with %q", op, asked, at)
			}
		}
	}
}

// What was received when its receiver crashed is hidden until its time is out.
func TestAQueueKeepsWhatACrashedReceiverGot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := memory.NewQueue()
		if err := q.Send(t.Context(), durable.Message{Event: issue.Event{Ref: issue.Ref{Participant: "acme", ID: "1"}}, Lane: durable.Live}); err != nil {
			t.Fatal(err)
		}
		var asked []string
		crashing := *q
		crashing.Fault = failAt("receive done", &asked)
		if ms, err := crashing.Receive(t.Context(), 1, time.Minute); len(ms) != 0 || !errors.Is(err, errCrash) {
			t.Fatalf("received %d (%v), want the fault", len(ms), err)
		}
		began := time.Now()
		ms, err := q.Receive(context.Background(), 1, time.Minute)
		if err != nil || len(ms) != 1 || ms[0].Tries != 2 || time.Since(began) != time.Minute {
			t.Errorf("received %+v after %v (%v), want the second try after a minute", ms, time.Since(began), err)
		}
	})
}
