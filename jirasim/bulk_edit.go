package jirasim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func bulkRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/bulk/issues/fields", cloud, loggedIn(bulkFields), "fields of single types of issue", "", 0, false},
		{"POST", "/rest/api/{v}/bulk/issues/fields", cloud, loggedIn(bulkEdit), "colours", "", 0, false},
		{"GET", "/rest/api/{v}/bulk/issues/transition", cloud, loggedIn(bulkTransitions), "", "", 0, false},
		{"POST", "/rest/api/{v}/issue/archive", cloud, byAdmin(archiveFound), "", "", 0, false},
		{"PUT", "/rest/api/{v}/issues/archive/export", cloud, byAdmin(exportArchived), "the file, which comes by mail", "", 0, false},
		{"GET", "/rest/api/{v}/issue/limit/report", cloud, byAdmin(limitReport), "", "", 0, false},
	}
}

// several reads the issues that a query names, each of which has to be there.
func (c *call) several() ([]*world.Issue, error) {
	ids := names("", c.query["issueIdsOrKeys"]...)
	if err := c.selected(ids); err != nil {
		return nil, err
	}
	var out []*world.Issue
	for _, id := range ids {
		i, no := c.w.Issue(c.by.User, id)
		if no != nil {
			return nil, &unfit{"Some of the issues in the issueIdsOrKeys are not valid"}
		}
		out = append(out, i)
	}
	return out, nil
}

// mostBulk is how many fields or workflows a page shows.
const mostBulk = 50

// cursor is the part of a list that startingAfter and endingBefore name, by the
// ids of its elements, with the cursors of its neighbours.
func (c *call) cursor(o object, name string, all []any, id func(any) string) (reply, error) {
	at := func(s string) int { return slices.IndexFunc(all, func(x any) bool { return id(x) == s }) }
	first := at(c.query.Get("startingAfter")) + 1
	if end := c.query.Get("endingBefore"); end != "" {
		first = max(0, at(end)-mostBulk)
	}
	some := page(all, first, mostBulk)
	o[name] = some
	if first > 0 && len(some) > 0 {
		o["endingBefore"] = id(some[0])
	}
	if first+len(some) < len(all) {
		o["startingAfter"] = id(some[len(some)-1])
	}
	return ok(o)
}

// bulkFields lists what all of some issues let be edited.
func bulkFields(c *call) (reply, error) {
	issues, err := c.several()
	if err != nil {
		return reply{}, err
	}
	var out []any
	for _, id := range sortedKeys(c.v.editmeta(issues[0])) {
		f := c.w.Field(id)
		if f == nil || bulkKind(f) == "" || !strings.Contains(strings.ToLower(f.Name), strings.ToLower(c.query.Get("searchText"))) ||
			slices.ContainsFunc(issues, func(i *world.Issue) bool { return c.v.editmeta(i)[id] == nil }) {
			continue
		}
		o := object{"id": id, "name": f.Name, "type": bulkKind(f), "isRequired": id == "summary" || id == "issuetype"}
		if vals := c.v.allowed(f, c.w.Home(issues[0])); vals != nil {
			o["fieldOptions"] = vals
		}
		if slices.Contains(f.Verbs(), "remove") {
			o["multiSelectFieldOptions"] = []string{"ADD", "REMOVE", "REPLACE", "REMOVE_ALL"}
		}
		out = append(out, o)
	}
	if len(out) == 0 {
		return reply{status: 404, body: (&unfit{"No editable fields found for the provided issue IDs."}).reply().body}, nil // unverified
	}
	return c.cursor(object{}, "fields", out, func(x any) string { return x.(object)["id"].(string) })
}

// bulkKind is what a bulk edit calls the type of a field; empty: it cannot edit it.
func bulkKind(f *world.Field) string {
	if !f.Custom && slices.Contains([]string{"assignee", "reporter", "components", "fixVersions", "versions", "labels", "priority", "issuetype", "duedate"}, f.ID) {
		return f.ID
	}
	switch f.Kind {
	case world.Line, world.Rich, world.Number, world.Date, world.Instant, world.Select, world.Choices, world.Cascade, world.Labels, world.Person, world.People, world.Address, world.VersionsOf, world.VersionOf, world.GroupIn, world.GroupsIn:
		return f.StyleOf()
	}
	return ""
}

// An edit of one field in bulk: whole, or what is added, removed or put in the
// place of everything.
type bulkValue struct {
	Field string
	Verb  string // "", "ADD", "REMOVE", "REPLACE" or "REMOVE_ALL"
	Value any
}

// bulkInput reads editedFieldsInput: where each part of it keeps its value, and
// how an edit of one issue writes that.
func bulkInput(raw map[string]json.RawMessage) (out []bulkValue, err error) {
	for _, name := range sortedKeys(raw) {
		var one map[string]any
		var list []map[string]any
		if json.Unmarshal(raw[name], &list) != nil {
			if json.Unmarshal(raw[name], &one) != nil {
				return nil, &unfit{"The value of " + name + " is not valid."} // unverified
			}
			list = []map[string]any{one}
		}
		for _, m := range list {
			id, _ := m["fieldId"].(string)
			verb, _ := m["bulkEditMultiSelectFieldOption"].(string)
			v := bulkValue{Field: map[string]string{"priority": "priority", "issueType": "issuetype", "originalEstimateField": "timetracking", "timeTrackingField": "timetracking", "status": "status"}[name], Verb: verb, Value: bulkWritten(name, m)}
			if id != "" {
				v.Field = id
			}
			out = append(out, v)
		}
	}
	return out, nil
}

// bulkRef names what x names by a member, by another.
func bulkRef(x any, from, to string) any {
	if dug(x, from) == nil {
		return nil
	}
	return map[string]any{to: fmt.Sprint(dug(x, from))}
}

// bulkRefs does so for each of a list.
func bulkRefs(x any, from, to string) any {
	out := []any{}
	l, _ := x.([]any)
	for _, e := range l {
		out = append(out, bulkRef(e, from, to))
	}
	return out
}

// bulkCascade is an option and one below it. Without the upper there is nothing.
func bulkCascade(up, down any) any {
	v := bulkRef(up, "optionId", "id")
	if o, ok := v.(map[string]any); ok && dug(down, "optionId") != nil {
		o["child"] = bulkRef(down, "optionId", "id")
	}
	return v
}

// bulkWritten is the value of one part of a bulk edit as fields have it.
func bulkWritten(part string, m map[string]any) any {
	switch part {
	case "cascadingSelectFields":
		return bulkCascade(m["parentOptionValue"], m["childOptionValue"])
	case "clearableNumberFields":
		return m["value"]
	case "datePickerFields":
		return dug(m["date"], "formattedDate")
	case "dateTimePickerFields":
		return dug(m["dateTime"], "formattedDateTime")
	case "issueType":
		return bulkRef(m, "issueTypeId", "id")
	case "priority":
		return bulkRef(m, "priorityId", "id")
	case "labelsFields":
		out := []any{}
		l, _ := m["labels"].([]any)
		for _, e := range l {
			out = append(out, dug(e, "name"))
		}
		return out
	case "multipleGroupPickerFields":
		return bulkRefs(m["groups"], "groupName", "name")
	case "multipleSelectClearableUserPickerFields":
		return bulkRefs(m["users"], "accountId", "accountId")
	case "multipleSelectFields":
		return bulkRefs(m["options"], "optionId", "id")
	case "multipleVersionPickerFields":
		return bulkRefs(m["versions"], "versionId", "id")
	case "multiselectComponents":
		return bulkRefs(m["components"], "componentId", "id")
	case "originalEstimateField":
		return map[string]any{"originalEstimate": m["originalEstimateField"]}
	case "timeTrackingField":
		return map[string]any{"remainingEstimate": m["timeRemaining"]}
	case "richTextFields":
		return dug(m["richText"], "adfValue")
	case "singleGroupPickerFields":
		return bulkRef(m["group"], "groupName", "name")
	case "singleLineTextFields":
		return m["text"]
	case "singleSelectClearableUserPickerFields":
		return bulkRef(m["user"], "accountId", "accountId")
	case "singleSelectFields":
		return bulkRef(m["option"], "optionId", "id")
	case "singleVersionPickerFields":
		return bulkRef(m["version"], "versionId", "id")
	case "urlFields":
		return m["url"]
	}
	return nil
}

// dug is a member of what may be an object.
func dug(x any, name string) any {
	o, _ := x.(map[string]any)
	return o[name]
}

// body is what an edit of one issue takes.
func (v bulkValue) into(b *world.Body) error {
	raw, err := json.Marshal(v.Value)
	if err != nil {
		return err
	}
	list, _ := v.Value.([]any)
	switch v.Verb {
	case "ADD", "REMOVE":
		for _, x := range list {
			if raw, err = json.Marshal(x); err != nil {
				return err
			}
			b.Update[v.Field] = append(b.Update[v.Field], map[string]json.RawMessage{strings.ToLower(v.Verb): raw})
		}
	case "REMOVE_ALL":
		b.Fields[v.Field] = json.RawMessage("[]")
	default:
		b.Fields[v.Field] = raw
	}
	return nil
}

// bulkEdit edits many issues, as one task.
func bulkEdit(c *call) (reply, error) {
	var in struct {
		Input   map[string]json.RawMessage `json:"editedFieldsInput"`
		Actions []string                   `json:"selectedActions"`
		Issues  []string                   `json:"selectedIssueIdsOrKeys"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.selected(in.Issues); err != nil {
		return reply{}, err
	}
	vals, err := bulkInput(in.Input)
	if err != nil {
		return reply{}, err
	}
	var unnamed []string
	for _, v := range vals {
		if !slices.Contains(in.Actions, v.Field) {
			unnamed = append(unnamed, v.Field)
		}
	}
	if len(unnamed) > 0 {
		return reply{}, &unfit{"The following editedFieldInput values are not listed as selectedActions : " + strings.Join(unnamed, ", ")}
	}
	return submitted(c.bulk("Bulk edit", in.Issues, func(i *world.Issue) error {
		b := world.Body{Fields: map[string]json.RawMessage{}, Update: map[string][]map[string]json.RawMessage{}}
		for _, v := range vals {
			if err := v.into(&b); err != nil {
				return err
			}
		}
		by := c.by
		by.API, by.At = 3, i
		return c.w.Edit(by, i, b)
	}))
}

// bulkTransitions lists by workflow what all of some issues can do now without a
// screen.
func bulkTransitions(c *call) (reply, error) {
	issues, err := c.several()
	if err != nil {
		return reply{}, err
	}
	type group struct {
		keys     []string
		open     []world.Transition
		filtered bool
	}
	groups := map[*world.Workflow]*group{}
	var order []any
	for _, i := range issues {
		flow := c.w.Flow(c.w.Home(i), i.Values["issuetype"].Text)
		open := slices.DeleteFunc(c.w.Open(c.by.User, i), func(t world.Transition) bool { return len(t.Screen) > 0 })
		g := groups[flow]
		if g == nil {
			g = &group{open: open}
			groups[flow] = g
			order = append(order, g)
		}
		g.keys = append(g.keys, i.Key)
		both := slices.DeleteFunc(slices.Clone(g.open), func(t world.Transition) bool {
			return !slices.ContainsFunc(open, func(u world.Transition) bool { return u.ID == t.ID })
		})
		g.filtered = g.filtered || len(both) < len(g.open) || len(both) < len(open) || len(open) < len(c.w.Open(c.by.User, i))
		g.open = both
	}
	out := []any{}
	for _, x := range order {
		g, ts := x.(*group), []any{}
		for _, t := range g.open {
			ts = append(ts, object{"transitionId": number(t.ID), "transitionName": t.Name, "to": object{"statusId": number(t.To), "statusName": c.w.Status(t.To).Name}})
		}
		out = append(out, object{"issues": g.keys, "isTransitionsFiltered": g.filtered, "transitions": ts})
	}
	return c.cursor(object{}, "availableTransitions", out, func(x any) string { return x.(object)["issues"].([]string)[0] })
}

// archiveFound archives what a query finds, as a task.
func archiveFound(c *call) (reply, error) {
	var in struct {
		JQL string `json:"jql"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	q, err := c.parse(in.JQL)
	if err != nil {
		return reply{}, err
	}
	hits, err := c.w.Search(c.by, q)
	if err != nil {
		return reply{}, err
	}
	done := 0
	for _, h := range hits {
		if i := c.w.Issues[h.Issue.ID]; !c.w.Type(i.Values["issuetype"].Text).Subtask {
			done += c.w.Archive(c.by, i, true)
		}
	}
	result, err := json.Marshal(object{"numberOfIssuesUpdated": done})
	if err != nil {
		return reply{}, err
	}
	body, err := json.Marshal(c.v.rest("task", c.w.Finish(c.by, "Archive issues", result).ID))
	return reply{status: 202, body: json.RawMessage(body)}, err
}

// exportArchived answers as if a file were on its way.
func exportArchived(c *call) (reply, error) {
	var in struct {
		By, Types, Projects, Reporters []string
		Range                          struct{ After, Before string } `json:"archivedDateRange"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	t := c.w.Finish(c.by, "Export archived issues", nil)
	return reply{status: 202, body: object{"taskId": t.ID, "status": "ENQUEUED", "progress": 0, "submittedTime": c.v.stamp(t.At), "payload": string(c.body)}}, nil
}

// limitReport names the issues that hold more of something than 9 of 10 of what
// they may: docs/JIRA.md "Limits".
func limitReport(c *call) (reply, error) {
	limits := object{"attachment": 2000, "comment": 5000, "issuelinks": 2000, "remoteIssueLinks": 2000, "worklog": 10000}
	near, over := object{}, object{}
	for id, i := range c.w.Issues {
		if c.query.Get("isReturningKeys") == "true" {
			id = i.Key
		}
		for kind, n := range map[string]int{"attachment": len(i.Attachments), "comment": len(i.Comments), "issuelinks": len(i.Links), "remoteIssueLinks": len(i.Remotes), "worklog": len(i.Worklogs)} {
			most, into := limits[kind].(int), near
			if n > most {
				into = over
			}
			if n*10 < most*9 || !c.w.May(c.by.User, "BROWSE_PROJECTS", c.w.Home(i)) {
				continue
			}
			held, _ := into[kind].(object)
			if held == nil {
				held = object{}
				into[kind] = held
			}
			held[id] = n
		}
	}
	return ok(object{"limits": limits, "issuesApproachingLimit": near, "issuesBreachingLimit": over})
}
