package jirasim_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/jirasim"
)

const agile = "/rest/agile/1.0"

// sprint makes one on the first board and returns its link.
func (p *play) sprint(name string) string {
	p.t.Helper()
	a := p.must(201, "POST", agile+"/sprint", map[string]any{"name": name, "originBoardId": 10000})
	return fmt.Sprintf("%s/sprint/%.0f", agile, a.at("id"))
}

func (p *play) start(sprint string) {
	p.t.Helper()
	p.must(200, "POST", sprint, `{"state":"active","startDate":"2026-11-24T09:00:00.000Z","endDate":"2026-12-08T09:00:00.000Z"}`)
}

// TestASprintFromItsPlanToItsEnd follows issues through a sprint: where they
// are listed, what their field shows, and what queries find.
func TestASprintFromItsPlanToItsEnd(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		one, two := p.create(map[string]any{"summary": "one"}), p.create(map[string]any{"summary": "two"})
		first := p.sprint("First")
		p.must(204, "POST", first+"/issue", map[string]any{"issues": []string{one}})
		listed := func(path, want string) {
			t.Helper()
			if got := keys(p.must(200, "GET", path, nil).list("issues")); got != want {
				t.Errorf("%s: %q, want %q", path, got, want)
			}
		}
		found := func(query, want string) {
			t.Helper()
			if got := keys(p.find(query, "summary")); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		listed(first+"/issue", one)
		listed(agile+"/board/10000/backlog", two)
		listed(agile+"/board/10000/issue", one+" "+two)
		found("sprint in futureSprints()", one)
		found("sprint is empty", two)
		p.start(first)
		found("sprint in openSprints()", one)
		found(`sprint = "First" order by rank`, one)
		p.must(200, "POST", first, `{"state":"closed"}`)
		found("sprint in closedSprints()", one)
		found("sprint in openSprints()", "")
		listed(agile+"/board/10000/backlog", one+" "+two)

		second := p.sprint("Second")
		p.must(204, "POST", second+"/issue", map[string]any{"issues": []string{one, two}, "rankAfterIssue": two})
		fields := p.must(200, "GET", agile+"/issue/"+one, nil)
		if fields.at("fields", "sprint", "name") != "Second" || dig(fields.list("fields", "closedSprints")[0], "name") != "First" {
			t.Errorf("it is in %v and was in %v", fields.at("fields", "sprint"), fields.at("fields", "closedSprints"))
		}
		p.must(204, "DELETE", second, nil)
		found("sprint is empty", two)
		p.must(404, "GET", second, nil)
	})
}

// TestTheSprintFieldOfEachFlavour: objects on Cloud, text on Data Center, and
// one number is written on both.
func TestTheSprintFieldOfEachFlavour(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		id := map[jirasim.Flavour]string{jirasim.Cloud: "customfield_10020", jirasim.DataCenter: "customfield_10104"}[p.opt.Flavour]
		key := p.create(nil)
		p.start(p.sprint("First"))
		p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{id: 10000}})
		shown := p.must(200, "GET", "/issue/"+key+"?expand=changelog", nil)
		switch is := shown.list("fields", id)[0].(type) {
		case map[string]any:
			if p.opt.Flavour != jirasim.Cloud || is["name"] != "First" || is["state"] != "active" || is["boardId"] != 10000.0 {
				t.Errorf("it shows %v", is)
			}
		case string:
			if p.opt.Flavour != jirasim.DataCenter || !strings.HasPrefix(is, "com.atlassian.greenhopper.service.sprint.Sprint@") ||
				!strings.Contains(is, "[id=10000,rapidViewId=10000,state=ACTIVE,name=First,startDate=2026-11-24T10:00:00.000+01:00,") {
				t.Errorf("it shows %v", is)
			}
		}
		item := dig(shown.list("changelog", "histories")[0], "items", 0)
		if dig(item, "field") != "Sprint" || dig(item, "from") != "" || dig(item, "to") != "10000" || dig(item, "toString") != "First" {
			t.Errorf("the changelog says %v", item)
		}
		p.must(200, "POST", agile+"/sprint/10000", `{"state":"closed"}`)
		p.sprint("Second")
		p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{id: 10001}})
		if got := p.must(200, "GET", "/issue/"+key, nil).list("fields", id); len(got) != 2 {
			t.Errorf("in a second sprint, after a closed one, it shows %v", got)
		}
		other := p.create(map[string]any{id: 10001})
		p.must(204, "PUT", "/issue/"+other, map[string]any{"fields": map[string]any{id: nil}})
		key = other
		if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", id); got != nil {
			t.Errorf("taken out it shows %v", got)
		}
	})
}

// TestEpicsAreParentsOnCloud: what joins an issue to an epic is its parent
// there, and Epic Link on Data Center.
func TestEpicsAreParentsOnCloud(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		epic := p.create(map[string]any{"summary": "epic", "issuetype": map[string]any{"name": "Epic"}})
		key := p.create(map[string]any{"summary": "child", "issuetype": map[string]any{"name": "Task"}})
		p.must(204, "POST", agile+"/epic/"+epic+"/issue", map[string]any{"issues": []string{key}})
		fields := p.must(200, "GET", "/issue/"+key, nil)
		link, query := "customfield_10014", `parent = `+epic+` and parentEpic = `+epic+` and "Epic Link" in (`+epic+`)`
		if p.opt.Flavour == jirasim.DataCenter {
			link, query = "customfield_10100", `"Epic Link" = `+epic
		}
		if fields.at("fields", link) != epic {
			t.Errorf("Epic Link is %v", fields.at("fields", link))
		}
		if parent := fields.at("fields", "parent", "key"); (parent == epic) != (p.opt.Flavour == jirasim.Cloud) {
			t.Errorf("the parent is %v", parent)
		}
		if got := keys(p.find(query, "summary")); got != key {
			t.Errorf("%s finds %q", query, got)
		}
		p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{link: nil}})
		if got := p.must(200, "GET", agile+"/epic/"+epic+"/issue", nil).list("issues"); len(got) != 0 {
			t.Errorf("taken out, it is still there: %v", got)
		}
	})
}

// TestBoardsAreSeenByWhoSeesTheirFilter, and others find nothing.
func TestBoardsAreSeenByWhoSeesTheirFilter(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		ada := p.as("ada")
		f := ada.must(200, "POST", "/filter", map[string]any{"name": "mine", "jql": "reporter = currentUser()"})
		b := ada.must(201, "POST", agile+"/board", map[string]any{"name": "Mine", "type": "scrum", "filterId": f.at("id"), "location": map[string]any{"type": "user"}})
		path := fmt.Sprintf("%s/board/%.0f", agile, b.at("id"))
		p.as("ben").must(404, "GET", path, nil)
		p.must(200, "GET", path, nil) // an administrator sees all
		if n := len(p.as("ben").must(200, "GET", agile+"/board", nil).list("values")); n != 1 {
			t.Errorf("ben sees %d boards", n)
		}
		ada.must(200, "PUT", "/filter/"+f.at("id").(string), map[string]any{"sharePermissions": []any{map[string]any{"type": "authenticated"}}})
		p.as("ben").must(200, "GET", path, nil)
		p.as("ben").must(403, "DELETE", path, nil)
		ada.must(204, "DELETE", path, nil)
		p.as("").must(401, "GET", agile+"/board", nil)
	})
}

// TestWebhooksTellOfSprintsAndBoards: sprint_updated as it was recorded.
func TestWebhooksTellOfSprintsAndBoards(t *testing.T) {
	_, recorded := recordedBody(t, "webhooks-cloud", "pinpt_sprint_updated_goal.json")
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Client, o.Now = &http.Client{Transport: r}, time.Now })
		p.must(201, "POST", p.hooks(), map[string]any{"name": "h", "url": "https://accord.example/hooks",
			"events": []string{"sprint_created", "sprint_updated", "sprint_started", "sprint_closed", "sprint_deleted", "board_created", "board_deleted"}})
		s := p.sprint("First")
		p.must(200, "POST", s, `{"goal":"take over the world"}`)
		p.start(s)
		p.must(200, "POST", s, `{"state":"closed"}`)
		p.must(204, "DELETE", p.sprint("Second"), nil)
		b := p.must(201, "POST", agile+"/board", `{"name":"B","type":"kanban","filterId":10000}`)
		p.must(204, "DELETE", fmt.Sprintf("%s/board/%.0f", agile, b.at("id")), nil)
		synctest.Wait()
		heard := r.all()
		for _, event := range []string{"sprint_created", "sprint_updated", "sprint_started", "sprint_closed", "sprint_deleted", "board_created", "board_deleted"} {
			if len(heard[event]) == 0 {
				t.Errorf("%s is not heard", event)
			}
		}
		var differ []string
		compareShape(jsonOf(t, heard["sprint_updated"][0].body), recorded, "", &differ)
		differ = slices.DeleteFunc(differ, func(s string) bool {
			return strings.Contains(s, "createdDate") || strings.Contains(s, ".oldValue.goal")
		}) // of 2020
		if len(differ) > 0 {
			t.Errorf("sprint_updated differs: %v", differ)
		}
	})
}

// TestBoardsAreShapedAsRecorded compares what is shown with recordings.
func TestBoardsAreShapedAsRecorded(t *testing.T) {
	for _, c := range []struct {
		flavour jirasim.Flavour
		path    string
		file    []string
		except  []string // what may differ, by how it ends
	}{
		{jirasim.Cloud, "/board/10000/sprint", []string{"rest-cloud-v2", "devlake_sprints.json"}, []string{".url is missing", "is not in Jira's"}}, // cut by who recorded it
		{jirasim.DataCenter, "/board/10000/sprint", []string{"rest-server-v2", "gojira_sprints.json"}, []string{"activatedDate is not in Jira's", "synced is not in Jira's", "autoStartStop is not in Jira's"}},
		{jirasim.DataCenter, "/board/10000/configuration", []string{"rest-server-v2", "gojira_board_configuration.json"}, []string{".subQuery is missing", ".min is missing", ".max is missing", "estimation is not in Jira's"}}, // of a kanban board
	} {
		_, recorded := recordedBody(t, c.file...)
		p := open(t, c.flavour)
		first := p.sprint("First")
		p.start(first)
		p.must(200, "POST", first, `{"state":"closed"}`)
		p.must(200, "POST", first, `{"goal":""}`)
		var differ []string
		compareShape(jsonOf(t, p.must(200, "GET", agile+c.path, nil).body), recorded, "", &differ)
		differ = slices.DeleteFunc(differ, func(s string) bool {
			return slices.ContainsFunc(c.except, func(e string) bool { return strings.HasSuffix(s, e) })
		})
		if len(differ) > 0 {
			t.Errorf("%s %s differs: %v", c.flavour, c.path, differ)
		}
	}
}

// TestBoardsAreKept: a site that was written down has its boards, sprints,
// filters and ranks again.
func TestBoardsAreKept(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		one, two := p.create(nil), p.create(nil)
		first := p.sprint("First")
		p.must(204, "POST", first+"/issue", map[string]any{"issues": []string{one, two}})
		p.must(204, "PUT", agile+"/issue/rank", map[string]any{"issues": []string{two}, "rankBeforeIssue": one})
		p.must(201, "PUT", first+"/properties/k", `{"a":1}`)
		paths := []string{first, first + "/issue?fields=summary", first + "/properties/k", agile + "/board", agile + "/board/10000/configuration", "/filter/10000"}
		var before []string
		for _, path := range paths {
			before = append(before, p.must(200, "GET", path, nil).raw)
		}
		var kept bytes.Buffer
		if err := p.sim.Save(&kept); err != nil {
			t.Fatal(err)
		}
		again := open(t, p.opt.Flavour)
		if err := again.sim.Load(&kept); err != nil {
			t.Fatal(err)
		}
		for n, path := range paths {
			if after := again.must(200, "GET", path, nil).raw; after != before[n] {
				t.Errorf("%s was\n%s\nand is\n%s", path, before[n], after)
			}
		}
	})
}

// TestIssuesOfBoardsByTokens: what Cloud lists under /rest/software, page by
// page, is what it lists under /rest/agile.
func TestIssuesOfBoardsByTokens(t *testing.T) {
	p := open(t, jirasim.Cloud)
	one, two, three := p.create(map[string]any{"summary": "one"}), p.create(map[string]any{"summary": "two"}), p.create(map[string]any{"summary": "three"})
	epic := p.create(map[string]any{"summary": "An epic", "issuetype": map[string]any{"name": "Epic"}})
	p.must(204, "POST", agile+"/epic/"+epic+"/issue", map[string]any{"issues": []string{one, two}})
	sprint := p.sprint("First")
	p.must(204, "POST", sprint+"/issue", map[string]any{"issues": []string{one}})
	for list, want := range map[string]string{
		"/board/10000/issue":                   one + " " + two + " " + three,
		"/board/10000/backlog":                 two + " " + three,
		"/board/10000/sprint/10000/issue":      one,
		"/board/10000/epic/none/issue":         three,
		"/board/10000/epic/" + epic + "/issue": one + " " + two,
		"/sprint/10000/issue":                  one,
		"/epic/none/issue":                     three,
		"/epic/" + epic + "/issue":             one + " " + two,
	} {
		var got []string
		for next := ""; ; {
			a := p.must(200, "GET", "/rest/software/1.0"+list+"?maxResults=1&nextPageToken="+next, nil)
			if next, _ = a.at("nextPageToken").(string); keys(a.list("issues")) != "" {
				got = append(got, keys(a.list("issues")))
			}
			if a.at("isLast") == true {
				break
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s lists %q, want %q", list, got, want)
		}
	}
	for list, want := range map[string]float64{"/board/10000/issue": 3, "/board/10000/backlog": 2} {
		if got := p.must(200, "GET", "/rest/software/1.0"+list+"/approximate-count?jql=summary+is+not+empty", nil).at("count"); got != want {
			t.Errorf("%s has %v, want %v", list, got, want)
		}
	}
	p.must(400, "GET", "/rest/software/1.0/board/10000/issue?nextPageToken=x", nil)
	p.must(400, "GET", "/rest/software/1.0/board/10000/issue?maxResults=0", nil)
	p.must(404, "GET", "/rest/software/1.0/board/9/issue", nil)
	if got := p.must(200, "GET", agile+"/board/10000/quickfilter", nil).list("values"); len(got) != 0 {
		t.Errorf("nobody made the quick filters %v", got)
	}
	p.must(404, "GET", agile+"/board/10000/quickfilter/1", nil)
	p.must(200, "GET", agile+"/board/10000/project/full", nil)
}
