package jirasim_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// version makes a version of the first project and returns its id.
func (p *play) version(name string) string {
	p.t.Helper()
	return p.must(201, "POST", "/version", map[string]any{"project": p.project(), "name": name}).at("id").(string)
}

func namesOf(list []any) []string {
	out := []string{}
	for _, x := range list {
		out = append(out, dig(x, "name").(string))
	}
	return out
}

func TestAVersionIsMadeReadChangedAndDeleted(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		a := p.must(201, "POST", "/version", map[string]any{"project": p.project(), "name": " 1.0 ", "description": "first", "startDate": "2026-11-01", "releaseDate": "2026-11-23"})
		id := a.at("id").(string)
		for path, want := range map[string]any{"name": "1.0", "description": "first", "startDate": "2026-11-01", "releaseDate": "2026-11-23", "userReleaseDate": "23/Nov/2026",
			"released": false, "archived": false, "overdue": true, "projectId": 10000.0, "self": "https://jira.example.com" + p.api + "/version/" + id} {
			if a.at(path) != want {
				t.Errorf("%s is %v, want %v", path, a.at(path), want)
			}
		}
		p.must(200, "PUT", "/version/"+id, `{"released":true,"releaseDate":"2026-11-24"}`)
		if a := p.must(200, "GET", "/version/"+id, nil); a.at("released") != true || a.at("overdue") != false || a.at("name") != "1.0" {
			t.Errorf("released: %s", a.raw)
		}
		if got := namesOf(p.must(200, "GET", "/project/"+p.project()+"/versions", nil).list()); !reflect.DeepEqual(got, []string{"1.0"}) {
			t.Errorf("the project has %v", got)
		}
		p.must(204, "DELETE", "/version/"+id, nil)
		p.must(404, "GET", "/version/"+id, nil)
	})
}

func TestVersionsAreRefused(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		id := p.version("1.0")
		for name, c := range map[string]struct {
			who, method, path, body string
			status                  int
		}{
			"nobody":          {"", "POST", "/version", `{"project":"X","name":"n"}`, 401},
			"a member":        {"ada", "POST", "/version", `{"project":"` + p.project() + `","name":"n"}`, 403},
			"a member's edit": {"ada", "PUT", "/version/" + id, `{"name":"n"}`, 403},
			"a member's end":  {"ada", "DELETE", "/version/" + id, ``, 403},
			"no project":      {"admin", "POST", "/version", `{"name":"n"}`, 400},
			"a wrong project": {"admin", "POST", "/version", `{"name":"n","project":"NOPE"}`, 404},
			"no name":         {"admin", "POST", "/version", `{"project":"` + p.project() + `"}`, 400},
			"a long name":     {"admin", "PUT", "/version/" + id, `{"name":"` + strings.Repeat("x", 256) + `"}`, 400},
			"a name twice":    {"admin", "POST", "/version", `{"project":"` + p.project() + `","name":"1.0"}`, 400},
			"no date":         {"admin", "PUT", "/version/" + id, `{"releaseDate":"tomorrow"}`, 400},
			"dates reversed":  {"admin", "PUT", "/version/" + id, `{"startDate":"2026-02-02","releaseDate":"2026-02-01"}`, 400},
			"no position":     {"admin", "POST", "/version/" + id + "/move", `{}`, 400},
			"a wrong one":     {"admin", "POST", "/version/" + id + "/move", `{"position":"Middle"}`, 400},
			"into itself":     {"admin", "PUT", "/version/" + id + "/mergeto/" + id, ``, 400},
			"into nothing":    {"admin", "PUT", "/version/" + id + "/mergeto/9", ``, 404},
			"not JSON":        {"admin", "PUT", "/version/" + id, `{`, 400},
		} {
			if a := p.as(c.who).do(c.method, c.path, c.body); a.status != c.status {
				t.Errorf("%s: %d, want %d\n%s", name, a.status, c.status, a.raw)
			}
		}
	})
}

func TestVersionsHaveAnOrder(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		a, b, c := p.version("a"), p.version("b"), p.version("c")
		self := p.must(200, "GET", "/version/"+c, nil).at("self")
		for _, m := range []struct{ id, body, want string }{
			{c, `{"position":"First"}`, "c a b"},
			{c, `{"position":"Later"}`, "a c b"},
			{b, `{"position":"Earlier"}`, "a b c"},
			{a, `{"position":"Last"}`, "b c a"},
			{b, fmt.Sprintf(`{"after":%q}`, self), "c b a"},
		} {
			p.must(200, "POST", "/version/"+m.id+"/move", m.body)
			if got := strings.Join(namesOf(p.must(200, "GET", "/project/"+p.project()+"/versions", nil).list()), " "); got != m.want {
				t.Errorf("after %s: %s, want %s", m.body, got, m.want)
			}
		}
		page := p.must(200, "GET", "/project/"+p.project()+"/version?maxResults=2&orderBy=-name", nil)
		if got := namesOf(page.list("values")); !reflect.DeepEqual(got, []string{"c", "b"}) || page.at("total") != 3.0 || page.at("isLast") != false || page.at("nextPage") == nil {
			t.Errorf("a page: %s", page.raw)
		}
		if got := namesOf(p.must(200, "GET", "/project/"+p.project()+"/version?query=A", nil).list("values")); !reflect.DeepEqual(got, []string{"a"}) {
			t.Errorf("found %v", got)
		}
	})
}

// TestAnIssueHoldsVersions: by name or id, by the verbs of update, and the
// history has an entry for each value: docs/JIRA.md "Changelog".
func TestAnIssueHoldsVersions(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		one, two := p.version("1"), p.version("2")
		key := p.create(map[string]any{"fixVersions": []any{map[string]any{"name": "1"}}, "versions": []any{map[string]any{"id": one}}})
		p.must(204, "PUT", "/issue/"+key, map[string]any{"update": map[string]any{"fixVersions": []any{map[string]any{"add": map[string]any{"id": two}}, map[string]any{"remove": map[string]any{"name": "1"}}}}})
		a := p.must(200, "GET", "/issue/"+key, nil)
		if got := namesOf(a.list("fields", "fixVersions")); !reflect.DeepEqual(got, []string{"2"}) || a.at("fields", "versions", 0, "id") != one || a.at("fields", "versions", 0, "released") != false {
			t.Errorf("it has %v and %v", got, a.at("fields", "versions"))
		}
		var got []string
		hs := p.must(200, "GET", "/issue/"+key+"?expand=changelog", nil).at("changelog", "histories", 0, "items").([]any)
		for _, it := range hs {
			got = append(got, fmt.Sprint(dig(it, "field"), dig(it, "from"), dig(it, "fromString"), dig(it, "to"), dig(it, "toString")))
		}
		if want := []string{fmt.Sprint("Fix Version", one, "1", nil, nil), fmt.Sprint("Fix Version", nil, nil, two, "2")}; !reflect.DeepEqual(got, want) {
			t.Errorf("the history says %q, want %q", got, want)
		}
		refused := p.must(400, "PUT", "/issue/"+key, `{"fields":{"fixVersions":[{"name":"3"}]}}`)
		if refused.at("errors", "fixVersions") != "Version name '3' is not valid" {
			t.Errorf("an unknown one: %s", refused.raw)
		}
		counts := p.must(200, "GET", "/version/"+two+"/relatedIssueCounts", nil)
		if counts.at("issuesFixedCount") != 1.0 || counts.at("issuesAffectedCount") != 0.0 {
			t.Errorf("counts: %s", counts.raw)
		}
		if a := p.must(200, "GET", "/version/"+two+"/unresolvedIssueCount", nil); a.at("issuesUnresolvedCount") != 1.0 {
			t.Errorf("open: %s", a.raw)
		}
	})
}

// TestVersionsGoAndOthersTakeTheirPlace by deleting, swapping, merging and
// releasing.
func TestVersionsGoAndOthersTakeTheirPlace(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		for _, c := range []struct {
			method, path string
			body         func(to string) any
			fix, affects string
		}{
			{"DELETE", "/version/%s", nil, "", ""},
			{"DELETE", "/version/%s?moveFixIssuesTo=%s", nil, "b", ""},
			{"POST", "/version/%s/removeAndSwap", func(to string) any { return `{"moveFixIssuesTo":` + to + `,"moveAffectedIssuesTo":` + to + `}` }, "b", "b"},
			{"POST", "/version/%s/removeAndSwap", func(string) any { return `{}` }, "", ""},
			{"PUT", "/version/%s/mergeto/%s", nil, "b", "b"},
			{"PUT", "/version/%s", func(to string) any { return `{"released":true,"moveUnfixedIssuesTo":"https://x/version/` + to + `"}` }, "b", "a"},
		} {
			p := open(t, p.opt.Flavour)
			a, b := p.version("a"), p.version("b")
			key := p.create(map[string]any{"fixVersions": []any{map[string]any{"id": a}}, "versions": []any{map[string]any{"id": a}}})
			path := strings.ReplaceAll(strings.Replace(c.path, "%s", a, 1), "%s", b)
			var body any
			status := 204
			if c.body != nil {
				body = c.body(b)
			}
			if c.path == "/version/%s" && c.method == "PUT" {
				status = 200
			}
			p.must(status, c.method, path, body)
			i := p.must(200, "GET", "/issue/"+key, nil)
			if fix, affects := strings.Join(namesOf(i.list("fields", "fixVersions")), ","), strings.Join(namesOf(i.list("fields", "versions")), ","); fix != c.fix || affects != c.affects {
				t.Errorf("%s %s: fixes %q, affects %q, want %q and %q", c.method, c.path, fix, affects, c.fix, c.affects)
			}
		}
	})
}

func TestAVersionIsLikeTheRecordedOne(t *testing.T) {
	_, theirs := recordedBody(t, "rest-server-v2", "ruby_version.post.json")
	p := open(t, jirasim.DataCenter)
	var found []string
	compareShape(p.must(201, "POST", "/version", `{"project":"DEV","name":"2.0"}`).body, theirs, "", &found)
	if want := []string{".projectId is not in Jira's"}; !reflect.DeepEqual(found, want) { // it is of 2013
		t.Errorf("it differs in %v, want %v", found, want)
	}
}
