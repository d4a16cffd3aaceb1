package plan

import (
	"time"

	"example.com/accord/issue"
)

// absent plans for a participant whose issue was not looked at: it is to be
// created, or its create is in doubt, or the site cannot be reached.
func (s *saying) absent() {
	switch i := s.create(); {
	case s.Ref.ID != "" && s.State == issue.Denied:
		s.later(s.now.Add(denied)) // no event tells that a permission is back
	case s.Ref.ID != "":
		// Gone, hidden, moved or archived: an event tells when it is back. Not
		// reached: whoever looked knows why, and when to look again.
	case i >= 0 && s.view.State == issue.Absent && s.view.Looked.After(s.Sent[i].Until):
		s.Sent = nil // a search that began after Until found nothing: it was not made
		s.make()
	case i >= 0:
		s.later(s.now.Add(unfound))
		if until := s.Sent[i].Until.Add(time.Second); until.After(s.now) {
			s.later(until)
		}
	default:
		s.make()
	}
}

const (
	denied  = 2 * time.Minute  // until a side that may not be read is looked at again
	unfound = 30 * time.Second // until a created issue is searched for again
)

// make begins the create of the issue here, with all that a create's body carries.
func (s *saying) make() {
	if s.ReadOnly || len(s.link.Agreed) == 0 || !s.stands() || s.waits(issue.Whole(), nil) {
		return
	}
	want, other := issue.Document{}, issue.Document{}
	for _, x := range issue.Places(s.link.Agreed) {
		v := s.link.Agreed[x]
		if _, held := s.link.Held[x]; held && s.Tried[x].Refused() {
			delete(s.Tried, x)
		}
		if s.carries(x, v) {
			want[x] = v
		} else if x.Row == (issue.Ref{}) {
			other[x] = v
		}
	}
	if len(want) > 0 {
		s.begin(want, true)
		s.Sent[len(s.Sent)-1].Agreed = other
	}
}

// stands reports whether the issue stands anywhere, as last looked at: of one
// that was deleted, moved away, archived or hidden no copy is made.
func (s *saying) stands() bool {
	for _, who := range s.rules.Order {
		if o := s.link.Sides[who]; o.Ref.ID != "" && o.State == issue.Present {
			return true
		}
	}
	return false
}

// carries reports whether v at x goes into the body of a create.
func (s *saying) carries(x issue.Place, v issue.Value) bool {
	if x.Row != (issue.Ref{}) || s.rules.Fields[x.Field].Follows || !s.sees(x.Field) || !s.writable(x.Field) || issue.Empty(v) {
		return false
	}
	if _, held := s.link.Held[x]; held {
		return false
	}
	if _, ok := s.out(x, v); !ok {
		s.refuse(x, v, "no word for "+Words(v), s.now, time.Time{})
		return false
	}
	return !s.waits(x, v)
}
