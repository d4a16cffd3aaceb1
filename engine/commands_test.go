package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/memory"
)

// disagree makes a summary held.
func (b *bed) disagree() (at, other string) {
	b.Helper()
	at, other = b.create("one")
	hookA, hookB := b.a.Hook, b.b.Hook
	b.a.Hook, b.b.Hook = nil, nil
	b.a.Edit("ann", at, summary, issue.Scalar("two"))
	b.a.Hook, b.b.Hook = hookA, hookB
	b.b.Edit("bob", other, summary, issue.Scalar("three"))
	b.settle()
	if h := b.link(refA(at)).Held[summary]; len(h.Claims) != 2 && len(h.Claims) != 1 {
		b.Fatalf("held: %+v", h)
	}
	return at, other
}

func TestDecide(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.disagree()
		l := b.link(refB(other))
		if err := b.engine.Decide(b.Context(), refB(other), summary, issue.Scalar("three"), l.Revision, "cleo"); err != nil {
			b.Fatal(err)
		}
		b.settle()
		b.shows(b.a, at, summary, issue.Scalar("three"))
		b.shows(b.b, other, summary, issue.Scalar("three"))
		if l := b.link(refA(at)); len(l.Held) > 0 {
			b.Errorf("still held: %v", l.Held)
		}
		overruled := false
		for r, err := range b.store.History(b.Context(), refA(at)) {
			if err != nil {
				b.Fatal(err)
			}
			for _, c := range r.Overruled[summary] {
				overruled = overruled || c.Value == issue.Scalar("two")
			}
		}
		if !overruled {
			b.Error("what was overruled left no trace")
		}
	})
}

func TestDecideOnWhatHasMovedOn(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.disagree()
		l := b.link(refA(at))
		b.b.Edit("bob", other, summary, issue.Scalar("four"))
		b.settle()
		if err := b.engine.Decide(b.Context(), l.ID, summary, issue.Scalar("two"), l.Revision, "cleo"); err == nil {
			b.Error("a decision on what was shown before was taken")
		}
		if err := b.engine.Decide(b.Context(), l.ID, labels, issue.Set{}, b.link(l.ID).Revision, "cleo"); err == nil {
			b.Error("a field that is not held was decided")
		}
	})
}

func TestJoin(t *testing.T) {
	inBed(t, func(b *bed) {
		hookA, hookB := b.a.Hook, b.b.Hook
		b.a.Hook, b.b.Hook = nil, nil
		at := b.a.Create("ann", issue.Document{summary: issue.Scalar("same"), labels: issue.SetOf("x")})
		other := b.b.Create("bob", issue.Document{summary: issue.Scalar("same"), labels: issue.SetOf("y")})
		b.a.Hook, b.b.Hook = hookA, hookB
		p, err := b.engine.PlanJoin(b.Context(), refA(at), refB(other))
		if err != nil || len(p.Changes) != 2 {
			b.Fatalf("plan: %+v, %v", p.Changes, err)
		}
		if _, err := b.store.Link(b.Context(), refA(at)); !errors.Is(err, durable.ErrNotFound) {
			b.Errorf("a plan made a link: %v", err)
		}
		if _, err := b.engine.Join(b.Context(), "cleo", refA(at), refB(other)); err != nil {
			b.Fatal(err)
		}
		b.settle()
		b.shows(b.a, at, labels, issue.SetOf("x", "y"))
		b.shows(b.b, other, labels, issue.SetOf("x", "y"))
		if len(b.a.IDs())+len(b.b.IDs()) != 2 {
			b.Errorf("issues: %v %v", b.a.IDs(), b.b.IDs())
		}
		if again, err := b.engine.Join(b.Context(), "cleo", refA(at), refB(other)); err != nil || again.ID != refA(at) {
			b.Errorf("joined again: %v, %v", again.ID, err)
		}
		b.settle()
		third := b.b.Create("bob", issue.Document{summary: issue.Scalar("third")})
		b.settle()
		for name, refs := range map[string][]issue.Ref{
			"taken": {refA(at), refB(third)}, "one": {refB(third)}, "twice": {refB(third), refB(third)}, "missing": {refA("1"), refB(third)},
		} {
			if _, err := b.engine.Join(b.Context(), "cleo", refs...); err == nil || name == "taken" && !errors.Is(err, durable.ErrTaken) {
				b.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A process that dies in the middle of a write leaves it begun; the next one
// finds that and settles it.
func TestRecover(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.create("one")
		b.a.Hook, b.b.Hook = nil, nil
		b.a.Edit("ann", at, summary, issue.Scalar("two"))
		dead := false
		dying := *b.store
		dying.Fault = func(op string) error {
			if op == "commit done" || dead {
				dead = true
				return errDead
			}
			return nil
		}
		died := &engine.Engine{
			Sync: "bed", Rules: b.engine.Rules, Connectors: b.engine.Connectors, Store: &dying, Queue: b.queue, Log: b.engine.Log,
		}
		if err := died.Turn(b.Context(), issue.Event{Ref: refA(at)}); !errors.Is(err, errDead) {
			b.Fatalf("the turn ends with %v", err)
		}
		b.pass(time.Hour)
		b.shows(b.b, other, summary, issue.Scalar("one"))
		if n, err := b.engine.Recover(b.Context()); n != 1 || err != nil {
			b.Fatalf("recovered %d, %v", n, err)
		}
		b.settle()
		b.shows(b.b, other, summary, issue.Scalar("two"))
		if n, err := b.engine.Recover(b.Context()); n != 0 || err != nil {
			b.Errorf("then recovered %d, %v", n, err)
		}
	})
}

func TestSweepFindsWhatNoWebhookTold(t *testing.T) {
	inBed(t, func(b *bed) {
		b.a.Hook, b.b.Hook = nil, nil
		b.a.Habits.SearchLag, b.a.Habits.Page = 90*time.Second, 2
		var ids []string
		b.sweep(sweepAll, true)
		for range 5 {
			ids = append(ids, b.a.Create("ann", issue.Document{summary: issue.Scalar("one")}))
		}
		b.pass(2 * time.Minute)
		if did := b.sweep(sweepRecent, true); did.Sent != 5 {
			b.Errorf("swept %+v", did)
		}
		b.settle()
		if n := len(b.b.IDs()); n != 5 {
			b.Fatalf("%d issues at b", n)
		}
		b.sweep(sweepRecent, true) // meets what we made
		b.settle()
		if did := b.sweep(sweepRecent, true); did.Sent != 0 {
			b.Errorf("a sweep of what was swept sends again: %+v", did)
		}
		b.a.Edit("ann", ids[3], summary, issue.Scalar("two"))
		b.pass(2 * time.Minute)
		if did := b.sweep(sweepRecent, true); did.Sent != 1 {
			b.Errorf("swept %+v", did)
		}
	})
}

func TestSweepStopsAndGoesOn(t *testing.T) {
	inBed(t, func(b *bed) {
		b.a.Hook, b.b.Hook = nil, nil
		b.a.Habits.Page = 1
		for range 9 {
			b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
		}
		b.pause()
		b.a.Call = func(kind string) memory.Fate {
			if kind == "changed" {
				return memory.Fate{Wait: 10 * time.Second}
			}
			return memory.Fate{}
		}
		sent, pages := 0, 0
		for i := 0; ; i++ {
			if i > 9 {
				b.Fatal("the sweep does not end")
			}
			o := sweepAll
			o.Deadline = time.Now().Add(35 * time.Second)
			did, err := b.engine.Sweep(b.Context(), o)
			if err != nil {
				b.Fatal(err)
			}
			if time.Now().After(o.Deadline) {
				b.Errorf("it ended at %v, %v after its deadline", time.Now(), time.Since(o.Deadline))
			}
			sent, pages = sent+did.Sent, pages+did.Pages
			if did.Done {
				break
			}
		}
		if sent != 9 || pages > 10 { // nine of a, one of b

			b.Errorf("sent %d in %d pages", sent, pages)
		}
	})
}

// pause stops turns, so that only what people made is there.
func (b *bed) pause() {
	b.Helper()
	if err := b.engine.Pause(b.Context(), "ann"); err != nil {
		b.Fatal(err)
	}
}

// A search shows one change sooner than another: a sweep begins behind the end
// of the last.
func TestSweepLooksBack(t *testing.T) {
	inBed(t, func(b *bed) {
		b.a.Hook, b.b.Hook = nil, nil
		b.pause()
		late := b.a.Create("ann", issue.Document{summary: issue.Scalar("late")})
		soon := b.a.Create("ann", issue.Document{summary: issue.Scalar("soon")})
		b.a.Habits.Lags = func(id string) time.Duration {
			if id == late {
				return 2 * time.Minute
			}
			return 0
		}
		b.pass(time.Hour)
		b.sweep(sweepRecent, true)
		b.a.Edit("ann", late, summary, issue.Scalar("late edit"))
		b.pass(time.Minute)
		b.a.Edit("ann", soon, summary, issue.Scalar("soon edit"))
		if did := b.sweep(sweepRecent, true); did.Sent != 1 {
			b.Errorf("swept %+v", did)
		}
		b.pass(2 * time.Minute)
		if did := b.sweep(sweepRecent, true); did.Sent != 1 {
			b.Errorf("then swept %+v", did)
		}
	})
}

// What a sweep met is queued before its place is stored.
func TestSweepSendsBeforeItsPlace(t *testing.T) {
	inBed(t, func(b *bed) {
		b.a.Hook, b.b.Hook = nil, nil
		b.a.Habits.Page = 1
		b.sweep(sweepRecent, true)
		for range 2 {
			b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
		}
		full := *b.queue
		full.Fault = func(string) error { return durable.ErrFull }
		b.engine.Queue = &full
		b.sweep(sweepRecent, false)
		b.engine.Queue = b.queue
		if did := b.sweep(sweepRecent, true); did.Sent != 2 {
			b.Errorf("swept %+v", did)
		}
	})
}

func TestSweepOfOneThatIsDown(t *testing.T) {
	inBed(t, func(b *bed) {
		b.a.Hook, b.b.Hook = nil, nil
		b.a.Call = func(string) memory.Fate { return memory.Fate{Err: errDown, Never: true} }
		b.sweep(sweepRecent, false)
		b.b.Create("bob", issue.Document{summary: issue.Scalar("one")})
		early := b.a.Create("ann", issue.Document{summary: issue.Scalar("early")})
		if did := b.sweep(sweepRecent, false); did.Sent != 1 || did.Done {
			b.Errorf("swept %+v", did)
		}
		b.pass(time.Hour)
		b.a.Call = nil
		b.sweep(sweepRecent, true)
		b.settle()
		if _, err := b.store.Link(b.Context(), refA(early)); err != nil {
			b.Errorf("what was made while it was down: %v", err)
		}
	})
}

// A queue that takes a minute for each send.
type slowQueue struct{ *memory.Queue }

func (q slowQueue) Send(ctx context.Context, ms ...durable.Message) error {
	time.Sleep(time.Minute)
	return q.Queue.Send(ctx, ms...)
}

// Once the rules have changed every link is queued once, however often that is
// stopped: 250 of them are three batches.
func TestRulesAreLookedAtAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.engine.Queue = slowQueue{b.queue}
		for n := range 250 {
			l := issue.Link{ID: refA(fmt.Sprint(10_000 + n))}
			if err := b.store.Commit(t.Context(), issue.Link{ID: l.ID}, l, durable.Record{}); err != nil {
				t.Fatal(err)
			}
		}
		var got []engine.Replanned
		var at issue.Ref
		for len(got) < 5 && (len(got) == 0 || !got[len(got)-1].Done) {
			did, err := b.engine.Replan(t.Context(), at, time.Now().Add(90*time.Second))
			if err != nil {
				t.Fatal(err)
			}
			got, at = append(got, did), did.Last
		}
		want := []engine.Replanned{{Sent: 100, Last: refA("10099")}, {Sent: 100, Last: refA("10199")}, {Done: true, Sent: 50, Last: refA("10249")}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("three calls that may take 90 s (-want +got):\n%s", diff)
		}
		if depth, err := b.queue.Depth(t.Context()); err != nil || depth.Bulk != 250 {
			t.Errorf("%+v wait (%v), want each link once", depth, err)
		}
	})
}

var (
	sweepAll    = engine.SweepOptions{All: true}
	sweepRecent = engine.SweepOptions{}
)

// sweep sweeps while turns rest, and wants it to be well, or not.
func (b *bed) sweep(o engine.SweepOptions, well bool) engine.Swept {
	b.Helper()
	if p, err := b.engine.Paused(b.Context()); err != nil || p == nil {
		b.pause()
		defer func() {
			if err := b.engine.Resume(b.Context()); err != nil {
				b.Error(err)
			}
		}()
	}
	did, err := b.engine.Sweep(b.Context(), o)
	if (err == nil) != well {
		b.Fatalf("sweep: %v", err)
	}
	return did
}
