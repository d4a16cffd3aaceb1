package world

import (
	"fmt"
	"slices"
	"strings"
)

// permissions are those that an ordinary member of a project has.
var permissions = [...]string{"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ASSIGN_ISSUES", "ASSIGNABLE_USER", "TRANSITION_ISSUES",
	"ADD_COMMENTS", "EDIT_OWN_COMMENTS", "DELETE_OWN_COMMENTS", "SCHEDULE_ISSUES", "RESOLVE_ISSUES", "CLOSE_ISSUES", "LINK_ISSUES", "CREATE_ATTACHMENTS", "WORK_ON_ISSUES",
	"DELETE_OWN_ATTACHMENTS", "EDIT_OWN_WORKLOGS", "DELETE_OWN_WORKLOGS", "VIEW_VOTERS_AND_WATCHERS"}

// adminOnly are those that only an administrator has.
var adminOnly = [...]string{"ADMINISTER", "SYSTEM_ADMIN", "ADMINISTER_PROJECTS", "DELETE_ISSUES", "MODIFY_REPORTER", "EDIT_ALL_COMMENTS", "DELETE_ALL_COMMENTS", "MOVE_ISSUES", "USER_PICKER_ADMIN",
	"DELETE_ALL_ATTACHMENTS", "EDIT_ALL_WORKLOGS", "DELETE_ALL_WORKLOGS", "MANAGE_WATCHERS"}

// Permissions lists every permission by its key.
func Permissions() []string {
	return append(append([]string{"USER_PICKER"}, permissions[:]...), adminOnly[:]...)
}

// May reports whether u has a permission, in p where one is given.
func (w *World) May(u *User, permission string, p *Project) bool {
	if u == nil || u.Inactive || slices.Contains(u.Denied, permission) {
		return false
	}
	if p != nil && slices.Contains(u.Denied, permission+":"+p.Key) {
		return false
	}
	return u.Admin || permission == "USER_PICKER" || slices.Contains(permissions[:], permission)
}

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
		if (p.ID == idOrKey || strings.EqualFold(p.Key, idOrKey)) && w.May(u, "BROWSE_PROJECTS", p) {
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

// Belongs reports whether u is in the group or role that v names.
func (w *World) Belongs(u *User, v Visibility) bool {
	if v.Type == "group" {
		return slices.Contains(u.Groups, v.Value)
	}
	return w.Role(v.Value) && (u.Admin || !strings.EqualFold(v.Value, "Administrators"))
}

// Role reports whether projects have a role of this name.
func (w *World) Role(name string) bool {
	return slices.ContainsFunc([]string{"Administrators", "Developers", "Users"}, func(r string) bool { return strings.EqualFold(r, name) })
}

// Group reports whether a group of this name has members.
func (w *World) Group(name string) bool {
	return slices.ContainsFunc(w.Users, func(u *User) bool { return slices.Contains(u.Groups, name) })
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
