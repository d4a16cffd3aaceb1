package engine_test

import (
	"context"
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
	"example.com/accord/plan"
)

// pair makes an issue on either side by hand, and joins the two.
func (b *bed) pair() (at, other string) {
	b.Helper()
	hookA, hookB := b.a.Hook, b.b.Hook
	b.a.Hook, b.b.Hook = nil, nil
	at = b.a.Create("ann", issue.Document{summary: issue.Scalar("same")})
	other = b.b.Create("bob", issue.Document{summary: issue.Scalar("same")})
	b.a.Hook, b.b.Hook = hookA, hookB
	if _, err := b.engine.Join(b.Context(), "cleo", refA(at), refB(other)); err != nil {
		b.Fatal(err)
	}
	b.settle()
	return at, other
}

// TestALostStoreFindsWhatWasJoined: issues that a person made one carry marks, so
// that a store that is lost finds them, whichever is edited first.
func TestALostStoreFindsWhatWasJoined(t *testing.T) {
	for name, edit := range map[string]func(b *bed, at, other string){
		"the first":  func(b *bed, at, _ string) { b.a.Edit("ann", at, summary, issue.Scalar("again")) },
		"the second": func(b *bed, _, other string) { b.b.Edit("bob", other, summary, issue.Scalar("again")) },
		"both": func(b *bed, at, other string) {
			b.b.Edit("bob", other, summary, issue.Scalar("again"))
			b.a.Edit("ann", at, labels, issue.SetOf("x"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBed(t, func(b *bed) {
				at, other := b.pair()
				b.lose()
				edit(b, at, other)
				b.settle()
				if n, m := len(b.a.IDs()), len(b.b.IDs()); n != 1 || m != 1 {
					b.Fatalf("%d issues at a and %d at b", n, m)
				}
				if l := b.link(refB(other)); l.ID != refA(at) {
					b.Errorf("they are not one: %v", l.ID)
				}
			})
		})
	}
}

// TestACopyFindsWhatWasJoined: two were made one, and we made a third of them,
// which is what the walk of a lost store meets first: the second is not made again.
func TestACopyFindsWhatWasJoined(t *testing.T) {
	inBed(t, func(b *bed) {
		c := &memory.Tracker{Name: "c", Habits: b.a.Habits}
		c.Hook = func(d connector.Delivery) {
			if _, err := engine.Hear(context.Background(), b.queue, c, d); err != nil {
				b.Error(err)
			}
		}
		b.engine.Connectors["c"] = c
		b.engine.Rules.Order = append(b.engine.Rules.Order, "c")
		eye := b.engine.Rules.Eyes["a"]
		eye.Canon, eye.Logged = c.Canon, c.Logged
		b.engine.Rules.Eyes["c"] = eye
		at, other := b.pair()
		if n := len(c.IDs()); n != 1 {
			b.Fatalf("%d issues at c", n)
		}
		b.lose()
		b.a.Create("ann", issue.Document{summary: issue.Scalar("new")})
		b.settle()
		for _, tr := range []*memory.Tracker{b.a, b.b, c} {
			if n := len(tr.IDs()); n != 2 {
				b.Errorf("%d issues at %s", n, tr.Name)
			}
		}
		if l := b.link(refA(at)); l.Sides["b"].Ref != refB(other) || l.Sides["c"].Ref.ID == "" {
			b.Errorf("the link has %v and %v", l.Sides["b"].Ref, l.Sides["c"].Ref)
		}
	})
}

// TestMarksThatDoNotCount: a clone of an issue that was joined is an issue of its
// own, and so is one whose mark names an issue that does not say the same.
func TestMarksThatDoNotCount(t *testing.T) {
	inBed(t, func(b *bed) {
		at, _ := b.pair()
		clone := b.a.Clone("ann", at)
		b.settle()
		if l := b.link(refA(clone)); l.ID != refA(clone) || len(b.b.IDs()) != 2 {
			b.Errorf("the clone belongs to %v, and there are %d issues at b", l.ID, len(b.b.IDs()))
		}
		for _, name := range []issue.Ref{refA(at), refA("77777")} {
			forged := b.b.Create("eve", issue.Document{summary: issue.Scalar("forged")})
			if err := b.b.Mark(b.Context(), forged, name, name, refB(forged)); err != nil {
				b.Fatal(err)
			}
			b.settle()
			if l := b.link(refB(forged)); l.ID != refB(forged) {
				b.Errorf("what is forged belongs to %v", l.ID)
			}
		}
	})
}

// TestLinkedWithoutAMark: a site does not let our account leave the mark. The
// issues are one all the same; it is said, and put right by linking them again. A
// side that is never written gets no mark, and is found by the other.
func TestLinkedWithoutAMark(t *testing.T) {
	inBed(t, func(b *bed) {
		eye := b.engine.Rules.Eyes["b"]
		eye.ReadOnly = true
		b.engine.Rules.Eyes["b"] = eye
		hookA, hookB := b.a.Hook, b.b.Hook
		b.a.Hook, b.b.Hook = nil, nil
		at := b.a.Create("ann", issue.Document{summary: issue.Scalar("same")})
		other := b.b.Create("bob", issue.Document{summary: issue.Scalar("same")})
		b.a.Hook, b.b.Hook = hookA, hookB
		var denied atomic.Bool
		denied.Store(true)
		b.a.Call = func(kind string) memory.Fate {
			if kind == "mark" && denied.Load() {
				return memory.Fate{Err: connector.ErrDenied, Never: true}
			}
			return memory.Fate{}
		}
		l, err := b.engine.Join(b.Context(), "cleo", refA(at), refB(other))
		if !errors.Is(err, connector.ErrDenied) || !strings.Contains(err.Error(), "accord link") || l.Revision == 0 {
			b.Fatalf("joined without a mark: revision %d, %v", l.Revision, err)
		}
		b.settle()
		denied.Store(false)
		if _, err := b.engine.Join(b.Context(), "cleo", refA(at), refB(other)); err != nil {
			b.Fatal(err)
		}
		b.settle()
		b.lose()
		b.a.Edit("ann", at, labels, issue.SetOf("x"))
		b.settle()
		if l := b.link(refA(at)); l.Sides["b"].Ref != refB(other) {
			b.Errorf("the link has %v", l.Sides["b"].Ref)
		}
		if v, err := b.engine.Plan(b.Context(), refB(other)); err != nil || v.After.ID != refA(at) {
			b.Errorf("plan of the other: %v, %v", v.After.ID, err)
		}
	})
}

// TestALostStoreWaitsForWhatWasJoined: what the process that is gone had begun
// may yet take effect, so what was joined is found again only after that.
func TestALostStoreWaitsForWhatWasJoined(t *testing.T) {
	inBed(t, func(b *bed) {
		at, _ := b.pair()
		b.lose()
		err := b.engine.Turn(b.Context(), issue.Event{Ref: refA(at), Cause: engine.Webhook})
		if later, ok := errors.AsType[durable.Later](err); !ok || time.Until(later.At) != plan.DefaultTimes.Late {
			b.Errorf("turn: %v", err)
		}
	})
}
