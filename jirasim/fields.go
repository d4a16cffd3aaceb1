package jirasim

import (
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func fieldRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/field", both, allFields, "", "", 0, false},
		{"GET", "/rest/api/{v}/field/search", cloud, fieldSearch(false), "lastUsed; projectIds", "", 0, false},
		{"GET", "/rest/api/{v}/field/search/trashed", cloud, fieldSearch(true), "who trashed it", "", 0, false},
		{"POST", "/rest/api/{v}/field", both, addField, "searcherKey", "", 0, false},
		{"PUT", "/rest/api/{v}/field/{field}", cloud, byAdmin(onField(editField)), "searcherKey", "", 0, false},
		{"DELETE", "/rest/api/{v}/field/{field}", cloud, byAdmin(onField(deleteField)), "", "", 0, false},
		{"POST", "/rest/api/{v}/field/{field}/trash", cloud, byAdmin(onField(trashField(true))), "", "", 0, false},
		{"POST", "/rest/api/{v}/field/{field}/restore", cloud, byAdmin(onField(trashField(false))), "", "", 0, false},
		{"GET", "/rest/api/{v}/field/{field}/contexts", cloud, byAdmin(onField(contextsOf)), "", "", 0, false},
		{"GET", "/rest/api/{v}/customFields", center, customFields, "lastValueUpdate; sorting", "", 0, false},
		{"DELETE", "/rest/api/{v}/customFields", center, byAdmin(deleteFields), "", "", 0, false},
		{"GET", "/rest/api/{v}/customFields/{field}/options", center, onField(optionPage), "query and filters", "", 0, false},
		{"GET", "/rest/api/{v}/customFieldOption/{id}", both, readOption, "", "", 0, false},
	}
}

// onField finds the custom field that the path names. The text is unverified.
func onField(do func(*call, *world.Field) (reply, error)) handler {
	return func(c *call) (reply, error) {
		f := c.w.Field(c.vars["field"])
		if f == nil && !c.v.cloud() {
			f = c.w.Field("customfield_" + c.vars["field"])
		}
		if f == nil {
			return reply{}, world.Refuse(404, "The custom field was not found.")
		}
		return do(c, f)
	}
}

func allFields(c *call) (reply, error) {
	out := []any{}
	for _, f := range c.w.Fields {
		if f.ID != "text" && !f.Trashed {
			out = append(out, c.v.field(f))
		}
	}
	return ok(out)
}

// fieldSearch lists fields, those in the trash or the others, as expand says.
func fieldSearch(trashed bool) handler {
	return func(c *call) (reply, error) {
		ids, kinds, q := names("", c.query["id"]...), names("", c.query["type"]...), strings.ToLower(c.query.Get("query"))
		all := []any{}
		for _, f := range c.fieldsInOrder() {
			kind := "system"
			if f.Custom {
				kind = "custom"
			}
			if f.ID == "text" || f.Trashed != trashed || len(ids) > 0 && !ids.has(f.ID) || len(kinds) > 0 && !kinds.has(kind) || !strings.Contains(strings.ToLower(f.Name+"\n"+f.Description), q) {
				continue
			}
			all = append(all, c.fieldFound(f))
		}
		return c.pageOf(all, 50)
	}
}

func (c *call) fieldsInOrder() []*world.Field {
	all, by := slices.Clone(c.w.Fields), c.query.Get("orderBy")
	key, desc := strings.CutPrefix(by, "-")
	if strings.TrimPrefix(key, "+") == "name" {
		slices.SortStableFunc(all, func(a, b *world.Field) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
		if desc {
			slices.Reverse(all)
		}
	}
	return all
}

func (c *call) fieldFound(f *world.Field) object {
	o := object{"id": f.ID, "name": f.Name, "schema": c.v.schema(f), "description": f.Description}
	e := names("", c.query["expand"]...)
	if e.has("key") {
		o["key"] = f.ID
	}
	if e.has("isLocked") {
		o["isLocked"] = false
	}
	if f.Custom && e.has("contextsCount") {
		o["contextsCount"] = len(f.Contexts)
	}
	if f.Custom && e.has("screensCount") {
		o["screensCount"] = map[bool]int{true: 0, false: 1}[f.Offscreen]
	}
	return o
}

func addField(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var in struct {
		Name, Description, Type string
		Projects                []world.Loose `json:"projectIds"`   // Data Center
		Types                   []world.Loose `json:"issueTypeIds"` // Data Center
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	f, err := c.w.AddField(c.by, in.Name, in.Description, in.Type, plainIDs(in.Projects), plainIDs(in.Types))
	if err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.v.field(f)}, nil
}

func plainIDs(all []world.Loose) []string {
	var out []string
	for _, s := range all {
		if s != "" && s != "-1" {
			out = append(out, string(s))
		}
	}
	return out
}

func editField(c *call, f *world.Field) (reply, error) {
	var in labelled
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Name != nil && *in.Name != "" {
		f.Name = *in.Name
	}
	if in.Description != nil {
		f.Description = *in.Description
	}
	return none()
}

// deleteField ends a custom field, as a task.
func deleteField(c *call, f *world.Field) (reply, error) {
	if !f.Custom {
		return reply{}, world.Refuse(400, "Only custom fields can be deleted.")
	}
	c.w.DropField(c.by, f)
	t := c.w.Finish(c.by, "Delete custom field "+f.ID, nil)
	r := reply{status: 303, body: c.v.task(t)}
	r.set("Location", c.v.rest("task", t.ID))
	return r, nil
}

func trashField(on bool) func(*call, *world.Field) (reply, error) {
	return func(c *call, f *world.Field) (reply, error) {
		if !f.Custom {
			return reply{}, world.Refuse(400, "Only custom fields can be put in the trash.")
		}
		f.Trashed = on
		return ok(object{})
	}
}

func contextsOf(c *call, f *world.Field) (reply, error) {
	all := []any{}
	for _, x := range f.Contexts {
		all = append(all, object{"id": number(x.ID), "name": x.Name})
	}
	return c.pageOf(all, 50)
}

func customFields(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	all, q := []any{}, strings.ToLower(c.query.Get("search"))
	for _, f := range c.w.Fields {
		if !f.Custom || !strings.Contains(strings.ToLower(f.Name), q) {
			continue
		}
		projects, types := []int64{}, []string{}
		for _, x := range f.Contexts {
			for _, p := range x.Projects {
				projects = append(projects, number(p))
			}
			types = append(types, x.Types...)
		}
		id := number(strings.TrimPrefix(f.ID, "customfield_"))
		all = append(all, object{"id": f.ID, "numericId": id, "name": f.Name, "description": f.Description, "type": f.StyleOf(), "searcherKey": f.StyleOf() + "searcher",
			"self": c.v.rest("customFields", f.ID), "isAllProjects": len(projects) == 0, "projectIds": projects, "projectsCount": len(projects), "issueTypeIds": types,
			"isLocked": false, "isManaged": false, "isTrusted": true, "screensCount": map[bool]int{true: 0, false: 1}[f.Offscreen]})
	}
	return c.pageOf(all, 50)
}

// deleteFields ends those of several fields that there are.
func deleteFields(c *call) (reply, error) {
	gone, kept := []string{}, object{}
	for _, id := range names("", c.query["ids"]...) {
		if f := c.w.Field(id); f != nil && f.Custom {
			c.w.DropField(c.by, f)
			gone = append(gone, id)
			continue
		}
		kept[id] = "The custom field was not found."
	}
	if len(gone) == 0 {
		return reply{}, world.Refuse(400, "No custom fields were deleted.")
	}
	return ok(object{"deletedCustomFields": gone, "notDeletedCustomFields": kept, "message": ""})
}

// optionPage lists options on Data Center, where pages are counted.
func optionPage(c *call, f *world.Field) (reply, error) {
	out := []any{}
	for _, o := range f.Options {
		if o.Parent == "" {
			out = append(out, c.v.optionAlone(f, o))
		}
	}
	return ok(object{"total": len(out), "options": out})
}

// optionAlone is an option as its own resource shows it.
func (v view) optionAlone(f *world.Field, o world.Option) object {
	out := object{"self": v.rest("customFieldOption", o.ID), "value": o.Value}
	if v.cloud() {
		return out
	}
	below := []int64{}
	for _, x := range f.Options {
		if x.Parent == o.ID {
			below = append(below, number(x.ID))
		}
	}
	out["id"], out["disabled"], out["childrenIds"] = number(o.ID), o.Disabled, below
	return out
}

func readOption(c *call) (reply, error) {
	for _, f := range c.w.Fields {
		if o, known := f.Option(c.vars["id"]); known {
			return ok(c.v.optionAlone(f, o))
		}
	}
	return reply{}, world.Refuse(404, "A custom field option with id '%s' does not exist", c.vars["id"])
}
