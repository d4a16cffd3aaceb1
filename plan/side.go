package plan

import (
	"maps"
	"slices"
	"time"

	"example.com/accord/issue"
)

// A side is one participant's part of a link while a turn is planned.
type side struct {
	eye
	issue.Side
	view   issue.View
	looked bool                          // view shows the issue
	behind bool                          // the changelog does not explain yet what is shown
	raw    issue.Document                // view.Doc with rows by birth; nil at a row that is gone
	rows   map[issue.Place]issue.RowSeen // by birth
}

// cloneSide returns s with maps and slices of its own.
func cloneSide(s issue.Side) issue.Side {
	s.Shown, s.Base = s.Shown.Clone(), s.Base.Clone()
	s.Rows, s.Tried = cloneMap(s.Rows), cloneMap(s.Tried)
	s.Sent = slices.Clone(s.Sent)
	for i, sent := range s.Sent {
		sent.Want, sent.Wrote, sent.From = sent.Want.Clone(), sent.Wrote.Clone(), sent.From.Clone()
		sent.Reply = cloneMap(sent.Reply)
		s.Sent[i] = sent
	}
	return s
}

// cloneLink returns l with maps of its own, none of them nil, and with a side
// for each participant of order.
func cloneLink(l issue.Link, order ...issue.Participant) issue.Link {
	l.Agreed = l.Agreed.Clone()
	l.Said, l.Held = cloneMap(l.Said), cloneMap(l.Held)
	l.Sides = cloneMap(l.Sides)
	for p, s := range l.Sides {
		l.Sides[p] = cloneSide(s)
	}
	for _, p := range order {
		if _, has := l.Sides[p]; !has {
			l.Sides[p] = cloneSide(issue.Side{})
		}
	}
	return l
}

func cloneMap[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return maps.Clone(m)
}

// put sets v at x of d; nil removes the place.
func put(d issue.Document, x issue.Place, v issue.Value) {
	if v == nil {
		delete(d, x)
	} else {
		d[x] = v
	}
}

// sentAt returns the index of the Sent that holds x, or -1. No place is in two.
func (s *side) sentAt(x issue.Place) int {
	return slices.IndexFunc(s.Sent, func(sent issue.Sent) bool { _, has := sent.Want[x]; return has })
}

// create returns the index of the Sent that creates the issue, or -1.
func (s *side) create() int {
	return slices.IndexFunc(s.Sent, func(sent issue.Sent) bool { return sent.Create })
}

// ours turns a time of the site into our clock's.
func (s *side) ours(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(s.view.Clock.Offset)
}

// entries returns what the changelog says of x after what was heard, oldest first.
func (s *side) entries(x issue.Place) []issue.Entry {
	return slices.DeleteFunc(s.logOf(x), func(e issue.Entry) bool { return !s.Heard.Before(e) })
}

// logOf returns all that the changelog says of x, oldest first.
func (s *side) logOf(x issue.Place) (es []issue.Entry) {
	for _, e := range s.view.Log {
		if e.Place == x {
			es = append(es, e)
		}
	}
	return es
}

// own reports whether e is an entry of sent's: by our account, since its first
// call, and of its turn where the site gives that back.
func (s *side) own(e issue.Entry, sent issue.Sent) bool {
	if !e.Ours {
		return false
	}
	if e.Turn != "" {
		return e.Turn == sent.Turn
	}
	return !s.ours(e.At).Add(s.view.Clock.Uncertainty).Before(sent.First)
}

// apply returns what v became by e.
func apply(v issue.Value, e issue.Entry) issue.Value {
	if set, ok := v.(issue.Set); ok || e.Add != nil || e.Remove != nil {
		return set.Minus(e.Remove).Plus(e.Add)
	}
	return e.To
}

// logged is what the changelog would show of v at x.
func (s *side) logged(x issue.Place, v issue.Value) issue.Value {
	if s.Logged == nil || v == nil {
		return v
	}
	return s.Logged(x, v)
}

// alike reports whether two own values are the same once both are empty or in
// the form that the changelog gives them.
func (s *side) alike(x issue.Place, v, w issue.Value) bool {
	return issue.Same(v, w) || issue.Empty(v) && issue.Empty(w) || issue.Same(s.logged(x, v), s.logged(x, w))
}

// refuse notes that v is refused at x, until next; the zero time means until
// the value, the rules or what is shown change.
func (s *side) refuse(x issue.Place, v issue.Value, why string, now, next time.Time) {
	t := s.Tried[x]
	if !t.Refused() || !issue.Same(t.Value, v) {
		t = issue.Try{Value: v, First: now}
	} else if t.Why == why && next.IsZero() && t.Next.IsZero() {
		return
	}
	t.Count++
	t.Why, t.Next = why, next
	s.Tried[x] = t
}
