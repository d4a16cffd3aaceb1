package jirasim

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"

	"example.com/accord/jirasim/world"
)

func manyPropertyRoutes() []route {
	out := []route{
		{"POST", "/rest/api/{v}/issue/properties", cloud, loggedIn(setMany), "", "", 0, false},
		{"POST", "/rest/api/{v}/issue/properties/multi", cloud, loggedIn(setEach), "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/properties/{key}", cloud, loggedIn(setWhere), "Jira expressions", "", 0, false},
		{"DELETE", "/rest/api/{v}/issue/properties/{key}", cloud, loggedIn(dropWhere), "", "", 0, false},
	}
	for path, on := range map[string]func(func(*call, carrier) (reply, error)) handler{"/rest/api/{v}/user/properties": onUser, "/rest/api/{v}/issuetype/{id}/properties": ofType} {
		out = append(out, route{"GET", path, both, on(propertyKeys), "", "", 0, false}, route{"GET", path + "/{key}", both, on(readProperty), "", "", 0, false},
			route{"PUT", path + "/{key}", both, on(setProperty), "", "", 0, false}, route{"DELETE", path + "/{key}", both, on(dropProperty), "", "", 0, false})
	}
	slices.SortFunc(out[4:], func(a, b route) int { return bytes.Compare([]byte(a.path), []byte(b.path)) })
	return out
}

// onUser finds whose properties a request is about: the caller's or, for an
// administrator, anybody's.
func onUser(do func(*call, carrier) (reply, error)) handler {
	return loggedIn(func(c *call) (reply, error) {
		id := c.query.Get("accountId")
		if !c.v.cloud() {
			id = c.query.Get("userKey") + c.query.Get("username")
		}
		if id == "" {
			return reply{}, world.Refuse(400, "The user must be named.") // unverified
		}
		u := c.w.Login(id)
		switch {
		case u == nil:
			return reply{}, world.Refuse(404, "The user does not exist.") // unverified
		case u != c.by.User && !c.w.May(c.by.User, "ADMINISTER", nil):
			return reply{}, world.Refuse(403, "You do not have permission to access the properties of this user.") // unverified
		}
		h := c.carried("user", u.ID)
		h.path, h.who = h.path[:1], "?"+map[bool]string{true: "accountId", false: "userKey"}[c.v.cloud()]+"="+url.QueryEscape(u.ID)
		return do(c, h)
	})
}

// ofType lets a type of issue carry properties, which administrators set.
func ofType(do func(*call, carrier) (reply, error)) handler {
	return loggedIn(onType(func(c *call, t *world.Type) (reply, error) {
		if c.r.Method != "GET" && c.r.Method != "HEAD" && !c.w.May(c.by.User, "ADMINISTER", nil) {
			return reply{}, world.Refuse(403, "Only Jira administrators can edit the properties of issue types.") // unverified
		}
		return do(c, c.carried("issuetype", t.ID))
	}))
}

func (c *call) carried(kind, id string) carrier {
	at := kind + "/" + id
	return carrier{held: c.w.Carried[at], path: []string{kind, id}, set: func(p world.Property) error { return c.w.Carry(at, p) }}
}

// led leads to a task that is done.
func led(c *call, t *world.Task) (reply, error) {
	rep := reply{status: 303}
	rep.set("Location", c.v.rest("task", t.ID))
	return rep, nil
}

// A manyBody is what the operations on the properties of many issues take.
type manyBody struct {
	Properties map[string]json.RawMessage `json:"properties"`
	Entities   []int64                    `json:"entitiesIds"`

	Issues []struct {
		ID         int64                      `json:"issueID"`
		Properties map[string]json.RawMessage `json:"properties"`
	} `json:"issues"`

	Value      json.RawMessage `json:"value"`
	Expression string          `json:"expression"`
	Filter     where           `json:"filter"`
	where
}

// A where says which issues are meant.
type where struct {
	Only    []int64         `json:"entityIds"`
	Current json.RawMessage `json:"currentValue"`
	Has     *bool           `json:"hasProperty"`
}

// eligible are the issues that the caller may edit, among those that are named.
func (c *call) eligible(only []int64, fits func(*world.Issue) bool) (out []*world.Issue) {
	for _, id := range sortedKeys(c.w.Issues) {
		i := c.w.Issues[id]
		if (only == nil || slices.Contains(only, number(id))) && fits(i) && c.w.May(c.by.User, "EDIT_ISSUES", c.w.Home(i)) {
			out = append(out, i)
		}
	}
	return out
}

// setMany gives some issues the same properties: all of them or none.
func setMany(c *call) (reply, error) {
	var in manyBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.Properties) == 0 || len(in.Properties) > 10 || len(in.Entities) == 0 || len(in.Entities) > 10000 {
		return reply{}, world.Refuse(400, "Up to 10 properties on up to 10000 issues must be given.") // unverified
	}
	all := c.eligible(in.Entities, func(*world.Issue) bool { return true })
	if len(all) < len(in.Entities) {
		return reply{}, world.Refuse(400, "Some issues do not exist or you do not have permission to edit them.") // unverified
	}
	return c.givenTo(all, in.Properties)
}

// givenTo sets properties on issues, as a task that is done or refused whole.
func (c *call) givenTo(all []*world.Issue, props map[string]json.RawMessage) (reply, error) {
	if err := c.give(all, props); err != nil {
		return reply{}, err
	}
	return led(c, c.w.Finish(c.by, "Set issue properties", json.RawMessage(`{}`)))
}

func (c *call) give(all []*world.Issue, props map[string]json.RawMessage) error {
	for _, i := range all {
		for _, k := range sortedKeys(props) {
			if err := c.w.SetProperty(c.by, c.w.Issues[i.ID], world.Property{Key: k, Value: props[k]}); err != nil {
				return err
			}
		}
	}
	return nil
}

// setEach gives each issue properties of its own; some may fail.
func setEach(c *call) (reply, error) {
	var in manyBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.Issues) == 0 || len(in.Issues) > 100 {
		return reply{}, world.Refuse(400, "The number of issues must be between 1 and 100.") // unverified
	}
	failed := object{}
	for _, x := range in.Issues {
		all := c.eligible([]int64{x.ID}, func(*world.Issue) bool { return true })
		var err error = world.Refuse(404, "Issue does not exist or you do not have permission to see it.")
		if len(all) > 0 {
			err = c.give(all, x.Properties)
		}
		if err != nil {
			failed[jsonNumber(x.ID)] = err.Error()
		}
	}
	result, err := json.Marshal(object{"updated": len(in.Issues) - len(failed), "errors": failed}) // its members are unverified
	if err != nil {
		return reply{}, err
	}
	return led(c, c.w.Finish(c.by, "Set issue properties", result))
}

func jsonNumber(n int64) string { b, _ := json.Marshal(n); return string(b) } // a number always marshals

// meant reports whether an issue has, or has not, the property that is asked for.
func (q where) meant(i *world.Issue, key string) bool {
	held, has := i.Properties[key]
	if q.Has != nil && *q.Has != has {
		return false
	}
	return len(q.Current) == 0 || has && sameJSON(held, q.Current)
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	c, err := json.Marshal(x)
	d, bad := json.Marshal(y)
	return err == nil && bad == nil && bytes.Equal(c, d)
}

// setWhere gives the issues that fit one value of one property.
func setWhere(c *call) (reply, error) {
	var in manyBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	switch {
	case in.Expression != "":
		return reply{}, world.Refuse(400, "Jira expressions are not evaluated here.")
	case in.Filter.Has != nil && !*in.Filter.Has && len(in.Filter.Current) > 0:
		return reply{}, world.Refuse(400, "The filter is not valid: an issue without the property has no current value.") // unverified
	}
	key := c.vars["key"]
	return c.givenTo(c.eligible(in.Filter.Only, func(i *world.Issue) bool { return in.Filter.meant(i, key) }), map[string]json.RawMessage{key: in.Value})
}

// dropWhere takes a property from the issues that fit.
func dropWhere(c *call) (reply, error) {
	var in manyBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	key := c.vars["key"]
	for _, i := range c.eligible(in.Only, func(i *world.Issue) bool { return i.Properties[key] != nil && in.meant(i, key) }) {
		if err := c.w.SetProperty(c.by, i, world.Property{Key: key}); err != nil {
			return reply{}, err
		}
	}
	return led(c, c.w.Finish(c.by, "Delete issue property", json.RawMessage(`{}`)))
}
