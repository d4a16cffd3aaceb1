// Package engine turns the crank: it hears that an issue may have changed,
// looks at it on every side, lets package plan decide, commits, writes, and
// commits what became of the writes.
package engine

import (
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/plan"
)

// An Engine keeps one sync. Its exported fields are set before use and not
// changed. Its methods may be called from many goroutines, and several
// processes may have an Engine of the same sync on the same store and queue.
type Engine struct {
	Sync       string // its name in accord.yaml
	Rules      plan.Rules
	Connectors map[issue.Participant]connector.Connector // one for each of Rules.Order
	Store      durable.Store
	Queue      durable.Queue
	Log        *slog.Logger
	Now        func() time.Time // nil: time.Now
	NewTurn    func() string    // a name for a turn that no other ever has; nil: random

	mu     sync.Mutex
	health map[issue.Participant]feeling // as last remembered

	recalling sync.Mutex // held by the walk of what our account made before
	recalled  bool       // it is done; guarded by mu
}

func (e *Engine) now() time.Time {
	if e.Now == nil {
		return time.Now()
	}
	return e.Now()
}

func (e *Engine) newTurn() string {
	if e.NewTurn == nil {
		return rand.Text()
	}
	return e.NewTurn()
}

// The causes of an event, for people. The last three go through the bulk lane.
const (
	Webhook  = "webhook"  // a site told of a change
	Retry    = "retry"    // a turn asked to look again
	Decision = "decision" // a person settled a held field
	Linked   = "link"     // a person made existing issues one
	Sweep    = "sweep"    // a walk over what changed met it
	Recovery = "recovery" // a process ended in the middle of a write
	Rules    = "rules"    // the rules of the sync changed
)

func lane(cause string) durable.Lane {
	switch cause {
	case Sweep, Recovery, Rules:
		return durable.Bulk
	}
	return durable.Live
}

// retry is the cause of looking again after a turn: what is bulk stays bulk.
func retry(cause string) string {
	if lane(cause) == durable.Bulk {
		return cause
	}
	return Retry
}

// soonest returns the earlier of two times; zero means never.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
