package jirasim

import (
	"strconv"

	"example.com/accord/jirasim/world"
)

// operations are what the page of an issue offers the caller: from general
// knowledge, unverified.
func (v view) operations(i *world.Issue) object {
	home := v.w.Home(i)
	link := func(id, label, title, href string, weight int) object {
		return object{"id": id, "styleClass": "issueaction-" + id, "label": label, "title": title, "href": href + "?id=" + i.ID, "weight": weight}
	}
	group := func(id string, weight int, links ...any) object {
		return object{"id": id, "weight": weight, "links": append([]any{}, links...), "groups": []any{}}
	}
	var edit, say, more, steps []any
	if v.w.May(v.user, "EDIT_ISSUES", home) {
		edit = append(edit, link("edit-issue", "Edit", "Edit this issue", "/secure/EditIssue!default.jspa", 1))
	}
	if v.w.May(v.user, "ADD_COMMENTS", home) {
		say = append(say, link("comment-issue", "Add comment", "Comment on this issue", "/secure/AddComment!default.jspa", 10))
	}
	for n, x := range []struct{ may, id, label, href string }{{"ASSIGN_ISSUES", "assign-issue", "Assign", "/secure/AssignIssue!default.jspa"},
		{"LINK_ISSUES", "link-issue", "Link", "/secure/LinkJiraIssue!default.jspa"}, {"MOVE_ISSUES", "move-issue", "Move", "/secure/MoveIssue!default.jspa"}, {"DELETE_ISSUES", "delete-issue", "Delete", "/secure/DeleteIssue!default.jspa"}} {
		if v.w.May(v.user, x.may, home) {
			more = append(more, link(x.id, x.label, x.label+" this issue", x.href, 10*(n+1)))
		}
	}
	for n, t := range v.w.Open(v.user, i) {
		o := link("action_id_"+t.ID, t.Name, t.Name, "/secure/WorkflowUIDispatcher.jspa", 10*(n+1))
		o["styleClass"], o["href"] = "issueaction-workflow-transition", o["href"].(string)+"&action="+t.ID
		steps = append(steps, o)
	}
	bar := object{"id": "view.issue.opsbar", "links": []any{}, "groups": []any{group("edit-issue_container", 1, edit...), group("comment-issue_container", 2, say...),
		group("opsbar-operations", 3, more...), group("opsbar-transitions_all", 4, steps...)}}
	return object{"linkGroups": []any{bar}}
}

// represented are the values of an issue in each form that a field had: one, but for
// sprints, which were texts.
func (v view) represented(i *world.Issue) object {
	out := object{}
	for id, x := range v.fields(i, choice{"*all"}) {
		forms := []any{x}
		if f := v.w.Field(id); f != nil && f.Kind == world.SprintOf && v.cloud() && x != nil {
			var texts []any
			for _, s := range v.sprintsIn(i.Values[id].List) {
				texts = append(texts, v.spelt(s))
			}
			forms = []any{texts, x}
		}
		o := object{}
		for n, form := range forms {
			o[strconv.Itoa(n+1)] = form
		}
		out[id] = o
	}
	return out
}
