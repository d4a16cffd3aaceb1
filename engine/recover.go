package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// Recover queues every link with a write whose end is not known, as a process
// that died left them. It is called when a process starts; it says how many
// there are.
func (e *Engine) Recover(ctx context.Context) (int, error) {
	did, err := e.queueLinks(ctx, durable.Filter{Open: true}, Recovery, time.Time{})
	return did.Sent, err
}

// Replanned is what a call of Replan did.
type Replanned struct {
	Done bool      // false: it stopped before its deadline, or with an error
	Sent int       // links queued
	Last issue.Ref // the last of these, by its ID; if there is none, where it began
}

// Replan queues every link whose ID comes after one, after a change of the rules.
// It stops before a deadline that is not zero.
func (e *Engine) Replan(ctx context.Context, after issue.Ref, deadline time.Time) (Replanned, error) {
	return e.queueLinks(ctx, durable.Filter{After: after}, Rules, deadline)
}

// together is how many events are sent in one call: a queue behind a network
// sends some of them at the same time.
const together = 100

func (e *Engine) queueLinks(ctx context.Context, f durable.Filter, cause string, deadline time.Time) (Replanned, error) {
	did := Replanned{Last: f.After}
	var ms []durable.Message
	var dear time.Duration // what the slowest batch took
	began := e.now()
	send := func(last issue.Ref) error {
		if err := e.Queue.Send(ctx, ms...); err != nil {
			return fmt.Errorf("queue links: %w", err)
		}
		did.Sent, did.Last = did.Sent+len(ms), last
		ms, dear, began = ms[:0], max(dear, e.now().Sub(began)), e.now()
		return nil
	}
	var last issue.Ref
	for id, err := range e.linkIDs(ctx, f) {
		if err != nil {
			return did, fmt.Errorf("queue links: %w", err)
		}
		if len(ms) == together {
			if err := send(last); err != nil {
				return did, err
			}
			if !deadline.IsZero() && !e.now().Add(dear).Before(deadline) {
				return did, nil
			}
		}
		last = id
		ref, err := e.addressOf(ctx, id)
		if err != nil {
			return did, fmt.Errorf("queue links: %w", err)
		}
		if _, ours := e.Connectors[ref.Participant]; !ours {
			continue // of another sync on the same store
		}
		ms = append(ms, durable.Message{Event: issue.Event{Ref: ref, Cause: cause, At: e.now()}, Lane: durable.Bulk})
	}
	if len(ms) > 0 {
		if err := send(last); err != nil {
			return did, err
		}
	}
	did.Done = true
	return did, nil
}

// linkIDs names the links that match f, without reading them where the store can.
func (e *Engine) linkIDs(ctx context.Context, f durable.Filter) iter.Seq2[issue.Ref, error] {
	if lister, ok := e.Store.(durable.Lister); ok {
		return lister.IDs(ctx, f)
	}
	return func(yield func(issue.Ref, error) bool) {
		for link, err := range e.Store.Links(ctx, f) {
			if !yield(link.ID, err) {
				return
			}
		}
	}
}

// addressOf is [Engine.Address] of a link that need not have been read.
func (e *Engine) addressOf(ctx context.Context, id issue.Ref) (issue.Ref, error) {
	if _, ours := e.Connectors[id.Participant]; ours {
		return id, nil
	}
	link, err := e.Store.Link(ctx, id)
	if errors.Is(err, durable.ErrNotFound) {
		return id, nil // it has gone since it was listed
	}
	return e.Address(link), err
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
