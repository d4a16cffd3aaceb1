package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/issue"
)

// SweepOptions say what a sweep walks.
type SweepOptions struct {
	All      bool      // every issue in scope: a first sync
	Since    time.Time // with neither zero nor All: what changed since then, whatever was swept before
	Deadline time.Time // it stops before, with its place stored; zero: when it is done
}

// Swept is what a sweep did.
type Swept struct {
	Done   bool // false: it stopped before its deadline; the next one goes on from there
	Pages  int
	Issues int // met
	Sent   int // of those not swept before as they are now
}

// overlap is how far a walk begins behind the end of the last: a search shows a
// change up to two minutes late, and in steps of a minute (docs/JIRA.md "Search").
const overlap = 4 * time.Minute

// Sweep walks what changed at every participant and queues it in the bulk lane,
// whether or not a webhook told of it. A participant that cannot be walked is
// an error and does not stop the others.
func (e *Engine) Sweep(ctx context.Context, o SweepOptions) (Swept, error) {
	total := Swept{Done: true}
	var errs []error
	for _, who := range e.Rules.Order {
		s := &sweep{Engine: e, who: who, opts: o}
		err := s.run(ctx)
		if err != nil {
			errs = append(errs, fmt.Errorf("sweep %s: %w", who, err))
		}
		total.Done = total.Done && s.did.Done
		total.Pages, total.Issues, total.Sent = total.Pages+s.did.Pages, total.Issues+s.did.Issues, total.Sent+s.did.Sent
	}
	if total.Done && o.whole() {
		errs = append(errs, e.sweptAll(ctx))
	}
	return total, errors.Join(errs...)
}

// sweptAll forgets a sweep of everything that has come to its end everywhere.
func (e *Engine) sweptAll(ctx context.Context) error {
	for _, who := range e.Rules.Order {
		s := &sweep{Engine: e, who: who}
		if err := s.load(ctx); err != nil {
			return fmt.Errorf("sweep %s: %w", who, err)
		}
		s.at.All = nil
		if err := s.save(ctx); err != nil {
			return fmt.Errorf("sweep %s: %w", who, err)
		}
	}
	return nil
}

// whole reports whether a sweep does not begin where the last one ended.
func (o SweepOptions) whole() bool { return o.All || !o.Since.IsZero() }

// A place in the sweeps of one participant is its State "sweep/<participant>".
type progress struct {
	Next   time.Time            `json:"next"`             // the next sweep begins overlap before
	Swept  time.Time            `json:"swept,omitzero"`   // when one last got further
	Recent *walk                `json:"recent,omitempty"` // a sweep that was stopped
	All    *walk                `json:"all,omitempty"`    // one of everything, or since a time named
	Seen   map[string]time.Time `json:"seen,omitempty"`   // issues swept within the overlap, by id: when they had changed
}

// A walk is how far a sweep has come.
type walk struct {
	Since  time.Time        `json:"since"`
	Cursor connector.Cursor `json:"cursor"`
	Costs  []time.Duration  `json:"costs"`          // of the last pages
	Done   bool             `json:"done,omitempty"` // it has caught up, and waits for those of the other participants
}

type sweep struct {
	*Engine
	who   issue.Participant
	opts  SweepOptions
	state durable.State
	at    progress
	did   Swept
}

func (s *sweep) run(ctx context.Context) error {
	if err := s.load(ctx); err != nil {
		return err
	}
	w := s.walk()
	if w.Done {
		s.did.Done = true
		return nil
	}
	if s.at.Next.IsZero() { // where the first sweep begins is kept, though its first page fail
		s.at.Next = s.now()
		if err := s.save(ctx); err != nil {
			return err
		}
	}
	if !s.fits(w) {
		return nil
	}
	began := s.now()
	for page, err := range s.Connectors[s.who].Changed(ctx, w.Cursor) {
		s.feel(ctx, s.who, err)
		if err != nil {
			return err
		}
		if err := s.page(ctx, page); err != nil {
			return err
		}
		w.Cursor, s.at.Swept = page.Next, s.now()
		w.Costs = append(w.Costs[max(0, len(w.Costs)-19):], s.now().Sub(began))
		if page.Last {
			s.end(page.Next)
		}
		if err := s.save(ctx); err != nil || page.Last {
			s.did.Done = err == nil
			return err
		}
		if !s.fits(w) {
			return nil
		}
		began = s.now()
	}
	return errors.New("the walk ended without a last page")
}

// walk is the walk to go on with, or a new one.
func (s *sweep) walk() *walk {
	if s.opts.whole() {
		since := s.opts.Since
		if s.opts.All {
			since = time.Time{}
		}
		if s.at.All == nil || !s.at.All.Since.Equal(since) {
			s.at.All = &walk{Since: since, Cursor: connector.Cursor{Since: since}}
		}
		return s.at.All
	}
	if s.at.Recent == nil {
		since := s.at.Next
		if since.IsZero() {
			since = s.now() // what changed before is for a sweep of everything
		}
		since = since.Add(-overlap)
		s.at.Recent = &walk{Since: since, Cursor: connector.Cursor{Since: since}}
	}
	return s.at.Recent
}

// fits reports whether a page that costs as much as the dearest of twenty did
// ends before the deadline.
func (s *sweep) fits(w *walk) bool {
	if s.opts.Deadline.IsZero() {
		return true
	}
	dear := time.Duration(0)
	if len(w.Costs) > 0 {
		dear = slices.Max(w.Costs)
	}
	return s.now().Add(dear).Before(s.opts.Deadline)
}

// page queues the issues of a page, but for those swept before as they are now.
func (s *sweep) page(ctx context.Context, page connector.Page) error {
	var ms []durable.Message
	for _, v := range page.Views {
		s.did.Issues++
		if last, ok := s.at.Seen[v.Ref.ID]; ok && last.Equal(v.Updated) && !s.opts.All {
			continue
		}
		s.at.Seen[v.Ref.ID] = v.Updated
		ev := issue.Event{Ref: v.Ref, Cause: Sweep, At: s.now()}
		ms = append(ms, durable.Message{Event: ev, Lane: durable.Bulk})
	}
	s.did.Pages++
	s.did.Sent += len(ms)
	if len(ms) == 0 {
		return nil
	}
	return s.Queue.Send(ctx, ms...)
}

// end closes a walk that has caught up.
func (s *sweep) end(next connector.Cursor) {
	if s.opts.whole() {
		s.at.All.Done = true
	} else {
		s.at.Recent = nil
	}
	if next.Since.After(s.at.Next) {
		s.at.Next = next.Since
	}
}

func (s *sweep) load(ctx context.Context) (err error) {
	if s.state, err = s.Store.State(ctx, "sweep/"+string(s.who)); err != nil {
		return err
	}
	if s.state.Value != nil {
		if err := json.Unmarshal(s.state.Value, &s.at); err != nil {
			return fmt.Errorf("read its place: %w", err)
		}
	}
	if s.at.Seen == nil {
		s.at.Seen = map[string]time.Time{}
	}
	return nil
}

// seenMax bounds what is remembered of the overlap, so that a State holds it.
const seenMax = 500

// save stores how far the sweep has come. If another sweep of the same
// participant did meanwhile this one stops: [durable.ErrStale].
func (s *sweep) save(ctx context.Context) (err error) {
	if over := len(s.at.Seen) - seenMax; over > 0 {
		ids := slices.SortedFunc(maps.Keys(s.at.Seen), func(a, b string) int { return s.at.Seen[a].Compare(s.at.Seen[b]) })
		for _, id := range ids[:over] {
			delete(s.at.Seen, id)
		}
	}
	if s.state.Value, err = json.Marshal(s.at); err != nil {
		return err
	}
	if err := s.Store.SetState(ctx, s.state); err != nil {
		return fmt.Errorf("store its place: %w", err)
	}
	s.state.Revision++
	return nil
}
