package durable

import (
	"context"
	"time"

	"example.com/accord/issue"
)

// A Lane is one of the two ways through the queue. Live goes before Bulk.
type Lane string

// The lanes.
const (
	Live Lane = "live" // a person's edit
	Bulk Lane = "bulk" // sweeps, first syncs, changes of the rules
)

// A Queue holds events until they have been handled. It delivers each at least
// once, in no order. At most one waiting event is kept per issue and lane: of
// two the earlier At counts, and the later Floor; their Rows are joined, at
// most 20. An event that is being handled is not waiting: one that comes
// meanwhile waits beside it and is delivered after it is done.
type Queue interface {
	// Send adds events; when it returns they survive a power cut. ErrFull: nothing was added.
	Send(ctx context.Context, ms ...Message) error

	// Receive takes up to max messages (at least one) that are due, live before bulk, and
	// hides them for a while. It waits for one until ctx ends, and returns none then.
	Receive(ctx context.Context, max int, hide time.Duration) ([]Message, error)

	// Extend hides a received message for so long from now. One that ran out
	// and was received by somebody else is ErrStale.
	Extend(ctx context.Context, m Message, hide time.Duration) error

	// Done removes a received message. One that ran out and was received by
	// somebody else is left alone.
	Done(ctx context.Context, m Message) error

	// Fail gives a received message back, due at the time given and not
	// before (its Floor), with the reason. After MaxTries it is dead. One that
	// ran out and was received by somebody else is left alone.
	Fail(ctx context.Context, m Message, next time.Time, why string) error

	// Dead returns dead messages, oldest first, at most max.
	Dead(ctx context.Context, max int) ([]Message, error)

	// Resend makes dead messages due again, all of them if no id is given, and
	// counts their tries anew; it says how many.
	Resend(ctx context.Context, ids ...string) (int, error)
}

// MaxTries is how often a message is received before it is dead, whether each
// try ended in Fail or ran out. With the back-off of Run that is most of a day.
const MaxTries = 30

// RanOut is the Why of a message that died without a Fail.
const RanOut = "it was received as often as may be, and never finished"

// A Message is an event on its way.
type Message struct {
	ID    string // set by the queue
	Event issue.Event
	Lane  Lane
	At    time.Time // due; zero means now
	Floor time.Time // never due before, whoever sends again; zero: none. From back-off or Retry-After
	Tries int       // times received, this one included; set by the queue
	Why   string    // of the last Fail or Later; empty: none yet
	Token string    // proves who received it; set by the queue
}

// Depth is how much waits in a queue.
type Depth struct {
	Live, Bulk, Busy, Dead int
	Later                  int       // of Live and Bulk: not due yet; 0 also where the queue cannot tell
	Oldest                 time.Time // when the oldest waiting event was heard; zero: none, or the queue cannot tell
}

// A Gauge is a Queue that can say how much waits.
type Gauge interface {
	Depth(ctx context.Context) (Depth, error)
}
