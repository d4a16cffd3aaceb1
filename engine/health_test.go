package engine_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/accord/connector"
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

// TestASweepThatFailsIsIll: a project that no sweep can walk is told of, though
// no turn ever asked it for anything, until a sweep can walk it again.
func TestASweepThatFailsIsIll(t *testing.T) {
	inBed(t, func(b *bed) {
		b.b.Call = func(kind string) memory.Fate {
			if kind == "changed" {
				return memory.Fate{Err: errDown, Never: true}
			}
			return memory.Fate{}
		}
		b.sweep(sweepRecent, false)
		if s, err := b.store.State(b.Context(), "health/b"); err != nil || !strings.Contains(string(s.Value), errDown.Error()) {
			b.Errorf("health of b: %s, %v", s.Value, err)
		}
		if s, err := b.store.State(b.Context(), "sweep/b"); err != nil || strings.Contains(string(s.Value), `"swept"`) {
			b.Errorf("b was never swept: %s, %v", s.Value, err)
		}
		b.b.Call = nil
		b.sweep(sweepRecent, true)
		if s, err := b.store.State(b.Context(), "health/b"); err != nil || s.Value != nil {
			b.Errorf("health of b: %s, %v", s.Value, err)
		}
		if s, err := b.store.State(b.Context(), "sweep/b"); err != nil || !strings.Contains(string(s.Value), `"swept"`) {
			b.Errorf("b was swept: %s, %v", s.Value, err)
		}
	})
}

// TestABusySiteIsWellUnlessItIsDown: who asks for a pause is well; who takes no
// log-in, or is down for long, is told of while that lasts.
func TestABusySiteIsWellUnlessItIsDown(t *testing.T) {
	for ill, want := range map[error]string{nil: "", connector.ErrDown: "503 maintenance", connector.ErrDenied: "503 maintenance"} {
		inBed(t, func(b *bed) {
			at, other := b.create("one")
			began, busy := time.Now(), 40*time.Minute
			b.b.Call = func(string) memory.Fate {
				left := busy - time.Since(began)
				if left <= 0 {
					return memory.Fate{}
				}
				return memory.Fate{Err: &connector.Busy{For: left, Why: "503 maintenance", Ill: ill}, Never: true}
			}
			b.a.Edit("ann", at, summary, issue.Scalar("two"))
			for range 3 {
				b.pass(12 * time.Minute)
				s, err := b.store.State(b.Context(), "health/b")
				if err != nil || strings.Contains(string(s.Value), "503") != (want != "") {
					b.Errorf("%v: health of b: %s, %v", ill, s.Value, err)
				}
			}
			b.settle()
			b.shows(b.b, other, summary, issue.Scalar("two"))
			if s, err := b.store.State(b.Context(), "health/b"); err != nil || s.Value != nil {
				b.Errorf("%v: health of b afterwards: %s, %v", ill, s.Value, err)
			}
		})
	}
}
