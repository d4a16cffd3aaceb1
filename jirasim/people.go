package jirasim

import (
	"strings"

	"example.com/accord/jirasim/world"
)

func userRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/user", both, user, "", "", 0, false},
		{"GET", "/rest/api/{v}/user/search", both, userSearch, "property search", "", 0, false},
		{"GET", "/rest/api/{v}/user/assignable/search", both, assignable, "by transition", "", 0, false},
		{"GET", "/rest/api/{v}/users/search", cloud, allUsers, "", "", 0, false},
	}
}

func user(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	for _, u := range c.w.Users {
		switch {
		case c.v.cloud() && u.ID == c.query.Get("accountId"),
			!c.v.cloud() && (strings.EqualFold(u.Name, c.query.Get("username")) || u.ID == c.query.Get("key")):
			o := c.v.account(u)
			if len(names("", c.query["expand"]...)) > 0 {
				c.widen(o, u)
			}
			return ok(o)
		}
	}
	if c.v.cloud() {
		return reply{}, world.Refuse(404, "Specified user does not exist or you do not have required permissions")
	}
	return reply{}, world.Refuse(404, "The user named '%s' does not exist", c.query.Get("username")+c.query.Get("key"))
}

// people finds accounts whose name or address starts with what is asked for.
// Cloud matches addresses too, although it does not show them.
func (c *call) people(may func(*world.User) bool) ([]any, error) {
	start, most, err := c.paging(50)
	if err != nil {
		return nil, err
	}
	q := strings.ToLower(c.query.Get("query"))
	if !c.v.cloud() {
		q = strings.ToLower(c.query.Get("username"))
	}
	var found []*world.User
	for _, u := range c.w.Users {
		id := c.query.Get("accountId")
		if may(u) && (q == "" || q == "." || u.Fits(q)) && (id == "" || id == u.ID) {
			found = append(found, u)
		}
	}
	out := []any{}
	for _, u := range page(found, start, most) {
		out = append(out, c.v.account(u))
	}
	return out, nil
}

func userSearch(c *call) (reply, error) {
	if c.by.User == nil {
		return ok([]any{})
	}
	key := "query"
	if !c.v.cloud() {
		key = "username"
	}
	if !c.query.Has(key) && !c.query.Has("accountId") {
		return reply{}, world.Refuse(400, "The %s parameter is required.", key)
	}
	out, err := c.people(func(u *world.User) bool { return c.v.cloud() || !u.Inactive })
	if err != nil {
		return reply{}, err
	}
	return ok(out)
}

func allUsers(c *call) (reply, error) {
	if c.by.User == nil {
		return ok([]any{})
	}
	c.query.Del("query")
	out, err := c.people(func(*world.User) bool { return true })
	if err != nil {
		return reply{}, err
	}
	return ok(out)
}

func assignable(c *call) (reply, error) {
	var p *world.Project
	if k := c.query.Get("issueKey") + c.query.Get("issueId"); k != "" {
		i, no := c.w.Issue(c.by.User, k)
		if no != nil {
			return reply{}, no
		}
		p = c.w.Home(i)
	} else if p = c.w.Project(c.by.User, c.query.Get("project")); p == nil {
		return reply{}, world.Refuse(404, "No project could be found with key '%s'.", c.query.Get("project"))
	}
	out, err := c.people(func(u *world.User) bool { return c.w.May(u, "ASSIGNABLE_USER", p) })
	if err != nil {
		return reply{}, err
	}
	return ok(out)
}
