package world

import (
	"cmp"
	"slices"
	"strings"
)

// usual are the preferences of whoever did not set them, as Atlassian's
// documents name them.
func usual(key string) string {
	return map[string]string{"user.notifications.mimetype": "html", "user.notify.own.changes": "false", "user.default.share.private": "true",
		"user.keyboard.shortcuts.disabled": "false"}[key]
}

// Preference is what somebody prefers; empty: he never said.
func (u *User) Preference(key string) string { return cmp.Or(u.Preferences[key], usual(key)) }

// Prefer sets a preference; empty takes it back.
func (u *User) Prefer(key, value string) {
	if u.Preferences == nil {
		u.Preferences = map[string]string{}
	}
	if value == "" {
		delete(u.Preferences, key)
		return
	}
	u.Preferences[key] = value
}

// A Dashboard is a page of gadgets, of which the simulator knows none.
type Dashboard struct {
	ID, Name, Description string
	Owner                 string   // user id; empty: the system's
	Fans                  []string `json:",omitempty"` // user ids: whose favourite it is
	Shares, Edits         []Share  `json:",omitempty"` // who may see it, who may change it
}

const systemDashboard = "10000"

// DashboardsOf lists the dashboards that u may see, the system's first.
func (w *World) DashboardsOf(u *User) []*Dashboard {
	out := []*Dashboard{{ID: systemDashboard, Name: "Default dashboard", Shares: []Share{{ID: "10000", Type: "global"}}}}
	for _, d := range w.Dashboards {
		if u != nil && (d.Owner == u.ID || u.Admin) || slices.ContainsFunc(slices.Concat(d.Shares, d.Edits), func(s Share) bool { return w.shares(u, s) }) {
			out = append(out, d)
		}
	}
	return out
}

// Changes reports whether u may change a dashboard.
func (w *World) Changes(u *User, d *Dashboard) bool {
	return d.Owner != "" && u != nil && (d.Owner == u.ID || slices.ContainsFunc(d.Edits, func(s Share) bool { return w.shares(u, s) }))
}

// SaveDashboard makes a dashboard, or the next version of one. The words of
// its refusals are unverified.
func (w *World) SaveDashboard(by By, was *Dashboard, d Dashboard) (*Dashboard, error) {
	d.Name = strings.TrimSpace(d.Name)
	d.Owner = by.User.ID
	if was != nil {
		if !w.Changes(by.User, was) {
			return nil, RefuseField("general", "You cannot edit this dashboard as you do not own it.")
		}
		d.ID, d.Owner, d.Fans = was.ID, was.Owner, was.Fans
	}
	if d.Name == "" {
		return nil, RefuseField("portalPageName", "You must specify a name to save your dashboard as.")
	}
	if slices.ContainsFunc(w.Dashboards, func(x *Dashboard) bool {
		return x.ID != d.ID && x.Owner == d.Owner && strings.EqualFold(x.Name, d.Name)
	}) {
		return nil, RefuseField("portalPageName", "You already have a dashboard with this name.")
	}
	var err error
	if d.Shares, err = w.share(by, d.Shares); err != nil {
		return nil, err
	}
	if d.Edits, err = w.share(by, d.Edits); err != nil {
		return nil, err
	}
	if was != nil {
		*was = d
		return was, nil
	}
	for d.ID = w.Next("dashboard"); d.ID == systemDashboard; {
		d.ID = w.Next("dashboard")
	}
	w.Dashboards = append(w.Dashboards, &d)
	return &d, nil
}

// DropDashboard ends one; only its owner may.
func (w *World) DropDashboard(by By, d *Dashboard) error {
	if d.Owner != by.User.ID {
		return Refuse(400, "You cannot delete this dashboard as you do not own it.")
	}
	w.Dashboards = without(w.Dashboards, d)
	return nil
}

// Hand gives a filter to another owner.
func (w *World) Hand(by By, f *Filter, to *User) error {
	switch {
	case f.Owner != by.User.ID && !by.User.Admin:
		return Refuse(403, "You do not have permission to edit this filter.")
	case slices.ContainsFunc(w.Filters, func(x *Filter) bool { return x != f && x.Owner == to.ID && strings.EqualFold(x.Name, f.Name) }):
		return Refuse(400, "The user already owns a filter with the name '%s'.", f.Name)
	}
	f.Owner = to.ID
	return nil
}
