package world

import (
	"encoding/json"
	"maps"
	"unicode/utf8"
)

// checkProperties refuses keys and values that Jira does: docs/JIRA.md "Entity properties".
func checkProperties(ps []Property) error {
	for _, p := range ps {
		switch {
		case p.Key == "" || utf8.RuneCountInString(p.Key) > 255:
			return Refuse(400, "The property key must be between 1 and 255 characters long.")
		case null(p.Value) || !json.Valid(p.Value):
			return Refuse(400, "The property value cannot be empty.")
		case utf8.RuneCount(p.Value) > 32768:
			return Refuse(400, "The property value is too long. It must not exceed 32768 characters.")
		}
	}
	return nil
}

// keep is the properties with some more.
func keep(was map[string]json.RawMessage, ps []Property) map[string]json.RawMessage {
	if len(ps) == 0 {
		return was
	}
	out := maps.Clone(was)
	if out == nil {
		out = map[string]json.RawMessage{}
	}
	for _, p := range ps {
		out[p.Key] = p.Value
	}
	return out
}

// changed is the properties with one set or, with a nil value, removed.
func changed(was map[string]json.RawMessage, p Property) (map[string]json.RawMessage, error) {
	if p.Value == nil {
		out := maps.Clone(was)
		delete(out, p.Key)
		return out, nil
	}
	if err := checkProperties([]Property{p}); err != nil {
		return nil, err
	}
	return keep(was, []Property{p}), nil
}

// properties sets properties of an issue. They do not move updated: docs/JIRA.md "Search".
func (w *World) properties(i *Issue, ps []Property) error {
	if err := checkProperties(ps); err != nil || len(ps) == 0 {
		return err
	}
	n := *i
	n.Properties = keep(i.Properties, ps)
	w.put(&n, n.Updated)
	return nil
}

// Carry sets (or with a nil value removes) one property of a user or a type.
func (w *World) Carry(at string, p Property) error {
	props, err := changed(w.Carried[at], p)
	if err != nil {
		return err
	}
	if w.Carried == nil {
		w.Carried = map[string]map[string]json.RawMessage{}
	}
	w.Carried[at] = props
	return nil
}

// SetProperty sets (or with a nil value removes) one property of an issue.
func (w *World) SetProperty(by By, i *Issue, p Property) error {
	if !w.May(by.User, "EDIT_ISSUES", w.Home(i)) {
		return Refuse(403, "You do not have permission to edit issues in this project.")
	}
	props, err := changed(i.Properties, p)
	if err != nil {
		return err
	}
	n := *i
	n.Properties = props
	w.put(&n, n.Updated)
	kind := "issue_property_set"
	if p.Value == nil {
		kind = "issue_property_deleted"
	}
	w.emit(Event{Kind: kind, At: by.Now, By: by.User, Issue: &n, Property: &p})
	return nil
}
