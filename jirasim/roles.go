package jirasim

import (
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

func roleRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/role", both, byAdmin(roleList), "", "", 0, false},
		{"GET", "/rest/api/{v}/role/{role}/actors", both, byAdmin(onRole(readRole)), "", "", 0, false},
		{"POST", "/rest/api/{v}/role/{role}/actors", both, byAdmin(onRole(addDefaults)), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/role/{role}/actors", both, byAdmin(onRole(dropDefaults)), "", "", 0, false},
		{"POST", "/rest/api/{v}/role", both, byAdmin(addRole), "", "", 0, false},
		{"GET", "/rest/api/{v}/role/{role}", both, byAdmin(onRole(readRole)), "", "", 0, false},
		{"PUT", "/rest/api/{v}/role/{role}", both, byAdmin(onRole(editRole)), "", "", 0, false},
		{"POST", "/rest/api/{v}/role/{role}", both, byAdmin(onRole(editRole)), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/role/{role}", both, byAdmin(onRole(deleteRole)), "swap", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/role", both, projectRoles, "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/roledetails", cloud, roleDetails, "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/role/{role}", both, onCast(readCast), "", "", 0, false},
		{"POST", "/rest/api/{v}/project/{project}/role/{role}", both, onCast(addActors), "", "", 0, false},
		{"PUT", "/rest/api/{v}/project/{project}/role/{role}", both, onCast(setActors), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/project/{project}/role/{role}", both, onCast(dropActors), "", "", 0, false},
	}
}

// role shows a role; with its actors in a project, where one is given.
func (v view) role(r *world.Role, p *world.Project) object {
	id, _ := strconv.Atoi(r.ID)
	o := object{"self": v.rest("role", r.ID), "id": id, "name": r.Name, "description": r.Description}
	actors, all := []any{}, r.Default
	if p != nil {
		all, o["self"] = p.Actors[r.ID], v.rest("project", p.ID, "role", r.ID)
	}
	for _, a := range all {
		actors = append(actors, v.actor(a))
	}
	o["actors"] = actors
	return o
}

func (v view) actor(a world.Actor) object {
	o := object{"id": a.ID}
	if a.Group != "" {
		o["displayName"], o["type"], o["name"] = a.Group, "atlassian-group-role-actor", a.Group
		o["actorGroup"] = object{"name": a.Group, "displayName": a.Group}
		if v.cloud() {
			o["actorGroup"].(object)["groupId"] = world.GroupID(a.Group)
		}
		return o
	}
	o["type"] = "atlassian-user-role-actor"
	if u := v.w.User(a.User); u != nil {
		o["displayName"] = u.Display
		if !v.cloud() {
			o["name"] = u.Name
		}
	}
	o["avatarUrl"] = v.base + "/secure/useravatar?size=xsmall&avatarId=10122"
	if v.cloud() {
		o["actorUser"] = object{"accountId": a.User}
	}
	return o
}

func roleList(c *call) (reply, error) {
	out := []any{}
	for _, r := range c.w.Roles {
		out = append(out, c.v.role(r, nil))
	}
	return ok(out)
}

// onRole finds the role that the path names.
func onRole(do func(*call, *world.Role) (reply, error)) handler {
	return func(c *call) (reply, error) {
		for _, r := range c.w.Roles {
			if r.ID == c.vars["role"] {
				return do(c, r)
			}
		}
		return reply{}, world.Refuse(404, "Can not retrieve a role actor for a null role.")
	}
}

func addRole(c *call) (reply, error) {
	r := &world.Role{}
	if err := c.nameRole(r, true); err != nil {
		return reply{}, err
	}
	r.ID = c.w.Next("role")
	c.w.Roles = append(c.w.Roles, r)
	return ok(c.v.role(r, nil))
}

// nameRole reads name and description of a role.
func (c *call) nameRole(r *world.Role, whole bool) error {
	var in labelled
	if err := c.decode(&in); err != nil {
		return err
	}
	if in.Name == nil && (whole || in.Description == nil) || in.Name != nil && (*in.Name == "" || strings.TrimSpace(*in.Name) != *in.Name) {
		return world.Refuse(400, "The name of a project role must not be empty, nor begin or end with a space.")
	}
	if in.Name != nil {
		if same := c.w.RoleOf(*in.Name); same != nil && same != r {
			return world.Refuse(409, "A project role with name '%s' already exists.", *in.Name)
		}
		r.Name = *in.Name
	}
	if in.Description != nil {
		r.Description = *in.Description
	}
	return nil
}

func readRole(c *call, r *world.Role) (reply, error) { return ok(c.v.role(r, nil)) }

// editRole changes what is given by POST, and everything by PUT.
func editRole(c *call, r *world.Role) (reply, error) {
	if err := c.nameRole(r, c.r.Method == "PUT"); err != nil {
		return reply{}, err
	}
	return ok(c.v.role(r, nil))
}

func deleteRole(c *call, r *world.Role) (reply, error) {
	c.w.Roles = slices.DeleteFunc(c.w.Roles, func(x *world.Role) bool { return x == r })
	for _, p := range c.w.Projects {
		delete(p.Actors, r.ID)
	}
	return none()
}

func projectRoles(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	out := object{}
	for _, r := range c.w.Roles {
		out[r.Name] = c.v.rest("project", p.ID, "role", r.ID)
	}
	return ok(out)
}

func roleDetails(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	out := []any{}
	for _, r := range c.w.Roles {
		o := c.v.role(r, p)
		delete(o, "actors")
		o["admin"], o["roleConfigurable"], o["default"] = r.Name == "Administrators", true, false
		out = append(out, o)
	}
	return ok(out)
}

// onCast finds the project and the role that the path names.
func onCast(do func(*call, *world.Project, *world.Role) (reply, error)) handler {
	return func(c *call) (reply, error) {
		p, err := c.theProject()
		if err != nil {
			return reply{}, err
		}
		return onRole(func(c *call, r *world.Role) (reply, error) { return do(c, p, r) })(c)
	}
}

func readCast(c *call, p *world.Project, r *world.Role) (reply, error) { return ok(c.v.role(r, p)) }

// actors finds those that a request names, or refuses. Groups may be named by
// id on Cloud.
func (c *call) actors(users, groups []string) ([]world.Actor, error) {
	var out []world.Actor
	for _, id := range users {
		u := c.w.User(id)
		if !c.v.cloud() {
			u = c.w.Login(id)
		}
		if u == nil {
			return nil, world.Refuse(404, "We can't find '%s' in any accessible user directory. Check they're still active and available, and try again.", id)
		}
		out = append(out, world.Actor{User: u.ID})
	}
	for _, g := range groups {
		name := c.w.GroupOf(g)
		if name == "" {
			return nil, world.Refuse(404, "We can't find '%s' in any accessible group directory.", g)
		}
		out = append(out, world.Actor{Group: name})
	}
	if len(out) == 0 {
		return nil, world.Refuse(400, "No actors were given: 'user' or 'group' is needed.")
	}
	return out, nil
}

// casting refuses whoever may not change the actors of a project.
func (c *call) casting(p *world.Project) error {
	if c.w.May(c.by.User, "ADMINISTER_PROJECTS", p) {
		return nil
	}
	return world.Refuse(403, "You do not have permission to administer this project.")
}

// addDefaults gives a role in new projects to actors, dropDefaults takes it.
func addDefaults(c *call, r *world.Role) (reply, error) {
	var in struct {
		User    []string `json:"user"`
		Group   []string `json:"group"`
		GroupID []string `json:"groupId"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	all, err := c.actors(in.User, append(in.Group, in.GroupID...))
	if err != nil {
		return reply{}, err
	}
	for _, a := range all {
		if !slices.Contains(r.Default, a) {
			r.Default = append(slices.Clone(r.Default), a)
		}
	}
	return ok(c.v.role(r, nil))
}

func dropDefaults(c *call, r *world.Role) (reply, error) {
	all, err := c.actors(names("", c.query["user"]...), names("", append(c.query["group"], c.query["groupId"]...)...))
	if err != nil {
		return reply{}, err
	}
	r.Default = slices.DeleteFunc(slices.Clone(r.Default), func(a world.Actor) bool { return slices.Contains(all, a) })
	return ok(c.v.role(r, nil))
}

func addActors(c *call, p *world.Project, r *world.Role) (reply, error) {
	var in struct {
		User    []string `json:"user"`
		Group   []string `json:"group"`
		GroupID []string `json:"groupId"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.casting(p); err != nil {
		return reply{}, err
	}
	all, err := c.actors(in.User, append(in.Group, in.GroupID...))
	if err != nil {
		return reply{}, err
	}
	for _, a := range all {
		if !c.w.Play(p, r, a) {
			return reply{}, world.Refuse(400, "'%s%s' is already a member of the project role.", a.User, a.Group)
		}
	}
	return ok(c.v.role(r, p))
}

func setActors(c *call, p *world.Project, r *world.Role) (reply, error) {
	var in struct {
		By map[string][]string `json:"categorisedActors"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.casting(p); err != nil {
		return reply{}, err
	}
	var all []world.Actor
	if users, groups := in.By["atlassian-user-role-actor"], append(in.By["atlassian-group-role-actor"], in.By["atlassian-group-role-actor-id"]...); len(users)+len(groups) > 0 {
		var err error
		if all, err = c.actors(users, groups); err != nil {
			return reply{}, err
		}
	}
	delete(p.Actors, r.ID)
	for _, a := range all {
		c.w.Play(p, r, a)
	}
	return ok(c.v.role(r, p))
}

func dropActors(c *call, p *world.Project, r *world.Role) (reply, error) {
	if err := c.casting(p); err != nil {
		return reply{}, err
	}
	all, err := c.actors(names("", c.query["user"]...), names("", append(c.query["group"], c.query["groupId"]...)...))
	if err != nil {
		return reply{}, err
	}
	for _, a := range all {
		if !c.w.Retire(p, r, a) {
			return reply{}, world.Refuse(404, "'%s%s' is not a member of the project role.", a.User, a.Group)
		}
	}
	return none()
}
