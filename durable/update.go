package durable

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Update replaces the value of a named record by what change makes of it, and
// begins again as long as others are faster, until ctx ends. A record that was
// never set has no value: nil. What change leaves as it is is not written.
func Update(ctx context.Context, s Store, name string, change func(value json.RawMessage) (json.RawMessage, error)) error {
	for tries := 0; ; tries++ {
		st, err := s.State(ctx, name)
		if err != nil {
			return err
		}
		value, err := change(bytes.Clone(st.Value))
		if err != nil || bytes.Equal(value, st.Value) {
			return err
		}
		st.Value = value
		if err = s.SetState(ctx, st); !errors.Is(err, ErrStale) {
			return err
		}
		pause(ctx, time.Duration(1+rand.IntN(min(1+tries, 20)*4))*time.Millisecond)
		if ctx.Err() != nil {
			return fmt.Errorf("update %s: %w", name, errors.Join(ctx.Err(), err))
		}
	}
}
