package world

import "fmt"

// Move moves an issue to another project: its id stays, its key changes, and
// what the project does not know goes: docs/JIRA.md "Gone or hidden".
func (w *World) Move(by By, i *Issue, to *Project) *Issue {
	from := w.Home(i)
	if from == to {
		return i
	}
	to.Issues++
	n := *i
	n.Past = append(i.Past[:len(i.Past):len(i.Past)], i.Key)
	n.Key, n.Project, n.Updated = fmt.Sprintf("%s-%d", to.Key, to.Issues), to.ID, by.Now
	c := &Change{ID: w.Next("change"), Author: by.User.ID, At: by.Now, Items: []Item{
		{Field: "project", Type: "jira", ID: "project", From: &from.ID, FromText: &from.Name, To: &to.ID, ToText: &to.Name},
		{Field: "Key", Type: "jira", ID: "issuekey", FromText: &i.Key, ToText: &n.Key},
	}}
	n.History = append(i.History[:len(i.History):len(i.History)], c)
	w.put(&n, by.Now)
	w.emit(Event{Kind: "jira:issue_updated", Name: "issue_moved", At: by.Now, By: by.User, Issue: &n, Change: c})
	return &n
}
