package jirasim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

// A drawing is what creating and changing workflows takes.
type drawing struct {
	Scope struct {
		Type string `json:"type"`
	} `json:"scope"`
	Statuses  []statusBody `json:"statuses"`
	Workflows []flowBody   `json:"workflows"`
}

type flowBody struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Version     struct {
		ID     string `json:"id"`
		Number int    `json:"versionNumber"`
	} `json:"version"`
	Statuses []struct {
		Reference string `json:"statusReference"`
	} `json:"statuses"`
	Transitions []stepBody `json:"transitions"`
	Mappings    []struct {
		Old string `json:"oldStatusReference"`
		New string `json:"newStatusReference"`
	} `json:"defaultStatusMappings"`
}

// draw checks drawings. What they name statuses by is still in them: new
// statuses, and the ids of those that are there, by their references.
func (c *call) draw(in drawing, update bool) (out []world.Workflow, fresh map[string]world.Status, known map[string]string, err error) {
	fresh, known = map[string]world.Status{}, map[string]string{}
	for _, b := range in.Statuses {
		if s := c.w.Status(string(b.ID)); s != nil {
			known[cmp.Or(b.Reference, s.ID)] = s.ID
			continue
		}
		s, err := c.statusOf(b, "")
		if err != nil {
			return nil, nil, nil, err
		}
		fresh[b.Reference] = s
	}
	if len(in.Workflows) == 0 || len(in.Workflows) > 20 {
		return nil, nil, nil, world.Refuse(400, "Between 1 and 20 workflows are required.")
	}
	for _, b := range in.Workflows {
		f := world.Workflow{ID: b.ID, Name: strings.TrimSpace(b.Name), Description: b.Description}
		if err := c.named(&f, b, update); err != nil {
			return nil, nil, nil, err
		}
		for _, s := range b.Statuses {
			f.Statuses = append(f.Statuses, s.Reference)
		}
		if err := c.sketch(&f, b, func(ref string) (string, bool) {
			_, is := fresh[ref]
			return cmp.Or(known[ref], ref), is || known[ref] != ""
		}); err != nil {
			return nil, nil, nil, err
		}
		out = append(out, f)
	}
	return out, fresh, known, nil
}

// named checks which workflow is meant.
func (c *call) named(f *world.Workflow, b flowBody, update bool) error {
	was := c.w.WorkflowOf(b.ID)
	switch {
	case update && (was == nil || was.System):
		return world.Refuse(400, "The workflow with id '%s' does not exist, or cannot be changed.", b.ID)
	case update && (b.Version.ID != version(was) || b.Version.Number != was.Revision):
		return world.Refuse(409, "The workflow '%s' was changed by somebody else.", was.Name)
	case !update && f.Name == "":
		return world.Refuse(400, "The name of a workflow must not be empty.")
	case !update && c.w.WorkflowOf(f.Name) != nil:
		return world.Refuse(409, "A workflow with the name '%s' already exists.", f.Name)
	}
	return nil
}

// sketch reads the transitions of a workflow, and finds its statuses.
func (c *call) sketch(f *world.Workflow, b flowBody, find func(string) (string, bool)) error {
	at := func(ref *string) error {
		if !slices.Contains(f.Statuses, *ref) {
			return world.Refuse(400, "The status reference '%s' is not one of the workflow.", *ref)
		}
		*ref, _ = find(*ref)
		return nil
	}
	for _, s := range b.Transitions {
		t, err := c.step(s)
		if err != nil {
			return err
		}
		if err := at(&t.To); err != nil {
			return err
		}
		for n := range t.From {
			if err := at(&t.From[n]); err != nil {
				return err
			}
		}
		if s.Type == "INITIAL" {
			f.Initial = t.To
			continue
		}
		if t.ID == "" {
			t.ID = strconv.Itoa(11 + 10*len(f.Transitions))
		}
		if slices.ContainsFunc(f.Transitions, func(x world.Transition) bool { return x.ID == t.ID }) {
			return world.Refuse(400, "Two transitions have the id '%s'.", t.ID)
		}
		f.Transitions = append(f.Transitions, t)
	}
	for n, ref := range f.Statuses {
		id, known := find(ref)
		if !known {
			return world.Refuse(400, "The status reference '%s' is not there.", ref)
		}
		f.Statuses[n] = id
	}
	if f.Initial == "" {
		return world.Refuse(400, "A workflow needs one initial transition.")
	}
	return nil
}

// settled makes the new statuses and puts their ids in the place of references.
func (c *call) settled(f *world.Workflow, ids map[string]string) {
	put := func(s *string) { *s = cmp.Or(ids[*s], *s) }
	put(&f.Initial)
	for n := range f.Statuses {
		put(&f.Statuses[n])
	}
	for n := range f.Transitions {
		put(&f.Transitions[n].To)
		for k := range f.Transitions[n].From {
			put(&f.Transitions[n].From[k])
		}
	}
}

func (c *call) established(fresh map[string]world.Status) map[string]string {
	ids := map[string]string{}
	for _, ref := range sortedKeys(fresh) {
		ids[ref] = c.addStatus(fresh[ref]).ID
	}
	return ids
}

func addWorkflows(c *call) (reply, error) {
	var in drawing
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	all, fresh, _, err := c.draw(in, false)
	if err != nil {
		return reply{}, err
	}
	ids := c.established(fresh)
	var made []*world.Workflow
	for _, f := range all {
		c.settled(&f, ids)
		made = append(made, c.w.AddWorkflow(c.by, f))
	}
	return ok(c.shown(made))
}

func editWorkflows(c *call) (reply, error) {
	var in drawing
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	all, fresh, known, err := c.draw(in, true)
	if err != nil {
		return reply{}, err
	}
	ids, instead := c.established(fresh), map[string]string{}
	var done []*world.Workflow
	for n, f := range all {
		c.settled(&f, ids)
		was := c.w.WorkflowOf(f.ID)
		was.Description, was.Initial, was.Statuses, was.Transitions = f.Description, f.Initial, f.Statuses, f.Transitions
		was.Edited, was.Revision = c.by.Now, was.Revision+1
		for _, m := range in.Workflows[n].Mappings {
			instead[m.Old] = cmp.Or(ids[m.New], known[m.New], m.New)
		}
		done = append(done, was)
	}
	c.w.Relink(c.by, instead)
	return ok(c.shown(done))
}

// judged says what is wrong with a drawing, with 200 all the same.
func (c *call) judged(update bool) (reply, error) {
	var in struct {
		Payload *drawing `json:"payload"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Payload == nil {
		return reply{}, world.Refuse(400, "The payload is required.")
	}
	errs := []any{}
	if _, _, _, err := c.draw(*in.Payload, update); err != nil {
		errs = append(errs, object{"code": "INVALID_WORKFLOW", "level": "ERROR", "type": "WORKFLOW", "message": err.(*world.Refusal).Messages[0]})
	}
	return ok(object{"errors": errs})
}

func validWorkflows(c *call) (reply, error) { return c.judged(false) }

func validUpdate(c *call) (reply, error) { return c.judged(true) }
