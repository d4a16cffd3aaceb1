package jirasim

import (
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func (v view) projectCategory(x *world.Category) object {
	return object{"self": v.rest("projectCategory", x.ID), "id": x.ID, "name": x.Name, "description": x.Description}
}

func categoryList(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	out := []any{}
	for _, x := range c.w.Categories {
		out = append(out, c.v.projectCategory(x))
	}
	return ok(out)
}

// onCategory finds the category that the path names.
func onCategory(do func(*call, *world.Category) (reply, error)) handler {
	return func(c *call) (reply, error) {
		x := c.w.CategoryOf(c.vars["id"])
		if x == nil {
			return reply{}, world.Refuse(404, "The project category with id '%s' does not exist.", c.vars["id"])
		}
		return do(c, x)
	}
}

// labelled is what has a name and a description.
type labelled struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
}

func addCategory(c *call) (reply, error) {
	x := &world.Category{}
	if err := c.nameCategory(x); err != nil {
		return reply{}, err
	}
	x.ID = c.w.Next("category")
	c.w.Categories = append(c.w.Categories, x)
	return reply{status: 201, body: c.v.projectCategory(x)}, nil
}

// nameCategory reads name and description of a category.
func (c *call) nameCategory(x *world.Category) error {
	var in labelled
	if err := c.decode(&in); err != nil {
		return err
	}
	n := *x
	if in.Name != nil {
		n.Name = strings.TrimSpace(*in.Name)
	}
	if in.Description != nil {
		n.Description = *in.Description
	}
	switch {
	case n.Name == "":
		return world.RefuseField("name", "The project category name must be specified.")
	case slices.ContainsFunc(c.w.Categories, func(y *world.Category) bool { return y != x && strings.EqualFold(y.Name, n.Name) }):
		return &world.Refusal{Status: 409, Errors: map[string]string{"name": "The project category name '" + n.Name + "' is already used."}}
	}
	*x = n
	return nil
}

func readCategory(c *call, x *world.Category) (reply, error) { return ok(c.v.projectCategory(x)) }

func editCategory(c *call, x *world.Category) (reply, error) {
	if err := c.nameCategory(x); err != nil {
		return reply{}, err
	}
	return ok(c.v.projectCategory(x))
}

func deleteCategory(c *call, x *world.Category) (reply, error) {
	for _, p := range c.w.Projects {
		if p.Category == x.ID {
			p.Category = ""
		}
	}
	c.w.Categories = slices.DeleteFunc(c.w.Categories, func(y *world.Category) bool { return y == x })
	return none()
}

// projectTypes are the kinds of project.
func (v view) projectTypes() []object {
	out := []object{}
	for _, k := range []string{"business", "service_desk", "software"} {
		out = append(out, object{"key": k, "formattedKey": strings.ToUpper(k[:1]) + strings.ReplaceAll(k[1:], "_", " "), "descriptionI18nKey": "jira.project.type." + k + ".description", "icon": "", "color": "#AAAAAA"})
	}
	return out
}

func projectTypes(c *call) (reply, error) { return ok(c.v.projectTypes()) }

func projectType(c *call) (reply, error) {
	for _, t := range c.v.projectTypes() {
		if t["key"] == c.vars["type"] {
			return ok(t)
		}
	}
	return reply{}, world.Refuse(404, "No project type found with the key '%s'.", c.vars["type"])
}
