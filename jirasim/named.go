package jirasim

import (
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

func namedRoutes() []route {
	return []route{
		{"POST", "/rest/api/{v}/issuetype", both, byAdmin(addType), "schemes: every project has it", "", 0, false},
		{"PUT", "/rest/api/{v}/issuetype/{id}", both, byAdmin(onType(editType)), "avatars", "", 0, false},
		{"DELETE", "/rest/api/{v}/issuetype/{id}", both, byAdmin(onType(deleteType)), "", "", 0, false},
		{"GET", "/rest/api/{v}/issuetype/{id}/alternatives", both, onType(alternatives), "", "", 0, false},
		{"GET", "/rest/api/{v}/issuetype/project", cloud, typesOfProject, "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/properties", both, onProject(propertyKeys), "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/properties/{key}", both, onProject(readProperty), "", "", 0, false},
		{"PUT", "/rest/api/{v}/project/{project}/properties/{key}", both, onProject(setProperty), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/project/{project}/properties/{key}", both, onProject(dropProperty), "", "", 0, false},
	}
}

// onType finds the type of issue that the path names.
func onType(do func(*call, *world.Type) (reply, error)) handler {
	return func(c *call) (reply, error) {
		t := c.w.Type(c.vars["id"])
		if t == nil {
			return reply{}, world.Refuse(404, "The issue type with id '%s' does not exist", c.vars["id"])
		}
		return do(c, t)
	}
}

func addType(c *call) (reply, error) {
	var in struct {
		labelled
		Type  string `json:"type"`
		Level *int   `json:"hierarchyLevel"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	t := &world.Type{Subtask: in.Type == "subtask"}
	if in.Level != nil && c.v.cloud() {
		t.Level, t.Subtask = *in.Level, *in.Level == -1
	}
	if t.Subtask {
		t.Level = -1
	}
	if t.Level < -1 || t.Level > 0 {
		return reply{}, world.RefuseField("hierarchyLevel", "The hierarchy level must be -1 or 0.")
	}
	if err := c.nameType(t, in.labelled); err != nil {
		return reply{}, err
	}
	for t.ID = c.w.Next("issuetype"); c.w.Type(t.ID) != nil; {
		t.ID = c.w.Next("issuetype")
	}
	c.w.Types = append(c.w.Types, t)
	c.w.Retype()
	return reply{status: 201, body: c.v.issueType(t.ID)}, nil
}

// nameType checks a name and a description and gives them to a type.
func (c *call) nameType(t *world.Type, in labelled) error {
	n := *t
	if in.Name != nil {
		n.Name = strings.TrimSpace(*in.Name)
	}
	if in.Description != nil {
		n.Description = *in.Description
	}
	switch {
	case n.Name == "":
		return world.RefuseField("name", "You must specify a name.")
	case len(n.Name) > 60:
		return world.RefuseField("name", "The name must not exceed 60 characters in length.")
	case slices.ContainsFunc(c.w.Types, func(x *world.Type) bool { return x != t && strings.EqualFold(x.Name, n.Name) }):
		return &world.Refusal{Status: 409, Errors: map[string]string{"name": "An issue type with this name already exists."}}
	}
	*t = n
	return nil
}

func editType(c *call, t *world.Type) (reply, error) {
	var in labelled
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.nameType(t, in); err != nil {
		return reply{}, err
	}
	return ok(c.v.issueType(t.ID))
}

// replaceable lists the types that issues of a type could have instead.
func (c *call) replaceable(t *world.Type) []*world.Type {
	return slices.DeleteFunc(slices.Clone(c.w.Types), func(x *world.Type) bool { return x == t || x.Level != t.Level })
}

func alternatives(c *call, t *world.Type) (reply, error) {
	out := []any{}
	for _, x := range c.replaceable(t) {
		out = append(out, c.v.issueType(x.ID))
	}
	return ok(out)
}

// deleteType ends a type; its issues get the one that the query names.
func deleteType(c *call, t *world.Type) (reply, error) {
	var held []*world.Issue
	for _, p := range c.w.Projects {
		for _, i := range c.w.Of(p) {
			if i.Values["issuetype"].Text == t.ID {
				held = append(held, i)
			}
		}
	}
	next := c.query.Get("alternativeIssueTypeId")
	fits := slices.ContainsFunc(c.replaceable(t), func(x *world.Type) bool { return x.ID == next })
	if next != "" && !fits || len(held) > 0 && next == "" {
		return reply{}, world.Refuse(409, "The issue type is in use, and no alternative that fits was given.")
	}
	for _, i := range held {
		c.w.Recast(c.by, i, next)
	}
	c.w.Types = slices.DeleteFunc(c.w.Types, func(x *world.Type) bool { return x == t })
	c.w.Retype()
	return none()
}

func typesOfProject(c *call) (reply, error) {
	id := c.query.Get("projectId")
	p := c.w.Project(c.by.User, id)
	if p == nil || p.ID != id {
		return reply{}, world.Refuse(404, "No project could be found with id '%s'.", id)
	}
	out := []any{}
	for _, id := range p.Types {
		if level := c.query.Get("level"); level == "" || level == strconv.Itoa(c.w.Type(id).Level) {
			out = append(out, c.v.issueType(id))
		}
	}
	return ok(out)
}

// onProject lets a project carry properties.
func onProject(do func(*call, carrier) (reply, error)) handler {
	return func(c *call) (reply, error) {
		p, err := c.theProject()
		if err != nil {
			return reply{}, err
		}
		return do(c, carrier{held: p.Properties, path: []string{"project", p.ID}, set: func(x world.Property) error { return c.w.SetProjectProperty(c.by, p, x) }})
	}
}
