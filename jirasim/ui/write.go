package ui

import (
	"encoding/json"
	"errors"

	"example.com/accord/jirasim/world"
)

// A Trouble is a page that says what is wrong, and nothing else.
type trouble struct {
	frame
	Status int
	Wrong  []string
	Back   string
}

// trouble shows an error that no form has a place for.
func (v *visit) trouble(err error) answer {
	no := &world.Refusal{Status: 500, Messages: []string{"Internal server error"}}
	if r, is := errors.AsType[*world.Refusal](err); is {
		no = r
	}
	f := form{}
	f.blame(no)
	to := Root
	if key := v.r.PathValue("key"); v.r.Method == "POST" && key != "" && v.w.Project(v.by.User, key) == nil {
		to = issueAt(key)
	}
	return answer{status: no.Status, name: "trouble", data: trouble{v.frame("That did not work", ""), no.Status, f.Wrong, to}}
}

// again shows a page anew whose form was refused, or is only looked at.
func (v *visit) again(err error, f *form, i *world.Issue, draw func() answer) (answer, error) {
	f.show(v, i)
	if err == nil {
		return draw(), nil
	}
	no, is := errors.AsType[*world.Refusal](err)
	if !is {
		return answer{}, err
	}
	f.blame(no)
	a := draw()
	a.status = no.Status
	return a, nil
}

// looks reports whether a form was sent only to see how it would look.
func (v *visit) looks() bool { return v.r.PostFormValue("preview") != "" }

func create(v *visit) (answer, error) {
	p, err := v.project()
	if err != nil {
		return answer{}, err
	}
	f := v.creation(p)
	f.fill(v.r)
	if !v.looks() {
		b := v.body(f)
		b.Fields["project"] = json.RawMessage(`{"id":"` + p.ID + `"}`)
		var made *world.Issue
		if made, err = v.w.Create(v.by, b); err == nil {
			return answer{to: boardOf(p.Key) + "#card-" + made.Key}, nil
		}
	}
	return v.again(err, &f, nil, func() answer { return answer{name: "board", data: v.sheet(p, f)} })
}

func edit(v *visit) (answer, error) {
	i, err := v.theIssue()
	if err != nil {
		return answer{}, err
	}
	f := v.editing(i)
	f.fill(v.r)
	if !v.looks() {
		if b := v.body(f); len(b.Fields) > 0 {
			err = v.w.Edit(v.by, i, b)
		}
		if err == nil {
			return answer{to: issueAt(i.Key)}, nil
		}
	}
	return v.again(err, &f, i, func() answer {
		s := v.panel(i)
		s.Edit = f
		return answer{name: "issue", data: s}
	})
}

func comment(v *visit) (answer, error) {
	i, err := v.theIssue()
	if err != nil {
		return answer{}, err
	}
	f := v.commenting(i)
	f.fill(v.r)
	if !v.looks() {
		var c *world.Comment
		if c, err = v.w.Comment(v.by, i, world.Remark{Body: v.raw(f.Inputs[0])}); err == nil {
			return answer{to: issueAt(i.Key) + "#comment-" + c.ID}, nil
		}
	}
	return v.again(err, &f, i, func() answer {
		s := v.panel(i)
		s.Comment = f
		return answer{name: "issue", data: s}
	})
}

// move makes a transition. Whoever asks from the board goes back there.
func move(v *visit) (answer, error) {
	i, err := v.theIssue()
	if err != nil {
		return answer{}, err
	}
	id := v.r.PostFormValue("transition")
	f := form{}
	for _, s := range v.steps(i) {
		if s.ID == id {
			f = s.Form
		}
	}
	f.fill(v.r)
	b := v.body(f)
	if err := json.Unmarshal([]byte(`{"transition":{"id":`+string(quote(id))+`}}`), &b); err != nil {
		return answer{}, err
	}
	err = v.w.Transition(v.by, i, b)
	if err == nil {
		return answer{to: back(v.r)}, nil
	}
	return v.again(err, &f, i, func() answer {
		s := v.panel(i)
		s.Wrong = f.Wrong
		for _, in := range f.Inputs {
			if in.Wrong != "" {
				s.Wrong = append(s.Wrong, in.Wrong)
			}
		}
		return answer{name: "issue", data: s}
	})
}

func quote(s string) []byte {
	b, _ := json.Marshal(s) // a string always marshals
	return b
}

func remove(v *visit) (answer, error) {
	i, err := v.theIssue()
	if err != nil {
		return answer{}, err
	}
	p := v.w.Home(i)
	if err := v.w.Delete(v.by, i, v.r.PostFormValue("subtasks") != ""); err != nil {
		return answer{}, err
	}
	return answer{to: boardOf(p.Key)}, nil
}
