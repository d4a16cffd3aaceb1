package memory_test

import (
	"context"
	"errors"
	"slices"
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

// Every operation asks before and after.
func TestEveryOperationCanFail(t *testing.T) {
	ctx, ref := t.Context(), issue.Ref{Participant: "acme", ID: "1"}
	for op, call := range map[string]func(*memory.Store, *memory.Queue, *memory.Blobs) error{
		"link": func(s *memory.Store, _ *memory.Queue, _ *memory.Blobs) error { _, err := s.Link(ctx, ref); return err },
		"links": func(s *memory.Store, _ *memory.Queue, _ *memory.Blobs) (err error) {
			for _, err = range s.Links(ctx, durable.Filter{}) {
			}
			return err
		},
		"history": func(s *memory.Store, _ *memory.Queue, _ *memory.Blobs) (err error) {
			for _, err = range s.History(ctx, ref) {
			}
			return err
		},
		"state": func(s *memory.Store, _ *memory.Queue, _ *memory.Blobs) error { _, err := s.State(ctx, "a"); return err },
		"states": func(s *memory.Store, _ *memory.Queue, _ *memory.Blobs) (err error) {
			for _, err = range s.States(ctx, "") {
			}
			return err
		},
		"setstate": func(s *memory.Store, _ *memory.Queue, _ *memory.Blobs) error {
			return s.SetState(ctx, durable.State{Name: "a"})
		},
		"commit": func(s *memory.Store, _ *memory.Queue, _ *memory.Blobs) error {
			l, err := s.Link(ctx, ref)
			return errors.Join(err, s.Commit(ctx, l, l, durable.Record{}))
		},
		"send": func(_ *memory.Store, q *memory.Queue, _ *memory.Blobs) error { return q.Send(ctx, durable.Message{}) },
		"receive": func(_ *memory.Store, q *memory.Queue, _ *memory.Blobs) error {
			_, err := q.Receive(ctx, 1, time.Minute)
			return err
		},
		"extend": func(_ *memory.Store, q *memory.Queue, _ *memory.Blobs) error {
			if err := q.Extend(ctx, durable.Message{}, 0); !errors.Is(err, durable.ErrStale) {
				return err
			}
			return errCrash // it is asked after an effect, and there was none
		},
		"done": func(_ *memory.Store, q *memory.Queue, _ *memory.Blobs) error { return q.Done(ctx, durable.Message{}) },
		"fail": func(_ *memory.Store, q *memory.Queue, _ *memory.Blobs) error {
			return q.Fail(ctx, durable.Message{}, time.Now(), "")
		},
		"dead":   func(_ *memory.Store, q *memory.Queue, _ *memory.Blobs) error { _, err := q.Dead(ctx, 1); return err },
		"resend": func(_ *memory.Store, q *memory.Queue, _ *memory.Blobs) error { _, err := q.Resend(ctx); return err },
		"depth":  func(_ *memory.Store, q *memory.Queue, _ *memory.Blobs) error { _, err := q.Depth(ctx); return err },
		"put": func(_ *memory.Store, _ *memory.Queue, b *memory.Blobs) error {
			return b.Put(ctx, "b", strings.NewReader(""))
		},
		"open":   func(_ *memory.Store, _ *memory.Queue, b *memory.Blobs) error { _, err := b.Open(ctx, "a"); return err },
		"remove": func(_ *memory.Store, _ *memory.Queue, b *memory.Blobs) error { return b.Remove(ctx, "b") },
		"keys": func(_ *memory.Store, _ *memory.Queue, b *memory.Blobs) (err error) {
			for _, err = range b.Keys(ctx, "") {
			}
			return err
		},
	} {
		for _, at := range []string{op, op + " done"} {
			s, q, b := memory.NewStore(), memory.NewQueue(), memory.NewBlobs()
			err := errors.Join(
				s.Commit(ctx, issue.Link{}, issue.Link{ID: ref}, durable.Record{}),
				q.Send(ctx, durable.Message{Event: issue.Event{Ref: ref}, Lane: durable.Live}),
				b.Put(ctx, "a", strings.NewReader("")))
			if err != nil {
				t.Fatal(err)
			}
			var asked []string
			s.Fault, q.Fault, b.Fault = failAt(at, &asked), failAt(at, &asked), failAt(at, &asked)
			if err := call(s, q, b); !errors.Is(err, errCrash) {
				t.Errorf("%s with a fault at %q: %v, want the fault", op, at, err)
			}
			if !slices.Contains(asked, at) && at != "extend done" {
				t.Errorf("%s asked about %q, want also about %q", op, asked, at)
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
