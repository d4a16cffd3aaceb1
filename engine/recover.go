package engine

import (
	"context"
	"fmt"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// Recover queues every link with a write whose end is not known, as a process
// that died left them. It is called when a process starts; it says how many
// there are.
func (e *Engine) Recover(ctx context.Context) (int, error) {
	return e.queueLinks(ctx, durable.Filter{Open: true}, Recovery)
}

// Replan queues every link, after a change of the rules.
func (e *Engine) Replan(ctx context.Context) (int, error) {
	return e.queueLinks(ctx, durable.Filter{}, Rules)
}

// together is how many events are sent in one call: a queue behind a network
// sends some of them at the same time.
const together = 100

func (e *Engine) queueLinks(ctx context.Context, f durable.Filter, cause string) (n int, err error) {
	var ms []durable.Message
	send := func() error {
		if len(ms) == 0 {
			return nil
		}
		if err := e.Queue.Send(ctx, ms...); err != nil {
			return fmt.Errorf("queue links: %w", err)
		}
		n += len(ms)
		ms = nil
		return nil
	}
	for link, err := range e.Store.Links(ctx, f) {
		if err != nil {
			return n, fmt.Errorf("queue links: %w", err)
		}
		ref := e.Address(link)
		if _, ours := e.Connectors[ref.Participant]; !ours {
			continue // of another sync on the same store
		}
		ev := issue.Event{Ref: ref, Cause: cause, At: e.now()}
		if ms = append(ms, durable.Message{Event: ev, Lane: durable.Bulk}); len(ms) == together {
			if err := send(); err != nil {
				return n, err
			}
		}
	}
	err = send()
	return n, err
}

// Address names a link by one of its issues that is in the sync: the one it
// began with may be of a participant that was taken out of the file. A link of
// another sync keeps its own name.
func (e *Engine) Address(link issue.Link) issue.Ref {
	if _, ours := e.Connectors[link.ID.Participant]; ours {
		return link.ID
	}
	for _, who := range e.Rules.Order {
		if ref := link.Sides[who].Ref; ref.ID != "" {
			return ref
		}
	}
	return link.ID
}
