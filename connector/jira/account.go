package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"example.com/accord/issue"
)

// me returns our account, asked for once an hour.
func (c *Client) me(ctx context.Context) (person, error) {
	return c.account.get(c.now(), time.Hour, func() (person, error) { return c.probe(ctx) })
}

// probe asks the site who we are. Where a log-in is not recognised, Cloud runs
// most other calls as an anonymous user and answers as if there were nothing;
// this one it refuses: docs/JIRA.md "Authentication".
func (c *Client) probe(ctx context.Context) (person, error) {
	var who person
	if err := c.do(ctx, get(myself), &who); err != nil {
		return who, fmt.Errorf("log in: %w", err)
	}
	c.people.learn(who)
	return who, nil
}

// statusOf returns the HTTP status of a failed call, 0 if there is none.
func statusOf(err error) int {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.status
	}
	return 0
}

// permissions asks which of these permissions the account has in the project.
func (p *Participant) permissions(ctx context.Context, keys string) (map[string]bool, error) {
	var o struct {
		Permissions map[string]struct {
			Have bool `json:"havePermission"`
		} `json:"permissions"`
	}
	r := get("/mypermissions")
	r.query = url.Values{"projectKey": {p.project.Key}, "permissions": {keys}}
	if err := p.c.do(ctx, r, &o); err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for key, v := range o.Permissions {
		out[key] = v.Have
	}
	return out, nil
}

// unseen says what a 404 for an issue means: Missing only once it is proven
// that we are logged in and may still browse the project.
func (p *Participant) unseen(ctx context.Context) (issue.Presence, error) {
	if _, err := p.c.probe(ctx); err != nil {
		return "", err
	}
	have, err := p.permissions(ctx, "BROWSE_PROJECTS")
	switch {
	case statusOf(err) == http.StatusNotFound, err == nil && !have["BROWSE_PROJECTS"]:
		return issue.Denied, nil
	case err != nil:
		return "", fmt.Errorf("prove that the project can be browsed: %w", err)
	}
	return issue.Missing, nil
}
