package jirasim

import (
	"example.com/accord/jirasim/world"
)

func linkRoutes() []route {
	return []route{
		{"POST", "/rest/api/{v}/issueLink", both, addLink, "the limit of 2,000 links", "", 0, false},
		{"GET", "/rest/api/{v}/issueLink/{link}", both, onLink(readLink), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/issueLink/{link}", both, onLink(dropLink), "", "", 0, false},
		{"GET", "/rest/api/{v}/issueLinkType", both, linkTypes, "", "", 0, false},
		{"POST", "/rest/api/{v}/issueLinkType", both, addLinkType, "", "", 0, false},
		{"GET", "/rest/api/{v}/issueLinkType/{linktype}", both, onLinkType(readLinkType), "", "", 0, false},
		{"PUT", "/rest/api/{v}/issueLinkType/{linktype}", both, onLinkType(changeLinkType), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/issueLinkType/{linktype}", both, onLinkType(dropLinkType), "", "", 0, false},
	}
}

func (v view) linkType(id string) any {
	t := v.w.LinkType(id)
	if t == nil {
		return nil
	}
	return object{"id": t.ID, "name": t.Name, "inward": t.Inward, "outward": t.Outward, "self": v.rest("issueLinkType", t.ID)}
}

// linked is the other issue of a link, in short.
func (v view) linked(id string) any {
	i := v.w.Issues[id]
	if i == nil {
		return nil
	}
	return object{"id": i.ID, "key": i.Key, "self": v.rest("issue", i.ID), "fields": v.fields(i, choice{"summary", "status", "priority", "issuetype"})}
}

// links are those of an issue, as seen from it. One whose other end the caller
// may not see is left out: unverified.
func (v view) links(i *world.Issue) []any {
	out := []any{}
	for _, l := range i.Links {
		o := object{"id": l.ID, "self": v.rest("issueLink", l.ID), "type": v.linkType(l.Type)}
		end, other := "outwardIssue", l.To
		if l.To == i.ID {
			end, other = "inwardIssue", l.From
		}
		j := v.w.Issues[other]
		if j == nil || !v.hook && !v.w.May(v.user, "BROWSE_PROJECTS", v.w.Home(j)) {
			continue
		}
		o[end] = v.linked(other)
		out = append(out, o)
	}
	return out
}

func addLink(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var t world.Tie
	if err := c.decode(&t); err != nil {
		return reply{}, err
	}
	if err := c.w.Link(c.by, t); err != nil {
		return reply{}, err
	}
	return reply{status: 201}, nil
}

func onLink(do func(*call, *world.Link) (reply, error)) handler {
	return func(c *call) (reply, error) {
		l, err := c.w.FindLink(c.by.User, c.vars["link"])
		if err != nil {
			return reply{}, err
		}
		return do(c, l)
	}
}

func readLink(c *call, l *world.Link) (reply, error) {
	return ok(object{"id": l.ID, "self": c.v.rest("issueLink", l.ID), "type": c.v.linkType(l.Type), "inwardIssue": c.v.linked(l.From), "outwardIssue": c.v.linked(l.To)})
}

func dropLink(c *call, l *world.Link) (reply, error) {
	if err := c.w.Unlink(c.by, l); err != nil {
		return reply{}, err
	}
	return none()
}

func linkTypes(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	if !c.w.Settings.Linking {
		return reply{}, world.Refuse(404, "Issue linking is currently disabled.")
	}
	out := []any{}
	for _, t := range c.w.LinkTypes {
		out = append(out, c.v.linkType(t.ID))
	}
	return ok(object{"issueLinkTypes": out})
}

// kinded lets administrators change types of links: others are told that there
// is nothing: docs/JIRA.md "Links".
func (c *call) kinded(to *world.LinkType, status int) (reply, error) {
	if !c.w.May(c.by.User, "ADMINISTER", nil) {
		return reply{}, world.Refuse(404, "You do not have permission to create, edit or delete issue link types.") // unverified
	}
	var in struct{ Name, Inward, Outward string }
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	t, err := c.w.SetLinkType(to, in.Name, in.Inward, in.Outward)
	if err != nil {
		return reply{}, err
	}
	return reply{status: status, body: c.v.linkType(t.ID)}, nil
}

func addLinkType(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	return c.kinded(nil, 201)
}

func onLinkType(do func(*call, *world.LinkType) (reply, error)) handler {
	return func(c *call) (reply, error) {
		if r := c.needs(); r != nil {
			return *r, nil
		}
		t := c.w.LinkType(c.vars["linktype"])
		if t == nil || !c.w.Settings.Linking {
			return reply{}, world.Refuse(404, "No issue link type with id '%s' found.", c.vars["linktype"])
		}
		return do(c, t)
	}
}

func readLinkType(c *call, t *world.LinkType) (reply, error) { return ok(c.v.linkType(t.ID)) }

func changeLinkType(c *call, t *world.LinkType) (reply, error) { return c.kinded(t, 200) }

func dropLinkType(c *call, t *world.LinkType) (reply, error) {
	if !c.w.May(c.by.User, "ADMINISTER", nil) {
		return reply{}, world.Refuse(404, "You do not have permission to create, edit or delete issue link types.") // unverified
	}
	c.w.DropLinkType(c.by, t)
	return none()
}
