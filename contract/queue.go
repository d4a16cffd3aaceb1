package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"github.com/google/go-cmp/cmp"
)

// hide is for how long most of the suite hides what it receives.
const hide = time.Minute

// Queue checks that what open returns keeps the promises of [durable.Queue],
// and of [durable.Gauge] if it is one. Each test runs in a bubble of
// testing/synctest with a queue of its own.
func Queue(t *testing.T, open func(t *testing.T) durable.Queue) { queues(t, 10*time.Millisecond, open) }

// QueueBySecond is [Queue] for one that is exact to the second only. Lacks names
// the tests whose promise it does not keep.
func QueueBySecond(t *testing.T, open func(t *testing.T) durable.Queue, lacks ...string) {
	queues(t, time.Second, open, lacks...)
}

func queues(t *testing.T, tick time.Duration, open func(t *testing.T) durable.Queue, lacks ...string) {
	for name, test := range but(t, lacks) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test(&queue{open(t), t, scale{hide: hide, long: time.Hour, tick: tick, wait: 1, many: 1000}})
			})
		})
	}
}

// RemoteQueue is [Queue] for one behind a network: its tests take real time, all
// at once. Lacks names those whose promise it does not keep, or not as exactly
// as it is tested.
func RemoteQueue(t *testing.T, open func(t *testing.T) durable.Queue, lacks ...string) {
	for name, test := range but(t, lacks) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(&queue{open(t), t, scale{hide: 5 * time.Second, long: 20 * time.Second, tick: time.Second, wait: 1500 * time.Millisecond, many: 100}})
		})
	}
}

// but returns the promises but for those named.
func but(t *testing.T, lacks []string) map[string]func(*queue) {
	tests := promises()
	for _, name := range lacks {
		if tests[name] == nil {
			t.Errorf("no test is named %q", name)
		}
		delete(tests, name)
	}
	return tests
}

// promises are the tests by what they show.
func promises() map[string]func(*queue) {
	return map[string]func(*queue){
		"an event is delivered until it is done":             (*queue).deliversUntilDone,
		"an event is joined with the one that waits":         (*queue).joins,
		"a floor holds whoever sends":                        (*queue).floor,
		"an event waits beside the one being handled":        (*queue).beside,
		"an event that ran out takes what waits beside it":   (*queue).ranOut,
		"a holder that ran out has no say":                   (*queue).staleHolder,
		"an extended event stays hidden":                     (*queue).extend,
		"a failed event comes back when it may":              (*queue).fail,
		"an event that fails too often is dead":              (*queue).deadByFailing,
		"an event that runs out too often is dead":           (*queue).deadByRunningOut,
		"dead events can be sent again":                      (*queue).resend,
		"live goes before bulk":                              (*queue).lanes,
		"receive waits for what comes and what becomes due":  (*queue).waits,
		"each event goes to one of many receivers":           (*queue).manyReceivers,
		"a thousand senders at the same time lose nothing":   (*queue).manySenders,
		"a gauge counts what waits":                          (*queue).gauge,
		"a gauge tells what came first":                      (*queue).oldest,
		"whatever happens, what was sent is handled or kept": (*queue).history,
	}
}

// FullQueue checks a queue that takes at most max waiting events.
func FullQueue(t *testing.T, open func(t *testing.T, max int) durable.Queue) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{open(t, 3), t, scale{hide: hide, wait: 1}}
		q.send(live("1"), live("2"))
		if err := q.Send(t.Context(), live("3"), live("4")); !errors.Is(err, durable.ErrFull) {
			t.Fatalf("two more where there is room for one: %v, want ErrFull", err)
		}
		q.send(live("3"))
		q.send(live("2")) // joins one that waits
		full := func(why string) {
			t.Helper()
			if err := q.Send(t.Context(), live("one more")); !errors.Is(err, durable.ErrFull) {
				t.Fatalf("one more: %v, want ErrFull: %s", err, why)
			}
		}
		full("three wait")
		ms := q.receive(4)
		if ids := idsOf(ms); !slices.Equal(ids, []string{"1", "2", "3"}) {
			t.Fatalf("received %v, want what was accepted", ids)
		}
		q.failed(ms[0], time.Hour, "")
		q.send(live("5"), ms[1])
		full("one came back, and two were sent")
		time.Sleep(hide + time.Second)
		for _, m := range q.receive(4) { // all but the one that failed; one had another beside it
			q.done(m)
		}
		q.send(live("6"), live("7"))
		full("the one that failed waits still")
	})
}

type queue struct {
	durable.Queue
	t *testing.T
	scale
}

// A scale is how long things take in a test, and how much it does.
type scale struct {
	hide time.Duration // what is received stays hidden
	long time.Duration // until what is due late
	tick time.Duration // the step of a history's clock
	wait time.Duration // for what is due now
	many int           // events that are sent at the same time
}

// ref names an issue of the suite.
func ref(id string) issue.Ref { return issue.Ref{Participant: "acme", ID: id} }

func live(id string) durable.Message {
	return durable.Message{Event: issue.Event{Ref: ref(id), Cause: "webhook", At: time.Now()}, Lane: durable.Live}
}

func bulk(id string) durable.Message {
	m := live(id)
	m.Lane = durable.Bulk
	return m
}

func idsOf(ms []durable.Message) []string {
	ids := []string{}
	for _, m := range ms {
		ids = append(ids, m.Event.Ref.ID)
	}
	slices.Sort(ids)
	return ids
}

func (q *queue) ok(err error, doing string) {
	q.t.Helper()
	if err != nil {
		q.t.Fatalf("%s: %v", doing, err)
	}
}

func (q *queue) send(ms ...durable.Message) {
	q.t.Helper()
	q.ok(q.Send(q.t.Context(), ms...), "send")
}

// receive returns what is due now, without waiting.
func (q *queue) receive(n int) []durable.Message {
	q.t.Helper()
	ctx, cancel := context.WithTimeout(q.t.Context(), q.wait)
	defer cancel()
	ms, err := q.Receive(ctx, n, q.hide)
	q.ok(err, "receive")
	return ms
}

// one receives the one event that is due.
func (q *queue) one() durable.Message {
	q.t.Helper()
	ms := q.receive(10)
	if len(ms) != 1 {
		q.t.Fatalf("%d events are due, want one", len(ms))
	}
	return ms[0]
}

// none checks that nothing is due.
func (q *queue) none(why string) {
	q.t.Helper()
	if ms := q.receive(10); len(ms) != 0 {
		q.t.Fatalf("%v are due, want none: %s", idsOf(ms), why)
	}
}

func (q *queue) done(m durable.Message) {
	q.t.Helper()
	q.ok(q.Done(q.t.Context(), m), "done")
}

func (q *queue) failed(m durable.Message, in time.Duration, why string) {
	q.t.Helper()
	q.ok(q.Fail(q.t.Context(), m, time.Now().Add(in), why), "fail")
}

func (q *queue) deliversUntilDone() {
	sent := live("1")
	sent.Event.Delivery = "d-17"
	sent.Event.Rows = []issue.Touch{{ID: "10001", By: "Ann", Updated: time.Now()}}
	q.send(sent)
	m := q.one()
	if d := cmp.Diff(sent.Event, m.Event); d != "" {
		q.t.Errorf("the event has changed on its way (-sent +received):\n%s", d)
	}
	if m.ID == "" || m.Token == "" || m.Tries != 1 || m.Lane != durable.Live || m.At.IsZero() || m.Why != "" {
		q.t.Errorf("received %+v, want it with id, token, time and its first try", m)
	}
	q.none("it is being handled")
	time.Sleep(q.hide + time.Second)
	again := q.one()
	if again.Tries != 2 || again.Token == m.Token {
		q.t.Errorf("received %+v after it ran out, want the second try with a token of its own", again)
	}
	q.done(again)
	time.Sleep(2 * q.hide)
	q.none("it is done")
	q.done(again) // does no harm
}

func (q *queue) joins() {
	touches := func(from, to int) (ts []issue.Touch) {
		for i := from; i < to; i++ {
			ts = append(ts, issue.Touch{ID: fmt.Sprint(i), By: "Ann", Updated: time.Unix(int64(i), 0)})
		}
		return ts
	}
	first, second := live("1"), live("1")
	first.At, first.Event.Rows = time.Now().Add(q.long), touches(0, 12)
	second.At, second.Event.Rows = time.Now().Add(q.long/2), touches(10, 25)
	q.send(first)
	q.send(second)
	q.send(first)
	q.send(bulk("1"), live("2"))
	others := q.receive(10)
	if len(others) != 2 {
		q.t.Fatalf("received %d, want the other lane's and the other issue's", len(others))
	}
	for _, m := range others {
		q.ok(q.Extend(q.t.Context(), m, q.long), "extend")
	}
	q.none("the joined one is not due yet")
	time.Sleep(time.Until(second.At))
	m := q.one()
	if n := len(m.Event.Rows); n != 20 {
		q.t.Errorf("%d touches were kept, want 20", n)
	}
	for i, touch := range m.Event.Rows {
		if slices.Contains(m.Event.Rows[:i], touch) {
			q.t.Errorf("the touch %v is there twice", touch)
		}
	}
	q.done(m)
	time.Sleep(2 * q.long)
	if n := len(q.receive(10)); n != 2 {
		q.t.Errorf("%d are left, want the two that were not done: one event was kept per issue and lane", n)
	}
}

func (q *queue) floor() {
	m := live("1")
	m.Floor = time.Now().Add(q.long)
	q.send(m)
	q.none("its floor is in an hour")
	q.send(live("1"))
	q.none("another one for the issue does not go below the floor")
	m.Floor = time.Now().Add(2 * q.long)
	q.send(m)
	time.Sleep(q.long + time.Second)
	q.none("the later floor counts")
	time.Sleep(q.long)
	q.done(q.one())
	q.send(live("1"))
	q.done(q.one()) // the floor has gone with its event
}

func (q *queue) beside() {
	q.send(live("1"))
	m := q.one()
	q.send(live("1"))
	q.send(live("1"))
	q.none("what came meanwhile waits until the first is done")
	q.done(m)
	again := q.one()
	if again.Tries != 1 {
		q.t.Errorf("try %d, want the first: it is another event", again.Tries)
	}
	q.done(again)
	time.Sleep(2 * q.hide)
	q.none("both are done")
}

func (q *queue) ranOut() {
	q.send(live("1"))
	m := q.one()
	beside := live("1")
	beside.Event.Rows = []issue.Touch{{ID: "10001", By: "Ann", Updated: time.Now()}}
	q.send(beside)
	time.Sleep(q.hide + time.Second)
	again := q.one()
	if again.Tries != 2 || len(again.Event.Rows) != 1 {
		q.t.Errorf("received %+v, want the second try with the touch of what waited beside it", again)
	}
	q.done(m)
	q.done(again)
	time.Sleep(2 * q.hide)
	q.none("the two were one")

	// A holder that comes too late, but before anybody else, may be done with
	// its own event, and not with what came meanwhile.
	q.send(live("1"))
	m = q.one()
	q.send(live("1"))
	time.Sleep(q.hide + time.Second)
	q.done(m)
	q.done(q.one())
	time.Sleep(2 * q.hide)
	q.none("both are done")
}

func (q *queue) staleHolder() {
	q.send(live("1"))
	old := q.one()
	time.Sleep(q.hide + time.Second)
	q.ok(q.Extend(q.t.Context(), old, q.hide), "extend what ran out and nobody else has")
	time.Sleep(q.hide + time.Second)
	now := q.one()
	if err := q.Extend(q.t.Context(), old, time.Hour); !errors.Is(err, durable.ErrStale) {
		q.t.Errorf("extend what somebody else has: %v, want ErrStale", err)
	}
	q.done(old)
	q.failed(old, 0, "late")
	q.none("the other one still handles it")
	q.failed(now, 0, "")
	q.done(q.one())
}

func (q *queue) extend() {
	q.send(live("1"))
	m := q.one()
	for range 5 {
		time.Sleep(q.hide - time.Second)
		q.ok(q.Extend(q.t.Context(), m, q.hide), "extend")
		q.none("it was extended in time")
	}
	q.ok(q.Extend(q.t.Context(), m, 0), "extend by nothing")
	if again := q.one(); again.ID != m.ID {
		q.t.Errorf("received %+v, want the same given back", again)
	}
}

func (q *queue) lanes() {
	q.send(bulk("1"), bulk("2"))
	time.Sleep(time.Second)
	q.send(live("3"), bulk("4"), live("5"))
	if ids := idsOf(q.receive(2)); !slices.Equal(ids, []string{"3", "5"}) {
		q.t.Errorf("received %v, want the live ones", ids)
	}
	q.send(live("1"))
	if ms := q.receive(1); len(ms) != 1 || ms[0].Lane != durable.Live {
		q.t.Errorf("received %+v, want the live one", ms)
	}
	if ids := idsOf(q.receive(10)); !slices.Equal(ids, []string{"1", "2", "4"}) {
		q.t.Errorf("received %v, want the bulk ones: lanes do not wait for one another", ids)
	}
}

func (q *queue) waits() {
	began := time.Now()
	after := func(want time.Duration, what string) {
		q.t.Helper()
		ms, err := q.Receive(q.t.Context(), 1, q.hide)
		q.ok(err, "receive")
		if got := time.Since(began); len(ms) != 1 || got != want {
			q.t.Errorf("received %d after %v, want one after %v: %s", len(ms), got, want, what)
		}
		for _, m := range ms {
			q.done(m)
		}
	}
	go func() { time.Sleep(time.Second); q.send(live("1")) }()
	after(time.Second, "it was sent then")
	m := live("2")
	m.At = began.Add(time.Hour)
	q.send(m)
	after(time.Hour, "it was due then")
	q.send(live("3"))
	held := q.one()
	q.send(live("3"))
	go func() { time.Sleep(time.Second); q.done(held) }()
	after(time.Hour+time.Second, "the one before it was done then")

	ctx, cancel := context.WithTimeout(q.t.Context(), time.Minute)
	defer cancel()
	if ms, err := q.Receive(ctx, 1, q.hide); len(ms) != 0 || err != nil || time.Since(began) != time.Hour+time.Second+time.Minute {
		q.t.Errorf("received %d (%v) after %v, want none when the context ends", len(ms), err, time.Since(began))
	}
}

func (q *queue) manyReceivers() {
	events := q.many / 5
	for i := range events {
		q.send(live(fmt.Sprint(i)))
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				ms := q.receive(3)
				if len(ms) == 0 {
					return
				}
				mu.Lock()
				for _, m := range ms {
					seen[m.Event.Ref.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id, n := range seen {
		if n != 1 {
			q.t.Errorf("event %s was received %d times", id, n)
		}
	}
	if len(seen) != events {
		q.t.Errorf("%d were received, want %d", len(seen), events)
	}
}

func (q *queue) manySenders() {
	events := q.many
	var wg sync.WaitGroup
	errs := make([]error, events)
	for i := range events {
		wg.Go(func() { errs[i] = q.Send(q.t.Context(), live(fmt.Sprint(i)), bulk("all")) })
	}
	wg.Wait()
	q.ok(errors.Join(errs...), "send")
	ms := q.receive(2 * events)
	slices.SortFunc(ms, func(a, b durable.Message) int { return a.Event.Ref.Compare(b.Event.Ref) })
	if len(ms) != events+1 || ms[events-1].Event.Ref.ID != fmt.Sprint(events-1) {
		q.t.Errorf("%d are there, want %d and one that all sent", len(ms), events)
	}
}
