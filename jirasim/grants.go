package jirasim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func grantRoutes() []route {
	scheme := "/rest/api/{v}/permissionscheme/{scheme}"
	return []route{
		{"GET", "/rest/api/{v}/permissionscheme", both, byReader(permissionSchemes), "", "", 0, false},
		{"POST", "/rest/api/{v}/permissionscheme", both, byAdmin(addPermissionScheme), "", "", 0, false},
		{"GET", scheme, both, byReader(onPermissionScheme(readPermissionScheme)), "", "", 0, false},
		{"PUT", scheme, both, byAdmin(onPermissionScheme(editPermissionScheme)), "", "", 0, false},
		{"DELETE", scheme, both, byAdmin(onPermissionScheme(deletePermissionScheme)), "", "", 0, false},
		{"GET", scheme + "/permission", both, byReader(onPermissionScheme(grants)), "", "", 0, false},
		{"POST", scheme + "/permission", both, byAdmin(onPermissionScheme(addGrant)), "grants to holders that depend on the issue (reporter, assignee, fields of people and groups) are kept and grant nothing; \"anyone\" is whoever is logged in", "", 0, false},
		{"GET", scheme + "/permission/{grant}", both, byReader(onPermissionScheme(readGrant)), "", "", 0, false},
		{"DELETE", scheme + "/permission/{grant}", both, byAdmin(onPermissionScheme(dropGrant)), "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/permissionscheme", both, ofProject(assignedPermissions), "", "", 0, false},
		{"PUT", "/rest/api/{v}/project/{project}/permissionscheme", both, byAdmin(ofProject(assignPermissions)), "", "", 0, false},
	}
}

// byReader lets whoever is logged in read on Cloud what on Data Center only
// administrators do.
func byReader(do handler) handler {
	return func(c *call) (reply, error) {
		if c.v.cloud() {
			return loggedIn(do)(c)
		}
		return byAdmin(do)(c)
	}
}

// ofProject finds the project that the path names, for those who administer it.
func ofProject(do func(*call, *world.Project) (reply, error)) handler {
	return func(c *call) (reply, error) {
		if r := c.needs(); r != nil {
			return *r, nil
		}
		p, err := c.theProject()
		if c.w.May(c.by.User, "ADMINISTER", nil) { // who can administer it finds what he may not browse
			for _, x := range c.w.Projects {
				if k := c.vars["project"]; x.ID == k || strings.EqualFold(x.Key, k) {
					p, err = x, nil
				}
			}
		}
		if err != nil {
			return reply{}, err
		}
		if !c.w.May(c.by.User, "ADMINISTER_PROJECTS", p) {
			return reply{}, world.Refuse(403, "You do not have permission to administer this project.")
		}
		return do(c, p)
	}
}

func onPermissionScheme(do func(*call, *world.PermissionScheme) (reply, error)) handler {
	return func(c *call) (reply, error) {
		s := c.w.PermissionSchemeOf(c.vars["scheme"])
		if s == nil {
			return reply{}, world.Refuse(404, "The permission scheme with id '%s' does not exist.", c.vars["scheme"])
		}
		return do(c, s)
	}
}

// permissionScheme is a scheme; whatever is expanded, its grants are there.
func (c *call) permissionScheme(s *world.PermissionScheme) object {
	o := object{"expand": "permissions,user,group,projectRole,field,all", "id": number(s.ID), "self": c.v.rest("permissionscheme", s.ID), "name": s.Name, "description": s.Description}
	if len(names("", c.query["expand"]...)) > 0 {
		o["permissions"] = c.allGrants(s)
	}
	return o
}

func (c *call) allGrants(s *world.PermissionScheme) []any {
	out := []any{}
	for _, g := range s.Grants {
		out = append(out, c.granting(s, g))
	}
	return out
}

func (c *call) granting(s *world.PermissionScheme, g world.Grant) object {
	h, e := object{"type": g.Type}, names("", c.query["expand"]...)
	if g.Parameter != "" {
		h["parameter"] = g.Parameter
		if c.v.cloud() {
			h["value"] = g.Parameter
		}
	}
	all := e.has("all")
	switch r := c.w.RoleOf(g.Parameter); {
	case g.Type == "projectRole" && r != nil && (all || e.has("projectRole")):
		h["projectRole"] = c.v.role(r, nil)
	case g.Type == "user" && (all || e.has("user")):
		h["user"] = c.v.person(g.Parameter)
	case g.Type == "group" && (all || e.has("group")):
		h["group"] = c.v.group(g.Parameter)
	}
	if c.v.cloud() && g.Type == "group" {
		h["value"] = world.GroupID(g.Parameter)
	}
	return object{"id": g.ID, "self": c.v.rest("permissionscheme", s.ID, "permission", fmt.Sprint(g.ID)), "holder": h, "permission": g.Permission}
}

func permissionSchemes(c *call) (reply, error) {
	out := []any{}
	for _, s := range c.w.PermissionSchemes {
		out = append(out, c.permissionScheme(s))
	}
	return ok(object{"permissionSchemes": out})
}

// A grantBody is what a grant is made of.
type grantBody struct {
	Permission string `json:"permission"`
	Holder     struct {
		Type      string      `json:"type"`
		Parameter world.Loose `json:"parameter"`
		Value     world.Loose `json:"value"`
	} `json:"holder"`
}

// holders are the types of holder, and whether they need a parameter.
var holders = map[string]bool{"anyone": false, "applicationRole": false, "assignee": false, "reporter": false, "projectLead": false, "group": true, "groupCustomField": true,
	"projectRole": true, "user": true, "userCustomField": true, "sd.customer.portal.only": false}

// read checks a grant. The texts are unverified.
func (b grantBody) read(c *call) (world.Grant, error) {
	g := world.Grant{Permission: b.Permission, Type: b.Holder.Type, Parameter: cmp.Or(string(b.Holder.Parameter), string(b.Holder.Value))}
	needs, known := holders[g.Type]
	if !known || needs && g.Parameter == "" {
		return g, world.RefuseField("holder", "The holder '%s' is not valid.", g.Type)
	}
	if p, known := world.Permitted(g.Permission); !known || p.Global {
		return g, world.RefuseField("permission", "Permission '%s' does not exist.", g.Permission)
	}
	wrong := false
	switch g.Type {
	case "group":
		if g.Parameter = c.w.GroupOf(g.Parameter); g.Parameter == "" {
			wrong = true
		}
	case "projectRole":
		r := c.w.RoleOf(g.Parameter)
		if wrong = r == nil; !wrong {
			g.Parameter = r.ID
		}
	case "user":
		u := c.w.Login(g.Parameter)
		if wrong = u == nil; !wrong {
			g.Parameter = u.ID
		}
	}
	if wrong {
		return g, world.RefuseField("holder", "The parameter '%s' of the holder is not valid.", cmp.Or(string(b.Holder.Parameter), string(b.Holder.Value)))
	}
	return g, nil
}

// schemePermissions reads a whole scheme; grants only where they are given.
func (c *call) readPermissions(s *world.PermissionScheme) error {
	var in struct {
		labelled
		Grants []grantBody `json:"permissions"`
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
	switch {
	case n.Name == "":
		return world.RefuseField("name", "The name of a permission scheme must not be empty.")
	case slices.ContainsFunc(c.w.PermissionSchemes, func(x *world.PermissionScheme) bool { return x != s && strings.EqualFold(x.Name, n.Name) }):
		return world.RefuseField("name", "A permission scheme with the name '%s' already exists.", n.Name)
	}
	var all []world.Grant
	for _, b := range in.Grants {
		g, err := b.read(c)
		if err != nil {
			return err
		}
		all = append(all, g)
	}
	*s = n
	if in.Grants != nil {
		s.Grants = nil
		for _, g := range all {
			c.w.Grant(s, g)
		}
	}
	return nil
}

func addPermissionScheme(c *call) (reply, error) {
	s := &world.PermissionScheme{}
	if err := c.readPermissions(s); err != nil {
		return reply{}, err
	}
	s.ID = c.w.Next("permissionscheme")
	c.w.PermissionSchemes = append(c.w.PermissionSchemes, s)
	return reply{status: 201, body: c.permissionScheme(s)}, nil
}

func readPermissionScheme(c *call, s *world.PermissionScheme) (reply, error) {
	return ok(c.permissionScheme(s))
}

func editPermissionScheme(c *call, s *world.PermissionScheme) (reply, error) {
	if err := c.readPermissions(s); err != nil {
		return reply{}, err
	}
	return ok(c.permissionScheme(s))
}

func deletePermissionScheme(c *call, s *world.PermissionScheme) (reply, error) {
	if s == c.w.PermissionSchemes[0] || slices.ContainsFunc(c.w.Projects, func(p *world.Project) bool { return c.w.Rules(p) == s }) {
		return reply{}, world.Refuse(400, "The permission scheme with id '%s' cannot be deleted, as it is the default one or in use.", s.ID)
	}
	c.w.PermissionSchemes = slices.DeleteFunc(c.w.PermissionSchemes, func(x *world.PermissionScheme) bool { return x == s })
	return none()
}

func grants(c *call, s *world.PermissionScheme) (reply, error) {
	return ok(object{"expand": "user,group,projectRole,field,all", "permissions": c.allGrants(s)})
}

func addGrant(c *call, s *world.PermissionScheme) (reply, error) {
	var in grantBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	g, err := in.read(c)
	if err != nil {
		return reply{}, err
	}
	if slices.ContainsFunc(s.Grants, func(x world.Grant) bool {
		return x.Permission == g.Permission && x.Type == g.Type && x.Parameter == g.Parameter
	}) {
		return reply{}, world.Refuse(400, "The permission is granted to this holder already.")
	}
	return reply{status: 201, body: c.granting(s, c.w.Grant(s, g))}, nil
}

func (c *call) theGrant(s *world.PermissionScheme) (int, error) {
	n := slices.IndexFunc(s.Grants, func(g world.Grant) bool { return fmt.Sprint(g.ID) == c.vars["grant"] })
	if n < 0 {
		return n, world.Refuse(404, "The permission with id '%s' does not exist.", c.vars["grant"])
	}
	return n, nil
}

func readGrant(c *call, s *world.PermissionScheme) (reply, error) {
	n, err := c.theGrant(s)
	if err != nil {
		return reply{}, err
	}
	return ok(c.granting(s, s.Grants[n]))
}

func dropGrant(c *call, s *world.PermissionScheme) (reply, error) {
	n, err := c.theGrant(s)
	if err != nil {
		return reply{}, err
	}
	s.Grants = slices.Delete(slices.Clone(s.Grants), n, n+1)
	return none()
}

func assignedPermissions(c *call, p *world.Project) (reply, error) {
	return ok(c.permissionScheme(c.w.Rules(p)))
}

func assignPermissions(c *call, p *world.Project) (reply, error) {
	var in struct {
		ID world.Loose `json:"id"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	s := c.w.PermissionSchemeOf(string(in.ID))
	if s == nil {
		return reply{}, world.Refuse(404, "The permission scheme with id '%s' does not exist.", in.ID)
	}
	p.PermissionScheme = s.ID
	return ok(c.permissionScheme(s))
}
