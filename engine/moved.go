package engine

import (
	"context"
	"errors"
	"fmt"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// An issue that a person moves from the project of one participant into that of
// another on the same site keeps its id, and stays the side that it is, outside
// of its project: it is no new issue. A link that has no issue yet where it is
// now takes it for that; if it has one, nothing is kept in step with the one that
// was moved until it is moved back.

// A movedHere says of an issue that it is a side of a link already.
type movedHere struct {
	link issue.Ref
	now  issue.View
	from issue.Participant
	has  issue.Side // what the link has where the issue is now
}

// Error says what happened, and what to do.
func (m *movedHere) Error() string {
	return fmt.Sprintf("%s was moved here from %s, and %s is at %s already, as the same issue: it is not in step while it stands here; move it back, or take it for an issue of its own by cloning it",
		m.now.Key, m.from, m.has.Key, m.now.Ref.Participant)
}

// Unwrap says that there is nothing to keep in step.
func (m *movedHere) Unwrap() error { return errNothing }

// moved returns the link that an issue belonged to before it was moved to where
// v shows it: there it is shown as being elsewhere now. [durable.ErrNotFound]: it
// was not moved.
func (e *Engine) moved(ctx context.Context, v issue.View) (issue.Link, error) {
	for _, who := range e.Rules.Order {
		ref := issue.Ref{Participant: who, ID: v.Ref.ID}
		if who == v.Ref.Participant || e.Connectors[who].Site() != e.Connectors[v.Ref.Participant].Site() {
			continue
		}
		link, err := e.Store.Link(ctx, ref)
		if errors.Is(err, durable.ErrNotFound) {
			continue
		}
		if err != nil {
			return link, err
		}
		was, err := e.read(ctx, ref)
		if err != nil {
			return link, err
		}
		if was.State != issue.Outside {
			continue
		}
		if has := link.Sides[v.Ref.Participant]; has.Ref.ID != "" || len(has.Sent) > 0 {
			return link, &movedHere{link.ID, v, who, has}
		}
		return link, nil
	}
	return issue.Link{}, durable.ErrNotFound
}
