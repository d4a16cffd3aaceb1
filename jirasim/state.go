package jirasim

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"example.com/accord/jirasim/consent"
	"example.com/accord/jirasim/world"
)

// saved is the whole state.
type saved struct {
	*world.World
	OAuth *consent.Server `json:",omitempty"`
	Sim   *course         `json:",omitempty"`
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
	b, err := json.MarshalIndent(saved{s.w, s.oauth, &course{Duration(s.ahead), s.faults, s.dice}}, "", " ")
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	if _, err := out.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return nil
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
