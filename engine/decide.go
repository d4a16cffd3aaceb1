package engine

import (
	"context"
	"fmt"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/plan"
)

// decided is when a link is looked at if the process dies after a decision.
const decided = 10 * time.Second

// Decide settles a held field: v, in shared words, becomes what is agreed, and
// the next turn writes it wherever it is missing. The revision is that of the
// link as it was shown to the person: if it has moved on nothing is decided.
func (e *Engine) Decide(ctx context.Context, ref issue.Ref, x issue.Place, v issue.Value, revision int64, by string) error {
	before, err := e.Store.Link(ctx, ref)
	if err != nil {
		return fmt.Errorf("decide %s of %s: %w", x, ref, err)
	}
	now := e.now()
	after, overruled, err := plan.Decide(before, x, v, revision, by, now)
	if err != nil {
		return fmt.Errorf("decide %s of %s: %w", x, ref, err)
	}
	ev := issue.Event{Ref: e.Address(before), Cause: Decision, At: now}
	r := durable.Record{At: now, Event: ev, Agreed: issue.Diff(before.Agreed, after.Agreed), Note: "decided by " + by}
	if len(overruled) > 0 {
		r.Overruled = map[issue.Place][]issue.Claim{x: overruled}
	}
	// Queued before it is decided, so that a process that dies between the two
	// leaves no decision of which nobody hears.
	if err := e.again(ctx, ev, before, now.Add(decided)); err != nil {
		return fmt.Errorf("decide %s of %s: %w", x, ref, err)
	}
	if err := e.Store.Commit(ctx, before, after, r); err != nil {
		return fmt.Errorf("decide %s of %s: %w", x, ref, err)
	}
	return e.again(ctx, ev, before, now)
}
