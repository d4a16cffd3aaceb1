package world

import (
	"encoding/json"
	"slices"
)

// A Given is the default of a custom field in a context, as Atlassian's
// documents have it: Type says which other members count.
type Given struct {
	Context Loose   `json:"contextId"`
	Type    string  `json:"type"`
	Option  *Loose  `json:"optionId,omitempty"`
	Below   Loose   `json:"cascadingOptionId,omitempty"`
	Options []Loose `json:"optionIds,omitempty"`

	Text    json.RawMessage `json:"text,omitempty"`
	Number  json.RawMessage `json:"number,omitempty"`
	Date    json.RawMessage `json:"date,omitempty"`
	Instant json.RawMessage `json:"dateTime,omitempty"`
	URL     json.RawMessage `json:"url,omitempty"`
	Labels  json.RawMessage `json:"labels,omitempty"`
}

// DefaultType is how the default of a kind of field is called; empty: there is
// none here.
func (k Kind) DefaultType() string {
	return map[Kind]string{Line: "textfield", Rich: "textarea", Number: "float", Date: "datepicker", Instant: "datetimepicker", Address: "url",
		Labels: "labels", Select: "option.single", Choices: "option.multiple", Cascade: "option.cascading"}[k]
}

// SetDefault sets what new issues have in a field where nothing is said, or
// nothing. The texts of its refusals are unverified.
func (w *World) SetDefault(by By, f *Field, x *Context, in Given) error {
	if f.Kind.DefaultType() == "" || in.Type != f.Kind.DefaultType() {
		return Refuse(400, "The default value type '%s' does not fit the custom field.", in.Type)
	}
	if f.Kind == Select || f.Kind == Choices || f.Kind == Cascade {
		return x.prefer(f, in)
	}
	raw := map[Kind]json.RawMessage{Line: in.Text, Rich: in.Text, Number: in.Number, Date: in.Date, Instant: in.Instant, Address: in.URL, Labels: in.Labels}[f.Kind]
	if len(raw) == 0 {
		raw = json.RawMessage("null")
	}
	by.API = 2 // the text of a default is none of ADF's
	v, no := w.take(f, raw, by, nil)
	if no != "" {
		return Refuse(400, "%s", no)
	}
	x.Default = v
	return nil
}

// prefer sets options for a default.
func (x *Context) prefer(f *Field, in Given) error {
	var ids []Loose
	if in.Option != nil && *in.Option != "" {
		ids = append(ids, *in.Option)
	}
	if f.Kind == Choices {
		ids = in.Options
	}
	if in.Below != "" {
		ids = append(ids, in.Below)
	}
	v := Value{}
	for n, id := range ids {
		o, known := f.Option(string(id))
		below := f.Kind == Cascade && n == 1
		if !known || o.Context != "" && o.Context != x.ID || below != (o.Parent != "") || below && o.Parent != string(ids[0]) {
			return Refuse(404, "The option with id '%s' was not found.", id)
		}
		if f.Kind == Choices || below {
			v.List = union(v.List, []string{o.ID})
		} else {
			v.Text = o.ID
		}
	}
	x.Default = v
	return nil
}

// foretold sets the defaults of the fields on the screen that nothing was said of.
func (d *draft) foretold(kind string) {
	for _, f := range d.w.Fields {
		if _, set := d.now[f.ID]; set || !slices.Contains(d.project.Create, f.ID) || !f.There(d.project, kind) {
			continue
		}
		if x := f.In(d.project, kind); x != nil && !x.Default.Empty() {
			d.now[f.ID] = x.Default
		}
	}
}
