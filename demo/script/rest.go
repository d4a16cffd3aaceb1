package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Standing is what the sync says of itself, of the links and their fields by
// the sync's own names.
type Standing struct {
	Busy    int       `json:"busy"`    // events being worked on
	Waiting int       `json:"waiting"` // events not taken yet: due, or to be looked at again later
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

// errUnrest: the sync does not come to rest.
var errUnrest = errors.New("it is not quiet")

// rest waits until the sync has written nothing for a while, nothing is being
// worked on and what waits is for later. It returns how many writes the sync
// made in all, and how many events wait.
func (r *run) rest(ctx context.Context, end time.Time) (writes, waiting int, err error) {
	type state struct{ writes, waiting, busy int }
	var last state
	since := time.Now()
	for {
		n, err := r.writes(ctx)
		if err != nil {
			return 0, 0, err
		}
		s, err := r.standing(ctx)
		now := state{n, s.Waiting, s.Busy}
		switch {
		case err != nil:
			return 0, 0, err
		case s.Dead > 0:
			return 0, 0, fmt.Errorf("the sync has given up %d events", s.Dead)
		case now != last || s.Busy > 0:
			last, since = now, time.Now()
		case time.Since(since) >= calm:
			return n, s.Waiting, nil
		}
		if time.Now().After(end) {
			return 0, 0, fmt.Errorf("%w after %v: %+v", errUnrest, r.Within, now)
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return 0, 0, err
		}
	}
}

// stir waits until the sync looks again, or the time is up.
func (r *run) stir(ctx context.Context, waiting int, end time.Time) error {
	for time.Now().Before(end) {
		s, err := r.standing(ctx)
		if err != nil || s.Busy > 0 || s.Waiting != waiting {
			return err
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
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
func (r *run) writes(ctx context.Context) (int, error) {
	total := 0
	for _, j := range r.jiras {
		var seen struct {
			Writes struct{ ByAccount map[string]int }
		}
		if err := j.call(ctx, theSync, "GET", "/_sim/requests", nil, &seen); err != nil {
			return 0, err
		}
		total += seen.Writes.ByAccount[j.Sync.Email]
	}
	return total, nil
}
