// Package oauth is the leave that an account gives Accord to act for it at Jira
// Cloud: an OAuth 2.0 app of the user's own, consented to once, whose tokens
// end and rotate: docs/JIRA.md "OAuth 2.0".
package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"example.com/accord/connector"
)

// Where Atlassian is.
const (
	AuthURL = "https://auth.atlassian.com"
	APIURL  = "https://api.atlassian.com"
)

// An App is an integration that its user made in Atlassian's developer console.
type App struct {
	ID, Secret connector.Secret
	Callback   string // as the console has it: "http://127.0.0.1:8087/callback"
	AuthURL    string // "" is [AuthURL]
	APIURL     string // "" is [APIURL]
}

// Scopes are what an app asks for: docs/JIRA.md "OAuth 2.0".
func Scopes() []string {
	return []string{"read:jira-work", "write:jira-work", "read:jira-user", "manage:jira-webhook", "offline_access"}
}

func (a App) config() *oauth2.Config {
	auth := a.AuthURL
	if auth == "" {
		auth = AuthURL
	}
	return &oauth2.Config{
		ClientID: a.ID.Reveal(), ClientSecret: a.Secret.Reveal(), RedirectURL: a.Callback, Scopes: Scopes(),
		Endpoint: oauth2.Endpoint{AuthURL: auth + "/authorize", TokenURL: auth + "/oauth/token", AuthStyle: oauth2.AuthStyleInParams},
	}
}

func (a App) api() string {
	if a.APIURL == "" {
		return APIURL
	}
	return a.APIURL
}

// using makes the client that calls of the oauth2 package go through.
func using(ctx context.Context, c *http.Client) context.Context {
	if c == nil {
		return ctx
	}
	return context.WithValue(ctx, oauth2.HTTPClient, c)
}

// A resource is one site that a consent is good for.
type resource struct {
	ID     string   `json:"id"` // the cloud id
	URL    string   `json:"url"`
	Scopes []string `json:"scopes"`
}

// resources asks which sites a token is good for.
func (a App) resources(ctx context.Context, c *http.Client, token string) (out []resource, err error) {
	const tried = "GET /oauth/token/accessible-resources"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.api()+"/oauth/token/accessible-resources", nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tried, err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	if c == nil {
		c = http.DefaultClient
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tried, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", tried, resp.Status)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&out); err != nil {
		return nil, fmt.Errorf("%s: read answer: %w", tried, err)
	}
	return out, nil
}

// site finds the one of an address, and says which there are if it is not among them.
func site(all []resource, address string) (resource, error) {
	var urls []string
	for _, r := range all {
		if strings.EqualFold(strings.TrimRight(r.URL, "/"), strings.TrimRight(address, "/")) {
			return r, nil
		}
		urls = append(urls, r.URL)
	}
	if len(urls) == 0 {
		return resource{}, fmt.Errorf("the consent is good for no site; choose %s on the consent page", address)
	}
	slices.Sort(urls)
	return resource{}, fmt.Errorf("the consent is good for %s, and not for %s; choose that on the consent page, or correct the url", strings.Join(slices.Compact(urls), ", "), address)
}

// lacking are the scopes that were asked for and not given.
func lacking(given []string) (out []string) {
	for _, s := range Scopes() {
		if s != "offline_access" && !slices.Contains(given, s) {
			out = append(out, s)
		}
	}
	return out
}

// explain says what an answer of the token endpoint means for people.
func explain(err error) error {
	r, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return err
	}
	status := 0
	if r.Response != nil {
		status = r.Response.StatusCode
	}
	// Not the whole body: nothing of a token may reach a log.
	return fmt.Errorf("%d %s: %.200s", status, r.ErrorCode, r.ErrorDescription)
}

// refusal reports whether the token endpoint takes a refresh token no more.
func refusal(err error) bool {
	r, ok := errors.AsType[*oauth2.RetrieveError](err)
	return ok && (r.ErrorCode == "invalid_grant" || r.ErrorCode == "unauthorized_client")
}
