package jirasim

import (
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func dashboardRoutes() []route {
	const root = "/rest/api/{v}/dashboard"
	return []route{
		{"GET", root, both, dashboards, "", "", 0, false},
		{"POST", root, cloud, loggedIn(addDashboard), "gadgets", "", 0, false},
		{"GET", root + "/search", cloud, dashboardSearch, "by group and project; status; expand", "", 0, false},
		{"GET", root + "/{dashboard}", both, onDashboard(readDashboard), "gadgets", "", 0, false},
		{"PUT", root + "/{dashboard}", cloud, loggedIn(onDashboard(editDashboard)), "", "", 0, false},
		{"DELETE", root + "/{dashboard}", cloud, loggedIn(onDashboard(dropDashboard)), "", "", 0, false},
		{"POST", root + "/{dashboard}/copy", cloud, loggedIn(onDashboard(copyDashboard)), "gadgets", "", 0, false},
	}
}

// onDashboard finds the dashboard that the path names. The text of the refusal
// is unverified.
func onDashboard(do func(*call, *world.Dashboard) (reply, error)) handler {
	return func(c *call) (reply, error) {
		for _, d := range c.w.DashboardsOf(c.by.User) {
			if d.ID == c.vars["dashboard"] {
				return do(c, d)
			}
		}
		return reply{}, world.Refuse(404, "The dashboard with id '%s' does not exist.", c.vars["dashboard"])
	}
}

func (v view) dashboard(d *world.Dashboard) object {
	o := object{"id": d.ID, "name": d.Name, "self": v.rest("dashboard", d.ID), "view": v.base + "/secure/Dashboard.jspa?selectPageId=" + d.ID}
	if !v.cloud() {
		return o
	}
	o["description"], o["popularity"], o["systemDashboard"], o["isFavourite"] = d.Description, len(d.Fans), d.Owner == "", v.user != nil && slices.Contains(d.Fans, v.user.ID)
	o["isWritable"], o["sharePermissions"], o["editPermissions"] = v.w.Changes(v.user, d), v.shares(d.Shares), v.shares(d.Edits)
	if d.Owner != "" {
		o["owner"] = v.person(d.Owner)
	}
	return o
}

func dashboards(c *call) (reply, error) {
	start, most, err := c.paging(20)
	if err != nil {
		return reply{}, err
	}
	all := slices.DeleteFunc(c.w.DashboardsOf(c.by.User), func(d *world.Dashboard) bool {
		switch c.query.Get("filter") {
		case "my":
			return c.by.User == nil || d.Owner != c.by.User.ID
		case "favourite":
			return c.by.User == nil || !slices.Contains(d.Fans, c.by.User.ID)
		}
		return false
	})
	out := []any{}
	for _, d := range page(all, start, most) {
		out = append(out, c.v.dashboard(d))
	}
	o := object{"startAt": start, "maxResults": most, "total": len(all), "dashboards": out}
	if start+len(out) < len(all) && len(out) > 0 {
		o["next"] = c.v.at(c.r, start+len(out), most)
	}
	if start > 0 {
		o["prev"] = c.v.at(c.r, max(0, start-most), most)
	}
	return ok(o)
}

func dashboardSearch(c *call) (reply, error) {
	q, all := strings.ToLower(c.query.Get("dashboardName")), []any{}
	for _, d := range c.w.DashboardsOf(c.by.User) {
		if strings.Contains(strings.ToLower(d.Name), q) && (c.query.Get("accountId") == "" || d.Owner == c.query.Get("accountId")) {
			all = append(all, c.v.dashboard(d))
		}
	}
	return c.pageOf(all, 50)
}

func readDashboard(c *call, d *world.Dashboard) (reply, error) { return ok(c.v.dashboard(d)) }

// keepDashboard saves what a request says of one: was, or a new one.
func (c *call) keepDashboard(was *world.Dashboard) (reply, error) {
	var in struct {
		Name        string       `json:"name"`
		Description string       `json:"description"`
		Shares      *[]shareBody `json:"sharePermissions"`
		Edits       *[]shareBody `json:"editPermissions"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	d := world.Dashboard{Name: in.Name, Description: in.Description}
	if all := shares(in.Shares); all != nil {
		d.Shares = *all
	}
	if all := shares(in.Edits); all != nil {
		d.Edits = *all
	}
	kept, err := c.w.SaveDashboard(c.by, was, d)
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.dashboard(kept))
}

func addDashboard(c *call) (reply, error) { return c.keepDashboard(nil) }

func editDashboard(c *call, d *world.Dashboard) (reply, error) { return c.keepDashboard(d) }

func copyDashboard(c *call, _ *world.Dashboard) (reply, error) { return c.keepDashboard(nil) }

func dropDashboard(c *call, d *world.Dashboard) (reply, error) {
	if err := c.w.DropDashboard(c.by, d); err != nil {
		return reply{}, err
	}
	return none()
}
