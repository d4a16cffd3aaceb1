package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// Rows have no changelog: an edit of a comment that falls between our last look
// at it and our write of it is overwritten, and the site keeps no trace of it.
// Only the webhook of that edit tells who and when. This is said in the history,
// so that a person can ask them; the text is lost.

// tellOverwritten puts into the history whose edits were overwritten.
func (e *Engine) tellOverwritten(ctx context.Context, ev issue.Event, s *sight) error {
	if len(ev.Rows) == 0 || s.link.Revision == 0 {
		return nil
	}
	text, err := e.overwritten(ctx, ev, s)
	if err != nil || text == "" {
		return err
	}
	return e.note(ctx, ev, s.link.ID, text)
}

// overwritten says in words which edits that the event's webhooks tell of were
// overwritten by a write of ours; "" if none.
func (e *Engine) overwritten(ctx context.Context, ev issue.Event, s *sight) (string, error) {
	v, ok := s.views[ev.Ref.Participant]
	if !ok || v.Ref != ev.Ref {
		return "", nil
	}
	var notes []string
	for _, t := range ev.Rows {
		x, seen, ok := row(v, t.ID)
		if !ok || !seen.Echo || t.By == "" || t.By == seen.By || t.Updated.After(seen.Updated) {
			continue // it stands, or somebody's word stands over it
		}
		at := t.Updated.Add(v.Clock.Offset)
		lost, err := e.unheard(ctx, s.link.ID, seen.Mark.Turn, ev.Ref.Participant, at)
		if err != nil {
			return "", err
		}
		if !lost {
			continue
		}
		notes = append(notes, fmt.Sprintf("%s edited %s at %s just before we wrote it: what they wrote is lost", t.By, x, t.Updated.UTC().Format(time.RFC3339)))
	}
	slices.Sort(notes)
	return strings.Join(slices.Compact(notes), "; "), nil
}

// row is the row of a look with that local id.
func row(v issue.View, id string) (issue.Place, issue.RowSeen, bool) {
	for x, seen := range v.Rows {
		if x.Row.ID == id {
			return x, seen, true
		}
	}
	return issue.Place{}, issue.RowSeen{}, false
}

// unheard reports whether an edit of a row at a time is in no look: it was made
// after the turn that wrote the row had looked, and no turn heard it.
func (e *Engine) unheard(ctx context.Context, link issue.Ref, turn string, who issue.Participant, at time.Time) (bool, error) {
	for r, err := range e.Store.History(ctx, link) {
		if err != nil {
			return false, err
		}
		for _, cs := range r.Claims {
			if slices.ContainsFunc(cs, func(c issue.Claim) bool { return c.By == who && c.At.Equal(at) }) {
				return false, nil
			}
		}
		if turn != "" && r.Turn == turn && len(r.Changes) > 0 {
			return !at.Before(r.At), nil
		}
	}
	return false, nil
}

// note puts a sentence into the history of a link, once.
func (e *Engine) note(ctx context.Context, ev issue.Event, link issue.Ref, text string) error {
	for r, err := range e.Store.History(ctx, link) {
		if err != nil {
			return err
		}
		if r.Note == text {
			return nil
		}
	}
	l, err := e.Store.Link(ctx, link)
	if err != nil {
		return err
	}
	return e.Store.Commit(ctx, l, l, durable.Record{At: e.now(), Event: ev, Note: text})
}
