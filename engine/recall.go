package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/plan"
)

// A store may be lost, or an old copy of it come back: then it lacks links, and
// an issue that was copied long ago looks like a new one. What remembers is the
// sites: every issue that we made carries the name of its link. So before the
// first link is born in a process, it walks what our account made since the
// last such walk. Where that knows of a link that the store does not, links are
// found again by those marks, and the first turn merges the issues as at first
// contact.

// past is the State "made/<participant>": what the store knows of the issues
// that our account made there.
type past struct {
	Through time.Time `json:"through,omitzero"` // by our clock: of those made before, none is unknown
	Lost    time.Time `json:"lost,omitzero"`    // when it was noticed that some are; zero: none is
}

// recall makes sure that the store knows every link of which an issue that we
// made tells. It costs nothing once it is done in this process. While links are
// missing it is a durable.Later: no search shows what was made in the last
// minutes, and what a process had begun when its store was lost may yet take effect.
func (e *Engine) recall(ctx context.Context) error {
	e.mu.Lock()
	done := e.recalled
	e.mu.Unlock()
	if done {
		return nil
	}
	if !e.recalling.TryLock() {
		return durable.Later{At: e.now().Add(time.Second), Why: "what was made here before is being looked for"}
	}
	defer e.recalling.Unlock()
	var lost error
	missed := false
	for _, who := range e.Rules.Order {
		r := recollection{Engine: e, who: who}
		err := r.run(ctx)
		if _, later := errors.AsType[durable.Later](err); later {
			lost = err
		} else if err != nil && (r.at.Through.IsZero() || ctx.Err() != nil) {
			return fmt.Errorf("look for what was made at %s before: %w", who, err)
		}
		missed = missed || err != nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.recalled = !missed
	return lost
}

// A recollection is the walk at one participant.
type recollection struct {
	*Engine
	who   issue.Participant
	state durable.State
	at    past
	found int
}

// recalledAtOnce is after how many links found again the place of the walk is stored.
const recalledAtOnce = 50

func (r *recollection) run(ctx context.Context) error {
	if err := r.load(ctx); err != nil {
		return err
	}
	began := r.now()
	if !r.at.Lost.IsZero() && began.Before(r.sure()) {
		return r.lost()
	}
	for v, err := range r.Connectors[r.who].Made(ctx, r.at.Through) {
		if err != nil {
			return err
		}
		mark, err := r.forgotten(ctx, v)
		if err != nil {
			return err
		}
		if mark == (issue.Ref{}) {
			continue
		}
		if r.at.Lost.IsZero() {
			return r.notice(ctx, v)
		}
		if err := r.reunite(ctx, mark, v.Ref); err != nil {
			return err
		}
		if r.found++; r.found%recalledAtOnce == 0 {
			r.at.Through = v.Created.Add(v.Clock.Offset)
			if err := r.save(ctx); err != nil {
				return err
			}
		}
	}
	if r.found > 0 {
		r.Log.Warn("links were found again by the marks of their issues", "sync", r.Sync, "participant", r.who, "links", r.found)
	}
	r.at = past{Through: began.Add(-r.late())}
	return r.save(ctx)
}

// sure is when a walk finds everything that was made with the store that is lost.
func (r *recollection) sure() time.Time { return r.at.Lost.Add(r.late()) }

func (e *Engine) late() time.Duration {
	if e.Rules.Times.Late == 0 {
		return plan.DefaultTimes.Late
	}
	return e.Rules.Times.Late
}

// notice stores that links are missing.
func (r *recollection) notice(ctx context.Context, v issue.View) error {
	r.at.Lost = r.now()
	if err := r.save(ctx); err != nil {
		return err
	}
	r.Log.Warn("the store is not the one that this sync was kept with: it lacks links. They are found again by the marks that their issues carry; no issue is copied before",
		"sync", r.Sync, "participant", r.who, "issue", v.Key, "at", r.sure())
	return r.lost()
}

func (r *recollection) lost() error {
	return durable.Later{At: r.sure(), Why: fmt.Sprintf("the store lacks links of issues that were made at %s; they are found again then", r.who)}
}

// forgotten returns the name of the link that an issue of our making belongs to
// and the store does not know it by; the zero Ref if it knows it, or if it is
// none of this sync.
func (e *Engine) forgotten(ctx context.Context, v issue.View) (issue.Ref, error) {
	none := issue.Ref{}
	if _, err := e.Store.Link(ctx, v.Ref); !errors.Is(err, durable.ErrNotFound) {
		return none, err
	}
	if v.Mark == none {
		full, err := e.read(ctx, v.Ref)
		if err != nil {
			return none, err
		}
		v.Mark = full.Mark
	}
	if _, ours := e.Connectors[v.Mark.Participant]; !ours || v.Mark == none {
		return none, nil
	}
	link, err := e.Store.Link(ctx, v.Mark)
	side := link.Sides[v.Ref.Participant]
	switch {
	case errors.Is(err, durable.ErrNotFound):
		return v.Mark, nil
	case err != nil || side.Ref.ID != "" || len(side.Sent) > 0:
		return none, err // it has another, or its create is not answered yet
	}
	return v.Mark, nil
}

// reunite makes refs sides of the link of that name, which is made if there is
// none, and queues it.
func (e *Engine) reunite(ctx context.Context, name issue.Ref, refs ...issue.Ref) error {
	var err error
	for range tries {
		if err = e.reuniteOnce(ctx, name, refs); !errors.Is(err, durable.ErrStale) {
			break
		}
	}
	if errors.Is(err, durable.ErrTaken) {
		e.Log.Warn("an issue carries the mark of a link, and belongs to another", "link", name.String(), "error", err)
		return nil
	}
	return err
}

func (e *Engine) reuniteOnce(ctx context.Context, name issue.Ref, refs []issue.Ref) error {
	before, err := e.Store.Link(ctx, name)
	if errors.Is(err, durable.ErrNotFound) {
		before, err = issue.Link{ID: name}, nil
	}
	if err != nil {
		return err
	}
	after := before
	after.Sides = maps.Clone(before.Sides)
	if after.Sides == nil {
		after.Sides = map[issue.Participant]issue.Side{name.Participant: {Ref: name}}
	}
	for _, ref := range refs {
		side := after.Sides[ref.Participant]
		if side.Ref.ID == "" {
			side.Ref = ref
			after.Sides[ref.Participant] = side
		}
	}
	ev := issue.Event{Ref: e.Address(after), Cause: Recovery, At: e.now()}
	// Queued before it is stored, so that a process that dies between the two
	// leaves no link that nobody looks at.
	if err := e.Queue.Send(ctx, durable.Message{Event: ev, Lane: durable.Bulk}); err != nil {
		return err
	}
	note := fmt.Sprintf("found again: %v made for %s", refs, name)
	return e.Store.Commit(ctx, before, after, durable.Record{At: e.now(), Event: ev, Note: note})
}

// reuniteAll finds the link of a copy again, with every other issue that
// carries the same mark.
func (e *Engine) reuniteAll(ctx context.Context, v issue.View) error {
	refs := []issue.Ref{v.Ref}
	for _, who := range e.Rules.Order {
		if who == v.Ref.Participant || who == v.Mark.Participant {
			continue
		}
		other, err := e.Connectors[who].Find(ctx, v.Mark, v.Created.Add(v.Clock.Offset-findSlack))
		if err != nil {
			return fmt.Errorf("find the issues of link %s again: %w", v.Mark, err)
		}
		if other.State == issue.Present {
			refs = append(refs, other.Ref)
		}
	}
	return e.reunite(ctx, v.Mark, refs...)
}

// orphan says why an issue that the store does not know is not copied: it was
// kept in step before, for a row of it was written by us as one of this sync,
// and no issue carries its mark. Rows of a clone name the issue it was cloned from.
func (e *Engine) orphan(v issue.View) error {
	for _, r := range v.Rows {
		_, ours := e.Connectors[r.Mark.Row.Participant]
		if r.Ours && ours && r.Mark.Issue == v.Ref.ID && r.Mark.Row.Participant != v.Ref.Participant {
			return fmt.Errorf("%s (%s) was kept in step before, and the store does not know with which issue: name both with accord link, or delete the comments of our account there to have it copied", v.Key, v.Ref)
		}
	}
	return nil
}

func (r *recollection) load(ctx context.Context) (err error) {
	if r.state, err = r.Store.State(ctx, "made/"+string(r.who)); err != nil || r.state.Value == nil {
		return err
	}
	if err := json.Unmarshal(r.state.Value, &r.at); err != nil {
		return fmt.Errorf("read State %s: %w", r.state.Name, err)
	}
	return nil
}

// save stores the place. If another process did meanwhile, that is as good.
func (r *recollection) save(ctx context.Context) (err error) {
	if r.state.Value, err = json.Marshal(r.at); err != nil {
		return err
	}
	err = r.Store.SetState(ctx, r.state)
	if errors.Is(err, durable.ErrStale) {
		return r.load(ctx)
	}
	r.state.Revision++
	return err
}
