package plan_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/issue"
)

// forget is a store that is lost and a link that was found again: nothing is
// known but which issues are one.
func (s *stage) forget() {
	l := issue.Link{ID: s.link.ID, Sides: map[issue.Participant]issue.Side{}, Revision: 1}
	for who, side := range s.link.Sides {
		l.Sides[who] = issue.Side{Ref: side.Ref}
	}
	s.link, s.pending = l, nil
}

// TestForgottenIsRecalled: what was in step and is forgotten is in step; and an
// edit that is made before anybody looks again is heard as the edit that it is.
func TestForgottenIsRecalled(t *testing.T) {
	search(t, "3000")
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		h.settled(t)
		for range rapid.IntRange(0, 6).Draw(t, "edits") {
			h.edit(t, h.jiras[rapid.SampledFrom(h.rules.Order).Draw(t, "who")])
			h.settled(t)
		}
		before := h.link
		h.forget()
		edited := rapid.Bool().Draw(t, "edited")
		if edited {
			h.edit(t, h.jiras[rapid.SampledFrom(h.rules.Order).Draw(t, "who")])
		}
		h.now = h.now.Add(8 * time.Minute) // a changelog is waited for
		p := h.plan()
		for x, held := range p.After.Held {
			// Of a row that was edited where it was born and then on another side
			// nothing tells that it was one in between.
			if _, was := before.Held[x]; !was && !(edited && x.Row != (issue.Ref{})) {
				t.Fatalf("%s is held: %v", x, held)
			}
			for _, c := range held.Claims {
				if row, _ := c.Value.(issue.Row); len(row) > 0 && len(row["body"].(issue.Text).Doc) > 1 {
					t.Fatalf("the name above %s is taken for a word of %s: %v", x, c.By, row)
				}
			}
		}
		if len(p.Overruled) > 0 {
			t.Fatalf("overruled %v", p.Overruled)
		}
		if edited {
			h.calm(t)
			h.check(t)
			return
		}
		if len(p.Changes) > 0 {
			t.Fatalf("it writes %v", p.Changes)
		}
		for x, v := range before.Agreed {
			if !issue.Empty(v) && !issue.Same(p.After.Agreed[x], v) {
				t.Fatalf("%s is %v, and was agreed as %v", x, p.After.Agreed[x], v)
			}
		}
	})
}

// settled takes turns until nothing is left to do for now.
func (h *history) settled(t *rapid.T) {
	h.now = h.now.Add(5 * time.Second)
	for range 12 {
		if h.turnAll().Quiet() {
			return
		}
	}
	t.Fatal("it does not settle")
}
