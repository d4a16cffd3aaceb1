package jirasim

import (
	"cmp"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func metaRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/priority", both, list(priorities), "", "", 0, false},
		{"GET", "/rest/api/{v}/priority/search", cloud, paged(priorities), "projectId", "", 0, false},
		{"GET", "/rest/api/{v}/priority/{id}", both, one(priorities, "The priority with id '%s' does not exist"), "", "", 0, false},
		{"GET", "/rest/api/{v}/status", both, list(statuses), "", "", 0, false},
		{"GET", "/rest/api/{v}/status/{id}", both, one(statuses, "The status with id '%s' does not exist"), "", "", 0, false},
		{"GET", "/rest/api/{v}/statuscategory", both, list(categories), "", "", 0, false},
		{"GET", "/rest/api/{v}/issuetype", both, list(issueTypes), "", "", 0, false},
		{"GET", "/rest/api/{v}/issuetype/{id}", both, one(issueTypes, "The issue type with id '%s' does not exist"), "", "", 0, false},
		{"GET", "/rest/api/{v}/resolution", both, list(resolutions), "", "", 0, false},
		{"GET", "/rest/api/{v}/resolution/search", cloud, paged(resolutions), "", "", 0, false},
		{"GET", "/rest/api/{v}/resolution/{id}", both, one(resolutions, "The resolution with id '%s' does not exist"), "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/createmeta", cloud, oldCreateMeta, "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/createmeta/{project}/issuetypes", both, createTypes, "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/createmeta/{project}/issuetypes/{type}", both, createFields, "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/{issue}/editmeta", both, editMeta, "override parameters", "", 0, false},
	}
}

func priorities(c *call) []any {
	out := []any{}
	for _, p := range c.w.Priorities {
		o := c.v.priority(p.ID).(object)
		o["statusColor"], o["description"] = p.Color, p.Description
		if strings.HasSuffix(c.route.path, "search") {
			o["isDefault"] = p.ID == c.w.DefaultPriority()
		}
		out = append(out, o)
	}
	return out
}

func statuses(c *call) []any {
	out := []any{}
	for _, s := range c.w.Statuses {
		o := c.v.status(s.ID).(object)
		if c.v.cloud() {
			o["untranslatedName"] = s.Name
		}
		out = append(out, o)
	}
	return out
}

func categories(c *call) []any {
	return []any{c.v.category(1), c.v.category(2), c.v.category(4), c.v.category(3)}
}

func issueTypes(c *call) []any {
	out := []any{}
	for _, t := range c.w.Types {
		o := c.v.issueType(t.ID).(object)
		if c.v.cloud() {
			o["untranslatedName"] = t.Name
		}
		out = append(out, o)
	}
	return out
}

func resolutions(c *call) []any {
	out := []any{}
	for _, r := range c.w.Resolutions {
		o := c.v.resolution(r.ID).(object)
		if strings.HasSuffix(c.route.path, "search") {
			o["default"] = r.ID == c.w.Defaults["resolution"]
		}
		out = append(out, o)
	}
	return out
}

// list, paged and one make the three ways to read a list of named things.
func list(all func(*call) []any) handler {
	return func(c *call) (reply, error) { return ok(all(c)) }
}

func paged(all func(*call) []any) handler {
	return func(c *call) (reply, error) {
		start, most, err := c.paging(50)
		if err != nil {
			return reply{}, err
		}
		found := slices.DeleteFunc(all(c), func(x any) bool { return !c.asksFor(x.(object)) })
		vals := page(found, start, most)
		return ok(object{"startAt": start, "maxResults": most, "total": len(found), "isLast": start+len(vals) >= len(found), "values": vals})
	}
}

// asksFor reports whether a search for named things finds this one: by id, by
// words of its name, or because it is the default.
func (c *call) asksFor(o object) bool {
	name, _ := o["name"].(string)
	ids, words := names("", c.query["id"]...), cmp.Or(c.query.Get("query"), c.query.Get("priorityName"))
	byDefault := o["isDefault"] == true || o["default"] == true
	return (len(ids) == 0 || ids.has(o["id"].(string))) && strings.Contains(strings.ToLower(name), strings.ToLower(words)) && (byDefault || c.query.Get("onlyDefault") != "true")
}

func one(all func(*call) []any, missing string) handler {
	return func(c *call) (reply, error) {
		for _, x := range all(c) {
			if o := x.(object); o["id"] == c.vars["id"] || c.route.path == "/rest/api/{v}/status/{id}" && strings.EqualFold(o["name"].(string), c.vars["id"]) {
				return ok(o)
			}
		}
		return reply{}, world.Refuse(404, missing, c.vars["id"])
	}
}

// oldCreateMeta tells of all projects at once, of the fields too where expand
// asks for them.
func oldCreateMeta(c *call) (reply, error) {
	ps, keys, ids := []any{}, names("", c.query["projectKeys"]...), names("", c.query["projectIds"]...)
	kinds, called := names("", c.query["issuetypeIds"]...), names("", c.query["issuetypeNames"]...)
	fields := names("", c.query["expand"]...).has("projects.issuetypes.fields")
	for _, p := range c.visible() {
		if len(keys)+len(ids) > 0 && !keys.has(p.Key) && !ids.has(p.ID) || !c.w.May(c.by.User, "CREATE_ISSUES", p) {
			continue
		}
		types := []any{}
		for _, id := range p.Types {
			if len(kinds)+len(called) > 0 && !kinds.has(id) && !called.has(c.w.Type(id).Name) {
				continue
			}
			o := c.v.issueType(id).(object)
			if fields {
				all := object{}
				for _, m := range c.v.createmeta(p, id) {
					all[m["fieldId"].(string)] = m
				}
				o["fields"], o["expand"] = all, "fields"
			}
			types = append(types, o)
		}
		ps = append(ps, object{"self": c.v.rest("project", p.ID), "id": p.ID, "key": p.Key, "name": p.Name, "avatarUrls": c.v.project(p)["avatarUrls"], "issuetypes": types})
	}
	r := reply{status: 200, body: object{"expand": "projects", "projects": ps}}
	r.set("Warning", "The issue create meta endpoint has been deprecated. (Deprecation start date: June 03, 2024)")
	return r, nil
}

// createTypes and createFields differ only in the name of their list, and on
// Data Center it is always "values": docs/JIRA.md "Create and edit".
func createTypes(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	all := []any{}
	for _, id := range p.Types {
		all = append(all, c.v.issueType(id))
	}
	return c.metaPage("issueTypes", all)
}

func createFields(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	if !slices.Contains(p.Types, c.vars["type"]) {
		return reply{}, world.Refuse(404, "The issue type with id '%s' does not exist", c.vars["type"])
	}
	all := []any{}
	for _, m := range c.v.createmeta(p, c.vars["type"]) {
		all = append(all, m)
	}
	return c.metaPage("fields", all)
}

func (c *call) metaPage(name string, all []any) (reply, error) {
	start, most, err := c.paging(50)
	if err != nil {
		return reply{}, err
	}
	if most > 200 {
		return reply{}, world.Refuse(400, "Parameter 'maxResults' must not exceed the limit '200'")
	}
	vals := page(all, start, most)
	o := object{"startAt": start, "maxResults": most, "total": len(all)}
	if c.v.cloud() {
		o[name] = vals
	} else {
		o["values"], o["isLast"] = vals, start+len(vals) >= len(all)
	}
	return ok(o)
}

func editMeta(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	return ok(object{"fields": c.v.editmeta(i)})
}
