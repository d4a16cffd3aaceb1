package plan

import (
	"maps"
	"slices"
	"time"

	"example.com/accord/issue"
)

// name lays the view out by place, every row by its birth. A row is known by
// its local id; one that is not is ours where its mark says so, of this issue
// and of no other (a clone carries the marks of its original); one that was
// there at first contact may be the twin of a row elsewhere; any other is born here.
func (s *side) name(twins map[issue.Place]issue.Value, born map[issue.Place]time.Time) {
	s.raw, s.rows = issue.Document{}, map[issue.Place]issue.RowSeen{}
	births := map[issue.Place]issue.Place{} // by local place
	for x, at := range s.Rows {
		births[issue.Place{Field: x.Field, Row: issue.Ref{Participant: s.who, ID: at.ID}}] = x
	}
	for _, local := range slices.SortedFunc(maps.Keys(s.view.Rows), issue.Place.Compare) {
		if _, known := births[local]; !known {
			births[local] = s.birth(local, twins, born)
		}
		x, seen := births[local], s.view.Rows[local]
		if x == (issue.Place{}) {
			continue
		}
		s.rows[x] = seen
		if _, known := s.Rows[x]; !known {
			s.Rows[x] = issue.RowAt{ID: local.Row.ID, Created: s.ours(seen.Created)}
		}
	}
	for local, v := range s.view.Doc {
		x := local
		if local.Row != (issue.Ref{}) {
			x = births[local]
			if x == (issue.Place{}) {
				continue // gone and never known here, or made twice
			}
		}
		if s.sees(x.Field) {
			s.raw[x] = v
		}
	}
}

// birth says what an unknown row at local is; the zero Place: nothing of the link.
func (s *side) birth(local issue.Place, twins map[issue.Place]issue.Value, born map[issue.Place]time.Time) issue.Place {
	seen := s.view.Rows[local]
	if seen.Ours && seen.Mark.Issue == s.Ref.ID && seen.Mark.Row != (issue.Ref{}) {
		x := issue.Place{Field: local.Field, Row: seen.Mark.Row}
		if _, taken := s.Rows[x]; taken {
			return issue.Place{} // made twice: the second stays where it is
		}
		return x
	}
	if s.first() {
		row, _ := s.view.Doc[local].(issue.Row)
		for _, x := range slices.SortedFunc(maps.Keys(twins), issue.Place.Compare) {
			if _, taken := s.Rows[x]; !taken && x.Field == local.Field && s.twin(row, twins[x], seen, born[x]) {
				return x
			}
		}
	}
	return local
}

// out is [eye.out], but members that the rules have no word for stay where they
// are, since nobody else speaks of them; and a row that was born here and no longer stands there as
// its author's is written as one born elsewhere.
func (s *side) out(x issue.Place, v issue.Value) (issue.Value, bool) {
	if _, ok := v.(issue.Set); ok {
		own, ok := s.eye.out(x, v)
		return asSet(own).Plus(s.unmapped(x)), ok
	}
	row, ok := v.(issue.Row)
	if seen, stands := s.rows[x]; !ok || x.Row.Participant != s.who || stands && !seen.Ours {
		return s.eye.out(x, v)
	}
	own := s.canon(x, s.ownRow(row, false))
	return own, own != nil
}

// unmapped are the members shown at x that mean nothing elsewhere.
func (s *side) unmapped(x issue.Place) (out issue.Set) {
	for _, m := range asSet(s.Shown[x]) {
		if _, known := toShared(s.Fields[x.Field].Words, issue.Scalar(m)); !known {
			out = append(out, m)
		}
	}
	return out
}

// first reports whether the participant is looked at for the first time,
// and its issue is not one that we made.
func (s *side) first() bool {
	return len(s.Shown) == 0 && len(s.Sent) == 0 && s.Heard.At.IsZero() && !s.view.Ours
}

// twin reports whether a row that stands here is v, which stands elsewhere:
// equal body and author, made within a minute.
func (s *side) twin(row issue.Row, v issue.Value, seen issue.RowSeen, born time.Time) bool {
	other, ok := v.(issue.Row)
	if !ok || row == nil {
		return false
	}
	here, _ := row[body].(issue.Text)
	there, _ := other[body].(issue.Text)
	apart := s.ours(seen.Created).Sub(born).Abs()
	return apart <= time.Minute && issue.Same(row[author], other[author]) &&
		issue.Text{Doc: s.sharedPeople(here.Doc)}.Equal(there)
}

// hearRow tells a person's edit of a row from our own write.
func (h *hearing) hearRow(x issue.Place) {
	s, now := h.side, h.raw[x]
	seen := s.rows[x]
	i := s.sentAt(x)
	if i < 0 {
		h.differs(x)
		h.heardRow(x)
		return
	}
	sent := s.Sent[i]
	_, had := sent.From[x]
	reply := sent.Reply[x].State
	marked := now != nil && seen.Mark.Turn == sent.Turn && seen.Mark.Turn != ""
	made := !had && now != nil // a row of ours that is there was made, whatever a call answered
	again := reply == issue.Seen && marked && seen.Echo && seen.Version != s.Rows[x].Version
	landed := reply == issue.Done || reply != issue.Seen && (marked || made) || again
	wrote := sent.Wrote[x]
	switch {
	case landed && (issue.Same(now, wrote) || now != nil && seen.Echo):
		h.inStep(x, i)
	case landed:
		h.landed(x, i)
		h.consume(x, s.ours(seen.Updated), seen.By)
	case now == nil && wrote == nil:
		h.inStep(x, i)
	default:
		h.differs(x)
	}
	h.heardRow(x)
}

// heardRow remembers the version of a row that was heard, and forgets one that is gone.
func (h *hearing) heardRow(x issue.Place) {
	if h.raw[x] == nil {
		delete(h.Rows, x)
		return
	}
	at := h.Rows[x]
	at.Version = h.rows[x].Version
	h.Rows[x] = at
}
