package jira_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/contract"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
)

var accord = jirasim.App{ID: "accord", Secret: "hush", Callback: "http://127.0.0.1:1/cb", Account: "accord@example.com"}

// A bearer has the tokens of an app at a simulated site. It renews them when
// they are half an hour old, or when one is refused.
type bearer struct {
	r *jiraRig

	mu              sync.Mutex
	access, refresh string
	got             time.Time
	fails           error // of the next
}

// asApp makes a rig's client an OAuth 2.0 app.
func asApp(r *jiraRig, s *jira.Site) {
	s.User, s.Token, s.Secret = "", connector.Secret{}, connector.Secret{}
	s.App, s.Bearer = connector.NewSecret(accord.Secret), &bearer{r: r}
}

func (b *bearer) ask(method, path, body string, into any) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.r.sim.ServeHTTP(w, httptest.NewRequest(method, "https://acme.example"+path, strings.NewReader(body)))
	if into != nil && json.Unmarshal(w.Body.Bytes(), into) != nil {
		b.r.t.Errorf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w
}

func (b *bearer) tokens(in url.Values) {
	in.Set("client_id", accord.ID)
	in.Set("client_secret", accord.Secret)
	var t struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	b.ask("POST", "/oauth/token", in.Encode(), &t)
	b.access, b.refresh, b.got = t.Access, t.Refresh, time.Now()
}

func (b *bearer) Bearer(context.Context) (string, connector.Secret, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails != nil {
		return "", connector.Secret{}, b.fails
	}
	switch {
	case b.refresh == "":
		q := url.Values{"audience": {"api.atlassian.com"}, "client_id": {accord.ID}, "response_type": {"code"}, "redirect_uri": {accord.Callback},
			"scope": {"read:jira-work write:jira-work read:jira-user manage:jira-webhook offline_access"}}
		to, err := url.Parse(b.ask("GET", "/authorize?"+q.Encode(), "", nil).Header().Get("Location"))
		if err != nil {
			return "", connector.Secret{}, err
		}
		b.tokens(url.Values{"grant_type": {"authorization_code"}, "code": {to.Query().Get("code")}, "redirect_uri": {accord.Callback}})
	case b.access == "" || time.Since(b.got) > 30*time.Minute:
		b.tokens(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {b.refresh}})
	}
	var cloud struct{ CloudID string }
	b.ask("GET", "/_edge/tenant_info", "", &cloud)
	return "https://acme.example/ex/jira/" + cloud.CloudID, connector.NewSecret(b.access), nil
}

func (b *bearer) Refused(token connector.Secret) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if token.Reveal() == b.access {
		b.access = ""
	}
	return true
}

// TestContractAsAnApp holds the connector to the promises of the seam where an
// OAuth 2.0 app calls, and its own webhooks deliver.
func TestContractAsAnApp(t *testing.T) {
	contract.Connector(t, func(t *testing.T, check func(*testing.T, contract.Rig)) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, jira.Cloud, jirasim.Options{Seed: 7, Apps: []jirasim.App{accord}}, asApp)
			if _, err := r.client.AddHook(t.Context(), connector.Hook{Name: "accord", URL: "https://accord.example/hooks/acme/k?v=1"}); err != nil {
				t.Fatal(err)
			}
			check(t, contract.Rig{
				Connector: r.Participant, Participant: "here", People: r, Settle: r.settle,
				Status: [3]string(statuses[jira.Cloud][:3]), Refused: "Huge", Fine: "High",
				Events: r.hub, Deliveries: r.deliveries, Forge: func(d connector.Delivery) connector.Delivery {
					d.Header = http.Header{"Authorization": {d.Header.Get("Authorization") + "x"}}
					return d
				},
			})
		})
	})
}

// app is a rig whose client is an app.
func app(t *testing.T, test func(t *testing.T, r *jiraRig, b *bearer)) {
	synctest.Test(t, func(t *testing.T) {
		var b *bearer
		r := newRig(t, jira.Cloud, jirasim.Options{Apps: []jirasim.App{accord}}, asApp, func(_ *jiraRig, s *jira.Site) { b = s.Bearer.(*bearer) })
		test(t, r, b)
	})
}

func TestARefusedTokenIsRenewedAndTheCallMadeAgain(t *testing.T) {
	app(t, func(t *testing.T, r *jiraRig, b *bearer) {
		id := r.Create(t, issue.Document{place("summary"): issue.Scalar("seen by an app")})
		if v := r.see(id); v.Ref.ID != id {
			t.Fatalf("it sees %+v", v)
		}
		b.mu.Lock()
		b.access = "worn out"
		b.mu.Unlock()
		r.forget()
		if v := r.see(id); v.Ref.ID != id {
			t.Errorf("it sees %+v", v)
		}
		if n := r.called("/ex/jira/", "POST", "/issue/bulkfetch") + r.called("/ex/jira/", "GET", "/issue/"); n < 2 {
			t.Errorf("%d calls; the first was refused", n)
		}
		r.ask("DELETE", "/_sim/consents", nil)
		_, err := look(t, r.Participant, id)
		if !errors.Is(err, connector.ErrDenied) || !strings.Contains(err.Error(), "accord login acme") {
			t.Errorf("the consent is taken back: %v", err)
		}
	})
}

func TestWithoutATokenNothingIsCalled(t *testing.T) {
	app(t, func(t *testing.T, r *jiraRig, b *bearer) {
		b.fails = &connector.Busy{For: time.Second, Why: "the token endpoint does not answer"}
		r.forget()
		_, err := look(t, r.Participant, "10")
		if busy, ok := errors.AsType[*connector.Busy](err); !ok || busy.For != time.Second || r.called("") > 0 {
			t.Errorf("%v after %d calls", err, r.called(""))
		}
	})
}

func TestWebhooksOfAnApp(t *testing.T) {
	app(t, func(t *testing.T, r *jiraRig, _ *bearer) {
		c, ctx := r.client, t.Context()
		list := func(want ...string) []connector.Hook {
			t.Helper()
			got, err := c.Hooks(ctx)
			if err != nil || len(got) != len(want) {
				t.Fatalf("%d webhooks, want %d: %v", len(got), len(want), err)
			}
			for i, h := range got {
				if h.URL != want[i] {
					t.Errorf("webhook %d delivers to %s", i, h.URL)
				}
			}
			return got
		}
		one, two := "https://accord.example/hooks/acme/k?v=1", "https://accord.example/hooks/acme/k?v=2"
		list()
		if _, err := c.AddHook(ctx, connector.Hook{URL: one}); err != nil {
			t.Fatal(err)
		}
		first := list(one)[0]
		if !first.Active || time.Until(first.Ends) < 29*24*time.Hour {
			t.Errorf("it is active: %v, until %v", first.Active, first.Ends)
		}
		again, err := c.AddHook(ctx, connector.Hook{URL: one})
		if err != nil || again.ID == first.ID {
			t.Errorf("the same address again: %+v, %v", again, err)
		}
		list(one)
		if _, err := c.AddHook(ctx, connector.Hook{URL: two}); err != nil {
			t.Errorf("another address, which the app may have only if the first is gone: %v", err)
		}
		second := list(two)[0]
		if _, err := c.AddHook(ctx, connector.Hook{URL: "https://other.example/x/k"}); err == nil || !strings.Contains(err.Error(), "Only a single URL") {
			t.Errorf("a webhook that is none of ours is not removed for it: %v", err)
		}
		time.Sleep(20 * 24 * time.Hour)
		ends, err := c.RenewHook(ctx, second.ID)
		if got := list(two)[0].Ends; err != nil || !got.Equal(ends) || time.Until(ends) < 29*24*time.Hour {
			t.Errorf("renewed until %v, %v; the list says %v", ends, err, got)
		}
		time.Sleep(31 * 24 * time.Hour)
		if h := list(two)[0]; h.Active {
			t.Errorf("it ended at %v and is said to be active", h.Ends)
		}
		if err := c.RemoveHook(ctx, second.ID); err != nil {
			t.Error(err)
		}
		list()
		if err := c.RemoveHook(ctx, second.ID); err != nil {
			t.Errorf("one that is gone does no harm: %v", err)
		}
	})
}

func TestAnExpirationIsANumberOrATime(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/3/webhook", 200, `{"isLast":true,"values":[{"id":7,"url":"https://a","expirationDate":1890000000000},{"id":"8","url":"https://b","expirationDate":"2029-11-22T00:00:00.000+0000"},{"id":9,"url":"https://c"}]}`)
	c, err := jira.Open(jira.Site{Name: "acme", Flavour: jira.Cloud, URL: s.URL, Bearer: fixed(s.URL)}, jira.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Hooks(t.Context())
	if err != nil || len(got) != 3 {
		t.Fatalf("%v, %v", got, err)
	}
	for i, h := range got {
		if want := time.UnixMilli(1890000000000); i < 2 && !h.Ends.Equal(want) || i == 2 && !h.Ends.IsZero() || !h.Active {
			t.Errorf("webhook %s ends at %v, active: %v", h.ID, h.Ends, h.Active)
		}
	}
}

// A fixed bearer is an address whose token never ends.
type fixed string

func (f fixed) Bearer(context.Context) (string, connector.Secret, error) {
	return string(f), connector.NewSecret(token), nil
}
func (fixed) Refused(connector.Secret) bool { return false }

func TestARegistrationThatIsRefused(t *testing.T) {
	for answer, want := range map[string]string{
		`{"webhookRegistrationResult":[{"errors":["The clause watchCount is unsupported"]}]}`: "The clause watchCount is unsupported",
		`{"webhookRegistrationResult":[]}`: "does not say whether it did",
		`{}`:                               "does not say whether it did",
	} {
		s := newSite(t)
		s.on("GET /rest/api/3/webhook", 200, `{"isLast":true,"values":[]}`)
		s.on("POST /rest/api/3/webhook", 200, answer)
		c, err := jira.Open(jira.Site{Name: "acme", Flavour: jira.Cloud, URL: s.URL, Bearer: fixed(s.URL)}, jira.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.AddHook(t.Context(), connector.Hook{URL: "https://accord.example/hooks/acme/k"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", answer, err)
		}
		if got := s.asked("POST", "Authorization"); len(got) > 0 || len(s.asked("POST", `"project in (`)) > 1 {
			t.Errorf("asked %v", got)
		}
	}
}

// TestRenderedHooks: what is shown to an administrator is what is sent.
func TestRenderedHooks(t *testing.T) {
	h := connector.Hook{Name: "Accord", URL: "https://accord.example/hooks/acme/k?v=1", Secret: "s3cret"}
	for name, f := range map[string]jira.Flavour{"POST /rest/webhooks/1.0/webhook": jira.Cloud, "POST /rest/jira-webhook/1.0/webhooks": jira.DataCenter} {
		s := newSite(t)
		path := strings.TrimPrefix(name, "POST ")
		s.on("GET "+path, 200, `[]`)
		s.on(name, 201, `{"id":1,"self":"x/1"}`)
		c := s.open(t, f, jira.Options{})
		c.Participant(project())
		got, err := c.RenderHook(h)
		if err != nil || got.Method != "POST" || got.URL != s.URL+path {
			t.Errorf("%s: %s %s, %v", f, got.Method, got.URL, err)
		}
		if len(s.asked("")) > 0 {
			t.Errorf("%s: to show it, it asked %v", f, s.asked(""))
		}
		if _, err := c.AddHook(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		if sent := s.asked(name, string(got.Body)); len(sent) != 1 {
			t.Errorf("%s: it shows %s, and sends %v", f, got.Body, s.asked(name))
		}
	}
	s := newSite(t)
	c, err := jira.Open(jira.Site{Name: "acme", Flavour: jira.Cloud, URL: s.URL, Bearer: fixed(s.URL)}, jira.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.Participant(project())
	got, err := c.RenderHook(h)
	if want := `{"url":"https://accord.example/hooks/acme/k?v=1","webhooks":[{"events":["jira:issue_created","jira:issue_updated","jira:issue_deleted","comment_created","comment_updated","comment_deleted"],"jqlFilter":"project in (\"SUP\")"}]}`; err != nil ||
		string(got.Body) != want || got.URL != "https://api.atlassian.com/ex/jira/{cloudId}/rest/api/3/webhook" {
		t.Errorf("%s %s, %v", got.URL, got.Body, err)
	}
}
