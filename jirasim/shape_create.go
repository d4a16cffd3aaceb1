package jirasim

import (
	"strings"

	"example.com/accord/jirasim/world"
)

// meta says how a field may be set.
func (v view) meta(f *world.Field, p *world.Project, create bool) object {
	o := object{"required": f.ID == "summary" || f.ID == "issuetype" || f.ID == "project" || f.ID == "reporter" && !create, "schema": v.schema(f), "name": f.Name, "fieldId": f.ID,
		"operations": f.Verbs(), "hasDefaultValue": create && f.ID == "priority"}
	if x := f.In(p, ""); create && x != nil && !x.Default.Empty() {
		o["hasDefaultValue"], o["defaultValue"] = true, v.value(p, f, x.Default)
	}
	if v.cloud() {
		o["key"] = f.ID
	}
	if vals := v.allowed(f, p); vals != nil {
		o["allowedValues"] = vals
	}
	if f.ID == "priority" && create {
		o["defaultValue"] = v.priority(v.w.DefaultPriority())
	}
	if f.Kind == world.Person || f.Kind == world.People {
		o["autoCompleteUrl"] = v.rest("user", "search") + "?query="
		if !v.cloud() {
			o["autoCompleteUrl"] = v.rest("user", "search") + "?username="
		}
	}
	if f.Kind == world.Labels {
		o["autoCompleteUrl"] = v.base + "/rest/api/1.0/labels/suggest?query="
	}
	return o
}

// allowed lists what a field may hold, where that is a list.
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
		out = v.typesOf(p)
	case world.ProjectOf:
		out = append(out, v.project(p))
	case world.ProjectIn:
		for _, x := range v.w.Projects {
			if v.w.May(v.user, "BROWSE_PROJECTS", x) {
				out = append(out, v.project(x))
			}
		}
	case world.PartsOf:
		out = []any{}
		for _, x := range p.Components {
			out = append(out, v.component(x, p, true))
		}
	case world.VersionsOf, world.VersionOf:
		out = []any{}
		for _, x := range p.Versions {
			if !x.Archived {
				out = append(out, v.version(x, p, true))
			}
		}
	case world.Select, world.Choices, world.Cascade:
		for _, x := range f.Choose(p, "") {
			out = append(out, v.choice(f, p, x))
		}
	}
	return out
}

// choice is an option as metadata shows it: with those below it.
func (v view) choice(f *world.Field, p *world.Project, x world.Option) any {
	o, _ := v.option(f, x.ID).(object)
	var below []any
	for _, y := range f.Choose(p, x.ID) {
		below = append(below, v.option(f, y.ID))
	}
	if below != nil {
		o["children"] = below
	}
	return o
}

// editmeta are the fields that an edit of an issue may set.
func (v view) editmeta(i *world.Issue) object {
	o, p := object{}, v.w.Home(i)
	for _, id := range p.Edit {
		if id == "reporter" && !v.w.May(v.user, "MODIFY_REPORTER", p) || !v.w.May(v.user, "EDIT_ISSUES", p) {
			continue
		}
		if f := v.w.Field(id); f != nil && v.fits(f, p, i.Values["issuetype"].Text) {
			o[id] = v.meta(f, p, false)
		}
	}
	if v.w.May(v.user, "LINK_ISSUES", p) && v.w.May(v.user, "EDIT_ISSUES", p) {
		o["issuelinks"] = object{"required": false, "schema": object{"type": "array", "items": "issuelinks", "system": "issuelinks"}, "name": "Linked Issues", "key": "issuelinks", "fieldId": "issuelinks",
			"operations": []string{"add", "copy"}, "hasDefaultValue": false, "autoCompleteUrl": v.rest("issue", "picker") + "?currentProjectId=&showSubTaskParent=true&showSubTasks=true&currentIssueKey=" + i.Key + "&query="}
	}
	if v.w.May(v.user, "ADD_COMMENTS", p) {
		o["comment"] = object{"required": false, "schema": object{"type": "comments-page", "system": "comment"}, "name": "Comment", "key": "comment", "fieldId": "comment", "operations": []string{"add", "edit", "remove"}, "hasDefaultValue": false}
	}
	return o
}

// fits reports whether a field is for a type of issue: a parent is for what
// has something above it.
func (v view) fits(f *world.Field, p *world.Project, kind string) bool {
	if f.Kind != world.ParentOf {
		return f.There(p, kind)
	}
	t := v.w.Type(kind)
	if t == nil || t.Subtask {
		return t != nil
	}
	for _, id := range p.Types {
		if up := v.w.Type(id); up != nil && up.Level == t.Level+1 && v.cloud() {
			return true
		}
	}
	return false
}

// createmeta are the fields that a create of a type may set.
func (v view) createmeta(p *world.Project, kind string) []object {
	ids := append([]string{"project"}, p.Create...)
	out := []object{}
	for _, id := range ids {
		if id == "reporter" && !v.w.May(v.user, "MODIFY_REPORTER", p) {
			continue
		}
		if f := v.w.Field(id); f != nil && v.fits(f, p, kind) {
			m := v.meta(f, p, true)
			if t := v.w.Type(kind); f.Kind == world.ParentOf && t != nil && t.Subtask {
				m["required"] = true
			}
			if f.Kind == world.TypeOf {
				m["allowedValues"] = []any{v.issueType(kind)}
			}
			out = append(out, m)
		}
	}
	return out
}

// special shows what only custom fields hold.
func (v view) special(f *world.Field, x world.Value) any {
	switch f.Kind {
	case world.People:
		out := []any{}
		for _, id := range x.List {
			out = append(out, v.person(id))
		}
		return out
	case world.GroupIn:
		return v.group(x.Text)
	case world.GroupsIn:
		out := []any{}
		for _, g := range x.List {
			out = append(out, v.group(g))
		}
		return out
	case world.Cascade:
		o, is := v.option(f, x.Text).(object)
		if is && len(x.List) > 0 {
			o["child"] = v.option(f, x.List[0])
		}
		return o
	case world.VersionOf:
		if ver, p := v.w.Version(v.w.Users[0], x.Text); ver != nil {
			return v.version(ver, p, true)
		}
		return nil
	case world.ProjectIn:
		if p := v.w.Home(&world.Issue{Project: x.Text}); p != nil {
			return v.project(p)
		}
		return nil
	}
	return x.Text
}

// group is a group as a list shows it.
func (v view) group(name string) object {
	o := object{"name": name, "self": v.rest("group") + "?groupname=" + strings.ReplaceAll(name, " ", "%20")}
	if v.cloud() {
		o["groupId"] = world.GroupID(name)
		o["self"] = v.rest("group") + "?groupId=" + world.GroupID(name)
	}
	return o
}
