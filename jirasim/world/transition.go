package world

import (
	"slices"
)

// Open lists the transitions that u can make now; none to whom the issue or
// the permission is denied: docs/JIRA.md "Transitions".
func (w *World) Open(u *User, i *Issue) []Transition {
	p := w.Home(i)
	if !w.May(u, "TRANSITION_ISSUES", p) {
		return nil
	}
	return slices.DeleteFunc(w.Ways(i), func(t Transition) bool { return !w.holds(u, i, t.Who) })
}

// Ways are the transitions from where an issue stands, whoever may make them.
func (w *World) Ways(i *Issue) []Transition {
	var out []Transition
	for _, t := range w.Flow(w.Home(i), i.Values["issuetype"].Text).Transitions {
		if len(t.From) == 0 || slices.Contains(t.From, i.Values["status"].Text) {
			out = append(out, t)
		}
	}
	return out
}

// Stage orders statuses by how far work is: to do, in progress, done.
func (w *World) Stage(status string) int {
	if s := w.Status(status); s != nil {
		return slices.Index([]int{2, 4, 3}, s.Category)
	}
	return -1
}

// Transition moves an issue through its workflow.
func (w *World) Transition(by By, i *Issue, b Body) error {
	if b.Transition == nil || b.Transition.ID == "" {
		return Refuse(400, "Missing 'transition' identifier")
	}
	open := w.Open(by.User, i)
	n := slices.IndexFunc(open, func(t Transition) bool { return t.ID == string(b.Transition.ID) })
	if n < 0 {
		return w.notOpen(i, string(b.Transition.ID))
	}
	t := open[n]
	d := w.draft(by, w.Home(i), i.Values)
	d.read(b, func(f *Field) bool { return slices.Contains(t.Screen, f.ID) })
	for _, id := range t.Required {
		v, given := d.now[id]
		if !given {
			v = d.was[id]
		}
		if v.Empty() && d.wrong.Errors[id] == "" {
			d.blame(id, w.Field(id).Name+" is required.")
		}
	}
	if err := d.refusal(); err != nil {
		return err
	}
	d.now["status"] = Value{Text: t.To}
	for id, v := range t.Set {
		if d.now[id].Empty() {
			d.now[id] = v
		}
	}
	if err := w.properties(i, b.Properties); err != nil {
		return err
	}
	c := w.change(by, w.Issues[i.ID], d.now, b.Metadata)
	name := t.Event
	if w.Flavour == Cloud || name == "" {
		name = "issue_generic"
	}
	if c != nil {
		w.emit(Event{Kind: "jira:issue_updated", Name: name, At: by.Now, By: by.User, Issue: w.Issues[i.ID], Change: c})
	}
	return d.follow(i.ID)
}

// notOpen refuses a transition; the flavours word it in their own way.
func (w *World) notOpen(i *Issue, id string) error {
	if w.Flavour == Cloud {
		return Refuse(400, "Transition id '%s' is not valid for this issue.", id)
	}
	name := id
	for _, t := range w.Flow(w.Home(i), i.Values["issuetype"].Text).Transitions {
		if t.ID == id {
			name = t.Name
		}
	}
	return Refuse(400, "It seems that you have tried to perform a workflow operation (%s) that is not valid for the current state of this issue (%s).", name, i.Key)
}
