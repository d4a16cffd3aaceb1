package memory

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// queue is what the copies of a Queue share.
type queue struct {
	mu    sync.Mutex
	kept  []*kept       // in the order in which they came to wait
	last  int           // the last id or token given
	heard chan struct{} // closed, and made anew, whenever something may have become due
}

// kept is one message with its place in the queue.
type kept struct {
	durable.Message
	state state
	until time.Time // busy: hidden until then
}

type state int

const (
	waits state = iota
	busy
	dead
)

// key is what at most one message waits for.
type key struct {
	ref  issue.Ref
	lane durable.Lane
}

func keyOf(m durable.Message) key { return key{m.Event.Ref, m.Lane} }

// when is the time from which k may be received.
func (k *kept) when() time.Time {
	if k.state == busy {
		return k.until
	}
	return k.Due()
}

// wait puts m among the waiting, joined with the one that waits already. A
// message that has an id keeps it.
func (q *queue) wait(m durable.Message) {
	if k := q.find(waits, m); k != nil {
		k.Message = k.Message.Join(m)
		return
	}
	if m.ID == "" {
		m.ID = q.number()
	}
	q.kept = append(q.kept, &kept{Message: m, state: waits})
}

// take receives up to n messages that are due. One that ran out takes with it
// what waits beside it; one that ran out too often dies.
func (q *queue) take(n int, now time.Time, hide time.Duration) (ms []durable.Message) {
	for _, k := range q.due(now) {
		if len(ms) == n {
			break
		}
		if k.state == busy && k.Tries >= durable.MaxTries {
			k.state, k.Token, k.Why = dead, "", durable.RanOut
			continue
		}
		if beside := q.find(waits, k.Message); k.state == busy && beside != nil {
			k.Message = k.Message.Join(beside.Message)
			q.drop(beside)
		}
		k.state, k.until, k.Token = busy, now.Add(hide), q.number()
		k.Tries++
		ms = append(ms, k.Message)
	}
	return ms
}

// due returns what may be received now, live before bulk, the longest due first.
func (q *queue) due(now time.Time) (ks []*kept) {
	q.open(func(k *kept) {
		if !k.when().After(now) {
			ks = append(ks, k)
		}
	})
	slices.SortStableFunc(ks, func(a, b *kept) int {
		return cmp.Or(cmp.Compare(b.Lane, a.Lane), a.when().Compare(b.when()))
	})
	return ks
}

// next says when the next message becomes due; zero: none will by itself.
func (q *queue) next() (next time.Time) {
	q.open(func(k *kept) {
		if next.IsZero() || k.when().Before(next) {
			next = k.when()
		}
	})
	return next
}

// open calls do for all that may be received, now or later: not for the dead,
// and not for what waits beside one that is being handled.
func (q *queue) open(do func(*kept)) {
	handled := map[key]bool{}
	for _, k := range q.kept {
		if k.state == busy {
			handled[keyOf(k.Message)] = true
		}
	}
	for _, k := range q.kept {
		if k.state == busy || k.state == waits && !handled[keyOf(k.Message)] {
			do(k)
		}
	}
}

// find returns the message of m's issue and lane in a state, or nil. There is
// at most one that waits and one that is busy.
func (q *queue) find(s state, m durable.Message) *kept {
	return q.first(func(k *kept) bool { return k.state == s && keyOf(k.Message) == keyOf(m) })
}

// held returns the message that m was received as, or nil if somebody else has
// received it since.
func (q *queue) held(m durable.Message) *kept {
	return q.first(func(k *kept) bool { return k.state == busy && k.ID == m.ID && k.Token == m.Token })
}

func (q *queue) first(is func(*kept) bool) *kept {
	if i := slices.IndexFunc(q.kept, is); i >= 0 {
		return q.kept[i]
	}
	return nil
}

// wouldWait counts what would wait if ms were sent.
func (q *queue) wouldWait(ms []durable.Message) int {
	waiting := map[key]bool{}
	for _, k := range q.kept {
		if k.state == waits {
			waiting[keyOf(k.Message)] = true
		}
	}
	for _, m := range ms {
		waiting[keyOf(m)] = true
	}
	return len(waiting)
}

func (q *queue) drop(k *kept) {
	q.kept = slices.DeleteFunc(q.kept, func(o *kept) bool { return o == k })
}

func (q *queue) number() string { q.last++; return strconv.Itoa(q.last) }

func (q *queue) wake() {
	close(q.heard)
	q.heard = make(chan struct{})
}
