package jirasim

import (
	"net/http"
	"time"

	"example.com/accord/jirasim/world"
)

// grounds are the site as its page enters it: not through the API, so that
// neither faults nor limits are in the way of people, and no request of theirs
// is counted as a client's.
type grounds struct{ s *Sim }

// Enter implements ui.Site.
func (g grounds) Enter(r *http.Request, do func(w *world.World, now time.Time) error) error {
	s := g.s
	s.mu.Lock()
	defer s.mu.Unlock()
	err := do(s.w, s.now())
	s.tell(s.view(r, 2))
	return err
}

// tell ends a turn: it tells webhooks and open pages what happened.
func (s *Sim) tell(v view) {
	s.turns++
	for _, e := range s.w.Take() {
		s.page.Tell(s.w, e)
		s.announce(e, v)
	}
}
