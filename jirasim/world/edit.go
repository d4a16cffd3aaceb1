package world

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Body is what creates, edits and transitions take.
type Body struct {
	Fields     map[string]json.RawMessage              `json:"fields"`
	Update     map[string][]map[string]json.RawMessage `json:"update"`
	Properties []Property                              `json:"properties"`
	Metadata   Metadata                                `json:"historyMetadata"`
	Transition *struct {
		ID Loose `json:"id"`
	} `json:"transition"`
}

// A Property is a named piece of JSON kept with an issue or a comment.
type Property struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// A draft collects what a body would change, and what is wrong with it.
type draft struct {
	w        *World
	by       By
	project  *Project
	was, now map[string]Value     // of the fields that it names
	later    []func(*Issue) error // what is done once the issue is there
	wrong    *Refusal
}

func (w *World) draft(by By, p *Project, was map[string]Value) *draft {
	return &draft{w: w, by: by, project: p, was: was, now: map[string]Value{}, wrong: &Refusal{Status: 400, Errors: map[string]string{}}}
}

func (d *draft) blame(field string, c complaint) {
	switch c {
	case "":
	case invalidInput:
		d.wrong.Messages = []string{c}
	default:
		d.wrong.Errors[field] = c
	}
}

// object says what is wrong with no field alone.
func (d *draft) object(format string, args ...any) {
	d.wrong.Messages = append(d.wrong.Messages, fmt.Sprintf(format, args...))
}

// unable refuses a verb, in the words, and with the space, of Jira's source.
func (d *draft) unable(id, verb string, able ...string) {
	name := id
	if f := d.w.Field(id); f != nil {
		name = f.Name
	}
	d.object("Field with id' %s' and name '%s' does not support operation '%s' Supported operation(s) are: '%s'", id, name, verb, strings.Join(able, ","))
}

// refusal is nil if nothing is wrong.
func (d *draft) refusal() error {
	if len(d.wrong.Messages) == 0 && len(d.wrong.Errors) == 0 {
		return nil
	}
	return d.wrong
}

// read takes the fields of a body that are on a screen. A status in an edit
// is ignored: docs/JIRA.md "Transitions"; a project, where a trap says so.
func (d *draft) read(b Body, on func(*Field) bool) {
	for _, id := range slices.Sorted(maps.Keys(b.Fields)) {
		if _, twice := b.Update[id]; twice {
			d.object("Field '%s' cannot appear in both 'fields' and 'update'", id)
			continue
		}
		if id == "parent" && vague(b.Fields[id]) {
			continue
		}
		if id == "timetracking" {
			d.estimate(b.Fields[id], on)
			continue
		}
		if f := d.open(id, on); f != nil {
			v, c := d.take(f, b.Fields[id])
			d.now[d.w.keeper(f)] = v
			d.blame(id, c)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.Update)) {
		if d.aside(id, b.Update[id], on) {
			continue
		}
		if f := d.open(id, on); f != nil {
			d.operate(f, b.Update[id])
		}
	}
}

// open finds a field that may be set; nil if there is none, which it blames.
func (d *draft) open(id string, on func(*Field) bool) *Field {
	f := d.w.Field(id)
	switch {
	case f != nil && (f.Kind == StatusOf || f.Kind == ProjectOf && d.w.Ignores):
		return nil
	case f == nil || f.Kind.computed() || !on(f), id == "reporter" && !d.w.May(d.by.User, "MODIFY_REPORTER", d.project):
		d.blame(id, offScreen(id))
		return nil
	}
	return f
}

// aside does the verbs on what is no value of an issue.
func (d *draft) aside(id string, ops []map[string]json.RawMessage, on func(*Field) bool) bool {
	switch id {
	case "comment":
		d.remark(ops)
	case "issuelinks":
		d.adds(id, ops, d.tie)
	case "worklog":
		d.adds(id, ops, d.work)
	case "timetracking":
		d.track(ops, on)
	default:
		return false
	}
	return true
}

// adds does the only verb that some fields have.
func (d *draft) adds(id string, ops []map[string]json.RawMessage, add func(json.RawMessage)) {
	for _, op := range ops {
		for _, verb := range slices.Sorted(maps.Keys(op)) {
			if verb != "add" {
				d.unable(id, verb, "add")
				continue
			}
			add(op[verb])
		}
	}
}

// follow does what comes with an edit.
func (d *draft) follow(id string) error {
	for _, do := range d.later {
		if err := do(d.w.Issues[id]); err != nil {
			return err
		}
	}
	return nil
}

// operate does the verbs of update, one after the other.
func (d *draft) operate(f *Field, ops []map[string]json.RawMessage) {
	v := d.was[f.ID]
	for _, op := range ops {
		for _, verb := range slices.Sorted(maps.Keys(op)) {
			if !slices.Contains(f.Verbs(), verb) {
				d.unable(f.ID, verb, f.Verbs()...)
				continue
			}
			raw := op[verb]
			if verb != "set" {
				raw = slices.Concat(json.RawMessage("["), raw, json.RawMessage("]"))
			}
			e, c := d.take(f, raw)
			d.blame(f.ID, c)
			switch verb {
			case "set":
				v = e
			case "add":
				v = Value{List: union(v.List, e.List)}
			case "remove":
				v = Value{List: slices.DeleteFunc(slices.Clone(v.List), func(s string) bool { return slices.Contains(e.List, s) })}
			}
		}
	}
	d.now[d.w.keeper(f)] = v
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// Verbs are the operations that update knows for a field.
func (f *Field) Verbs() []string {
	switch f.Kind {
	case Labels, Choices, VersionsOf, PartsOf, People, GroupsIn:
		return []string{"add", "set", "remove"}
	}
	if f.Kind == TimeTracking {
		return []string{"set", "edit"}
	}
	return []string{"set"}
}

// Edit changes an issue. A value that is what it was leaves no trace.
func (w *World) Edit(by By, i *Issue, b Body) error {
	p := w.Home(i)
	if b.Fields == nil && b.Update == nil {
		if len(b.Properties) > 0 || b.Metadata != nil {
			return w.properties(i, b.Properties)
		}
		return Refuse(400, "one of 'fields' or 'update' required")
	}
	d := w.draft(by, p, i.Values)
	may := w.May(by.User, "EDIT_ISSUES", p)
	d.read(b, func(f *Field) bool { return may && w.editable(f, p) })
	if v, set := d.now["summary"]; set && v.Empty() && d.wrong.Errors["summary"] == "" {
		d.blame("summary", "You must specify a summary of the issue.")
	}
	if v, set := d.now["reporter"]; set && v.Empty() && d.wrong.Errors["reporter"] == "" {
		d.blame("reporter", "Reporter is required.")
	}
	d.related(cmp.Or(d.now["issuetype"].Text, i.Values["issuetype"].Text), i.ID)
	if err := d.refusal(); err != nil {
		return err
	}
	if err := w.properties(i, b.Properties); err != nil {
		return err
	}
	was := i.Values
	i = w.Issues[i.ID]
	if c := w.change(by, i, d.now, b.Metadata); c != nil {
		w.emit(Event{Kind: "jira:issue_updated", Name: eventName(w.Flavour, c), At: by.Now, By: by.User, Issue: w.Issues[i.ID], Change: c})
	}
	for _, id := range slices.Sorted(maps.Keys(d.now)) {
		if f := w.Field(id); f.Kind == Rich {
			w.lose(by, i.ID, was[id].Text, d.now[id].Text)
		}
	}
	return d.follow(i.ID)
}

// editable reports whether an edit may set f: Cloud no longer asks the edit
// screen: docs/JIRA.md "Create and edit".
func (w *World) editable(f *Field, p *Project) bool {
	if slices.Contains(p.Edit, f.ID) {
		return true
	}
	return w.Flavour == Cloud && slices.Contains(p.Create, f.ID)
}

// eventName is how an edit is called in webhooks: docs/JIRA.md "Webhooks".
func eventName(f Flavour, c *Change) string {
	if f == Cloud && len(c.Items) == 1 && c.Items[0].ID == "assignee" {
		return "issue_assigned"
	}
	return "issue_updated"
}

// change puts the next version of an issue and returns its history entry; nil
// if nothing differs.
func (w *World) change(by By, i *Issue, set map[string]Value, metadata Metadata) *Change {
	items := w.items(i.Values, set)
	if len(items) == 0 {
		return nil
	}
	c := &Change{ID: w.Next("change"), Author: by.User.ID, At: by.Now, Items: items, Metadata: json.RawMessage(metadata)}
	n := *i
	n.Values = maps.Clone(i.Values)
	for id, v := range set {
		w.settle(&n, id, v, by)
	}
	n.Updated = by.Now
	n.History = append(i.History[:len(i.History):len(i.History)], c)
	w.put(&n, by.Now)
	return c
}

// settle sets one value and what follows from it.
func (w *World) settle(n *Issue, id string, v Value, by By) {
	was := n.Values[id]
	switch id {
	case "resolution":
		if !v.Equal(was) {
			n.Resolved = by.Now
		}
		if v.Empty() {
			n.Resolved = time.Time{}
		}
	case "status":
		if a, b := w.Status(was.Text), w.Status(v.Text); a == nil || b == nil || a.Category != b.Category {
			n.Moved = by.Now
		}
	}
	if v.Empty() {
		delete(n.Values, id)
		return
	}
	n.Values[id] = v
}
