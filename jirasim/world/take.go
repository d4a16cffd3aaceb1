package world

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// take reads the JSON that a caller gives for a field. The texts of its
// complaints are Jira's where one was recorded, else unverified.
func (w *World) take(f *Field, raw json.RawMessage, by By, p *Project) (Value, complaint) {
	switch f.Kind {
	case Line:
		return w.line(f, raw)
	case Rich:
		s, c := w.rich(raw, by)
		return Value{Text: s}, c
	case Number:
		return number(raw)
	case Date:
		return date(raw)
	case Instant:
		return instant(raw)
	case Select:
		return f.pick(raw, f.Choose(p, ""))
	case Choices:
		return w.each(raw, func(r json.RawMessage) (Value, complaint) { return f.pick(r, f.Choose(p, "")) })
	case Person:
		return w.person(f, raw, by, p)
	case Labels:
		return w.each(raw, label)
	case PriorityOf:
		return named(raw, "Priority", "priority", w.Priorities, func(x *Priority) (string, string) { return x.ID, x.Name })
	case ResolvedAs:
		return named(raw, "Resolution", "resolution", w.Resolutions, func(x *Resolution) (string, string) { return x.ID, x.Name })
	case TypeOf:
		return w.typeOf(raw, p)
	case VersionsOf:
		return w.each(raw, func(r json.RawMessage) (Value, complaint) { return p.version(r) })
	case PartsOf:
		return w.each(raw, func(r json.RawMessage) (Value, complaint) { return p.component(r) })
	case ParentOf:
		return w.parent(raw, by)
	case SprintOf:
		return w.sprint(raw, by, Value{})
	case EpicOf:
		return w.epic(raw, by)
	}
	return w.special(f, raw, by, p)
}

func (w *World) line(f *Field, raw json.RawMessage) (Value, complaint) {
	if null(raw) {
		return Value{}, ""
	}
	var s string
	switch {
	case json.Unmarshal(raw, &s) != nil:
		return Value{}, "Operation value must be a string"
	case f.ID == "summary" && strings.ContainsAny(s, "\r\n"):
		return Value{}, "The summary is invalid because it contains newline characters."
	case utf8.RuneCountInString(s) > 255 && f.ID == "summary":
		return Value{}, "Summary must be less than 255 characters."
	case utf8.RuneCountInString(s) > longest:
		return Value{}, tooLong
	case utf8.RuneCountInString(s) > 255 && w.Flavour == Cloud:
		return Value{}, "The entered text is too long. It exceeds the allowed limit of 255 characters."
	}
	if f.ID == "summary" {
		s = strings.TrimSpace(s)
	}
	if w.Normalises {
		s = tidyLine(s)
	}
	return Value{Text: s}, ""
}

func number(raw json.RawMessage) (Value, complaint) {
	if null(raw) {
		return Value{}, ""
	}
	var n float64
	if json.Unmarshal(raw, &n) != nil {
		return Value{}, "Operation value must be a number"
	}
	return Value{Number: &n}, ""
}

func date(raw json.RawMessage) (Value, complaint) {
	var s string
	if null(raw) {
		return Value{}, ""
	}
	if json.Unmarshal(raw, &s) != nil {
		return Value{}, "Operation value must be a string"
	}
	if s == "" {
		return Value{}, ""
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return Value{}, fmt.Sprintf("Error parsing date string: %s", s)
	}
	return Value{Text: s}, ""
}

// Stamp is how Jira writes an instant: docs/JIRA.md "Shapes".
const Stamp = "2006-01-02T15:04:05.000-0700"

func instant(raw json.RawMessage) (Value, complaint) {
	var s string
	if null(raw) {
		return Value{}, ""
	}
	if json.Unmarshal(raw, &s) != nil {
		return Value{}, "Operation value must be a string"
	}
	for _, layout := range []string{Stamp, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return Value{Text: t.UTC().Format(time.RFC3339Nano)}, ""
		}
	}
	return Value{}, fmt.Sprintf("Error parsing date string: %s", s)
}

// handle is how an object is referred to.
type handle struct {
	ID        Loose  `json:"id"`
	Name      string `json:"name"`
	Value     string `json:"value"`
	Key       string `json:"key"`
	AccountID string `json:"accountId"`
}

// Loose is a string that may be written as a number.
type Loose string

// UnmarshalJSON takes a string or a number.
func (l *Loose) UnmarshalJSON(b []byte) error {
	var s string
	if len(b) > 0 && b[0] != '"' {
		var n json.Number
		if err := json.Unmarshal(b, &n); err != nil {
			return err
		}
		s = n.String()
	} else if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*l = Loose(s)
	return nil
}

// pick takes one of some options.
func (f *Field) pick(raw json.RawMessage, from []Option) (Value, complaint) {
	var h handle
	if null(raw) {
		return Value{}, ""
	}
	if json.Unmarshal(raw, &h) != nil || h.ID == "" && h.Value == "" {
		return Value{}, "Could not find valid 'id' or 'value' in the Parent Option object."
	}
	for _, o := range from {
		if o.ID == string(h.ID) && h.ID != "" || h.ID == "" && o.Value == h.Value {
			return Value{Text: o.ID}, ""
		}
	}
	if h.ID != "" {
		return Value{}, fmt.Sprintf("Option id '%s' is not valid", h.ID)
	}
	return Value{}, fmt.Sprintf("Option value '%s' is not valid", h.Value)
}

// each reads a list, one element at a time; it keeps no value twice, and
// them all in order.
func (w *World) each(raw json.RawMessage, one func(json.RawMessage) (Value, complaint)) (Value, complaint) {
	var list []json.RawMessage
	if null(raw) {
		return Value{}, ""
	}
	if json.Unmarshal(raw, &list) != nil {
		return Value{}, "data was not an array"
	}
	var v Value
	for _, r := range list {
		e, c := one(r)
		if c != "" {
			return Value{}, c
		}
		if e.Text != "" && !slices.Contains(v.List, e.Text) {
			v.List = append(v.List, e.Text)
		}
	}
	slices.Sort(v.List)
	return v, ""
}

func label(raw json.RawMessage) (Value, complaint) {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return Value{}, "string expected at index 0"
	}
	if strings.ContainsAny(s, " \t\r\n") {
		return Value{}, fmt.Sprintf("The label '%s' contains spaces which is invalid.", s)
	}
	if utf8.RuneCountInString(s) > 255 {
		return Value{}, fmt.Sprintf("The label '%s' exceeds the maximum length for labels of 255 characters.", s)
	}
	return Value{Text: s}, ""
}

func (w *World) person(f *Field, raw json.RawMessage, by By, p *Project) (Value, complaint) {
	var h handle
	if null(raw) {
		return Value{}, ""
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &h) != nil || json.Unmarshal(raw, &members) != nil {
		return Value{}, "data was not an object"
	}
	if _, named := members["name"]; !named && w.Flavour == DataCenter {
		return Value{}, "expected Object containing a 'name' property"
	}
	id := h.AccountID
	if w.Flavour == DataCenter {
		id = h.Name
	} else if id == "" {
		id = string(h.ID)
	}
	if id == "" && h.Name != "" {
		return Value{}, "'accountId' must be the only user identifying query parameter in GDPR strict mode."
	}
	if id == "" {
		return Value{}, ""
	}
	u := w.called(id)
	switch {
	case u == nil && w.Flavour == DataCenter:
		return Value{}, fmt.Sprintf("User '%s' does not exist.", id)
	case u == nil:
		return Value{}, "Specify a valid value for " + f.ID
	case f.ID == "assignee" && !w.May(u, "ASSIGNABLE_USER", p):
		return Value{}, fmt.Sprintf("User '%s' cannot be assigned issues.", id)
	}
	return Value{Text: u.ID}, ""
}

// called finds an account as field values name it.
func (w *World) called(id string) *User {
	if w.Flavour == Cloud {
		return w.User(id)
	}
	for _, u := range w.Users {
		if strings.EqualFold(u.Name, id) {
			return u
		}
	}
	return nil
}

func named[T any](raw json.RawMessage, title, noun string, all []*T, of func(*T) (id, name string)) (Value, complaint) {
	var h handle
	if null(raw) {
		return Value{}, ""
	}
	if json.Unmarshal(raw, &h) != nil || h.ID == "" && h.Name == "" {
		return Value{}, fmt.Sprintf("Could not find valid 'id' or 'name' in %s object.", noun)
	}
	for _, x := range all {
		id, name := of(x)
		if id == string(h.ID) && h.ID != "" || h.ID == "" && strings.EqualFold(name, h.Name) {
			return Value{Text: id}, ""
		}
	}
	if h.ID != "" {
		return Value{}, fmt.Sprintf("%s id '%s' is not valid", title, h.ID)
	}
	return Value{}, fmt.Sprintf("%s name '%s' is not valid", title, h.Name)
}

func (w *World) typeOf(raw json.RawMessage, p *Project) (Value, complaint) {
	v, c := named(raw, "Issue type", "issue type", w.Types, func(x *Type) (string, string) { return x.ID, x.Name })
	if c != "" || v.Empty() || !slices.Contains(p.Types, v.Text) {
		return Value{}, "Specify a valid issue type"
	}
	return v, ""
}
