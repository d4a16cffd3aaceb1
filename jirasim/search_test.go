package jirasim_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim"
)

// keys are the keys of hits, as they come.
func keys(hits []any) string {
	var out []string
	for _, h := range hits {
		out = append(out, dig(h, "key").(string))
	}
	return strings.Join(out, " ")
}

// TestQueriesFindWhatTheyMean asks one small site in many ways.
func TestQueriesFindWhatTheyMean(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		k, low, sev := p.project(), "Low", "customfield_10040"
		if p.opt.Flavour == jirasim.DataCenter {
			sev = "customfield_10201"
		}
		p.create(map[string]any{"summary": "Export stops", "labels": []string{"x", "y"}, "priority": map[string]any{"name": low}, sev: map[string]any{"value": "Major"}})
		p.at = p.at.Add(time.Hour)
		p.as("ada").create(map[string]any{"summary": "Login is blank", "issuetype": map[string]any{"name": "Task"}, "duedate": "2026-12-24", "description": p.text("Only in Safari")})
		p.at = p.at.Add(time.Hour)
		p.create(map[string]any{"summary": "Third"})
		step := map[jirasim.Flavour]string{jirasim.Cloud: "11", jirasim.DataCenter: "4"}[p.opt.Flavour]
		p.must(204, "POST", "/issue/"+k+"-3/transitions", map[string]any{"transition": map[string]any{"id": step}})
		p.must(201, "POST", "/issue/"+k+"-3/comment", map[string]any{"body": p.text("a needle here")})
		n := func(ids ...int) string {
			var out []string
			for _, id := range ids {
				out = append(out, fmt.Sprintf("%s-%d", k, id))
			}
			return strings.Join(out, " ")
		}
		for query, want := range map[string]string{
			"project = " + k:                            n(3, 2, 1),
			"project = " + k + " order by key":          n(1, 2, 3),
			"project = " + k + " order by created asc":  n(1, 2, 3),
			"project = " + k + " order by updated desc": n(3, 2, 1),
			"project != " + k:                           "",
			"key = " + k + "-2":                         n(2),
			"key in (" + k + "-1," + k + "-3)":          n(3, 1),
			"key > " + k + "-1":                         n(3, 2),
			"id = 10001":                                n(2),
			"status = 'In Progress'":                    n(3),
			"status != 'In Progress'":                   n(2, 1),
			"status was not 'In Progress'":              n(2, 1),
			"status changed":                            n(3),
			"statusCategory = 'In Progress'":            n(3),
			"statusCategory = indeterminate":            n(3),
			"issuetype = Task":                          n(2),
			"type in (Bug)":                             n(3, 1),
			"creator = currentUser()":                   n(3, 1),
			`reporter = "ada@example.com"`:              n(2),
			"assignee is EMPTY":                         n(3, 2, 1),
			"assignee is not EMPTY":                     "",
			"labels = x":                                n(1),
			"labels in (x, z)":                          n(1),
			"labels not in (x)":                         "",
			"labels is empty":                           n(3, 2),
			"not labels = x":                            n(3, 2),
			"priority = Low":                            n(1),
			"severity = Major":                          n(1),
			"cf[" + strings.TrimPrefix(sev, "customfield_") + "] = Major": n(1),
			"summary ~ export":                               n(1),
			"text ~ safari":                                  n(2),
			"text ~ needle":                                  n(3),
			"comment ~ needle":                               n(3),
			"summary !~ export":                              n(3, 2),
			"duedate < 2026-12-25":                           n(2),
			"duedate <= 2026-12-24":                          n(2),
			"due > 2026-12-24":                               "",
			"duedate is empty":                               n(3, 1),
			"resolution = Unresolved":                        n(3, 2, 1),
			"created >= -90m":                                n(3, 2),
			"created >= startOfDay()":                        n(3, 2, 1),
			"updated < -100m or summary ~ third":             n(3, 1),
			"(labels = x or type = Task) and created < -90m": n(1),
		} {
			if got := keys(p.find(query, "summary")); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
	})
}

// TestUpdatedHasMinuteStepsInTheCallersZone is a trap that every poll falls
// into: the literal has no seconds, and means the zone of the caller's profile.
func TestUpdatedHasMinuteStepsInTheCallersZone(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.create(nil) // at 12:00:30 UTC
		for _, c := range []struct{ who, literal, want string }{
			{"admin", "2026/11/24 13:00", p.project() + "-1"}, // Berlin
			{"admin", "2026-11-24 13:01", ""},
			{"ada", "2026/11/24 07:00", p.project() + "-1"}, // New York
			{"ada", "2026/11/24 07:01", ""},
			{"ben", "2026/11/24 17:30", p.project() + "-1"}, // Kolkata
			{"ben", "2026/11/24 17:31", ""},
			{"cleo", "2026/11/24", p.project() + "-1"},
		} {
			if got := keys(p.as(c.who).find(fmt.Sprintf("updated >= %q", c.literal), "summary")); got != c.want {
				t.Errorf("%s asks for %s: %q, want %q", c.who, c.literal, got, c.want)
			}
			if zone := p.as(c.who).must(200, "GET", "/myself", nil).at("timeZone"); zone == "" {
				t.Errorf("%s has no zone", c.who)
			}
		}
	})
}

// TestSearchLags holds that a search is not read-after-write, and that reading
// by id is.
func TestSearchLags(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		p := open(t, f, func(o *jirasim.Options) { o.Lag = 0 })
		key := p.create(nil)
		p.must(200, "GET", "/issue/"+key, nil)
		all := "project = " + p.project()
		if hits := p.find(all, "summary"); len(hits) != 0 {
			t.Errorf("%s: found at once", f)
		}
		p.at = p.at.Add(2 * time.Second)
		if hits := p.find(all, "summary"); len(hits) != 1 {
			t.Errorf("%s: not found after 2 s", f)
		}
		p.must(204, "PUT", "/issue/"+key, `{"fields":{"summary":"changed"}}`)
		if got := dig(p.find(all, "summary")[0], "fields", "summary"); got != "an issue" {
			t.Errorf("%s: the search shows %v at once", f, got)
		}
		if f == jirasim.Cloud {
			id := dig(p.must(200, "GET", "/issue/"+key, nil).body, "id").(string)
			a := p.must(200, "GET", "/search/jql?fields=summary&reconcileIssues="+id+"&jql=project%3DSUP", nil)
			if got := a.at("issues", 0, "fields", "summary"); got != "changed" {
				t.Errorf("reconciled it shows %v", got)
			}
		}
		p.must(204, "DELETE", "/issue/"+key, nil)
		if hits := p.find(all, "summary"); len(hits) != 0 {
			t.Errorf("%s: a deleted issue is found", f)
		}
	}
}

// TestEachIssueLagsOnItsOwn holds that the order of changes is not the order
// in which a search shows them.
func TestEachIssueLagsOnItsOwn(t *testing.T) {
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Lag = 10 * time.Second })
	var made []string
	for range 12 {
		made = append(made, p.create(nil))
	}
	var seen []string
	for range 11 {
		p.at = p.at.Add(time.Second)
		for _, h := range p.find("project = SUP order by key", "summary") {
			if k := dig(h, "key").(string); !slices.Contains(seen, k) {
				seen = append(seen, k)
			}
		}
	}
	if len(seen) != 12 || slices.Equal(seen, made) {
		t.Errorf("%d of 12 are seen, in the order %v", len(seen), seen)
	}
}

// TestPagesMayBeShort walks many issues with a token, while they change.
func TestPagesMayBeShort(t *testing.T) {
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Samples = 120 })
	in := map[string]any{"jql": "project = SUP order by updated asc", "fields": []string{"updated"}, "maxResults": 8}
	seen, short := map[string]int{}, 0
	for n := 0; ; n++ {
		a := p.must(200, "POST", "/search/jql", in)
		for _, h := range a.list("issues") {
			seen[dig(h, "key").(string)]++
		}
		if a.at("isLast") == true {
			if a.at("nextPageToken") != nil {
				t.Error("the last page has a token")
			}
			break
		}
		if len(a.list("issues")) < 8 {
			short++
		}
		in["nextPageToken"] = a.at("nextPageToken")
		p.must(204, "PUT", fmt.Sprintf("/issue/SUP-%d", n+1), `{"fields":{"summary":"touched"}}`)
		if n > 200 {
			t.Fatal("the pages do not end")
		}
	}
	if len(seen) != 120 || short == 0 {
		t.Errorf("%d of 120 issues seen, %d short pages", len(seen), short)
	}
}

func TestATokenEndsAndBelongsToItsQuery(t *testing.T) {
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Samples = 5 })
	next := p.must(200, "GET", "/search/jql?jql=project%3DSUP&maxResults=2", nil).at("nextPageToken").(string)
	p.must(200, "GET", "/search/jql?jql=project%3DSUP&maxResults=2&nextPageToken="+next, nil)
	p.must(400, "GET", "/search/jql?jql=project%20%3DSUP&maxResults=2&nextPageToken="+next, nil)
	p.at = p.at.Add(8 * 24 * time.Hour)
	p.must(400, "GET", "/search/jql?jql=project%3DSUP&maxResults=2&nextPageToken="+next, nil)
}

func TestSearchGivesIdsOnlyUnlessAsked(t *testing.T) {
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Samples = 1 })
	a := p.must(200, "GET", "/search/jql?jql=project%3DSUP", nil)
	if got := a.at("issues", 0); len(got.(map[string]any)) != 1 || dig(got, "id") == nil {
		t.Errorf("it shows %v", got)
	}
	p.must(201, "PUT", "/issue/SUP-1/properties/k", `5`)
	a = p.must(200, "GET", "/search/jql?jql=project%3DSUP&fields=*all&properties=k&expand=changelog", nil)
	if a.at("issues", 0, "properties", "k") != 5.0 || a.at("issues", 0, "changelog", "total") != 0.0 || a.at("issues", 0, "fields", "summary") == nil {
		t.Errorf("it shows %s", a.raw)
	}
	if n := p.must(200, "POST", "/search/approximate-count", `{"jql":"project = SUP"}`).at("count"); n != 1.0 {
		t.Errorf("it counts %v", n)
	}
}

func TestDataCenterLowersMaxResults(t *testing.T) {
	p := open(t, jirasim.DataCenter, func(o *jirasim.Options) { o.Samples = 130 })
	a := p.must(200, "GET", "/search?jql=project%3DDEV&maxResults=1000&fields=summary", nil)
	if a.at("maxResults") != 100.0 || a.at("total") != 130.0 || len(a.list("issues")) != 100 {
		t.Errorf("%v of %v, %d issues", a.at("maxResults"), a.at("total"), len(a.list("issues")))
	}
	a = p.must(200, "POST", "/search", `{"jql":"project = DEV","startAt":100,"maxResults":50,"fields":["summary"],"expand":["changelog"]}`)
	if len(a.list("issues")) != 30 || a.at("issues", 0, "changelog") == nil {
		t.Errorf("the last page has %d issues", len(a.list("issues")))
	}
	if a := p.as("").must(200, "GET", "/search?jql=project%3DDEV", nil); a.at("total") != 0.0 {
		t.Error("nobody finds something")
	}
}

func TestBulkFetchResolvesAndReports(t *testing.T) {
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) {
		o.Projects = []jirasim.Project{{Key: "SUP", Name: "S"}, {Key: "PUB", Name: "P"}}
	})
	first, second := p.create(nil), p.create(nil)
	p.move(second, "PUB")
	p.must(201, "PUT", "/issue/"+first+"/properties/k", `1`)
	a := p.must(200, "POST", "/issue/bulkfetch", map[string]any{"issueIdsOrKeys": []string{second, first, "SUP-9"}, "fields": []string{"summary"}, "properties": []string{"k"}, "expand": []string{"changelog"}})
	if got := keys(a.list("issues")); got != first+" PUB-1" {
		t.Errorf("it finds %q", got)
	}
	if a.at("issues", 0, "properties", "k") != 1.0 || len(a.list("issueErrors")) != 1 {
		t.Errorf("it says %s", a.raw)
	}
	p.must(400, "POST", "/issue/bulkfetch", `{"issueIdsOrKeys":[]}`)
}

// TestWhatWasLookedAt is found again by whoever looked, where the read said that
// somebody did.
func TestWhatWasLookedAt(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		a, b := p.create(map[string]any{"summary": "first of all"}), p.create(map[string]any{"summary": "second of all"})
		p.must(200, "GET", "/issue/"+b, nil)
		p.must(200, "GET", "/issue/"+a+"?updateHistory=true", nil)
		if got := keys(p.find("issue in issueHistory()", "key")); got != a {
			t.Errorf("the history holds %q", got)
		}
		if got := keys(p.find("lastViewed >= -1m", "key")); got != a {
			t.Errorf("seen just now are %q", got)
		}
		if at := p.must(200, "GET", "/issue/"+a+"?fields=lastViewed", nil).at("fields", "lastViewed"); at == nil {
			t.Error("the issue does not say when it was seen")
		}
		if at := p.as("ada").must(200, "GET", "/issue/"+a+"?fields=lastViewed", nil).at("fields", "lastViewed"); at != nil {
			t.Errorf("somebody else saw it at %v", at)
		}
		got := p.must(200, "GET", "/issue/picker?query=of+all&currentJQL="+url.QueryEscape("key = "+b), nil)
		if len(got.list("sections", 0, "issues")) != 1 || got.at("sections", 0, "issues", 0, "key") != a || got.at("sections", 1, "issues", 0, "key") != b || len(got.list("sections", 1, "issues")) != 1 {
			t.Errorf("picked are %s", got.raw)
		}
		if got := p.must(200, "GET", "/issue/picker?query=of+all&currentIssueKey="+a, nil); len(got.list("sections", 0, "issues")) != 0 || len(got.list("sections", 1, "issues")) != 1 {
			t.Errorf("beside %s: %s", a, got.raw)
		}
	})
}
