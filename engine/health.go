package engine

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/issue"
)

// Health is the State "health/<participant>" of a participant that cannot be
// looked at. There is none for one that can.
type Health struct {
	Since time.Time `json:"since"` // when it was first noticed
	Why   string    `json:"why"`
}

// A feeling is what this process last noticed of a participant.
type feeling struct {
	why   string // empty: it is well
	since time.Time
}

const (
	unseenLeast = 2 * time.Minute // until a side that could not be looked at is looked at again
	unseenMost  = 15 * time.Minute
)

// unseenWait is how long a link lets a participant alone that cannot be looked
// at: the longer it has been so, the longer, since every link that waits for
// it asks.
func (e *Engine) unseenWait(who issue.Participant) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	f := e.health[who]
	if f.why == "" {
		return unseenLeast
	}
	return min(max(unseenLeast, e.now().Sub(f.since)), unseenMost)
}

// feel remembers that a participant cannot be looked at, and why, or that it
// can again. A busy one is well, unless it is busy because it is not. What cannot be remembered is logged: health
// decides nothing but how soon a participant is asked again.
func (e *Engine) feel(ctx context.Context, who issue.Participant, err error) {
	why := ""
	if busy, ok := errors.AsType[*connector.Busy](err); ok && busy.Ill != nil {
		why = busy.Why // without how long it still lasts: that is another at each look
	} else if err != nil && !ok {
		why = err.Error()
	}
	e.mu.Lock()
	known, ok := e.health[who]
	e.mu.Unlock()
	if ok && known.why == why || ctx.Err() != nil {
		return
	}
	if err := e.remember(ctx, "health/"+string(who), why); err != nil && !errors.Is(err, durable.ErrStale) {
		e.Log.Warn("cannot remember health", "participant", who, "error", err)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.health == nil {
		e.health = map[issue.Participant]feeling{}
	}
	f := feeling{why, e.now()}
	if known.why != "" {
		f.since = known.since
	}
	e.health[who] = f
}

func (e *Engine) remember(ctx context.Context, name, why string) error {
	s, err := e.Store.State(ctx, name)
	if err != nil {
		return err
	}
	if why == "" {
		if s.Value == nil {
			return nil
		}
		s.Value = nil
		return e.Store.SetState(ctx, s)
	}
	h := Health{Since: e.now()}
	if s.Value != nil {
		var old Health
		if err := json.Unmarshal(s.Value, &old); err == nil && !old.Since.IsZero() {
			h.Since = old.Since
		}
	}
	h.Why = why
	if s.Value, err = json.Marshal(h); err != nil {
		return err
	}
	return e.Store.SetState(ctx, s)
}
