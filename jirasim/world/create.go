package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Create makes an issue; properties given are set with it.
func (w *World) Create(by By, b Body) (*Issue, error) {
	if b.Fields == nil && b.Update == nil {
		return nil, Refuse(400, "No Issue Create payload supplied")
	}
	p, kind, err := w.place(by, b)
	if err != nil {
		return nil, err
	}
	d := w.draft(by, p, nil)
	may := w.May(by.User, "CREATE_ISSUES", p)
	d.read(b, func(f *Field) bool { return may && slices.Contains(p.Create, f.ID) && f.There(p, kind) })
	if d.now["summary"].Empty() && d.wrong.Errors["summary"] == "" {
		d.blame("summary", "You must specify a summary of the issue.")
	}
	d.related(kind, "")
	if err := d.refusal(); err != nil {
		return nil, err
	}
	if err := checkProperties(b.Properties); err != nil {
		return nil, err
	}
	d.now["issuetype"], d.now["creator"] = Value{Text: kind}, Value{Text: by.User.ID}
	d.now["status"] = Value{Text: w.Flow(p, kind).Initial}
	d.foretold(kind)
	w.defaults(d, by)
	if err := d.begin(b); err != nil {
		return nil, err
	}
	i := w.bear(by, p, d.now)
	i.Properties = keep(nil, b.Properties)
	w.attend(by, i)
	w.put(i, by.Now)
	w.emit(Event{Kind: "jira:issue_created", Name: "issue_created", At: by.Now, By: by.User, Issue: i,
		Change: &Change{ID: w.Next("change"), Author: by.User.ID, At: by.Now, Items: w.items(nil, d.now)}})
	if err := d.follow(i.ID); err != nil || b.Transition == nil || b.Transition.ID == "" {
		return w.Issues[i.ID], err
	}
	return w.Issues[i.ID], w.Transition(by, w.Issues[i.ID], Body{Transition: b.Transition})
}

// begin refuses a create with a transition that cannot be made from the first
// status.
func (d *draft) begin(b Body) error {
	if b.Transition == nil || b.Transition.ID == "" {
		return nil
	}
	i := &Issue{Project: d.project.ID, Values: d.now}
	for _, t := range d.w.Open(d.by.User, i) {
		if t.ID != string(b.Transition.ID) {
			continue
		}
		for _, id := range t.Required {
			if d.now[id].Empty() {
				d.blame(id, d.w.Field(id).Name+" is required.")
			}
		}
		return d.refusal()
	}
	return d.w.notOpen(i, string(b.Transition.ID))
}

// place finds the project and the issue type of a body, and takes both out.
func (w *World) place(by By, b Body) (*Project, string, error) {
	var h handle
	if json.Unmarshal(b.Fields["project"], &h) != nil {
		h = handle{}
	}
	p := w.Project(by.User, string(h.ID))
	if p == nil && h.Key != "" {
		p = w.Project(by.User, h.Key)
	}
	if p == nil {
		_, given := b.Fields["project"]
		return nil, "", RefuseField("project", "%s", w.lacks(given, "project", "Specify a valid project ID or key", "Specify a valid project ID or key"))
	}
	raw, ok := b.Fields["issuetype"]
	if !ok {
		return nil, "", RefuseField("issuetype", "%s", w.lacks(false, "issue type", "Specify an issue type", ""))
	}
	v, c := w.typeOf(raw, p)
	if c != "" {
		return nil, "", RefuseField("issuetype", "%s", w.lacks(true, "issue type", "", c))
	}
	delete(b.Fields, "project")
	delete(b.Fields, "issuetype")
	return p, v.Text, nil
}

// lacks is how the flavours say that a thing was not named, or that there is none
// of that name. Cloud's was recorded; Data Center's is known from use.
func (w *World) lacks(given bool, noun, missing, wrong string) string {
	switch {
	case w.Flavour == DataCenter && given:
		return "valid " + noun + " is required"
	case w.Flavour == DataCenter:
		return noun + " is required"
	case given:
		return wrong
	}
	return missing
}

// defaults sets what a creator left out.
func (w *World) defaults(d *draft, by By) {
	if d.now["reporter"].Empty() {
		d.now["reporter"] = Value{Text: by.User.ID}
	}
	if _, set := d.now["priority"]; !set {
		d.now["priority"] = Value{Text: w.DefaultPriority()}
	}
	if _, set := d.now["assignee"]; !set {
		d.now["assignee"] = Value{Text: w.Assignee(d.project, d.now["components"].List)}
	}
	maps.DeleteFunc(d.now, func(_ string, v Value) bool { return v.Empty() })
}

// bear makes the first version of an issue, not yet put.
func (w *World) bear(by By, p *Project, values map[string]Value) *Issue {
	p.Issues++
	if r := w.Sole(RankOf); r != nil {
		values[r.ID] = Value{Text: w.bottom()}
	}
	return &Issue{ID: w.Next("issue"), Key: fmt.Sprintf("%s-%d", p.Key, p.Issues), Project: p.ID, Values: values,
		Created: by.Now, Updated: by.Now, Moved: by.Now}
}

// Delete removes an issue and everything in it; its sub-tasks too where the
// caller says so, else one that has some stays.
func (w *World) Delete(by By, i *Issue, subtasks bool) error {
	if !w.May(by.User, "DELETE_ISSUES", w.Home(i)) {
		return Refuse(403, "You do not have permission to delete issues in this project.")
	}
	below := w.Subtasks(i)
	if len(below) > 0 && !subtasks {
		return Refuse(400, "The issue '%s' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks.", i.Key)
	}
	for _, s := range below {
		if err := w.Delete(by, s, true); err != nil {
			return err
		}
	}
	w.orphan(by, i)
	w.adopted(i, nil)
	delete(w.Issues, i.ID)
	delete(w.index, i.ID)
	for _, k := range append(i.Past, i.Key) {
		delete(w.keys, strings.ToUpper(k))
	}
	w.emit(Event{Kind: "jira:issue_deleted", Name: "issue_deleted", At: by.Now, By: by.User, Issue: i})
	for _, c := range i.Comments {
		w.emit(Event{Kind: "comment_deleted", At: by.Now, By: by.User, Issue: i, Comment: c, Secondary: true})
	}
	w.forget(by, i)
	return nil
}
