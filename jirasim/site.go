package jirasim

import (
	"fmt"

	"example.com/accord/jirasim/world"
)

func siteRoutes() []route {
	return []route{
		{"GET", "/_edge/tenant_info", cloud, tenant, "", "", 0, false},
		{"GET", "/rest/api/{v}/serverInfo", both, serverInfo, "true build numbers", "", 0, false},
		{"GET", "/rest/api/{v}/myself", both, myself, "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/statuses", both, projectStatuses, "", "", 0, false},
	}
}

// widen adds to an account the groups and the applications that it has: how
// many, and with expand which.
func (c *call) widen(o object, u *world.User) {
	e := names("", c.query["expand"]...)
	groups, apps := []any{}, []any{}
	if e.has("groups") {
		for _, g := range u.Groups {
			groups = append(groups, c.v.group(g))
		}
	}
	if e.has("applicationRoles") {
		apps = append(apps, c.appRole())
	}
	o["groups"] = object{"size": len(u.Groups), "items": groups}
	o["applicationRoles"] = object{"size": 1, "items": apps}
	o["expand"] = "groups,applicationRoles"
}

func tenant(c *call) (reply, error) { return ok(object{"cloudId": cloudID(c.w)}) }

// cloudID names a Cloud site at the gateway.
func cloudID(w *world.World) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", w.First, w.First)
}

func serverInfo(c *call) (reply, error) {
	o := object{"baseUrl": c.v.base, "serverTitle": "Jira", "serverTime": c.v.stamp(c.by.Now), "scmInfo": "0000000000000000000000000000000000000000"}
	if c.v.cloud() {
		o["version"], o["versionNumbers"], o["deploymentType"] = "1001.0.0-SNAPSHOT", []int{1001, 0, 0}, "Cloud"
		o["buildNumber"], o["buildDate"] = 100300, "2026-10-08T00:00:00.000+0000"
		o["displayUrl"], o["defaultLocale"] = c.v.base, object{"locale": "en_US"}
	} else {
		o["version"], o["versionNumbers"], o["deploymentType"] = "10.3.24", []int{10, 3, 24}, "Server"
		o["buildNumber"], o["buildDate"] = 10030024, "2026-08-01T00:00:00.000+0000"
	}
	return ok(o)
}

func myself(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	o := c.v.account(c.by.User)
	o["locale"] = "en_US"
	c.widen(o, c.by.User)
	return ok(o)
}

// visible are the projects that the caller may browse, but for archived ones.
func (c *call) visible() []*world.Project {
	var out []*world.Project
	for _, p := range c.w.Projects {
		if !p.Archived && c.w.May(c.by.User, "BROWSE_PROJECTS", p) {
			out = append(out, p)
		}
	}
	return out
}

func projectStatuses(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	out := []any{}
	for _, id := range p.Types {
		t, sts := c.w.Type(id), []any{}
		for _, s := range c.w.StatusesOf(p, id) {
			sts = append(sts, c.v.status(s.ID))
		}
		out = append(out, object{"self": c.v.rest("issuetype", id), "id": id, "name": t.Name, "subtask": t.Subtask, "statuses": sts})
	}
	return ok(out)
}
