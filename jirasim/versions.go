package jirasim

import (
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

func versionRoutes() []route {
	return []route{
		{"POST", "/rest/api/{v}/version", both, addVersion, "approvers", "", 0, false},
		{"GET", "/rest/api/{v}/version", center, pagedVersions, "", "", 0, false},
		{"GET", "/rest/api/{v}/version/{version}", both, onVersion(readVersion), "expand of approvers and operations", "", 0, false},
		{"PUT", "/rest/api/{v}/version/{version}", both, onVersion(editVersion), "approvers", "", 0, false},
		{"DELETE", "/rest/api/{v}/version/{version}", both, onVersion(deleteVersion), "", "", 0, false},
		{"POST", "/rest/api/{v}/version/{version}/move", both, onVersion(moveVersion), "", "", 0, false},
		{"PUT", "/rest/api/{v}/version/{version}/mergeto/{to}", both, onVersion(mergeVersion), "", "", 0, false},
		{"POST", "/rest/api/{v}/version/{version}/removeAndSwap", both, onVersion(swapVersion), "", "", 0, false},
		{"GET", "/rest/api/{v}/version/{version}/relatedIssueCounts", both, onVersion(versionCounts), "", "", 0, false},
		{"GET", "/rest/api/{v}/version/{version}/unresolvedIssueCount", both, onVersion(versionOpen), "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/versions", both, projectVersions, "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/version", both, projectVersionPage, "", "", 0, false},
	}
}

// onVersion finds the version that the path names. The text is unverified.
func onVersion(do func(*call, *world.Project, *world.Version) (reply, error)) handler {
	return func(c *call) (reply, error) {
		v, p, err := c.version(c.vars["version"])
		if err != nil {
			return reply{}, err
		}
		return do(c, p, v)
	}
}

func (c *call) version(id string) (*world.Version, *world.Project, error) {
	id = id[strings.LastIndex(id, "/")+1:] // a self link names it too
	v, p := c.w.Version(c.by.User, id)
	if v == nil {
		return nil, nil, world.Refuse(404, "Could not find version for id '%s'", id)
	}
	return v, p, nil
}

func addVersion(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var in world.Release
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	key := in.Project
	if in.ProjectID != "" {
		key = string(in.ProjectID)
	}
	if key == "" {
		return reply{}, world.RefuseField("projectId", "You must specify a valid project id or project key for the version.")
	}
	p := c.w.Project(c.by.User, key)
	if p == nil {
		return reply{}, world.Refuse(404, "No project could be found with key '%s'.", key)
	}
	v, err := c.w.AddVersion(c.by, p, in)
	if err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.v.version(v, p, false)}, nil
}

func readVersion(c *call, p *world.Project, v *world.Version) (reply, error) {
	o := c.v.version(v, p, false)
	if c.v.cloud() && names("", c.query["expand"]...).has("issuesstatus") {
		o["issuesStatusForFixVersion"] = c.statuses(p, v)
	}
	return ok(o)
}

// statuses counts the issues that a version fixes by where they stand.
func (c *call) statuses(p *world.Project, v *world.Version) object {
	in := func(n int) int {
		return c.w.Using(p, "fixVersions", v.ID, func(i *world.Issue) bool {
			s := c.w.Status(i.Values["status"].Text)
			return s != nil && s.Category == n
		})
	}
	return object{"unmapped": in(1), "toDo": in(2), "inProgress": in(4), "done": in(3)}
}

func editVersion(c *call, p *world.Project, v *world.Version) (reply, error) {
	var in world.Release
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	n, err := c.w.EditVersion(c.by, p, v, in)
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.version(n, p, false))
}

// sibling finds another version of the same project; nil for no id.
func (c *call) sibling(p *world.Project, v *world.Version, id string) (*world.Version, error) {
	if id == "" {
		return nil, nil
	}
	to, home, err := c.version(id)
	if err == nil && (home != p || to == v) {
		err = world.Refuse(400, "The version to move issues to must be another one of the same project.")
	}
	return to, err
}

// deleteVersion puts into the issues what the query names, by field.
func deleteVersion(c *call, p *world.Project, v *world.Version) (reply, error) {
	return c.drop(p, v, c.query.Get("moveFixIssuesTo"), c.query.Get("moveAffectedIssuesTo"), nil)
}

func (c *call) drop(p *world.Project, v *world.Version, fix, affected string, custom map[string]string) (reply, error) {
	to := map[string]string{}
	for f, id := range map[string]string{"fixVersions": fix, "versions": affected} {
		next, err := c.sibling(p, v, id)
		if err != nil {
			return reply{}, err
		}
		if next != nil {
			to[f] = next.ID
		}
	}
	for f, id := range custom {
		next, err := c.sibling(p, v, id)
		if err != nil {
			return reply{}, err
		}
		if next != nil {
			to[f] = next.ID
		}
	}
	if err := c.w.DeleteVersion(c.by, p, v, to, nil); err != nil {
		return reply{}, err
	}
	return none()
}

// swapVersion is deleteVersion with a body, and with custom fields.
func swapVersion(c *call, p *world.Project, v *world.Version) (reply, error) {
	var in struct {
		Fix      world.Loose `json:"moveFixIssuesTo"`
		Affected world.Loose `json:"moveAffectedIssuesTo"`
		Custom   []struct {
			Field world.Loose `json:"customFieldId"`
			To    world.Loose `json:"moveTo"`
		} `json:"customFieldReplacementList"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	custom := map[string]string{}
	for _, r := range in.Custom {
		custom["customfield_"+string(r.Field)] = string(r.To)
	}
	return c.drop(p, v, string(in.Fix), string(in.Affected), custom)
}

// mergeVersion deletes a version and puts another in its place everywhere.
func mergeVersion(c *call, p *world.Project, v *world.Version) (reply, error) {
	into, err := c.sibling(p, v, c.vars["to"])
	if err != nil {
		return reply{}, err
	}
	if into == nil {
		return reply{}, world.Refuse(404, "Could not find version for id ''")
	}
	to := map[string]string{}
	for _, f := range c.w.Fields {
		if f.Kind == world.VersionsOf || f.Kind == world.VersionOf {
			to[f.ID] = into.ID
		}
	}
	if err := c.w.DeleteVersion(c.by, p, v, to, into); err != nil {
		return reply{}, err
	}
	return none()
}

func moveVersion(c *call, p *world.Project, v *world.Version) (reply, error) {
	var in struct{ After, Position string }
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if (in.After == "") == (in.Position == "") {
		return reply{}, world.Refuse(400, "Either 'after' or 'position' must be given.")
	}
	after, err := c.sibling(p, v, in.After)
	if err != nil {
		return reply{}, err
	}
	if err := c.w.MoveVersion(c.by, p, v, after, in.Position); err != nil {
		return reply{}, err
	}
	return ok(c.v.version(v, p, false))
}

func versionCounts(c *call, p *world.Project, v *world.Version) (reply, error) {
	custom, all := []any{}, 0
	for _, f := range c.w.Fields {
		if n := 0; f.Custom && (f.Kind == world.VersionsOf || f.Kind == world.VersionOf) {
			if n = c.w.Using(p, f.ID, v.ID, nil); n > 0 {
				id, _ := strconv.Atoi(strings.TrimPrefix(f.ID, "customfield_"))
				custom = append(custom, object{"customFieldId": id, "fieldName": f.Name, "issueCountWithVersionInCustomField": n})
			}
			all += n
		}
	}
	return ok(object{"self": c.v.rest("version", v.ID), "issuesFixedCount": c.w.Using(p, "fixVersions", v.ID, nil), "issuesAffectedCount": c.w.Using(p, "versions", v.ID, nil),
		"issueCountWithCustomFieldsShowingVersion": all, "customFieldUsage": custom})
}

func versionOpen(c *call, p *world.Project, v *world.Version) (reply, error) {
	open := func(i *world.Issue) bool { return i.Values["resolution"].Empty() }
	o := object{"self": c.v.rest("version", v.ID), "issuesUnresolvedCount": c.w.Using(p, "fixVersions", v.ID, open)}
	if c.v.cloud() {
		o["issuesCount"] = c.w.Using(p, "fixVersions", v.ID, nil)
	}
	return ok(o)
}

func projectVersions(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.versions(p))
}

// projectVersionPage filters by words and by state, and orders as asked.
func projectVersionPage(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	q, states := strings.ToLower(c.query.Get("query")), names("", c.query["status"]...)
	found := slices.DeleteFunc(slices.Clone(p.Versions), func(v *world.Version) bool {
		state := "unreleased"
		switch {
		case v.Archived:
			state = "archived"
		case v.Released:
			state = "released"
		}
		return !strings.Contains(strings.ToLower(v.Name+" "+v.Description), q) || len(states) > 0 && !states.has(state)
	})
	by, desc := strings.CutPrefix(c.query.Get("orderBy"), "-")
	key := map[string]func(*world.Version) string{"name": func(v *world.Version) string { return strings.ToLower(v.Name) }, "description": func(v *world.Version) string { return v.Description },
		"releaseDate": func(v *world.Version) string { return v.Release }, "startDate": func(v *world.Version) string { return v.Start }}[strings.TrimPrefix(by, "+")]
	if key != nil {
		slices.SortStableFunc(found, func(a, b *world.Version) int { return strings.Compare(key(a), key(b)) })
	}
	if desc {
		slices.Reverse(found)
	}
	all := []any{}
	for _, v := range found {
		all = append(all, c.v.version(v, p, false))
	}
	return c.pageOf(all, 50)
}

func pagedVersions(c *call) (reply, error) {
	q, in := strings.ToLower(c.query.Get("query")), names("", c.query["projectIds"]...)
	all := []any{}
	for _, p := range c.visible() {
		for _, v := range p.Versions {
			if (len(in) == 0 || in.has(p.ID)) && strings.Contains(strings.ToLower(v.Name), q) {
				all = append(all, c.v.version(v, p, false))
			}
		}
	}
	return c.pageOf(all, 100)
}
