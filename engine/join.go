package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/plan"
)

// Join makes existing issues one link, of which every one was edited alone: the
// first turn merges them as at first contact. The ids may be keys. It fails with
// [durable.ErrTaken] if one of them is part of another link already; joining
// again what is one does no harm, and leaves the marks that are missing. An error
// with a link that has a revision says that they are one without their marks.
func (e *Engine) Join(ctx context.Context, by string, refs ...issue.Ref) (issue.Link, error) {
	link, err := e.meet(ctx, refs)
	if errors.Is(err, durable.ErrTaken) {
		if old, one := e.joined(ctx, refs); one { // by a call that may have died before its event
			if err := e.again(ctx, issue.Event{Cause: Linked}, old, e.now()); err != nil {
				return old, err
			}
			return old, e.mark(ctx, old, refs)
		}
	}
	if err != nil {
		return link, err
	}
	ev := issue.Event{Ref: link.ID, Cause: Linked, At: e.now()}
	r := durable.Record{At: e.now(), Event: ev, Note: "linked by " + by}
	if err := e.Store.Commit(ctx, issue.Link{ID: link.ID}, link, r); err != nil {
		return link, fmt.Errorf("link %s: %w", link.ID, err)
	}
	link.Revision = 1
	if err := e.again(ctx, ev, link, e.now()); err != nil {
		return link, err
	}
	return link, e.mark(ctx, link, refs)
}

// joined returns the link that all of refs are, if they are one.
func (e *Engine) joined(ctx context.Context, refs []issue.Ref) (link issue.Link, one bool) {
	seen := map[issue.Participant]bool{}
	for i, ref := range refs {
		v, err := e.read(ctx, ref)
		if err != nil {
			return link, false
		}
		l, err := e.Store.Link(ctx, v.Ref)
		if err != nil || i > 0 && l.ID != link.ID || seen[ref.Participant] {
			return link, false
		}
		link, seen[ref.Participant] = l, true
	}
	return link, true
}

// PlanJoin says what the first turn would write after [Engine.Join] of the same
// issues. It writes nothing.
func (e *Engine) PlanJoin(ctx context.Context, refs ...issue.Ref) (plan.Plan, error) {
	link, err := e.meet(ctx, refs)
	if err != nil {
		return plan.Plan{}, err
	}
	s := e.lookAt(ctx, link, issue.Ref{})
	return e.plan(s), s.unseen()
}

// issues names those of a link, that of its birth first, by their keys where
// these are known.
func issues(l issue.Link) string {
	first := l.ID.String()
	var others []string
	for p, side := range l.Sides {
		name := cmp.Or(side.Key, side.Ref.String())
		switch {
		case side.Ref.ID == "":
		case p == l.ID.Participant:
			first = name
		default:
			others = append(others, name)
		}
	}
	slices.Sort(others)
	return strings.Join(append([]string{first}, others...), " = ")
}

// meet returns the link that issues would be, born with the first of them.
func (e *Engine) meet(ctx context.Context, refs []issue.Ref) (issue.Link, error) {
	if len(refs) < 2 {
		return issue.Link{}, errors.New("link: two issues at least make one")
	}
	link := issue.Link{Sides: map[issue.Participant]issue.Side{}}
	for _, ref := range refs {
		v, err := e.read(ctx, ref)
		if err != nil {
			return link, fmt.Errorf("link %s: %w", ref, err)
		}
		if v.State != issue.Present {
			return link, fmt.Errorf("link %s: it is %s", ref, v.State)
		}
		if _, twice := link.Sides[ref.Participant]; twice {
			return link, fmt.Errorf("link %s: two issues of %s cannot be one", ref, ref.Participant)
		}
		other, err := e.known(ctx, v.Ref)
		if err == nil {
			return link, fmt.Errorf("link %s: %w: %s", ref, durable.ErrTaken, issues(other))
		}
		if !errors.Is(err, durable.ErrNotFound) {
			return link, fmt.Errorf("link %s: %w", ref, err)
		}
		if link.ID == (issue.Ref{}) {
			link.ID = v.Ref
		}
		link.Sides[ref.Participant] = issue.Side{Ref: v.Ref, Key: v.Key}
	}
	return link, nil
}
