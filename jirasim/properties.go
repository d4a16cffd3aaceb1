package jirasim

import (
	"encoding/json"

	"example.com/accord/jirasim/world"
)

func propertyRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/issue/{issue}/properties", both, onIssue(propertyKeys), "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/{issue}/properties/{key}", both, onIssue(readProperty), "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/{issue}/properties/{key}", both, onIssue(setProperty), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/issue/{issue}/properties/{key}", both, onIssue(dropProperty), "", "", 0, false},
		{"GET", "/rest/api/{v}/comment/{comment}/properties", both, onComment(propertyKeys), "", "", 0, false},
		{"GET", "/rest/api/{v}/comment/{comment}/properties/{key}", both, onComment(readProperty), "", "", 0, false},
		{"PUT", "/rest/api/{v}/comment/{comment}/properties/{key}", both, onComment(setProperty), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/comment/{comment}/properties/{key}", both, onComment(dropProperty), "", "", 0, false},
	}
}

// A carrier is what holds properties: an issue or a comment.
type carrier struct {
	held map[string]json.RawMessage
	path []string
	set  func(world.Property) error
	who  string // what ends its address: of a user, who that is
}

func onIssue(do func(*call, carrier) (reply, error)) handler {
	return func(c *call) (reply, error) {
		i, err := c.issue()
		if err != nil {
			return reply{}, err
		}
		return do(c, carrier{held: i.Properties, path: []string{"issue", i.ID}, set: func(p world.Property) error { return c.w.SetProperty(c.by, i, p) }})
	}
}

func onComment(do func(*call, carrier) (reply, error)) handler {
	return func(c *call) (reply, error) {
		i, m, no := c.w.FindAnyComment(c.by.User, c.vars["comment"])
		if no != nil {
			return reply{}, no
		}
		return do(c, carrier{held: m.Properties, path: []string{"comment", m.ID}, set: func(p world.Property) error { return c.w.SetCommentProperty(c.by, i, m, p) }})
	}
}

func propertyKeys(c *call, h carrier) (reply, error) {
	keys := []any{}
	for _, k := range sortedKeys(h.held) {
		keys = append(keys, object{"key": k, "self": c.v.rest(append(h.path, "properties", k)...) + h.who})
	}
	return ok(object{"keys": keys})
}

func (c *call) held(h carrier) (json.RawMessage, error) {
	v, is := h.held[c.vars["key"]]
	if !is {
		return nil, world.Refuse(404, "The property with key '%s' does not exist.", c.vars["key"])
	}
	return v, nil
}

func readProperty(c *call, h carrier) (reply, error) {
	v, err := c.held(h)
	if err != nil {
		return reply{}, err
	}
	return ok(object{"key": c.vars["key"], "value": v})
}

func setProperty(c *call, h carrier) (reply, error) {
	if !json.Valid(c.body) {
		return reply{}, &unread{}
	}
	if err := h.set(world.Property{Key: c.vars["key"], Value: c.body}); err != nil {
		return reply{}, err
	}
	if _, had := h.held[c.vars["key"]]; had {
		return reply{status: 200}, nil
	}
	return reply{status: 201}, nil
}

func dropProperty(c *call, h carrier) (reply, error) {
	if _, err := c.held(h); err != nil {
		return reply{}, err
	}
	if err := h.set(world.Property{Key: c.vars["key"]}); err != nil {
		return reply{}, err
	}
	return none()
}
