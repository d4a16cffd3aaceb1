package jirasim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

func statusRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/statuses", cloud, loggedIn(statusesByID), "", "", 0, false},
		{"POST", "/rest/api/{v}/statuses", cloud, byAdmin(addStatuses), "statuses of single projects", "", 0, false},
		{"PUT", "/rest/api/{v}/statuses", cloud, byAdmin(editStatuses), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/statuses", cloud, byAdmin(deleteStatuses), "", "", 0, false},
		{"GET", "/rest/api/{v}/statuses/byNames", cloud, loggedIn(statusesByName), "statuses of single projects", "", 0, false},
		{"GET", "/rest/api/{v}/statuses/search", cloud, loggedIn(statusSearch), "statuses of single projects", "", 0, false},
		{"GET", "/rest/api/{v}/statuses/{id}/projectUsages", cloud, byAdmin(onStatus(statusProjects)), "", "", 0, false},
		{"GET", "/rest/api/{v}/statuses/{id}/project/{project}/issueTypeUsages", cloud, byAdmin(onStatus(statusTypes)), "", "", 0, false},
		{"GET", "/rest/api/{v}/statuses/{id}/workflowUsages", cloud, byAdmin(onStatus(statusWorkflows)), "", "", 0, false},
		{"GET", "/rest/api/{v}/status/page", center, paged(statuses), "projectIds, issueTypeIds", "", 0, false},
		{"GET", "/rest/api/{v}/issuetype/page", center, paged(issueTypes), "projectIds", "", 0, false},
		{"GET", "/rest/api/{v}/statuscategory/{id}", both, statusCategory, "", "", 0, false},
	}
}

// kinds are the categories of status as Cloud's bulk resources name them.
var kinds = map[string]int{"TODO": 2, "IN_PROGRESS": 4, "DONE": 3}

// jiraStatus is a status as the resource for many of them shows it.
func jiraStatus(s *world.Status) object {
	kind := "IN_PROGRESS"
	for name, n := range kinds {
		if n == s.Category {
			kind = name
		}
	}
	return object{"id": s.ID, "name": s.Name, "description": s.Description, "statusCategory": kind, "scope": object{"type": "GLOBAL"}}
}

func statusesByID(c *call) (reply, error) {
	ids := names("", c.query["id"]...)
	if len(ids) == 0 || len(ids) > 50 {
		return reply{}, world.Refuse(400, "The number of ids must be between 1 and 50.")
	}
	out := []any{}
	for _, id := range ids {
		if s := c.w.Status(id); s != nil {
			out = append(out, jiraStatus(s))
		}
	}
	return ok(out)
}

func statusesByName(c *call) (reply, error) {
	if !c.query.Has("name") {
		return reply{}, world.Refuse(400, "At least one name is required.")
	}
	out := []any{}
	for _, s := range c.w.Statuses {
		if slices.ContainsFunc(c.query["name"], func(n string) bool { return strings.EqualFold(n, s.Name) }) {
			out = append(out, jiraStatus(s))
		}
	}
	return ok(out)
}

func statusSearch(c *call) (reply, error) {
	all, q, kind := []any{}, strings.ToLower(c.query.Get("searchString")), c.query.Get("statusCategory")
	for _, s := range c.w.Statuses {
		if o := jiraStatus(s); strings.Contains(strings.ToLower(s.Name), q) && (kind == "" || kind == o["statusCategory"]) {
			all = append(all, o)
		}
	}
	return c.pageOf(all, 200)
}

// A statusBody is a status as it is created and changed.
type statusBody struct {
	ID          world.Loose `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Category    string      `json:"statusCategory"`
	Reference   string      `json:"statusReference"` // in workflows
}

// statusOf checks what a status is to be. The texts are unverified.
func (c *call) statusOf(b statusBody, id string) (world.Status, error) {
	s := world.Status{ID: id, Name: strings.TrimSpace(b.Name), Description: b.Description, Category: kinds[b.Category]}
	switch {
	case s.Name == "":
		return s, world.Refuse(400, "The name of a status must not be empty.")
	case len(s.Name) > 255:
		return s, world.Refuse(400, "The name of a status must not exceed 255 characters in length.")
	case s.Category == 0:
		return s, world.Refuse(400, "The status category '%s' is not valid.", b.Category)
	case slices.ContainsFunc(c.w.Statuses, func(x *world.Status) bool { return x.ID != id && strings.EqualFold(x.Name, s.Name) }):
		return s, world.Refuse(409, "Status names must be unique: '%s' is used by another status.", s.Name)
	}
	return s, nil
}

// addStatus keeps a status that was checked.
func (c *call) addStatus(s world.Status) *world.Status {
	for s.ID = c.w.Next("status"); c.w.Status(s.ID) != nil; {
		s.ID = c.w.Next("status")
	}
	c.w.Statuses = append(c.w.Statuses, &s)
	return &s
}

func addStatuses(c *call) (reply, error) {
	var in struct {
		Scope *struct {
			Type string `json:"type"`
		} `json:"scope"`
		Statuses []statusBody `json:"statuses"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Scope == nil || in.Scope.Type != "GLOBAL" && in.Scope.Type != "PROJECT" || len(in.Statuses) == 0 {
		return reply{}, world.Refuse(400, "The scope and at least one status are required.")
	}
	var made []world.Status
	for _, b := range in.Statuses {
		s, err := c.statusOf(b, "")
		if err == nil && slices.ContainsFunc(made, func(x world.Status) bool { return strings.EqualFold(x.Name, s.Name) }) {
			err = world.Refuse(409, "Status names must be unique: '%s' is there twice.", s.Name)
		}
		if err != nil {
			return reply{}, err
		}
		made = append(made, s)
	}
	out := []any{}
	for _, s := range made {
		out = append(out, jiraStatus(c.addStatus(s)))
	}
	return ok(out)
}

func editStatuses(c *call) (reply, error) {
	var in struct {
		Statuses []statusBody `json:"statuses"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.Statuses) == 0 {
		return reply{}, world.Refuse(400, "At least one status is required.")
	}
	next := map[*world.Status]world.Status{}
	for _, b := range in.Statuses {
		was := c.w.Status(string(b.ID))
		if was == nil {
			return reply{}, world.Refuse(400, "The status with id '%s' does not exist.", b.ID)
		}
		s, err := c.statusOf(b, was.ID)
		if err != nil {
			return reply{}, err
		}
		next[was] = s
	}
	for was, s := range next {
		*was = s
	}
	return none()
}

// deleteStatuses ends statuses that no workflow has.
func deleteStatuses(c *call) (reply, error) {
	ids := names("", c.query["id"]...)
	if len(ids) == 0 || len(ids) > 50 {
		return reply{}, world.Refuse(400, "The number of ids must be between 1 and 50.")
	}
	for _, id := range ids {
		switch {
		case c.w.Status(id) == nil:
			return reply{}, world.Refuse(400, "The status with id '%s' does not exist.", id)
		case c.w.Held("status", id) || len(c.workflowsWith(id)) > 0:
			return reply{}, world.Refuse(400, "The status with id '%s' is in use and cannot be deleted.", id)
		}
	}
	c.w.Statuses = slices.DeleteFunc(c.w.Statuses, func(s *world.Status) bool { return ids.has(s.ID) })
	return none()
}

func (c *call) workflowsWith(status string) []*world.Workflow {
	return slices.DeleteFunc(slices.Clone(c.w.Workflows), func(f *world.Workflow) bool { return !slices.Contains(f.Statuses, status) })
}

func onStatus(do func(*call, *world.Status) (reply, error)) handler {
	return func(c *call) (reply, error) {
		s := c.w.Status(c.vars["id"])
		if s == nil {
			return reply{}, world.Refuse(404, "The status with id '%s' does not exist", c.vars["id"])
		}
		return do(c, s)
	}
}

// usages is a page of ids inside of the answer about what uses something. Its
// token is where the next page starts.
func (c *call) usages(name string, ids []string, o object) (reply, error) {
	most, err := c.number("maxResults", 50)
	if err != nil {
		return reply{}, err
	}
	start, _ := strconv.Atoi(cmp.Or(c.query.Get("nextPageToken"), "0"))
	most = min(max(most, 1), 200)
	vals := []any{}
	for _, id := range page(ids, start, most) {
		vals = append(vals, object{"id": id})
	}
	list := object{"values": vals}
	if max(start, 0)+len(vals) < len(ids) && len(vals) > 0 {
		list["nextPageToken"] = strconv.Itoa(max(start, 0) + len(vals))
	}
	o[name] = list
	return ok(o)
}

func statusProjects(c *call, s *world.Status) (reply, error) {
	var ids []string
	for _, p := range c.w.Projects {
		if slices.Contains(c.w.StatusesOf(p, ""), s) {
			ids = append(ids, p.ID)
		}
	}
	return c.usages("projects", ids, object{"statusId": s.ID})
}

func statusTypes(c *call, s *world.Status) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	var ids []string
	for _, t := range p.Types {
		if slices.Contains(c.w.StatusesOf(p, t), s) {
			ids = append(ids, t)
		}
	}
	return c.usages("issueTypes", ids, object{"statusId": s.ID, "projectId": p.ID})
}

func statusWorkflows(c *call, s *world.Status) (reply, error) {
	var ids []string
	for _, f := range c.workflowsWith(s.ID) {
		ids = append(ids, f.ID)
	}
	return c.usages("workflows", ids, object{"statusId": s.ID})
}

func statusCategory(c *call) (reply, error) {
	for _, x := range categories(c) {
		o := x.(object)
		if id := c.vars["id"]; id == o["key"] || id == strconv.Itoa(o["id"].(int)) {
			return ok(o)
		}
	}
	return reply{}, world.Refuse(404, "The status category with id '%s' does not exist", c.vars["id"])
}
