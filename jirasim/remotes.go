package jirasim

import (
	"encoding/json"

	"example.com/accord/jirasim/world"
)

func remoteRoutes() []route {
	const all = "/rest/api/{v}/issue/{issue}/remotelink"
	return []route{
		{"GET", all, both, readRemotes, "", "", 0, false},
		{"POST", all, both, addRemote, "the limit of 2,000 remote links", "", 0, false},
		{"DELETE", all, both, dropRemotes, "", "", 0, false},
		{"GET", all + "/{remote}", both, onRemote(readRemote), "", "", 0, false},
		{"PUT", all + "/{remote}", both, onRemote(changeRemote), "", "", 0, false},
		{"DELETE", all + "/{remote}", both, onRemote(dropRemote), "", "", 0, false},
	}
}

// remote is a link to something elsewhere: what was not given is an empty
// object, or is not there, as recorded.
func (v view) remote(i *world.Issue, r *world.Remote) object {
	o := object{"id": number(r.ID), "self": v.rest("issue", i.Key, "remotelink", r.ID), "application": object{}}
	if r.GlobalID != "" {
		o["globalId"] = r.GlobalID
	}
	if r.Relationship != "" {
		o["relationship"] = r.Relationship
	}
	if len(r.Application) > 0 && string(r.Application) != "null" {
		o["application"] = r.Application
	}
	thing := map[string]any{}
	_ = json.Unmarshal(r.Object, &thing) // it was read before it was kept
	for _, k := range []string{"icon", "status"} {
		if _, is := thing[k].(map[string]any); !is {
			thing[k] = object{}
		}
	}
	if s, is := thing["status"].(map[string]any); is {
		if _, is := s["icon"]; !is {
			s["icon"] = object{}
		}
	}
	o["object"] = thing
	return o
}

func readRemotes(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	global := c.query.Get("globalId")
	all, err := c.w.RemoteLinks(c.by, i, global)
	if err != nil {
		return reply{}, err
	}
	if global != "" {
		return ok(c.v.remote(i, all[0]))
	}
	out := []any{}
	for _, r := range all {
		out = append(out, c.v.remote(i, r))
	}
	return ok(out)
}

// addRemote makes a link, or changes the one of the same globalId: Cloud tells
// which by its status, and both by where it is: docs/JIRA.md "Links".
func addRemote(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	var b world.RemoteBody
	if err := c.decode(&b); err != nil {
		return reply{}, err
	}
	r, made, err := c.w.Point(c.by, i, b)
	if err != nil {
		return reply{}, err
	}
	self := c.v.rest("issue", i.Key, "remotelink", r.ID)
	rep := reply{status: 200, body: object{"id": number(r.ID), "self": self}}
	if made && c.v.cloud() {
		rep.status = 201
	}
	if made {
		rep.set("Location", self)
	}
	return rep, nil
}

func dropRemotes(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	global := c.query.Get("globalId")
	if global == "" {
		return reply{}, world.Refuse(400, "The globalId must be specified.") // unverified
	}
	all, err := c.w.RemoteLinks(c.by, i, global)
	if err != nil {
		return reply{}, err
	}
	return dropRemote(c, i, all[0])
}

func onRemote(do func(*call, *world.Issue, *world.Remote) (reply, error)) handler {
	return func(c *call) (reply, error) {
		i, err := c.issue()
		if err != nil {
			return reply{}, err
		}
		r, err := c.w.RemoteLink(c.by, i, c.vars["remote"])
		if err != nil {
			return reply{}, err
		}
		return do(c, i, r)
	}
}

func readRemote(c *call, i *world.Issue, r *world.Remote) (reply, error) { return ok(c.v.remote(i, r)) }

func changeRemote(c *call, i *world.Issue, r *world.Remote) (reply, error) {
	var b world.RemoteBody
	if err := c.decode(&b); err != nil {
		return reply{}, err
	}
	if _, err := c.w.Repoint(c.by, i, r, b); err != nil {
		return reply{}, err
	}
	return none()
}

// dropRemote deletes a link. Cloud wants a Content-Type: docs/JIRA.md "Links".
func dropRemote(c *call, i *world.Issue, r *world.Remote) (reply, error) {
	if c.v.cloud() && c.r.Header.Get("Content-Type") == "" {
		return reply{}, &problem{415, "Unsupported Media Type", "Content-Type 'null' is not supported."} // words unverified
	}
	if err := c.w.Unpoint(c.by, i, r); err != nil {
		return reply{}, err
	}
	return none()
}
