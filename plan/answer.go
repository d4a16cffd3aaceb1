package plan

import (
	"fmt"
	"slices"
	"time"

	"example.com/accord/issue"
)

// An Outcome is what became of one [issue.Change].
type Outcome struct {
	Replies map[issue.Place]issue.Reply // missing: Unknown
	Ref     issue.Ref                   // of a created issue
	Key     string
	Rows    map[issue.Place]issue.RowAt // created or edited rows
}

// Answer takes over what became of a change that was planned at the time given:
// only into the Sent of the same turn and time, which may be gone.
func Answer(link issue.Link, who issue.Participant, turn string, at time.Time, o Outcome) issue.Link {
	l := cloneLink(link)
	s := l.Sides[who]
	i := slices.IndexFunc(s.Sent, func(sent issue.Sent) bool { return sent.Turn == turn && sent.At.Equal(at) })
	if i < 0 {
		return l
	}
	sent := s.Sent[i]
	for x, r := range o.Replies {
		if _, has := sent.Want[x]; has && sent.Reply[x].State != issue.Seen {
			sent.Reply[x] = r
		}
	}
	for x, row := range o.Rows {
		if old, known := s.Rows[x]; known {
			row.Created = old.Created
		} else {
			row.Created = l.Sides[x.Row.Participant].Rows[x].Created
		}
		s.Rows[x] = row
	}
	if sent.Create && o.Ref.ID != "" {
		s.Ref, s.Key = o.Ref, o.Key
	}
	if sent.Create && s.Ref.ID == "" && unmade(sent, o) {
		uncreate(&s, i, at, o)
	}
	l.Sides[who] = s
	return l
}

// unmade reports whether a create surely did not happen.
func unmade(sent issue.Sent, o Outcome) bool {
	if _, whole := o.Replies[issue.Whole()]; whole {
		return o.Replies[issue.Whole()].State == issue.Refused || o.Replies[issue.Whole()].State == issue.NotDone
	}
	for x := range sent.Want {
		if st := sent.Reply[x].State; st != issue.Refused && st != issue.NotDone {
			return false
		}
	}
	return true
}

// uncreate drops a create that was not made, and remembers what was refused: a
// field is left out of the next one, the issue as a whole waits.
func uncreate(s *issue.Side, i int, now time.Time, o Outcome) {
	w := side{Side: *s}
	sent := s.Sent[i]
	for x, r := range o.Replies {
		if v := sent.Want[x]; r.State == issue.Refused && (v != nil || x == issue.Whole()) {
			w.refused(x, v, r, now)
		}
	}
	s.Sent = slices.Delete(s.Sent, i, i+1)
}

// Decide settles a held field: v becomes what is agreed, and outranks every
// claim that was held at the revision which the person was shown. An edit heard
// later is a new edit. It returns what was overruled.
func Decide(link issue.Link, x issue.Place, v issue.Value, revision int64, by string, now time.Time) (issue.Link, []issue.Claim, error) {
	held, ok := link.Held[x]
	switch {
	case !ok:
		return link, nil, fmt.Errorf("decide %s: it is not held", x)
	case link.Revision != revision:
		return link, nil, fmt.Errorf("decide %s: revision %d was shown, it is at %d now: look again", x, revision, link.Revision)
	}
	var overruled []issue.Claim
	if was := link.Agreed[x]; !issue.Same(was, v) {
		said := link.Said[x]
		overruled = append(overruled, issue.Claim{By: said.By, Person: said.Person, At: said.At, Value: was, Raw: said.Raw, Heard: now})
	}
	for _, c := range held.Claims {
		if !issue.Same(c.Value, v) {
			overruled = append(overruled, c)
		}
	}
	l := cloneLink(link)
	delete(l.Held, x)
	put(l.Agreed, x, v)
	l.Said[x] = issue.Stamp{Person: by, At: now, Heard: now, Raw: v}
	return l, overruled, nil
}
