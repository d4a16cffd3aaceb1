package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
)

// An issue that may not be read for a while is not forgotten: no event tells
// that the permission is back.
func TestDeniedIsNotForgotten(t *testing.T) {
	inBed(t, func(b *bed) {
		hook := b.a.Hook
		b.a.Hook = nil
		id := b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
		b.a.Become(id, issue.Denied)
		ev := issue.Event{Ref: refA(id), Cause: engine.Webhook}
		if err := b.engine.Turn(b.Context(), ev); !errors.Is(err, connector.ErrDenied) {
			b.Fatalf("a turn of it: %v", err)
		}
		if err := b.queue.Send(b.Context(), durable.Message{Event: ev, Lane: durable.Live}); err != nil {
			b.Fatal(err)
		}
		b.settle()
		b.a.Become(id, issue.Present)
		b.a.Hook = hook
		time.Sleep(time.Hour)
		if n := len(b.b.IDs()); n != 1 {
			b.Errorf("%d issues at b after it could be read again", n)
		}
	})
}

// A link whose first issue is of a participant that was taken out of the file
// lives on: its events name one that is still there.
func TestFirstParticipantTakenOut(t *testing.T) {
	inBed(t, func(b *bed) {
		_, other := b.create("one")
		delete(b.engine.Connectors, "a")
		b.engine.Rules.Order = []issue.Participant{"b"}
		b.engine.Rules.Digest = "2"
		if did, err := b.engine.Replan(b.Context(), issue.Ref{}, time.Time{}); did.Sent != 1 || !did.Done || err != nil {
			b.Fatalf("replanned %+v, %v", did, err)
		}
		b.settle()
		if got := b.link(refB(other)).Rules; got != "2" {
			b.Errorf("it was last settled under the rules %q", got)
		}
	})
}

// A process that dies right after a decision leaves it heard.
func TestDecisionOutlivesTheProcess(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.disagree()
		l := b.link(refA(at))
		dies := &engine.Engine{
			Sync: "bed", Rules: b.engine.Rules, Connectors: b.engine.Connectors, Store: dying{b.store}, Queue: b.queue, Log: b.engine.Log,
		}
		if err := dies.Decide(b.Context(), l.ID, summary, issue.Scalar("three"), l.Revision, "cleo"); !errors.Is(err, errDied) {
			b.Fatal(err)
		}
		b.settle()
		b.shows(b.a, at, summary, issue.Scalar("three"))
		b.shows(b.b, other, summary, issue.Scalar("three"))
	})
}

var errDied = errors.New("the process died")

// A dying store is the last that its process does.
type dying struct{ durable.Store }

func (d dying) Commit(ctx context.Context, before, after issue.Link, r durable.Record) error {
	if err := d.Store.Commit(ctx, before, after, r); err != nil {
		return err
	}
	return errDied
}
