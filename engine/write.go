package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/plan"
)

// callMax is how long after its start the last call of a write may take before
// it has timed out. plan.Times.Late has room for it.
const callMax = 30 * time.Second

// An outcome is what became of one change.
type outcome struct {
	change issue.Change
	at     time.Time // of its Sent
	plan.Outcome
	wait time.Duration
	err  error // nothing is known
}

// written is what became of the changes of a plan.
type written struct {
	outcomes []outcome
	again    time.Time // look again then; zero: no need beyond the plan's
}

// write carries out the changes of a plan, the sides at the same time, those
// of one side in order.
func (e *Engine) write(ctx context.Context, p plan.Plan) written {
	w := written{outcomes: make([]outcome, len(p.Changes))}
	sides := map[issue.Participant][]int{}
	for i, c := range p.Changes {
		sides[c.On.Participant] = append(sides[c.On.Participant], i)
	}
	var all sync.WaitGroup
	for _, who := range e.Rules.Order {
		if len(sides[who]) == 0 {
			continue
		}
		all.Go(func() {
			for _, i := range sides[who] {
				w.outcomes[i] = e.carry(ctx, p.Changes[i], p.After.Sides[who])
			}
		})
	}
	all.Wait()
	for _, o := range w.outcomes {
		w.again = soonest(w.again, o.again(e.now()))
	}
	return w
}

// carry makes the calls of one change.
func (e *Engine) carry(ctx context.Context, c issue.Change, side issue.Side) outcome {
	ctx, cancel := context.WithDeadline(ctx, c.Start.Add(callMax))
	defer cancel()
	o := outcome{change: c}
	if i := slices.IndexFunc(side.Sent, func(s issue.Sent) bool { return s.Turn == c.Turn }); i >= 0 {
		o.at = side.Sent[i].At
	}
	r, err := e.Connectors[c.On.Participant].Write(ctx, c)
	o.Outcome = plan.Outcome{Replies: r.Replies, Ref: r.Ref, Key: r.Key, Rows: r.Rows}
	o.wait, o.err = r.Wait, err
	if err != nil {
		o.wait = max(o.wait, e.wait(c.On.Participant, err))
	}
	return o
}

// again is when to look because of what came of a change. A create that was
// answered is followed up at once, for what its body did not carry is missing
// still; so is a refusal, for no webhook will tell of it.
func (o outcome) again(now time.Time) time.Time {
	if o.wait > 0 {
		return now.Add(o.wait)
	}
	for x, r := range o.Replies {
		if r.State == issue.Refused || x == issue.Whole() && r.State == issue.Done {
			return now
		}
	}
	return time.Time{}
}

// answer is the second commit: what became of the writes, if their Sents are
// still there. Another turn may have moved the link on meanwhile.
func (e *Engine) answer(ctx context.Context, ev issue.Event, p plan.Plan, w written) error {
	if !slices.ContainsFunc(w.outcomes, func(o outcome) bool { return o.err == nil }) {
		return nil
	}
	r := durable.Record{At: e.now(), Turn: p.Turn, Event: ev, Replies: w.replies()}
	before := p.After
	before.Revision = p.Before.Revision + 1
	var err error
	for range 2 * tries {
		after := before
		for _, o := range w.outcomes {
			if o.err == nil {
				after = plan.Answer(after, o.change.On.Participant, o.change.Turn, o.at, o.Outcome)
			}
		}
		if err = e.Store.Commit(ctx, before, after, r); !errors.Is(err, durable.ErrStale) {
			break
		}
		if before, err = e.Store.Link(ctx, p.After.ID); err != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("commit replies: %w", err)
	}
	return nil
}

func (w written) replies() map[issue.Participant]map[issue.Place]issue.Reply {
	out := map[issue.Participant]map[issue.Place]issue.Reply{}
	for _, o := range w.outcomes {
		who := o.change.On.Participant
		if out[who] == nil {
			out[who] = map[issue.Place]issue.Reply{}
		}
		maps.Copy(out[who], o.Replies)
	}
	return out
}

// summary says in words what became of each place, by participant.
func (w written) summary() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, o := range w.outcomes {
		places := map[string]string{}
		for x := range o.change.Patch {
			reply := o.Replies[x]
			places[x.String()] = string(reply.State)
			if reply.State == issue.Unknown {
				places[x.String()] = "unknown"
			}
			if reply.Why != "" {
				places[x.String()] += ": " + reply.Why
			}
		}
		if o.err != nil {
			places["error"] = o.err.Error()
		}
		out[string(o.change.On.Participant)] = places
	}
	return out
}
