package world

import "slices"

// A Permission is what an account may be allowed to do.
type Permission struct {
	Key, ID, Name string
	Global        bool // of the site, not of a project
	Admin         bool // what an ordinary member has not
}

// permissions are the built-in ones with the numbers that Jira gives them:
// from general knowledge, unverified.
var permissions = [...]Permission{
	{"BROWSE_PROJECTS", "10", "Browse Projects", false, false},
	{"CREATE_ISSUES", "11", "Create Issues", false, false},
	{"EDIT_ISSUES", "12", "Edit Issues", false, false},
	{"ASSIGN_ISSUES", "13", "Assign Issues", false, false},
	{"RESOLVE_ISSUES", "14", "Resolve Issues", false, false},
	{"ADD_COMMENTS", "15", "Add Comments", false, false},
	{"DELETE_ISSUES", "16", "Delete Issues", false, true},
	{"ASSIGNABLE_USER", "17", "Assignable User", false, false},
	{"CLOSE_ISSUES", "18", "Close Issues", false, false},
	{"CREATE_ATTACHMENTS", "19", "Create Attachments", false, false},
	{"WORK_ON_ISSUES", "20", "Work On Issues", false, false},
	{"LINK_ISSUES", "21", "Link Issues", false, false},
	{"CREATE_SHARED_OBJECTS", "22", "Share dashboards and filters", true, false},
	{"ADMINISTER_PROJECTS", "23", "Administer Projects", false, true},
	{"MANAGE_GROUP_FILTER_SUBSCRIPTIONS", "24", "Manage group filter subscriptions", true, false},
	{"MOVE_ISSUES", "25", "Move Issues", false, true},
	{"SET_ISSUE_SECURITY", "26", "Set Issue Security", false, true},
	{"USER_PICKER", "27", "Browse users and groups", true, false},
	{"SCHEDULE_ISSUES", "28", "Schedule Issues", false, false},
	{"VIEW_DEV_TOOLS", "29", "View Development Tools", false, false},
	{"MODIFY_REPORTER", "30", "Modify Reporter", false, true},
	{"VIEW_VOTERS_AND_WATCHERS", "31", "View Voters and Watchers", false, false},
	{"MANAGE_WATCHERS", "32", "Manage Watchers", false, true},
	{"BULK_CHANGE", "33", "Make bulk changes", true, false},
	{"EDIT_ALL_COMMENTS", "34", "Edit All Comments", false, true},
	{"EDIT_OWN_COMMENTS", "35", "Edit Own Comments", false, false},
	{"DELETE_ALL_COMMENTS", "36", "Delete All Comments", false, true},
	{"DELETE_OWN_COMMENTS", "37", "Delete Own Comments", false, false},
	{"DELETE_ALL_ATTACHMENTS", "38", "Delete All Attachments", false, true},
	{"DELETE_OWN_ATTACHMENTS", "39", "Delete Own Attachments", false, false},
	{"EDIT_OWN_WORKLOGS", "40", "Edit Own Worklogs", false, false},
	{"EDIT_ALL_WORKLOGS", "41", "Edit All Worklogs", false, true},
	{"DELETE_OWN_WORKLOGS", "42", "Delete Own Worklogs", false, false},
	{"DELETE_ALL_WORKLOGS", "43", "Delete All Worklogs", false, true},
	{"SYSTEM_ADMIN", "44", "Jira System Administrators", true, true},
	{"VIEW_READONLY_WORKFLOW", "45", "View Read-Only Workflow", false, false},
	{"TRANSITION_ISSUES", "46", "Transition Issues", false, false},
	{"MANAGE_SPRINTS_PERMISSION", "-1", "Manage Sprints", false, true},
	{"ADMINISTER", "0", "Administer Jira", true, true},
}

// Permissions lists every permission.
func Permissions() []Permission { return slices.Clone(permissions[:]) }

// Permitted finds a permission by key.
func Permitted(key string) (Permission, bool) {
	for n := range permissions {
		if permissions[n].Key == key {
			return permissions[n], true
		}
	}
	return Permission{}, false
}

// May reports whether u has a permission: in p, where one is given, what its
// scheme grants, and else a member what members have and an administrator
// everything. Nobody has anything in a project that was thrown away, and in
// one that was archived all only look.
func (w *World) May(u *User, permission string, p *Project) bool {
	if u == nil || u.Inactive || slices.Contains(u.Denied, permission) {
		return false
	}
	if p != nil && (p.Deleted || p.Archived && permission != "BROWSE_PROJECTS" || slices.Contains(u.Denied, permission+":"+p.Key)) {
		return false
	}
	of, known := Permitted(permission)
	if p == nil || of.Global || !known {
		return u.Admin || known && !of.Admin
	}
	return u.Admin && permission == "ADMINISTER_PROJECTS" || w.granted(u, permission, p)
}

// A PermissionScheme says who has which permissions in projects.
type PermissionScheme struct {
	ID, Name, Description string
	Grants                []Grant
}

// A Grant gives a permission to a holder: "applicationRole", "anyone", "group"
// (name), "projectRole" (id), "user" (id) or "projectLead"; what else there is
// depends on the issue, and grants nothing here.
type Grant struct {
	ID                          int64
	Permission, Type, Parameter string
}

// PermissionSchemeOf finds a scheme by id; nil if there is none.
func (w *World) PermissionSchemeOf(id string) *PermissionScheme {
	for _, s := range w.PermissionSchemes {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// Rules is the permission scheme of a project.
func (w *World) Rules(p *Project) *PermissionScheme {
	if s := w.PermissionSchemeOf(p.PermissionScheme); s != nil {
		return s
	}
	return w.PermissionSchemes[0]
}

func (w *World) granted(u *User, permission string, p *Project) bool {
	for _, g := range w.Rules(p).Grants {
		if g.Permission != permission {
			continue
		}
		switch g.Type {
		case "anyone", "applicationRole":
			return true
		case "group":
			if slices.Contains(u.Groups, g.Parameter) {
				return true
			}
		case "projectRole":
			if w.InRole(u, p, g.Parameter) {
				return true
			}
		case "user":
			if u.ID == g.Parameter {
				return true
			}
		case "projectLead":
			if u.ID == p.Lead {
				return true
			}
		}
	}
	return false
}

// Grant adds to a scheme.
func (w *World) Grant(s *PermissionScheme, g Grant) Grant {
	w.Last["grant"]++
	g.ID = 10000 + w.Last["grant"]
	s.Grants = append(s.Grants, g)
	return g
}

// permit makes the scheme that every site has: members may do what members do,
// and the role Administrators everything.
func (w *World) permit() {
	if len(w.PermissionSchemes) > 0 {
		return
	}
	s := &PermissionScheme{ID: "0", Name: "Default Permission Scheme", Description: "This is the default Permission Scheme. Any new projects that are created will be assigned this scheme."}
	for _, p := range permissions {
		if p.Global {
			continue
		}
		if !p.Admin {
			w.Grant(s, Grant{Permission: p.Key, Type: "applicationRole"})
		}
		if r := w.RoleOf("Administrators"); r != nil {
			w.Grant(s, Grant{Permission: p.Key, Type: "projectRole", Parameter: r.ID})
		}
	}
	w.PermissionSchemes = []*PermissionScheme{s}
}
