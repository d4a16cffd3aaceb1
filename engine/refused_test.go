package engine_test

import (
	"testing"
	"time"

	"example.com/accord/issue"
)

// TestARefusalIsToldAtOnce: no webhook follows a write that was refused, so the
// engine looks again by itself, and then the reason stands in the link.
func TestARefusalIsToldAtOnce(t *testing.T) {
	inBed(t, func(b *bed) {
		at, _ := b.create("one")
		b.b.Habits.Refuse = func(x issue.Place, _ issue.Value) string {
			if x == summary {
				return "Summary is too dull."
			}
			return ""
		}
		b.a.Edit("ann", at, summary, issue.Scalar("two"))
		time.Sleep(5 * time.Second)
		l, err := b.store.Link(b.Context(), refA(at))
		if err != nil {
			b.Fatal(err)
		}
		if try := l.Sides["b"].Tried[summary]; try.Why != "Summary is too dull." {
			b.Errorf("after 5 s b tells %+v", try)
		}
	})
}
