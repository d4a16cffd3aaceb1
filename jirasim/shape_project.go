package jirasim

import (
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

// version is a version as its own resource shows it; brief as an issue does.
func (v view) version(ver *world.Version, p *world.Project, brief bool) object {
	o := object{"self": v.rest("version", ver.ID), "id": ver.ID, "name": ver.Name, "archived": ver.Archived, "released": ver.Released}
	if ver.Description != "" || v.cloud() && brief {
		o["description"] = ver.Description
	}
	if ver.Release != "" {
		o["releaseDate"] = ver.Release
	}
	if brief {
		return o
	}
	o["projectId"] = number(p.ID)
	if ver.Start != "" {
		o["startDate"], o["userStartDate"] = ver.Start, longDay(ver.Start)
	}
	if ver.Release != "" {
		o["userReleaseDate"], o["overdue"] = longDay(ver.Release), ver.Overdue(v.now)
	}
	if ver.Driver != "" && v.cloud() {
		o["driver"] = ver.Driver
	}
	return o
}

// released is the body of an event of a version: docs/JIRA.md "Webhooks".
func (v view) released(e world.Event, o object) bool {
	if e.Version == nil {
		if e.Issue == nil && e.Project != nil {
			o["project"] = v.founded(e.Project)
		}
		return e.Issue == nil && e.Project != nil
	}
	o["version"] = v.version(e.Version, e.Project, false)
	if e.Into != nil {
		o["mergedTo"] = v.version(e.Into, e.Project, false)
	}
	return true
}

// founded is a project as an event shows it.
func (v view) founded(p *world.Project) object {
	o := v.project(p)
	o["projectLead"], o["assigneeType"] = v.person(p.Lead), "admin.assignee.type."+strings.ToLower(strings.ReplaceAll(p.Assignee, "_", "."))
	delete(o, "projectTypeKey")
	return o
}

// longDay writes a date as the profile of an English user does.
func longDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2/Jan/2006")
}

// component is a component as its own resource shows it; brief as an issue
// does.
func (v view) component(c *world.Component, p *world.Project, brief bool) object {
	o := object{"self": v.rest("component", c.ID), "id": c.ID, "name": c.Name}
	if c.Description != "" {
		o["description"] = c.Description
	}
	if brief {
		return o
	}
	if c.Lead != "" {
		o["lead"] = v.person(c.Lead)
	}
	kind, who := v.w.Designated(p, c, c.Assignee)
	o["assigneeType"] = c.Assignee
	real, really := kind, who
	valid := c.Assignee == "UNASSIGNED" || who != ""
	if !valid || c.Assignee == "PROJECT_DEFAULT" {
		real, really = v.w.Designated(p, c, "PROJECT_DEFAULT")
		valid = c.Assignee == "PROJECT_DEFAULT" || valid
	}
	o["realAssigneeType"], o["isAssigneeTypeValid"] = real, valid
	if who != "" {
		o["assignee"] = v.person(who)
	}
	if really != "" {
		o["realAssignee"] = v.person(really)
	}
	o["project"], o["projectId"] = p.Key, number(p.ID)
	if !v.cloud() {
		o["archived"], o["deleted"] = false, false
	}
	return o
}

func (v view) versions(p *world.Project) []any {
	out := []any{}
	for _, x := range p.Versions {
		out = append(out, v.version(x, p, false))
	}
	return out
}

func (v view) componentsOf(p *world.Project) []any {
	out := []any{}
	for _, x := range p.Components {
		out = append(out, v.component(x, p, false))
	}
	return out
}

// parts shows the versions or components that an issue holds.
func (v view) parts(p *world.Project, f *world.Field, ids []string) []any {
	out := []any{}
	if f.Kind == world.PartsOf {
		for _, x := range p.Sections(ids) {
			out = append(out, v.component(x, p, true))
		}
		return out
	}
	for _, x := range p.Ranked(ids) {
		out = append(out, v.version(x, p, true))
	}
	return out
}

// relative is an issue as one of its family shows it.
func (v view) relative(i *world.Issue) any {
	if i == nil {
		return nil
	}
	return object{"id": i.ID, "key": i.Key, "self": v.rest("issue", i.ID), "fields": v.fields(i, choice{"summary", "status", "priority", "issuetype"})}
}

func (v view) subtasks(i *world.Issue) []any {
	out := []any{}
	for _, s := range v.w.Subtasks(i) {
		out = append(out, v.relative(s))
	}
	return out
}

func (v view) typesOf(p *world.Project) []any {
	out := []any{}
	for _, id := range p.Types {
		out = append(out, v.issueType(id))
	}
	return out
}

// ended adds since when and by whom a project is archived or in the trash.
func (v view) ended(p *world.Project, o object) object {
	if !v.cloud() || !p.Archived && !p.Deleted {
		return o
	}
	kind := "archived"
	if p.Deleted {
		kind = "deleted"
	}
	o[kind], o[kind+"Date"], o[kind+"By"] = true, v.stamp(p.Ended), v.person(p.EndedBy)
	if p.Deleted {
		o["retentionTillDate"] = v.stamp(p.Ended.AddDate(0, 0, 60))
	}
	return o
}

// lastChange is when an issue of a project was last changed; zero: never.
func (c *call) lastChange(p *world.Project) time.Time {
	var last time.Time
	for _, i := range c.w.Of(p) {
		if i.Updated.After(last) {
			last = i.Updated
		}
	}
	return last
}
