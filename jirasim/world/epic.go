package world

import (
	"encoding/json"
	"slices"
)

// Epic reports whether an issue is one.
func (w *World) Epic(i *Issue) bool {
	t := w.Type(i.Values["issuetype"].Text)
	return t != nil && t.Level == 1
}

// EpicOf is the epic that an issue belongs to; nil if to none. On Cloud that
// is its parent, on Data Center what Epic Link holds.
func (w *World) EpicOf(i *Issue) *Issue {
	id := i.Values["parent"].Text
	if w.Flavour == DataCenter {
		f := w.Sole(EpicOf)
		if f == nil {
			return nil
		}
		id = i.Values[f.ID].Text
	}
	e := w.Issues[id]
	if e == nil || !w.Epic(e) {
		return nil
	}
	return e
}

// epicField is the field that holds the epic of an issue.
func (w *World) epicField() string {
	if f := w.Sole(EpicOf); f != nil && w.Flavour == DataCenter {
		return f.ID
	}
	return "parent"
}

// epic reads the key that Epic Link takes.
func (w *World) epic(raw json.RawMessage, by By) (Value, complaint) {
	var key string
	switch {
	case null(raw):
		return Value{}, ""
	case json.Unmarshal(raw, &key) != nil:
		return Value{}, "Operation value must be a string"
	case key == "":
		return Value{}, ""
	}
	e, no := w.Issue(by.User, key)
	if no != nil || !w.Epic(e) {
		return Value{}, "Issue '" + key + "' is not an epic." // unverified
	}
	return Value{Text: e.ID}, ""
}

// Gather puts issues under an epic, or with nil under none.
func (w *World) Gather(by By, e *Issue, issues []*Issue) error {
	for _, i := range issues {
		t := w.Type(i.Values["issuetype"].Text)
		switch {
		case !w.May(by.User, "EDIT_ISSUES", w.Home(i)):
			return Refuse(403, "You do not have permission to edit the issue '%s'.", i.Key)
		case e != nil && (t == nil || t.Level != 0):
			return Refuse(400, "The issue '%s' cannot be put into an epic.", i.Key)
		}
	}
	f, v := w.epicField(), Value{}
	if e != nil {
		v.Text = e.ID
	}
	for _, i := range issues {
		if e == nil && w.EpicOf(i) == nil {
			continue
		}
		if c := w.change(by, w.Issues[i.ID], map[string]Value{f: v}, nil); c != nil {
			w.emit(Event{Kind: "jira:issue_updated", Name: "issue_updated", At: by.Now, By: by.User, Issue: w.Issues[i.ID], Change: c})
		}
	}
	return nil
}

// An EpicBody is what changing an epic takes.
type EpicBody struct {
	Name    *string `json:"name"`
	Summary *string `json:"summary"`
	Done    *bool   `json:"done"`
	Color   *struct {
		Key string `json:"key"`
	} `json:"color"`
}

// Colors are those that an epic may have.
func colored(key string) bool {
	return slices.Contains([]string{"color_1", "color_2", "color_3", "color_4", "color_5", "color_6", "color_7", "color_8", "color_9", "color_10", "color_11", "color_12", "color_13", "color_14"}, key)
}

// ChangeEpic changes what is given. Whether it is done follows from its
// status: giving it changes nothing, which is unverified.
func (w *World) ChangeEpic(by By, e *Issue, in EpicBody) error {
	if !w.May(by.User, "EDIT_ISSUES", w.Home(e)) {
		return Refuse(403, "You do not have permission to edit the issue '%s'.", e.Key)
	}
	set := map[string]Value{}
	if in.Summary != nil {
		v, c := w.line(w.Field("summary"), quote(*in.Summary))
		if c != "" || v.Empty() {
			return RefuseField("summary", "%s", c)
		}
		set["summary"] = v
	}
	if f := w.named("Epic Name"); f != nil && in.Name != nil {
		set[f.ID] = Value{Text: *in.Name}
	}
	if f := w.Sole(ColorOf); f != nil && in.Color != nil {
		if !colored(in.Color.Key) {
			return RefuseField("color", "The color '%s' is not valid.", in.Color.Key)
		}
		set[f.ID] = Value{Text: in.Color.Key}
	}
	if c := w.change(by, w.Issues[e.ID], set, nil); c != nil {
		w.emit(Event{Kind: "jira:issue_updated", Name: "issue_updated", At: by.Now, By: by.User, Issue: w.Issues[e.ID], Change: c})
	}
	return nil
}
