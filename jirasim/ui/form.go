package ui

import (
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

// A Form asks for the fields of an issue, or for a comment.
type form struct {
	Name   string // unique on its page
	Action string
	Verb   string // what its button says
	Open   bool   // it is being filled in
	Inputs []input
	Wrong  []string // what belongs to no field
}

// An Input is one field of a form.
type input struct {
	ID, Name string
	Kind     world.Kind
	Value    string
	Was      string // what the issue held when the form was drawn: only what differs is sent
	Must     bool
	Main     bool // the text that the form is about
	Options  []option
	Wrong    string
	Preview  template.HTML
}

// An Option is one choice of a select.
type option struct{ Value, Text string }

// inputs are the fields that a form can ask for, of those on a screen, in the
// order of the site; values are what they hold.
func (v *visit) inputs(on func(string) bool, values map[string]world.Value) []input {
	var out []input
	for _, f := range v.w.Fields {
		if !on(f.ID) || f.ID == "reporter" || f.ID == "creator" {
			continue
		}
		in := input{ID: f.ID, Name: f.Name, Kind: f.Kind, Must: f.ID == "summary", Main: f.ID == "description"}
		switch f.Kind {
		case world.Line, world.Rich, world.Number, world.Date, world.Labels:
		case world.Select, world.Person, world.PriorityOf, world.ResolvedAs:
			in.Options = v.options(f)
		default:
			continue
		}
		in.Was = v.spoken(f, values[f.ID])
		in.Value = in.Was
		out = append(out, in)
	}
	return out
}

// spoken is a value as a form shows it.
func (v *visit) spoken(f *world.Field, x world.Value) string {
	switch f.Kind {
	case world.Rich:
		return v.w.Wiki(x.Text)
	case world.Number:
		return x.Decimal()
	case world.Labels:
		return strings.Join(x.List, " ")
	}
	return x.Text
}

func (v *visit) options(f *world.Field) []option {
	out := []option{}
	switch f.Kind {
	case world.PriorityOf:
		for _, p := range v.w.Priorities {
			out = append(out, option{p.ID, p.Name})
		}
		return out
	case world.ResolvedAs:
		for _, r := range v.w.Resolutions {
			out = append(out, option{r.ID, r.Name})
		}
	case world.Person:
		for _, u := range v.w.Users {
			if !u.Inactive && !u.App {
				out = append(out, option{u.ID, u.Display})
			}
		}
	default:
		for _, o := range f.Options {
			out = append(out, option{o.ID, o.Value})
		}
	}
	return append([]option{{"", "None"}}, out...)
}

// types are the issue types of a project that stand by themselves.
func (v *visit) types(p *world.Project) input {
	in := input{ID: "issuetype", Name: "Issue type", Kind: world.TypeOf, Must: true}
	for _, id := range p.Types {
		if t := v.w.Type(id); t != nil && !t.Subtask {
			in.Options = append(in.Options, option{id, t.Name})
		}
	}
	if len(in.Options) > 0 {
		in.Value = in.Options[0].Value
	}
	return in
}

// fill puts what was sent into a form.
func (f *form) fill(r *http.Request) {
	f.Open = true
	for n := range f.Inputs {
		in := &f.Inputs[n]
		if _, sent := r.PostForm[in.ID]; sent {
			in.Value = lines(r.PostForm.Get(in.ID))
		}
		if _, sent := r.PostForm["was."+in.ID]; sent {
			in.Was = lines(r.PostForm.Get("was." + in.ID))
		}
	}
}

// lines undoes what a form does to ends of lines.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// body is what the API would be sent for a form: what differs from what it
// was drawn with.
func (v *visit) body(f form) world.Body {
	b := world.Body{Fields: map[string]json.RawMessage{}}
	for _, in := range f.Inputs {
		if in.Value != in.Was || in.Kind == world.TypeOf {
			b.Fields[in.ID] = v.raw(in)
		}
	}
	return b
}

// raw is a value in the words of version 2 of the API.
func (v *visit) raw(in input) json.RawMessage {
	if in.Value == "" && in.Kind != world.Labels {
		return json.RawMessage("null")
	}
	var x any = in.Value
	switch in.Kind {
	case world.Number:
		if n, err := strconv.ParseFloat(strings.TrimSpace(in.Value), 64); err == nil {
			x = n
		}
	case world.Labels:
		x = append([]string{}, strings.Fields(in.Value)...)
	case world.Person:
		x = map[string]string{"accountId": in.Value}
		if u := v.w.User(in.Value); u != nil && v.w.Flavour == world.DataCenter {
			x = map[string]string{"name": u.Name}
		}
	case world.Select, world.PriorityOf, world.ResolvedAs, world.TypeOf:
		x = map[string]string{"id": in.Value}
	}
	b, err := json.Marshal(x)
	if err != nil { // a number that JSON has no word for
		b, _ = json.Marshal(in.Value) // a string always marshals
	}
	return b
}

// blame puts a refusal beside the fields that it names.
func (f *form) blame(no *world.Refusal) {
	f.Wrong = slices.Clone(no.Messages)
	for _, id := range slices.Sorted(maps.Keys(no.Errors)) {
		n := slices.IndexFunc(f.Inputs, func(in input) bool { return in.ID == id || id == "comment" && in.ID == "body" })
		if n < 0 {
			f.Wrong = append(f.Wrong, id+": "+no.Errors[id])
			continue
		}
		f.Inputs[n].Wrong = no.Errors[id]
	}
}

// show draws the rich text of a form.
func (f *form) show(v *visit, i *world.Issue) {
	for n := range f.Inputs {
		if in := &f.Inputs[n]; in.Kind == world.Rich && in.Value != "" {
			in.Preview = rich(v.w, i, in.Value)
		}
	}
}

// preview draws a rich text that is still being written.
func preview(v *visit) (answer, error) {
	return answer{name: "preview", data: rich(v.w, nil, lines(v.r.PostFormValue("text")))}, nil
}
