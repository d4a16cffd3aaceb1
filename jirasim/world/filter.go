package world

import (
	"slices"
	"strings"
)

// A Filter is a query that was saved under a name: a value.
type Filter struct {
	ID, Name, Description string
	JQL                   string
	Owner                 string   // user id
	Fans                  []string `json:",omitempty"` // user ids: whose favourite it is
	Shares, Edits         []Share  `json:",omitempty"` // who may see it, who may change it
	Columns               []string `json:",omitempty"` // ids of fields; empty: the usual ones
}

// A Share lets others see or change a filter: everybody who is logged in
// ("authenticated"), everybody ("global"), a group, a project, or a user.
type Share struct {
	ID      string
	Type    string
	Group   string `json:",omitempty"` // name
	Project string `json:",omitempty"` // id
	User    string `json:",omitempty"` // id
}

// A FilterBody is what creating and changing a filter takes; nil leaves a
// member as it is.
type FilterBody struct {
	Name        *string
	Description *string
	JQL         *string
	Favourite   *bool
	Shares      *[]Share
	Edits       *[]Share
}

// Filter finds a filter that u may see by id; nil if there is none.
func (w *World) Filter(u *User, id string) *Filter {
	for _, f := range w.Filters {
		if f.ID == id && w.shown(u, f) {
			return f
		}
	}
	return nil
}

// filterOf finds a filter as a query names it: by id or by name.
func (w *World) filterOf(u *User, name string) *Filter {
	for _, f := range w.Filters {
		if (f.ID == name || strings.EqualFold(f.Name, name)) && w.shown(u, f) {
			return f
		}
	}
	return nil
}

func (w *World) shown(u *User, f *Filter) bool {
	if u != nil && f.Owner == u.ID {
		return true
	}
	return slices.ContainsFunc(slices.Concat(f.Shares, f.Edits), func(s Share) bool { return w.shares(u, s) })
}

// MayEdit reports whether u may change a filter.
func (w *World) MayEdit(u *User, f *Filter) bool {
	return u != nil && (f.Owner == u.ID || u.Admin || slices.ContainsFunc(f.Edits, func(s Share) bool { return w.shares(u, s) }))
}

func (w *World) shares(u *User, s Share) bool {
	switch s.Type {
	case "global":
		return true
	case "authenticated", "loggedin":
		return u != nil
	case "group":
		return u != nil && slices.Contains(u.Groups, s.Group)
	case "user":
		return u != nil && u.ID == s.User
	case "project":
		return w.Project(u, s.Project) != nil
	}
	return false
}

// Filters lists what u may see.
func (w *World) FiltersOf(u *User) []*Filter {
	var out []*Filter
	for _, f := range w.Filters {
		if w.shown(u, f) {
			out = append(out, f)
		}
	}
	return out
}

// SaveFilter makes a filter, or the next version of one. The words of its
// refusals are unverified.
func (w *World) SaveFilter(by By, was *Filter, b FilterBody) (*Filter, error) {
	f := Filter{Owner: by.User.ID}
	if was != nil {
		if !w.MayEdit(by.User, was) {
			return nil, Refuse(403, "You do not have permission to edit this filter.")
		}
		f = *was
	}
	if b.Name != nil {
		f.Name = strings.TrimSpace(*b.Name)
	}
	setText(&f.Description, b.Description)
	setText(&f.JQL, b.JQL)
	if f.Name == "" {
		return nil, RefuseField("filterName", "You must specify a name to save this filter as.")
	}
	if slices.ContainsFunc(w.Filters, func(x *Filter) bool {
		return x.ID != f.ID && x.Owner == f.Owner && strings.EqualFold(x.Name, f.Name)
	}) {
		return nil, RefuseField("filterName", "Filter with same name already exists.")
	}
	var err error
	if b.Shares != nil {
		f.Shares, err = w.share(by, *b.Shares)
	}
	if b.Edits != nil && err == nil {
		f.Edits, err = w.share(by, *b.Edits)
	}
	if err != nil {
		return nil, err
	}
	if b.Favourite != nil {
		f.Fans = toggle(without(f.Fans, by.User.ID), by.User.ID, *b.Favourite)
	}
	if was != nil {
		*was = f
		return was, nil
	}
	f.ID = w.Next("filter")
	w.Filters = append(w.Filters, &f)
	return &f, nil
}

// share checks shares and gives them ids.
func (w *World) share(by By, all []Share) ([]Share, error) {
	out := []Share{}
	for _, s := range all {
		switch {
		case s.Type == "group" && !w.Group(s.Group):
			return nil, Refuse(400, "The group '%s' does not exist.", s.Group)
		case s.Type == "project" && w.Project(by.User, s.Project) == nil:
			return nil, Refuse(400, "The project does not exist or you do not have permission to see it.")
		case s.Type == "user" && w.User(s.User) == nil:
			return nil, Refuse(400, "The user does not exist.")
		case !slices.Contains([]string{"global", "authenticated", "loggedin", "group", "project", "user"}, s.Type):
			return nil, Refuse(400, "The share type '%s' is not valid.", s.Type)
		}
		if s.Type == "loggedin" {
			s.Type = "authenticated"
		}
		if s.ID == "" {
			s.ID = w.Next("share")
		}
		out = append(out, s)
	}
	return out, nil
}

// Favour makes a filter a favourite of the caller, or no longer.
func (w *World) Favour(by By, f *Filter, on bool) {
	f.Fans = toggle(without(f.Fans, by.User.ID), by.User.ID, on)
}

// DropFilter ends a filter. Boards that show it stay without one.
func (w *World) DropFilter(by By, f *Filter) error {
	if f.Owner != by.User.ID && !by.User.Admin {
		return Refuse(403, "You do not have permission to delete this filter.")
	}
	w.Filters = without(w.Filters, f)
	return nil
}

func setText(to, from *string) {
	if from != nil {
		*to = *from
	}
}
