package jirasim

import (
	"fmt"
	"strings"

	"example.com/accord/jirasim/world"
)

func siteRoutes() []route {
	return []route{
		{"GET", "/_edge/tenant_info", cloud, tenant, "", "", 0, false},
		{"GET", "/rest/api/{v}/serverInfo", both, serverInfo, "true build numbers", "", 0, false},
		{"GET", "/rest/api/{v}/myself", both, myself, "members of groups and applicationRoles", "", 0, false},
		{"GET", "/rest/api/{v}/mypermissions", both, myPermissions, "commentId, project by UUID", "", 0, false},
		{"GET", "/rest/api/{v}/project", both, projects, "", "", 0, false},
		{"GET", "/rest/api/{v}/project/search", cloud, projectSearch, "filters but query and keys", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}", both, project, "components, versions, roles", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/statuses", both, projectStatuses, "", "", 0, false},
	}
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
	o["locale"], o["expand"] = "en_US", "groups,applicationRoles"
	o["groups"] = object{"size": len(c.by.User.Groups), "items": []any{}}
	o["applicationRoles"] = object{"size": 1, "items": []any{}}
	return ok(o)
}

// myPermissions tells what the caller may do. Cloud wants to be told which
// permissions are meant.
func myPermissions(c *call) (reply, error) {
	if r := c.needs(); r != nil && !c.v.cloud() {
		return *r, nil
	}
	var p *world.Project
	if k := c.query.Get("projectKey") + c.query.Get("projectId"); k != "" {
		if p = c.w.Project(c.by.User, k); p == nil {
			return reply{}, world.Refuse(404, "No project could be found with key '%s'.", k)
		}
	}
	if k := c.query.Get("issueKey") + c.query.Get("issueId"); k != "" {
		i, no := c.w.Issue(c.by.User, k)
		if no != nil {
			return reply{}, no
		}
		p = c.w.Home(i)
	}
	all := world.Permissions()
	want := names("", c.query.Get("permissions"))
	if c.v.cloud() && len(want) == 0 {
		return reply{}, world.Refuse(400, "The 'permissions' query parameter is required.")
	}
	out := object{}
	for _, k := range all {
		if len(want) == 0 || want.has(k) {
			kind := "PROJECT"
			if k == "ADMINISTER" || k == "SYSTEM_ADMIN" || k == "USER_PICKER" {
				kind = "GLOBAL"
			}
			name := strings.ReplaceAll(strings.ToLower(k), "_", " ")
			out[k] = object{"id": "1", "key": k, "name": name, "type": kind, "description": "", "havePermission": c.w.May(c.by.User, k, p)}
		}
	}
	for _, k := range want {
		if _, known := out[k]; !known {
			return reply{}, world.Refuse(400, "Unrecognized permission: %s", k)
		}
	}
	return ok(object{"permissions": out})
}

func (c *call) visible() []*world.Project {
	var out []*world.Project
	for _, p := range c.w.Projects {
		if c.w.May(c.by.User, "BROWSE_PROJECTS", p) {
			out = append(out, p)
		}
	}
	return out
}

func projects(c *call) (reply, error) {
	out := []any{}
	for _, p := range c.visible() {
		out = append(out, c.v.project(p))
	}
	return ok(out)
}

func projectSearch(c *call) (reply, error) {
	start, most, err := c.paging(50)
	if err != nil {
		return reply{}, err
	}
	var found []*world.Project
	q, keys := strings.ToLower(c.query.Get("query")), choice(c.query["keys"])
	for _, p := range c.visible() {
		if strings.Contains(strings.ToLower(p.Key+" "+p.Name), q) && (len(keys) == 0 || keys.has(p.Key)) {
			found = append(found, p)
		}
	}
	vals := []any{}
	for _, p := range page(found, start, most) {
		vals = append(vals, c.v.project(p))
	}
	return ok(object{"self": c.v.rest("project", "search"), "startAt": start, "maxResults": most, "total": len(found), "isLast": start+len(vals) >= len(found), "values": vals})
}

func (c *call) theProject() (*world.Project, error) {
	p := c.w.Project(c.by.User, c.vars["project"])
	if p == nil {
		return nil, world.Refuse(404, "No project could be found with key '%s'.", c.vars["project"])
	}
	return p, nil
}

func project(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	o := c.v.project(p)
	o["description"], o["lead"], o["assigneeType"] = p.Description, c.v.person(p.Lead), "UNASSIGNED"
	o["components"], o["versions"], o["roles"] = []any{}, []any{}, object{}
	types := []any{}
	for _, id := range p.Types {
		types = append(types, c.v.issueType(id))
	}
	o["issueTypes"], o["expand"] = types, "description,lead,issueTypes,url,projectKeys,permissions,insight"
	if c.v.cloud() {
		o["style"], o["isPrivate"], o["properties"] = "classic", false, object{}
	}
	return ok(o)
}

func projectStatuses(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	sts := []any{}
	for _, s := range c.w.Statuses {
		sts = append(sts, c.v.status(s.ID))
	}
	out := []any{}
	for _, id := range p.Types {
		t := c.w.Type(id)
		out = append(out, object{"self": c.v.rest("issuetype", id), "id": id, "name": t.Name, "subtask": t.Subtask, "statuses": sts})
	}
	return ok(out)
}
