package jirasim_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/jirasim"
)

var accord = jirasim.App{ID: "accord", Secret: "hush", Callback: "http://127.0.0.1:1/cb", Account: "ada@example.com"}

// consented opens a site whose account ada has consented to the app.
func consented(t testing.TB, change ...func(*jirasim.Options)) *play {
	p := open(t, jirasim.Cloud, append(change, func(o *jirasim.Options) { o.Apps = []jirasim.App{accord} })...)
	p.login()
	return p
}

// login consents, and goes on as the app.
func (p *play) login() {
	p.t.Helper()
	q := url.Values{"audience": {"api.atlassian.com"}, "client_id": {accord.ID}, "response_type": {"code"}, "redirect_uri": {accord.Callback},
		"scope": {"read:jira-work write:jira-work read:jira-user manage:jira-webhook offline_access"}}
	p.keep(p.must(302, "GET", "/authorize?"+q.Encode(), nil))
	p.token(200, url.Values{"grant_type": {"authorization_code"}, "code": {p.given["$code"]}, "redirect_uri": {accord.Callback}})
	p.keep(p.must(200, "GET", "/_edge/tenant_info", nil))
	p.who, p.api = "bearer:"+p.given["$access_token"], "/ex/jira/"+p.given["$cloud"]+"/rest/api/3"
}

// token asks for tokens, and goes on with them.
func (p *play) token(status int, in url.Values) {
	p.t.Helper()
	in.Set("client_id", accord.ID)
	in.Set("client_secret", accord.Secret)
	p.keep(p.must(status, "POST", "/oauth/token", in.Encode()))
	if status == 200 {
		p.who = "bearer:" + p.given["$access_token"]
	}
}

// refresh gets new tokens for the last.
func (p *play) refresh() {
	p.t.Helper()
	p.token(200, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {p.given["$refresh_token"]}})
}

// watch registers a dynamic webhook and returns its id.
func (p *play) watch(address string) float64 {
	p.t.Helper()
	a := p.must(200, "POST", p.api+"/webhook", map[string]any{"url": address, "webhooks": []any{map[string]any{"events": []string{"jira:issue_created"}, "jqlFilter": "project = SUP"}}})
	id, ok := a.at("webhookRegistrationResult", 0, "createdWebhookId").(float64)
	if !ok {
		p.t.Fatalf("not registered: %s", a.raw)
	}
	return id
}

func TestADynamicWebhookLivesForThirtyDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r receiver
		p := consented(t, func(o *jirasim.Options) { o.Client, o.Now = &http.Client{Transport: &r}, time.Now })
		id := p.watch("https://accord.example/hooks?v=1")
		hears := func(day int, want bool) {
			t.Helper()
			before := len(r.list())
			p.refresh()
			p.create(nil)
			synctest.Wait()
			if got := len(r.list()) > before; got != want {
				t.Errorf("day %d: an issue was announced: %v, want %v", day, got, want)
			}
		}
		hears(0, true)
		time.Sleep(29 * 24 * time.Hour)
		hears(29, true)
		p.must(200, "PUT", p.api+"/webhook/refresh", map[string]any{"webhookIds": []float64{id}})
		time.Sleep(29 * 24 * time.Hour)
		hears(58, true)
		time.Sleep(2 * 24 * time.Hour)
		hears(60, false)
		p.must(200, "PUT", p.api+"/webhook/refresh", map[string]any{"webhookIds": []float64{id}})
		hears(60, false)
		if n := p.must(200, "GET", p.api+"/webhook", nil).at("total"); n != 1.0 {
			t.Errorf("%v webhooks are listed; an expired one still is", n)
		}
		p.watch("https://accord.example/elsewhere?v=2")
		hears(60, true)
	})
}

func TestADynamicDeliveryProvesItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r receiver
		p := consented(t, func(o *jirasim.Options) { o.Client, o.Now = &http.Client{Transport: &r}, time.Now })
		id := p.watch("https://accord.example/hooks?v=1")
		p.create(nil)
		synctest.Wait()
		got := r.list()
		if len(got) != 1 {
			t.Fatalf("%d deliveries", len(got))
		}
		if ids, ok := got[0].body["matchedWebhookIds"].([]any); !ok || len(ids) != 1 || ids[0] != id || got[0].header.Get("X-Hub-Signature") != "" {
			t.Errorf("it names %v, and is signed %q", got[0].body["matchedWebhookIds"], got[0].header.Get("X-Hub-Signature"))
		}
		token, ok := strings.CutPrefix(got[0].header.Get("Authorization"), "Bearer ")
		parts := strings.Split(token, ".")
		if !ok || len(parts) != 3 {
			t.Fatalf("Authorization: %q", got[0].header.Get("Authorization"))
		}
		m := hmac.New(sha256.New, []byte(accord.Secret))
		m.Write([]byte(parts[0] + "." + parts[1]))
		if sum := base64.RawURLEncoding.EncodeToString(m.Sum(nil)); sum != parts[2] {
			t.Errorf("signed %s, want %s", parts[2], sum)
		}
		var claims struct{ Iss string }
		b, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil || json.Unmarshal(b, &claims) != nil || claims.Iss != accord.ID {
			t.Errorf("it says %s (%v)", b, err)
		}
	})
}

func TestAnAppHasFiveWebhooks(t *testing.T) {
	p := consented(t)
	for range 5 {
		p.watch("https://accord.example/hooks")
	}
	a := p.must(200, "POST", p.api+"/webhook", `{"url":"https://accord.example/hooks","webhooks":[{"events":["jira:issue_created"],"jqlFilter":"project = SUP"}]}`)
	if a.at("webhookRegistrationResult", 0, "createdWebhookId") != nil {
		t.Errorf("a sixth was registered: %s", a.raw)
	}
}

func TestScopesAreKept(t *testing.T) {
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Apps = []jirasim.App{accord} })
	q := url.Values{"audience": {"api.atlassian.com"}, "client_id": {accord.ID}, "response_type": {"code"}, "redirect_uri": {accord.Callback}, "scope": {"read:jira-work"}}
	p.keep(p.must(302, "GET", "/authorize?"+q.Encode(), nil))
	p.token(200, url.Values{"grant_type": {"authorization_code"}, "code": {p.given["$code"]}, "redirect_uri": {accord.Callback}})
	p.keep(p.must(200, "GET", "/_edge/tenant_info", nil))
	p.api = "/ex/jira/" + p.given["$cloud"] + "/rest/api/3"
	p.must(200, "GET", p.api+"/field", nil)
	p.must(200, "POST", p.api+"/search/jql", `{"jql":"project = SUP"}`)
	p.must(200, "GET", p.api+"/serverInfo", nil)
	p.must(401, "GET", p.api+"/myself", nil)
	p.must(401, "POST", p.api+"/issue", `{}`)
	p.must(401, "GET", p.api+"/webhook", nil)
	if p.given["$refresh_token"] != "" {
		t.Error("without offline_access there is a refresh token")
	}
}

func TestConsentsOutliveTheProcess(t *testing.T) {
	p := consented(t)
	id := p.watch("https://accord.example/hooks")
	var kept bytes.Buffer
	if err := p.sim.Save(&kept); err != nil {
		t.Fatal(err)
	}
	q := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Apps, o.Leeway = []jirasim.App{accord}, -1 })
	if err := q.sim.Load(&kept); err != nil {
		t.Fatal(err)
	}
	q.who, q.api, q.given = p.who, p.api, p.given
	if got := q.must(200, "GET", q.api+"/webhook", nil).at("values", 0, "id"); got != id {
		t.Errorf("the webhook is %v, was %v", got, id)
	}
	old := p.given["$refresh_token"]
	q.refresh()
	if q.given["$refresh_token"] == old {
		t.Error("the refresh token did not rotate")
	}
	q.token(403, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {old}})
	q.must(401, "GET", q.api+"/myself", nil)
}
