package world

import (
	"slices"
	"strings"
)

// GroupNames lists the names of all groups: those that were made and those that
// somebody is in.
func (w *World) GroupNames() []string {
	out := slices.Clone(w.Groups)
	for _, u := range w.Users {
		out = append(out, u.Groups...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Group reports whether there is a group of this name.
func (w *World) Group(name string) bool { return slices.Contains(w.GroupNames(), name) }

// GroupID is how Cloud names a group: made from its name, which is not so
// there, where it stays when the name changes.
func GroupID(name string) string {
	return UUID("group " + name)
}

// GroupOf finds a group by name or id; empty if there is none.
func (w *World) GroupOf(s string) string {
	for _, g := range w.GroupNames() {
		if strings.EqualFold(g, s) || GroupID(g) == s {
			return g
		}
	}
	return ""
}

// Members lists who is in a group.
func (w *World) Members(group string) []*User {
	return slices.DeleteFunc(slices.Clone(w.Users), func(u *User) bool { return !slices.Contains(u.Groups, group) })
}

// AddGroup makes a group.
func (w *World) AddGroup(by By, name string) error {
	switch {
	case !w.May(by.User, "ADMINISTER", nil):
		return Refuse(403, "You are not authorized to perform this operation. Administrator privileges are required.")
	case strings.TrimSpace(name) == "":
		return Refuse(400, "Group name must be specified")
	case w.Group(name):
		return Refuse(400, "A group or user with this name already exists.")
	}
	w.Groups = append(w.Groups, name)
	return nil
}

// DeleteGroup ends a group. What was restricted to it is for another group
// from then on, if one is named.
func (w *World) DeleteGroup(by By, name, swap string) error {
	if !w.May(by.User, "ADMINISTER", nil) {
		return Refuse(403, "You are not authorized to perform this operation. Administrator privileges are required.")
	}
	w.Groups = without(w.Groups, name)
	for _, u := range w.Users {
		u.Groups = without(u.Groups, name)
	}
	for _, p := range w.Projects {
		for id, all := range p.Actors {
			p.Actors[id] = slices.DeleteFunc(slices.Clone(all), func(a Actor) bool { return a.Group == name })
		}
	}
	for _, i := range w.Issues {
		w.regroup(by, i, name, swap)
	}
	return nil
}

// regroup gives the comments of an issue that a group could see to another.
func (w *World) regroup(by By, i *Issue, from, to string) {
	n, some := *i, false
	n.Comments = slices.Clone(i.Comments)
	for k, c := range n.Comments {
		if to != "" && c.Visibility != nil && c.Visibility.Type == "group" && c.Visibility.Value == from {
			d := *c
			d.Visibility = &Visibility{Type: "group", Value: to, Identifier: to}
			n.Comments[k], some = &d, true
		}
	}
	if some {
		w.put(&n, by.Now)
	}
}
