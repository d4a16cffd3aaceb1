package jirasim_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// nasty are bodies that nobody should send.
var nasty = []string{"", "null", "[]", "{}", "0", `"x"`, "{", "\x00\xff", `{"fields":null}`, `{"fields":[]}`, `{"fields":{"summary":null}}`, `{"fields":{"summary":{"a":1}}}`,
	`{"update":{"labels":[{"add":null}]}}`, `{"update":{"labels":[null]}}`, `{"update":{"labels":[{"add":[1]},{"remove":{}}]}}`, `{"update":{"comment":[{"add":5}]}}`,
	`{"transition":null}`, `{"transition":{"id":null}}`, `{"transition":{"id":{}}}`, `{"body":null}`, `{"body":{"type":"doc"}}`, `{"body":"x","visibility":{}}`, `{"body":"x","visibility":{"type":"group"}}`,
	`{"properties":[{}]}`, `{"properties":[{"key":"k"}]}`, `{"jql":"project = SUP","maxResults":-1}`, `{"jql":5}`, `{"jql":"` + strings.Repeat("(", 5000) + `"}`, `{"issueIdsOrKeys":[null,{},5]}`,
	`{"ids":[-1,0,9223372036854775807]}`, `{"ids":["x"]}`, `{"issueUpdates":[null,{}]}`, `{"rules":[null]}`, `{"webhooks":null}`, `{"forward":"9999999h"}`, `{"name":"x","url":"http://[::1"}`,
	`{"fields":{"project":{"key":"SUP"},"issuetype":{"id":10001},"summary":"s","assignee":5,"duedate":{},"labels":"x","priority":[],"customfield_10040":[],"customfield_10042":"x","description":5}}`,
	`{"name":"x","originBoardId":10000}`, `{"name":"x","originBoardId":{}}`, `{"issues":[null,5,"SUP-1"]}`, `{"issues":["SUP-1","DEV-1","SUP-1"],"rankBeforeIssue":"SUP-1"}`, `{"state":5,"startDate":"x"}`,
	`{"state":"active","startDate":"2026-01-01","endDate":"9999-99-99"}`, `{"queries":["","issue.property[", "a was b during (c"],"jqls":["","text ~ '*'"],"issueIds":[-1]}`, `{"name":"f","jql":"filter = f","sharePermissions":[{}]}`,
	`{"name":"f","jql":"filter = f or issue.property[a].b > 1 and status changed from x by y"}`, `{"rankAfterEpic":"SUP-2","name":null,"color":{}}`, `{"value":{}}`, `{"value":"NaN"}`,
	`{"fields":{"customfield_10020":"x","customfield_10014":{},"customfield_10104":-1,"customfield_10100":5,"customfield_10019":"0|"}}`,
	`{"fields":{"customfield_10042":1e999}}`, `{"fields":{"reporter":{"accountId":""},"assignee":{}}}`}

// answers holds that what a site says is an answer of Jira: a status, and JSON
// or a page, and no 500.
func answers(t *testing.T, what string, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code < 200 || w.Code >= 500 {
		t.Errorf("%s: %d %s", what, w.Code, w.Body)
	}
	if w.Code >= 400 && w.Body.Len() == 0 {
		t.Errorf("%s: %d without a word", what, w.Code)
	}
}

// TestEveryRouteAnswersAnything sends every nasty body to every route.
func TestEveryRouteAnswersAnything(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		p := open(t, f, func(o *jirasim.Options) { o.Unlimited, o.Samples = true, 2 })
		for _, r := range jirasim.Routes(f) {
			for n, body := range nasty {
				path := strings.NewReplacer("{v}", "2", "{issue}", p.project()+"-1", "{project}", p.project(), "{comment}", "10000", "{key}", "k", "{type}", "1", "{id}", "1", "{hook}", "10000",
					"{board}", "10000", "{sprint}", "10000", "{filter}", "10000", "{epic}", p.project()+"-2", "{share}", "10000").Replace(r.Path)
				q := httptest.NewRequest(r.Method, path+"?jql=project%3D"+p.project()+"&maxResults=3", strings.NewReader(body))
				q.SetBasicAuth("ada@example.com", "ada")
				w := serve(t, f, p.sim, q)
				answers(t, fmt.Sprintf("%s %s %s, body %d", f, r.Method, path, n), w)
			}
		}
		p.must(200, "GET", "/issue/"+p.project()+"-2", nil)
	}
}

// FuzzRequests sends any bytes to any path, as an administrator.
func FuzzRequests(f *testing.F) {
	for _, flavour := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		for n, r := range jirasim.Routes(flavour) {
			f.Add(flavour == jirasim.Cloud, r.Method, strings.NewReplacer("{v}", "2", "{issue}", "SUP-1").Replace(r.Path), "jql=project%3DSUP&expand=names", nasty[n%len(nasty)])
		}
	}
	f.Fuzz(func(t *testing.T, cloud bool, method, path, query, body string) {
		flavour := jirasim.DataCenter
		if cloud {
			flavour = jirasim.Cloud
		}
		u := &url.URL{Path: "/" + path, RawQuery: query}
		if strings.ContainsAny(method, " \t\r\n/\"(){},;:<>=@?[]\\\x00") || method == "" {
			method = "POST"
		}
		for _, c := range method {
			if c < 33 || c > 126 {
				return
			}
		}
		p := open(t, flavour, func(o *jirasim.Options) { o.Unlimited, o.Samples = true, 1 })
		q := httptest.NewRequest("GET", "/", strings.NewReader(body))
		q.Method, q.URL = method, u
		q.SetBasicAuth("admin@example.com", "example")
		w := serve(t, flavour, p.sim, q)
		answers(t, fmt.Sprintf("%s %s", method, u), w)
	})
}

// TestABodySaysWhatItIs: one that says it is no JSON is refused where JSON is
// taken; a ";" parts nothing in a query, and what is no escape is left out.
func TestABodySaysWhatItIs(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		for kind, want := range map[string]int{"text/plain": 415, "application/x-www-form-urlencoded": 415, "application/json; charset=utf-8": 201, "": 201, ";": 415} {
			q := *p
			if q.with = nil; kind != "" {
				q.with = http.Header{"Content-Type": {kind}}
			}
			a := q.must(want, "POST", "/issue", `{"fields":{"project":{"key":"`+p.project()+`"},"issuetype":{"name":"Bug"},"summary":"one; two"}}`)
			if says := fmt.Sprint(a.at("detail"), a.at("message")); want == 415 && !strings.Contains(says, "HTTP 415 Unsupported Media Type") && !strings.Contains(says, "Content-Type '"+kind+"' is not supported.") {
				t.Errorf("%q is refused with %s", kind, a.raw)
			}
		}
		if a := p.must(200, "GET", "/issue/"+p.project()+"-1?fields=summary;x,priority&expand=%zz", nil); a.at("fields", "priority") == nil || a.at("fields", "status") != nil {
			t.Errorf("it shows %s", a.raw)
		}
	})
}

// TestWhatWasFound are requests that were once answered wrongly or not at all.
func TestWhatWasFound(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.found("NEW", "New things")
	key := p.create(nil)
	for _, c := range []struct {
		want               int
		method, path, body string
	}{
		{201, "POST", "/bulk/issues/move", `{"targetToSourcesMapping":{"NEW,10002":{"issueIdsOrKeys":["sup-1"]}}}`},
		{201, "POST", "/bulk/issues/transition", `{"bulkTransitionInputs":[{"selectedIssueIdsOrKeys":["` + key + `"],"transitionId":"11"}]}`}, // by the key that it had
		{200, "GET", "/rest/agile/1.0/board/10000/issue?expand=versionedRepresentations", ""},
		{400, "PUT", "/issue/NEW-1", `{"fields":{"summary":"x"},"historyMetadata":{"extraData":{"turn":{}}}}`},
		{200, "PUT", "/issue/archive", `{"issueIdsOrKeys":["NO-1","NO-1"]}`},
		{400, "GET", "/issue/NEW-1/comment?startAt=9223372036854775807", ""},
		{201, "POST", "/bulk/issues/fields", `{"selectedIssueIdsOrKeys":["NEW-1"],"selectedActions":["summary"],"editedFieldsInput":{"cascadingSelectFields":[{"fieldId":"summary","childOptionValue":{"optionId":1}}]}}`},
	} {
		if a := p.do(c.method, c.path, c.body); a.status != c.want {
			t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.raw)
		}
	}
	if a := p.must(200, "GET", "/issue/NEW-1?fields=status", nil); a.at("fields", "status", "name") != "In Progress" {
		t.Errorf("a transition by an old key leaves it at %s", a.raw)
	}
}

// TestTheReadmeNamesEveryRoute holds the table of the README against the
// routes; with -update, rows that are missing are written.
func TestTheReadmeNamesEveryRoute(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sides, order := map[string]string{}, []string{}
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		for _, r := range jirasim.Routes(f) {
			row := fmt.Sprintf("| `%s %s` |", r.Method, r.Path)
			switch {
			case strings.Contains(string(b), row):
			case sides[row] != "":
				sides[row] = "both"
			default:
				sides[row] = map[jirasim.Flavour]string{jirasim.Cloud: "Cloud", jirasim.DataCenter: "DC"}[f]
				order = append(order, row)
			}
		}
	}
	for _, row := range order {
		if !*update {
			t.Errorf("the README has no row %s", row)
		}
		b = fmt.Appendf(bytes.TrimRight(b, "\n"), "\n%s %s |  |  |\n", row, sides[row])
	}
	if *update && len(order) > 0 {
		if err := os.WriteFile("README.md", b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A site is never what a benchmark measures: 1,000 requests a second.
func BenchmarkRequests(b *testing.B) {
	p := open(b, jirasim.Cloud, func(o *jirasim.Options) { o.Unlimited, o.Samples = true, 200 })
	n := 0
	for b.Loop() {
		n++
		switch n % 4 {
		case 0:
			p.do("PUT", fmt.Sprintf("/issue/SUP-%d", 1+n%200), fmt.Sprintf(`{"fields":{"summary":"s%d"}}`, n))
		case 1:
			p.do("POST", fmt.Sprintf("/issue/SUP-%d/transitions", 1+n%200), `{"transition":{"id":"11"}}`)
		default:
			p.do("GET", fmt.Sprintf("/issue/SUP-%d?expand=changelog", 1+n%200), nil)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// A page of a search over 2,000 issues.
func BenchmarkSearch(b *testing.B) {
	p := open(b, jirasim.Cloud, func(o *jirasim.Options) { o.Unlimited, o.Samples = true, 2000 })
	for b.Loop() {
		p.do("POST", "/search/jql", `{"jql":"project = SUP and labels = sample and updated >= -30d order by updated desc","fields":["*all"],"maxResults":50}`)
	}
}
