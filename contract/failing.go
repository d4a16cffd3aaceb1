package contract

import (
	"fmt"
	"slices"
	"time"

	"example.com/accord/durable"
)

func (q *queue) fail() {
	q.send(live("1"))
	q.failed(q.one(), q.long, "acme: 503")
	q.send(live("1"))
	time.Sleep(q.long * 7 / 10)
	q.none("it may not come before its time, whoever sends")
	time.Sleep(q.long * 3 / 10)
	m := q.one()
	if m.Why != "acme: 503" || m.Tries != 2 {
		q.t.Errorf("received %+v, want the second try with the reason", m)
	}
	q.send(live("1")) // waits beside it, due now
	q.failed(m, q.hide, "acme: 504")
	q.none("what waited beside it is one with it now")
	time.Sleep(q.hide)
	m = q.one()
	if m.Why != "acme: 504" || m.Tries != 3 {
		q.t.Errorf("received %+v, want the third try with the last reason", m)
	}
	q.done(m)
	time.Sleep(q.long)
	q.none("it is done")
}

func (q *queue) dead(n int) []durable.Message {
	q.t.Helper()
	ms, err := q.Dead(q.t.Context(), n)
	q.ok(err, "dead")
	return ms
}

// kill fails an event until it is dead.
func (q *queue) kill(m durable.Message) {
	q.t.Helper()
	q.send(m)
	for range durable.MaxTries {
		q.failed(q.one(), 0, "broken")
	}
}

func (q *queue) deadByFailing() {
	q.send(live("1"))
	for try := 1; try <= durable.MaxTries; try++ {
		m := q.one()
		if m.Tries != try {
			q.t.Fatalf("try %d, want %d", m.Tries, try)
		}
		if n := len(q.dead(1)); n != 0 {
			q.t.Fatalf("it is dead at try %d", try)
		}
		q.failed(m, 0, fmt.Sprintf("reason %d", try))
	}
	q.none("it is dead")
	ms := q.dead(10)
	if len(ms) != 1 || ms[0].Event.Ref != ref("1") || ms[0].Why != fmt.Sprintf("reason %d", durable.MaxTries) {
		q.t.Errorf("dead: %+v, want the event with its last reason", ms)
	}
	q.send(live("1"))
	q.done(q.one()) // a dead one keeps nothing back
}

func (q *queue) deadByRunningOut() {
	q.hide = min(q.hide, time.Second) // it runs out thirty times
	q.wait += 20 * time.Second        // for it to do so
	q.send(live("1"))
	for range durable.MaxTries {
		q.one()
	}
	q.send(live("1"))
	m := q.one()
	if m.Tries != 1 {
		q.t.Errorf("try %d, want the first of the event that waited beside the dead one", m.Tries)
	}
	q.done(m)
	ms := q.dead(10)
	if len(ms) != 1 || ms[0].Why != durable.RanOut {
		q.t.Errorf("dead: %+v, want the event that nobody finished", ms)
	}
}

func (q *queue) resend() {
	for i := range 4 {
		q.kill(live(fmt.Sprint(i)))
		time.Sleep(time.Second)
	}
	ms := q.dead(3)
	if len(ms) != 3 || ms[0].Event.Ref.ID != "0" || ms[2].Event.Ref.ID != "2" {
		q.t.Fatalf("dead: %v, want the three oldest", idsOf(ms))
	}
	resend := func(want int, ids ...string) {
		q.t.Helper()
		n, err := q.Resend(q.t.Context(), ids...)
		q.ok(err, "resend")
		if n != want {
			q.t.Errorf("%d were sent again, want %d", n, want)
		}
	}
	resend(1, ms[1].ID, "no such id")
	m := q.one()
	if m.Event.Ref.ID != "1" || m.Tries != 1 {
		q.t.Errorf("received %+v, want the first try of the one that was named", m)
	}
	q.failed(m, time.Hour, "still broken")
	resend(0, m.ID) // not dead
	q.send(live("0"))
	resend(3)
	if ids := idsOf(q.receive(10)); !slices.Equal(ids, []string{"0", "2", "3"}) {
		q.t.Errorf("received %v, want all that were dead, one of them joined with what waited", ids)
	}
	resend(0)
}
