package plan_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/issue"
	"example.com/accord/plan"
	"example.com/accord/text"
)

// TestRowsComeInTurns: of more comments than a turn may begin the turns bring
// all, each once and in the order of their birth, wherever they were born, also
// when calls are lost; no turn begins more than it may; and what is still
// missing is counted.
func TestRowsComeInTurns(t *testing.T) {
	search(t, "500")
	rapid.Check(t, func(t *rapid.T) {
		s := newStage(nil)
		s.silent = true
		for _, who := range []issue.Participant{"a", "b", "c"} {
			s.join(who, true)
		}
		s.field("comments", plan.Rows, plan.Hold)
		s.turnAll()
		most := rapid.IntRange(1, 4).Draw(t, "most")
		s.rules.Times.Rows = most
		n := rapid.IntRange(0, 12).Draw(t, "comments")
		for i := range n {
			s.now = s.now.Add(time.Second)
			j := s.jiras[rapid.SampledFrom([]issue.Participant{"a", "b"}).Draw(t, "born at")]
			j.add(text.Of(fmt.Sprintf("k%d", i)), "Ada", issue.RowMark{}, s.now)
		}
		lossy := rapid.Bool().Draw(t, "lossy")
		left := n
		for turns := 0; ; turns++ {
			p := s.plan()
			if p.Quiet() {
				break
			}
			if turns > 4*n+8 {
				t.Fatalf("it does not settle in %d turns", turns)
			}
			begun := 0
			for _, c := range p.Changes {
				if len(c.Patch) > most {
					t.Fatalf("%d rows are begun at %s, and %d may be", len(c.Patch), c.On.Participant, most)
				}
				if c.On.Participant == "c" {
					begun += len(c.Patch)
				}
			}
			if !lossy && begun+p.Left["c"] != left {
				t.Fatalf("%d rows are begun at c and %d are left, of %d", begun, p.Left["c"], left)
			}
			left -= begun
			for _, who := range s.rules.Order {
				s.write(who, lossy && rapid.Bool().Draw(t, "lost"), false)
			}
		}
		c := s.jiras["c"].comments
		if len(c) != n {
			t.Fatalf("%d comments stand at c, want %d", len(c), n)
		}
		for i := range c {
			if got := text.Line(c[i].body[len(c[i].body)-1:]); got != fmt.Sprintf("k%d", i) {
				t.Fatalf("comment %d at c is %s", i, got)
			}
		}
	})
}
