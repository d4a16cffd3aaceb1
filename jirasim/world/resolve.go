package world

import (
	"slices"
	"strings"

	"example.com/accord/jirasim/jql"
)

// held gives what a field holds as strings to compare: ids, keys, texts; one
// empty string for an empty field.
func (c *compiler) held(f *Field) func(*Issue) []string {
	one := func(s string) []string { return []string{s} }
	switch f.ID {
	case "issuekey":
		return func(i *Issue) []string { return one(i.ID) }
	case "project":
		return func(i *Issue) []string { return one(i.Project) }
	case "created":
		return func(i *Issue) []string { return one(instantKey(i.Created)) }
	case "updated":
		return func(i *Issue) []string { return one(instantKey(i.Updated)) }
	case "resolutiondate":
		return func(i *Issue) []string { return one(instantKey(i.Resolved)) }
	case "statusCategory":
		return func(i *Issue) []string { return one(category(c.w.Status(i.Values["status"].Text))) }
	}
	return func(i *Issue) []string {
		switch v := i.Values[f.ID]; {
		case len(v.List) > 0:
			return v.List
		case v.Number != nil:
			return one(v.Decimal())
		default:
			return one(v.Text)
		}
	}
}

func category(s *Status) string {
	if s == nil {
		return "1"
	}
	return string(rune('0' + s.Category))
}

// resolve turns an operand into the strings that held gives.
func (c *compiler) resolve(f *Field, name string, o jql.Operand) ([]string, bool) {
	if o.Empty {
		return []string{""}, true
	}
	ids := c.ids(f, o.Text)
	if len(ids) == 0 {
		if f.ID == "issuekey" {
			c.refuse("An issue with key '%s' does not exist for field '%s'.", o.Text, name)
		} else {
			c.refuse("The value '%s' does not exist for the field '%s'.", o.Text, name)
		}
		return nil, false
	}
	return ids, true
}

func (c *compiler) ids(f *Field, s string) []string {
	w := c.w
	switch f.Kind {
	case PriorityOf:
		return pick(w.Priorities, s, func(x *Priority) (string, string) { return x.ID, x.Name })
	case StatusOf:
		return pick(w.Statuses, s, func(x *Status) (string, string) { return x.ID, x.Name })
	case TypeOf:
		return pick(w.Types, s, func(x *Type) (string, string) { return x.ID, x.Name })
	case ResolvedAs:
		if strings.EqualFold(s, "unresolved") {
			return []string{""}
		}
		return pick(w.Resolutions, s, func(x *Resolution) (string, string) { return x.ID, x.Name })
	case Person:
		if u := w.Login(s); u != nil {
			return []string{u.ID}
		}
		return nil
	case Select, Choices:
		return pick(f.Options, s, func(o Option) (string, string) { return o.ID, o.Value })
	case Number:
		return []string{s}
	}
	return c.special(f, s)
}

func (c *compiler) special(f *Field, s string) []string {
	switch f.ID {
	case "issuekey":
		if i, no := c.w.Issue(c.by.User, s); no == nil {
			return []string{i.ID}
		}
		return nil
	case "project":
		var out []string
		for _, p := range c.w.Projects {
			if (p.ID == s || strings.EqualFold(p.Key, s) || strings.EqualFold(p.Name, s)) && c.w.May(c.by.User, "BROWSE_PROJECTS", p) {
				out = append(out, p.ID)
			}
		}
		return out
	case "statusCategory":
		n := slices.IndexFunc([]string{"", "undefined", "new", "", "indeterminate", "done"}, func(k string) bool { return k != "" && strings.EqualFold(k, s) })
		if m := slices.IndexFunc([]string{"", "No Category", "To Do", "", "In Progress", "Done"}, func(k string) bool { return k != "" && strings.EqualFold(k, s) }); m > n {
			n = m
		}
		if n == 5 {
			n = 3
		}
		if n < 0 {
			return nil
		}
		return []string{string(rune('0' + n))}
	}
	return []string{s}
}

func pick[T any](all []T, s string, of func(T) (id, name string)) []string {
	var out []string
	for _, x := range all {
		if id, name := of(x); id == s || strings.EqualFold(name, s) {
			out = append(out, id)
		}
	}
	return out
}

// past answers WAS and CHANGED from the history of a field.
func (c *compiler) past(f *Field, e jql.Clause) test {
	if e.Op == jql.Changed {
		return func(i *Issue) bool {
			return slices.ContainsFunc(i.History, func(h *Change) bool {
				return slices.ContainsFunc(h.Items, func(it Item) bool { return it.ID == f.ID })
			})
		}
	}
	var want []string
	for _, o := range c.operands(e) {
		ids, ok := c.resolve(f, e.Field, o)
		if !ok {
			return func(*Issue) bool { return false }
		}
		want = append(want, ids...)
	}
	held := c.held(f)
	hit := func(i *Issue) bool {
		seen := held(i)
		for _, h := range i.History {
			for _, it := range h.Items {
				if it.ID == f.ID && it.From != nil {
					seen = append(seen[:len(seen):len(seen)], *it.From)
				}
			}
		}
		return slices.ContainsFunc(seen, func(s string) bool { return slices.Contains(want, s) })
	}
	if e.Op == jql.WasNot || e.Op == jql.WasNotIn {
		return func(i *Issue) bool { return !hit(i) }
	}
	return hit
}
