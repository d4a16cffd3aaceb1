package jirasim

import (
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

func workflowRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/workflow", center, loggedIn(workflowList), "steps of drafts", "", 0, false},
		{"GET", "/rest/api/{v}/workflow/search", cloud, byAdmin(workflowPage), "drafts", "", 0, false},
		{"GET", "/rest/api/{v}/workflows/search", cloud, byAdmin(workflowSearch), "usages; scope", "", 0, false},
		{"POST", "/rest/api/{v}/workflows", cloud, byAdmin(readWorkflows), "", "", 0, false},
		{"GET", "/rest/api/{v}/workflows/capabilities", cloud, byAdmin(capabilities), "rules of apps, triggers", "", 0, false},
		{"POST", "/rest/api/{v}/workflows/create", cloud, byAdmin(addWorkflows), "workflows of single projects; rules but those that GET capabilities lists; layout and properties", "", 0, false},
		{"POST", "/rest/api/{v}/workflows/create/validation", cloud, byAdmin(validWorkflows), "more than the first error; warnings", "", 0, false},
		{"POST", "/rest/api/{v}/workflows/update", cloud, byAdmin(editWorkflows), "as create; mappings by type of issue", "", 0, false},
		{"POST", "/rest/api/{v}/workflows/update/validation", cloud, byAdmin(validUpdate), "as that of create", "", 0, false},
		{"DELETE", "/rest/api/{v}/workflow/{id}", cloud, byAdmin(onWorkflow(deleteWorkflow)), "", "", 0, false},
		{"GET", "/rest/api/{v}/workflow/{id}/projectUsages", cloud, byAdmin(onWorkflow(workflowProjects)), "", "", 0, false},
		{"GET", "/rest/api/{v}/workflow/{id}/project/{project}/issueTypeUsages", cloud, byAdmin(onWorkflow(workflowTypes)), "", "", 0, false},
		{"GET", "/rest/api/{v}/workflow/{id}/workflowSchemes", cloud, byAdmin(onWorkflow(workflowSchemesOf)), "", "", 0, false},
	}
}

func onWorkflow(do func(*call, *world.Workflow) (reply, error)) handler {
	return func(c *call) (reply, error) {
		for _, f := range c.w.Workflows {
			if f.ID == c.vars["id"] {
				return do(c, f)
			}
		}
		return reply{}, world.Refuse(404, "The workflow with id '%s' does not exist.", c.vars["id"])
	}
}

// workflowList shows workflows as Data Center does, or the one that is named.
func workflowList(c *call) (reply, error) {
	out := []any{}
	for _, f := range c.w.Workflows {
		o := object{"name": f.Name, "description": f.Description, "steps": len(f.Statuses), "default": f.System}
		if !f.System {
			o["lastModifiedDate"], o["lastModifiedUser"] = f.Edited.Format("02/Jan/06 3:04 PM"), c.w.Users[0].Name
		}
		if c.query.Get("workflowName") == f.Name {
			return ok(o)
		}
		out = append(out, o)
	}
	if name := c.query.Get("workflowName"); name != "" {
		return reply{}, world.Refuse(404, "The workflow '%s' was not found.", name)
	}
	return ok(out)
}

// sought are the workflows that a search asks for.
func (c *call) sought(word string) []*world.Workflow {
	q, called := strings.ToLower(c.query.Get("queryString")), c.query[word]
	out := slices.DeleteFunc(slices.Clone(c.w.Workflows), func(f *world.Workflow) bool {
		active := c.query.Get("isActive")
		return !strings.Contains(strings.ToLower(f.Name), q) || len(called) > 0 && !slices.Contains(called, f.Name) ||
			active != "" && (active == "true") != (len(c.w.Followers(f)) > 0)
	})
	by, desc := strings.CutPrefix(c.query.Get("orderBy"), "-")
	switch strings.TrimPrefix(by, "+") {
	case "name":
		slices.SortStableFunc(out, func(a, b *world.Workflow) int { return strings.Compare(a.Name, b.Name) })
	case "created", "updated":
		slices.SortStableFunc(out, func(a, b *world.Workflow) int { return a.Edited.Compare(b.Edited) })
	}
	if desc {
		slices.Reverse(out)
	}
	return out
}

func (c *call) stamped(o object, f *world.Workflow) {
	for name, t := range map[string]time.Time{"created": f.Made, "updated": f.Edited} {
		if !t.IsZero() {
			o[name] = c.v.stamp(t)
		}
	}
}

func workflowPage(c *call) (reply, error) {
	all, e := []any{}, names("", c.query["expand"]...)
	for _, f := range c.sought("workflowName") {
		o := object{"id": object{"name": f.Name, "entityId": f.ID}, "description": f.Description, "isDefault": f.System}
		c.stamped(o, f)
		active := len(c.w.Followers(f)) > 0
		if e.has("operations") {
			o["operations"] = object{"canEdit": !f.System, "canDelete": !f.System && !active}
		}
		if e.has("default") {
			o["hasDraftWorkflow"] = false
		}
		if e.has("statuses") {
			o["statuses"] = c.stepsOf(f)
		}
		if e.has("transitions") || e.has("transitions.rules") || e.has("transitions.properties") {
			o["transitions"] = c.stepsBetween(f, e.has("transitions.rules"))
		}
		if e.has("schemes") {
			list := []any{}
			for _, s := range c.schemesWith(f) {
				list = append(list, object{"id": s.ID, "name": s.Name})
			}
			o["schemes"] = list
		}
		if e.has("projects") {
			list := []any{}
			for _, p := range c.w.Followers(f) {
				list = append(list, c.v.project(p))
			}
			o["projects"] = list
		}
		all = append(all, o)
	}
	return c.pageOf(all, 50)
}

func (c *call) stepsOf(f *world.Workflow) []any {
	out := []any{}
	for _, id := range f.Statuses {
		if s := c.w.Status(id); s != nil {
			out = append(out, object{"id": id, "name": s.Name, "properties": object{"issueEditable": true}})
		}
	}
	return out
}

// stepsBetween are the transitions as the older resource shows them.
func (c *call) stepsBetween(f *world.Workflow, rules bool) []any {
	out := []any{object{"id": "1", "name": "Create", "description": "", "from": []string{}, "to": f.Initial, "type": "initial"}}
	for _, t := range f.Transitions {
		o := object{"id": t.ID, "name": t.Name, "description": t.Description, "from": strs(t.From), "to": t.To, "type": "directed"}
		if len(t.From) == 0 {
			o["type"] = "global"
		}
		if rules {
			posts := []any{}
			for _, r := range actionsOf(t) {
				posts = append(posts, object{"type": "UpdateIssueFieldFunction", "configuration": r["parameters"]})
			}
			for _, kind := range []string{"UpdateIssueStatusFunction", "CreateCommentFunction", "GenerateChangeHistoryFunction", "IssueReindexFunction", "FireIssueEventFunction"} {
				posts = append(posts, object{"type": kind})
			}
			checks := []any{}
			if len(t.Required) > 0 {
				checks = append(checks, object{"type": "FieldRequiredValidator", "configuration": object{"fields": t.Required, "ignoreContext": true}})
			}
			o["rules"] = object{"conditions": []any{}, "validators": checks, "postFunctions": posts}
		}
		out = append(out, o)
	}
	return out
}

// drawn is a workflow as Cloud's bulk resources show it.
func (c *call) drawn(f *world.Workflow) object {
	o := object{"id": f.ID, "name": f.Name, "description": f.Description, "scope": object{"type": "GLOBAL"}, "isEditable": !f.System,
		"version": object{"id": version(f), "versionNumber": f.Revision}, "startPointLayout": object{"x": 0.0, "y": 0.0}}
	c.stamped(o, f)
	steps := []any{}
	for n, id := range f.Statuses {
		steps = append(steps, object{"statusReference": id, "deprecated": false, "properties": object{}, "layout": object{"x": float64(200 * (n + 1)), "y": 0.0}})
	}
	o["statuses"] = steps
	moves := []any{object{"id": "1", "name": "Create", "description": "", "type": "INITIAL", "toStatusReference": f.Initial, "links": []any{}, "actions": []any{}, "validators": []any{}, "triggers": []any{}, "properties": object{}}}
	for _, t := range f.Transitions {
		moves = append(moves, c.move(t))
	}
	o["transitions"] = moves
	return o
}

func version(f *world.Workflow) string {
	return world.UUID(f.ID + "/" + string(rune('0'+f.Revision%10)) + "/" + f.Edited.String())
}

func (c *call) move(t world.Transition) object {
	o := object{"id": t.ID, "name": t.Name, "description": t.Description, "type": "DIRECTED", "toStatusReference": t.To, "properties": object{}, "triggers": []any{},
		"actions": actionsOf(t), "validators": validatorsOf(t)}
	links := []any{}
	for _, id := range t.From {
		links = append(links, object{"fromStatusReference": id, "fromPort": 0, "toPort": 0})
	}
	o["links"] = links
	if len(t.From) == 0 {
		o["type"] = "GLOBAL"
	}
	if t.Who != nil {
		o["conditions"] = object{"operation": "ALL", "conditionGroups": []any{}, "conditions": []any{c.conditionOf(*t.Who)}}
	}
	return o
}

// described are the statuses of some workflows.
func (c *call) described(fs []*world.Workflow) []any {
	out := []any{}
	for _, s := range c.w.Statuses {
		if slices.ContainsFunc(fs, func(f *world.Workflow) bool { return slices.Contains(f.Statuses, s.ID) }) {
			o := jiraStatus(s)
			o["statusReference"] = s.ID
			out = append(out, o)
		}
	}
	return out
}

func (c *call) shown(fs []*world.Workflow) object {
	all := []any{}
	for _, f := range fs {
		all = append(all, c.drawn(f))
	}
	return object{"statuses": c.described(fs), "workflows": all}
}

func workflowSearch(c *call) (reply, error) {
	fs := c.sought("name")
	all := []any{}
	for _, f := range fs {
		all = append(all, c.drawn(f))
	}
	r, err := c.pageOf(all, 50)
	if err == nil {
		r.body.(object)["statuses"] = c.described(fs)
	}
	return r, err
}

func readWorkflows(c *call) (reply, error) {
	var in struct {
		IDs   []string `json:"workflowIds"`
		Names []string `json:"workflowNames"`
		Used  []struct {
			Project world.Loose `json:"projectId"`
			Type    world.Loose `json:"issueTypeId"`
		} `json:"projectAndIssueTypes"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	var used []*world.Workflow
	for _, u := range in.Used {
		if p := c.w.Project(c.by.User, string(u.Project)); p != nil {
			used = append(used, c.w.Flow(p, string(u.Type)))
		}
	}
	if len(in.IDs)+len(in.Names)+len(in.Used) == 0 {
		return reply{}, world.Refuse(400, "Workflows must be named by ids, names, or projects and types.")
	}
	return ok(c.shown(slices.DeleteFunc(slices.Clone(c.w.Workflows), func(f *world.Workflow) bool {
		return !slices.Contains(in.IDs, f.ID) && !slices.Contains(in.Names, f.Name) && !slices.Contains(used, f)
	})))
}

func (c *call) schemesWith(f *world.Workflow) []*world.FlowScheme {
	return slices.DeleteFunc(slices.Clone(c.w.FlowSchemes), func(s *world.FlowScheme) bool {
		for _, id := range s.ByType {
			if id == f.ID {
				return false
			}
		}
		return s.Default != f.ID
	})
}

func deleteWorkflow(c *call, f *world.Workflow) (reply, error) {
	if f.System || len(c.schemesWith(f)) > 0 {
		return reply{}, world.Refuse(400, "Cannot delete workflow '%s' as it is the system's, or used by a workflow scheme.", f.Name)
	}
	c.w.Workflows = slices.DeleteFunc(c.w.Workflows, func(x *world.Workflow) bool { return x == f })
	return none()
}

func workflowProjects(c *call, f *world.Workflow) (reply, error) {
	var ids []string
	for _, p := range c.w.Followers(f) {
		ids = append(ids, p.ID)
	}
	return c.usages("projects", ids, object{"workflowId": f.ID})
}

func workflowTypes(c *call, f *world.Workflow) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	var ids []string
	for _, t := range p.Types {
		if c.w.Flow(p, t) == f {
			ids = append(ids, t)
		}
	}
	return c.usages("issueTypes", ids, object{"workflowId": f.ID, "projectId": p.ID})
}

func workflowSchemesOf(c *call, f *world.Workflow) (reply, error) {
	var ids []string
	for _, s := range c.schemesWith(f) {
		ids = append(ids, s.ID)
	}
	return c.usages("workflowSchemes", ids, object{"workflowId": f.ID})
}
