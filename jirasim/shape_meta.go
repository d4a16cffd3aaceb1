package jirasim

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// schema says what a field holds: docs/JIRA.md "Fields".
func (v view) schema(f *world.Field) object {
	o := object{}
	switch f.Kind {
	case world.Line, world.Rich:
		o["type"] = "string"
	case world.Number, world.Seconds:
		o["type"] = "number"
	case world.Date:
		o["type"] = "date"
	case world.Instant:
		o["type"] = "datetime"
	case world.Select:
		o["type"] = "option"
	case world.Choices:
		o["type"], o["items"] = "array", "option"
	case world.Labels:
		o["type"], o["items"] = "array", "string"
	case world.Shown:
		maps.Copy(o, shown(f.ID))
	default:
		o["type"] = string(f.Kind)
	}
	if !f.Custom {
		o["system"] = f.ID
		return o
	}
	custom := map[world.Kind]string{world.Line: "textfield", world.Rich: "textarea", world.Number: "float", world.Date: "datepicker", world.Instant: "datetime",
		world.Select: "select", world.Choices: "multiselect", world.Labels: "labels", world.Person: "userpicker"}[f.Kind]
	o["custom"] = "com.atlassian.jira.plugin.system.customfieldtypes:" + custom
	o["customId"], _ = strconv.Atoi(strings.TrimPrefix(f.ID, "customfield_"))
	return o
}

// shown is the schema of a field that nobody sets.
func shown(id string) object {
	switch id {
	case "created", "updated", "resolutiondate", "lastViewed":
		return object{"type": "datetime"}
	case "attachment", "worklog":
		return object{"type": "array", "items": id}
	case "components":
		return object{"type": "array", "items": "component"}
	case "fixVersions", "versions":
		return object{"type": "array", "items": "version"}
	case "subtasks", "issuelinks":
		return object{"type": "array", "items": "issuelinks"}
	case "comment":
		return object{"type": "comments-page"}
	case "security":
		return object{"type": "securitylevel"}
	case "workratio", "timespent", "timeestimate", "timeoriginalestimate", "aggregatetimespent", "aggregatetimeestimate", "aggregatetimeoriginalestimate":
		return object{"type": "number"}
	case "aggregateprogress":
		return object{"type": "progress"}
	}
	return object{"type": id}
}

// field is a field as the list of fields shows it.
func (v view) field(f *world.Field) object {
	navigable := choice{"*navigable"}.has(f.ID)
	o := object{"id": f.ID, "name": f.Name, "custom": f.Custom, "orderable": f.Kind != world.Shown, "navigable": navigable, "searchable": true, "clauseNames": clauses(f)}
	if f.ID != "issuekey" {
		o["schema"] = v.schema(f)
	}
	if v.cloud() {
		o["key"] = f.ID
		if f.Custom {
			o["untranslatedName"] = f.Name
		}
	}
	return o
}

func clauses(f *world.Field) []string {
	if f.Custom {
		return []string{"cf[" + strings.TrimPrefix(f.ID, "customfield_") + "]", f.Name}
	}
	return append([]string{f.ID}, f.Clauses...)
}

func (v view) fieldNames() object {
	o := object{}
	for _, f := range v.w.Fields {
		o[f.ID] = f.Name
	}
	return o
}

func (v view) schemas() object {
	o := object{}
	for _, f := range v.w.Fields {
		o[f.ID] = v.schema(f)
	}
	return o
}

// meta says how a field may be set.
func (v view) meta(f *world.Field, p *world.Project, create bool) object {
	o := object{"required": f.ID == "summary" || f.ID == "issuetype" || f.ID == "project" || f.ID == "reporter" && !create, "schema": v.schema(f), "name": f.Name, "fieldId": f.ID,
		"operations": f.Verbs(), "hasDefaultValue": create && f.ID == "priority"}
	if v.cloud() {
		o["key"] = f.ID
	}
	if vals := v.allowed(f, p); vals != nil {
		o["allowedValues"] = vals
	}
	if f.ID == "priority" && create {
		o["defaultValue"] = v.priority(v.w.DefaultPriority())
	}
	if f.Kind == world.Person {
		o["autoCompleteUrl"] = v.rest("user", "search") + "?query="
		if !v.cloud() {
			o["autoCompleteUrl"] = v.rest("user", "search") + "?username="
		}
	}
	return o
}

func (v view) allowed(f *world.Field, p *world.Project) []any {
	var out []any
	switch f.Kind {
	case world.PriorityOf:
		for _, x := range v.w.Priorities {
			out = append(out, v.priority(x.ID))
		}
	case world.ResolvedAs:
		for _, x := range v.w.Resolutions {
			out = append(out, v.resolution(x.ID))
		}
	case world.TypeOf:
		for _, id := range p.Types {
			out = append(out, v.issueType(id))
		}
	case world.ProjectOf:
		out = append(out, v.project(p))
	case world.Select, world.Choices:
		for _, x := range f.Options {
			out = append(out, v.option(f, x.ID))
		}
	}
	return out
}

// editmeta are the fields that an edit may set.
func (v view) editmeta(p *world.Project) object {
	o := object{}
	for _, id := range p.Edit {
		if id == "reporter" && !v.w.May(v.user, "MODIFY_REPORTER", p) || !v.w.May(v.user, "EDIT_ISSUES", p) {
			continue
		}
		if f := v.w.Field(id); f != nil {
			o[id] = v.meta(f, p, false)
		}
	}
	if v.w.May(v.user, "ADD_COMMENTS", p) {
		o["comment"] = object{"required": false, "schema": object{"type": "comments-page", "system": "comment"}, "name": "Comment", "key": "comment", "fieldId": "comment", "operations": []string{"add", "edit", "remove"}, "hasDefaultValue": false}
	}
	return o
}

// createmeta are the fields that a create may set.
func (v view) createmeta(p *world.Project) []object {
	ids := append([]string{"project"}, p.Create...)
	out := []object{}
	for _, id := range ids {
		if id == "reporter" && !v.w.May(v.user, "MODIFY_REPORTER", p) {
			continue
		}
		if f := v.w.Field(id); f != nil {
			out = append(out, v.meta(f, p, true))
		}
	}
	return out
}

// transitions shows steps of a workflow.
func (v view) transitions(i *world.Issue, ts []world.Transition, fields bool) []any {
	out := []any{}
	for _, t := range ts {
		o := object{"id": t.ID, "name": t.Name, "to": v.status(t.To)}
		if v.cloud() {
			o["hasScreen"], o["isGlobal"], o["isInitial"], o["isAvailable"], o["isConditional"], o["isLooped"] = len(t.Screen) > 0, len(t.From) == 0, false, true, false, false
		}
		if fields {
			m := object{}
			for _, id := range t.Screen {
				if f := v.w.Field(id); f != nil {
					d := v.meta(f, v.w.Home(i), false)
					d["required"] = slices.Contains(t.Required, id)
					m[id] = d
				}
			}
			o["fields"] = m
		}
		out = append(out, o)
	}
	return out
}
