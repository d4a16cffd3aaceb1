package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/accord/connector"
)

// heard are the events a hook asks for: those that say that an issue may have
// changed. Events of links take no filter: docs/JIRA.md "Webhooks".
func heard() []string {
	return []string{
		"jira:issue_created", "jira:issue_updated", "jira:issue_deleted",
		"comment_created", "comment_updated", "comment_deleted",
		"worklog_created", "worklog_updated", "worklog_deleted",
		"issuelink_created", "issuelink_deleted",
		"attachment_created", "attachment_deleted",
	}
}

// A hookJSON is a webhook as registered by an administrator.
type hookJSON struct {
	ID      id                `json:"id,omitempty"`   // Data Center from 10.0
	Self    string            `json:"self,omitempty"` // elsewhere; it ends in the id
	Name    string            `json:"name"`
	URL     string            `json:"url"`
	Events  []string          `json:"events"`
	Filters json.RawMessage   `json:"filters,omitempty"` // an object when written, a string from some sites
	Exclude bool              `json:"excludeBody"`
	Secret  string            `json:"secret,omitempty"`        // Cloud; it is never shown
	Config  map[string]string `json:"configuration,omitempty"` // Data Center from 10.0 takes the secret here and ignores it above
	Enabled *bool             `json:"enabled,omitempty"`
	Active  *bool             `json:"active,omitempty"`
}

func (h hookJSON) hook() connector.Hook {
	on := func(b *bool) bool { return b == nil || *b }
	out := connector.Hook{ID: string(h.ID), Name: h.Name, URL: h.URL, Active: on(h.Enabled) && on(h.Active)}
	if out.ID == "" {
		out.ID = tail(h.Self)
	}
	return out
}

// Hooks implements [connector.Hooks].
func (c *Client) Hooks(ctx context.Context) ([]connector.Hook, error) {
	if c.site.Bearer != nil {
		return c.dynamicHooks(ctx)
	}
	var all []hookJSON
	err := c.eachPath(func(path string) error { all = nil; return c.do(ctx, get(path).with("limit", "1000"), &all) })
	if err != nil {
		return nil, fmt.Errorf("list webhooks (it takes an administrator): %w", err)
	}
	var out []connector.Hook
	for _, h := range all {
		out = append(out, h.hook())
	}
	return out, nil
}

// eachPath tries the paths under which webhooks may live until one exists.
func (c *Client) eachPath(try func(path string) error) (err error) {
	for _, path := range c.dialect.hooks {
		if err = try(path); statusOf(err) != http.StatusNotFound {
			return err
		}
	}
	return err
}

// AddHook implements [connector.Hooks]. A hook with the same URL is replaced:
// what secret it has cannot be read.
func (c *Client) AddHook(ctx context.Context, h connector.Hook) (connector.Hook, error) {
	old, err := c.Hooks(ctx)
	if err != nil {
		return h, err
	}
	if c.site.Bearer != nil {
		return c.addDynamic(ctx, h, old)
	}
	body, err := c.registration(h)
	if err != nil {
		return h, err
	}
	var made hookJSON
	if err := c.eachPath(func(path string) error {
		return c.do(ctx, call{method: http.MethodPost, path: path, body: body}, &made)
	}); err != nil {
		return h, fmt.Errorf("register webhook (it takes an administrator): %w", err)
	}
	for _, o := range old {
		if o.URL == h.URL {
			if err := c.RemoveHook(ctx, o.ID); err != nil {
				return made.hook(), err
			}
		}
	}
	out := made.hook()
	out.Secret = h.Secret
	return out, nil
}

// registration is the body that registers h, as an administrator does.
func (c *Client) registration(h connector.Hook) (hookJSON, error) {
	filters, err := json.Marshal(map[string]string{"issue-related-events-section": c.scope()})
	if err != nil {
		return hookJSON{}, fmt.Errorf("register webhook: %w", err)
	}
	body := hookJSON{Name: h.Name, URL: h.URL, Events: heard(), Filters: filters, Secret: h.Secret}
	if c.site.Flavour == DataCenter {
		body.Active, body.Config = new(true), map[string]string{"EXCLUDE_BODY": "false"}
		if h.Secret != "" {
			body.Config["SECRET"] = h.Secret
		}
	}
	return body, nil
}

// RenderHook implements [connector.Renderer].
func (c *Client) RenderHook(h connector.Hook) (connector.HookCall, error) {
	out := connector.HookCall{Method: http.MethodPost, URL: c.site.URL + c.dialect.hooks[0]}
	var body any
	body, err := c.registration(h)
	if c.site.Bearer != nil {
		out.URL, body = gateway+c.dialect.api+dynamic, c.dynamicRegistration(h)
	}
	if err != nil {
		return out, err
	}
	if out.Body, err = json.Marshal(body); err != nil {
		return out, fmt.Errorf("render webhook: %w", err)
	}
	return out, nil
}

// scope is the JQL of all participants of the site.
func (c *Client) scope() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var keys []string
	for _, k := range c.projects {
		keys = append(keys, quoted(k))
	}
	slices.Sort(keys)
	return "project in (" + strings.Join(slices.Compact(keys), ", ") + ")"
}

// RemoveHook implements [connector.Hooks]. One that is gone does no harm.
func (c *Client) RemoveHook(ctx context.Context, id string) error {
	if c.site.Bearer != nil {
		return c.removeDynamic(ctx, id)
	}
	err := c.eachPath(func(path string) error {
		return c.do(ctx, call{method: http.MethodDelete, path: path + "/{}", args: []string{id}}, nil)
	})
	if err != nil && statusOf(err) != http.StatusNotFound {
		return fmt.Errorf("remove webhook %s: %w", id, err)
	}
	return nil
}
