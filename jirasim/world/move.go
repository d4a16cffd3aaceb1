package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Move moves an issue to another project, its sub-tasks with it: its id stays,
// its key changes, and what the project does not know goes: docs/JIRA.md "Gone
// or hidden".
func (w *World) Move(by By, i *Issue, to *Project) *Issue {
	if w.Home(i) == to {
		return i
	}
	kind := i.Values["issuetype"].Text
	if !slices.Contains(to.Types, kind) {
		kind = w.whole(to)[0]
	}
	n := w.shift(by, i, to, kind, nil)
	for _, s := range w.Subtasks(i) {
		w.Move(by, s, to)
	}
	return n
}

// Transfer moves an issue to a project and a type, below another issue where
// one is named; a parent of elsewhere is lost.
func (w *World) Transfer(by By, i *Issue, to *Project, kind, parent string) error {
	if w.subtask(kind) && parent == "" {
		if up := w.Issues[i.Values["parent"].Text]; up == nil || up.Project != to.ID || !w.subtask(i.Values["issuetype"].Text) {
			return RefuseField("issuetype", "Issue type is a sub-task but parent issue key or id not specified.")
		}
		parent = i.Values["parent"].Text
	}
	below := w.Subtasks(i)
	if len(below) > 0 && w.subtask(kind) {
		return RefuseField("issuetype", "An issue with sub-tasks cannot become one.")
	}
	w.shift(by, i, to, kind, &parent)
	for _, s := range below {
		w.Move(by, s, to)
	}
	return nil
}

// shift makes the next version of an issue in a project, of a type.
func (w *World) shift(by By, i *Issue, to *Project, kind string, parent *string) *Issue {
	from, n := w.Home(i), *i
	set, items := map[string]Value{"issuetype": {Text: kind}}, []Item{}
	if parent != nil {
		set["parent"] = Value{Text: *parent}
	}
	if from != to {
		for _, f := range w.Fields {
			if f.Kind == VersionsOf || f.Kind == PartsOf || f.Kind == VersionOf {
				set[f.ID] = Value{}
			}
		}
		to.Issues++
		n.Past = with(i.Past, i.Key)
		n.Key, n.Project = fmt.Sprintf("%s-%d", to.Key, to.Issues), to.ID
		items = append(items, Item{Field: "project", Type: "jira", ID: "project", From: &from.ID, FromText: &from.Name, To: &to.ID, ToText: &to.Name},
			Item{Field: "Key", Type: "jira", ID: "issuekey", FromText: &i.Key, ToText: &n.Key})
	}
	items = append(items, w.items(i.Values, set)...)
	if len(items) == 0 {
		return i
	}
	n.Values, n.Updated = maps.Clone(i.Values), by.Now
	maps.Copy(n.Values, set)
	maps.DeleteFunc(n.Values, func(_ string, v Value) bool { return v.Empty() })
	c := &Change{ID: w.Next("change"), Author: by.User.ID, At: by.Now, Items: items}
	n.History = with(i.History, c)
	w.put(&n, by.Now)
	name := "issue_moved"
	if from == to {
		name = "issue_updated"
	}
	w.emit(Event{Kind: "jira:issue_updated", Name: name, At: by.Now, By: by.User, Issue: &n, Change: c})
	return &n
}

// Pass makes a transition without more.
func (w *World) Pass(by By, i *Issue, transition string) error {
	var b Body
	if err := json.Unmarshal(fmt.Appendf(nil, `{"transition":{"id":%q}}`, transition), &b); err != nil {
		return Refuse(400, "Missing 'transition' identifier")
	}
	return w.Transition(by, i, b)
}

// Archive puts an issue and its sub-tasks into the archive, or takes them out,
// and tells how many that were.
func (w *World) Archive(by By, i *Issue, on bool) int {
	done := 0
	for _, x := range append(w.Subtasks(i), i) {
		if x.Archived == on {
			continue
		}
		n := *x
		n.Archived = on
		w.put(&n, by.Now)
		done++
	}
	return done
}
