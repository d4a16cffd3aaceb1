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

// feel remembers that a participant cannot be looked at, and why, or that it
// can again. A busy one is well. What cannot be remembered is logged: health
// decides nothing.
func (e *Engine) feel(ctx context.Context, who issue.Participant, err error) {
	why := ""
	if _, busy := errors.AsType[*connector.Busy](err); err != nil && !busy {
		why = err.Error()
	}
	e.mu.Lock()
	known, ok := e.health[who]
	e.mu.Unlock()
	if ok && known == why || ctx.Err() != nil {
		return
	}
	if err := e.remember(ctx, "health/"+string(who), why); err != nil && !errors.Is(err, durable.ErrStale) {
		e.Log.Warn("cannot remember health", "participant", who, "error", err)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.health == nil {
		e.health = map[issue.Participant]string{}
	}
	e.health[who] = why
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
