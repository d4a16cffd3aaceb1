package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// Issues that a person made one carry a mark as those do that we made; only that
// no search finds them by it. So each names all of them, and they are found again
// by the first that is heard of. Such a mark is believed where those whom it names
// say the same: whoever can edit an issue can write one.

// mark leaves the mark of a link on the issues that a person made one. An issue
// that another sync made keeps the mark that finds it there.
func (e *Engine) mark(ctx context.Context, link issue.Link, refs []issue.Ref) error {
	var joined []issue.Ref
	for _, ref := range refs {
		joined = append(joined, link.Sides[ref.Participant].Ref)
	}
	for _, ref := range joined {
		if e.Rules.Eyes[ref.Participant].ReadOnly {
			continue
		}
		v, err := e.read(ctx, ref)
		if err != nil {
			return fmt.Errorf("link %s: %w", ref, err)
		}
		if _, ours := e.Connectors[v.Mark.Participant]; v.Ours && v.Mark != (issue.Ref{}) && !ours {
			continue
		}
		if v.Mark == link.ID && slices.Equal(v.Joined, joined) {
			continue
		}
		if err := e.Connectors[ref.Participant].Mark(ctx, ref.ID, link.ID, joined...); err != nil {
			return fmt.Errorf("link %s: it is linked, but does not carry the mark by which a store that is lost finds the link again; once it can be edited run accord link with the same issues again: %w", v.Key, err)
		}
	}
	return nil
}

// peers are the other issues that v is one with by its mark, where these say so
// as well; of one that is never written there is no mark to ask for. A clone
// carries the mark of its original, which does not name the clone.
func (e *Engine) peers(ctx context.Context, v issue.View) (out []issue.Ref, err error) {
	if !slices.Contains(v.Joined, v.Ref) {
		return nil, nil
	}
	for _, ref := range v.Joined {
		if _, ours := e.Connectors[ref.Participant]; !ours || ref == v.Ref {
			continue
		}
		other, err := e.read(ctx, ref)
		if err != nil {
			return nil, fmt.Errorf("look at what %s is one with: %w", v.Ref, err)
		}
		same := other.Mark == v.Mark && slices.Contains(other.Joined, v.Ref)
		if other.State == issue.Present && (same || e.Rules.Eyes[ref.Participant].ReadOnly) {
			out = append(out, ref)
		}
	}
	return out, nil
}

// rejoin finds the link of an issue again that a person joined to others: link
// and err are what the store says of the name. [durable.ErrNotFound]: they do not
// say the same. The store is another one then, and its loss is told, and waited
// for, as in the walk of what we made.
func (e *Engine) rejoin(ctx context.Context, v issue.View, link issue.Link, err error) (issue.Link, error) {
	if err != nil && !errors.Is(err, durable.ErrNotFound) {
		return link, err
	}
	refs, failed := e.peers(ctx, v)
	switch {
	case failed != nil:
		return link, failed
	case len(refs) == 0, v.Ref != v.Mark && !slices.Contains(refs, v.Mark):
		return link, durable.ErrNotFound
	case err == nil:
		if side := link.Sides[v.Ref.Participant]; side.Ref.ID != "" && side.Ref != v.Ref {
			return link, durable.ErrNotFound // a mark of long ago
		}
		return link, nil
	}
	r := recollection{Engine: e, who: v.Ref.Participant}
	if err := r.load(ctx); err != nil {
		return link, err
	}
	switch {
	case r.at.Lost.IsZero():
		return link, r.notice(ctx, v)
	case e.now().Before(r.sure()):
		return link, r.lost()
	}
	if err := e.reunite(ctx, v.Mark, append(refs, v.Ref)...); err != nil {
		return link, err
	}
	return e.Store.Link(ctx, v.Mark)
}

// complete makes sure that a link that was found again has all the issues that
// those which it has are one with: one of which we made a copy was found by that.
// [durable.ErrStale]: it had not, and is to be looked at again.
func (e *Engine) complete(ctx context.Context, s *sight) error {
	for _, who := range e.Rules.Order {
		v := s.views[who]
		if v.Mark != s.link.ID {
			continue
		}
		refs, err := e.peers(ctx, v)
		if err != nil {
			return err
		}
		var lacking []issue.Ref
		for _, ref := range refs {
			_, err := e.Store.Link(ctx, ref)
			if errors.Is(err, durable.ErrNotFound) && s.link.Sides[ref.Participant].Ref.ID == "" {
				lacking = append(lacking, ref)
			} else if err != nil && !errors.Is(err, durable.ErrNotFound) {
				return err
			}
		}
		if len(lacking) == 0 {
			continue
		}
		if err := e.reunite(ctx, s.link.ID, lacking...); err != nil {
			return err
		}
		return fmt.Errorf("link %s lacked %v: %w", s.link.ID, lacking, durable.ErrStale)
	}
	return nil
}
