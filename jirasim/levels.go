package jirasim

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func levelRoutes() []route {
	return []route{
		{"POST", "/rest/api/{v}/priority", cloud, byAdmin(addPriority), "", "", 0, false},
		{"PUT", "/rest/api/{v}/priority/default", cloud, byAdmin(setDefault("priority")), "", "", 0, false},
		{"PUT", "/rest/api/{v}/priority/move", cloud, byAdmin(moveLevels("priority")), "", "", 0, false},
		{"PUT", "/rest/api/{v}/priority/{id}", cloud, byAdmin(editPriority), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/priority/{id}", cloud, byAdmin(deletePriority), "which other one its issues get: the default", "", 0, false},
		{"GET", "/rest/api/{v}/priority/page", center, paged(priorities), "projectIds", "", 0, false},
		{"POST", "/rest/api/{v}/resolution", cloud, byAdmin(addResolution), "", "", 0, false},
		{"PUT", "/rest/api/{v}/resolution/default", cloud, byAdmin(setDefault("resolution")), "", "", 0, false},
		{"PUT", "/rest/api/{v}/resolution/move", cloud, byAdmin(moveLevels("resolution")), "", "", 0, false},
		{"PUT", "/rest/api/{v}/resolution/{id}", cloud, byAdmin(editResolution), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/resolution/{id}", cloud, byAdmin(deleteResolution), "", "", 0, false},
		{"GET", "/rest/api/{v}/resolution/page", center, paged(resolutions), "", "", 0, false},
	}
}

var htmlColor = regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)

// namePriority reads what a priority is made of. The texts are unverified.
func (c *call) namePriority(p *world.Priority) error {
	var in struct {
		labelled
		Color *string `json:"statusColor"`
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	n := *p
	if in.Name != nil {
		n.Name = strings.TrimSpace(*in.Name)
	}
	if in.Description != nil {
		n.Description = *in.Description
	}
	if in.Color != nil {
		n.Color = *in.Color
	}
	switch {
	case n.Name == "":
		return world.RefuseField("name", "You must specify a name.")
	case len(n.Name) > 60:
		return world.RefuseField("name", "The name must not exceed 60 characters in length.")
	case !htmlColor.MatchString(n.Color):
		return world.RefuseField("statusColor", "You must specify a valid status color.")
	case slices.ContainsFunc(c.w.Priorities, func(x *world.Priority) bool { return x != p && strings.EqualFold(x.Name, n.Name) }):
		return world.RefuseField("name", "A priority with that name already exists.")
	}
	*p = n
	return nil
}

func addPriority(c *call) (reply, error) {
	p := &world.Priority{}
	if err := c.namePriority(p); err != nil {
		return reply{}, err
	}
	for p.ID = c.w.Next("priority"); c.w.Priority(p.ID) != nil; {
		p.ID = c.w.Next("priority")
	}
	c.w.Priorities = append(c.w.Priorities, p)
	return reply{status: 201, body: object{"id": p.ID}}, nil
}

func editPriority(c *call) (reply, error) {
	p := c.w.Priority(c.vars["id"])
	if p == nil {
		return reply{}, world.Refuse(404, "The priority with id '%s' does not exist", c.vars["id"])
	}
	if err := c.namePriority(p); err != nil {
		return reply{}, err
	}
	return none()
}

// replaced answers that issues get another value of a field, as a task.
func (c *call) replaced(field, from, to string) (reply, error) {
	c.w.Substitute(c.by, field, from, to)
	t := c.w.Finish(c.by, "Delete "+field+" "+from, nil)
	r := reply{status: 303, body: c.v.task(t)}
	r.set("Location", c.v.rest("task", t.ID))
	return r, nil
}

func deletePriority(c *call) (reply, error) {
	p := c.w.Priority(c.vars["id"])
	if p == nil {
		return reply{}, world.Refuse(404, "The priority with id '%s' does not exist", c.vars["id"])
	}
	if len(c.w.Priorities) == 1 || c.w.DefaultPriority() == p.ID {
		return reply{}, world.Refuse(400, "The default priority cannot be deleted.")
	}
	next := cmp.Or(c.query.Get("replaceWith"), c.w.DefaultPriority())
	if c.w.Priority(next) == nil || next == p.ID {
		return reply{}, world.Refuse(400, "The priority with id '%s' does not exist", next)
	}
	c.w.Priorities = slices.DeleteFunc(c.w.Priorities, func(x *world.Priority) bool { return x == p })
	return c.replaced("priority", p.ID, next)
}

// setDefault makes one of the priorities or resolutions the one that issues
// get; none, if its id is empty.
func setDefault(kind string) handler {
	return func(c *call) (reply, error) {
		var in struct {
			ID *world.Loose `json:"id"`
		}
		if err := c.decode(&in); err != nil {
			return reply{}, err
		}
		if in.ID == nil {
			return reply{}, world.RefuseField("id", "The id is required.")
		}
		id := string(*in.ID)
		if id != "" && !slices.Contains(c.levels(kind), id) {
			return reply{}, world.Refuse(404, "The %s with id '%s' does not exist", kind, id)
		}
		if c.w.Defaults == nil {
			c.w.Defaults = map[string]string{}
		}
		c.w.Defaults[kind] = id
		return none()
	}
}

// levels are the ids of the priorities or resolutions.
func (c *call) levels(kind string) []string {
	var ids []string
	if kind == "resolution" {
		for _, r := range c.w.Resolutions {
			ids = append(ids, r.ID)
		}
		return ids
	}
	for _, p := range c.w.Priorities {
		ids = append(ids, p.ID)
	}
	return ids
}

// moveLevels moves some behind another one or to an end.
func moveLevels(kind string) handler {
	return func(c *call) (reply, error) {
		var in struct {
			IDs      []world.Loose `json:"ids"`
			After    world.Loose   `json:"after"`
			Position string        `json:"position"`
		}
		if err := c.decode(&in); err != nil {
			return reply{}, err
		}
		all, some := c.levels(kind), plainIDs(in.IDs)
		next, err := ordered(all, some, string(in.After), in.Position)
		if err != nil {
			return reply{}, err
		}
		rank := func(id string) int { return slices.Index(next, id) }
		if kind == "resolution" {
			slices.SortFunc(c.w.Resolutions, func(a, b *world.Resolution) int { return rank(a.ID) - rank(b.ID) })
		} else {
			slices.SortFunc(c.w.Priorities, func(a, b *world.Priority) int { return rank(a.ID) - rank(b.ID) })
		}
		return none()
	}
}

// ordered is a list with some of it moved behind another or to an end.
func ordered(all, some []string, after, position string) ([]string, error) {
	for n, id := range some {
		if !slices.Contains(all, id) || slices.Contains(some[:n], id) {
			return nil, world.Refuse(404, "The id '%s' was not found, or was given twice.", id)
		}
	}
	behind := slices.Index(all, after)
	switch {
	case len(some) == 0:
		return nil, world.RefuseField("ids", "The ids are required.")
	case (after == "") == (position == ""):
		return nil, world.Refuse(400, "Either 'after' or 'position' must be given.")
	case position == "First":
		return world.Moved(all, some, -1), nil
	case position == "Last":
		return append(world.Moved(all, some, -1)[len(some):], some...), nil
	case position != "" || behind < 0 || slices.Contains(some, after):
		return nil, world.Refuse(404, "The place '%s' was not found.", cmp.Or(after, position))
	}
	return world.Moved(all, some, behind), nil
}

func addResolution(c *call) (reply, error) {
	r := &world.Resolution{}
	if err := c.nameResolution(r); err != nil {
		return reply{}, err
	}
	for r.ID = c.w.Next("resolution"); c.w.Resolution(r.ID) != nil; {
		r.ID = c.w.Next("resolution")
	}
	c.w.Resolutions = append(c.w.Resolutions, r)
	return reply{status: 201, body: object{"id": r.ID}}, nil
}

// nameResolution reads name and description of a resolution.
func (c *call) nameResolution(r *world.Resolution) error {
	var in labelled
	if err := c.decode(&in); err != nil {
		return err
	}
	if in.Name == nil || *in.Name == "" || slices.ContainsFunc(c.w.Resolutions, func(x *world.Resolution) bool { return x != r && strings.EqualFold(x.Name, *in.Name) }) {
		return world.RefuseField("name", "The name is missing, or used by another resolution.")
	}
	r.Name = *in.Name
	if in.Description != nil {
		r.Description = *in.Description
	}
	return nil
}

func (c *call) theResolution() (*world.Resolution, error) {
	r := c.w.Resolution(c.vars["id"])
	if r == nil {
		return nil, world.Refuse(404, "The resolution with id '%s' does not exist", c.vars["id"])
	}
	return r, nil
}

func editResolution(c *call) (reply, error) {
	r, err := c.theResolution()
	if err != nil {
		return reply{}, err
	}
	if err := c.nameResolution(r); err != nil {
		return reply{}, err
	}
	return none()
}

func deleteResolution(c *call) (reply, error) {
	r, err := c.theResolution()
	if err != nil {
		return reply{}, err
	}
	next := c.query.Get("replaceWith")
	if c.w.Resolution(next) == nil || next == r.ID {
		return reply{}, world.Refuse(400, "The resolution to replace it with does not exist.")
	}
	c.w.Resolutions = slices.DeleteFunc(c.w.Resolutions, func(x *world.Resolution) bool { return x == r })
	return c.replaced("resolution", r.ID, next)
}
