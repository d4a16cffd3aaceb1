package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	jirahook "example.com/accord/connector/jira/hook"
	"example.com/accord/connector/jira/oauth"
	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/memory"
)

const clouds = `
version: 1
public_url: https://accord.example
sites:
  acme: {kind: cloud, url: http://jira.example, oauth: {client: {env: ID}, secret: {env: SECRET}, auth_url: http://jira.example, api_url: http://jira.example}}
  other: {kind: datacenter, url: http://jira.example, token: {env: SECRET}, webhooks: off}
syncs:
  both: {participants: [{name: a, site: acme, project: SUP}, {name: b, site: other, project: DEV}], fields: {summary: }}
`

// A cloud is a simulated Jira Cloud with an app, the state that an Accord keeps,
// and what the site delivers. Nothing of it has a network.
type cloud struct {
	t     *testing.T
	sim   *jirasim.Sim
	store *memory.Store
	log   strings.Builder

	mu   sync.Mutex
	sent []connector.Delivery
}

var integration = jirasim.App{ID: "accord", Secret: "hush", Callback: "http://127.0.0.1:8087/callback"}

func newCloud(t *testing.T) *cloud {
	c := &cloud{t: t, store: memory.NewStore()}
	c.sim = jirasim.New(jirasim.Options{PublicURL: "http://jira.example", Apps: []jirasim.App{integration}, Client: &http.Client{Transport: trip(c.deliver)}})
	t.Cleanup(c.sim.Close)
	return c
}

type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (c *cloud) deliver(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, connector.Delivery{Header: r.Header, Query: r.URL.Query(), Body: b, At: time.Now()})
	return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}}, nil
}

// came returns what was delivered since it was last asked.
func (c *cloud) came() []connector.Delivery {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.sent
	c.sent = nil
	return out
}

func (c *cloud) call(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	c.sim.ServeHTTP(w, r)
	return w.Result(), nil
}

// ask makes a call as the administrator.
func (c *cloud) ask(method, path, body string, into any) http.Header {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if !strings.HasPrefix(path, "/oauth/") {
		r.SetBasicAuth("admin@example.com", "example")
	}
	w := httptest.NewRecorder()
	c.sim.ServeHTTP(w, r)
	if w.Code >= 400 || into != nil && json.Unmarshal(w.Body.Bytes(), into) != nil {
		c.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Header()
}

// login leaves in the state what a log-in leaves there.
func (c *cloud) login() {
	q := url.Values{"audience": {"api.atlassian.com"}, "client_id": {integration.ID}, "response_type": {"code"}, "redirect_uri": {integration.Callback}, "scope": {strings.Join(oauth.Scopes(), " ")}}
	to, err := url.Parse(c.ask("GET", "/authorize?"+q.Encode(), "", nil).Get("Location"))
	if err != nil {
		c.t.Fatal(err)
	}
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	c.ask("POST", "/oauth/token", url.Values{"grant_type": {"authorization_code"}, "client_id": {integration.ID}, "client_secret": {integration.Secret}, "code": {to.Query().Get("code")}, "redirect_uri": {integration.Callback}}.Encode(), &tokens)
	var tenant struct{ CloudID string }
	c.ask("GET", "/_edge/tenant_info", "", &tenant)
	now := time.Now()
	b, err := json.Marshal(map[string]any{"cloud": tenant.CloudID, "consented": now, "access": tokens.Access, "got": now, "ends": now.Add(time.Hour), "refresh": tokens.Refresh})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.store.SetState(c.t.Context(), durable.State{Name: "oauth/acme", Value: b}); err != nil {
		c.t.Fatal(err)
	}
}

// open opens an Accord on the state, as a process or a function does.
func (c *cloud) open() *app.App {
	c.t.Helper()
	conf, faults := config.Parse("accord.yaml", []byte(clouds))
	if err := faults.Err(); err != nil {
		c.t.Fatal(err)
	}
	client := &http.Client{Transport: trip(c.call)}
	kind := func(s jira.Site, ps []jira.Project, log *slog.Logger) (app.Tracker, error) {
		if k, ok := s.Bearer.(*oauth.Keeper); ok {
			k.HTTP = client
		}
		j, err := jira.Open(s, jira.Options{Log: log, HTTP: client})
		if err != nil {
			return app.Tracker{}, err
		}
		t := app.Tracker{Hooks: j, Events: jira.NewEvents(s, log, ps...), Version: jirahook.Newest, Connectors: map[issue.Participant]connector.Connector{}}
		for _, p := range ps {
			t.Connectors[p.Participant] = j.Participant(p)
		}
		return t, nil
	}
	a := app.New(conf, app.State{Store: c.store, Queue: memory.NewQueue()}, app.Options{
		Log: slog.New(slog.NewTextHandler(&c.log, nil)), Kinds: map[string]app.Kind{"cloud": kind, "datacenter": kind},
		Secret: func(cred config.Credential) (string, error) {
			return map[string]string{"ID": "accord", "SECRET": "hush"}[cred.Env], nil
		},
	})
	if err := a.Connect(); err != nil {
		c.t.Fatal(err)
	}
	if err := a.LoadHooks(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	return a
}

// asked counts the calls of a route.
func (c *cloud) asked(route string) int {
	var o struct {
		Routes map[string]struct{ Count int }
	}
	c.ask("GET", "/_sim/requests", "", &o)
	return o.Routes[route].Count
}

// TestADynamicWebhookNeverEnds: for sixty days a function looks after the
// webhook once a day, though Jira ends it after thirty. Every day's edit is
// delivered, and read as authentic.
func TestADynamicWebhookNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud(t)
		c.login()
		first := ""
		for day := range 61 {
			a := c.open()
			if err := a.Register(t.Context(), a.Sites[0]); err != nil {
				t.Fatalf("day %d: %v", day, err)
			}
			all, err := a.Hooks(t.Context(), a.Sites[0])
			if err != nil || len(all) != 1 || !all[0].Active || time.Until(all[0].Ends) < 19*24*time.Hour {
				t.Fatalf("day %d: %+v, %v", day, all, err)
			}
			if first == "" {
				first = all[0].ID
			}
			if all[0].ID != first {
				t.Errorf("day %d: it is another webhook: events between the two are lost", day)
			}
			var made struct{ ID string }
			c.ask("POST", "/rest/api/2/issue", fmt.Sprintf(`{"fields":{"project":{"key":"SUP"},"issuetype":{"name":"Bug"},"summary":"day %d"}}`, day), &made)
			came := c.came()
			if len(came) != 1 {
				t.Fatalf("day %d: %d deliveries", day, len(came))
			}
			evs, err := a.Sites[0].Tracker.Events.Events(came[0])
			if err != nil || len(evs) != 1 || evs[0].Ref != (issue.Ref{Participant: "a", ID: made.ID}) {
				t.Errorf("day %d: heard %v, %v", day, evs, err)
			}
			came[0].Header.Set("Authorization", came[0].Header.Get("Authorization")+"x")
			if _, err := a.Sites[0].Tracker.Events.Events(came[0]); err == nil {
				t.Errorf("day %d: what is signed otherwise is heard", day)
			}
			time.Sleep(24 * time.Hour)
		}
		if n := c.asked("PUT /rest/api/3/webhook/refresh"); n < 5 || n > 6 {
			t.Errorf("renewed %d times in 60 days: each ten days is soon enough", n)
		}
	})
}

// TestADynamicWebhookThatEnded: nobody looked after it for too long.
func TestADynamicWebhookThatEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud(t)
		c.login()
		a := c.open()
		if err := a.Register(t.Context(), a.Sites[0]); err != nil {
			t.Fatal(err)
		}
		time.Sleep(31 * 24 * time.Hour)
		if err := a.Register(t.Context(), a.Sites[0]); err != nil {
			t.Fatal(err)
		}
		all, err := a.Hooks(t.Context(), a.Sites[0])
		if err != nil || len(all) != 1 || !all[0].Active {
			t.Errorf("%+v, %v", all, err)
		}
		if n, err := a.Unregister(t.Context(), a.Sites[0]); n != 1 || err != nil {
			t.Errorf("%d removed, %v", n, err)
		}
	})
}

func TestConsents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud(t)
		a := c.open()
		finds := func(fault bool, want string) {
			t.Helper()
			found := slices.ContainsFunc(a.Check(t.Context()), func(f connector.Finding) bool {
				return f.Fault == fault && strings.HasPrefix(f.What, "site acme: ") && strings.Contains(f.What, want)
			})
			if !found {
				t.Errorf("no finding says %q: %v", want, a.Check(t.Context()))
			}
		}
		finds(true, "nobody has logged in; run `accord login acme`")
		if st, err := a.Refresh(t.Context(), a.Sites[0]); err == nil {
			t.Errorf("refreshed nothing: %+v", st)
		}
		c.login()
		for day := 0; day < 360; day += 30 {
			st, err := a.Refresh(t.Context(), a.Sites[0])
			if worry := app.Worry(st, time.Now()); err != nil || (worry != "") != (day > 335) {
				t.Errorf("day %d: %q, %v", day, worry, err)
			}
			time.Sleep(30 * 24 * time.Hour)
		}
		finds(false, "the consent ends in 5 days, on ")
		if st, err := a.Refresh(t.Context(), a.Sites[1]); err != nil || app.Worry(st, time.Time{}) == "" && st.Site != "" {
			t.Errorf("a site with a token: %+v, %v", st, err)
		}
		all, err := a.Consents(t.Context())
		if err != nil || len(all) != 1 || all[0].Site != "acme" {
			t.Errorf("%+v, %v", all, err)
		}
		if strings.Contains(c.log.String(), "hush") {
			t.Error("the log holds a secret")
		}
	})
}

func TestWorry(t *testing.T) {
	now := time.Now()
	good := oauth.Standing{Site: "acme", Since: now, Until: now.Add(oauth.ConsentLife)}
	lacks, gone := good, good
	lacks.Lacks, gone.Why = []string{"manage:jira-webhook"}, "the consent is not taken any more"
	for want, s := range map[string]oauth.Standing{
		"": good, "nobody has logged in": {Site: "acme"}, `not given ["manage:jira-webhook"]`: lacks, "not taken any more": gone,
	} {
		if got := app.Worry(s, now); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}

func TestLoginIsForSitesWithAnApp(t *testing.T) {
	w := newWorld(t)
	a := w.open()
	defer a.Close()
	for site, want := range map[string]string{"one": "site one has a token", "nowhere": `no site "nowhere"`} {
		if _, err := a.Login(context.WithoutCancel(t.Context()), site, func(string) { t.Error("nothing is to be shown") }); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", site, err)
		}
	}
}
