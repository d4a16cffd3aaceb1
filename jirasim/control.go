package jirasim

import (
	"encoding/json"
	"errors"
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

// readFaults shows what goes wrong yet, in a form that can be set again.
func readFaults(c *call) (reply, error) {
	f := c.s.faults
	f.Rules, f.Lags = append([]Fault{}, f.Rules...), orEmpty(f.Lags)
	return ok(f)
}

// setFaults replaces the members that it is given; rules and lags as a whole.
func setFaults(c *call) (reply, error) {
	if err := c.setFaults(); err != nil {
		return reply{}, refusal(err)
	}
	return readFaults(c)
}

// refusal is what is wrong with a control request, as Jira's refusals look.
func refusal(err error) error {
	if no, is := errors.AsType[*world.Refusal](err); is {
		return no
	}
	return world.Refuse(400, "%v", err)
}

// setClock sets the site's clock forward.
func setClock(c *call) (reply, error) {
	var in struct {
		Forward Duration `json:"forward"`
	}
	if err := c.strict(&in); err != nil {
		return reply{}, refusal(err)
	}
	if in.Forward < 0 {
		return reply{}, world.Refuse(400, "the clock cannot be set back")
	}
	c.s.forward(time.Duration(in.Forward))
	return ok(object{"now": c.s.now()})
}

// setPermission takes a permission from an account or gives it back.
func setPermission(c *call) (reply, error) {
	var in struct {
		Right
		Allowed bool `json:"allowed"`
	}
	if err := c.strict(&in); err != nil {
		return reply{}, refusal(err)
	}
	if err := c.s.right(&in.Right); err != nil {
		return reply{}, refusal(err)
	}
	if err := c.s.permit(&in.Right, in.Allowed); err != nil {
		return reply{}, refusal(err)
	}
	u := c.w.Login(in.Account)
	return ok(object{"account": u.Email, "denied": u.Denied})
}

// move moves an issue as a person does.
func move(c *call) (reply, error) {
	var in struct {
		Passage
		Account string `json:"account"` // who does it; empty: the first administrator
	}
	if err := c.strict(&in); err != nil {
		return reply{}, refusal(err)
	}
	u, err := c.s.actor(in.Account)
	if err != nil {
		return reply{}, world.Refuse(404, "%v", err)
	}
	c.by.User = u
	n, err := c.carry(in.Passage)
	if err != nil {
		return reply{}, err
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
