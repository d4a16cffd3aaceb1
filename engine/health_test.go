package engine_test

import (
	"testing"
	"time"

	"example.com/accord/issue"
	"example.com/accord/memory"
)

// TestADownSideIsAskedLessAndLess: a link that waits for a site which has been
// down for a day asks four times an hour, not thirty, and goes on soon after it
// is back.
func TestADownSideIsAskedLessAndLess(t *testing.T) {
	inBed(t, func(b *bed) {
		at, other := b.create("one")
		asked := 0
		b.b.Call = func(string) memory.Fate {
			asked++
			return memory.Fate{Err: errDown, Never: true}
		}
		b.a.Edit("ann", at, summary, issue.Scalar("two"))
		time.Sleep(24 * time.Hour)
		if asked > 24*5+10 || asked < 24*3 {
			b.Errorf("asked %d times within a day", asked)
		}
		b.b.Call = nil
		b.settle()
		b.shows(b.b, other, summary, issue.Scalar("two"))
	})
}
