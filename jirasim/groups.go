package jirasim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func groupRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/group", cloud, loggedIn(onGroup(readGroup)), "", "", 0, false},
		{"POST", "/rest/api/{v}/group", both, byAdmin(addGroup), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/group", both, byAdmin(onGroup(deleteGroup)), "", "", 0, false},
		{"GET", "/rest/api/{v}/group/bulk", cloud, byAdmin(groupPage), "accessType, applicationKey", "", 0, false},
		{"GET", "/rest/api/{v}/group/member", both, loggedIn(onGroup(groupMembers)), "", "", 0, false},
		{"POST", "/rest/api/{v}/group/user", both, byAdmin(onGroup(joinGroup)), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/group/user", both, byAdmin(onGroup(leaveGroup)), "", "", 0, false},
		{"GET", "/rest/api/{v}/groups/picker", both, groupPicker, "", "", 0, false},
		{"GET", "/rest/api/{v}/groupuserpicker", both, groupUserPicker, "by field, project and type", "", 0, false},
		{"GET", "/rest/api/{v}/user/picker", both, userPicker, "exclude by group", "", 0, false},
		{"GET", "/rest/api/{v}/user/groups", cloud, loggedIn(userGroups), "", "", 0, false},
		{"GET", "/rest/api/{v}/user/bulk", cloud, loggedIn(userBulk), "", "", 0, false},
		{"GET", "/rest/api/{v}/user/search/query", cloud, loggedIn(userQuery), "is transitioner of; is owner of", "", 0, false},
		{"GET", "/rest/api/{v}/user/assignable/multiProjectSearch", both, loggedIn(assignableEverywhere), "", "", 0, false},
		{"GET", "/rest/api/{v}/user/viewissue/search", both, loggedIn(usersWho("BROWSE_PROJECTS")), "", "", 0, false},
		{"GET", "/rest/api/{v}/user/permission/search", both, loggedIn(usersWho("")), "", "", 0, false},
	}
}

// onGroup finds the group that the query names, on Cloud by id too.
func onGroup(do func(*call, string) (reply, error)) handler {
	return func(c *call) (reply, error) {
		asked := cmp.Or(c.query.Get("groupId"), c.query.Get("groupname"))
		if asked == "" {
			return reply{}, world.Refuse(400, "The group name must be specified.")
		}
		g := c.w.GroupOf(asked)
		if g == "" {
			return reply{}, world.Refuse(404, "The group named '%s' does not exist.", asked)
		}
		return do(c, g)
	}
}

// wholeGroup is a group as its own resource shows it.
func (c *call) wholeGroup(name string) object {
	o, all := c.v.group(name), c.w.Members(name)
	people := []any{}
	if names("", c.query["expand"]...).has("users") {
		for _, u := range page(all, 0, 50) {
			people = append(people, c.v.account(u))
		}
	}
	o["users"] = object{"size": len(all), "items": people, "max-results": 50, "start-index": 0, "end-index": max(len(people)-1, 0)}
	o["expand"] = "users"
	return o
}

func readGroup(c *call, name string) (reply, error) { return ok(c.wholeGroup(name)) }

func addGroup(c *call) (reply, error) {
	var in struct {
		Name string `json:"name"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.w.AddGroup(c.by, in.Name); err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.wholeGroup(in.Name)}, nil
}

func deleteGroup(c *call, name string) (reply, error) {
	swap := cmp.Or(c.query.Get("swapGroupId"), c.query.Get("swapGroup"))
	if swap != "" {
		if swap = c.w.GroupOf(swap); swap == "" || swap == name {
			return reply{}, world.Refuse(404, "The group to swap with does not exist.")
		}
	}
	if err := c.w.DeleteGroup(c.by, name, swap); err != nil {
		return reply{}, err
	}
	return reply{status: 200}, nil
}

func groupPage(c *call) (reply, error) {
	ids, called := names("", c.query["groupId"]...), names("", c.query["groupName"]...)
	all := []any{}
	for _, g := range c.w.GroupNames() {
		if len(ids)+len(called) == 0 || ids.has(world.GroupID(g)) || called.has(g) {
			all = append(all, object{"name": g, "groupId": world.GroupID(g)})
		}
	}
	return c.pageOf(all, 50)
}

func groupMembers(c *call, name string) (reply, error) {
	all := []any{}
	for _, u := range c.w.Members(name) {
		if !u.Inactive || c.query.Get("includeInactiveUsers") == "true" {
			all = append(all, c.v.account(u))
		}
	}
	return c.pageOf(all, 50)
}

func joinGroup(c *call, name string) (reply, error) {
	var in struct {
		ID   string `json:"accountId"`
		Name string `json:"name"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	u, err := c.somebody(cmp.Or(in.ID, in.Name))
	if err != nil {
		return reply{}, err
	}
	if slices.Contains(u.Groups, name) {
		return reply{}, world.Refuse(400, "User '%s' is already a member of '%s'", u.Display, name)
	}
	u.Groups = append(u.Groups, name)
	return reply{status: 201, body: c.wholeGroup(name)}, nil
}

func leaveGroup(c *call, name string) (reply, error) {
	u, err := c.somebody(cmp.Or(c.query.Get("accountId"), c.query.Get("username")))
	if err != nil {
		return reply{}, err
	}
	if !slices.Contains(u.Groups, name) {
		return reply{}, world.Refuse(400, "Cannot remove user '%s' from group '%s' since user is not a member of '%s'", u.Display, name, name)
	}
	u.Groups = slices.DeleteFunc(slices.Clone(u.Groups), func(g string) bool { return g == name })
	return reply{status: 200}, nil
}

// somebody finds an account as the flavour names it.
func (c *call) somebody(id string) (*world.User, error) {
	for _, u := range c.w.Users {
		if c.v.cloud() && u.ID == id || !c.v.cloud() && strings.EqualFold(u.Name, id) {
			return u, nil
		}
	}
	return nil, world.Refuse(404, "The user named '%s' does not exist", id)
}

// foundGroups are the groups that a picker suggests.
func (c *call) foundGroups() object {
	q, out, total := strings.ToLower(c.query.Get("query")), []any{}, 0
	most, err := c.number("maxResults", 20)
	for _, g := range c.w.GroupNames() {
		if c.by.User == nil || !strings.Contains(strings.ToLower(g), q) || slices.Contains(c.query["exclude"], g) {
			continue
		}
		if total++; err == nil && total <= most {
			o := object{"name": g, "html": bolder(g, c.query.Get("query")), "labels": []any{}}
			if c.v.cloud() {
				o["groupId"] = world.GroupID(g)
			}
			out = append(out, o)
		}
	}
	return object{"header": shownOf(len(out), total, "groups"), "total": total, "groups": out}
}

func groupPicker(c *call) (reply, error) { return ok(c.foundGroups()) }

// foundUsers are the people that a picker suggests.
func (c *call) foundUsers() object {
	q, out, total := strings.ToLower(c.query.Get("query")), []any{}, 0
	most, err := c.number("maxResults", 50)
	not := append(names("", c.query["exclude"]...), names("", c.query["excludeAccountIds"]...)...)
	for _, u := range c.w.Users {
		if !c.w.May(c.by.User, "USER_PICKER", nil) || u.Inactive || q == "" || !u.Fits(q) || len(not) > 0 && (not.has(u.ID) || u.Name != "" && not.has(u.Name)) {
			continue
		}
		if total++; err != nil || total > most {
			continue
		}
		o := object{"displayName": u.Display, "html": bolder(u.Display, c.query.Get("query"))}
		if c.v.cloud() {
			o["accountId"], o["accountType"] = u.ID, "atlassian"
		} else {
			o["name"], o["key"] = u.Name, u.ID
			o["html"] = bolder(u.Display+" - "+u.Email+" ("+u.Name+")", c.query.Get("query"))
		}
		if c.query.Get("showAvatar") == "true" {
			o["avatarUrl"] = c.v.avatars("useravatar?", "avatarId=10122")["16x16"]
		}
		out = append(out, o)
	}
	return object{"header": shownOf(len(out), total, "users"), "total": total, "users": out}
}

func userPicker(c *call) (reply, error) {
	if !c.query.Has("query") {
		return reply{}, world.Refuse(400, "The query parameter is required.")
	}
	return ok(c.foundUsers())
}

func groupUserPicker(c *call) (reply, error) {
	return ok(object{"users": c.foundUsers(), "groups": c.foundGroups()})
}

func userGroups(c *call) (reply, error) {
	u, err := c.somebody(c.query.Get("accountId"))
	if err != nil {
		return reply{}, err
	}
	out := []any{}
	for _, g := range u.Groups {
		out = append(out, c.v.group(g))
	}
	return ok(out)
}

func userBulk(c *call) (reply, error) {
	if !c.query.Has("accountId") {
		return reply{}, world.Refuse(400, "The accountId parameter is required.")
	}
	all := []any{}
	for _, id := range c.query["accountId"] {
		if u := c.w.User(id); u != nil {
			all = append(all, c.v.account(u))
		}
	}
	return c.pageOf(all, 10)
}

func assignableEverywhere(c *call) (reply, error) {
	var ps []*world.Project
	for _, k := range names("", c.query["projectKeys"]...) {
		p := c.w.Project(c.by.User, k)
		if p == nil {
			return reply{}, world.Refuse(404, "No project could be found with key '%s'.", k)
		}
		ps = append(ps, p)
	}
	return c.peopleWho(func(u *world.User) bool {
		return !slices.ContainsFunc(ps, func(p *world.Project) bool { return !c.w.May(u, "ASSIGNABLE_USER", p) })
	})
}

func (c *call) peopleWho(may func(*world.User) bool) (reply, error) {
	out, err := c.people(may)
	if err != nil {
		return reply{}, err
	}
	return ok(out)
}

// usersWho finds people who have permissions where the query says: the one
// that is given, else those that the query names.
func usersWho(permission string) handler {
	return func(c *call) (reply, error) {
		p, err := c.where()
		if err != nil {
			return reply{}, err
		}
		want := names("", append(c.query["permissions"], permission)...)
		if len(want) == 0 {
			return reply{}, world.Refuse(400, "The permissions parameter is required.")
		}
		for _, k := range want {
			if _, known := world.Permitted(k); !known {
				return reply{}, world.Refuse(400, "Unrecognized permission: %s", k)
			}
		}
		return c.peopleWho(func(u *world.User) bool {
			return !slices.ContainsFunc(want, func(k string) bool { return !c.w.May(u, k, p) })
		})
	}
}

// shownOf says how many of how many a picker shows.
func shownOf(n, total int, what string) string {
	return fmt.Sprintf("Showing %d of %d matching %s", n, total, what)
}
