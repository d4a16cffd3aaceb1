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
	case world.VersionsOf:
		o["type"], o["items"] = "array", "version"
	case world.PartsOf:
		o["type"], o["items"] = "array", "component"
	case world.ParentOf:
		o["type"] = "issuelink"
	case world.Address:
		o["type"] = "string"
	case world.People:
		o["type"], o["items"] = "array", "user"
	case world.GroupsIn:
		o["type"], o["items"] = "array", "group"
	case world.Cascade:
		o["type"] = "option-with-child"
	case world.ProjectIn:
		o["type"] = "project"
	case world.SprintOf:
		o["type"], o["items"] = "array", "json"
		if !v.cloud() {
			o["items"] = "string"
		}
	case world.EpicOf, world.RankOf:
		o["type"] = "any"
	case world.ColorOf:
		o["type"] = "string"
	case world.Shown:
		maps.Copy(o, shown(f.ID))
	default:
		o["type"] = string(f.Kind)
	}
	if !f.Custom {
		o["system"] = f.ID
		return o
	}
	o["custom"] = f.StyleOf()
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

// transitions shows steps of a workflow.
func (v view) transitions(i *world.Issue, ts []world.Transition, fields bool) []any {
	out, open := []any{}, v.w.Open(v.user, i)
	for _, t := range ts {
		may := slices.ContainsFunc(open, func(u world.Transition) bool { return u.ID == t.ID })
		o := object{"id": t.ID, "name": t.Name, "to": v.status(t.To)}
		if v.cloud() {
			o["hasScreen"], o["isGlobal"], o["isInitial"], o["isAvailable"], o["isConditional"], o["isLooped"] = len(t.Screen) > 0, len(t.From) == 0, false, may, t.Who != nil, t.To == i.Values["status"].Text
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
