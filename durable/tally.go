package durable

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Tally is a State that counts how often something happened.
type Tally struct {
	Count int       `json:"count"`
	Last  time.Time `json:"last,omitzero"`
}

// Count adds n to the tally of that name, the last of them at the time given,
// whoever else counts there. [ErrStale] means that too many did.
func Count(ctx context.Context, store Store, name string, n int, at time.Time) error {
	for range 5 {
		s, err := store.State(ctx, name)
		if err != nil {
			return fmt.Errorf("count %s: %w", name, err)
		}
		var t Tally
		if len(s.Value) > 0 {
			if err := json.Unmarshal(s.Value, &t); err != nil {
				return fmt.Errorf("count %s: %w", name, err)
			}
		}
		if t.Count += n; t.Last.Before(at) {
			t.Last = at
		}
		if s.Value, err = json.Marshal(t); err != nil {
			return fmt.Errorf("count %s: %w", name, err)
		}
		if err = store.SetState(ctx, s); !errors.Is(err, ErrStale) {
			return err
		}
	}
	return fmt.Errorf("count %s: %w", name, ErrStale)
}
