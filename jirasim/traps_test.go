package jirasim_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/jirasim"
)

// faults sets what goes wrong.
func (p *play) faults(f string) { p.t.Helper(); p.must(200, "POST", "/_sim/faults", f) }

func TestFaultsThatCannotBeAreRefusedWithASentence(t *testing.T) {
	same := map[string]string{
		``:                                 "the body is empty; it takes a JSON object",
		`[]`:                               "JSON array",
		`{"lag":"2s"} {"lag":"3s"}`:        "something comes after the JSON object",
		`{"lagg":"2s"}`:                    `"lagg" is not known here`,
		`{"webhooks":{"loss":1}}`:          `"loss" is not known here`,
		`{"rules":[{"methods":"GET"}]}`:    `"methods" is not known here`,
		`{"lag":"soon"}`:                   `a time is written as "350ms", "2s" or "24h", not "soon"`,
		`{"lag":5}`:                        `a time is written as "350ms", "2s" or "24h", not 5`,
		`{"lag":"-1s"}`:                    "a time cannot be negative, as -1s is",
		`{"lags":{"SUP-1":"-2s"}}`:         "a time cannot be negative, as -2s is",
		`{"limits":"yes"}`:                 "limits cannot be a JSON string",
		`{"quota":-1}`:                     "quota, webhooks.size and webhooks.largest cannot be negative",
		`{"webhooks":{"lost":1.5}}`:        "webhooks.lost is a chance between 0 and 1, not 1.5",
		`{"webhooks":{"late":1}}`:          `webhooks.late needs webhooks.delay`,
		`{"webhooks":{"oversize":1}}`:      `webhooks.oversize needs webhooks.size`,
		`{"webhooks":{"size":1000000000}}`: "webhooks.size is",
		`{"profile":"awful"}`:              `profile is one of none, rough, slow, usual, not "awful"`,
		`{"badCredentials":"shown out"}`:   `badCredentials is "nobody" or "refused", not "shown out"`,
		`{"projectEdits":"done"}`:          `projectEdits is "refused" or "ignored", not "done"`,
		`{"rules":[{"effect":"before"},{"method":"FETCH","effect":"before"}]}`:                      `rules[1]: method is GET, HEAD, POST, PUT or DELETE, not "FETCH"`,
		`{"rules":[{"route":"/nowhere","effect":"before"}]}`:                                        `no route of this site has "/nowhere" in it`,
		`{"rules":[{"route":"/_sim/faults","effect":"before"}]}`:                                    `no route of this site has "/_sim/faults" in it`,
		`{"rules":[{"effect":"sideways"}]}`:                                                         `effect is "before", "after" or left out, not "sideways"`,
		`{"rules":[{"effect":"before","status":99}]}`:                                               "status must be between 200 and 599, not 99",
		`{"rules":[{"effect":"before","probability":-0.1}]}`:                                        "probability is a chance between 0 and 1, not -0.1",
		`{"rules":[{"effect":"before","skip":-1}]}`:                                                 "skip, times, latency, hang and retryAfter cannot be negative",
		`{"rules":[{"effect":"before","limit":"speed"}]}`:                                           `on this site, not "speed"`,
		`{"rules":[{"status":503}]}`:                                                                `status, limit and hang need an effect`,
		`{"rules":[{"effect":"before","retryAfter":3}]}`:                                            "retryAfter and body need a status",
		`{"rules":[{"method":"GET"}]}`:                                                              "it does nothing",
		`{"rules":[{"do":[{}]}]}`:                                                                   "rules[0]: do[0]: it takes one of deny, allow",
		`{"do":[{"delete":"A-1","archive":"A-1"}]}`:                                                 "do[0]: it takes one of deny, allow",
		`{"do":[{"delete":"A-1"}]}`:                                                                 `there is no issue "A-1"`,
		`{"do":[{"account":"zoe","forward":"1h"}]}`:                                                 `no account is called "zoe"`,
		`{"do":[{"deny":{"account":"ada@example.com","permission":"FLY"}}]}`:                        `no permission is called "FLY"`,
		`{"do":[{"deny":{"account":"ada@example.com","permission":"EDIT_ISSUES","project":"NO"}}]}`: `no project could be found with key "NO"`,
		`{"do":[{"deny":{"account":"ada@example.com","permission":"ADMINISTER","project":"SUP"}}]}`: `ADMINISTER is of the whole site`,
		`{"do":[{"remove":{"field":"customfield_1"}}]}`:                                             `no custom field has the id "customfield_1"`,
		`{"do":[{"remove":{"field":"summary"}}]}`:                                                   `no custom field has the id "summary"`,
		`{"do":[{"remove":{"transition":"999"}}]}`:                                                  `no transition has the id "999" there`,
		`{"do":[{"remove":{"transition":"11","field":"x"}}]}`:                                       "remove takes a field, a field and an option, or a transition",
		`{"do":[{"move":{"issue":"A-1","project":"NO"}}]}`:                                          `no project could be found with key "NO"`,
		`{"do":[{"forward":"-1h"}]}`:                                                                "the clock cannot be set back",
		`{"do":[{"expire":"zoe"}]}`:                                                                 `no account is called "zoe"`,
		`{"do":[{"token":{"account":"zoe","token":"t"}}]}`:                                          `no account is called "zoe"`,
	}
	own := map[jirasim.Flavour]map[string]string{
		jirasim.Cloud: {`{"projectEdits":"ignored"}`: "projectEdits can be ignored on Data Center only",
			`{"rules":[{"effect":"before","limit":"node"}]}`:                    `limit is one of burst, issue, quota-global, quota-tenant, user-search, edge on this site, not "node"`,
			`{"do":[{"remove":{"field":"customfield_10040","option":"None"}}]}`: `field customfield_10040 has no option "None"`},
		jirasim.DataCenter: {`{"mediaLoss":true}`: "mediaLoss is there on Cloud only",
			`{"rules":[{"effect":"before","limit":"burst"}]}`: `limit is one of node on this site, not "burst"`},
	}
	both(t, func(t *testing.T, p *play) {
		before := p.must(200, "GET", "/_sim/faults", nil).raw
		for _, table := range []map[string]string{same, own[p.opt.Flavour]} {
			for given, want := range table {
				if got, _ := p.must(400, "POST", "/_sim/faults", strings.ReplaceAll(given, `"SUP"`, `"`+p.project()+`"`)).at("errorMessages", 0).(string); !strings.Contains(got, want) {
					t.Errorf("%s: it says %q, want %q", given, got, want)
				}
			}
		}
		if after := p.must(200, "GET", "/_sim/faults", nil).raw; after != before {
			t.Errorf("what was refused changed something:\n%s\n%s", before, after)
		}
		for path, bad := range map[string]string{"/_sim/clock": `{"back":"1h"}`, "/_sim/move": `{"issues":"X"}`, "/_sim/permissions": `{"may":true}`, "/_sim/settings": `{"fast":true}`} {
			if got, _ := p.must(400, "POST", path, bad).at("errorMessages", 0).(string); !strings.Contains(got, "is not known here") {
				t.Errorf("%s says %q", path, got)
			}
		}
	})
}

// TestWhatIsSetCanBeSetAgain, and members left out stay.
func TestWhatIsSetCanBeSetAgain(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.faults(`{"profile":"rough","lags":{"SUP-1":"1m0s"},"latency":{"writes":"1s"}}`)
		p.faults(`{"latency":{"reads":"2s"},"webhooks":{"lost":0.5}}`)
		a := p.must(200, "GET", "/_sim/faults", nil)
		for path, want := range map[string]any{"lags.SUP-1": "1m0s", "latency.writes": "1s", "latency.reads": "2s", "webhooks.lost": 0.5, "webhooks.late": 0.2, "lag": "5s"} {
			of, member, _ := strings.Cut(path, ".")
			got := a.at(of)
			if member != "" {
				got = a.at(of, member)
			}
			if got != want {
				t.Errorf("%s is %v, want %v", path, got, want)
			}
		}
		p.faults(`{"profile":"usual"}`)
		if b := p.must(200, "GET", "/_sim/faults", nil); b.raw == a.raw || len(b.list("rules")) != 0 || dig(b.body, "lags", "SUP-1") != nil {
			t.Errorf("usual is %s", b.raw)
		}
		p.faults(a.raw)
		if b := p.must(200, "GET", "/_sim/faults", nil); b.raw != a.raw {
			t.Errorf("set again it is\n%s, was\n%s", b.raw, a.raw)
		}
		p.faults(`{"rules":[],"lags":{}}`)
		if b := p.must(200, "GET", "/_sim/faults", nil); len(b.list("rules")) != 0 || dig(b.body, "lags", "SUP-1") != nil {
			t.Errorf("emptied it is %s", b.raw)
		}
	})
}

// TestEachKindOfLimit answers with its own headers: docs/JIRA.md "Rate limits".
func TestEachKindOfLimit(t *testing.T) {
	json, html := "application/json;charset=UTF-8", "text/html"
	for _, c := range []struct {
		flavour                           jirasim.Flavour
		kind, method                      string
		reason, limit, after, reset, near string
		content, says                     string
	}{
		{jirasim.Cloud, "burst", "GET", "jira-burst-based", "100", "1", "2026-11-24T12:00:31Z", "true", json, "Rate limit exceeded."},
		{jirasim.Cloud, "burst", "PUT", "jira-burst-based", "50", "1", "2026-11-24T12:00:31Z", "true", json, "Rate limit exceeded."},
		{jirasim.Cloud, "issue", "PUT", "jira-per-issue-on-write", "20", "2", "2026-11-24T12:00:32Z", "true", json, "Rate limit exceeded."},
		{jirasim.Cloud, "quota-global", "GET", "jira-quota-global-based", "65000", "3570", "2026-11-24T13:00:00Z", "true", json, "Rate limit exceeded."},
		{jirasim.Cloud, "quota-tenant", "GET", "jira-quota-tenant-based", "65000", "3570", "2026-11-24T13:00:00Z", "true", json, "Rate limit exceeded."},
		{jirasim.Cloud, "user-search", "GET", "jira-burst-based", "100", "1", "2026-11-24T12:00:31Z", "true", json, "The request has been rate-limited. Please try again later."},
		{jirasim.Cloud, "edge", "GET", "", "", "", "", "", html, "429 Too Many Requests"},
		{jirasim.DataCenter, "node", "GET", "", "5", "1", "", "", "text/html;charset=utf-8", "Rate limit exceeded."},
	} {
		p := open(t, c.flavour)
		key := p.create(nil)
		p.faults(`{"rules":[{"method":"` + c.method + `","route":"/issue/{issue}","effect":"before","limit":"` + c.kind + `","times":1}]}`)
		a := p.must(429, c.method, "/issue/"+key, nil)
		for k, want := range map[string]string{"RateLimit-Reason": c.reason, "X-RateLimit-Limit": c.limit, "Retry-After": c.after, "X-RateLimit-Reset": c.reset, "X-RateLimit-NearLimit": c.near, "Content-Type": c.content} {
			if got := a.header.Get(k); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.kind, c.method, k, got, want)
			}
		}
		if !strings.Contains(a.raw, c.says) || c.limit != "" && a.header.Get("X-RateLimit-Remaining") != "0" {
			t.Errorf("%s: %v %s", c.kind, a.header, a.raw)
		}
		p.faults(`{"rules":[{"effect":"before","limit":"` + c.kind + `","retryAfter":77}]}`)
		if got := p.must(429, "GET", "/myself", nil).header.Get("Retry-After"); got != "77" {
			t.Errorf("%s: told to say 77 it says %q", c.kind, got)
		}
	}
}

// TestALimitMayComeAfterTheEffect: whether it can in Jira nobody knows.
func TestALimitMayComeAfterTheEffect(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(nil)
	p.faults(`{"rules":[{"method":"PUT","effect":"after","limit":"burst","times":1}]}`)
	p.must(429, "PUT", "/issue/"+key, `{"fields":{"summary":"done"}}`)
	if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", "summary"); got != "done" {
		t.Errorf("the summary is %v", got)
	}
	a := p.must(200, "GET", "/_sim/requests?log=true", nil)
	if a.at("writes", "byAccount", "admin@example.com") != 2.0 || a.at("log", 1, "status") != 429.0 || a.at("log", 1, "fault") != "after" {
		t.Errorf("the journal says %s", a.raw)
	}
}

func TestAnAppHasSoManyPointsInAnHour(t *testing.T) {
	p := consented(t)
	p.faults(`{"quota":10}`)
	for n, c := range []struct{ path, left string }{{"/serverInfo", ""}, {"/myself", ""}, {"/field", ""}, {"/myself", ""}, {"/priority", ""}, {"/field", ""}, {"/field", ""}, {"/field", ""}} {
		if a := p.do("GET", p.api+c.path, nil); a.status != 200 {
			t.Fatalf("request %d: %d %s", n, a.status, a.raw)
		}
	}
	a := p.must(429, "GET", p.api+"/field", nil)
	for k, want := range map[string]string{"RateLimit-Reason": "jira-quota-global-based", "X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "Retry-After": "3570", "X-RateLimit-Reset": "2026-11-24T13:00:00Z"} {
		if got := a.header.Get(k); got != want {
			t.Errorf("%s is %q, want %q", k, got, want)
		}
	}
	person := p.as("admin")
	person.api = "/rest/api/3"
	person.must(200, "GET", "/field", nil) // whoever comes with a token of his own has no quota
	p.at = p.at.Add(59*time.Minute + 30*time.Second)
	p.must(200, "GET", p.api+"/field", nil)
}

func TestATimeOutIsASilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, jirasim.Cloud)
		key := p.create(nil)
		p.faults(`{"rules":[{"method":"PUT","effect":"after","hang":"1m","status":504,"times":1},{"method":"PUT","effect":"before","hang":"10m"}]}`)
		start := time.Now()
		p.must(504, "PUT", "/issue/"+key, `{"fields":{"summary":"done"}}`)
		if d := time.Since(start); d != time.Minute {
			t.Errorf("it took %v", d)
		}
		ended := make(chan any)
		go func() {
			defer func() { ended <- recover() }()
			p.sim.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("PUT", "/rest/api/3/issue/"+key, strings.NewReader("{}")))
		}()
		synctest.Wait()
		if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", "summary"); got != "done" {
			t.Errorf("the summary is %v", got)
		}
		p.sim.Close() // nobody waits for what hangs when the site ends
		if said := <-ended; said != nil {
			t.Errorf("it ends with %v", said)
		}
		if d := time.Since(start); d != time.Minute {
			t.Errorf("the end took %v", d-time.Minute)
		}
	})
}

func TestASlowSiteTakes350MillisecondsForReadsAndWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
			p := open(t, f)
			took := func(do func()) time.Duration { start := time.Now(); do(); return time.Since(start) }
			p.faults(`{"profile":"slow"}`)
			if d := took(func() { p.create(nil) }); d != 350*time.Millisecond {
				t.Errorf("a write took %v", d)
			}
			if d := took(func() { p.must(200, "GET", "/myself", nil) }); d != 350*time.Millisecond {
				t.Errorf("a read took %v", d)
			}
			p.faults(`{"latency":{"writes":"1s"}}`)
			if d := took(func() { p.create(nil); p.must(200, "GET", "/myself", nil) }); d != 1350*time.Millisecond {
				t.Errorf("a slower write and a read took %v", d)
			}
			p.sim.Close()
		}
	})
}

func TestBadCredentialsAreNobodyOrRefused(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.create(nil)
		search := "/search?jql=project=" + p.project()
		if p.opt.Flavour == jirasim.Cloud {
			search = "/search/jql?jql=project=" + p.project()
		}
		bad := p.as("nobody")
		p.faults(`{"badCredentials":"nobody"}`)
		if a := bad.must(200, "GET", search, nil); len(a.list("issues")) != 0 {
			t.Errorf("nobody finds %s", a.raw)
		}
		p.faults(`{"badCredentials":"refused"}`)
		bad.must(401, "GET", search, nil)
		bad.must(401, "GET", "/serverInfo", nil)
		p.as("").must(200, "GET", "/serverInfo", nil) // no credentials are not bad ones
		p.must(200, "GET", search, nil)
	})
}

func TestOneIssueLagsByItself(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.faults(`{"lags":{"` + p.project() + `-2":"5m"}}`)
		p.create(nil)
		p.create(nil)
		if n := len(p.find("project = "+p.project(), "summary")); n != 1 {
			t.Errorf("at once %d are found", n)
		}
		p.at = p.at.Add(5*time.Minute - time.Second)
		if n := len(p.find("project = "+p.project(), "summary")); n != 1 {
			t.Errorf("a second before %d are found", n)
		}
		p.at = p.at.Add(time.Second)
		if n := len(p.find("project = "+p.project(), "summary")); n != 2 {
			t.Errorf("after its time %d are found", n)
		}
	})
}

func TestTextIsNormalised(t *testing.T) {
	p := open(t, jirasim.DataCenter)
	write := func(fields map[string]any) answer {
		key := p.create(fields)
		return p.must(200, "GET", "/issue/"+key, nil)
	}
	messy := map[string]any{"summary": "a\u00a0b", "description": "one  \ntwo\u00a0three\r\n\r\n"}
	if a := write(messy); a.at("fields", "description") != messy["description"] || a.at("fields", "summary") != messy["summary"] {
		t.Errorf("without the trap it is %v", a.at("fields", "description"))
	}
	p.faults(`{"normalise":true}`)
	if a := write(messy); a.at("fields", "description") != "one\r\ntwo three" || a.at("fields", "summary") != "a b" {
		t.Errorf("it is %q, %q", a.at("fields", "description"), a.at("fields", "summary"))
	}
	p = open(t, jirasim.Cloud)
	p.faults(`{"normalise":true}`)
	var doc any
	if err := json.Unmarshal([]byte(`{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"a"},{"type":"text","text":"\u00a0b"},{"type":"text","text":"c","marks":[{"type":"strong"}]}]},{"type":"paragraph","content":[]}]}`), &doc); err != nil {
		t.Fatal(err)
	}
	a := write(map[string]any{"description": doc})
	if dig(a.body, "fields", "description", "content", 0, "content", 0, "text") != "a b" || dig(a.body, "fields", "description", "content", 0, "content", 1, "text") != "c" || dig(a.body, "fields", "description", "content", 1) != nil {
		t.Errorf("it is %v", a.at("fields", "description"))
	}
	again := a.at("fields", "description")
	if b := write(map[string]any{"description": again}); string(mustJSON(t, b.at("fields", "description"))) != string(mustJSON(t, again)) {
		t.Errorf("normalised twice it is %v", b.at("fields", "description"))
	}
}

func mustJSON(t *testing.T, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAProjectInAnEditIsRefusedOrIgnored(t *testing.T) {
	p := open(t, jirasim.DataCenter, func(o *jirasim.Options) {
		o.Projects = []jirasim.Project{{Key: "DEV", Name: "One"}, {Key: "TWO", Name: "Two"}}
	})
	key := p.create(nil)
	edit := `{"fields":{"project":{"key":"TWO"},"summary":"new"}}`
	p.must(400, "PUT", "/issue/"+key, edit)
	p.faults(`{"projectEdits":"ignored"}`)
	p.must(204, "PUT", "/issue/"+key, edit)
	if a := p.must(200, "GET", "/issue/"+key, nil); a.at("key") != key || a.at("fields", "project", "key") != "DEV" || a.at("fields", "summary") != "new" {
		t.Errorf("it is %v in %v: %v", a.at("key"), a.at("fields", "project", "key"), a.at("fields", "summary"))
	}
}

// TestReadmeExamples does what the README shows, line by line, on sites that
// are as it says.
func TestReadmeExamples(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := bytes.Cut(b, []byte("## Traps behind switches"))
	part, _, ends := bytes.Cut(part, []byte("\n## "))
	if !found || !ends {
		t.Fatal("the README has no such section")
	}
	sites := map[string]*play{
		"127.0.0.1:18081": open(t, jirasim.Cloud, func(o *jirasim.Options) {
			o.Samples, o.Projects, o.Apps = 9, []jirasim.Project{{Key: "SUP", Name: "Support"}, {Key: "OPS", Name: "Operations"}}, []jirasim.App{accord}
		}),
		"127.0.0.1:18082": open(t, jirasim.DataCenter, func(o *jirasim.Options) { o.Samples = 9 }),
	}
	n := 0
	for _, m := range regexp.MustCompile(`(?m)^curl -d '([^']*)' http://([^/]*)(/\S*)$`).FindAllSubmatch(part, -1) {
		p := sites[string(m[2])]
		if p == nil {
			t.Fatalf("no site listens at %s", m[2])
		}
		p.t = t
		p.with = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}} // as curl says
		if a := p.do("POST", string(m[3]), string(m[1])); a.status != 200 {
			t.Errorf("%s: %d %s", m[0], a.status, a.raw)
		}
		n++
	}
	if all := bytes.Count(part, []byte("\ncurl ")); n != all || n < 20 {
		t.Errorf("%d of %d examples could be read", n, all)
	}
}
