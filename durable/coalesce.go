package durable

import (
	"slices"
	"time"

	"example.com/accord/issue"
)

// maxTouches is how many touches a waiting event keeps. They only name people
// in a report, and an event stays a small hint.
const maxTouches = 20

// Due is when m may be received: at At, but not before Floor.
func (m Message) Due() time.Time {
	if m.Floor.After(m.At) {
		return m.Floor
	}
	return m.At
}

// Join returns m and n, which wait for the same issue in the same lane, as one
// message. It is m with the earlier At, the later Floor, the touches of both (the
// last 20 of them), the event that was heard first, and the tries of the one
// that has more of them, with its reason.
func (m Message) Join(n Message) Message {
	first, last := m.Event, n.Event
	if last.At.Before(first.At) {
		first, last = last, first
	}
	m.Event = first
	m.Event.Rows = joinTouches(first.Rows, last.Rows)
	if n.At.Before(m.At) {
		m.At = n.At
	}
	if n.Floor.After(m.Floor) {
		m.Floor = n.Floor
	}
	if n.Tries > m.Tries || m.Why == "" {
		m.Why = n.Why
	}
	m.Tries = max(m.Tries, n.Tries)
	return m
}

func joinTouches(first, last []issue.Touch) []issue.Touch {
	all := slices.Clip(first)
	for _, t := range last {
		same := func(o issue.Touch) bool { return o.ID == t.ID && o.By == t.By && o.Updated.Equal(t.Updated) }
		if !slices.ContainsFunc(all, same) {
			all = append(all, t)
		}
	}
	return all[max(0, len(all)-maxTouches):]
}
