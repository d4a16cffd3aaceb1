package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira/wire"
)

// dynamic is where an app's webhooks are: docs/JIRA.md "Dynamic webhooks".
const dynamic = "/webhook"

// gateway is how the address of the API is written where the site's id is not
// known.
const gateway = "https://api.atlassian.com/ex/jira/{cloudId}"

// dynamicHeard are the events of [heard] that an app may ask for.
func dynamicHeard() []string {
	return slices.DeleteFunc(heard(), func(e string) bool {
		return !strings.HasPrefix(e, "jira:issue_") && !strings.HasPrefix(e, "comment_")
	})
}

// A dynamicJSON is a webhook of an app.
type dynamicJSON struct {
	ID   id         `json:"id"`
	URL  string     `json:"url"`
	Ends wire.Stamp `json:"expirationDate"`
}

// A dynamicOrder is what registers webhooks of an app.
type dynamicOrder struct {
	URL      string          `json:"url"`
	Webhooks []dynamicFilter `json:"webhooks"`
}

type dynamicFilter struct {
	Events []string `json:"events"`
	JQL    string   `json:"jqlFilter"`
}

func (c *Client) dynamicRegistration(h connector.Hook) dynamicOrder {
	return dynamicOrder{URL: h.URL, Webhooks: []dynamicFilter{{Events: dynamicHeard(), JQL: c.scope()}}}
}

// dynamicHooks lists the webhooks of the app, those that have ended too.
func (c *Client) dynamicHooks(ctx context.Context) (out []connector.Hook, err error) {
	for {
		var page struct {
			Values []dynamicJSON `json:"values"`
			Last   bool          `json:"isLast"`
		}
		r := get(dynamic)
		r.query = url.Values{"startAt": {strconv.Itoa(len(out))}, "maxResults": {"100"}}
		if err := c.do(ctx, r, &page); err != nil {
			return nil, fmt.Errorf("list webhooks of the app: %w", err)
		}
		for _, v := range page.Values {
			h := connector.Hook{ID: string(v.ID), Name: "of the app", URL: v.URL, Ends: v.Ends.Time}
			h.Active = h.Ends.IsZero() || c.now().Before(h.Ends)
			out = append(out, h)
		}
		if page.Last || len(page.Values) == 0 {
			return out, nil
		}
	}
}

// addDynamic registers h. All webhooks of an app have one address, so those of
// ours that have another go first: what happens meanwhile is found by a sweep.
func (c *Client) addDynamic(ctx context.Context, h connector.Hook, old []connector.Hook) (connector.Hook, error) {
	for _, o := range old {
		if o.URL != h.URL && folder(o.URL) == folder(h.URL) {
			if err := c.removeDynamic(ctx, o.ID); err != nil {
				return h, err
			}
		}
	}
	var made struct {
		Result []struct {
			ID     id       `json:"createdWebhookId"`
			Errors []string `json:"errors"`
		} `json:"webhookRegistrationResult"`
	}
	if err := c.do(ctx, call{method: http.MethodPost, path: dynamic, body: c.dynamicRegistration(h)}, &made); err != nil {
		return h, fmt.Errorf("register webhook of the app: %w", err)
	}
	if len(made.Result) != 1 || made.Result[0].ID == "" {
		why := errors.New("the site does not say whether it did")
		if len(made.Result) == 1 && len(made.Result[0].Errors) > 0 {
			why = errors.New(strings.Join(made.Result[0].Errors, " "))
		}
		return h, fmt.Errorf("%s: register webhook of the app: %w", c.site.Name, why)
	}
	for _, o := range old {
		if o.URL == h.URL {
			if err := c.removeDynamic(ctx, o.ID); err != nil {
				return h, err
			}
		}
	}
	h.ID, h.Active = string(made.Result[0].ID), true
	return h, nil
}

// folder is an address without its last part and what follows.
func folder(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path[:strings.LastIndex(path, "/")+1]
}

// An idList names webhooks of an app.
type idList struct {
	IDs []json.Number `json:"webhookIds"`
}

func (c *Client) removeDynamic(ctx context.Context, id string) error {
	r := call{method: http.MethodDelete, path: dynamic, body: idList{[]json.Number{json.Number(id)}}}
	if err := c.do(ctx, r, nil); err != nil {
		return fmt.Errorf("remove webhook %s of the app: %w", id, err)
	}
	return nil
}

// RenewHook implements [connector.Renewer]. One that has ended, or is none of
// the app's, is not renewed, and the site does not say so: a list does.
func (c *Client) RenewHook(ctx context.Context, id string) (time.Time, error) {
	var o struct {
		Ends wire.Stamp `json:"expirationDate"`
	}
	r := call{method: http.MethodPut, path: dynamic + "/refresh", body: idList{[]json.Number{json.Number(id)}}}
	if err := c.do(ctx, r, &o); err != nil {
		return time.Time{}, fmt.Errorf("renew webhook %s of the app: %w", id, err)
	}
	return o.Ends.Time, nil
}
