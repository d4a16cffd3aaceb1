package world

import (
	"strings"
)

// items lists what differs between values and those set, as the changelog
// tells it: docs/JIRA.md "Changelog".
func (w *World) items(was, set map[string]Value) []Item {
	var out []Item
	for _, f := range w.Fields {
		v, ok := set[f.ID]
		if !ok || v.Equal(was[f.ID]) {
			continue
		}
		if f.Kind == VersionsOf || f.Kind == PartsOf {
			out = append(out, w.itemsOf(f, was[f.ID].List, v.List)...)
			continue
		}
		if f.Kind == ParentOf {
			out = append(out, w.associated(was[f.ID], v))
			continue
		}
		it := Item{Field: f.ID, Type: "jira", ID: f.ID, User: f.Kind == Person}
		if f.Custom {
			it.Field, it.Type = f.Name, "custom"
		}
		it.From, it.FromText = w.logged(f, was[f.ID])
		it.To, it.ToText = w.logged(f, v)
		out = append(out, it)
	}
	return out
}

// logged is how the changelog shows a value: its id and its text.
func (w *World) logged(f *Field, v Value) (id, text *string) {
	if f.Kind == Labels {
		return nil, new(strings.Join(v.List, " "))
	}
	if f.Kind == SprintOf {
		return w.loggedSprints(v)
	}
	if v.Empty() {
		return nil, nil
	}
	switch f.Kind {
	case People, Cascade, GroupsIn, VersionOf, ProjectIn:
		return w.loggedSpecial(f, v)
	case EpicOf:
		return &v.Text, new(w.keyOf(v.Text))
	case Rich:
		return nil, new(w.Wiki(v.Text))
	case Number:
		return nil, new(v.Decimal())
	case Seconds:
		return new(v.Decimal()), new(v.Decimal())
	case Date:
		return &v.Text, new(v.Text + " 00:00:00.0")
	case Select, Choices:
		return w.loggedOptions(f, v)
	case Person, PriorityOf, StatusOf, ResolvedAs, TypeOf:
		return &v.Text, new(w.Called(f, v))
	}
	return nil, &v.Text
}

func (w *World) loggedOptions(f *Field, v Value) (id, text *string) {
	ids := v.List
	if f.Kind == Select {
		ids = []string{v.Text}
	}
	var names []string
	for _, id := range ids {
		o, _ := f.Option(id)
		names = append(names, o.Value)
	}
	if f.Kind == Select {
		return &v.Text, new(names[0])
	}
	return new("[" + strings.Join(ids, ", ") + "]"), new(strings.Join(names, ","))
}

// Called is the name that people read for a value that is an id, else the
// value as text.
func (w *World) Called(f *Field, v Value) string {
	switch f.Kind {
	case Person:
		if u := w.User(v.Text); u != nil {
			return u.Display
		}
	case PriorityOf:
		if p := w.Priority(v.Text); p != nil {
			return p.Name
		}
	case StatusOf:
		if s := w.Status(v.Text); s != nil {
			return s.Name
		}
	case ResolvedAs:
		if r := w.Resolution(v.Text); r != nil {
			return r.Name
		}
	case TypeOf:
		if t := w.Type(v.Text); t != nil {
			return t.Name
		}
	case Select:
		if o, ok := f.Option(v.Text); ok {
			return o.Value
		}
	case Number:
		return v.Decimal()
	case Rich:
		return w.Wiki(v.Text)
	}
	return v.Text
}
