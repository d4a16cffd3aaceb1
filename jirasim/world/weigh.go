package world

import (
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/jql"
)

// weight is how heavy a value of a field is, where < and > and an order have
// a meaning; nil where they have none. What is more urgent is heavier, and so
// is a version that comes later.
func (c *compiler) weight(f *Field) func(string) float64 {
	w := c.w
	switch {
	case f.Kind == Number, f.Kind == Seconds, f.Kind == propertyOf, f.ID == "watches", f.ID == "votes", f.ID == "workratio":
		return numeric
	case f.ID == "issuekey", f.Kind == ParentOf:
		return func(id string) float64 {
			if i := w.Issues[id]; i != nil {
				return c.keyed(i)
			}
			return 0
		}
	case f.Kind == PriorityOf:
		return func(id string) float64 {
			return -float64(slices.IndexFunc(w.Priorities, func(p *Priority) bool { return p.ID == id }))
		}
	case f.Kind == VersionsOf, f.Kind == VersionOf:
		return c.released()
	case f.Kind == ResolvedAs:
		return func(id string) float64 {
			return float64(slices.IndexFunc(w.Resolutions, func(r *Resolution) bool { return r.ID == id }))
		}
	}
	return nil
}

// keyed orders issues by project and number.
func (c *compiler) keyed(i *Issue) float64 {
	n := slices.IndexFunc(c.w.Projects, func(p *Project) bool { return p.ID == i.Project })
	return float64(n)*1e9 + numeric(i.Key)
}

// released orders versions as their projects do.
func (c *compiler) released() func(string) float64 {
	at := map[string]float64{}
	for _, p := range c.w.Projects {
		for n, v := range p.Versions {
			at[v.ID] = float64(n)
		}
	}
	return func(id string) float64 { return at[id] }
}

func ordered(op jql.Op, d float64) bool {
	switch op {
	case jql.Greater:
		return d > 0
	case jql.GreaterEqual:
		return d >= 0
	case jql.Less:
		return d < 0
	}
	return d <= 0
}

// numeric reads a number, or the number at the end of a key.
func numeric(s string) float64 {
	if key, n, ok := strings.Cut(s, "-"); ok && key != "" {
		s = n
	}
	n, _ := strconv.ParseFloat(s, 64)
	return n
}

// order is one term of ORDER BY. What is empty comes last when descending.
func (c *compiler) order(s jql.Sort) sorter {
	f := c.w.Clause(s.Field)
	if f == nil {
		c.refuse("Not able to sort using field '%s'.", s.Field)
		return sorter{}
	}
	if f.said() || f.ID == "filter" {
		c.refuse("Field '%s' does not support sorting.", s.Field)
		return sorter{}
	}
	held, weight := c.held(f), c.weight(f)
	return sorter{desc: s.Desc || s.Own && f.falling(), key: func(i *Issue) string {
		s := held(i)[0]
		switch {
		case f.ID == "issuekey":
			k, n, _ := strings.Cut(i.Key, "-")
			return k + padded(n)
		case weight != nil && s != "":
			return signed(weight(s))
		case f.Kind == StatusOf, f.Kind == Select, f.Kind == TypeOf, f.Kind == ResolvedAs:
			return padded(s)
		case f.Kind == Line || f.Kind == Rich:
			return strings.ToLower(s)
		}
		return s
	}}
}

// falling reports whether a field is ordered from its end where no direction
// is given, as Jira's source has it.
func (f *Field) falling() bool {
	return timed(f) || f.Kind == PriorityOf || f.Kind == StatusOf || f.Kind == TypeOf
}

func padded(n string) string { return strings.Repeat("0", max(0, 12-len(n))) + n }

// signed writes a number so that text order is the order of numbers.
func signed(n float64) string {
	s := strconv.FormatFloat(n+1e15, 'f', 6, 64)
	return strings.Repeat("0", max(0, 30-len(s))) + s
}
