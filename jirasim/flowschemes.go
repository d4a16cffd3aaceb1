package jirasim

import (
	"cmp"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func flowSchemeRoutes() []route {
	scheme := "/rest/api/{v}/workflowscheme/{scheme}"
	return []route{
		{"GET", "/rest/api/{v}/workflowscheme", cloud, byAdmin(flowSchemes), "", "", 0, false},
		{"POST", "/rest/api/{v}/workflowscheme", both, byAdmin(addFlowScheme), "", "", 0, false},
		{"GET", "/rest/api/{v}/workflowscheme/project", cloud, byAdmin(flowSchemesOfProjects), "", "", 0, false},
		{"PUT", "/rest/api/{v}/workflowscheme/project", cloud, byAdmin(assignFlowScheme), "", "", 0, false},
		{"POST", "/rest/api/{v}/workflowscheme/project/switch", cloud, byAdmin(switchFlowScheme), "mappings that differ by type", "", 0, false},
		{"GET", scheme, both, byAdmin(onFlowScheme(readFlowScheme)), "", "", 0, false},
		{"PUT", scheme, both, byAdmin(onFlowScheme(editFlowScheme)), "drafts: the workflows of a scheme that a project has are not changed", "", 0, false},
		{"DELETE", scheme, both, byAdmin(onFlowScheme(deleteFlowScheme)), "", "", 0, false},
		{"GET", scheme + "/default", both, byAdmin(onFlowScheme(defaultFlow)), "", "", 0, false},
		{"PUT", scheme + "/default", both, byAdmin(onFlowScheme(setDefaultFlow)), "drafts", "", 0, false},
		{"DELETE", scheme + "/default", both, byAdmin(onFlowScheme(dropDefaultFlow)), "drafts", "", 0, false},
		{"GET", scheme + "/issuetype/{type}", both, byAdmin(onFlowScheme(flowOfType)), "", "", 0, false},
		{"PUT", scheme + "/issuetype/{type}", both, byAdmin(onFlowScheme(setFlowOfType)), "drafts", "", 0, false},
		{"DELETE", scheme + "/issuetype/{type}", both, byAdmin(onFlowScheme(dropFlowOfType)), "drafts", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/workflowscheme", center, ofProject(flowSchemeOfProject), "", "", 0, false},
	}
}

func onFlowScheme(do func(*call, *world.FlowScheme) (reply, error)) handler {
	return func(c *call) (reply, error) {
		s := c.w.FlowSchemeOf(c.vars["scheme"])
		if s == nil {
			return reply{}, world.Refuse(404, "The workflow scheme with id '%s' was not found.", c.vars["scheme"])
		}
		return do(c, s)
	}
}

// flowScheme is a scheme; workflows are named, not numbered.
func (c *call) flowScheme(s *world.FlowScheme) object {
	by, types := object{}, object{}
	for _, id := range sortedKeys(s.ByType) {
		if f := c.w.WorkflowOf(s.ByType[id]); f != nil {
			by[id] = f.Name
			types[id] = c.v.issueType(id)
		}
	}
	o := object{"id": number(s.ID), "name": s.Name, "description": s.Description, "defaultWorkflow": c.w.WorkflowOf(s.Default).Name, "issueTypeMappings": by,
		"draft": false, "self": c.v.rest("workflowscheme", s.ID)}
	if !c.v.cloud() || len(types) > 0 {
		o["issueTypes"] = types
	}
	return o
}

func flowSchemes(c *call) (reply, error) {
	all := []any{}
	for _, s := range c.w.FlowSchemes {
		all = append(all, c.flowScheme(s))
	}
	return c.pageOf(all, 50)
}

// flow finds a workflow by name.
func (c *call) flow(name string) (*world.Workflow, error) {
	for _, f := range c.w.Workflows {
		if f.Name == name {
			return f, nil
		}
	}
	return nil, world.Refuse(400, "The workflow '%s' was not found.", name)
}

// nameFlowScheme reads a scheme. The texts are unverified.
func (c *call) nameFlowScheme(s *world.FlowScheme) error {
	var in struct {
		labelled
		Default string            `json:"defaultWorkflow"`
		ByType  map[string]string `json:"issueTypeMappings"`
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
	if n.Name == "" || len(n.Name) > 255 || slices.ContainsFunc(c.w.FlowSchemes, func(x *world.FlowScheme) bool { return x != s && strings.EqualFold(x.Name, n.Name) }) {
		return world.RefuseField("name", "The name of the workflow scheme is empty, too long, or used by another one.")
	}
	if in.Default != "" {
		f, err := c.flow(in.Default)
		if err != nil {
			return err
		}
		n.Default = f.ID
	}
	if in.ByType != nil {
		n.ByType = map[string]string{}
	}
	for id, name := range in.ByType {
		f, err := c.flow(name)
		if err != nil {
			return err
		}
		if c.w.Type(id) == nil {
			return world.Refuse(400, "The issue type with id '%s' does not exist", id)
		}
		n.ByType[id] = f.ID
	}
	if in.Default != "" || in.ByType != nil {
		if err := c.idle(s); err != nil {
			return err
		}
	}
	*s = n
	return nil
}

// idle refuses to change the workflows of a scheme that a project has: that
// needs a draft.
func (c *call) idle(s *world.FlowScheme) error {
	if slices.ContainsFunc(c.w.Projects, func(p *world.Project) bool { return p.FlowScheme == s.ID && s.ID != "" }) {
		return world.Refuse(400, "The workflow scheme is active, and its workflows cannot be changed but in a draft.")
	}
	return nil
}

func addFlowScheme(c *call) (reply, error) {
	s := world.FlowScheme{}
	if err := c.nameFlowScheme(&s); err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.flowScheme(c.w.AddFlowScheme(s))}, nil
}

func readFlowScheme(c *call, s *world.FlowScheme) (reply, error) { return ok(c.flowScheme(s)) }

func editFlowScheme(c *call, s *world.FlowScheme) (reply, error) {
	if err := c.nameFlowScheme(s); err != nil {
		return reply{}, err
	}
	return ok(c.flowScheme(s))
}

func deleteFlowScheme(c *call, s *world.FlowScheme) (reply, error) {
	if err := c.idle(s); err != nil {
		return reply{}, err
	}
	c.w.FlowSchemes = slices.DeleteFunc(c.w.FlowSchemes, func(x *world.FlowScheme) bool { return x == s })
	return none()
}

func defaultFlow(c *call, s *world.FlowScheme) (reply, error) {
	return ok(object{"workflow": c.w.WorkflowOf(s.Default).Name})
}

// A flowChoice names the workflow of a type, or of all that have none.
type flowChoice struct {
	Workflow string `json:"workflow"`
}

// choose changes a scheme that no project has.
func (c *call) choose(s *world.FlowScheme, put func(id string)) (reply, error) {
	var in flowChoice
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	id := c.w.Workflows[0].ID
	if c.r.Method == "PUT" {
		f, err := c.flow(in.Workflow)
		if err != nil {
			return reply{}, err
		}
		id = f.ID
	}
	if err := c.idle(s); err != nil {
		return reply{}, err
	}
	put(id)
	return ok(c.flowScheme(s))
}

func setDefaultFlow(c *call, s *world.FlowScheme) (reply, error) {
	return c.choose(s, func(id string) { s.Default = id })
}

func dropDefaultFlow(c *call, s *world.FlowScheme) (reply, error) { return setDefaultFlow(c, s) }

func flowOfType(c *call, s *world.FlowScheme) (reply, error) {
	f := c.w.WorkflowOf(s.ByType[c.vars["type"]])
	if f == nil {
		return reply{}, world.Refuse(404, "The issue type with id '%s' has no workflow in the scheme.", c.vars["type"])
	}
	return ok(object{"issueType": c.vars["type"], "workflow": f.Name})
}

func setFlowOfType(c *call, s *world.FlowScheme) (reply, error) {
	if c.w.Type(c.vars["type"]) == nil {
		return reply{}, world.Refuse(404, "The issue type with id '%s' does not exist", c.vars["type"])
	}
	return c.choose(s, func(id string) { s.ByType[c.vars["type"]] = id })
}

func dropFlowOfType(c *call, s *world.FlowScheme) (reply, error) {
	if c.w.WorkflowOf(s.ByType[c.vars["type"]]) == nil {
		return flowOfType(c, s)
	}
	return c.choose(s, func(string) { delete(s.ByType, c.vars["type"]) })
}

func flowSchemesOfProjects(c *call) (reply, error) {
	ids := names("", c.query["projectId"]...)
	if len(ids) == 0 {
		return reply{}, world.Refuse(400, "The projectId parameter is required.")
	}
	vals := []any{}
	for _, s := range c.w.FlowSchemes {
		var in []string
		for _, p := range c.w.Projects {
			if p.FlowScheme == s.ID && ids.has(p.ID) {
				in = append(in, p.ID)
			}
		}
		if len(in) > 0 {
			vals = append(vals, object{"projectIds": in, "workflowScheme": c.flowScheme(s)})
		}
	}
	return ok(object{"values": vals})
}

// A switching gives a project a workflow scheme.
type switching struct {
	Project  world.Loose `json:"projectId"`
	Scheme   world.Loose `json:"workflowSchemeId"`
	Target   world.Loose `json:"targetSchemeId"`
	Mappings []struct {
		Statuses []struct {
			Old string `json:"oldStatusId"`
			New string `json:"newStatusId"`
		} `json:"statusMappings"`
	} `json:"mappingsByIssueTypeOverride"`
}

func (c *call) switching() (*world.Project, *world.FlowScheme, map[string]string, error) {
	var in switching
	if err := c.decode(&in); err != nil {
		return nil, nil, nil, err
	}
	p, s := c.w.Project(c.by.User, string(in.Project)), c.w.FlowSchemeOf(string(cmp.Or(in.Scheme, in.Target)))
	if p == nil {
		return nil, nil, nil, world.Refuse(404, "No project could be found with id '%s'.", in.Project)
	}
	if s == nil {
		return nil, nil, nil, world.Refuse(404, "The workflow scheme with id '%s' was not found.", cmp.Or(in.Scheme, in.Target))
	}
	instead := map[string]string{}
	for _, m := range in.Mappings {
		for _, st := range m.Statuses {
			instead[st.Old] = st.New
		}
	}
	return p, s, instead, nil
}

// assignFlowScheme takes only projects without issues, as Jira does.
func assignFlowScheme(c *call) (reply, error) {
	p, s, _, err := c.switching()
	if err != nil {
		return reply{}, err
	}
	if len(c.w.Of(p)) > 0 {
		return reply{}, world.Refuse(400, "The project with id '%s' has issues.", p.ID)
	}
	c.w.Follow(c.by, p, s, nil)
	return none()
}

func switchFlowScheme(c *call) (reply, error) {
	p, s, instead, err := c.switching()
	if err != nil {
		return reply{}, err
	}
	c.w.Follow(c.by, p, s, instead)
	t := c.w.Finish(c.by, "Switch workflow scheme of "+p.Key, nil)
	r := reply{status: 303, body: c.v.task(t)}
	r.set("Location", c.v.rest("task", t.ID))
	return r, nil
}

func flowSchemeOfProject(c *call, p *world.Project) (reply, error) {
	return ok(c.flowScheme(c.w.FlowSchemeOf(p.FlowScheme)))
}
