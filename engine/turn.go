package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/plan"
)

// tries is how often a turn starts again at once after another one has moved
// the link on; then the queue brings the event back.
const tries = 3

// Turn handles one event: it looks at the issue on every side, plans, commits
// what is about to be written, writes, and commits the replies. It is a
// [durable.Handler]: it may be cut off anywhere, and the next turn settles by
// looking what was begun.
func (e *Engine) Turn(ctx context.Context, ev issue.Event) error {
	if err := e.paused(ctx); err != nil {
		return err
	}
	var err error
	for range tries {
		err = e.turn(ctx, ev)
		if !errors.Is(err, durable.ErrStale) {
			break
		}
	}
	if busy, ok := errors.AsType[*connector.Busy](err); ok {
		return durable.Later{At: e.now().Add(busy.For), Why: busy.Why}
	}
	if err != nil {
		return fmt.Errorf("turn %s: %w", ev.Ref, err)
	}
	return nil
}

func (e *Engine) turn(ctx context.Context, ev issue.Event) error {
	began := e.now()
	seen, err := e.look(ctx, ev.Ref)
	if errors.Is(err, errNothing) {
		e.Log.Debug("turn", "event", ev.Ref.String(), "cause", ev.Cause, "nothing", err.Error())
		if m, ok := errors.AsType[*movedHere](err); ok {
			return e.note(ctx, ev, m.link, m.Error())
		}
		return nil
	}
	if err != nil {
		return err
	}
	p := e.plan(seen)
	p.Again = soonest(p.Again, seen.again)
	done, err := e.apply(ctx, ev, p)
	if err != nil {
		return err
	}
	if err := e.tellOverwritten(ctx, ev, seen); err != nil {
		return err
	}
	e.report(ctx, ev, p, seen, done, e.now().Sub(began))
	return nil
}

func (e *Engine) plan(s *sight) plan.Plan {
	return plan.Make(e.Rules, s.link, s.views, e.newTurn(), e.now())
}

// Plan looks at the issue on every side and says what a turn would write. It
// writes nothing. Ref may hold a key in place of an id. An error of type
// *Unseen comes with a plan that holds for the sides that could be looked at.
func (e *Engine) Plan(ctx context.Context, ref issue.Ref) (plan.Plan, error) {
	seen, err := e.look(ctx, ref)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("plan %s: %w", ref, err)
	}
	return e.plan(seen), seen.unseen()
}

// Apply carries out a plan: it commits what the plan begins, writes, commits
// the replies, and queues the next look if one is due. Another turn may have
// moved the link on: then it is [durable.ErrStale], and nothing was written.
func (e *Engine) Apply(ctx context.Context, ev issue.Event, p plan.Plan) error {
	if _, err := e.apply(ctx, ev, p); err != nil {
		return fmt.Errorf("apply %s: %w", p.After.ID, err)
	}
	return nil
}

func (e *Engine) apply(ctx context.Context, ev issue.Event, p plan.Plan) (written, error) {
	var done written
	if !p.Quiet() {
		if err := e.begin(ctx, ev, p); err != nil {
			return done, err
		}
		done = e.write(ctx, p)
		if err := e.answer(ctx, ev, p, done); err != nil {
			return done, err
		}
	}
	return done, e.again(ctx, ev, p.After, soonest(p.Again, done.again))
}

// begin is the first commit: the link with all that is about to be sent.
func (e *Engine) begin(ctx context.Context, ev issue.Event, p plan.Plan) error {
	return e.Store.Commit(ctx, p.Before, p.After, durable.Record{
		At: e.now(), Turn: p.Turn, Event: ev, Agreed: issue.Diff(p.Before.Agreed, p.After.Agreed),
		Changes: p.Changes, Claims: p.Heard, Overruled: p.Overruled,
	})
}

// again queues the next look at a link. It is durable before the queue may
// forget the event of this one.
func (e *Engine) again(ctx context.Context, ev issue.Event, link issue.Link, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	next := issue.Event{Ref: e.Address(link), Cause: retry(ev.Cause), At: e.now()}
	if err := e.Queue.Send(ctx, durable.Message{Event: next, Lane: lane(next.Cause), At: at}); err != nil {
		return fmt.Errorf("queue the next look: %w", err)
	}
	return nil
}

// report logs one line with everything in it. A turn in which nothing happened
// is for debugging only.
func (e *Engine) report(ctx context.Context, ev issue.Event, p plan.Plan, s *sight, done written, took time.Duration) {
	level := slog.LevelInfo
	if p.Quiet() && len(s.errs) == 0 {
		level = slog.LevelDebug
	}
	e.Log.LogAttrs(ctx, level, "turn",
		slog.String("sync", e.Sync), slog.String("link", p.After.ID.String()), slog.String("turn", p.Turn),
		slog.String("event", ev.Ref.String()), slog.String("cause", ev.Cause), slog.String("delivery", ev.Delivery),
		slog.Any("heard", count(p.Heard)), slog.Any("overruled", count(p.Overruled)), slog.Int("held", len(p.After.Held)),
		slog.Any("written", done.summary()), slog.Any("left", p.Left), slog.Any("unseen", texts(s.errs)),
		slog.Any("keys", keys(p.After)), again(soonest(p.Again, done.again)), slog.String("took", took.Round(time.Millisecond).String()))
}

// again says when the link is looked at again, if it is.
func again(at time.Time) slog.Attr {
	if at.IsZero() {
		return slog.Attr{}
	}
	return slog.Time("again", at)
}

// keys are what people call the issues of a link, by participant.
func keys(l issue.Link) map[string]string {
	out := map[string]string{}
	for who, s := range l.Sides {
		if s.Key != "" {
			out[string(who)] = s.Key
		}
	}
	return out
}

// named is how many rows of a field a line of the log names; more are counted
// under the name of the field.
const named = 20

// count says how many claims there are at each place.
func count(claims map[issue.Place][]issue.Claim) map[string]int {
	of := map[string]int{}
	for x := range claims {
		of[x.Field]++
	}
	out := map[string]int{}
	for x, cs := range claims {
		name := x.String()
		if of[x.Field] > named {
			name = x.Field
		}
		out[name] += len(cs)
	}
	return out
}

func texts(errs map[issue.Participant]error) map[string]string {
	out := map[string]string{}
	for who, err := range errs {
		out[string(who)] = err.Error()
	}
	return out
}
