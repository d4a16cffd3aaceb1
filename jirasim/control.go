package jirasim

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"example.com/accord/jirasim/world"
)

// controlRoutes are the simulator's own; they need no log-in.
func controlRoutes() []route {
	return []route{
		{"GET", "/_sim/requests", both, requests, "", "", 0, true},
		{"DELETE", "/_sim/requests", both, forget, "", "", 0, true},
		{"GET", "/_sim/faults", both, readFaults, "", "", 0, true},
		{"POST", "/_sim/faults", both, setFaults, "", "", 0, true},
		{"POST", "/_sim/settings", both, changeSettings, "", "", 0, true},
		{"POST", "/_sim/clock", both, setClock, "", "", 0, true},
		{"POST", "/_sim/permissions", both, setPermission, "", "", 0, true},
		{"POST", "/_sim/move", both, move, "", "", 0, true},
		{"POST", "/_sim/import", both, importIssue, "", "", 0, true},
		{"GET", "/_sim/accounts", both, accounts, "", "", 0, true},
		{"DELETE", "/_sim/consents", cloud, revoke, "", "", 0, true},
	}
}

// requests tells what was asked: with ?log=true each of the last requests too.
func requests(c *call) (reply, error) {
	j := &c.s.log
	total := 0
	for _, n := range j.writes {
		total += n
	}
	o := object{"total": j.total, "writes": object{"total": total, "byAccount": orEmpty(j.writes)}, "routes": orEmpty(j.routes), "webhooks": c.s.post.count()}
	if c.query.Get("log") == "true" {
		o["log"] = slices.Clone(j.last)
	}
	// The journal goes on after the lock is free, so it is written down here.
	b, err := json.Marshal(o)
	return reply{status: 200, body: json.RawMessage(b)}, err
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

func forget(c *call) (reply, error) {
	c.s.log = journal{}
	return none()
}

func readFaults(c *call) (reply, error) {
	f := c.s.faults
	f.Rules = slices.DeleteFunc(slices.Clone(f.Rules), func(r Fault) bool { return r.Times == spent })
	return ok(f)
}

// strict reads the body of a control request; what it does not know is refused.
func (c *call) strict(to any) error {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return world.Refuse(400, "read body: %v", err)
	}
	return nil
}

// setFaults replaces the members that it is given; rules as a whole.
func setFaults(c *call) (reply, error) {
	f := c.s.faults
	f.Rules = nil
	if err := c.strict(&f); err != nil {
		return reply{}, err
	}
	if f.Rules == nil {
		f.Rules = c.s.faults.Rules
	}
	if err := f.check(); err != nil {
		return reply{}, world.Refuse(400, "%v", err)
	}
	c.s.faults = f
	c.s.lag()
	return readFaults(c)
}

// setClock sets the site's clock forward.
func setClock(c *call) (reply, error) {
	var in struct {
		Forward Duration `json:"forward"`
	}
	if err := c.strict(&in); err != nil {
		return reply{}, err
	}
	if in.Forward < 0 {
		return reply{}, world.Refuse(400, "the clock cannot be set back")
	}
	c.s.ahead += time.Duration(in.Forward)
	return ok(object{"now": c.s.now()})
}

// setPermission takes a permission from an account or gives it back.
func setPermission(c *call) (reply, error) {
	var in struct {
		Account    string `json:"account"`    // e-mail address, login or id
		Permission string `json:"permission"` // "BROWSE_PROJECTS"
		Project    string `json:"project"`    // key; empty: everywhere
		Allowed    bool   `json:"allowed"`
	}
	if err := c.strict(&in); err != nil {
		return reply{}, err
	}
	u := c.w.Login(in.Account)
	_, known := world.Permitted(in.Permission)
	if u == nil || !known {
		return reply{}, world.Refuse(400, "no such account or permission")
	}
	key := in.Permission
	if in.Project != "" {
		key += ":" + in.Project
	}
	u.Denied = slices.DeleteFunc(u.Denied, func(s string) bool { return s == key })
	if !in.Allowed {
		u.Denied = append(u.Denied, key)
	}
	return ok(object{"account": u.Email, "denied": u.Denied})
}

// move moves an issue to another project, as a person does in the UI: it keeps
// its id and changes its key: docs/JIRA.md "Gone or hidden".
func move(c *call) (reply, error) {
	var in struct {
		Issue   string `json:"issue"`
		Project string `json:"project"`
		Account string `json:"account"` // who does it; empty: the first administrator
	}
	if err := c.strict(&in); err != nil {
		return reply{}, err
	}
	c.by.User = c.w.Users[0]
	if in.Account != "" {
		c.by.User = c.w.Login(in.Account)
	}
	i, no := c.w.Issue(c.by.User, in.Issue)
	if no != nil {
		return reply{}, no
	}
	p := c.w.Project(c.by.User, in.Project)
	if p == nil {
		return reply{}, world.Refuse(404, "No project could be found with key '%s'.", in.Project)
	}
	n := c.w.Move(c.by, i, p)
	for _, e := range c.w.Take() {
		c.s.announce(e, c.v)
	}
	return ok(object{"id": n.ID, "key": n.Key})
}

// revoke ends every consent to an app, as a person does in his profile.
func revoke(c *call) (reply, error) {
	c.s.oauth.Revoke()
	return none()
}

// accounts lists who may log in, for whoever plays with the simulator.
func accounts(c *call) (reply, error) {
	out := []any{}
	for _, u := range c.w.Users {
		out = append(out, object{"id": u.ID, "name": u.Name, "email": u.Email, "displayName": u.Display, "token": u.Token, "admin": u.Admin, "active": !u.Inactive})
	}
	return ok(out)
}
