package jirasim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

func issueRoutes() []route {
	return []route{
		{"POST", "/rest/api/{v}/issue", both, create, "", "", 0, false},
		{"POST", "/rest/api/{v}/issue/bulk", both, createBulk, "as create", "", 0, false},
		{"POST", "/rest/api/{v}/issue/bulkfetch", cloud, bulkFetch, "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/{issue}", both, read, "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/{issue}", both, edit, "as create; verb copy; override parameters", "", 0, false},
		{"DELETE", "/rest/api/{v}/issue/{issue}", both, remove, "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/{issue}/transitions", both, openTransitions, "skipRemoteOnlyCondition", "", 0, false},
		{"POST", "/rest/api/{v}/issue/{issue}/transitions", both, transition, "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/{issue}/changelog", cloud, changelog, "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/{issue}/assignee", both, assign, "", "", 0, false},
	}
}

// issue finds the issue that the path names.
func (c *call) issue() (*world.Issue, error) {
	i, no := c.w.Issue(c.by.User, c.vars["issue"])
	if no != nil {
		return nil, no
	}
	if i.Archived && c.r.Method != "GET" && c.r.Method != "HEAD" {
		return nil, world.Refuse(400, "The issue %s is archived and cannot be changed.", i.Key) // unverified
	}
	c.by.At = i
	return i, nil
}

// number reads a numeric parameter.
func (c *call) number(name string, def int) (int, error) { return c.integer(name, def, 32) }

// millis reads an instant in milliseconds.
func (c *call) millis(name string, def int) (int, error) { return c.integer(name, def, 64) }

func (c *call) integer(name string, def, bits int) (int, error) {
	s := c.query.Get(name)
	if s == "" {
		return def, nil
	}
	n, err := strconv.ParseInt(s, 10, bits)
	if err != nil && c.v.cloud() {
		return 0, &problem{400, "Bad Request", fmt.Sprintf("Failed to convert '%s' with value: '%s'", name, s)}
	}
	if err != nil {
		return 0, &problem{404, "Not Found", c.r.URL.Path}
	}
	return int(n), nil
}

// paging reads startAt and maxResults; what makes no sense becomes the default.
func (c *call) paging(def int) (start, most int, err error) {
	if start, err = c.number("startAt", 0); err != nil {
		return 0, 0, err
	}
	if most, err = c.number("maxResults", def); err != nil {
		return 0, 0, err
	}
	if most <= 0 || most > 5000 {
		most = def
	}
	return max(start, 0), most, nil
}

func create(c *call) (reply, error) {
	var b world.Body
	if err := c.decode(&b); err != nil {
		return reply{}, err
	}
	i, err := c.w.Create(c.by, b)
	if err != nil {
		return reply{}, err
	}
	c.viewed(i)
	return reply{status: 201, body: object{"id": i.ID, "key": i.Key, "self": c.v.rest("issue", i.ID)}}, nil
}

// createBulk is not atomic: 201 if any was made: docs/JIRA.md "Create and edit".
func createBulk(c *call) (reply, error) {
	var in struct {
		Issues []world.Body `json:"issueUpdates"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.Issues) == 0 || len(in.Issues) > 50 {
		// Its words are unverified; errors, if there are any, is a list here.
		return reply{status: 400, body: messages{[]string{"The number of issues must be between 1 and 50."}}}, nil
	}
	made, failed := []any{}, []any{}
	for n, b := range in.Issues {
		i, err := c.w.Create(c.by, b)
		if err == nil {
			made = append(made, object{"id": i.ID, "key": i.Key, "self": c.v.rest("issue", i.ID)})
			continue
		}
		no, is := err.(*world.Refusal)
		if !is {
			return reply{}, err
		}
		failed = append(failed, object{"status": no.Status, "elementErrors": refused(no).body, "failedElementNumber": n})
	}
	status := 201
	if len(made) == 0 {
		status = 400
	}
	return reply{status: status, body: object{"issues": made, "errors": failed}}, nil
}

func (c *call) ask(def string) ask {
	return ask{fields: names(def, c.query["fields"]...), expand: names("", c.query["expand"]...), properties: names("", c.query["properties"]...)}
}

func read(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	rep, err := ok(c.v.issue(i, c.ask("*all")))
	c.viewed(i)
	return rep, err
}

// viewed remembers that the caller looked at an issue, where he says so.
func (c *call) viewed(i *world.Issue) {
	if c.query.Get("updateHistory") == "true" {
		c.w.View(c.by.User, i, c.by.Now)
	}
}

// quiet refuses notifyUsers=false to whoever may not have it: docs/JIRA.md "Create and edit".
func (c *call) quiet(p *world.Project) error {
	if c.query.Get("notifyUsers") != "false" || c.w.May(c.by.User, "ADMINISTER_PROJECTS", p) {
		return nil
	}
	status := 400
	if !c.v.cloud() {
		status = 403
	}
	return world.Refuse(status, "To discard the user notification either admin or project admin permissions are required.")
}

func edit(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	if err := c.quiet(c.w.Home(i)); err != nil {
		return reply{}, err
	}
	if c.v.cloud() && (c.query.Get("overrideScreenSecurity") == "true" || c.query.Get("overrideEditableFlag") == "true") {
		return reply{}, world.Refuse(403, "You do not have permission to override the screen security or the editable flag.")
	}
	var b world.Body
	if err := c.decode(&b); err != nil {
		return reply{}, err
	}
	if err := c.w.Edit(c.by, i, b); err != nil {
		return reply{}, err
	}
	if c.v.cloud() && c.query.Get("returnIssue") == "true" {
		return ok(c.v.issue(c.w.Issues[i.ID], ask{fields: choice{"*all"}, expand: names("", c.query["expand"]...)}))
	}
	return none()
}

func remove(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	if err := c.w.Delete(c.by, i, c.query.Get("deleteSubtasks") == "true"); err != nil {
		return reply{}, err
	}
	return none()
}

func openTransitions(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	ts := c.w.Open(c.by.User, i)
	if c.query.Get("includeUnavailableTransitions") == "true" && c.w.May(c.by.User, "TRANSITION_ISSUES", c.w.Home(i)) {
		ts = c.w.Ways(i)
	}
	if c.query.Get("sortByOpsBarAndStatus") == "true" {
		slices.SortStableFunc(ts, func(a, b world.Transition) int { return cmp.Compare(c.w.Stage(a.To), c.w.Stage(b.To)) })
	}
	if id := c.query.Get("transitionId"); id != "" {
		var only []world.Transition
		for _, t := range ts {
			if t.ID == id {
				only = append(only, t)
			}
		}
		ts = only
	}
	fields := names("", c.query["expand"]...).has("transitions.fields")
	return ok(object{"expand": "transitions", "transitions": c.v.transitions(i, ts, fields)})
}

func transition(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	var b world.Body
	if err := c.decode(&b); err != nil {
		return reply{}, err
	}
	if err := c.w.Transition(c.by, i, b); err != nil {
		return reply{}, err
	}
	return none()
}

func changelog(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	start, most, err := c.paging(100)
	if err != nil {
		return reply{}, err
	}
	most = min(most, 100)
	vals := []any{}
	for _, h := range page(i.History, start, most) {
		vals = append(vals, c.v.change(h))
	}
	o := object{"self": fmt.Sprintf("%s?maxResults=%d&startAt=%d", c.v.rest("issue", c.vars["issue"], "changelog"), most, start),
		"startAt": start, "maxResults": most, "total": len(i.History), "isLast": start+len(vals) >= len(i.History), "values": vals}
	if start+len(vals) < len(i.History) {
		o["nextPage"] = fmt.Sprintf("%s?maxResults=%d&startAt=%d", c.v.rest("issue", c.vars["issue"], "changelog"), most, start+len(vals))
	}
	return ok(o)
}

func assign(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	if err := c.w.Edit(c.by, i, world.Body{Fields: map[string]json.RawMessage{"assignee": c.body}}); err != nil {
		return reply{}, err
	}
	return none()
}

// bulkFetch reads up to 100 issues; moved keys are resolved, the answer is in
// order of id: docs/JIRA.md "Search".
func bulkFetch(c *call) (reply, error) {
	var in struct {
		Issues     []world.Loose `json:"issueIdsOrKeys"`
		Fields     []string      `json:"fields"`
		Expand     []string      `json:"expand"`
		Properties []string      `json:"properties"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.Issues) == 0 || len(in.Issues) > 100 {
		return reply{}, world.Refuse(400, "The number of issue IDs or keys must be between 1 and 100.")
	}
	found, errs := map[string]*world.Issue{}, []any{}
	for _, k := range in.Issues {
		i, no := c.w.Issue(c.by.User, string(k))
		if no != nil {
			errs = append(errs, object{"id": string(k), "errorMessage": strings.Join(no.Messages, " ")})
			continue
		}
		found[fmt.Sprintf("%020s", i.ID)] = i
	}
	out := []any{}
	a := ask{fields: names("*navigable", in.Fields...), expand: names("", in.Expand...), properties: names("", in.Properties...)}
	for _, id := range sortedKeys(found) {
		out = append(out, c.v.issue(found[id], a))
	}
	return ok(object{"expand": "names,schema", "issues": out, "issueErrors": errs})
}
