package jirasim

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"time"

	"example.com/accord/jirasim/consent"
	"example.com/accord/jirasim/world"
)

// saved is the whole state.
type saved struct {
	*world.World
	Issues map[string]*world.Issue `json:",omitempty"` // in the place of the world's
	OAuth  *consent.Server         `json:",omitempty"`
	Sim    *course                 `json:",omitempty"`
}

// A course is how the simulator itself goes on.
type course struct {
	Ahead  Duration // how far the clock was set forward
	Faults Faults
	Dice   dice
}

// Save writes the whole state as one JSON document: the site, the consents of
// its apps, what goes wrong, how far the clock is ahead and where chance
// stands. Webhooks under way, and counts of requests, are not in it.
func (s *Sim) Save(out io.Writer) error {
	s.mu.Lock()
	rest, err := json.MarshalIndent(saved{World: s.w, OAuth: s.oauth, Sim: &course{Duration(s.ahead), s.faults, s.dice}}, "", " ")
	all := maps.Clone(s.w.Issues)
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	issues, err := json.MarshalIndent(all, " ", " ") // the most by far; they are values, so nobody waits for it
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	if _, err := fmt.Fprintf(out, "{\n \"Issues\": %s,%s\n", issues, rest[1:]); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return nil
}

// Turns counts how often the site was asked for something; while it stays the
// same, so does the state.
func (s *Sim) Turns() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.turns
}

// Load replaces the state by one that was saved. What the options say of
// accounts, lag, limits and the seed of chance holds against it. A state of the
// other flavour is refused.
func (s *Sim) Load(in io.Reader) error {
	all := saved{World: &world.World{}, OAuth: &consent.Server{}}
	if err := json.NewDecoder(in).Decode(&all); err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	w := all.World
	w.Issues = all.Issues
	if w.Flavour != s.opt.Flavour {
		return fmt.Errorf("load state: it is of flavour %q, this site is %q", w.Flavour, s.opt.Flavour)
	}
	w.Restore()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w = w
	s.found(all.OAuth)
	if c := all.Sim; c != nil {
		s.ahead, s.faults = time.Duration(c.Ahead), s.opt.over(c.Faults)
		if c.Dice.Thrown != nil && (s.opt.Seed == 0 || s.opt.Seed == c.Dice.Seed) {
			s.dice = c.Dice
		}
	}
	s.trap()
	for _, a := range s.opt.Accounts {
		if err := s.enrol(a); err != nil {
			return fmt.Errorf("load state: %w", err)
		}
	}
	return nil
}
