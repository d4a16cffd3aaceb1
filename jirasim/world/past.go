package world

import (
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/jql"
)

// A spell is a stretch of time in which a field held the same.
type spell struct {
	from, to time.Time // to zero: until now
	by       string    // who made it so
	held     []string
}

// remembered reports whether Jira answers WAS and CHANGED for a field.
func (f *Field) remembered() bool {
	return slices.Contains([]string{"assignee", "fixVersions", "priority", "reporter", "resolution", "status"}, f.ID)
}

// spells tells the life of a field, the oldest first: backwards from what it
// holds, each change undone.
func (c *compiler) spells(f *Field, i *Issue) []spell {
	now := slices.DeleteFunc(slices.Clone(c.held(f)(i)), func(s string) bool { return s == "" })
	out := []spell{{held: now}}
	for _, h := range slices.Backward(i.History) {
		was, touched := slices.Clone(now), false
		for _, it := range slices.Backward(h.Items) {
			if it.ID != f.ID {
				continue
			}
			touched = true
			if it.To != nil {
				was = without(was, *it.To)
			}
			if it.From != nil {
				was = with(was, *it.From)
			}
		}
		if !touched {
			continue
		}
		last := &out[len(out)-1]
		last.from, last.by = h.At, h.Author
		out = append(out, spell{to: h.At, held: was})
		now = was
	}
	first := &out[len(out)-1]
	first.from, first.by = i.Created, i.Values["creator"].Text
	slices.Reverse(out)
	for n := range out {
		if len(out[n].held) == 0 {
			out[n].held = []string{""}
		}
	}
	return out
}

// past answers WAS and CHANGED from the history of a field.
func (c *compiler) past(f *Field, e jql.Clause) test {
	if !f.remembered() {
		return c.refuse("History searches do not support the '%s' field.", e.Field)
	}
	asks := c.narrowed(f, e)
	if e.Op == jql.Changed {
		return func(i *Issue) bool {
			all := c.spells(f, i)
			for n := 1; n < len(all); n++ {
				if asks(&all[n-1], &all[n]) {
					return true
				}
			}
			return false
		}
	}
	want, ok := c.wanted(f, e)
	if !ok {
		return func(*Issue) bool { return false }
	}
	hit := func(i *Issue) bool {
		for _, s := range c.spells(f, i) {
			if slices.ContainsFunc(s.held, func(x string) bool { return slices.Contains(want, x) }) && asks(nil, &s) {
				return true
			}
		}
		return false
	}
	if e.Op == jql.WasNot || e.Op == jql.WasNotIn {
		return func(i *Issue) bool { return !hit(i) }
	}
	return hit
}

// A moment tells whether a spell, and the one before it where it is a change
// that is asked for, is what a predicate means.
type moment func(before, s *spell) bool

func (c *compiler) narrowed(f *Field, e jql.Clause) moment {
	var all []moment
	for _, h := range e.History {
		all = append(all, c.predicate(f, e, h))
	}
	return func(before, s *spell) bool {
		return !slices.ContainsFunc(all, func(m moment) bool { return !m(before, s) })
	}
}

func (c *compiler) predicate(f *Field, e jql.Clause, h jql.When) moment {
	never := func(*spell, *spell) bool { return false }
	among := func(held, want []string) bool {
		return slices.ContainsFunc(held, func(s string) bool { return slices.Contains(want, s) })
	}
	switch h.Word {
	case "by":
		want, ok := c.wanted(&Field{ID: e.Field, Kind: Person}, jql.Clause{Field: e.Field, Op: jql.In, Operands: h.Operands, List: true})
		if !ok {
			return never
		}
		return func(_, s *spell) bool { return slices.Contains(want, s.by) }
	case "from", "to":
		if e.Op != jql.Changed {
			c.refuse("The '%s' predicate is not supported by the operator '%s'.", strings.ToUpper(h.Word), strings.ToUpper(string(e.Op)))
			return never
		}
		want, ok := c.wanted(f, jql.Clause{Field: e.Field, Op: jql.In, Operands: h.Operands, List: true})
		if !ok {
			return never
		}
		return func(before, s *spell) bool {
			if h.Word == "from" {
				return among(before.held, want)
			}
			return among(s.held, want)
		}
	}
	return c.dated(e, h)
}

// dated compares the time of a change, or the stretch of a state, with what
// on, before, after and during name.
func (c *compiler) dated(e jql.Clause, h jql.When) moment {
	from, to, ok := c.stretch(h)
	if !ok {
		c.refuse("The date predicate '%s' of the field '%s' is invalid.", strings.ToUpper(h.Word), e.Field) // unverified
		return func(*spell, *spell) bool { return false }
	}
	return func(before, s *spell) bool {
		begin, end := s.from, s.to
		if before != nil {
			end = begin.Add(time.Nanosecond)
		}
		switch h.Word {
		case "before":
			return begin.Before(from)
		case "after":
			return end.IsZero() || end.After(from)
		}
		return begin.Before(to) && (end.IsZero() || end.After(from))
	}
}

// stretch is the time that a predicate names.
func (c *compiler) stretch(h jql.When) (from, to time.Time, ok bool) {
	if len(h.Operands) != 1 && (h.Word != "during" || len(h.Operands) != 2) {
		return from, to, false
	}
	if from, to, ok = c.span(h.Operands[0]); ok && len(h.Operands) == 2 {
		to, _, ok = c.span(h.Operands[1])
	}
	return from, to, ok
}
