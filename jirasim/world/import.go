package world

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Record is an issue of another site, to be made here.
type Record struct {
	Project  *Project
	Values   map[string]Value
	Created  time.Time // zero: now
	Comments []Recall
}

// A Recall is a comment of another site.
type Recall struct {
	Author, Body json.RawMessage
	Created      time.Time // zero: now
}

// Import makes an issue as it was recorded, past screens and workflow. Its
// updated is now.
func (w *World) Import(by By, r Record) (*Issue, error) {
	v := r.Values
	if v["summary"].Empty() {
		return nil, Refuse(400, "This is no Jira issue: it has no summary.")
	}
	for id, def := range map[string]string{"issuetype": r.Project.Types[0], "status": r.Project.Workflow.Initial, "reporter": by.User.ID} {
		if v[id].Empty() {
			v[id] = Value{Text: def}
		}
	}
	if v["creator"].Empty() {
		v["creator"] = v["reporter"]
	}
	if s, t := w.TypesFor(r.Project), v["issuetype"].Text; !slices.Contains(s.Types, t) {
		s.Types = append(slices.Clone(s.Types), t)
		w.Retype()
	}
	maps.DeleteFunc(v, func(_ string, x Value) bool { return x.Empty() })
	i := w.bear(by, r.Project, v)
	if !r.Created.IsZero() {
		i.Created = r.Created
	}
	for _, m := range r.Comments {
		if body := w.adoptRich(m.Body); body != "" {
			at := m.Created
			if at.IsZero() {
				at = by.Now
			}
			who := cmp.Or(w.adoptPerson(m.Author), by.User.ID)
			i.Comments = append(i.Comments, &Comment{ID: w.Next("comment"), Author: who, Editor: who, Body: body, Created: at, Updated: at})
		}
	}
	if !v["resolution"].Empty() {
		i.Resolved = by.Now
	}
	w.put(i, by.Now)
	w.emit(Event{Kind: "jira:issue_created", Name: "issue_created", At: by.Now, By: by.User, Issue: i,
		Change: &Change{ID: w.Next("change"), Author: by.User.ID, At: by.Now, Items: w.items(nil, v)}})
	return i, nil
}

// Adopt reads a value as another site shows it, and makes what it names in a
// project.
func (w *World) Adopt(by By, p *Project, f *Field, raw json.RawMessage) (Value, bool) {
	if null(raw) {
		return Value{}, false
	}
	var h handle
	_ = json.Unmarshal(raw, &h) // what is no object has no name, and is left out below
	switch f.Kind {
	case Rich:
		return Value{Text: w.adoptRich(raw)}, true
	case Person:
		return Value{Text: w.adoptPerson(raw)}, true
	case TypeOf:
		return adopt(w, &w.Types, h.Name, "issuetype", func(x *Type) (string, string) { return x.ID, x.Name }, func(id string) *Type { return &Type{ID: id, Name: h.Name} })
	case PriorityOf:
		return adopt(w, &w.Priorities, h.Name, "priority", func(x *Priority) (string, string) { return x.ID, x.Name }, func(id string) *Priority { return &Priority{ID: id, Name: h.Name, Color: "#707070"} })
	case ResolvedAs:
		return adopt(w, &w.Resolutions, h.Name, "resolution", func(x *Resolution) (string, string) { return x.ID, x.Name }, func(id string) *Resolution { return &Resolution{ID: id, Name: h.Name} })
	case StatusOf:
		var s struct {
			Category struct{ ID int } `json:"statusCategory"`
		}
		_ = json.Unmarshal(raw, &s) // without a category it is one of those in progress
		return adopt(w, &w.Statuses, h.Name, "status", func(x *Status) (string, string) { return x.ID, x.Name }, func(id string) *Status {
			return w.reach(&Status{ID: id, Name: h.Name, Category: cmp.Or(s.Category.ID, 4)})
		})
	case VersionsOf, PartsOf:
		return w.adoptParts(by, p, f, raw)
	case Line, Labels, Date, Number, Instant:
		v, c := w.take(f, raw, By{API: 2}, nil)
		return v, c == ""
	}
	return Value{}, false
}

// adoptParts finds the versions or components of a project by name, or makes them.
func (w *World) adoptParts(by By, p *Project, f *Field, raw json.RawMessage) (Value, bool) {
	var named []struct{ Name string }
	if json.Unmarshal(raw, &named) != nil {
		return Value{}, false
	}
	var ids []string
	for _, n := range named {
		var id string
		if f.Kind == VersionsOf {
			id = w.adoptVersion(by, p, n.Name)
		} else {
			id = w.adoptComponent(by, p, n.Name)
		}
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return Value{List: ids}, len(ids) > 0
}

func (w *World) adoptVersion(by By, p *Project, name string) string {
	if at := slices.IndexFunc(p.Versions, func(v *Version) bool { return strings.EqualFold(v.Name, name) }); at >= 0 {
		return p.Versions[at].ID
	}
	v, err := w.AddVersion(by, p, Release{Name: &name})
	if err != nil {
		return ""
	}
	return v.ID
}

func (w *World) adoptComponent(by By, p *Project, name string) string {
	if at := slices.IndexFunc(p.Components, func(c *Component) bool { return strings.EqualFold(c.Name, name) }); at >= 0 {
		return p.Components[at].ID
	}
	c, err := w.AddComponent(by, p, Section{Name: &name})
	if err != nil {
		return ""
	}
	return c.ID
}

// adopt finds a thing by name, or makes it.
func adopt[T any](w *World, all *[]*T, name, kind string, of func(*T) (id, name string), build func(id string) *T) (Value, bool) {
	if name == "" {
		return Value{}, false
	}
	for _, x := range *all {
		if id, n := of(x); strings.EqualFold(n, name) {
			return Value{Text: id}, true
		}
	}
	n := w.Next("imported " + kind)
	for slices.ContainsFunc(*all, func(x *T) bool { id, _ := of(x); return id == n }) {
		n = w.Next("imported " + kind)
	}
	x := build(n)
	*all = append(*all, x)
	id, _ := of(x)
	return Value{Text: id}, true
}

// reach lets every workflow leave a status that an import made: to its first
// status, so that such an issue is not stuck.
func (w *World) reach(s *Status) *Status {
	for _, f := range w.Workflows {
		f.Statuses = append(f.Statuses, s.ID)
		f.Transitions = append(f.Transitions, Transition{ID: w.Next("imported transition"), Name: "Leave " + s.Name, From: []string{s.ID}, To: f.Initial, Event: "issue_generic"})
	}
	return s
}

// adoptRich reads ADF or wiki markup.
func (w *World) adoptRich(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return w.FromWiki(s, nil)
	}
	native, err := w.FromADF(raw)
	if err != nil || blank(raw) {
		return ""
	}
	return native
}

// adoptPerson finds an account by how another site names it, or makes one
// that can be assigned but has no token.
func (w *World) adoptPerson(raw json.RawMessage) string {
	var in struct {
		AccountID   string `json:"accountId"`
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
	}
	if null(raw) || json.Unmarshal(raw, &in) != nil {
		return ""
	}
	name := cmp.Or(in.Name, in.AccountID, in.DisplayName)
	if name == "" {
		return ""
	}
	for _, u := range w.Users {
		if u.ID == in.AccountID && in.AccountID != "" || strings.EqualFold(u.Name, in.Name) && in.Name != "" || u.Made && u.Display == in.DisplayName {
			return u.ID
		}
	}
	u := w.Enrol(fmt.Sprintf("%s@imported.invalid", strings.ReplaceAll(name, "@", ".")), cmp.Or(in.DisplayName, name), "", "Etc/UTC")
	u.Made = true
	return u.ID
}
