package world

import (
	"cmp"
	"encoding/json"
	"slices"
)

// adopted keeps account of whose child an issue is.
func (w *World) adopted(was, is *Issue) {
	old, now := "", ""
	if was != nil {
		old = was.Values["parent"].Text
	}
	if is != nil {
		now = is.Values["parent"].Text
	}
	if old == now {
		return
	}
	if old != "" {
		w.kids[old] = without(w.kids[old], was.ID)
	}
	if now != "" {
		w.kids[now] = with(w.kids[now], is.ID)
	}
}

// Children lists the issues that have an issue for their parent, in order of
// their making.
func (w *World) Children(i *Issue) []*Issue {
	var out []*Issue
	for _, id := range w.kids[i.ID] {
		if c := w.Issues[id]; c != nil {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *Issue) int { return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Subtasks lists the sub-tasks of an issue.
func (w *World) Subtasks(i *Issue) []*Issue {
	all := slices.DeleteFunc(w.Children(i), func(c *Issue) bool { return !w.subtask(c.Values["issuetype"].Text) })
	if len(i.Below) > 0 {
		place := func(c *Issue) int {
			if n := slices.Index(i.Below, c.ID); n >= 0 {
				return n
			}
			return len(i.Below)
		}
		slices.SortStableFunc(all, func(a, b *Issue) int { return cmp.Compare(place(a), place(b)) })
	}
	return all
}

// OrderSubtask moves the sub-task at one place to another.
func (w *World) OrderSubtask(by By, i *Issue, from, to int) error {
	all := w.Subtasks(i)
	if from < 0 || to < 0 || from >= len(all) || to >= len(all) {
		return Refuse(400, "The index of the sub-task is out of bounds.") // unverified
	}
	n := *i
	n.Below = nil
	for _, c := range all {
		n.Below = append(n.Below, c.ID)
	}
	id := n.Below[from]
	n.Below = slices.Insert(slices.Delete(n.Below, from, from+1), to, id)
	w.put(&n, by.Now)
	return nil
}

func (w *World) subtask(kind string) bool {
	t := w.Type(kind)
	return t != nil && t.Subtask
}

// whole are the types of a project that need no parent.
func (w *World) whole(p *Project) []string {
	return slices.DeleteFunc(slices.Clone(p.Types), func(id string) bool { return w.subtask(id) })
}

// parent reads who an issue's parent is to be: by id or key, or none on Cloud
// by {"none":true}: docs/JIRA.md "Create and edit".
func (w *World) parent(raw json.RawMessage, by By) (Value, complaint) {
	var in struct {
		ID   Loose  `json:"id"`
		Key  string `json:"key"`
		None bool   `json:"none"`
	}
	switch {
	case null(raw):
		return Value{}, ""
	case json.Unmarshal(raw, &in) != nil:
		return Value{}, "data was not an object"
	case in.None && w.Flavour == Cloud:
		return Value{}, ""
	}
	i, no := w.Issue(by.User, cmp.Or(string(in.ID), in.Key))
	if no != nil {
		return Value{}, "Could not find issue by id or key."
	}
	return Value{Text: i.ID}, ""
}

// vague says whether a parent is given that is no issue, {}: it is passed over.
// Unverified but for clients that send it with every edit, to either flavour.
func vague(raw json.RawMessage) bool {
	var in map[string]json.RawMessage
	return json.Unmarshal(raw, &in) == nil && in != nil && len(in) == 0
}

// related blames a parent that does not fit: a sub-task has one in its own
// project, and on Cloud what has a parent stands one level below it. The texts
// are unverified.
func (d *draft) related(kind, self string) {
	w := d.w
	t, up := w.Type(kind), w.Issues[d.now["parent"].Text]
	_, set := d.now["parent"]
	if was := d.was["issuetype"].Text; self != "" && !set && w.subtask(was) != w.subtask(kind) {
		d.blame("issuetype", "The issue type selected is invalid.")
		return
	}
	if !set && self != "" || t == nil || d.wrong.Errors["parent"] != "" {
		return
	}
	switch {
	case up == nil && t.Subtask:
		d.blame("issuetype", "Issue type is a sub-task but parent issue key or id not specified.")
	case up == nil:
	case t.Subtask && up.Project != d.project.ID:
		d.blame("parent", "Sub-tasks must be in the same project as their parent.")
	case w.Flavour == DataCenter && !t.Subtask:
		d.blame("issuetype", "Issue type is not a sub-task but parent issue key or id specified.")
	case up.ID == self, w.Type(up.Values["issuetype"].Text).Level != t.Level+1:
		d.blame("parentId", "Given parent work item does not belong to appropriate hierarchy.")
	}
}

// associated is how the changelog tells of a parent: on Cloud without the id
// of the field: docs/JIRA.md "Changelog". Data Center's is unverified.
func (w *World) associated(was, is Value) Item {
	it := Item{Field: "IssueParentAssociation", Type: "jira"}
	if w.Flavour == DataCenter {
		it.Field = "Parent"
	}
	key := func(v Value) (id, text *string) {
		if i := w.Issues[v.Text]; i != nil {
			return &i.ID, &i.Key
		}
		return nil, nil
	}
	it.From, it.FromText = key(was)
	it.To, it.ToText = key(is)
	return it
}

// orphan takes an issue that goes from those it is the parent of.
func (w *World) orphan(by By, i *Issue) {
	for _, c := range w.Children(i) {
		w.change(by, c, map[string]Value{"parent": {}}, nil)
	}
}
