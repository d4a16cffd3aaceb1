package jirasim

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

// agile is the link to a resource of boards: "sprint", "10000".
func (v view) agile(path ...string) string {
	var s strings.Builder
	s.WriteString(v.base + "/rest/agile/1.0")
	for _, p := range path {
		s.WriteString("/" + url.PathEscape(p))
	}
	return s.String()
}

func (v view) board(b *world.Board) object {
	o := object{"id": number(b.ID), "self": v.agile("board", b.ID), "name": b.Name, "type": b.Type}
	if l := v.location(b); l != nil && v.cloud() {
		o["location"], o["isPrivate"] = l, false
	}
	return o
}

// location is where a board stands: in a project or in somebody's profile.
func (v view) location(b *world.Board) object {
	if p := v.w.SeatOf(b); p != nil {
		return object{"projectId": number(p.ID), "displayName": fmt.Sprintf("%s (%s)", p.Name, p.Key), "projectName": p.Name, "projectKey": p.Key,
			"projectTypeKey": "software", "name": fmt.Sprintf("%s (%s)", p.Name, p.Key), "avatarURI": v.base + "/secure/projectavatar?size=small&pid=" + p.ID}
	}
	if u := v.w.User(b.Person); u != nil {
		return object{"userAccountId": u.ID, "displayName": u.Display, "name": u.Display, "avatarURI": v.base + "/secure/useravatar?size=small&avatarId=10122"}
	}
	return nil
}

// configuration is how a board is set up: a column for each category of
// status, and what is estimated.
func (v view) configuration(b *world.Board) object {
	columns := []any{}
	for _, n := range []int{2, 4, 3} {
		name := v.category(n).(object)["name"]
		sts := []any{}
		for _, s := range v.w.Statuses {
			if s.Category == n {
				sts = append(sts, object{"id": s.ID, "self": v.rest("status", s.ID)})
			}
		}
		columns = append(columns, object{"name": name, "statuses": sts})
	}
	o := object{"id": number(b.ID), "name": b.Name, "type": b.Type, "self": v.agile("board", b.ID, "configuration"),
		"filter":       object{"id": b.Filter, "self": v.rest("filter", b.Filter)},
		"columnConfig": object{"columns": columns, "constraintType": "none"}}
	if p := v.w.SeatOf(b); p != nil {
		o["location"] = object{"type": "project", "key": p.Key, "id": p.ID, "self": v.rest("project", p.ID), "name": p.Name}
	}
	if f := v.w.Points(); f != nil && b.Type == "scrum" {
		o["estimation"] = object{"type": "field", "field": object{"fieldId": f.ID, "displayName": f.Name}}
	}
	if f := v.w.Sole(world.RankOf); f != nil {
		o["ranking"] = object{"rankCustomFieldId": number(strings.TrimPrefix(f.ID, "customfield_"))}
	}
	if b.Type == "kanban" {
		o["subQuery"] = object{"query": "fixVersion in unreleasedVersions() OR fixVersion is EMPTY"}
	}
	return o
}

// sprint is a sprint as the boards' API shows it; what is empty is left out.
func (v view) sprint(s *world.Sprint) object {
	o := object{"id": number(s.ID), "self": v.agile("sprint", s.ID), "state": s.State, "name": s.Name, "originBoardId": number(s.Board)}
	if s.Goal != "" || v.cloud() {
		o["goal"] = s.Goal
	}
	times := map[string]time.Time{"startDate": s.Start, "endDate": s.End, "completeDate": s.Complete}
	if v.cloud() {
		times["createdDate"] = s.Created
	} else {
		times["activatedDate"] = s.Activated
		o["synced"], o["autoStartStop"] = false, false
	}
	for name, t := range times {
		if !t.IsZero() {
			o[name] = v.instant(t)
		}
	}
	return o
}

// instant is how boards write a time: Cloud in UTC, Data Center in the
// caller's zone.
func (v view) instant(t time.Time) string {
	if v.cloud() {
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return t.In(v.zone).Format("2006-01-02T15:04:05.000-07:00")
}

// sprints is the Sprint field: objects on Cloud, strings on Data Center:
// docs/JIRA.md "Fields".
func (v view) sprints(ids []string) any {
	var out []any
	for _, s := range v.sprintsIn(ids) {
		if !v.cloud() {
			out = append(out, v.spelt(s))
			continue
		}
		o := object{"id": number(s.ID), "name": s.Name, "state": s.State, "boardId": number(s.Board), "goal": s.Goal}
		for name, t := range map[string]time.Time{"startDate": s.Start, "endDate": s.End, "completeDate": s.Complete} {
			if !t.IsZero() {
				o[name] = v.instant(t)
			}
		}
		out = append(out, o)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (v view) sprintsIn(ids []string) []*world.Sprint {
	var out []*world.Sprint
	for _, id := range ids {
		for _, s := range v.w.Sprints {
			if s.ID == id {
				out = append(out, s)
			}
		}
	}
	return out
}

// spelt is a sprint as Data Center's field writes it.
func (v view) spelt(s *world.Sprint) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "<null>"
		}
		return v.instant(t)
	}
	return fmt.Sprintf("com.atlassian.greenhopper.service.sprint.Sprint@%x[id=%s,rapidViewId=%s,state=%s,name=%s,startDate=%s,endDate=%s,completeDate=%s,activatedDate=%s,sequence=%s,goal=%s,autoStartStop=false,synced=false]",
		digest(s.ID), s.ID, s.Board, strings.ToUpper(s.State), s.Name, at(s.Start), at(s.End), at(s.Complete), at(s.Activated), s.ID, s.Goal)
}

// epic is an epic as the boards' API shows it.
func (v view) epic(e *world.Issue) object {
	value := func(name string) string {
		for _, f := range v.w.Fields {
			if f.Name == name {
				return e.Values[f.ID].Text
			}
		}
		return ""
	}
	color := value("Epic Color")
	if color == "" {
		color = "color_1"
	}
	name := value("Epic Name")
	if name == "" && v.cloud() {
		name = e.Values["summary"].Text
	}
	st := v.w.Status(e.Values["status"].Text)
	return object{"id": number(e.ID), "key": e.Key, "self": v.agile("epic", e.ID), "name": name, "summary": e.Values["summary"].Text,
		"color": object{"key": color}, "done": st != nil && st.Category == 3}
}

// epicLink is the key of the epic that an issue belongs to.
func (v view) epicLink(i *world.Issue) any {
	if e := v.w.EpicOf(i); e != nil {
		return e.Key
	}
	return nil
}

// onBoard is an issue as the boards' API shows it: with its epic, its sprint
// and the closed ones.
func (v view) onBoard(i *world.Issue, a ask) object {
	o := v.issue(i, a)
	o["self"] = v.agile("issue", i.ID)
	fields, shown := o["fields"].(object)
	f := v.w.Sole(world.SprintOf)
	if f == nil || !shown {
		return o
	}
	closed, open := []any{}, any(nil)
	for _, s := range v.sprintsIn(i.Values[f.ID].List) {
		if s.State == "closed" {
			closed = append(closed, v.sprint(s))
		} else {
			open = v.sprint(s)
		}
	}
	extra := object{"sprint": open, "flagged": false, "epic": nil}
	if len(closed) > 0 {
		extra["closedSprints"] = closed
	}
	if e := v.w.EpicOf(i); e != nil {
		extra["epic"] = v.epic(e)
	}
	for name, x := range extra {
		if a.fields.has(name) {
			fields[name] = x
		}
	}
	return o
}

// plans shows an event about a sprint or a board in a webhook. The members of
// board_* are unverified. False: it is about something else.
func (v view) plans(e world.Event, o object) bool {
	switch {
	case e.Sprint != nil:
		o["sprint"] = v.sprint(e.Sprint)
		if e.OldSprint != nil {
			o["oldValue"] = v.sprint(e.OldSprint)
		}
	case e.Board != nil:
		o["board"] = v.board(e.Board)
	default:
		return false
	}
	return true
}

// joined is two queries in one: both must hold, and the second's order wins.
func joined(a, b jql.Query) jql.Query {
	q := a
	switch {
	case a.Where == nil:
		q.Where = b.Where
	case b.Where != nil:
		q.Where = jql.And{a.Where, b.Where}
	}
	if len(b.Order) > 0 {
		q.Order = slices.Clone(b.Order)
	}
	return q
}
