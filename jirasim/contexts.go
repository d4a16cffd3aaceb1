package jirasim

import (
	"slices"

	"example.com/accord/jirasim/world"
)

func contextRoutes() []route {
	const root = "/rest/api/{v}/field/{field}/context"
	return []route{
		{"GET", root, cloud, byAdmin(onField(contextPage)), "", "", 0, false},
		{"POST", root, cloud, byAdmin(onField(addContext)), "", "", 0, false},
		{"GET", root + "/defaultValue", cloud, byAdmin(onField(contextDefaults)), "", "", 0, false},
		{"PUT", root + "/defaultValue", cloud, byAdmin(onField(setDefaults)), "people, groups, versions and projects; the current day", "", 0, false},
		{"GET", root + "/projectmapping", cloud, byAdmin(onField(contextProjects)), "", "", 0, false},
		{"GET", root + "/issuetypemapping", cloud, byAdmin(onField(contextTypes)), "", "", 0, false},
		{"PUT", root + "/{context}", cloud, byAdmin(onContext(editContext)), "", "", 0, false},
		{"DELETE", root + "/{context}", cloud, byAdmin(onContext(deleteContext)), "", "", 0, false},
		{"PUT", root + "/{context}/project", cloud, byAdmin(onContext(spread)), "", "", 0, false},
		{"POST", root + "/{context}/project/remove", cloud, byAdmin(onContext(narrow)), "", "", 0, false},
		{"PUT", root + "/{context}/issuetype", cloud, byAdmin(onContext(spread)), "", "", 0, false},
		{"POST", root + "/{context}/issuetype/remove", cloud, byAdmin(onContext(narrow)), "", "", 0, false},
		{"GET", root + "/{context}/option", cloud, byAdmin(onContext(contextOptions)), "", "", 0, false},
		{"POST", root + "/{context}/option", cloud, byAdmin(onContext(addOptions)), "", "", 0, false},
		{"PUT", root + "/{context}/option", cloud, byAdmin(onContext(editOptions)), "", "", 0, false},
		{"PUT", root + "/{context}/option/move", cloud, byAdmin(onContext(moveOptions)), "", "", 0, false},
		{"DELETE", root + "/{context}/option/{option}", cloud, byAdmin(onContext(deleteOption)), "", "", 0, false},
	}
}

// onContext finds the field and the context that the path names.
func onContext(do func(*call, *world.Field, *world.Context) (reply, error)) handler {
	return onField(func(c *call, f *world.Field) (reply, error) {
		for _, x := range f.Contexts {
			if x.ID == c.vars["context"] {
				return do(c, f, x)
			}
		}
		return reply{}, world.Refuse(404, "The field context was not found.")
	})
}

func contextPage(c *call, f *world.Field) (reply, error) {
	all, ids := []any{}, names("", c.query["contextId"]...)
	for _, x := range f.Contexts {
		if len(ids) == 0 || ids.has(x.ID) {
			all = append(all, object{"id": x.ID, "name": x.Name, "description": x.Description, "isGlobalContext": x.Global(), "isAnyIssueType": len(x.Types) == 0})
		}
	}
	return c.pageOf(all, 50)
}

func addContext(c *call, f *world.Field) (reply, error) {
	var in struct {
		Name, Description string
		Projects          []string `json:"projectIds"`
		Types             []string `json:"issueTypeIds"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	x := &world.Context{Name: in.Name, Description: in.Description, Projects: in.Projects, Types: in.Types}
	switch {
	case !f.Custom:
		return reply{}, world.Refuse(400, "Only custom fields have contexts.")
	case in.Name == "":
		return reply{}, world.Refuse(400, "The context name is required.")
	case x.Global() && slices.ContainsFunc(f.Contexts, (*world.Context).Global):
		return reply{}, world.Refuse(409, "The field has a global context already.")
	}
	x.ID = c.w.Next("context")
	f.Contexts = append(f.Contexts, x)
	return reply{status: 201, body: object{"id": x.ID, "name": x.Name, "description": x.Description, "projectIds": strs(x.Projects), "issueTypeIds": strs(x.Types)}}, nil
}

func strs(all []string) []string { return append([]string{}, all...) }

func contextProjects(c *call, f *world.Field) (reply, error) {
	all := []any{}
	for _, x := range f.Contexts {
		if x.Global() {
			all = append(all, object{"contextId": x.ID, "isGlobalContext": true})
		}
		for _, p := range x.Projects {
			all = append(all, object{"contextId": x.ID, "projectId": p})
		}
	}
	return c.pageOf(all, 50)
}

func contextTypes(c *call, f *world.Field) (reply, error) {
	all := []any{}
	for _, x := range f.Contexts {
		if len(x.Types) == 0 {
			all = append(all, object{"contextId": x.ID, "isAnyIssueType": true})
		}
		for _, t := range x.Types {
			all = append(all, object{"contextId": x.ID, "issueTypeId": t})
		}
	}
	return c.pageOf(all, 50)
}

func editContext(c *call, _ *world.Field, x *world.Context) (reply, error) {
	var in labelled
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Name != nil && *in.Name != "" {
		x.Name = *in.Name
	}
	if in.Description != nil {
		x.Description = *in.Description
	}
	return none()
}

func deleteContext(c *call, f *world.Field, x *world.Context) (reply, error) {
	f.Contexts = slices.DeleteFunc(f.Contexts, func(y *world.Context) bool { return y == x })
	f.Options = slices.DeleteFunc(f.Options, func(o world.Option) bool { return o.Context == x.ID })
	return none()
}

// mapped reads which projects or types a request means.
func (c *call) mapped() (projects, types []string, err error) {
	var in struct {
		Projects []string `json:"projectIds"`
		Types    []string `json:"issueTypeIds"`
	}
	if err = c.decode(&in); err == nil && len(in.Projects)+len(in.Types) == 0 {
		err = world.Refuse(400, "No ids were given.")
	}
	return in.Projects, in.Types, err
}

func spread(c *call, _ *world.Field, x *world.Context) (reply, error) {
	ps, ts, err := c.mapped()
	if err != nil {
		return reply{}, err
	}
	x.Projects, x.Types = append(x.Projects, ps...), append(x.Types, ts...)
	return none()
}

func narrow(c *call, _ *world.Field, x *world.Context) (reply, error) {
	ps, ts, err := c.mapped()
	if err != nil {
		return reply{}, err
	}
	x.Projects = slices.DeleteFunc(x.Projects, func(s string) bool { return slices.Contains(ps, s) })
	x.Types = slices.DeleteFunc(x.Types, func(s string) bool { return slices.Contains(ts, s) })
	return none()
}

// contextOption is an option as the lists of a context show it: one below
// another names it by optionId.
func contextOption(o world.Option) object {
	out := object{"id": o.ID, "value": o.Value, "disabled": o.Disabled}
	if o.Parent != "" {
		out["optionId"] = o.Parent
	}
	return out
}

func contextOptions(c *call, f *world.Field, x *world.Context) (reply, error) {
	all := []any{}
	for _, o := range f.Options {
		if (o.Context == "" || o.Context == x.ID) && (c.query.Get("onlyOptions") != "true" || o.Parent == "") && (c.query.Get("optionId") == "" || c.query.Get("optionId") == o.ID || c.query.Get("optionId") == o.Parent) {
			all = append(all, contextOption(o))
		}
	}
	return c.pageOf(all, 100)
}

// An offer is an option to be made or changed.
type offer struct {
	ID       string `json:"id"`
	Value    string `json:"value"`
	Parent   string `json:"optionId"`
	Disabled bool   `json:"disabled"`
}

func (c *call) offers(f *world.Field) ([]offer, error) {
	var in struct {
		Options []offer `json:"options"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if f.Kind != world.Select && f.Kind != world.Choices && f.Kind != world.Cascade {
		return nil, world.Refuse(400, "The field has no options.")
	}
	if len(in.Options) == 0 || len(in.Options) > 1000 {
		return nil, world.Refuse(400, "The number of options must be between 1 and 1000.")
	}
	return in.Options, nil
}

func addOptions(c *call, f *world.Field, x *world.Context) (reply, error) {
	in, err := c.offers(f)
	if err != nil {
		return reply{}, err
	}
	next := slices.Clone(f.Options)
	made := []any{}
	for _, n := range in {
		if _, above := f.Option(n.Parent); n.Parent != "" && (!above || f.Kind != world.Cascade) {
			return reply{}, world.Refuse(404, "The parent option with id '%s' was not found.", n.Parent)
		}
		if n.Value == "" || slices.ContainsFunc(next, func(o world.Option) bool {
			return o.Value == n.Value && o.Parent == n.Parent && (o.Context == "" || o.Context == x.ID)
		}) {
			return reply{}, world.Refuse(400, "The option value '%s' is empty or exists already.", n.Value)
		}
		o := world.Option{ID: c.w.Next("option"), Value: n.Value, Parent: n.Parent, Context: x.ID, Disabled: n.Disabled}
		for taken := true; taken; {
			if _, taken = f.Option(o.ID); taken {
				o.ID = c.w.Next("option")
			}
		}
		next = append(next, o)
		made = append(made, contextOption(o))
	}
	f.Options = next
	return ok(object{"options": made})
}

func editOptions(c *call, f *world.Field, _ *world.Context) (reply, error) {
	in, err := c.offers(f)
	if err != nil {
		return reply{}, err
	}
	next, done := slices.Clone(f.Options), []any{}
	for _, n := range in {
		k := slices.IndexFunc(next, func(o world.Option) bool { return o.ID == n.ID })
		if k < 0 {
			return reply{}, world.Refuse(404, "The option with id '%s' was not found.", n.ID)
		}
		if n.Value != "" {
			next[k].Value = n.Value
		}
		next[k].Disabled = n.Disabled
		done = append(done, object{"id": n.ID, "value": next[k].Value, "disabled": n.Disabled})
	}
	f.Options = next
	return ok(object{"options": done})
}

func moveOptions(c *call, f *world.Field, _ *world.Context) (reply, error) {
	var in struct {
		IDs             []string `json:"customFieldOptionIds"`
		After, Position string
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	mine := func(o world.Option) bool { return slices.Contains(in.IDs, o.ID) }
	var moved []world.Option
	for _, id := range in.IDs {
		o, known := f.Option(id)
		if !known {
			return reply{}, world.Refuse(404, "The option with id '%s' was not found.", id)
		}
		moved = append(moved, o)
	}
	rest := slices.DeleteFunc(slices.Clone(f.Options), mine)
	at := slices.IndexFunc(rest, func(o world.Option) bool { return o.ID == in.After }) + 1
	if in.Position == "Last" {
		at = len(rest)
	}
	if in.Position != "First" && at == 0 || len(moved) == 0 {
		return reply{}, world.Refuse(400, "Either 'after' or 'position' must be given.")
	}
	f.Options = slices.Insert(rest, at, moved...)
	return none()
}

func deleteOption(c *call, f *world.Field, _ *world.Context) (reply, error) {
	id := c.vars["option"]
	if _, known := f.Option(id); !known {
		return reply{}, world.Refuse(404, "The option with id '%s' was not found.", id)
	}
	for _, i := range c.w.Issues {
		if v := i.Values[f.ID]; v.Text == id || slices.Contains(v.List, id) {
			return reply{}, world.Refuse(400, "The option is used in issues.")
		}
	}
	for _, x := range f.Contexts {
		if x.Default.Text == id || slices.Contains(x.Default.List, id) {
			x.Default = world.Value{}
		}
	}
	f.Options = slices.DeleteFunc(slices.Clone(f.Options), func(o world.Option) bool { return o.ID == id || o.Parent == id })
	return none()
}
