package jirasim

import (
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func schemeRoutes() []route {
	types := "/rest/api/{v}/issuetypescheme"
	return []route{
		{"GET", types, both, byAdmin(typeSchemes), "", "", 0, false},
		{"POST", types, both, byAdmin(addTypeScheme), "", "", 0, false},
		{"GET", types + "/mapping", cloud, byAdmin(typeMappings), "", "", 0, false},
		{"GET", types + "/project", cloud, byAdmin(typeSchemesOfProjects), "", "", 0, false},
		{"PUT", types + "/project", cloud, byAdmin(assignTypeScheme), "", "", 0, false},
		{"GET", types + "/{scheme}", center, byAdmin(onTypeScheme(readTypeScheme)), "", "", 0, false},
		{"PUT", types + "/{scheme}", both, byAdmin(onTypeScheme(editTypeScheme)), "", "", 0, false},
		{"DELETE", types + "/{scheme}", both, byAdmin(onTypeScheme(deleteTypeScheme)), "", "", 0, false},
		{"PUT", types + "/{scheme}/issuetype", cloud, byAdmin(onTypeScheme(addTypes)), "", "", 0, false},
		{"PUT", types + "/{scheme}/issuetype/move", cloud, byAdmin(onTypeScheme(moveTypes)), "", "", 0, false},
		{"DELETE", types + "/{scheme}/issuetype/{type}", cloud, byAdmin(onTypeScheme(dropType)), "", "", 0, false},
		{"GET", types + "/{scheme}/associations", center, byAdmin(onTypeScheme(typedProjects)), "", "", 0, false},
		{"PUT", types + "/{scheme}/associations", center, byAdmin(onTypeScheme(associate)), "", "", 0, false},
		{"POST", types + "/{scheme}/associations", center, byAdmin(onTypeScheme(associate)), "", "", 0, false},
		{"DELETE", types + "/{scheme}/associations/{project}", center, byAdmin(onTypeScheme(disassociate)), "", "", 0, false},
		{"GET", "/rest/api/{v}/priorityscheme", cloud, loggedIn(priorityPage), "schemes but the default one", "", 0, false},
		{"GET", "/rest/api/{v}/priorityscheme/{scheme}/priorities", cloud, loggedIn(prioritiesOfScheme), "", "", 0, false},
		{"GET", "/rest/api/{v}/priorityscheme/{scheme}/projects", cloud, loggedIn(projectsOfPriorities), "", "", 0, false},
		{"GET", "/rest/api/{v}/priorityschemes", center, byAdmin(prioritySchemes), "schemes but the default one", "", 0, false},
		{"GET", "/rest/api/{v}/priorityschemes/{scheme}", center, byAdmin(onPriorities(readPriorities)), "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/priorityscheme", center, ofProject(prioritiesOfProject), "", "", 0, false},
	}
}

func onTypeScheme(do func(*call, *world.TypeScheme) (reply, error)) handler {
	return func(c *call) (reply, error) {
		s := c.w.TypeSchemeOf(c.vars["scheme"])
		if s == nil {
			return reply{}, world.Refuse(404, "The issue type scheme with id '%s' was not found.", c.vars["scheme"])
		}
		return do(c, s)
	}
}

func (c *call) typeScheme(s *world.TypeScheme) object {
	o := object{"id": s.ID, "name": s.Name, "description": s.Description}
	if c.v.cloud() {
		if s == c.w.TypeSchemes[0] {
			o["isDefault"] = true
		}
		if s.Default != "" {
			o["defaultIssueTypeId"] = s.Default
		}
		return o
	}
	o["self"], o["expand"] = c.v.rest("issuetypescheme", s.ID), "defaultIssueType,issueTypes"
	types := []any{}
	for _, id := range s.Types {
		types = append(types, c.v.issueType(id))
	}
	o["issueTypes"] = types
	if t := c.v.issueType(s.Default); t != nil {
		o["defaultIssueType"] = t
	}
	return o
}

func typeSchemes(c *call) (reply, error) {
	all, ids, q := []any{}, names("", c.query["id"]...), strings.ToLower(c.query.Get("queryString"))
	for _, s := range c.w.TypeSchemes {
		if (len(ids) == 0 || ids.has(s.ID)) && strings.Contains(strings.ToLower(s.Name), q) {
			all = append(all, c.typeScheme(s))
		}
	}
	if !c.v.cloud() {
		return ok(object{"schemes": all})
	}
	return c.pageOf(all, 50)
}

// nameTypeScheme reads a scheme; which types, only where it is new or Data
// Center's. The texts are unverified.
func (c *call) nameTypeScheme(s *world.TypeScheme, types bool) error {
	var in struct {
		labelled
		Default *string  `json:"defaultIssueTypeId"`
		Types   []string `json:"issueTypeIds"`
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	n := *s
	if in.Name != nil {
		n.Name = strings.TrimSpace(*in.Name)
	}
	if in.Description != nil {
		n.Description = *in.Description
	}
	if in.Default != nil {
		n.Default = *in.Default
	}
	if types && in.Types != nil {
		n.Types = in.Types
	}
	switch {
	case n.Name == "" || len(n.Name) > 255 || slices.ContainsFunc(c.w.TypeSchemes, func(x *world.TypeScheme) bool { return x != s && strings.EqualFold(x.Name, n.Name) }):
		return &world.Refusal{Status: map[bool]int{true: 409, false: 400}[n.Name != "" && c.v.cloud()], Errors: map[string]string{"name": "The name of the scheme is empty, too long, or used by another one."}}
	case len(n.Types) == 0 || slices.ContainsFunc(n.Types, func(id string) bool { return c.w.Type(id) == nil }):
		return world.RefuseField("issueTypeIds", "The issue types are missing, or not all of them exist.")
	case n.Default != "" && !slices.Contains(n.Types, n.Default):
		return world.RefuseField("defaultIssueTypeId", "The default issue type is not one of the scheme.")
	}
	*s = n
	c.w.Retype()
	return nil
}

func addTypeScheme(c *call) (reply, error) {
	s := &world.TypeScheme{}
	if err := c.nameTypeScheme(s, true); err != nil {
		return reply{}, err
	}
	s.ID = c.w.Next("issuetypescheme")
	c.w.TypeSchemes = append(c.w.TypeSchemes, s)
	if c.v.cloud() {
		return reply{status: 201, body: object{"issueTypeSchemeId": s.ID}}, nil
	}
	return ok(c.typeScheme(s))
}

func readTypeScheme(c *call, s *world.TypeScheme) (reply, error) { return ok(c.typeScheme(s)) }

func editTypeScheme(c *call, s *world.TypeScheme) (reply, error) {
	if err := c.nameTypeScheme(s, !c.v.cloud()); err != nil {
		return reply{}, err
	}
	if c.v.cloud() {
		return none()
	}
	return ok(c.typeScheme(s))
}

func deleteTypeScheme(c *call, s *world.TypeScheme) (reply, error) {
	if s == c.w.TypeSchemes[0] {
		return reply{}, world.Refuse(400, "The default issue type scheme cannot be deleted.")
	}
	for _, p := range c.w.Projects {
		if p.TypeScheme == s.ID && c.v.cloud() {
			return reply{}, world.Refuse(400, "The issue type scheme is used by projects.")
		}
	}
	c.w.TypeSchemes = slices.DeleteFunc(c.w.TypeSchemes, func(x *world.TypeScheme) bool { return x == s })
	c.w.Retype()
	return none()
}

// readTypes reads a list of types.
func (c *call) readTypes() (ids []string, after, position string, err error) {
	var in struct {
		Types    []world.Loose `json:"issueTypeIds"`
		After    world.Loose   `json:"after"`
		Position string        `json:"position"`
	}
	err = c.decode(&in)
	return plainIDs(in.Types), string(in.After), in.Position, err
}

func addTypes(c *call, s *world.TypeScheme) (reply, error) {
	ids, _, _, err := c.readTypes()
	if err != nil {
		return reply{}, err
	}
	for n, id := range ids {
		if c.w.Type(id) == nil || slices.Contains(s.Types, id) || slices.Contains(ids[:n], id) {
			return reply{}, world.Refuse(400, "The issue type with id '%s' does not exist, or is in the scheme already.", id)
		}
	}
	if len(ids) == 0 {
		return reply{}, world.Refuse(400, "At least one issue type is required.")
	}
	s.Types = append(slices.Clone(s.Types), ids...)
	c.w.Retype()
	return none()
}

func moveTypes(c *call, s *world.TypeScheme) (reply, error) {
	ids, after, position, err := c.readTypes()
	if err != nil {
		return reply{}, err
	}
	next, err := ordered(s.Types, ids, after, position)
	if err != nil {
		return reply{}, err
	}
	s.Types = next
	c.w.Retype()
	return none()
}

func dropType(c *call, s *world.TypeScheme) (reply, error) {
	id := c.vars["type"]
	switch {
	case !slices.Contains(s.Types, id):
		return reply{}, world.Refuse(404, "The issue type with id '%s' is not in the scheme.", id)
	case s == c.w.TypeSchemes[0] || len(s.Types) == 1 || c.w.Typed(s, id):
		return reply{}, world.Refuse(400, "The issue type with id '%s' cannot be removed, as it is the last one, in use, or the scheme is the default one.", id)
	}
	s.Types = slices.DeleteFunc(slices.Clone(s.Types), func(x string) bool { return x == id })
	if s.Default == id {
		s.Default = ""
	}
	c.w.Retype()
	return none()
}

func typeMappings(c *call) (reply, error) {
	all, ids := []any{}, names("", c.query["issueTypeSchemeId"]...)
	for _, s := range c.w.TypeSchemes {
		for _, id := range s.Types {
			if len(ids) == 0 || ids.has(s.ID) {
				all = append(all, object{"issueTypeSchemeId": s.ID, "issueTypeId": id})
			}
		}
	}
	return c.pageOf(all, 50)
}

func typeSchemesOfProjects(c *call) (reply, error) {
	ids := names("", c.query["projectId"]...)
	if len(ids) == 0 {
		return reply{}, world.Refuse(400, "The projectId parameter is required.")
	}
	all := []any{}
	for _, s := range c.w.TypeSchemes {
		var in []string
		for _, p := range c.w.Projects {
			if ids.has(p.ID) && c.w.TypesFor(p) == s {
				in = append(in, p.ID)
			}
		}
		if len(in) > 0 {
			all = append(all, object{"issueTypeScheme": c.typeScheme(s), "projectIds": in})
		}
	}
	return c.pageOf(all, 50)
}

// retype gives a project a scheme, if its issues allow it.
func (c *call) retype(p *world.Project, s *world.TypeScheme) error {
	for _, i := range c.w.Of(p) {
		if !slices.Contains(s.Types, i.Values["issuetype"].Text) {
			return world.Refuse(400, "The project has issues of types that are not in the scheme.")
		}
	}
	p.TypeScheme = s.ID
	c.w.Retype()
	return nil
}

func assignTypeScheme(c *call) (reply, error) {
	var in struct {
		Scheme  world.Loose `json:"issueTypeSchemeId"`
		Project world.Loose `json:"projectId"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	p, s := c.w.Project(c.by.User, string(in.Project)), c.w.TypeSchemeOf(string(in.Scheme))
	if p == nil || s == nil {
		return reply{}, world.Refuse(404, "The project or the issue type scheme was not found.")
	}
	if err := c.retype(p, s); err != nil {
		return reply{}, err
	}
	return none()
}

func typedProjects(c *call, s *world.TypeScheme) (reply, error) {
	out := []any{}
	for _, p := range c.w.Projects {
		if c.w.TypesFor(p) == s {
			out = append(out, c.v.project(p))
		}
	}
	return ok(out)
}

// associate gives projects a scheme; by PUT those that are not named lose it.
func associate(c *call, s *world.TypeScheme) (reply, error) {
	var in struct {
		Projects []world.Loose `json:"idsOrKeys"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	var ps []*world.Project
	for _, k := range in.Projects {
		p := c.w.Project(c.by.User, string(k))
		if p == nil {
			return reply{}, world.Refuse(404, "No project could be found with key '%s'.", k)
		}
		ps = append(ps, p)
	}
	for _, p := range ps {
		if err := c.retype(p, s); err != nil {
			return reply{}, err
		}
	}
	for _, p := range c.w.Projects {
		if c.r.Method == "PUT" && p.TypeScheme == s.ID && !slices.Contains(ps, p) {
			if err := c.retype(p, c.w.TypeSchemes[0]); err != nil {
				return reply{}, err
			}
		}
	}
	return reply{status: 200}, nil
}

func disassociate(c *call, s *world.TypeScheme) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	if c.w.TypesFor(p) != s {
		return reply{}, world.Refuse(404, "The project does not have the issue type scheme.")
	}
	if err := c.retype(p, c.w.TypeSchemes[0]); err != nil {
		return reply{}, err
	}
	return none()
}

func (c *call) priorityScheme() object {
	ids, keys := []string{}, []string{}
	for _, p := range c.w.Priorities {
		ids = append(ids, p.ID)
	}
	for _, p := range c.w.Projects {
		keys = append(keys, p.Key)
	}
	o := object{"name": "Default priority scheme", "description": "This is the default priority scheme used by all new and unassigned projects"}
	if c.v.cloud() {
		o["id"], o["isDefault"], o["defaultPriorityId"], o["self"] = "1", true, c.w.DefaultPriority(), c.v.rest("priorityscheme", "1")
		return o
	}
	o["id"], o["self"], o["defaultScheme"] = 1, c.v.rest("priorityschemes", "1"), true
	o["defaultOptionId"], o["optionIds"], o["projectKeys"] = c.w.DefaultPriority(), ids, keys
	return o
}

func priorityPage(c *call) (reply, error) { return c.pageOf([]any{c.priorityScheme()}, 50) }

func prioritySchemes(c *call) (reply, error) {
	return ok(object{"startAt": 0, "maxResults": 100, "total": 1, "schemes": []any{c.priorityScheme()}})
}

func onPriorities(do handler) handler {
	return func(c *call) (reply, error) {
		if c.vars["scheme"] != "1" {
			return reply{}, world.Refuse(404, "The priority scheme with id '%s' was not found.", c.vars["scheme"])
		}
		return do(c)
	}
}

func readPriorities(c *call) (reply, error) { return ok(c.priorityScheme()) }

func prioritiesOfProject(c *call, _ *world.Project) (reply, error) { return ok(c.priorityScheme()) }

func prioritiesOfScheme(c *call) (reply, error) {
	return onPriorities(func(c *call) (reply, error) { return c.pageOf(priorities(c), 50) })(c)
}

func projectsOfPriorities(c *call) (reply, error) {
	return onPriorities(func(c *call) (reply, error) {
		all := []any{}
		for _, p := range c.visible() {
			all = append(all, c.v.project(p))
		}
		return c.pageOf(all, 50)
	})(c)
}
