package memory

import (
	"context"
	"sync"
	"time"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// A Tracker is an issue tracker that like Jira has no compare-and-swap: a write
// overwrites whatever stands. It implements [connector.Connector] and
// [connector.Events]; people edit through its other methods. Its exported
// fields are set before use. The zero Tracker with a Name works and never fails.
type Tracker struct {
	Name   issue.Participant
	Habits Habits

	// Call says what becomes of the next call of that kind: "look", "rows",
	// "gone", "find", "mark", "made", "changed", "create", "put", "hop", "row look", "row".
	// Nil: all go well, at once.
	Call func(kind string) Fate

	// Gap is called when a write of p at the issue id has looked for the last
	// time and has not yet overwritten: here people edit. Nil: nobody does.
	Gap func(id string, p issue.Place)

	// Hook receives a webhook delivery after every change. Nil: none are sent.
	Hook func(connector.Delivery)

	mu      sync.Mutex
	tickets map[string]*ticket
	made    []string // ids in the order in which they were made
	count   int      // ids and changelog entries given out
	pending []connector.Delivery
	tally   Tally
}

// Habits are how a tracker differs from others.
type Habits struct {
	Canon     func(issue.Document) issue.Document        // what it makes of what is written; idempotent; nil: nothing
	Logged    func(issue.Place, issue.Value) issue.Value // what its changelog shows of a value; nil: the value
	Lags      func(id string) time.Duration              // until a change of that issue is found; nil: SearchLag
	Skew      time.Duration                              // its clock against ours
	LogLag    time.Duration                              // a changelog entry is not shown for so long
	SearchLag time.Duration                              // a change is not found for so long
	Defaults  issue.Document                             // what a create fills in where it is told nothing
	Refuse    func(issue.Place, issue.Value) string      // why it does not take a value; nil or "": it does
	Routes    Routes                                     // nil: status is a field like others
	Forgetful bool                                       // the changelog does not give the turn back
	Blind     bool                                       // the changelog does not show what our own entries replaced
	Page      int                                        // issues on a page of Changed; 0: 50
}

// Routes are a workflow of the field "status": it changes by transitions, one
// call for each.
type Routes struct {
	Direct func(from, to string) bool // a transition leads from one to the other; nil: always
	Via    string                     // where there is no direct one, the way leads over here
}

// A Fate is what becomes of one call. The zero Fate: it goes well, at once.
type Fate struct {
	Wait  time.Duration // before it takes effect
	Rest  time.Duration // from there to its answer
	Err   error         // the answer instead of what it should be
	Never bool          // with Err: it takes no effect
	Late  time.Duration // with Err: it takes effect that long after the answer
	Short bool          // "rows" only: pages shift, and a row that was listed a few times is on none
}

// A Tally counts what our own account did.
type Tally struct {
	Writes  int       // calls that took effect and were not reads
	Creates int       // issues made
	Covered []Overrun // people's edits of fields that a write of ours overwrote: the changelog tells of them
	Gaps    []Overrun // people's edits of rows that fell into the gap before a write of ours: nothing tells of them
}

// An Overrun is a person's edit that we overwrote.
type Overrun struct {
	Issue string
	Place issue.Place // a row by its local id
	Was   issue.Value // what the person had made of it
}

// Tally returns the counts so far.
func (t *Tracker) Tally() Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.tally
}

// Account is the name that our own account is displayed by.
const Account = "Accord"

// Canon implements [connector.Connector].
func (t *Tracker) Canon(d issue.Document) issue.Document {
	if t.Habits.Canon == nil {
		return d.Clone()
	}
	return t.Habits.Canon(d)
}

// Logged implements [connector.Connector].
func (t *Tracker) Logged(p issue.Place, v issue.Value) issue.Value {
	if t.Habits.Logged == nil || v == nil {
		return v
	}
	return t.Habits.Logged(p, v)
}

func (t *Tracker) canon(p issue.Place, v issue.Value) issue.Value {
	if v == nil {
		return nil
	}
	return t.Canon(issue.Document{p: v})[p]
}

// clock is the site's time in its own step, a millisecond.
func (t *Tracker) clock() time.Time {
	return time.Now().Add(t.Habits.Skew).Truncate(time.Millisecond)
}

// do runs effect alone, then sends the webhooks that it caused.
func do[T any](t *Tracker, effect func() T) T {
	t.mu.Lock()
	out := effect()
	sent := t.pending
	t.pending = nil
	t.mu.Unlock()
	for _, d := range sent {
		if t.Hook != nil {
			t.Hook(d)
		}
	}
	return out
}

// call makes a call with the effect as its fate has it. What a late effect
// returns nobody sees.
func call[T any](ctx context.Context, t *Tracker, kind string, effect func() T) (out T, err error) {
	if err := ctx.Err(); err != nil {
		return out, err
	}
	var f Fate
	if t.Call != nil {
		f = t.Call(kind)
	}
	pause(f.Wait)
	switch {
	case f.Err != nil && f.Never:
	case f.Err != nil && f.Late > 0:
		time.AfterFunc(f.Late, func() { do(t, effect) })
	default:
		out = do(t, effect)
	}
	pause(f.Rest)
	if f.Err != nil {
		return *new(T), f.Err
	}
	return out, ctx.Err()
}

func pause(d time.Duration) {
	if d > 0 {
		time.Sleep(d)
	}
}

var (
	_ connector.Connector = (*Tracker)(nil)
	_ connector.Events    = (*Tracker)(nil)
)
