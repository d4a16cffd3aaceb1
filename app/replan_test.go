package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// TestReplanGoesOn: a call that may take no time queues what it can send at once,
// and the next goes on behind it, unless the rules have changed again.
func TestReplanGoesOn(t *testing.T) {
	w := newWorld(t)
	a := w.open()
	if _, err := a.Replan(t.Context(), a.Syncs[0], time.Time{}); err != nil {
		t.Fatal(err)
	}
	for n := range 250 {
		l := issue.Link{ID: issue.Ref{Participant: "a", ID: fmt.Sprint(10_000 + n)}}
		if err := a.Store.Commit(t.Context(), issue.Link{ID: l.ID}, l, durable.Record{}); err != nil {
			t.Fatal(err)
		}
	}
	waits := func(want int64) {
		t.Helper()
		if depth, err := a.Queue.(durable.Gauge).Depth(t.Context()); err != nil || int64(depth.Bulk) != want {
			t.Errorf("%+v wait (%v), want %d", depth, err, want)
		}
	}
	again := func(deadline time.Time, want bool) {
		t.Helper()
		if done, err := a.Replan(t.Context(), a.Syncs[0], deadline); done != want || err != nil {
			t.Errorf("done %v (%v), want %v", done, err, want)
		}
	}
	reopen := func(policy string) {
		t.Helper()
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		w.src = strings.Replace(w.src, "summary: hold", "summary: "+policy, 1)
		w.src = strings.Replace(w.src, "summary: first", "summary: "+policy, 1)
		a = w.open()
	}
	waits(0)
	again(time.Time{}, true) // the rules are the same
	waits(0)
	reopen("first")
	again(time.Now(), false)
	waits(100)
	reopen("newest") // it begins anew: who waits already is not queued twice
	again(time.Now(), false)
	waits(100)
	again(time.Now(), false)
	waits(200)
	again(time.Time{}, true)
	waits(250)
	again(time.Time{}, true)
	if st, err := a.Store.State(t.Context(), "replan/"+a.Syncs[0].Name); err != nil || len(st.Value) > 0 {
		t.Errorf("%s is left (%v)", st.Value, err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}
