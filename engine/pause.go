package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.com/accord/durable"
)

// Paused is the State "pause/<sync>" of a sync that is paused.
type Paused struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// pauseWait is how long the events of a paused sync are put off.
const pauseWait = time.Minute

func (e *Engine) pauseName() string { return "pause/" + e.Sync }

// Pause stops turns: events are still heard and wait. A turn that is under way
// ends. Pausing twice does no harm.
func (e *Engine) Pause(ctx context.Context, by string) error {
	return e.setPause(ctx, &Paused{By: by, At: e.now()})
}

// Resume lets turns go on; those that wait do so within a minute.
func (e *Engine) Resume(ctx context.Context) error { return e.setPause(ctx, nil) }

// Paused returns who paused the sync and when, or nil.
func (e *Engine) Paused(ctx context.Context) (*Paused, error) {
	s, err := e.Store.State(ctx, e.pauseName())
	if err != nil {
		return nil, fmt.Errorf("read pause of %s: %w", e.Sync, err)
	}
	if s.Value == nil {
		return nil, nil
	}
	p := new(Paused)
	if err := json.Unmarshal(s.Value, p); err != nil {
		return nil, fmt.Errorf("read pause of %s: %w", e.Sync, err)
	}
	return p, nil
}

func (e *Engine) setPause(ctx context.Context, p *Paused) error {
	for range tries {
		s, err := e.Store.State(ctx, e.pauseName())
		if err != nil {
			return fmt.Errorf("pause or resume %s: %w", e.Sync, err)
		}
		if (s.Value == nil) == (p == nil) {
			return nil
		}
		s.Value = nil
		if p != nil {
			if s.Value, err = json.Marshal(p); err != nil {
				return fmt.Errorf("pause %s: %w", e.Sync, err)
			}
		}
		if err = e.Store.SetState(ctx, s); !errors.Is(err, durable.ErrStale) {
			return err
		}
	}
	return fmt.Errorf("pause or resume %s: %w", e.Sync, durable.ErrStale)
}

// paused is a durable.Later while the sync is paused.
func (e *Engine) paused(ctx context.Context) error {
	p, err := e.Paused(ctx)
	if err != nil || p == nil {
		return err
	}
	return durable.Later{At: e.now().Add(pauseWait), Why: fmt.Sprintf("%s is paused by %s", e.Sync, p.By)}
}
