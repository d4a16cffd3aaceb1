package contract

import (
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"pgregory.net/rapid"
)

// history makes random calls, late and stale ones too, and holds beside the
// queue what must be in it. Its clock goes by ticks: short ones where it may, for
// rapid, inside a bubble, ends a search that has taken a day.
func (q *queue) history() {
	q.hide = 60 * q.tick
	rapid.Check(bubbled{q.t}, func(t *rapid.T) {
		h := &world{q: q, T: t, kept: map[lane]*owed{}}
		h.empty() // of what a search that failed has left
		t.Repeat(map[string]func(*rapid.T){
			"send":    h.send,
			"receive": h.receive,
			"settle":  h.settle,
			"sleep":   func(t *rapid.T) { time.Sleep(time.Duration(rapid.IntRange(1, 90).Draw(t, "ticks")) * q.tick) },
		})
		h.drain()
	})
}

// bubbled hides the deadline of a test, which has none inside a bubble.
type bubbled struct{ rapid.TB }

// A lane is where at most one event waits and one is handled.
type lane struct {
	ref  issue.Ref
	lane durable.Lane
}

// owed is what the queue must know of a lane.
type owed struct {
	waits     bool
	at, floor time.Time // of what waits
	holder    string    // token of who received last; empty: nobody has it
	until     time.Time // holder's time is out then
	held      time.Time // floor of what the holder has
}

// due says since when something may be received; false: nothing may.
func (o *owed) due() (time.Time, bool) {
	switch {
	case o.holder != "":
		return o.until, true
	case !o.waits:
		return time.Time{}, false
	case o.floor.After(o.at):
		return o.floor, true
	}
	return o.at, true
}

func (o *owed) wait(at, floor time.Time) {
	if !o.waits || at.Before(o.at) {
		o.at = at
	}
	if !o.waits || floor.After(o.floor) {
		o.floor = floor
	}
	o.waits = true
}

type world struct {
	*rapid.T
	q        *queue
	kept     map[lane]*owed
	received []durable.Message
}

func (w *world) send(t *rapid.T) {
	m := durable.Message{Lane: rapid.SampledFrom([]durable.Lane{durable.Live, durable.Bulk}).Draw(t, "lane")}
	m.Event.Ref = ref(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "issue"))
	m.At = time.Now().Add(time.Duration(rapid.IntRange(-5, 100).Draw(t, "at")) * w.q.tick)
	if rapid.Bool().Draw(t, "with floor") {
		m.Floor = time.Now().Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "floor")) * w.q.tick)
	}
	w.q.send(m)
	w.of(m).wait(m.At, m.Floor)
}

func (w *world) of(m durable.Message) *owed {
	k := lane{m.Event.Ref, m.Lane}
	if w.kept[k] == nil {
		w.kept[k] = &owed{}
	}
	return w.kept[k]
}

// receive checks that what is due is received, and nothing else.
func (w *world) receive(t *rapid.T) {
	want := 0
	for _, o := range w.kept {
		if at, ok := o.due(); ok && !at.After(time.Now()) {
			want++
		}
	}
	limit := rapid.IntRange(1, 4).Draw(t, "max")
	ms := w.q.receive(limit)
	if len(ms) != min(want, limit) {
		t.Fatalf("received %d, want %d: %d are due", len(ms), min(want, limit), want)
	}
	for _, m := range ms {
		o := w.of(m)
		if at, ok := o.due(); !ok || at.After(time.Now()) {
			t.Fatalf("received %s in lane %s, which is not due", m.Event.Ref, m.Lane)
		}
		if o.waits && o.floor.After(o.held) {
			o.held = o.floor
		}
		o.waits, o.holder, o.until = false, m.Token, time.Now().Add(w.q.hide)
		w.received = append(w.received, m)
	}
}

// settle lets somebody who received something, now or long ago, say how it ended.
func (w *world) settle(t *rapid.T) {
	if len(w.received) == 0 {
		t.Skip("nothing was received yet")
	}
	m := rapid.SampledFrom(w.received).Draw(t, "message")
	o := w.of(m)
	mine := o.holder == m.Token
	switch rapid.SampledFrom([]string{"done", "fail", "extend"}).Draw(t, "how") {
	case "done":
		w.q.done(m)
		if mine {
			o.holder, o.held = "", time.Time{}
		}
	case "fail":
		next := time.Now().Add(30 * w.q.tick)
		w.q.failed(m, 30*w.q.tick, "")
		if mine {
			if next.After(o.held) {
				o.held = next
			}
			o.wait(next, o.held)
			o.holder, o.held = "", time.Time{}
		}
	case "extend":
		err := w.q.Extend(w.q.t.Context(), m, w.q.hide)
		if mine != (err == nil) {
			t.Fatalf("extend: %v, though the message is the caller's: %v", err, mine)
		}
		if mine {
			o.until = time.Now().Add(w.q.hide)
		}
	}
}

// drain checks that all that is owed comes, once, and leaves the queue empty.
func (w *world) drain() {
	time.Sleep(200 * w.q.tick)
	ms := w.q.receive(100)
	for _, m := range ms {
		o := w.of(m)
		if _, ok := o.due(); !ok {
			w.Errorf("%s in lane %s was delivered though it was done", m.Event.Ref, m.Lane)
		}
		delete(w.kept, lane{m.Event.Ref, m.Lane})
		w.q.done(m)
	}
	for k, o := range w.kept {
		if _, ok := o.due(); ok {
			w.Errorf("%s in lane %s is lost", k.ref, k.lane)
		}
	}
	w.empty()
}

// empty leaves nothing in the queue, alive or dead.
func (w *world) empty() {
	for range 2 {
		time.Sleep(200 * w.q.tick)
		for _, m := range w.q.receive(100) {
			w.q.done(m)
		}
		_, err := w.q.Resend(w.q.t.Context())
		w.q.ok(err, "resend")
	}
}
