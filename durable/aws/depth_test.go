package aws_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"github.com/google/go-cmp/cmp"
)

// An event that was sent again, because it is due sooner, is two messages, until
// the later one has come to nothing.
func TestDepthCountsMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := aws.QueueInMemory(newPost(), memory.NewStore())
		m := durable.Message{Lane: durable.Live, Event: issue.Event{Ref: issue.Ref{Participant: "acme", ID: "1"}}, At: time.Now().Add(time.Minute)}
		depth := func(want durable.Depth, why string) {
			t.Helper()
			got, err := q.Depth(t.Context())
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", why, err, diff)
			}
		}
		for range 2 {
			if err := q.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			m.At = time.Time{}
		}
		depth(durable.Depth{Live: 2}, "it was to be handled in a minute, and then at once")
		ms, err := q.Receive(t.Context(), 1, time.Hour)
		if err != nil || len(ms) != 1 {
			t.Fatalf("received %d events (%v), want one", len(ms), err)
		}
		depth(durable.Depth{Live: 1, Busy: 1}, "it is being handled")
		if err := q.Done(t.Context(), ms[0]); err != nil {
			t.Fatal(err)
		}
		depth(durable.Depth{Live: 1}, "it is done")
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if ms, err := q.Receive(ctx, 1, time.Hour); err != nil || len(ms) > 0 {
			t.Errorf("received %d events (%v), want none", len(ms), err)
		}
		depth(durable.Depth{}, "the second message has come")
	})
}

func TestDepthSaysWhatFails(t *testing.T) {
	p, store := newPost(), memory.NewStore()
	q := aws.QueueInMemory(p, store)
	p.fault = once("count", errLost)
	if _, err := q.Depth(t.Context()); !errors.Is(err, errLost) {
		t.Errorf("SQS does not answer: %v", err)
	}
	store.Fault = func(string) error { return errLost }
	if _, err := q.Depth(t.Context()); !errors.Is(err, errLost) {
		t.Errorf("the table does not answer: %v", err)
	}
}
