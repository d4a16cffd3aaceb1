package jirasim

import (
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func componentRoutes() []route {
	return []route{
		{"POST", "/rest/api/{v}/component", both, addComponent, "", "", 0, false},
		{"GET", "/rest/api/{v}/component", cloud, pagedComponents, "orderBy", "", 0, false},
		{"GET", "/rest/api/{v}/component/page", center, pagedComponents, "", "", 0, false},
		{"GET", "/rest/api/{v}/component/{component}", both, onComponent(readComponent), "", "", 0, false},
		{"PUT", "/rest/api/{v}/component/{component}", both, onComponent(editComponent), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/component/{component}", both, onComponent(deleteComponent), "", "", 0, false},
		{"GET", "/rest/api/{v}/component/{component}/relatedIssueCounts", both, onComponent(componentCounts), "", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/components", both, projectComponents, "components of Compass", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/component", cloud, projectComponentPage, "components of Compass; orderBy", "", 0, false},
	}
}

// onComponent finds the component that the path names. The text is unverified.
func onComponent(do func(*call, *world.Project, *world.Component) (reply, error)) handler {
	return func(c *call) (reply, error) {
		x, p, err := c.component(c.vars["component"])
		if err != nil {
			return reply{}, err
		}
		return do(c, p, x)
	}
}

func (c *call) component(id string) (*world.Component, *world.Project, error) {
	id = id[strings.LastIndex(id, "/")+1:] // a self link names it too
	x, p := c.w.Component(c.by.User, id)
	if x == nil {
		return nil, nil, world.Refuse(404, "The component with id %s does not exist.", id)
	}
	return x, p, nil
}

func addComponent(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var in world.Section
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	p := c.w.Project(c.by.User, in.Project)
	if p == nil && in.Project == "" {
		return reply{}, world.RefuseField("project", "A project key must be specified.")
	}
	if p == nil {
		return reply{}, world.Refuse(404, "The project with key '%s' does not exist.", in.Project)
	}
	x, err := c.w.AddComponent(c.by, p, in)
	if err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.v.component(x, p, false)}, nil
}

func readComponent(c *call, p *world.Project, x *world.Component) (reply, error) {
	return ok(c.v.component(x, p, false))
}

func editComponent(c *call, p *world.Project, x *world.Component) (reply, error) {
	var in world.Section
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	n, err := c.w.EditComponent(c.by, p, x, in)
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.component(n, p, false))
}

func deleteComponent(c *call, p *world.Project, x *world.Component) (reply, error) {
	var to *world.Component
	if id := c.query.Get("moveIssuesTo"); id != "" {
		n, home, err := c.component(id)
		if err != nil {
			return reply{}, err
		}
		if home != p || n == x {
			return reply{}, world.Refuse(400, "The component to move issues to must be another one of the same project.")
		}
		to = n
	}
	if err := c.w.DeleteComponent(c.by, p, x, to); err != nil {
		return reply{}, err
	}
	return none()
}

func componentCounts(c *call, p *world.Project, x *world.Component) (reply, error) {
	return ok(object{"self": c.v.rest("component", x.ID), "issueCount": c.w.Using(p, "components", x.ID, nil)})
}

func projectComponents(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.componentsOf(p))
}

func projectComponentPage(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	all, q := []any{}, strings.ToLower(c.query.Get("query"))
	for _, x := range p.Components {
		if strings.Contains(strings.ToLower(x.Name+" "+x.Description), q) {
			o := c.v.component(x, p, false)
			o["issueCount"] = c.w.Using(p, "components", x.ID, nil)
			all = append(all, o)
		}
	}
	return c.pageOf(all, 50)
}

// pagedComponents lists those of several projects: Cloud's in a form of its
// own.
func pagedComponents(c *call) (reply, error) {
	in := names("", slices.Concat(c.query["projectIdsOrKeys"], c.query["projectIds"])...)
	all, q := []any{}, strings.ToLower(c.query.Get("query"))
	for _, p := range c.visible() {
		if len(in) > 0 && !in.has(p.ID) && !in.has(p.Key) {
			continue
		}
		for _, x := range p.Components {
			if !strings.Contains(strings.ToLower(x.Name), q) {
				continue
			}
			o := c.v.component(x, p, !c.v.cloud())
			if c.v.cloud() {
				o = object{"self": c.v.rest("component", x.ID), "id": x.ID, "name": x.Name, "description": x.Description, "metadata": object{}}
			}
			all = append(all, o)
		}
	}
	return c.pageOf(all, 50)
}

// pageOf is one page of a list, with the links to itself and to the next.
func (c *call) pageOf(all []any, def int) (reply, error) {
	start, most, err := c.paging(def)
	if err != nil {
		return reply{}, err
	}
	vals := page(all, start, most)
	o := object{"self": c.v.at(c.r, start, most), "startAt": start, "maxResults": most, "total": len(all), "isLast": start+len(vals) >= len(all), "values": vals}
	if start+len(vals) < len(all) && len(vals) > 0 {
		o["nextPage"] = c.v.at(c.r, start+len(vals), most)
	}
	return ok(o)
}
