package world

import (
	"fmt"
	"slices"
	"strings"
)

// Next gives the next id of a kind of thing.
func (w *World) Next(kind string) string {
	n, ok := w.Last[kind]
	if !ok {
		n = w.First - 1
	}
	w.Last[kind] = n + 1
	return fmt.Sprint(n + 1)
}

// Project finds a project that u may browse, by id or key.
func (w *World) Project(u *User, idOrKey string) *Project {
	for _, p := range w.Projects {
		if (p.ID == idOrKey || strings.EqualFold(p.Key, idOrKey) || slices.Contains(p.Past, strings.ToUpper(idOrKey))) && w.May(u, "BROWSE_PROJECTS", p) {
			return p
		}
	}
	return nil
}

// Home is the project of an issue.
func (w *World) Home(i *Issue) *Project {
	for _, p := range w.Projects {
		if p.ID == i.Project {
			return p
		}
	}
	return nil
}

// Issue finds an issue that u may see, by id, key or a past key.
func (w *World) Issue(u *User, idOrKey string) (*Issue, *Refusal) {
	i := w.Issues[idOrKey]
	if i == nil {
		i = w.Issues[w.keys[strings.ToUpper(idOrKey)]]
	}
	if i == nil || !w.May(u, "BROWSE_PROJECTS", w.Home(i)) {
		return nil, w.Unseen()
	}
	return i, nil
}

// User finds an account by id; nil if there is none.
func (w *World) User(id string) *User {
	for _, u := range w.Users {
		if u.ID == id {
			return u
		}
	}
	return nil
}

// Login finds an account by what people write for it: login, e-mail or id.
func (w *World) Login(s string) *User {
	for _, u := range w.Users {
		if u.ID == s || s != "" && (strings.EqualFold(u.Name, s) || strings.EqualFold(u.Email, s)) {
			return u
		}
	}
	return nil
}

// Type, Status, Priority and Resolution find by id; nil if there is none.
func (w *World) Type(id string) *Type {
	for _, t := range w.Types {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// Status finds a status by id.
func (w *World) Status(id string) *Status {
	for _, s := range w.Statuses {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// Priority finds a priority by id.
func (w *World) Priority(id string) *Priority {
	for _, p := range w.Priorities {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// Resolution finds a resolution by id.
func (w *World) Resolution(id string) *Resolution {
	for _, r := range w.Resolutions {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Sees reports whether u may see a comment: docs/JIRA.md "Comments".
func (w *World) Sees(u *User, c *Comment) bool {
	if c.Visibility == nil {
		return true
	}
	return u != nil && w.Belongs(u, *c.Visibility)
}

// Fits reports whether a search for q, in lower case, finds u.
func (u *User) Fits(q string) bool {
	for _, s := range append(strings.Fields(u.Display), u.Display, u.Email, u.Name) {
		if strings.HasPrefix(strings.ToLower(s), q) {
			return true
		}
	}
	return false
}
