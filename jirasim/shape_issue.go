package jirasim

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

// A choice of fields: "*all", "*navigable", names, and names taken out by "-".
type choice []string

// has reports whether a field is chosen.
func (c choice) has(id string) bool {
	on := false
	for _, s := range c {
		switch {
		case s == "*all", s == id:
			on = true
		case s == "*navigable" && id != "comment" && id != "worklog" && id != "attachment" && id != "timetracking":
			on = true
		case s == "-"+id:
			return false
		}
	}
	return on || len(c) > 0 && !slices.ContainsFunc(c, func(s string) bool { return !strings.HasPrefix(s, "-") })
}

// names reads a comma-separated list; def if there is none.
func names(def string, given ...string) choice {
	var out choice
	for _, g := range given {
		for s := range strings.SplitSeq(g, ",") {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	}
	if len(out) == 0 && def != "" {
		return choice{def}
	}
	return out
}

// An ask is what of an issue is wanted.
type ask struct {
	fields     choice
	expand     choice
	properties choice
}

func (v view) issue(i *world.Issue, a ask) object {
	o := object{"id": i.ID, "key": i.Key, "self": v.rest("issue", i.ID)}
	if a.expand.has("versionedRepresentations") { // instead of fields, as the document says
		o["versionedRepresentations"] = v.represented(i)
	} else {
		o["fields"] = v.fields(i, a.fields)
	}
	if a.expand.has("operations") {
		o["operations"] = v.operations(i)
	}
	if !v.hook {
		o["expand"] = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
	}
	if len(a.properties) > 0 {
		m := object{}
		for k, p := range i.Properties {
			if a.properties.has(k) {
				m[k] = p
			}
		}
		o["properties"] = m
	}
	if a.expand.has("changelog") {
		o["changelog"] = v.changelog(i)
	}
	if a.expand.has("renderedFields") {
		o["renderedFields"] = v.rendered(i, a.fields)
	}
	if a.expand.has("names") {
		o["names"] = v.fieldNames()
	}
	if a.expand.has("schema") {
		o["schema"] = v.schemas()
	}
	if a.expand.has("transitions") {
		o["transitions"] = v.transitions(i, v.w.Open(v.user, i), false)
	}
	if a.expand.has("editmeta") {
		o["editmeta"] = object{"fields": v.editmeta(i)}
	}
	return o
}

// fields shows what an issue holds: nothing is null.
func (v view) fields(i *world.Issue, want choice) object {
	out := object{}
	for _, f := range v.w.Fields {
		switch {
		case !want.has(f.ID), f.ID == "issuekey", f.ID == "text", f.ID == "statusCategory" && !v.cloud():
		case f.Custom && (!slices.Contains(v.w.Home(i).Edit, f.ID) || !f.There(v.w.Home(i), i.Values["issuetype"].Text)):
		case f.Kind == world.ParentOf && i.Values[f.ID].Empty():
		case f.Kind == world.EpicOf:
			out[f.ID] = v.epicLink(i)
		case f.Kind == world.Shown || f.Kind == world.ProjectOf || f.Kind == world.TimeTracking:
			out[f.ID] = v.computed(i, f.ID)
		default:
			out[f.ID] = v.value(v.w.Home(i), f, i.Values[f.ID])
		}
	}
	if v.cloud() && want.has("statuscategorychangedate") {
		out["statuscategorychangedate"] = v.stamp(i.Moved)
	}
	return out
}

// value shows what a field holds, in the form that a reader gets.
func (v view) value(home *world.Project, f *world.Field, x world.Value) any {
	switch f.Kind {
	case world.Labels:
		return append([]string{}, x.List...)
	case world.Choices:
		return v.options(f, x.List)
	case world.VersionsOf, world.PartsOf:
		if f.Custom && len(x.List) == 0 {
			return nil
		}
		return v.parts(home, f, x.List)
	}
	if x.Empty() {
		return nil
	}
	switch f.Kind {
	case world.SprintOf:
		return v.sprints(x.List)
	case world.Rich:
		return v.w.Rich(x.Text, v.api)
	case world.Number, world.Seconds:
		return *x.Number
	case world.Instant:
		t, err := time.Parse(time.RFC3339Nano, x.Text)
		if err != nil {
			return x.Text
		}
		return v.stamp(t)
	case world.Select:
		return v.option(f, x.Text)
	case world.Person:
		return v.person(x.Text)
	case world.PriorityOf:
		return v.priority(x.Text)
	case world.TypeOf:
		return v.issueType(x.Text)
	case world.StatusOf:
		return v.status(x.Text)
	case world.ResolvedAs:
		return v.resolution(x.Text)
	case world.ParentOf:
		return v.relative(v.w.Issues[x.Text])
	}
	return v.special(f, x)
}

func (v view) options(f *world.Field, ids []string) any {
	if len(ids) == 0 {
		return nil
	}
	var out []any
	for _, id := range ids {
		out = append(out, v.option(f, id))
	}
	return out
}

// computed shows what nobody can set.
func (v view) computed(i *world.Issue, id string) any {
	switch id {
	case "project":
		return v.project(v.w.Home(i))
	case "created":
		return v.stamp(i.Created)
	case "updated":
		return v.stamp(i.Updated)
	case "resolutiondate":
		return v.stamp(i.Resolved)
	case "statusCategory":
		if s := v.w.Status(i.Values["status"].Text); s != nil {
			return v.category(s.Category)
		}
	case "comment":
		all := v.comments(i)
		return object{"comments": all, "self": v.rest("issue", i.ID, "comment"), "maxResults": len(all), "total": len(all), "startAt": 0}
	case "worklog":
		return v.worked(i)
	case "issuelinks":
		return v.links(i)
	case "attachment":
		return v.attachments(i)
	case "subtasks":
		return v.subtasks(i)
	case "watches":
		return v.watches(i)
	case "votes":
		return v.votes(i)
	case "timetracking":
		return v.times(i)
	case "progress":
		spent, _ := i.Time("timespent")
		left, _ := i.Time("timeestimate")
		return progress(spent, left)
	case "aggregateprogress":
		spent, _ := v.whole(i, "timespent").(int64)
		left, _ := v.whole(i, "timeestimate").(int64)
		return progress(spent, left)
	case "aggregatetimespent", "aggregatetimeestimate", "aggregatetimeoriginalestimate":
		return v.whole(i, strings.TrimPrefix(id, "aggregate"))
	case "lastViewed":
		if v.user != nil {
			return v.stamp(v.w.Viewed[v.user.ID][i.ID])
		}
	case "workratio":
		return i.Workratio()
	}
	return nil
}

// comments shows those that the caller may see.
func (v view) comments(i *world.Issue) []any {
	out := []any{}
	for _, c := range i.Comments {
		if v.hook || v.w.Sees(v.user, c) {
			out = append(out, v.comment(i, c, false))
		}
	}
	return out
}

func (v view) comment(i *world.Issue, c *world.Comment, properties bool) object {
	o := object{"self": v.rest("issue", i.ID, "comment", c.ID), "id": c.ID, "author": v.person(c.Author), "updateAuthor": v.person(c.Editor),
		"body": v.w.Rich(c.Body, v.api), "created": v.stamp(c.Created), "updated": v.stamp(c.Updated)}
	if v.cloud() {
		o["jsdPublic"] = true
	}
	if c.Visibility != nil {
		o["visibility"] = v.visibility(c.Visibility)
	}
	if properties {
		o["properties"] = v.properties(c.Properties)
	}
	return o
}

func (v view) visibility(vis *world.Visibility) world.Visibility {
	out := *vis
	if !v.cloud() {
		out.Identifier = ""
	}
	return out
}

func (v view) properties(held map[string]json.RawMessage) []world.Property {
	out := []world.Property{}
	for _, k := range sortedKeys(held) {
		out = append(out, world.Property{Key: k, Value: held[k]})
	}
	return out
}

// changelog is what expand=changelog gives: Cloud's is newest first and cut,
// Data Center's oldest first and whole: docs/JIRA.md "Changelog".
func (v view) changelog(i *world.Issue) object {
	all := slices.Clone(i.History)
	if v.cloud() {
		slices.Reverse(all)
		all = page(all, 0, 100)
	}
	hs := []any{}
	for _, c := range all {
		hs = append(hs, v.change(c))
	}
	return object{"startAt": 0, "maxResults": len(hs), "total": len(i.History), "histories": hs}
}

func (v view) change(c *world.Change) object {
	o := object{"id": c.ID, "author": v.person(c.Author), "created": v.stamp(c.At), "items": v.items(c)}
	if c.Metadata != nil {
		o["historyMetadata"] = json.RawMessage(c.Metadata)
	}
	return o
}

func (v view) items(c *world.Change) []any {
	out := []any{}
	for _, it := range c.Items {
		o := object{"field": it.Field, "fieldtype": it.Type, "from": it.From, "fromString": it.FromText, "to": it.To, "toString": it.ToText}
		if v.cloud() {
			if it.ID != "" {
				o["fieldId"] = it.ID
			}
			if it.User {
				o["tmpFromAccountId"], o["tmpToAccountId"] = it.From, it.To
			}
		}
		out = append(out, o)
	}
	return out
}
