package jirasim

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

// tokenRoutes are of Data Center alone: personal access tokens, and what tells
// a load balancer that the node is up. No document describes them: unverified.
func tokenRoutes() []route {
	tokens := "/rest/pat/latest/tokens"
	return []route{
		{"GET", "/status", center, func(*call) (reply, error) { return ok(object{"state": "RUNNING"}) }, "other states", "", 0, false},
		{"GET", tokens, center, loggedIn(readTokens), "", "", 0, false},
		{"POST", tokens, center, loggedIn(addToken), "the limit of tokens", "", 0, false},
		{"DELETE", tokens + "/{token}", center, loggedIn(dropToken), "", "", 0, false},
	}
}

func tokenShape(k *world.AccessToken) object {
	o := object{"id": number(k.ID), "name": k.Name, "createdAt": k.At.UTC().Format(time.RFC3339Nano), "expiringAt": nil}
	if !k.Ends.IsZero() {
		o["expiringAt"] = k.Ends.UTC().Format(time.RFC3339Nano)
	}
	return o
}

func readTokens(c *call) (reply, error) {
	out := []any{}
	for _, k := range c.by.User.Tokens {
		out = append(out, tokenShape(k))
	}
	return ok(out)
}

// addToken shows the token itself, which nobody can see again. Without a
// number of days it does not end.
func addToken(c *call) (reply, error) {
	var in struct {
		Name string `json:"name"`
		Days *int   `json:"expirationDuration"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if strings.TrimSpace(in.Name) == "" {
		return reply{}, world.RefuseField("name", "The token name must not be empty.")
	}
	k := &world.AccessToken{Name: in.Name, At: c.by.Now.Truncate(time.Millisecond)}
	if in.Days != nil {
		if *in.Days < 1 || *in.Days > 100*365 {
			return reply{}, world.RefuseField("expirationDuration", "The number of days is not valid.")
		}
		k.Ends = k.At.AddDate(0, 0, *in.Days)
	}
	k.ID, k.Secret = c.w.Next("token"), base64.StdEncoding.EncodeToString([]byte(c.s.dice.uuid("token"))[:33])
	c.by.User.Tokens = append(c.by.User.Tokens, k)
	o := tokenShape(k)
	o["rawToken"] = k.Secret
	return reply{status: 201, body: o}, nil
}

func dropToken(c *call) (reply, error) {
	u := c.by.User
	left := slices.DeleteFunc(slices.Clone(u.Tokens), func(k *world.AccessToken) bool { return k.ID == c.vars["token"] })
	if len(left) == len(u.Tokens) {
		return reply{}, world.Refuse(404, "There is no token with id '%s'.", c.vars["token"])
	}
	u.Tokens = left
	return none()
}
