package plan

import (
	"slices"
	"time"

	"example.com/accord/issue"
)

// A saying finds what is missing at one participant, and begins the writes that
// bring it there.
type saying struct {
	*side
	rules Rules
	link  *issue.Link
	turn  string
	now   time.Time
	plan  *Plan
}

// say begins the writes of one side. No place is in two Sents: while one is in
// doubt its places are given no other value, and everything else crosses.
func (s *saying) say() {
	if !s.looked {
		s.absent()
		return
	}
	if s.create() >= 0 {
		return // it is not known yet what it was made as
	}
	fresh, again := issue.Document{}, map[int]issue.Document{}
	for _, x := range issue.Places(s.link.Agreed, s.raw, s.Base) {
		v, missing := s.missing(x)
		if !missing {
			continue
		}
		switch i := s.sentAt(x); {
		case i < 0:
			fresh[x] = v
		case s.repeatable(x, v, i):
			if again[i] == nil {
				again[i] = issue.Document{}
			}
			again[i][x] = v
		default:
			s.later(s.Sent[i].Until.Add(time.Second))
		}
	}
	room := s.rules.Times.Rows
	room -= s.within(room, fresh)
	for i := range s.Sent {
		room -= s.within(room, again[i])
		if len(again[i]) > 0 {
			s.repeat(i, again[i])
		}
	}
	if len(fresh) > 0 {
		s.begin(fresh, false)
	}
}

// within leaves in want no more rows than there is room for, those that were
// born first, and says how many these are. The others are for the turn after
// this one. Nothing starves: what is repeated comes after what is new, and once
// no call of it can take effect any more it is new.
func (s *saying) within(room int, want issue.Document) int {
	rows := slices.DeleteFunc(issue.Places(want), func(x issue.Place) bool { return x.Row == (issue.Ref{}) })
	if len(rows) <= room {
		return len(rows)
	}
	slices.SortStableFunc(rows, func(a, b issue.Place) int { return s.rowAt(a).Created.Compare(s.rowAt(b).Created) })
	for _, x := range rows[room:] {
		delete(want, x)
	}
	if s.plan.Left == nil {
		s.plan.Left = map[issue.Participant]int{}
	}
	s.plan.Left[s.who] += len(rows) - room
	s.later(s.now)
	return room
}

// missing reports whether v, what is agreed at x, is to be written here now.
func (s *saying) missing(x issue.Place) (issue.Value, bool) {
	agreed, raw := s.link.Agreed[x], s.raw[x]
	_, shown := s.raw[x]
	if !s.sees(x.Field) {
		return nil, false
	}
	if _, held := s.link.Held[x]; held {
		if s.Tried[x].Refused() {
			delete(s.Tried, x)
		}
		return nil, false
	}
	if x.Row == (issue.Ref{}) {
		if agreed == nil || !shown {
			return nil, false // nothing was ever said there, or the field is not on this site's screen
		}
	} else if s.rowStands(x, agreed, shown) {
		return nil, false
	}
	if s.behind && s.sentAt(x) >= 0 {
		return nil, false
	}
	return agreed, s.due(x, agreed, raw)
}

// rowStands reports whether nothing can be said of a row: it is listed here but
// may not be read, or it was never agreed, or it is gone here as everywhere.
func (s *saying) rowStands(x issue.Place, agreed issue.Value, shown bool) bool {
	if _, known := s.Rows[x]; known && !shown {
		return true
	}
	return agreed == nil && (s.Base[x] == nil || s.raw[x] == nil)
}

// due reports whether agreed is to be written over raw: it is not what the
// participant shows, the site has a word for it, and it is not refused there.
func (s *saying) due(x issue.Place, agreed, raw issue.Value) bool {
	own, ok := s.out(x, agreed)
	if !ok && !s.writable(x.Field) {
		return false
	}
	if !ok {
		s.refuse(x, agreed, "no word for "+Words(agreed), s.now, time.Time{})
		return false
	}
	if s.deaf(x.Field) && !s.rules.Eyes[s.who].Fields[x.Field].Restore && s.Base[x] != nil && issue.Same(s.Base[x], agreed) {
		return false // a local edit stays until the source says something new
	}
	shown, known := s.in(x, raw, agreed)
	if !known && !issue.Same(s.Shown[x], raw) {
		return false // a person chose a word that the rules do not have: it is left alone
	}
	want, _ := s.in(x, own, agreed)
	if issue.Same(want, shown) || issue.Empty(want) && issue.Empty(shown) && x.Row == (issue.Ref{}) {
		s.inStep(x, agreed, raw)
		return false
	}
	return s.writable(x.Field) && !s.waits(x, agreed)
}

// inStep notes that what is shown stands for what is agreed, so that a word
// that several stand for is never rewritten on the richer side.
func (s *saying) inStep(x issue.Place, agreed, raw issue.Value) {
	if s.sentAt(x) >= 0 {
		return // a call in doubt may still change what is shown
	}
	put(s.Base, x, agreed)
	put(s.Shown, x, raw)
	if t, tried := s.Tried[x]; tried && (t.Refused() || s.now.Sub(t.First) > s.rules.Times.Window) {
		delete(s.Tried, x)
	}
}

// waits reports whether v was tried at x and is not due again.
func (s *saying) waits(x issue.Place, v issue.Value) bool {
	t, tried := s.Tried[x]
	switch {
	case !tried || !issue.Same(t.Value, v):
		return false
	case !t.Refused():
		if t.Count < s.rules.Times.Tries || s.now.Sub(t.First) > s.rules.Times.Window {
			return false
		}
		s.Tried[x] = issue.Try{Value: v, Count: t.Count, First: t.First, Why: "undone by the site"}
		return true
	case t.Next.IsZero():
		return true
	case s.now.Before(t.Next):
		s.later(t.Next)
		return true
	}
	return false
}

// repeatable reports whether the call for v at x, whose end is not known, may
// be made again: the same value, after no call of it can start any more. The
// create of a row never is.
func (s *saying) repeatable(x issue.Place, v issue.Value, i int) bool {
	sent := s.Sent[i]
	if !issue.Same(sent.Want[x], v) {
		return false
	}
	from, had := sent.From[x]
	if row := x.Row != (issue.Ref{}); row && (!had || !issue.Same(from, s.Shown[x])) {
		return false // the row was changed or removed since: it would be another call
	}
	if set, ok := from.(issue.Set); ok && !set.Equal(asSet(s.Shown[x])) {
		return false // members came or went since: it would not be the same adds and removes
	}
	again := sent.At.Add(s.rules.Times.TurnMax)
	if s.now.Before(again) {
		s.later(again)
		return false
	}
	return true
}

// repeat makes the call of a Sent again, for a part of it.
func (s *saying) repeat(i int, want issue.Document) {
	sent := &s.Sent[i]
	sent.At, sent.Until, sent.Repeated = s.now, s.now.Add(s.rules.Times.Late), true
	for x := range want {
		delete(sent.Reply, x)
	}
	s.change(*sent, want)
}

// begin begins a new write.
func (s *saying) begin(want issue.Document, create bool) {
	sent := issue.Sent{
		Turn: s.turn, First: s.now, At: s.now, Until: s.now.Add(s.rules.Times.Late), Create: create,
		Want: want, Wrote: issue.Document{}, From: issue.Document{}, Reply: map[issue.Place]issue.Reply{},
	}
	for x, v := range want {
		sent.Wrote[x], _ = s.out(x, v)
		if shown := s.Shown[x]; shown != nil {
			sent.From[x] = shown
		}
	}
	s.Sent = append(s.Sent, sent)
	s.change(sent, want)
}

// change adds the call for places of a Sent to the plan.
func (s *saying) change(sent issue.Sent, places issue.Document) {
	c := issue.Change{
		On: s.Ref, Link: s.link.ID, Turn: sent.Turn, Patch: issue.Document{}, From: issue.Document{},
		Rows: map[issue.Place]issue.RowAt{}, Start: s.now.Add(s.rules.Times.TurnMax),
	}
	c.On.Participant = s.who
	for x := range places {
		c.Patch[x] = sent.Wrote[x]
		if v, had := sent.From[x]; had {
			c.From[x] = v
		}
		if x.Row != (issue.Ref{}) {
			c.Rows[x] = s.rowAt(x)
		}
	}
	s.plan.Changes = append(s.plan.Changes, c)
	s.later(s.now.Add(echo))
}

// echo is when a write is looked at again if its own webhook does not come first.
const echo = 30 * time.Second

// rowAt says where a row is here, and when it was born.
func (s *saying) rowAt(x issue.Place) issue.RowAt {
	at, here := s.Rows[x]
	if !here {
		at = issue.RowAt{Created: s.link.Sides[x.Row.Participant].Rows[x].Created}
	}
	return at
}

func (s *saying) later(t time.Time) { s.plan.later(t) }
