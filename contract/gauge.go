package contract

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/durable"
)

func (q *queue) gauge() {
	check := func(want durable.Depth) {
		q.t.Helper()
		got, ok := q.depth()
		got.Oldest, got.Later = time.Time{}, 0
		if diff := cmp.Diff(want, got); ok && diff != "" {
			q.t.Errorf("depth (-want +got):\n%s", diff)
		}
	}
	check(durable.Depth{})
	q.kill(live("0"))
	q.send(bulk("1"), live("2"), live("3"), live("2"))
	check(durable.Depth{Live: 2, Bulk: 1, Dead: 1})
	m := bulk("4")
	m.At = time.Now().Add(time.Hour)
	q.send(m)
	q.receive(3)
	check(durable.Depth{Bulk: 1, Busy: 3, Dead: 1})
}

// Later tests that a queue tells what is due from what waits until later.
func Later(t *testing.T, open func(*testing.T) durable.Queue) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{open(t), t, scale{hide: hide, long: time.Hour, tick: 10 * time.Millisecond, wait: 1, many: 1000}}
		check := func(later int, why string) {
			q.t.Helper()
			if d, ok := q.depth(); !ok || d.Later != later {
				q.t.Errorf("%s: %d are not due yet, want %d", why, d.Later, later)
			}
		}
		check(0, "nothing waits")
		m, floored := bulk("1"), live("2")
		m.At, floored.Floor = time.Now().Add(time.Hour), time.Now().Add(time.Hour)
		q.send(m, floored, live("3"))
		check(2, "one at a time, one not before a time")
		q.send(live("2"))
		check(2, "it is sent again, and may not come before its time")
		q.send(bulk("1"))
		check(1, "it is brought forward")
		q.receive(2)
		check(1, "the others are being handled")
	})
}

func (q *queue) oldest() {
	check := func(want time.Time, why string) {
		q.t.Helper()
		if got, ok := q.depth(); ok && !got.Oldest.Equal(want) {
			q.t.Errorf("%s: the oldest is of %v, want %v", why, got.Oldest, want)
		}
	}
	check(time.Time{}, "nothing waits")
	m := live("1")
	q.send(m)
	time.Sleep(time.Second)
	later := bulk("2")
	later.At = time.Now().Add(time.Hour)
	q.send(later, live("3"))
	check(m.Event.At, "the first waits")
	q.receive(2)
	check(later.Event.At, "what is not due waits too")
}

// depth returns how much waits, of a queue that can say so: it need not.
func (q *queue) depth() (durable.Depth, bool) {
	q.t.Helper()
	g, ok := q.Queue.(durable.Gauge)
	if !ok {
		return durable.Depth{}, false
	}
	d, err := g.Depth(q.t.Context())
	q.ok(err, "depth")
	return d, true
}
