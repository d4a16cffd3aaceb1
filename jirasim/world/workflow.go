package world

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Workflow is a way through statuses.
type Workflow struct {
	ID, Name, Description string
	System                bool     `json:",omitempty"` // the one that every site has; nobody changes it
	Initial               string   // status id
	Statuses              []string // ids; those of the transitions too
	Transitions           []Transition
	Made, Edited          time.Time
	Revision              int
}

// A Transition is one step of a workflow.
type Transition struct {
	ID, Name    string
	Description string           `json:",omitempty"`
	From        []string         // status ids; empty: from everywhere
	To          string           // status id
	Screen      []string         // fields that may come with it
	Required    []string         // fields that must have a value after it
	Event       string           // Data Center: its name in webhooks
	Set         map[string]Value // post functions: what it sets, unless the caller did; an empty value clears
	Who         *Who             `json:",omitempty"` // condition: for whom it is; nil: for all who may move issues
}

// A Who is a condition that holds for whoever is in one of these.
type Who struct {
	Users, Roles, Groups, Permissions []string `json:",omitempty"` // ids, ids, names, keys
	Assignee, Reporter                bool     `json:",omitempty"`
}

// A FlowScheme says which workflow the issues of a project have.
type FlowScheme struct {
	ID, Name, Description string
	Default               string            // id of a workflow
	ByType                map[string]string // ids of workflows by id of a type
}

// UUID makes an id of the kind that Cloud gives: from a name, and always the same.
func UUID(s string) string {
	h := fmt.Sprintf("%x", sha256.Sum256([]byte(s)))
	return fmt.Sprintf("%s-%s-4%s-8%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:32])
}

// AddWorkflow gives a workflow an id, and a list of all its statuses.
func (w *World) AddWorkflow(by By, f Workflow) *Workflow {
	f.ID, f.Made, f.Edited = UUID("workflow "+w.Next("workflow")), by.Now, by.Now
	f.complete()
	w.Workflows = append(w.Workflows, &f)
	return &f
}

// complete lists statuses that only transitions name.
func (f *Workflow) complete() {
	add := func(ids ...string) {
		for _, id := range ids {
			if id != "" && !slices.Contains(f.Statuses, id) {
				f.Statuses = append(f.Statuses, id)
			}
		}
	}
	add(f.Initial)
	for _, t := range f.Transitions {
		add(t.To)
		add(t.From...)
	}
}

// WorkflowOf finds a workflow by id or name; nil if there is none.
func (w *World) WorkflowOf(s string) *Workflow {
	for _, f := range w.Workflows {
		if f.ID == s || strings.EqualFold(f.Name, s) {
			return f
		}
	}
	return nil
}

// FlowSchemeOf finds a scheme by id; nil if there is none.
func (w *World) FlowSchemeOf(id string) *FlowScheme {
	for _, s := range w.FlowSchemes {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// AddFlowScheme makes a scheme; without a workflow its default is the system's.
func (w *World) AddFlowScheme(s FlowScheme) *FlowScheme {
	s.ID, s.Default = w.Next("workflow scheme"), cmp.Or(s.Default, w.Workflows[0].ID)
	if s.ByType == nil {
		s.ByType = map[string]string{}
	}
	w.FlowSchemes = append(w.FlowSchemes, &s)
	return &s
}

// draw gives a project a workflow and a scheme of its own, as Jira does when a
// software project is made.
func (w *World) draw(p *Project) {
	f := w.workflow()
	f.Name = "Software Simplified Workflow for Project " + p.Key
	s := w.AddFlowScheme(FlowScheme{Name: p.Key + ": Software Simplified Workflow Scheme", Default: w.AddWorkflow(By{}, f).ID})
	p.FlowScheme = s.ID
	w.relink()
}

// relink finds the workflow of each project again.
func (w *World) relink() {
	if len(w.Workflows) == 0 && len(w.Statuses) > 3 {
		f := w.workflow()
		f.Name, f.System, f.Description = "jira", true, "The default Jira workflow."
		w.AddWorkflow(By{}, f)
	}
	w.display()
	for _, p := range w.Projects {
		if s := w.FlowSchemeOf(p.FlowScheme); s != nil {
			p.Workflow = w.WorkflowOf(s.Default)
		} else {
			w.draw(p)
		}
	}
}

// Flow is the workflow of the issues of a type in a project.
func (w *World) Flow(p *Project, kind string) *Workflow {
	if s := w.FlowSchemeOf(p.FlowScheme); s != nil {
		if f := w.WorkflowOf(s.ByType[kind]); f != nil {
			return f
		}
	}
	return p.Workflow
}

// Follow gives a project another scheme. Issues whose status the new workflow
// has not go to its first one, unless a status is named for it.
func (w *World) Follow(by By, p *Project, s *FlowScheme, instead map[string]string) {
	p.FlowScheme = s.ID
	w.relink()
	w.resettle(by, func(i *Issue) bool { return i.Project == p.ID }, instead)
}

// resettle moves issues that are in no status of their workflow.
func (w *World) resettle(by By, which func(*Issue) bool, instead map[string]string) {
	for _, p := range w.Projects {
		for _, i := range w.Of(p) {
			f, at := w.Flow(p, i.Values["issuetype"].Text), i.Values["status"].Text
			if !which(i) || slices.Contains(f.Statuses, at) {
				continue
			}
			to := instead[at]
			if !slices.Contains(f.Statuses, to) {
				to = f.Initial
			}
			w.change(by, i, map[string]Value{"status": {Text: to}}, nil)
		}
	}
}

// Relink applies what was changed in workflows to the projects: as Follow.
func (w *World) Relink(by By, instead map[string]string) {
	w.relink()
	w.resettle(by, func(*Issue) bool { return true }, instead)
}

// Followers lists the projects whose issues may have a workflow.
func (w *World) Followers(f *Workflow) []*Project {
	return slices.DeleteFunc(slices.Clone(w.Projects), func(p *Project) bool {
		return !slices.ContainsFunc(p.Types, func(t string) bool { return w.Flow(p, t) == f })
	})
}

// StatusesOf lists the statuses of a project, for a type or for all of them.
func (w *World) StatusesOf(p *Project, kind string) []*Status {
	var ids []string
	for _, t := range p.Types {
		if kind == "" || t == kind {
			ids = append(ids, w.Flow(p, t).Statuses...)
		}
	}
	return slices.DeleteFunc(slices.Clone(w.Statuses), func(s *Status) bool { return !slices.Contains(ids, s.ID) })
}

// holds reports whether u may take a transition of i.
func (w *World) holds(u *User, i *Issue, x *Who) bool {
	if x == nil {
		return true
	}
	p := w.Home(i)
	return x.Assignee && i.Values["assignee"].Text == u.ID || x.Reporter && i.Values["reporter"].Text == u.ID || slices.Contains(x.Users, u.ID) ||
		slices.ContainsFunc(x.Roles, func(r string) bool { return w.InRole(u, p, r) }) ||
		slices.ContainsFunc(x.Groups, func(g string) bool { return slices.Contains(u.Groups, g) }) ||
		slices.ContainsFunc(x.Permissions, func(k string) bool { return w.May(u, k, p) })
}
