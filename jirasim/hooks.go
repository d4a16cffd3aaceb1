package jirasim

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

// Admin webhooks live under one path on Cloud and under another on Data
// Center from 10.0 on: docs/JIRA.md "Webhooks".
const (
	cloudHooks  = "/rest/webhooks/1.0/webhook"
	centerHooks = "/rest/jira-webhook/1.0/webhooks"
)

func hookRoutes() []route {
	var out []route
	for _, on := range []side{cloud, center} {
		path := cloudHooks
		if on == center {
			path = centerHooks
		}
		out = append(out,
			route{"GET", path, on, admin(readHooks), "statistics", "", 0, false},
			route{"POST", path, on, admin(addHook), "refusing addresses that are not https", "", 0, false},
			route{"GET", path + "/{hook}", on, admin(onHook(readHook)), "", "", 0, false},
			route{"PUT", path + "/{hook}", on, admin(onHook(changeHook)), "", "", 0, false},
			route{"DELETE", path + "/{hook}", on, admin(onHook(dropHook)), "", "", 0, false},
		)
	}
	return out
}

// admin lets administrators through only.
func admin(do handler) handler {
	return func(c *call) (reply, error) {
		if r := c.needs(); r != nil {
			return *r, nil
		}
		if !c.w.May(c.by.User, "ADMINISTER", nil) {
			return reply{}, world.Refuse(403, "You do not have permission to manage webhooks.")
		}
		return do(c)
	}
}

func onHook(do func(*call, *world.Hook) (reply, error)) handler {
	return func(c *call) (reply, error) {
		for _, h := range c.w.Hooks {
			if h.ID == c.vars["hook"] && h.App == "" {
				return do(c, h)
			}
		}
		return reply{}, world.Refuse(404, "No webhook with id '%s' exists.", c.vars["hook"])
	}
}

// A hookBody is what a registration takes. Members left out stay as they are.
type hookBody struct {
	Name     *string           `json:"name"`
	URL      *string           `json:"url"`
	Events   []string          `json:"events"`
	Filters  map[string]string `json:"filters"`
	Bare     *bool             `json:"excludeBody"`
	Secret   *string           `json:"secret"`
	Enabled  *bool             `json:"enabled"` // Cloud
	Active   *bool             `json:"active"`  // Data Center
	Settings map[string]string `json:"configuration"`
}

// issueEvents is the key under which the JQL of a webhook stands.
const issueEvents = "issue-related-events-section"

func (b hookBody) into(h *world.Hook) {
	set(&h.Name, b.Name)
	set(&h.URL, b.URL)
	set(&h.Bare, b.Bare)
	set(&h.Secret, b.Secret)
	if s, is := b.Settings["SECRET"]; is {
		h.Secret = s
	}
	if b.Events != nil {
		h.Events = b.Events
	}
	if f, is := b.Filters[issueEvents]; is {
		h.Filter = f
	}
	for _, on := range []*bool{b.Enabled, b.Active} {
		if on != nil {
			h.Disabled = !*on
		}
	}
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func checkHook(h *world.Hook) error {
	u, err := url.Parse(h.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return world.RefuseField("url", "The URL '%s' is not valid.", h.URL)
	}
	if strings.TrimSpace(h.Name) == "" {
		return world.RefuseField("name", "The name must not be empty.")
	}
	if h.Filter != "" {
		if _, err := jql.Parse(h.Filter); err != nil {
			return world.RefuseField("filters", "%s", err.Error())
		}
	}
	return nil
}

// hookShape never shows a secret.
func (c *call) hookShape(h *world.Hook) object {
	o := object{"name": h.Name, "url": h.URL, "events": append([]string{}, h.Events...), "filters": object{issueEvents: h.Filter}, "excludeBody": h.Bare}
	if c.v.cloud() {
		o["self"], o["enabled"], o["isSigned"] = c.v.base+cloudHooks+"/"+h.ID, !h.Disabled, h.Secret != ""
		o["lastUpdated"], o["lastUpdatedUser"] = h.At.UnixMilli(), h.By
		if u := c.w.User(h.By); u != nil {
			o["lastUpdatedDisplayName"] = u.Display
		}
		return o
	}
	var n int64
	if _, err := fmt.Sscan(h.ID, &n); err == nil {
		o["id"] = n
	}
	o["self"], o["active"], o["sslVerificationRequired"], o["configuration"] = c.v.base+centerHooks+"/"+h.ID, !h.Disabled, false, object{}
	o["createdDate"], o["updatedDate"] = h.At.UnixMilli(), h.At.UnixMilli()
	return o
}

func readHooks(c *call) (reply, error) {
	out := []any{}
	for _, h := range c.w.Hooks {
		if e := c.query.Get("event"); h.App == "" && (e == "" || slices.Contains(h.Events, e)) {
			out = append(out, c.hookShape(h))
		}
	}
	return ok(out)
}

func readHook(c *call, h *world.Hook) (reply, error) { return ok(c.hookShape(h)) }

func addHook(c *call) (reply, error) {
	var b hookBody
	if err := c.decode(&b); err != nil {
		return reply{}, err
	}
	h := &world.Hook{By: c.by.User.ID, At: c.by.Now}
	b.into(h)
	if err := checkHook(h); err != nil {
		return reply{}, err
	}
	h.ID = c.w.Next("webhook")
	c.w.Hooks = append(c.w.Hooks, h)
	rep := reply{status: 201, body: c.hookShape(h)}
	rep.set("Location", c.hookShape(h)["self"].(string))
	return rep, nil
}

func changeHook(c *call, h *world.Hook) (reply, error) {
	var b hookBody
	if err := c.decode(&b); err != nil {
		return reply{}, err
	}
	n := *h
	b.into(&n)
	if err := checkHook(&n); err != nil {
		return reply{}, err
	}
	n.By, n.At = c.by.User.ID, c.by.Now
	*h = n
	return ok(c.hookShape(h))
}

func dropHook(c *call, h *world.Hook) (reply, error) {
	c.w.Hooks = slices.DeleteFunc(c.w.Hooks, func(x *world.Hook) bool { return x == h })
	return none()
}
