package jirasim

import (
	"fmt"
	"slices"
	"strconv"

	"example.com/accord/jirasim/world"
)

func avatarRoutes() []route {
	const all, view = "/rest/api/{v}/universal_avatar/type/{type}/owner/{owner}", "/rest/api/{v}/universal_avatar/view/type/{type}"
	return []route{
		{"GET", "/rest/api/{v}/avatar/{type}/system", both, loggedIn(systemAvatars), "", "", 0, false},
		{"GET", all, both, loggedIn(avatarsOf), "", "", 0, false},
		{"POST", all, cloud, loggedIn(storeAvatar), "the picture: one is drawn for each", "", 0, false},
		{"DELETE", all + "/avatar/{avatar}", cloud, loggedIn(dropAvatar), "", "", 0, false},
		{"GET", view, cloud, drawAvatar, "formats but SVG", "", 0, false},
		{"GET", view + "/avatar/{avatar}", cloud, drawAvatar, "as above", "", 0, false},
		{"GET", view + "/owner/{owner}", cloud, drawAvatar, "as above", "", 0, false},
		{"GET", "/rest/api/{v}/project/{project}/avatars", both, loggedIn(projectAvatars), "", "", 0, false},
		{"PUT", "/rest/api/{v}/project/{project}/avatar", both, ofProject(setProjectAvatar), "", "", 0, false},
		{"POST", "/rest/api/{v}/project/{project}/avatar2", cloud, ofProject(addProjectAvatar), "the picture", "", 0, false},
		{"DELETE", "/rest/api/{v}/project/{project}/avatar/{avatar}", cloud, ofProject(dropProjectAvatar), "", "", 0, false},
		{"GET", "/rest/api/{v}/user/avatars", center, loggedIn(userAvatars), "", "", 0, false},
		{"GET", "/secure/projectavatar", both, drawAvatar, "what was uploaded", "", 0, false},
		{"GET", "/secure/useravatar", both, drawAvatar, "what was uploaded", "", 0, false},
		{"GET", "/secure/viewavatar", both, drawAvatar, "what was uploaded", "", 0, false},
	}
}

// firstAvatar is the id of the first system avatar of each type.
var firstAvatar = map[string]int{"project": 10200, "issuetype": 10300, "user": 10122, "priority": 10400}

const systemCount = 12

func (c *call) avatar(kind, id, owner string, chosen bool) object {
	at := func(size string) string {
		return c.v.rest("universal_avatar", "view", "type", kind, "avatar", id) + "?size=" + size
	}
	o := object{"id": id, "isSystemAvatar": owner == "", "isSelected": chosen, "isDeletable": owner != "", "urls": object{"16x16": at("xsmall"), "24x24": at("small"), "32x32": at("medium"), "48x48": at("large")}}
	if owner != "" {
		o["owner"] = owner
	} else {
		o["fileName"] = "avatar" + id + ".svg"
	}
	if !c.v.cloud() {
		o["selected"] = chosen
	}
	return o
}

// drawn lists the avatars that something can have.
func (c *call) avatars(kind, owner, chosen string) (system, custom []any, err error) {
	first, known := firstAvatar[kind]
	if !known {
		return nil, nil, world.Refuse(404, "There are no avatars of type '%s'.", kind)
	}
	system, custom = []any{}, []any{}
	for n := range systemCount {
		id := strconv.Itoa(first + n)
		system = append(system, c.avatar(kind, id, "", id == chosen))
	}
	for _, a := range c.w.Avatars {
		if a.Type == kind && a.Owner == owner {
			custom = append(custom, c.avatar(kind, a.ID, owner, a.ID == chosen))
		}
	}
	return system, custom, nil
}

func systemAvatars(c *call) (reply, error) {
	system, _, err := c.avatars(c.vars["type"], "", "")
	if err != nil {
		return reply{}, err
	}
	return ok(object{"system": system})
}

func (c *call) allAvatars(kind, owner, chosen string) (reply, error) {
	system, custom, err := c.avatars(kind, owner, chosen)
	if err != nil {
		return reply{}, err
	}
	return ok(object{"system": system, "custom": custom})
}

// owned finds whose avatars the path names, for whoever may change them.
func (c *call) owned(change bool) (string, error) {
	kind, id := c.vars["type"], c.vars["owner"]
	there, may := false, c.w.May(c.by.User, "ADMINISTER", nil)
	switch kind {
	case "project":
		p := c.w.Project(c.by.User, id)
		if there = p != nil; there {
			id, may = p.ID, c.w.May(c.by.User, "ADMINISTER_PROJECTS", p)
		}
	case "issuetype":
		there = c.w.Type(id) != nil
	case "priority":
		there = c.w.Priority(id) != nil
	case "user":
		there = c.w.User(id) != nil
	}
	switch {
	case !there:
		return "", world.Refuse(404, "There is no %s with id '%s'.", kind, id)
	case change && !may:
		return "", world.Refuse(403, "You do not have permission to change the avatars of this %s.", kind)
	}
	return id, nil
}

func avatarsOf(c *call) (reply, error) {
	id, err := c.owned(false)
	if err != nil {
		return reply{}, err
	}
	chosen := ""
	if p := c.w.Project(c.by.User, id); p != nil && c.vars["type"] == "project" {
		chosen = p.AvatarID()
	}
	return c.allAvatars(c.vars["type"], id, chosen)
}

// addAvatar keeps that there is a picture.
func (c *call) addAvatar(kind, owner string) (reply, error) {
	if len(c.body) == 0 {
		return reply{}, world.Refuse(400, "The body has no picture in it.")
	}
	a := world.Avatar{ID: c.w.Next("avatar"), Type: kind, Owner: owner}
	c.w.Avatars = append(c.w.Avatars, a)
	return reply{status: 201, body: c.avatar(kind, a.ID, owner, false)}, nil
}

func storeAvatar(c *call) (reply, error) {
	id, err := c.owned(true)
	if err != nil {
		return reply{}, err
	}
	return c.addAvatar(c.vars["type"], id)
}

func (c *call) loseAvatar(kind, owner string) (reply, error) {
	n := slices.IndexFunc(c.w.Avatars, func(a world.Avatar) bool { return a.ID == c.vars["avatar"] && a.Type == kind && a.Owner == owner })
	if n < 0 {
		return reply{}, world.Refuse(404, "The avatar with id '%s' does not exist.", c.vars["avatar"])
	}
	c.w.Avatars = slices.Delete(slices.Clone(c.w.Avatars), n, n+1)
	return none()
}

func dropAvatar(c *call) (reply, error) {
	id, err := c.owned(true)
	if err != nil {
		return reply{}, err
	}
	return c.loseAvatar(c.vars["type"], id)
}

func projectAvatars(c *call) (reply, error) {
	p, err := c.theProject()
	if err != nil {
		return reply{}, err
	}
	return c.allAvatars("project", p.ID, p.AvatarID())
}

func setProjectAvatar(c *call, p *world.Project) (reply, error) {
	var in struct {
		ID world.Loose `json:"id"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	id, first := string(in.ID), firstAvatar["project"]
	n, err := strconv.Atoi(id)
	system := err == nil && n >= first && n < first+systemCount || id == p.AvatarID()
	if !system && !slices.ContainsFunc(c.w.Avatars, func(a world.Avatar) bool { return a.ID == id && a.Owner == p.ID }) {
		return reply{}, world.Refuse(404, "The avatar with id '%s' does not exist.", id)
	}
	p.Avatar = id
	return none()
}

func addProjectAvatar(c *call, p *world.Project) (reply, error) { return c.addAvatar("project", p.ID) }

func dropProjectAvatar(c *call, p *world.Project) (reply, error) {
	r, err := c.loseAvatar("project", p.ID)
	if err == nil && p.Avatar == c.vars["avatar"] {
		p.Avatar = ""
	}
	return r, err
}

func userAvatars(c *call) (reply, error) {
	u, err := c.somebody(c.query.Get("username"))
	if err != nil {
		return reply{}, err
	}
	return c.allAvatars("user", u.ID, "10122")
}

// drawAvatar draws a picture of a colour of its own.
func drawAvatar(c *call) (reply, error) {
	hue := digest(c.r.URL.RequestURI()) % 360
	r := reply{status: 200, body: fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><rect width="48" height="48" rx="6" fill="hsl(%d,45%%,60%%)"/></svg>`, hue)}
	r.set("Content-Type", "image/svg+xml")
	return r, nil
}
