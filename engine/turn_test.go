package engine_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/memory"
)

func TestEditsCross(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.create("one")
		b.a.Edit("ann", at, labels, issue.SetOf("x"))
		b.b.Edit("bob", other, status, issue.Scalar("Done"))
		row := b.a.Comment("ann", at, "comments", said("hello"))
		b.settle()
		b.shows(b.b, other, labels, issue.SetOf("x"))
		b.shows(b.a, at, status, issue.Scalar("Done"))
		if n := comments(b.b, other); n != 1 {
			b.Errorf("%d comments at b", n)
		}
		b.a.DeleteComment(at, row)
		b.settle()
		if n := comments(b.b, other); n != 0 {
			b.Errorf("%d comments at b after it was deleted at a", n)
		}
		writes := b.a.Tally().Writes + b.b.Tally().Writes
		b.pass(24 * time.Hour)
		if now := b.a.Tally().Writes + b.b.Tally().Writes; now != writes {
			b.Errorf("%d writes after calm", now-writes)
		}
	})
}

// A create whose answer is lost is found: by its own webhook through the mark,
// or, if that is lost too, by the search, however late that shows it.
func TestCreateInDoubt(t *testing.T) {
	for name, deaf := range map[string]bool{"its webhook comes": false, "its webhook is lost": true} {
		t.Run(name, func(t *testing.T) {
			inBed(t, func(b *bed) {
				b.b.Habits.SearchLag = 100 * time.Second
				var lost atomic.Bool
				b.b.Call = func(kind string) memory.Fate {
					if kind == "create" && !lost.Swap(true) {
						return memory.Fate{Err: errCall}
					}
					return memory.Fate{}
				}
				if deaf {
					b.b.Hook = nil
				}
				at := b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
				for range 20 {
					b.pass(5 * time.Second)
					b.a.Edit("ann", at, summary, issue.Scalar("at "+time.Now().Format(time.TimeOnly)))
				}
				b.settle()
				ids := b.b.IDs()
				if len(ids) != 1 {
					b.Fatalf("%d issues at b", len(ids))
				}
				b.shows(b.b, ids[0], summary, b.a.Show(at)[summary])
			})
		})
	}
}

// The link is read before the looks: a turn whose look is older than the link
// would take what another turn has heard meanwhile for undone by a person.
func TestLinkIsReadBeforeTheLooks(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.create("one")
		var slow atomic.Bool
		b.a.Call = func(kind string) memory.Fate {
			if kind == "look" && !slow.Swap(true) {
				return memory.Fate{Rest: 30 * time.Second} // it shows what was before the edit
			}
			return memory.Fate{}
		}
		claims := b.claims(refA(at), summary)
		go func() {
			if err := b.engine.Turn(b.Context(), issue.Event{Ref: refB(other), Cause: engine.Webhook}); err != nil {
				b.Error(err)
			}
		}()
		b.pass(time.Second)
		b.a.Edit("ann", at, summary, issue.Scalar("two"))
		b.settle()
		b.shows(b.b, other, summary, issue.Scalar("two"))
		if n := b.claims(refA(at), summary) - claims; n != 1 {
			b.Errorf("%d edits were heard, and one was made", n)
		}
	})
}

// claims counts the edits of a place that were heard.
func (b *bed) claims(link issue.Ref, x issue.Place) (n int) {
	b.Helper()
	for r, err := range b.store.History(b.Context(), link) {
		if err != nil {
			b.Fatal(err)
		}
		n += len(r.Claims[x])
	}
	return n
}

// C21: a person clones an issue with our mark, and its comments with theirs.
func TestClone(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.create("one")
		b.a.Comment("ann", at, "comments", said("hello"))
		b.settle()
		clone := b.b.Clone("bob", other)
		b.settle()
		if l := b.link(refB(clone)); l.ID != refB(clone) {
			b.Errorf("the clone belongs to %s", l.ID)
		}
		if n := len(b.a.IDs()); n != 2 {
			b.Errorf("%d issues at a, want the original and the copy of the clone", n)
		}
		for tr, ids := range map[*memory.Tracker][]string{b.a: b.a.IDs(), b.b: b.b.IDs()} {
			for _, id := range ids {
				if n := comments(tr, id); n != 1 {
					b.Errorf("%s/%s has %d comments", tr.Name, id, n)
				}
			}
		}
	})
}

// A second copy of ours, which cannot be but might, is never copied on.
func TestSecondCopyIsLeftAlone(t *testing.T) {
	inBed(t, func(b *bed) {
		at, _ := b.create("one")
		c := issue.Change{On: issue.Ref{Participant: "b"}, Link: refA(at), Turn: "elsewhere", Patch: issue.Document{summary: issue.Scalar("one")}}
		if _, err := b.b.Write(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		b.settle()
		if n := len(b.a.IDs()); n != 1 {
			b.Errorf("%d issues at a", n)
		}
	})
}

func TestOutsideStartsNoLink(t *testing.T) {
	inBed(t, func(b *bed) {
		id := b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
		b.a.Become(id, issue.Outside)
		b.settle()
		if n := len(b.b.IDs()); n != 0 {
			b.Errorf("%d issues at b", n)
		}
		b.a.Become(id, issue.Present)
		b.settle()
		if n := len(b.b.IDs()); n != 1 {
			b.Errorf("%d issues at b after it came into scope", n)
		}
	})
}

// A site that cannot be reached stops nothing elsewhere, its health is told,
// and what it missed comes to it afterwards.
func TestOneSideDown(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.create("one")
		var up atomic.Bool
		b.b.Call = func(string) memory.Fate {
			if !up.Load() {
				return memory.Fate{Err: errDown, Never: true}
			}
			return memory.Fate{}
		}
		b.a.Edit("ann", at, summary, issue.Scalar("two"))
		b.settle()
		if s, err := b.store.State(b.Context(), "health/b"); err != nil || !strings.Contains(string(s.Value), errDown.Error()) {
			b.Errorf("health of b: %s, %v", s.Value, err)
		}
		if got := b.link(refA(at)).Agreed[summary]; got != issue.Scalar("two") {
			b.Errorf("agreed is %v", got)
		}
		up.Store(true)
		b.settle()
		b.shows(b.b, other, summary, issue.Scalar("two"))
		if s, err := b.store.State(b.Context(), "health/b"); err != nil || s.Value != nil {
			b.Errorf("health of b: %s, %v", s.Value, err)
		}
	})
}

// A busy site is left alone for as long as it says.
func TestBusy(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.create("one")
		busy, began := 15*time.Minute, time.Now()
		var calls atomic.Int64
		b.b.Call = func(string) memory.Fate {
			if time.Since(began) < busy {
				calls.Add(1)
				return memory.Fate{Err: &connector.Busy{For: busy, Why: "429"}, Never: true}
			}
			return memory.Fate{}
		}
		b.a.Edit("ann", at, summary, issue.Scalar("two"))
		b.settle()
		b.shows(b.b, other, summary, issue.Scalar("two"))
		if n := calls.Load(); n > 4 {
			b.Errorf("%d calls to a busy site", n)
		}
	})
}

func TestPlanWritesNothing(t *testing.T) {
	inBed(t, func(b *bed) {
		b.a.Hook = nil
		id := b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
		p, err := b.engine.Plan(b.Context(), refA(id))
		if err != nil || len(p.Changes) != 1 || p.Changes[0].On.Participant != "b" {
			b.Fatalf("plan: %+v, %v", p.Changes, err)
		}
		if n := len(b.b.IDs()); n != 0 {
			b.Errorf("a plan made %d issues", n)
		}
		if err := b.engine.Apply(b.Context(), issue.Event{Ref: refA(id), Cause: engine.Linked}, p); err != nil {
			b.Fatal(err)
		}
		if n := len(b.b.IDs()); n != 1 {
			b.Errorf("applying it made %d issues", n)
		}
		if err := b.engine.Apply(b.Context(), issue.Event{Ref: refA(id)}, p); !errors.Is(err, durable.ErrStale) {
			b.Errorf("applying it again: %v", err)
		}
		if n := len(b.b.IDs()); n != 1 {
			b.Errorf("applying it again made %d issues", n)
		}
	})
}

func TestPlanSaysWhoWasNotSeen(t *testing.T) {
	inBed(t, func(b *bed) {
		at, _ := b.create("one")
		b.b.Call = func(string) memory.Fate { return memory.Fate{Err: errDown, Never: true} }
		_, err := b.engine.Plan(b.Context(), refA(at))
		unseen, ok := errors.AsType[*engine.Unseen](err)
		if !ok || !errors.Is(unseen.Sides["b"], errDown) || unseen.Sides["a"] != nil {
			b.Errorf("plan with b down: %v", err)
		}
	})
}

func TestPause(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.create("one")
		if err := b.engine.Pause(b.Context(), "ann"); err != nil {
			b.Fatal(err)
		}
		b.a.Edit("ann", at, summary, issue.Scalar("two"))
		b.settle()
		b.shows(b.b, other, summary, issue.Scalar("one"))
		if p, err := b.engine.Paused(b.Context()); err != nil || p == nil || p.By != "ann" {
			b.Errorf("paused: %+v, %v", p, err)
		}
		if err := b.engine.Resume(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.pass(2 * time.Minute)
		b.shows(b.b, other, summary, issue.Scalar("two"))
		if p, err := b.engine.Paused(b.Context()); err != nil || p != nil {
			b.Errorf("paused after resume: %+v, %v", p, err)
		}
	})
}

func TestHear(t *testing.T) {
	b := newBed(t)
	var sent []connector.Delivery
	b.a.Hook = func(d connector.Delivery) { sent = append(sent, d) }
	b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
	if n, err := engine.Hear(b.Context(), b.queue, b.a, sent[0]); n != 1 || err != nil {
		b.Errorf("heard %d, %v", n, err)
	}
	if n, err := engine.Hear(b.Context(), b.queue, b.b, sent[0]); n != 0 || !errors.Is(err, connector.ErrForged) {
		b.Errorf("a delivery of another site: %d, %v", n, err)
	}
	b.queue.Max = 1
	sent[0].Body = []byte(`{"issue":"999"}`)
	if n, err := engine.Hear(b.Context(), b.queue, b.a, sent[0]); n != 0 || !errors.Is(err, durable.ErrFull) {
		b.Errorf("a full queue: %d, %v", n, err)
	}
}

// An edit of a comment in the gap before our write is lost, and nobody can help
// that; but its webhook names who made it, and the history says so, once.
func TestGapIsTold(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.create("one")
		row := b.a.Comment("ann", at, "comments", said("hello"))
		b.settle()
		var edited atomic.Bool
		b.b.Gap = func(id string, x issue.Place) {
			if x.Row != (issue.Ref{}) && !edited.Swap(true) {
				b.b.EditComment("bob", id, x.Row.ID, said("lost words"))
			}
		}
		b.a.EditComment("ann", at, row, said("hello again"))
		b.settle()
		if n := len(b.b.Tally().Gaps); n != 1 {
			b.Fatalf("%d edits fell into the gap", n)
		}
		if notes := b.notes(refA(at)); len(notes) != 1 || !strings.HasPrefix(notes[0], "bob edited comments[b/") {
			b.Errorf("the history says %q", notes)
		}
		for x := range b.b.Show(other) {
			if x.Row != (issue.Ref{}) {
				b.b.EditComment("bob", other, x.Row.ID, said("kept words"))
			}
		}
		b.settle()
		if notes := b.notes(refA(at)); len(notes) != 1 {
			b.Errorf("an edit that was heard is told as lost: %q", notes)
		}
	})
}

// notes are the sentences in the history of a link.
func (b *bed) notes(link issue.Ref) (notes []string) {
	b.Helper()
	for r, err := range b.store.History(b.Context(), link) {
		if err != nil {
			b.Fatal(err)
		}
		if r.Note != "" {
			notes = append(notes, r.Note)
		}
	}
	return notes
}
