package jirasim

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/consent"
	"example.com/accord/jirasim/world"
)

// What is auth.atlassian.com and api.atlassian.com elsewhere has its routes
// here on the site itself: docs/JIRA.md "OAuth 2.0".
func oauthRoutes() []route {
	return []route{
		{"GET", "/authorize", cloud, authorize, "asking: it says yes at once, for the app's account", "", 0, false},
		{"POST", "/oauth/token", cloud, giveToken, "client_credentials", "", 0, false},
		{"GET", "/oauth/token/accessible-resources", cloud, resources, "other sites", "", 0, false},
	}
}

// gate is where the API of a Cloud site stands for OAuth 2.0 apps.
const gate = "/ex/jira/"

func isGateway(path string) bool { return strings.HasPrefix(path, gate) }

// found takes over a server of consents, with this site's words and leeway.
func (s *Sim) found(o *consent.Server) {
	s.oauth = o
	o.Word = func() string { return s.dice.uuid("word") + s.dice.uuid("word") }
	switch o.Leeway = s.opt.Leeway; {
	case o.Leeway == 0:
		o.Leeway = consent.Leeway
	case o.Leeway < 0:
		o.Leeway = 0
	}
}

// app finds a registered app.
func (s *Sim) app(id string) (App, bool) {
	i := slices.IndexFunc(s.opt.Apps, func(a App) bool { return a.ID == id })
	if i < 0 {
		return App{}, false
	}
	return s.opt.Apps[i], true
}

// authorize consents: Jira would ask a person. Where the request is not that of
// a registered app nobody is sent anywhere.
func authorize(c *call) (reply, error) {
	a, known := c.s.app(c.query.Get("client_id"))
	user := c.w.Login(a.Account)
	if a.Account == "" {
		user = c.w.Users[0]
	}
	switch {
	case !known:
		return notice(400, "There is no app with this client_id."), nil
	case c.query.Get("redirect_uri") != a.Callback:
		return notice(400, "The redirect_uri is not the callback of the app."), nil
	case c.query.Get("response_type") != "code" || c.query.Get("audience") != "api.atlassian.com":
		return notice(400, "It takes response_type=code and audience=api.atlassian.com."), nil
	case user == nil || user.Inactive:
		return notice(400, "The account of the app cannot log in."), nil
	}
	r := consent.Request{Callback: a.Callback, Scopes: strings.Fields(c.query.Get("scope"))}
	if c.query.Get("code_challenge_method") == "S256" {
		r.Challenge = c.query.Get("code_challenge")
	}
	back := url.Values{"code": {c.s.oauth.Consent(c.by.Now, a, user.ID, r)}}
	if state := c.query.Get("state"); state != "" {
		back.Set("state", state)
	}
	to, err := url.Parse(a.Callback)
	if err != nil {
		return notice(400, "The callback of the app is no address."), nil
	}
	q := to.Query()
	maps.Copy(q, back)
	to.RawQuery = q.Encode()
	rep := notice(302, user.Display+" consents.")
	rep.set("Location", to.String())
	return rep, nil
}

// notice is an answer for people.
func notice(status int, words string) reply {
	r := reply{status: status, body: "<!doctype html><title>Jira</title><p>" + html.EscapeString(words) + "</p>\n"}
	r.set("Content-Type", "text/html;charset=UTF-8")
	return r
}

// giveToken is the token endpoint. It takes a form, and JSON.
func giveToken(c *call) (reply, error) {
	in, err := c.form()
	if err != nil {
		return denied(&consent.Denial{Status: 400, Code: "invalid_request", Text: "The body could not be read."}), nil
	}
	a, known := c.s.app(in.Get("client_id"))
	if !known || subtle.ConstantTimeCompare([]byte(a.Secret), []byte(in.Get("client_secret"))) != 1 {
		return denied(&consent.Denial{Status: 401, Code: "access_denied", Text: "Unauthorized"}), nil
	}
	var t consent.Tokens
	switch in.Get("grant_type") {
	case "authorization_code":
		t, err = c.s.oauth.Exchange(c.by.Now, a, in.Get("code"), in.Get("redirect_uri"), in.Get("code_verifier"))
	case "refresh_token":
		t, err = c.s.oauth.Renew(c.by.Now, a, in.Get("refresh_token"))
	default:
		err = &consent.Denial{Status: 400, Code: "invalid_request", Text: "grant_type must be one of [authorization_code|refresh_token|client_credentials]"}
	}
	if no, is := errors.AsType[*consent.Denial](err); is {
		return denied(no), nil
	}
	o := object{"access_token": t.Access, "expires_in": int(t.Life / time.Second), "token_type": "Bearer", "scope": strings.Join(t.Scopes, " ")}
	if t.Refresh != "" {
		o["refresh_token"] = t.Refresh
	}
	return ok(o)
}

func denied(no *consent.Denial) reply {
	return reply{status: no.Status, body: object{"error": no.Code, "error_description": no.Text}}
}

// form reads the body, a form or JSON.
func (c *call) form() (url.Values, error) {
	if !strings.Contains(c.r.Header.Get("Content-Type"), "json") {
		return url.ParseQuery(string(c.body))
	}
	var o map[string]string
	if err := json.Unmarshal(c.body, &o); err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	out := url.Values{}
	for k, v := range o {
		out.Set(k, v)
	}
	return out, nil
}

// bearer is the consent whose token comes with the request; nil: none.
func (c *call) bearer() *consent.Grant {
	scheme, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	return c.s.oauth.Bearer(c.by.Now, strings.TrimSpace(token))
}

// resources lists the one site that there is to be reached.
func resources(c *call) (reply, error) {
	g := c.bearer()
	if g == nil {
		return outside("Unauthorized"), nil
	}
	scopes := slices.DeleteFunc(slices.Clone(g.Scopes), func(s string) bool { return s == "offline_access" })
	return ok([]any{object{"id": cloudID(c.w), "name": "jirasim", "url": c.v.base, "scopes": scopes, "avatarUrl": c.v.base + "/site.png"}})
}

// outside is how the gateway refuses; its words are unverified.
func outside(words string) reply {
	return reply{status: 401, body: object{"code": 401, "message": words}}
}

// behind is the path of a request at the site, whichever way it came. A cloud
// id that nobody has is refused in the gateway's own shape, as recorded.
func (s *Sim) behind(r *http.Request) (string, *reply) {
	path := r.URL.EscapedPath()
	if !isGateway(path) || s.opt.Flavour != Cloud {
		return path, nil
	}
	id, rest, _ := strings.Cut(strings.TrimPrefix(path, gate), "/")
	s.mu.Lock()
	mine := id == cloudID(s.w)
	now := s.now()
	s.mu.Unlock()
	if rest = "/" + rest; mine && strings.HasPrefix(rest, "/rest/") {
		return rest, nil
	}
	lost := reply{status: 404, body: object{"timestamp": now.Format(time.RFC3339Nano), "status": 404, "error": "Not Found", "message": "No message available", "path": path}}
	lost.set("Content-Type", "application/json")
	lost.set("X-Failure-Category", "FAILURE_CLIENT_TCS")
	return "", &lost
}

// entitled finds who calls through the gateway: the account that consented,
// within the scopes of its consent.
func (c *call) entitled() (*world.User, *reply) {
	g := c.bearer()
	if g == nil {
		r := outside("Unauthorized")
		return nil, &r
	}
	u := c.w.User(g.User)
	if need := c.scope(); u == nil || u.Inactive || need != "" && !slices.Contains(g.Scopes, need) {
		r := outside("Unauthorized; scope does not match")
		return nil, &r
	}
	c.grant = g
	return u, nil
}

// scope is what a route takes: docs/JIRA.md "OAuth 2.0".
func (c *call) scope() string {
	path := c.route.path
	switch {
	case strings.HasPrefix(path, "/rest/webhooks/"): // no app may
		return "admin webhooks"
	case strings.HasPrefix(path, dynamic):
		return "manage:jira-webhook"
	case strings.HasSuffix(path, "/serverInfo"):
		return ""
	case strings.HasSuffix(path, "/myself"), strings.Contains(path, "/user"):
		return "read:jira-user"
	case c.writes():
		return "write:jira-work"
	}
	return "read:jira-work"
}
