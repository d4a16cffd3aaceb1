package world

import (
	"slices"
	"strings"
)

// A Role is a part that people play in projects.
type Role struct {
	ID, Name, Description string
	Default               []Actor // who plays it in a new project
}

// An Actor is who plays a role in a project: an account or a whole group.
type Actor struct {
	ID    int64
	User  string `json:",omitempty"` // id
	Group string `json:",omitempty"` // name
}

// Everybody is the group of whoever may log in.
func (w *World) Everybody() string {
	if w.Flavour == Cloud {
		return "jira-users"
	}
	return "jira-software-users"
}

// cast gives a project the actors that a new one has.
func (w *World) cast(p *Project) {
	p.Actors = map[string][]Actor{}
	for _, r := range w.Roles {
		for _, a := range r.Default {
			w.Play(p, r, a)
		}
	}
}

// Play gives a role in a project to an actor; false if he had it.
func (w *World) Play(p *Project, r *Role, a Actor) bool {
	if slices.ContainsFunc(p.Actors[r.ID], func(x Actor) bool { return x.User == a.User && x.Group == a.Group }) {
		return false
	}
	w.Last["actor"]++
	a.ID = 10000 + w.Last["actor"]
	p.Actors[r.ID] = with(p.Actors[r.ID], a)
	return true
}

// Retire takes a role in a project from an actor; false if he had it not.
func (w *World) Retire(p *Project, r *Role, a Actor) bool {
	was := p.Actors[r.ID]
	p.Actors[r.ID] = slices.DeleteFunc(slices.Clone(was), func(x Actor) bool { return x.User == a.User && x.Group == a.Group })
	return len(p.Actors[r.ID]) < len(was)
}

// RoleOf finds a role by id or name; nil if there is none.
func (w *World) RoleOf(idOrName string) *Role {
	for _, r := range w.Roles {
		if r.ID == idOrName || strings.EqualFold(r.Name, idOrName) {
			return r
		}
	}
	return nil
}

// InRole reports whether u plays a role in p, himself or by a group.
func (w *World) InRole(u *User, p *Project, role string) bool {
	r := w.RoleOf(role)
	if r == nil {
		return false
	}
	for _, a := range p.Actors[r.ID] {
		if a.User == u.ID || a.Group != "" && slices.Contains(u.Groups, a.Group) {
			return true
		}
	}
	return false
}

// Role reports whether projects have a role of this name.
func (w *World) Role(name string) bool {
	return slices.ContainsFunc(w.Roles, func(r *Role) bool { return strings.EqualFold(r.Name, name) })
}

// Belongs reports whether u is in the group, or in some project in the role,
// that v names.
func (w *World) Belongs(u *User, v Visibility) bool {
	if v.Type == "group" {
		return slices.Contains(u.Groups, v.Value)
	}
	return slices.ContainsFunc(w.Projects, func(p *Project) bool { return w.InRole(u, p, v.Value) })
}
