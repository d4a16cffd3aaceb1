package engine_test

import (
	"sync/atomic"
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
		var count atomic.Int64
		var up atomic.Bool
		b.b.Call = func(string) memory.Fate {
			if up.Load() {
				return memory.Fate{}
			}
			count.Add(1)
			return memory.Fate{Err: errDown, Never: true}
		}
		b.a.Edit("ann", at, summary, issue.Scalar("two"))
		b.pass(24 * time.Hour)
		asked := count.Load()
		if asked > 24*5+10 || asked < 24*3 {
			b.Errorf("asked %d times within a day", asked)
		}
		up.Store(true)
		b.settle()
		b.shows(b.b, other, summary, issue.Scalar("two"))
	})
}
