package jirasim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

func screenRoutes() []route {
	tabs := "/rest/api/{v}/screens/{screen}/tabs"
	return []route{
		{"POST", "/rest/api/{v}/screens/addToDefault/{field}", both, byAdmin(onField(onScreen)), "screens of single projects: the default one is everywhere", "", 0, false},
		{"GET", "/rest/api/{v}/screens", both, byAdmin(screenList), "scope", "", 0, false},
		{"POST", "/rest/api/{v}/screens", cloud, byAdmin(addScreen), "screens but the default one are for transitions only", "", 0, false},
		{"PUT", "/rest/api/{v}/screens/{screen}", cloud, byAdmin(onSheet(editScreen)), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/screens/{screen}", cloud, byAdmin(onSheet(deleteScreen)), "", "", 0, false},
		{"GET", "/rest/api/{v}/screens/{screen}/availableFields", both, byAdmin(onSheet(offScreen)), "", "", 0, false},
		{"GET", tabs, both, byAdmin(onSheet(screenTabs)), "", "", 0, false},
		{"POST", tabs, both, byAdmin(onSheet(addTab)), "", "", 0, false},
		{"PUT", tabs + "/{tab}", both, byAdmin(onTab(renameTab)), "", "", 0, false},
		{"DELETE", tabs + "/{tab}", both, byAdmin(onTab(deleteTab)), "", "", 0, false},
		{"POST", tabs + "/{tab}/move/{pos}", both, byAdmin(onTab(moveTab)), "", "", 0, false},
		{"GET", tabs + "/{tab}/fields", both, byAdmin(onTab(tabFields)), "", "", 0, false},
		{"POST", tabs + "/{tab}/fields", both, byAdmin(onTab(putOnTab)), "", "", 0, false},
		{"DELETE", tabs + "/{tab}/fields/{field}", both, byAdmin(onTab(takeOffTab)), "", "", 0, false},
		{"POST", tabs + "/{tab}/fields/{field}/move", both, byAdmin(onTab(moveOnTab)), "", "", 0, false},
		{"GET", "/rest/api/{v}/field/{field}/screens", cloud, byAdmin(onField(screensOf)), "", "", 0, false},
		{"GET", "/rest/api/{v}/screenscheme", cloud, byAdmin(screenSchemes), "schemes but the default one", "", 0, false},
		{"GET", "/rest/api/{v}/issuetypescreenscheme", cloud, byAdmin(typeScreenSchemes), "schemes but the default one", "", 0, false},
		{"GET", "/rest/api/{v}/issuetypescreenscheme/mapping", cloud, byAdmin(typeScreenMappings), "", "", 0, false},
		{"GET", "/rest/api/{v}/issuetypescreenscheme/project", cloud, byAdmin(typeScreenProjects), "", "", 0, false},
	}
}

// onSheet finds the screen that the path names. The texts are unverified.
func onSheet(do func(*call, *world.Screen) (reply, error)) handler {
	return func(c *call) (reply, error) {
		s := c.w.ScreenOf(c.vars["screen"])
		if s == nil {
			return reply{}, c.noScreen("The screen with id %s does not exist.", c.vars["screen"])
		}
		return do(c, s)
	}
}

// noScreen refuses what is not there: with 400 on Data Center.
func (c *call) noScreen(text, id string) error {
	if c.v.cloud() {
		return world.Refuse(404, text, id)
	}
	return world.Refuse(400, text, id)
}

func onTab(do func(*call, *world.Screen, *world.Tab) (reply, error)) handler {
	return onSheet(func(c *call, s *world.Screen) (reply, error) {
		t := s.TabOf(c.vars["tab"])
		if t == nil {
			return reply{}, c.noScreen("The tab with id %s does not exist.", c.vars["tab"])
		}
		return do(c, s, t)
	})
}

func onScreen(c *call, f *world.Field) (reply, error) {
	s := c.w.Screens[0]
	if slices.Contains(s.Fields(), f.ID) {
		return reply{}, world.Refuse(400, "The field is already on the screen.")
	}
	c.w.Place(s, s.Tabs[0], f)
	if c.v.cloud() {
		return ok(object{})
	}
	return none()
}

func (c *call) screen(s *world.Screen) object {
	return object{"id": number(s.ID), "name": s.Name, "description": s.Description}
}

func screenList(c *call) (reply, error) {
	ids, q := names("", c.query["id"]...), strings.ToLower(cmp.Or(c.query.Get("queryString"), c.query.Get("search")))
	all := []any{}
	for _, s := range c.w.Screens {
		if (len(ids) == 0 || ids.has(s.ID)) && strings.Contains(strings.ToLower(s.Name), q) {
			all = append(all, c.screen(s))
		}
	}
	if c.v.cloud() {
		return c.pageOf(all, 100)
	}
	start, most, err := c.paging(100)
	if err != nil {
		return reply{}, err
	}
	return ok(page(all, start, most))
}

func (c *call) nameScreen(s *world.Screen) error {
	var in labelled
	if err := c.decode(&in); err != nil {
		return err
	}
	n := *s
	if in.Name != nil {
		n.Name = strings.TrimSpace(*in.Name)
	}
	if in.Description != nil {
		n.Description = *in.Description
	}
	if n.Name == "" || len(n.Name) > 255 || slices.ContainsFunc(c.w.Screens, func(x *world.Screen) bool { return x != s && strings.EqualFold(x.Name, n.Name) }) {
		return world.RefuseField("name", "The name of the screen is empty, too long, or used by another one.")
	}
	*s = n
	return nil
}

func addScreen(c *call) (reply, error) {
	s := world.Screen{}
	if err := c.nameScreen(&s); err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.screen(c.w.AddScreen(s))}, nil
}

func editScreen(c *call, s *world.Screen) (reply, error) {
	if err := c.nameScreen(s); err != nil {
		return reply{}, err
	}
	return ok(c.screen(s))
}

func deleteScreen(c *call, s *world.Screen) (reply, error) {
	if s == c.w.Screens[0] {
		return reply{}, world.Refuse(400, "The screen with id %s is used by a screen scheme and cannot be deleted.", s.ID)
	}
	c.w.Screens = slices.DeleteFunc(c.w.Screens, func(x *world.Screen) bool { return x == s })
	return none()
}

func offScreen(c *call, s *world.Screen) (reply, error) {
	on := s.Fields()
	return c.listed(func(f *world.Field) bool {
		switch f.Kind {
		case world.Shown, world.StatusOf, world.ProjectOf, world.Seconds:
			return false
		case world.ParentOf:
			return c.v.cloud() && !slices.Contains(on, f.ID)
		}
		return f.ID != "creator" && !slices.Contains(on, f.ID)
	})
}

func (c *call) listed(which func(*world.Field) bool) (reply, error) {
	out := []any{}
	for _, f := range c.w.Fields {
		if which(f) {
			out = append(out, c.screenable(f))
		}
	}
	return ok(out)
}

func (c *call) screenable(f *world.Field) object {
	o := object{"id": f.ID, "name": f.Name}
	if !c.v.cloud() {
		o["showWhenEmpty"], o["type"] = false, f.Name
	}
	return o
}

func (c *call) tab(t *world.Tab) object { return object{"id": number(t.ID), "name": t.Name} }

func screenTabs(c *call, s *world.Screen) (reply, error) {
	out := []any{}
	for _, t := range s.Tabs {
		out = append(out, c.tab(t))
	}
	return ok(out)
}

// tabName reads the name of a tab.
func (c *call) tabName(s *world.Screen, self *world.Tab) (string, error) {
	var in struct {
		Name string `json:"name"`
	}
	if err := c.decode(&in); err != nil {
		return "", err
	}
	name := strings.TrimSpace(in.Name)
	if name == "" || slices.ContainsFunc(s.Tabs, func(t *world.Tab) bool { return t != self && strings.EqualFold(t.Name, name) }) {
		return "", world.RefuseField("name", "The name of the tab is empty, or used by another one of the screen.")
	}
	return name, nil
}

func addTab(c *call, s *world.Screen) (reply, error) {
	name, err := c.tabName(s, nil)
	if err != nil {
		return reply{}, err
	}
	return ok(c.tab(c.w.AddTab(s, name)))
}

func renameTab(c *call, s *world.Screen, t *world.Tab) (reply, error) {
	name, err := c.tabName(s, t)
	if err != nil {
		return reply{}, err
	}
	t.Name = name
	return ok(c.tab(t))
}

// deleteTab takes the fields of a tab from the screen too.
func deleteTab(c *call, s *world.Screen, t *world.Tab) (reply, error) {
	if len(s.Tabs) == 1 {
		return reply{}, world.Refuse(400, "A screen needs at least one tab.")
	}
	for _, id := range slices.Clone(t.List) {
		if f := c.w.Field(id); f != nil {
			c.w.Displace(s, f)
		}
	}
	s.Tabs = slices.DeleteFunc(s.Tabs, func(x *world.Tab) bool { return x == t })
	return none()
}

func moveTab(c *call, s *world.Screen, t *world.Tab) (reply, error) {
	n, err := strconv.Atoi(c.vars["pos"])
	if err != nil || n < 0 || n >= len(s.Tabs) {
		return reply{}, world.Refuse(400, "The position %s is not valid.", c.vars["pos"])
	}
	s.Tabs = slices.Insert(slices.DeleteFunc(s.Tabs, func(x *world.Tab) bool { return x == t }), n, t)
	return none()
}

func tabFields(c *call, _ *world.Screen, t *world.Tab) (reply, error) {
	out := []any{}
	for _, id := range t.List {
		if f := c.w.Field(id); f != nil {
			out = append(out, c.screenable(f))
		}
	}
	return ok(out)
}

func putOnTab(c *call, s *world.Screen, t *world.Tab) (reply, error) {
	var in struct {
		Field string `json:"fieldId"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	f := c.w.Field(in.Field)
	if f == nil || slices.Contains(s.Fields(), f.ID) {
		return reply{}, world.Refuse(400, "The field with id %s is not there, or on the screen already.", in.Field)
	}
	c.w.Place(s, t, f)
	return ok(c.screenable(f))
}

// onTheTab finds the field that the path names on the tab.
func (c *call) onTheTab(t *world.Tab) (*world.Field, error) {
	f := c.w.Field(c.vars["field"])
	if f == nil || !slices.Contains(t.List, f.ID) {
		return nil, c.noScreen("The field with id %s is not on the tab.", c.vars["field"])
	}
	return f, nil
}

func takeOffTab(c *call, s *world.Screen, t *world.Tab) (reply, error) {
	f, err := c.onTheTab(t)
	if err != nil {
		return reply{}, err
	}
	c.w.Displace(s, f)
	return none()
}

func moveOnTab(c *call, _ *world.Screen, t *world.Tab) (reply, error) {
	f, err := c.onTheTab(t)
	if err != nil {
		return reply{}, err
	}
	var in struct {
		After    string `json:"after"`
		Position string `json:"position"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	after, n := in.After, slices.Index(t.List, f.ID)
	if i := strings.LastIndex(after, "/"); i >= 0 { // an address, as Data Center takes it
		after = after[i+1:]
	}
	position := in.Position
	switch {
	case position == "Earlier" && n < 2:
		position, after = "First", ""
	case position == "Earlier":
		position, after = "", t.List[n-2]
	case position == "Later" && n == len(t.List)-1:
		return none()
	case position == "Later":
		position, after = "", t.List[n+1]
	}
	if t.List, err = ordered(t.List, []string{f.ID}, after, position); err != nil {
		return reply{}, err
	}
	return none()
}

func screensOf(c *call, f *world.Field) (reply, error) {
	all := []any{}
	for _, s := range c.w.Screens {
		for _, t := range s.Tabs {
			if slices.Contains(t.List, f.ID) {
				o := c.screen(s)
				if names("", c.query["expand"]...).has("tab") {
					o["tab"] = c.tab(t)
				}
				all = append(all, o)
			}
		}
	}
	return c.pageOf(all, 100)
}

func screenSchemes(c *call) (reply, error) {
	return c.pageOf([]any{object{"id": 1, "name": "Default Screen Scheme", "description": "Default Screen Scheme", "screens": object{"default": 1}}}, 25)
}

func typeScreenScheme() object {
	return object{"id": "1", "name": "Default Issue Type Screen Scheme", "description": "The default issue type screen scheme"}
}

func typeScreenSchemes(c *call) (reply, error) { return c.pageOf([]any{typeScreenScheme()}, 50) }

func typeScreenMappings(c *call) (reply, error) {
	return c.pageOf([]any{object{"issueTypeScreenSchemeId": "1", "issueTypeId": "default", "screenSchemeId": "1"}}, 50)
}

func typeScreenProjects(c *call) (reply, error) {
	ids, in := names("", c.query["projectId"]...), []string{}
	for _, p := range c.w.Projects {
		if ids.has(p.ID) {
			in = append(in, p.ID)
		}
	}
	if len(in) == 0 {
		return reply{}, world.Refuse(400, "The projectId parameter is required.")
	}
	return c.pageOf([]any{object{"issueTypeScreenScheme": typeScreenScheme(), "projectIds": in}}, 50)
}
