package jirasim

import (
	"slices"

	"example.com/accord/jirasim/world"
)

func permissionRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/mypermissions", both, myPermissions, "commentId, project by UUID", "", 0, false},
		{"GET", "/rest/api/{v}/permissions", both, allPermissions, "", "", 0, false},
		{"POST", "/rest/api/{v}/permissions/check", cloud, checkPermissions, "", "", 0, false},
		{"POST", "/rest/api/{v}/permissions/project", cloud, permittedProjects, "", "", 0, false},
	}
}

func (v view) permission(p world.Permission) object {
	kind := "PROJECT"
	if p.Global {
		kind = "GLOBAL"
	}
	return object{"id": p.ID, "key": p.Key, "name": p.Name, "type": kind, "description": "Ability to: " + p.Name + "."}
}

func allPermissions(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	if !c.w.May(c.by.User, "ADMINISTER", nil) {
		return reply{}, c.notAdmin()
	}
	out := object{}
	for _, p := range world.Permissions() {
		out[p.Key] = c.v.permission(p)
	}
	return ok(object{"permissions": out})
}

// notAdmin refuses who is no administrator; the text is unverified.
func (c *call) notAdmin() error {
	return world.Refuse(403, "You are not authorized to perform this operation. Administrator privileges are required.")
}

// admin refuses whoever may not administer the site; nil for who may.
func (c *call) admin() (*reply, error) {
	if r := c.needs(); r != nil {
		return r, nil
	}
	if !c.w.May(c.by.User, "ADMINISTER", nil) {
		return nil, c.notAdmin()
	}
	return nil, nil
}

// byAdmin lets only administrators through.
func byAdmin(do handler) handler {
	return func(c *call) (reply, error) {
		if r, err := c.admin(); r != nil || err != nil {
			if r != nil {
				return *r, nil
			}
			return reply{}, err
		}
		r, err := do(c)
		if err == nil {
			c.audited(r)
		}
		return r, err
	}
}

// where is the project in which permissions are asked for; nil: everywhere.
func (c *call) where() (*world.Project, error) {
	if k := c.query.Get("issueKey") + c.query.Get("issueId"); k != "" {
		i, no := c.w.Issue(c.by.User, k)
		if no != nil {
			return nil, no
		}
		return c.w.Home(i), nil
	}
	k := c.query.Get("projectKey") + c.query.Get("projectId")
	if k == "" {
		return nil, nil
	}
	if p := c.w.Project(c.by.User, k); p != nil {
		return p, nil
	}
	return nil, world.Refuse(404, "No project could be found with key '%s'.", k)
}

// myPermissions tells what the caller may do. Cloud wants to be told which
// permissions are meant.
func myPermissions(c *call) (reply, error) {
	if r := c.needs(); r != nil && !c.v.cloud() {
		return *r, nil
	}
	p, err := c.where()
	if err != nil {
		return reply{}, err
	}
	want := names("", c.query["permissions"]...)
	if c.v.cloud() && len(want) == 0 {
		return reply{}, world.Refuse(400, "The 'permissions' query parameter is required.")
	}
	out := object{}
	for _, k := range world.Permissions() {
		if len(want) == 0 || want.has(k.Key) {
			o := c.v.permission(k)
			o["havePermission"] = c.mayIn(k.Key, p)
			out[k.Key] = o
		}
	}
	for _, k := range want {
		if _, known := out[k]; !known {
			return reply{}, world.Refuse(400, "Unrecognized permission: %s", k)
		}
	}
	return ok(object{"permissions": out})
}

// mayIn reports whether the caller has a permission in a project, or in any
// of them if none is given.
func (c *call) mayIn(key string, p *world.Project) bool {
	k, _ := world.Permitted(key)
	if p != nil || k.Global || c.w.May(c.by.User, key, nil) {
		return c.w.May(c.by.User, key, p)
	}
	return slices.ContainsFunc(c.w.Projects, func(p *world.Project) bool { return c.w.May(c.by.User, key, p) })
}

// checkPermissions tells of many projects and issues what somebody may do.
func checkPermissions(c *call) (reply, error) {
	var in struct {
		Account string   `json:"accountId"`
		Global  []string `json:"globalPermissions"`
		Project []struct {
			Permissions []string      `json:"permissions"`
			Projects    []world.Loose `json:"projects"`
			Issues      []world.Loose `json:"issues"`
		} `json:"projectPermissions"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	who := c.by.User
	if in.Account != "" && (who == nil || in.Account != who.ID) {
		if r, err := c.admin(); r != nil || err != nil {
			return reply{}, c.notAdmin()
		}
		if who = c.w.User(in.Account); who == nil {
			return reply{}, world.Refuse(400, "The user with account id '%s' does not exist.", in.Account)
		}
	}
	global, project := []any{}, []any{}
	for _, k := range in.Global {
		if p, known := world.Permitted(k); !known || !p.Global {
			return reply{}, world.Refuse(400, "Unrecognized permission: %s", k)
		}
		if c.w.May(who, k, nil) {
			global = append(global, k)
		}
	}
	for _, ask := range in.Project {
		for _, k := range ask.Permissions {
			if p, known := world.Permitted(k); !known || p.Global {
				return reply{}, world.Refuse(400, "Unrecognized permission: %s", k)
			}
			ps, is := []int64{}, []int64{}
			for _, id := range ask.Projects {
				if p := c.w.Project(who, string(id)); p != nil && c.w.May(who, k, p) {
					ps = append(ps, number(p.ID))
				}
			}
			for _, id := range ask.Issues {
				if i, no := c.w.Issue(who, string(id)); no == nil && c.w.May(who, k, c.w.Home(i)) {
					is = append(is, number(i.ID))
				}
			}
			project = append(project, object{"permission": k, "projects": ps, "issues": is})
		}
	}
	return ok(object{"globalPermissions": global, "projectPermissions": project})
}

// permittedProjects lists where the caller has all of some permissions.
func permittedProjects(c *call) (reply, error) {
	var in struct {
		Permissions []string `json:"permissions"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	for _, k := range in.Permissions {
		if _, known := world.Permitted(k); !known {
			return reply{}, world.Refuse(400, "Unrecognized permission: %s", k)
		}
	}
	out := []any{}
	for _, p := range c.visible() {
		if !slices.ContainsFunc(in.Permissions, func(k string) bool { return !c.w.May(c.by.User, k, p) }) {
			out = append(out, object{"id": number(p.ID), "key": p.Key})
		}
	}
	return ok(object{"projects": out})
}
