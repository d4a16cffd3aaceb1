package jirasim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/jirasim"
)

func TestRequestsAreCounted(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(nil)
	p.as("ada").must(204, "PUT", "/issue/"+key, `{"fields":{"summary":"x"}}`)
	p.as("ada").must(400, "PUT", "/issue/"+key, `{}`)
	p.must(200, "GET", "/issue/"+key, nil)
	p.find("project = SUP", "summary")
	a := p.must(200, "GET", "/_sim/requests?log=true", nil)
	for path, want := range map[string]float64{"total": 5, "writes.total": 2, "writes.byAccount.admin@example.com": 0, "routes.GET /rest/api/3/issue/{issue}.count": 1} {
		var steps []any
		if _, after, ok := strings.Cut(path, "byAccount."); ok {
			steps, want = []any{"writes", "byAccount", after}, 1
		} else {
			for s := range strings.SplitSeq(path, ".") {
				steps = append(steps, s)
			}
		}
		if got := a.at(steps...); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if got := a.at("routes", "PUT /rest/api/3/issue/{issue}", "statuses", "400"); got != 1.0 {
		t.Errorf("refused edits: %v, want 1", got)
	}
	if n := len(a.list("log")); n != 5 || a.at("log", 1, "account") != "ada@example.com" {
		t.Errorf("the log has %d entries, the second by %v", n, a.at("log", 1, "account"))
	}
	p.must(204, "DELETE", "/_sim/requests", nil)
	if got := p.must(200, "GET", "/_sim/requests", nil).at("total"); got != 0.0 {
		t.Errorf("after forgetting it counts %v", got)
	}
}

func TestFaultsStrikeBeforeAndAfter(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		summary := func() any { return p.must(200, "GET", "/issue/"+key, nil).at("fields", "summary") }
		p.must(200, "POST", "/_sim/faults", `{"rules":[{"method":"PUT","route":"/issue/{issue}","effect":"before","status":503,"retryAfter":7,"times":1}]}`)
		a := p.must(503, "PUT", "/issue/"+key, `{"fields":{"summary":"one"}}`)
		if a.header.Get("Retry-After") != "7" || summary() != "an issue" {
			t.Errorf("before: summary %v, Retry-After %q", summary(), a.header.Get("Retry-After"))
		}
		p.must(204, "PUT", "/issue/"+key, `{"fields":{"summary":"two"}}`)
		p.must(200, "POST", "/_sim/faults", `{"rules":[{"method":"PUT","effect":"after","status":500,"times":1}]}`)
		p.must(500, "PUT", "/issue/"+key, `{"fields":{"summary":"three"}}`)
		if summary() != "three" {
			t.Errorf("after: summary %v, want three", summary())
		}
		if n := len(p.must(200, "GET", "/_sim/faults", nil).list("rules")); n != 0 {
			t.Errorf("%d rules are left", n)
		}
		p.must(200, "POST", "/_sim/faults", `{"rules":[{"method":"GET","effect":"before","status":429,"probability":0.5}]}`)
		count := map[int]int{}
		for range 200 {
			count[p.do("GET", "/myself", nil).status]++
		}
		if count[429] < 60 || count[200] < 60 {
			t.Errorf("at even chances: %v", count)
		}
		for _, bad := range []string{`{"rules":[{"effect":"sideways"}]}`, `{"rules":[{"status":99}]}`, `{"rules":[{"probability":2}]}`, `{"shortPages":-1}`, `{"unknown":1}`, `{"lag":"soon"}`, `{"rules":[{"times":-1}]}`} {
			p.must(400, "POST", "/_sim/faults", bad)
		}
	})
}

// TestRulesNameRoutes by any part of them, by their end, and in every version.
func TestRulesNameRoutes(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(nil)
	for route, want := range map[string][3]int{
		"/issue/{issue}":                 {503, 503, 503},
		"/issue/{issue}$":                {503, 503, 200},
		"/rest/api/2/issue/{issue}$":     {200, 503, 200},
		"/rest/api/{v}/issue/{issue}$":   {503, 503, 200},
		"/comment$":                      {200, 200, 503},
		"/rest/api/3/issue/{issue}/comm": {200, 200, 503},
	} {
		p.faults(`{"rules":[{"method":"GET","route":"` + route + `","effect":"before","status":503}]}`)
		got := [3]int{p.do("GET", "/issue/"+key, nil).status, p.do("GET", "/rest/api/2/issue/"+key, nil).status, p.do("GET", "/issue/"+key+"/comment", nil).status}
		if got != want {
			t.Errorf("%s: %v, want %v", route, got, want)
		}
	}
	p.must(400, "POST", "/_sim/faults", `{"rules":[{"route":"/iss$","effect":"before"}]}`)
}

func TestAConnectionCanBeCut(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.must(200, "POST", "/_sim/faults", `{"rules":[{"effect":"before","times":1}]}`)
	srv := httptest.NewServer(p.sim)
	defer srv.Close()
	if rep, err := http.Post(srv.URL+"/rest/api/3/issue", "application/json", strings.NewReader("{}")); err == nil {
		rep.Body.Close()
		t.Fatalf("it answers %d", rep.StatusCode)
	}
	rep, err := http.Get(srv.URL + "/rest/api/3/serverInfo")
	if err != nil {
		t.Fatal(err)
	}
	rep.Body.Close()
}

func TestLatencyPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, jirasim.Cloud)
		p.must(200, "POST", "/_sim/faults", `{"rules":[{"method":"GET","latency":"350ms"},{"route":"myself","latency":"1s"}]}`)
		start := time.Now()
		p.must(200, "GET", "/myself", nil)
		if d := time.Since(start); d != 1350*time.Millisecond {
			t.Errorf("it took %v", d)
		}
		p.sim.Close()
	})
}

func TestCloudLimitsRequests(t *testing.T) {
	p := open(t, jirasim.Cloud)
	first, second := p.create(nil), p.create(nil)
	for n := range 20 {
		a := p.must(204, "PUT", "/issue/"+first, map[string]any{"fields": map[string]any{"summary": strings.Repeat("x", n+1)}})
		if a.header.Get("X-RateLimit-Limit") != "50" || a.header.Get("X-RateLimit-Remaining") == "" {
			t.Fatalf("headers are %v", a.header)
		}
	}
	a := p.must(429, "PUT", "/issue/"+first, `{"fields":{"summary":"y"}}`)
	for k, want := range map[string]string{"Retry-After": "2", "Ratelimit-Reason": "jira-per-issue-on-write", "X-Ratelimit-Limit": "20", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Nearlimit": "true", "X-Ratelimit-Reset": "2026-11-24T12:00:32Z"} {
		if got := a.header.Get(k); got != want {
			t.Errorf("%s is %q, want %q", k, got, want)
		}
	}
	p.must(204, "PUT", "/issue/"+second, `{"fields":{"summary":"y"}}`)
	p.must(200, "GET", "/issue/"+first, nil)
	p.at = p.at.Add(2 * time.Second)
	p.must(204, "PUT", "/issue/"+first, `{"fields":{"summary":"y"}}`)
	for range 100 {
		p.must(200, "GET", "/user/search?query=a", nil)
	}
	a = p.must(429, "GET", "/user/search?query=a", nil)
	if a.header.Get("Ratelimit-Reason") != "jira-burst-based" {
		t.Errorf("the reason is %q", a.header.Get("Ratelimit-Reason"))
	}
	if _, theirs := recordedBody(t, "errors", "cloud_429_user_search.json"); dig(theirs, "errorMessages", 0) != a.at("errorMessages", 0) || a.at("status") != 429.0 {
		t.Errorf("it says %s", a.raw)
	}
	p.must(200, "POST", "/_sim/faults", `{"limits":false}`)
	p.must(200, "GET", "/user/search?query=a", nil)
}

func TestDataCenterLimitsOnlyWhenTold(t *testing.T) {
	p := open(t, jirasim.DataCenter)
	for range 300 {
		p.must(200, "GET", "/myself", nil)
	}
	p.must(200, "POST", "/_sim/faults", `{"limits":true}`)
	for range 5 {
		p.must(200, "GET", "/myself", nil)
	}
	a := p.must(429, "GET", "/myself", nil)
	if !strings.Contains(a.raw, "Rate limit exceeded.") || a.header.Get("Content-Type") != "text/html;charset=utf-8" || a.header.Get("X-Ratelimit-Fillrate") != "5" || a.header.Get("X-Ratelimit-Interval-Seconds") != "1" {
		t.Errorf("%v\n%s", a.header, a.raw)
	}
	p.as("ada").must(200, "GET", "/myself", nil)
}

func TestAnIssueMovesAndIsFoundByItsOldKey(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		q := open(t, p.opt.Flavour, func(o *jirasim.Options) {
			o.Projects = []jirasim.Project{{Key: p.project(), Name: "One"}, {Key: "TWO", Name: "Two"}}
		})
		key := q.create(nil)
		id := q.must(200, "GET", "/issue/"+key, nil).at("id")
		q.move(key, "TWO")
		a := q.must(200, "GET", "/issue/"+key, nil)
		if a.at("key") != "TWO-1" || a.at("id") != id || a.at("fields", "project", "key") != "TWO" {
			t.Errorf("by the old key it is %v %v", a.at("key"), a.at("id"))
		}
		it := q.items("TWO-1")
		if it["Key"]["fromString"] != key || it["Key"]["toString"] != "TWO-1" || it["Key"]["from"] != nil {
			t.Errorf("the history says %v", it)
		}
		q.must(404, "POST", "/_sim/move", `{"issue":"TWO-1","project":"NOPE"}`)
		q.must(404, "POST", "/_sim/move", `{"issue":"NOPE-1","project":"TWO","account":"nobody"}`)
	})
}

func TestAPermissionIsTakenAndGivenBack(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		ada, query := p.as("ada"), "/mypermissions?permissions=EDIT_ISSUES,BROWSE_PROJECTS&projectKey="+p.project()
		if got := ada.must(200, "GET", query, nil).at("permissions", "EDIT_ISSUES", "havePermission"); got != true {
			t.Errorf("before: %v", got)
		}
		set := func(permission string, allowed bool) {
			p.must(200, "POST", "/_sim/permissions", map[string]any{"account": "ada@example.com", "permission": permission, "project": p.project(), "allowed": allowed})
		}
		set("EDIT_ISSUES", false)
		if got := ada.must(200, "GET", query, nil).at("permissions", "EDIT_ISSUES", "havePermission"); got != false {
			t.Errorf("taken: %v", got)
		}
		ada.must(400, "PUT", "/issue/"+key, `{"fields":{"summary":"x"}}`)
		set("BROWSE_PROJECTS", false)
		ada.must(404, "GET", "/issue/"+key, nil)
		ada.must(404, "GET", query, nil)
		if n := len(ada.find("creator = currentUser() or labels is empty", "summary")); n != 0 {
			t.Errorf("the search finds %d", n)
		}
		set("BROWSE_PROJECTS", true)
		set("EDIT_ISSUES", true)
		ada.must(204, "PUT", "/issue/"+key, `{"fields":{"summary":"x"}}`)
		p.must(400, "POST", "/_sim/permissions", `{"account":"ada","permission":"FLY"}`)
	})
}

func TestTheClockGoesForward(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.must(200, "POST", "/_sim/clock", `{"forward":"720h"}`)
	key := p.create(nil)
	if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", "created"); got != "2026-12-24T13:00:30.000+0100" {
		t.Errorf("created %v", got)
	}
	p.must(400, "POST", "/_sim/clock", `{"forward":"-1h"}`)
}

// TestRecordedIssuesAreImported takes what the documents have: bare issues of
// Data Center, and those inside a search of Cloud. Each goes into both flavours.
func TestRecordedIssuesAreImported(t *testing.T) {
	var issues []any
	for _, f := range []string{"php_issue", "ruby_issue_10002", "jrjc_issue_valid-visibility", "jrjc_issue_subtasks-5", "jrjc_issue_valid-anonymous-comment", "devlake_agile_issue_links_changelog_DZFNK0168-5"} {
		_, body := recordedBody(t, "rest-server-v2", f+".json")
		issues = append(issues, body)
	}
	_, found := recordedBody(t, "rest-cloud-v3", "nango_issues.json")
	issues = append(issues, dig(found, "issues").([]any)...)
	if len(issues) < 20 {
		t.Fatalf("only %d recorded issues", len(issues))
	}
	both(t, func(t *testing.T, p *play) {
		for n, theirs := range issues {
			key := p.must(201, "POST", "/_sim/import?project="+p.project(), theirs).at("key").(string)
			ours := p.must(200, "GET", "/issue/"+key, nil)
			for _, path := range [][]any{{"summary"}, {"status", "name"}, {"status", "statusCategory", "key"}, {"issuetype", "name"}, {"priority", "name"}, {"duedate"}} {
				full := append([]any{"fields"}, path...)
				if want := dig(theirs, full...); want != nil && ours.at(full...) != want && path[len(path)-1] != "key" {
					t.Errorf("issue %d: %v is %v, was %v", n, path, ours.at(full...), want)
				}
			}
			for _, who := range []string{"reporter", "assignee"} {
				if dig(theirs, "fields", who, "displayName") != nil && ours.at("fields", who, "displayName") == nil {
					t.Errorf("issue %d: its %s is lost", n, who)
				}
			}
			if a, b := dig(theirs, "fields", "description"), ours.at("fields", "description"); (a == nil || a == "") != (b == nil) {
				t.Errorf("issue %d: the description was %v, is %v", n, a, b)
			}
			cs, _ := dig(theirs, "fields", "comment", "comments").([]any)
			if got := ours.list("fields", "comment", "comments"); len(got) != len(cs) {
				t.Errorf("issue %d: %d comments, had %d", n, len(got), len(cs))
			}
			for _, tr := range p.must(200, "GET", "/issue/"+key+"/transitions", nil).list("transitions")[:1] {
				p.must(204, "POST", "/issue/"+key+"/transitions", map[string]any{"transition": map[string]any{"id": dig(tr, "id")}})
			}
		}
		if n := len(p.find("project = "+p.project(), "summary")); n != len(issues) {
			t.Errorf("the search finds %d of %d", n, len(issues))
		}
		for _, bad := range []any{`{}`, `[]`, `{"fields":{}}`, `{"fields":{"summary":5}}`, ``} {
			p.must(400, "POST", "/_sim/import", bad)
		}
	})
}

func TestAccountsAreListed(t *testing.T) {
	p := open(t, jirasim.DataCenter, func(o *jirasim.Options) {
		o.Accounts = []jirasim.Account{{Email: "bot@example.com", Token: "t0ken", Admin: true}, {Email: "ada@example.com", Token: "new"}}
	})
	var all []map[string]any
	if err := json.Unmarshal([]byte(p.must(200, "GET", "/_sim/accounts", nil).raw), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 6 || all[5]["name"] != "bot" || all[5]["admin"] != true || all[1]["token"] != "new" {
		t.Errorf("accounts are %v", all)
	}
}
