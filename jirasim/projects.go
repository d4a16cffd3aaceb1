package jirasim

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func projectRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/project", both, projects, "recent; properties", "", 0, false},
		{"POST", "/rest/api/{v}/project", both, addProject, "templates and schemes: every project is like the first", "", 0, false},
		{"GET", "/rest/api/{v}/project/search", cloud, projectSearch, "propertyQuery", "", 0, false},
		{"GET", "/rest/api/{v}/projects/picker", center, projectPicker, "avatars", "", 0, false},
		{"GET", "/rest/api/{v}/project/recent", cloud, recentProjects, "what is recent: all are", "", 0, false},
		{"GET", "/rest/api/{v}/project/type", both, projectTypes, "", "", 0, false},
		{"GET", "/rest/api/{v}/project/type/accessible", cloud, projectTypes, "", "", 0, false},
		{"GET", "/rest/api/{v}/project/type/{type}", both, projectType, "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}", both, project, "properties", "", 0, false},
		{"PUT", "/rest/api/{v}/project/{project}", both, editProject, "schemes and avatars", "", 0, false},
		{"DELETE", "/rest/api/{v}/project/{project}", both, deleteProject, "", "", 0, false},
		{"POST", "/rest/api/{v}/project/{project}/archive", cloud, archiveProject, "", "", 0, false},
		{"PUT", "/rest/api/{v}/project/{project}/archive", center, archiveProject, "", "", 0, false},
		{"POST", "/rest/api/{v}/project/{project}/restore", cloud, restoreProject, "", "", 0, false},
		{"PUT", "/rest/api/{v}/project/{project}/restore", center, restoreProject, "", "", 0, false},
		{"GET", "/rest/api/{v}/projectCategory", both, categoryList, "", "", 0, false},
		{"POST", "/rest/api/{v}/projectCategory", both, byAdmin(addCategory), "", "", 0, false},
		{"GET", "/rest/api/{v}/projectCategory/{id}", both, onCategory(readCategory), "", "", 0, false},
		{"PUT", "/rest/api/{v}/projectCategory/{id}", both, byAdmin(onCategory(editCategory)), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/projectCategory/{id}", both, byAdmin(onCategory(deleteCategory)), "", "", 0, false},
		{"GET", "/rest/api/{v}/projectvalidate/key", both, validateKey, "", "", 0, false},
		{"GET", "/rest/api/{v}/projectvalidate/validProjectKey", cloud, validKey, "", "", 0, false},
		{"GET", "/rest/api/{v}/projectvalidate/validProjectName", cloud, validName, "", "", 0, false},
	}
}

// wide adds to a project what expand asks for.
func (c *call) wide(p *world.Project) object {
	o, e := c.v.project(p), names("", c.query["expand"]...)
	o["expand"] = "description,lead,issueTypes,url,projectKeys,permissions,insight"
	if e.has("description") {
		o["description"] = p.Description
	}
	if e.has("lead") {
		o["lead"] = c.v.person(p.Lead)
	}
	if e.has("issueTypes") {
		o["issueTypes"] = c.v.typesOf(p)
	}
	if e.has("url") && p.URL != "" {
		o["url"] = p.URL
	}
	if e.has("projectKeys") {
		o["projectKeys"] = append([]string{p.Key}, p.Past...)
	}
	if c.v.cloud() {
		if e.has("insight") {
			o["insight"] = object{"totalIssueCount": len(c.w.Of(p)), "lastIssueUpdateTime": c.v.stamp(c.lastChange(p))}
		}
		o["style"], o["isPrivate"], o["properties"] = "classic", false, object{}
	} else {
		o["archived"] = p.Archived
	}
	return c.v.ended(p, o)
}

func projects(c *call) (reply, error) {
	out := []any{}
	for _, p := range c.w.Projects {
		if c.w.May(c.by.User, "BROWSE_PROJECTS", p) && (!p.Archived || !c.v.cloud() && c.query.Get("includeArchived") == "true") {
			out = append(out, c.wide(p))
		}
	}
	return ok(out)
}

// projectPicker finds projects by how a word of their name or their key
// begins, with what was typed marked in each.
func projectPicker(c *call) (reply, error) {
	most, err := c.number("maxResults", 100)
	if err != nil {
		return reply{}, err
	}
	if most == 0 || most > 100 {
		most = 100
	}
	typed := strings.TrimSpace(c.query.Get("query"))
	var found []*world.Project
	for _, p := range c.visible() {
		if typed == "" && c.query.Get("allowEmptyQuery") == "true" || typed != "" && begins(p, strings.ToLower(typed)) {
			found = append(found, p)
		}
	}
	out, strong := []any{}, strings.NewReplacer("<b>", "<strong>", "</b>", "</strong>")
	for _, p := range page(found, 0, max(most, 0)) {
		out = append(out, object{"id": p.ID, "key": p.Key, "name": p.Name, "html": strong.Replace(bolder(p.Name, typed) + " (" + bolder(p.Key, typed) + ")"),
			"avatar": c.v.avatars("projectavatar?", "pid="+p.ID+"&avatarId=10324")["16x16"]})
	}
	return ok(object{"projects": out, "total": len(found), "header": shownOf(len(out), len(found), "projects")})
}

func begins(p *world.Project, typed string) bool {
	name := strings.ToLower(p.Name)
	return strings.HasPrefix(strings.ToLower(p.Key), typed) || strings.HasPrefix(name, typed) || strings.Contains(name, " "+typed)
}

func recentProjects(c *call) (reply, error) {
	out := []any{}
	for _, p := range c.visible() {
		out = append(out, c.wide(p))
	}
	return ok(page(out, 0, 20))
}

// projectSearch filters by words, keys, ids, kind, category, state and what
// the caller may do, and orders.
func projectSearch(c *call) (reply, error) {
	q, keys, ids := strings.ToLower(c.query.Get("query")), names("", c.query["keys"]...), names("", c.query["id"]...)
	kinds, states := names("", c.query["typeKey"]...), names("live", c.query["status"]...)
	may := map[string]string{"": "BROWSE_PROJECTS", "view": "BROWSE_PROJECTS", "browse": "BROWSE_PROJECTS", "edit": "ADMINISTER_PROJECTS", "create": "CREATE_ISSUES"}[c.query.Get("action")]
	var found []*world.Project
	for _, p := range c.w.Projects {
		state := "live"
		if p.Deleted {
			state = "deleted"
		} else if p.Archived {
			state = "archived"
		}
		seen := c.w.May(c.by.User, may, p) || state != "live" && c.w.May(c.by.User, "ADMINISTER", nil)
		switch {
		case !seen, !states.has(state), !strings.Contains(strings.ToLower(p.Key+" "+p.Name), q), len(keys) > 0 && !keys.has(p.Key),
			len(ids) > 0 && !ids.has(p.ID), len(kinds) > 0 && !kinds.has(p.Kind), c.query.Get("categoryId") != "" && c.query.Get("categoryId") != p.Category:
		default:
			found = append(found, p)
		}
	}
	c.sorted(found)
	all := []any{}
	for _, p := range found {
		all = append(all, c.wide(p))
	}
	return c.pageOf(all, 50)
}

// sorted puts projects in the order that orderBy names: by key, if none.
func (c *call) sorted(ps []*world.Project) {
	by, desc := strings.CutPrefix(c.query.Get("orderBy"), "-")
	key := map[string]func(*world.Project) string{
		"name":     func(p *world.Project) string { return strings.ToLower(p.Name) },
		"category": func(p *world.Project) string { return p.Category },
		"owner":    func(p *world.Project) string { return p.Lead },
	}[strings.TrimPrefix(by, "+")]
	if key == nil {
		key = func(p *world.Project) string { return p.Key }
	}
	slices.SortStableFunc(ps, func(a, b *world.Project) int { return strings.Compare(key(a), key(b)) })
	if desc {
		slices.Reverse(ps)
	}
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
	return ok(c.whole(p))
}

// whole is a project as its own resource shows it.
func (c *call) whole(p *world.Project) object {
	o := c.wide(p)
	o["description"], o["lead"], o["assigneeType"] = p.Description, c.v.person(p.Lead), p.Assignee
	o["components"], o["versions"], o["issueTypes"] = c.v.componentsOf(p), c.v.versions(p), c.v.typesOf(p)
	if p.URL != "" {
		o["url"] = p.URL
	}
	roles := object{}
	for _, r := range c.w.Roles {
		roles[r.Name] = c.v.rest("project", p.ID, "role", r.ID)
	}
	o["roles"] = roles
	return o
}

func addProject(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var in world.Charter
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	p, err := c.w.AddProject(c.by, in)
	if err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: object{"self": c.v.rest("project", p.ID), "id": number(p.ID), "key": p.Key}}, nil
}

func editProject(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	var in world.Charter
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.w.EditProject(c.by, p, in); err != nil {
		return reply{}, err
	}
	return ok(c.whole(p))
}

// deleteProject throws into the trash on Cloud, unless the caller says not to.
func deleteProject(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	if err := c.w.DeleteProject(c.by, p, c.v.cloud() && c.query.Get("enableUndo") != "false"); err != nil {
		return reply{}, err
	}
	return none()
}

func archiveProject(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	if err := c.w.ArchiveProject(c.by, p); err != nil {
		return reply{}, err
	}
	return none()
}

func restoreProject(c *call) (reply, error) {
	p, err := c.w.RestoreProject(c.by, c.vars["project"])
	if err != nil {
		return reply{}, err
	}
	if !c.v.cloud() {
		return reply{status: 202}, nil
	}
	return ok(c.whole(p))
}

// validateKey says what is wrong with a key, with 200 all the same.
func validateKey(c *call) (reply, error) {
	no := c.w.Validate(c.query.Get("key"), "a name that nobody has")
	delete(no.Errors, "projectName")
	r := refused(no)
	r.status = 200
	return r, nil
}

// validKey and validName make another one of what is taken.
func validKey(c *call) (reply, error) {
	key := strings.ToUpper(c.query.Get("key"))
	return c.free(key, func(s string) bool { return c.w.Validate(s, "a name that nobody has").Errors["projectKey"] == "" }, "")
}

func validName(c *call) (reply, error) {
	return c.free(c.query.Get("name"), func(s string) bool { return c.w.Validate("ZZ", s).Errors["projectName"] == "" }, " ")
}

func (c *call) free(s string, good func(string) bool, gap string) (reply, error) {
	if good(s) {
		return ok(spoken(s))
	}
	for n := 2; n < 100; n++ {
		if next := s + gap + string(rune('0'+n/10)) + string(rune('0'+n%10)); good(next) {
			return ok(spoken(next))
		}
	}
	return reply{}, world.Refuse(404, "There is no valid one like '%s'.", s)
}

// spoken is a string as JSON: alone in a body a string is sent as it stands.
func spoken(s string) json.RawMessage {
	b, _ := json.Marshal(s) // a string always marshals
	return b
}
