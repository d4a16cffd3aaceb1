package jirasim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

// The webhooks that an OAuth 2.0 app registers: docs/JIRA.md "Dynamic webhooks".
const (
	dynamic     = "/rest/api/{v}/webhook"
	dynamicLife = 30 * 24 * time.Hour
	dynamicMost = 5 // of one app and user
)

func dynamicRoutes() []route {
	return []route{
		{"GET", dynamic, cloud, byApp(readDynamic), "", "", 0, false},
		{"POST", dynamic, cloud, byApp(addDynamic), "issuePropertyKeysFilter; that a non-public app hears only of its owner's", "", 0, false},
		{"DELETE", dynamic, cloud, byApp(dropDynamic), "", "", 0, false},
		{"PUT", dynamic + "/refresh", cloud, byApp(refreshDynamic), "", "", 0, false},
	}
}

// byApp lets apps through only.
func byApp(do handler) handler {
	return func(c *call) (reply, error) {
		if r := c.needs(); r != nil {
			return *r, nil
		}
		if c.grant == nil {
			return reply{}, world.Refuse(403, "The caller is not an app.")
		}
		return do(c)
	}
}

func expired(h *world.Hook, now time.Time) bool { return !h.Expires.IsZero() && !now.Before(h.Expires) }

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64) // ids of webhooks are made here
	return n
}

// mine are the webhooks of the calling app, oldest first.
func (c *call) mine() []*world.Hook {
	var out []*world.Hook
	for _, h := range c.w.Hooks {
		if h.App == c.grant.App {
			out = append(out, h)
		}
	}
	return out
}

func readDynamic(c *call) (reply, error) {
	start, most, err := c.paging(100)
	if err != nil {
		return reply{}, err
	}
	all, vals := c.mine(), []any{}
	for _, h := range page(all, start, most) {
		vals = append(vals, object{"id": number(h.ID), "url": h.URL, "jqlFilter": h.Filter, "events": h.Events, "expirationDate": h.Expires.UnixMilli()})
	}
	return ok(object{"startAt": start, "maxResults": most, "total": len(all), "isLast": start+len(vals) >= len(all), "values": vals})
}

// addDynamic registers each webhook of the body, or says of each why not.
func addDynamic(c *call) (reply, error) {
	var in struct {
		URL      string `json:"url"`
		Webhooks []struct {
			Events []string `json:"events"`
			Filter string   `json:"jqlFilter"`
		} `json:"webhooks"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := checkHook(&world.Hook{Name: "dynamic", URL: in.URL}); err != nil {
		return reply{}, err
	}
	if len(in.Webhooks) == 0 {
		return reply{}, world.Refuse(400, "The list of webhooks is missing.")
	}
	out := []any{}
	for _, w := range in.Webhooks {
		h := &world.Hook{URL: in.URL, Events: w.Events, Filter: w.Filter, App: c.grant.App, By: c.by.User.ID, At: c.by.Now, Expires: c.by.Now.Add(dynamicLife)}
		if faults := c.faults(h); len(faults) > 0 {
			out = append(out, object{"errors": faults})
			continue
		}
		h.ID = c.w.Next("webhook")
		c.w.Hooks = append(c.w.Hooks, h)
		out = append(out, object{"createdWebhookId": number(h.ID)})
	}
	return ok(object{"webhookRegistrationResult": out})
}

// faults says what stands against a webhook. The words are unverified.
func (c *call) faults(h *world.Hook) (out []string) {
	live := 0
	for _, o := range c.mine() {
		if expired(o, c.by.Now) {
			continue
		}
		live++
		if o.URL != h.URL {
			return []string{"Only a single URL per app is allowed to be registered."}
		}
	}
	if live >= dynamicMost {
		return []string{fmt.Sprintf("An app may register %d webhooks.", dynamicMost)}
	}
	for _, e := range h.Events {
		if !slices.Contains(dynamicEvents(), e) {
			out = append(out, fmt.Sprintf("The event %s is unsupported", e))
		}
	}
	if len(h.Events) == 0 {
		out = append(out, "There is no event")
	}
	q, err := jql.Parse(h.Filter)
	if err != nil {
		return append(out, err.Error())
	}
	return append(out, unsupported(q.Where)...)
}

func dynamicEvents() []string {
	return strings.Fields(`jira:issue_created jira:issue_updated jira:issue_deleted comment_created comment_updated comment_deleted
		issue_property_set issue_property_deleted sprint_created sprint_updated sprint_closed sprint_deleted sprint_started
		jira:version_released jira:version_unreleased jira:version_created jira:version_moved jira:version_updated jira:version_merged jira:version_deleted`)
}

// unsupported says which clauses the filter of a dynamic webhook does not take.
func unsupported(e jql.Expr) (out []string) {
	switch x := e.(type) {
	case jql.And:
		for _, t := range x {
			out = append(out, unsupported(t)...)
		}
	case jql.Or:
		for _, t := range x {
			out = append(out, unsupported(t)...)
		}
	case jql.Not:
		return []string{"The clause NOT is unsupported"}
	case jql.Clause:
		fields := []string{"issuekey", "project", "issuetype", "status", "assignee", "reporter"}
		if !slices.Contains(fields, strings.ToLower(x.Field)) {
			return []string{fmt.Sprintf("The clause %s is unsupported", x.Field)}
		}
		if !slices.Contains([]jql.Op{jql.Equal, jql.NotEqual, jql.In, jql.NotIn}, x.Op) {
			return []string{fmt.Sprintf("The operator %s is unsupported", x.Op)}
		}
	}
	return out
}

// chosen reads the ids of a body; those of other apps are not among them.
func (c *call) chosen() ([]*world.Hook, error) {
	var in struct {
		IDs []int64 `json:"webhookIds"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.IDs == nil {
		return nil, world.Refuse(400, "The list of webhook IDs is missing.")
	}
	return slices.DeleteFunc(c.mine(), func(h *world.Hook) bool { return !slices.Contains(in.IDs, number(h.ID)) }), nil
}

func dropDynamic(c *call) (reply, error) {
	gone, err := c.chosen()
	if err != nil {
		return reply{}, err
	}
	c.w.Hooks = slices.DeleteFunc(c.w.Hooks, func(h *world.Hook) bool { return slices.Contains(gone, h) })
	return reply{status: 202}, nil
}

// refreshDynamic extends the life of webhooks that still have one; whether
// Jira wakes one that has expired is unverified.
func refreshDynamic(c *call) (reply, error) {
	hooks, err := c.chosen()
	if err != nil {
		return reply{}, err
	}
	end := c.by.Now.Add(dynamicLife)
	for _, h := range hooks {
		if !expired(h, c.by.Now) {
			h.Expires = end
		}
	}
	return ok(object{"expirationDate": end.UnixMilli()})
}

// prover makes the token by which a delivery to an app proves itself. What it
// says besides who signed it is unverified.
func (s *Sim) prover(id string) func() string {
	a, _ := s.app(id)
	return func() string {
		s.mu.Lock()
		now := s.now()
		s.mu.Unlock()
		return Prove(a, now)
	}
}

// Prove is a JSON Web Token, signed with HS256 and the app's secret, that lives
// for five minutes: docs/JIRA.md "Dynamic webhooks".
func Prove(a App, now time.Time) string {
	enc := base64.RawURLEncoding
	claims, err := json.Marshal(map[string]any{"iss": a.ID, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()})
	if err != nil {
		return ""
	}
	signed := enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims)
	m := hmac.New(sha256.New, []byte(a.Secret))
	m.Write([]byte(signed))
	return signed + "." + enc.EncodeToString(m.Sum(nil))
}
