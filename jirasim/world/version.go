package world

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A Version is a release of a project: a value, like an issue.
type Version struct {
	ID, Name, Description string
	Start, Release        string `json:",omitempty"` // dates: 2026-11-24
	Released, Archived    bool   `json:",omitempty"`
	Driver                string `json:",omitempty"` // user id, on Cloud
}

// Overdue reports whether the day of release is over and it was not released.
func (v *Version) Overdue(now time.Time) bool {
	return v.Release != "" && !v.Released && !v.Archived && v.Release < now.Format(time.DateOnly)
}

// A Release is what creating and changing a version takes; nil leaves a
// member as it is.
type Release struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
	Start       *string `json:"startDate"`
	Release     *string `json:"releaseDate"`
	Released    *bool   `json:"released"`
	Archived    *bool   `json:"archived"`
	Driver      *string `json:"driver"`
	Unfixed     string  `json:"moveUnfixedIssuesTo"` // self of another version
	Project     string  `json:"project"`             // key
	ProjectID   Loose   `json:"projectId"`
}

// version finds a version by what a field value says of it.
func (p *Project) version(raw json.RawMessage) (Value, complaint) {
	if p == nil {
		return Value{}, "data was not an array"
	}
	return named(raw, "Version", "version", p.Versions, func(v *Version) (string, string) { return v.ID, v.Name })
}

// Version finds a version by id and the project that it belongs to; nil if
// there is none that u may see.
func (w *World) Version(u *User, id string) (*Version, *Project) {
	for _, p := range w.Projects {
		for _, v := range p.Versions {
			if v.ID == id && w.May(u, "BROWSE_PROJECTS", p) {
				return v, p
			}
		}
	}
	return nil, nil
}

// Ranked are the versions of a project that ids names, in their order.
func (p *Project) Ranked(ids []string) []*Version {
	var out []*Version
	for _, v := range p.Versions {
		if slices.Contains(ids, v.ID) {
			out = append(out, v)
		}
	}
	return out
}

// drawVersion makes the next version out of what was given, or says what is wrong.
func (w *World) drawVersion(p *Project, v Version, r Release) (*Version, error) {
	if r.Name != nil {
		v.Name = strings.TrimSpace(*r.Name)
	}
	switch {
	case v.Name == "":
		return nil, RefuseField("name", "You must specify a valid version name")
	case utf8.RuneCountInString(v.Name) > 255:
		return nil, RefuseField("name", "The version name must not exceed 255 characters in length")
	case slices.ContainsFunc(p.Versions, func(x *Version) bool { return x.ID != v.ID && strings.EqualFold(x.Name, v.Name) }):
		return nil, RefuseField("name", "A version with this name already exists in this project.")
	}
	if r.Driver != nil && *r.Driver != "" && w.User(*r.Driver) == nil {
		return nil, RefuseField("driver", "Specify a valid value for driver")
	}
	for _, d := range []struct {
		name string
		to   *string
		from *string
	}{{"startDate", &v.Start, r.Start}, {"releaseDate", &v.Release, r.Release}} {
		if d.from == nil {
			continue
		}
		if _, err := time.Parse(time.DateOnly, *d.from); err != nil && *d.from != "" {
			return nil, RefuseField(d.name, "Please enter the date in the following format: yyyy-MM-dd")
		}
		*d.to = *d.from
	}
	if v.Start != "" && v.Release != "" && v.Start > v.Release {
		return nil, RefuseField("startDate", "Version start date can't be after release date")
	}
	give(&v.Description, r.Description)
	give(&v.Released, r.Released)
	give(&v.Archived, r.Archived)
	give(&v.Driver, r.Driver)
	return &v, nil
}

func give[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// AddVersion makes a version of a project.
func (w *World) AddVersion(by By, p *Project, r Release) (*Version, error) {
	if err := w.administers(by, p); err != nil {
		return nil, err
	}
	v, err := w.drawVersion(p, Version{}, r)
	if err != nil {
		return nil, err
	}
	v.ID = w.Next("version")
	p.Versions = with(p.Versions, v)
	w.announce("jira:version_created", by, p, v, nil)
	return v, nil
}

// administers refuses whoever may not administer a project. The texts are
// unverified; Cloud's document names 404 for a project unseen.
func (w *World) administers(by By, p *Project) error {
	switch {
	case w.May(by.User, "ADMINISTER_PROJECTS", p):
		return nil
	case by.User == nil:
		return Refuse(401, "You are not authenticated. Authentication required to perform this operation.")
	}
	return Refuse(403, "You must have global or project administrator permissions to perform this operation.")
}

// announce tells of a version.
func (w *World) announce(kind string, by By, p *Project, v, into *Version) {
	w.emit(Event{Kind: kind, At: by.Now, By: by.User, Version: v, Into: into, Project: p})
}

// EditVersion changes a version; releasing and archiving are changes too.
func (w *World) EditVersion(by By, p *Project, v *Version, r Release) (*Version, error) {
	if err := w.administers(by, p); err != nil {
		return nil, err
	}
	n, err := w.drawVersion(p, *v, r)
	if err != nil {
		return nil, err
	}
	var to *Version
	if r.Unfixed != "" && n.Released {
		if to, _ = w.Version(by.User, r.Unfixed[strings.LastIndex(r.Unfixed, "/")+1:]); to == nil || !slices.Contains(p.Versions, to) {
			return nil, RefuseField("moveUnfixedIssuesTo", "The version to move unfixed issues to does not exist.")
		}
	}
	p.Versions = swapped(p.Versions, v, n)
	kind := "jira:version_updated"
	switch {
	case n.Released && !v.Released:
		kind = "jira:version_released"
	case !n.Released && v.Released:
		kind = "jira:version_unreleased"
	}
	w.announce(kind, by, p, n, nil)
	if to != nil {
		w.replace(by, p, map[string]string{"fixVersions": to.ID}, v.ID, func(i *Issue) bool { return i.Values["resolution"].Empty() }, false)
	}
	return n, nil
}

// swapped is a list with one element replaced.
func swapped[T comparable](all []T, old, next T) []T {
	out := slices.Clone(all)
	out[slices.Index(out, old)] = next
	return out
}

// MoveVersion puts a version elsewhere in the order: after another or, if that
// is nil, to a position: Earlier, Later, First or Last.
func (w *World) MoveVersion(by By, p *Project, v, after *Version, position string) error {
	if err := w.administers(by, p); err != nil {
		return err
	}
	n := slices.Index(p.Versions, v)
	rest := without(p.Versions, v)
	switch {
	case after != nil && after != v:
		n = slices.Index(rest, after) + 1
	case position == "Earlier":
		n = max(n-1, 0)
	case position == "Later":
		n = min(n+1, len(rest))
	case position == "First":
		n = 0
	case position == "Last":
		n = len(rest)
	default:
		return Refuse(400, "The 'position' or the 'after' of the version must be given, and not both.")
	}
	p.Versions = slices.Insert(rest, n, v)
	w.announce("jira:version_moved", by, p, v, nil)
	return nil
}

// DeleteVersion takes a version out of a project. What to names by field
// takes its place in the issues, else nothing does.
func (w *World) DeleteVersion(by By, p *Project, v *Version, to map[string]string, into *Version) error {
	if err := w.administers(by, p); err != nil {
		return err
	}
	fields := map[string]string{}
	for _, f := range w.Fields {
		if f.Kind == VersionsOf || f.Kind == VersionOf {
			fields[f.ID] = to[f.ID]
		}
	}
	// A merge rewrites issues without an event for each: unverified.
	w.replace(by, p, fields, v.ID, func(*Issue) bool { return true }, into != nil)
	p.Versions = without(p.Versions, v)
	w.announce("jira:version_deleted", by, p, v, into)
	return nil
}

// replace puts another id in the place of one that issues hold in some
// fields; an empty one takes it out.
func (w *World) replace(by By, p *Project, fields map[string]string, old string, which func(*Issue) bool, silent bool) {
	for _, i := range w.Of(p) {
		set := map[string]Value{}
		for id, to := range fields {
			v := i.Values[id]
			if v.Text == old {
				set[id] = Value{Text: to}
			}
			if slices.Contains(v.List, old) {
				v.List = without(v.List, old)
				if to != "" {
					v.List = union(v.List, []string{to})
				}
				set[id] = v
			}
		}
		if len(set) == 0 || !which(i) {
			continue
		}
		if c := w.change(by, i, set, nil); c != nil && !silent {
			w.emit(Event{Kind: "jira:issue_updated", Name: "issue_updated", At: by.Now, By: by.User, Issue: w.Issues[i.ID], Change: c, Secondary: true})
		}
	}
}

// Of lists the issues of a project by number.
func (w *World) Of(p *Project) []*Issue {
	var out []*Issue
	for _, i := range w.Issues {
		if i.Project == p.ID {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b *Issue) int { return cmp.Or(cmp.Compare(len(a.Key), len(b.Key)), cmp.Compare(a.Key, b.Key)) })
	return out
}

// Using counts the issues of a project that hold an id in a field.
func (w *World) Using(p *Project, field, id string, also func(*Issue) bool) int {
	n := 0
	for _, i := range w.Of(p) {
		if v := i.Values[field]; (v.Text == id || slices.Contains(v.List, id)) && (also == nil || also(i)) {
			n++
		}
	}
	return n
}

// itemsOf is how the changelog tells of versions and components: one item for
// each that was taken out or put in: docs/JIRA.md "Changelog".
func (w *World) itemsOf(f *Field, was, is []string) []Item {
	one := func(id string) Item {
		it := Item{Field: map[string]string{"fixVersions": "Fix Version", "versions": "Version", "components": "Component"}[f.ID], Type: "jira", ID: f.ID}
		if f.Custom {
			it.Field, it.Type = f.Name, "custom"
		}
		return it
	}
	var out []Item
	for _, id := range was {
		if !slices.Contains(is, id) {
			it := one(id)
			it.From, it.FromText = new(id), new(w.partName(f, id))
			out = append(out, it)
		}
	}
	for _, id := range is {
		if !slices.Contains(was, id) {
			it := one(id)
			it.To, it.ToText = new(id), new(w.partName(f, id))
			out = append(out, it)
		}
	}
	return out
}

// partName is the name of a version or component by id.
func (w *World) partName(f *Field, id string) string {
	for _, p := range w.Projects {
		for _, v := range p.Versions {
			if f.Kind != PartsOf && v.ID == id {
				return v.Name
			}
		}
		for _, c := range p.Components {
			if f.Kind == PartsOf && c.ID == id {
				return c.Name
			}
		}
	}
	return fmt.Sprintf("#%s", id)
}
