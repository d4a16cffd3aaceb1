package jirasim_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"

	"example.com/accord/jirasim"
)

// TestABulkMoveTakesSubtasksAlong and leaves what the target does not know.
func TestABulkMoveTakesSubtasksAlong(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.found("NEW", "New things")
	p.version("1.0")
	top := p.create(map[string]any{"fixVersions": []any{map[string]any{"name": "1.0"}}})
	under := p.create(map[string]any{"issuetype": map[string]any{"name": "Sub-task"}, "parent": map[string]any{"key": top}})
	task := p.must(201, "POST", "/bulk/issues/move", map[string]any{"targetToSourcesMapping": map[string]any{"NEW,10002": map[string]any{"issueIdsOrKeys": []string{top, "NO-1"}}}}).at("taskId").(string)
	done := p.must(200, "GET", "/bulk/queue/"+task, nil)
	if done.at("status") != "COMPLETE" || len(done.list("processedAccessibleIssues")) != 1 || done.at("invalidOrInaccessibleIssueCount") != 1.0 {
		t.Errorf("the task: %s", done.raw)
	}
	a := p.must(200, "GET", "/issue/"+top, nil)
	if a.at("key") != "NEW-1" || a.at("fields", "issuetype", "name") != "Task" || len(a.list("fields", "fixVersions")) != 0 || a.at("fields", "subtasks", 0, "key") != "NEW-2" {
		t.Errorf("it is %v %v %v %v", a.at("key"), a.at("fields", "issuetype"), a.at("fields", "fixVersions"), a.at("fields", "subtasks"))
	}
	if b := p.must(200, "GET", "/issue/"+under, nil); b.at("key") != "NEW-2" || b.at("fields", "parent", "key") != "NEW-1" {
		t.Errorf("its sub-task is %v under %v", b.at("key"), b.at("fields", "parent", "key"))
	}
	other := p.create(nil)
	task = p.as("ada").must(201, "POST", "/bulk/issues/move", map[string]any{"targetToSourcesMapping": map[string]any{"NEW,10002": map[string]any{"issueIdsOrKeys": []string{other}}}}).at("taskId").(string)
	if got := p.as("ada").must(200, "GET", "/bulk/queue/"+task, nil); len(got.at("failedAccessibleIssues").(map[string]any)) != 1 {
		t.Errorf("a member moves: %s", got.raw)
	}
	p.as("ben").must(404, "GET", "/task/"+task, nil)
}

// TestAnArchivedIssueIsReadOnly and not found by a search.
func TestAnArchivedIssueIsReadOnly(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		set := func(on bool) {
			if p.opt.Flavour == jirasim.Cloud {
				p.must(200, "PUT", map[bool]string{true: "/issue/archive", false: "/issue/unarchive"}[on], map[string]any{"issueIdsOrKeys": []string{key}})
				return
			}
			p.must(204, "PUT", "/issue/"+key+map[bool]string{true: "/archive", false: "/restore"}[on], nil)
		}
		find := func() int {
			if p.opt.Flavour == jirasim.Cloud {
				return len(p.must(200, "POST", "/search/jql", `{"jql":"project = SUP"}`).list("issues"))
			}
			return len(p.must(200, "POST", "/search", `{"jql":"project = DEV"}`).list("issues"))
		}
		if n := find(); n != 1 {
			t.Fatalf("%d are found before", n)
		}
		set(true)
		p.must(200, "GET", "/issue/"+key, nil)
		p.must(400, "PUT", "/issue/"+key, `{"fields":{"summary":"x"}}`)
		p.must(400, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("x")})
		if n := find(); n != 0 {
			t.Errorf("%d are found in the archive", n)
		}
		set(false)
		p.must(204, "PUT", "/issue/"+key, `{"fields":{"summary":"x"}}`)
		if n := find(); n != 1 {
			t.Errorf("%d are found afterwards", n)
		}
	})
}

// TestHistoriesOfManyIssues come in pages, oldest first.
func TestHistoriesOfManyIssues(t *testing.T) {
	p := open(t, jirasim.Cloud)
	var keys []string
	for range 3 {
		keys = append(keys, p.create(nil))
	}
	for n := range 6 {
		p.must(204, "PUT", "/issue/"+keys[n%3], map[string]any{"fields": map[string]any{"summary": fmt.Sprint("s", n), "labels": []string{fmt.Sprint("l", n)}}})
	}
	p.must(204, "PUT", "/issue/"+keys[0], `{"fields":{"priority":{"name":"Low"}}}`)
	seen, pages, token := 0, 0, any(nil)
	for {
		in := map[string]any{"issueIdsOrKeys": keys, "maxResults": 4}
		if token != nil {
			in["nextPageToken"] = token
		}
		a := p.must(200, "POST", "/changelog/bulkfetch", in)
		for _, x := range a.list("issueChangeLogs") {
			seen += len(dig(x, "changeHistories").([]any))
		}
		pages++
		if token = a.at("nextPageToken"); token == nil {
			break
		}
	}
	if seen != 7 || pages != 2 {
		t.Errorf("%d entries on %d pages, want 7 on 2", seen, pages)
	}
	only := p.must(200, "POST", "/changelog/bulkfetch", map[string]any{"issueIdsOrKeys": keys, "fieldIds": []string{"priority"}})
	if len(only.list("issueChangeLogs")) != 1 || only.at("issueChangeLogs", 0, "changeHistories", 0, "items", 0, "field") != "priority" {
		t.Errorf("of one field: %s", only.raw)
	}
	id := only.at("issueChangeLogs", 0, "changeHistories", 0, "id")
	if a := p.must(200, "POST", "/issue/"+keys[0]+"/changelog/list", map[string]any{"changelogIds": []any{id, 1}}); len(a.list("histories")) != 1 {
		t.Errorf("by id: %s", a.raw)
	}
	p.must(400, "POST", "/changelog/bulkfetch", `{"issueIdsOrKeys":[]}`)
}

// TestASessionIsACookie on Data Center.
func TestASessionIsACookie(t *testing.T) {
	p := open(t, jirasim.DataCenter)
	p.as("").must(401, "POST", "/rest/auth/1/session", `{"username":"ada","password":"no"}`)
	a := p.as("").must(200, "POST", "/rest/auth/1/session", `{"username":"ada","password":"ada"}`)
	q := p.as("")
	q.with = http.Header{"Cookie": {fmt.Sprintf("%s=%s", a.at("session", "name"), a.at("session", "value"))}}
	if got := q.must(200, "GET", "/myself", nil).at("name"); got != "ada" {
		t.Errorf("the cookie is of %v", got)
	}
	q.with = http.Header{"Cookie": {"JSESSIONID=x"}}
	q.must(401, "GET", "/myself", nil)
}

// TestGroupsHideAndShow: who joins one sees what is for it.
func TestGroupsHideAndShow(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		p.as("ada").must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("inside"), "visibility": map[string]any{"type": "group", "value": "staff"}})
		count := func() int { return len(p.as("cleo").must(200, "GET", "/issue/"+key+"/comment", nil).list("comments")) }
		if n := count(); n != 0 {
			t.Errorf("cleo sees %d from outside", n)
		}
		in := map[string]any{"name": "cleo"}
		if p.opt.Flavour == jirasim.Cloud {
			in = map[string]any{"accountId": p.user("cleo")}
		}
		p.as("ada").must(403, "POST", "/group/user?groupname=staff", in)
		p.must(201, "POST", "/group/user?groupname=staff", in)
		if n := count(); n != 1 {
			t.Errorf("cleo sees %d from inside", n)
		}
		if a := p.must(200, "GET", "/group/member?groupname=staff", nil); a.at("total") != 3.0 {
			t.Errorf("its members: %s", a.raw)
		}
	})
}

// TestVersionsAreToldOf by webhooks of their own, whatever their filter says.
func TestVersionsAreToldOf(t *testing.T) {
	for _, c := range []struct {
		event string
		do    func(p *play, a, b string)
	}{
		{"jira:version_created", func(p *play, _, _ string) { p.version("c") }},
		{"jira:version_updated", func(p *play, a, _ string) { p.must(200, "PUT", "/version/"+a, `{"description":"x"}`) }},
		{"jira:version_released", func(p *play, a, _ string) { p.must(200, "PUT", "/version/"+a, `{"released":true}`) }},
		{"jira:version_moved", func(p *play, a, _ string) { p.must(200, "POST", "/version/"+a+"/move", `{"position":"Last"}`) }},
		{"jira:version_deleted", func(p *play, a, b string) { p.must(204, "PUT", "/version/"+a+"/mergeto/"+b, nil) }},
		{"project_updated", func(p *play, _, _ string) { p.must(200, "PUT", "/project/SUP", `{"name":"Other"}`) }},
		{"project_soft_deleted", func(p *play, _, _ string) { p.must(204, "DELETE", "/project/SUP", nil) }},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := &receiver{}
			p := listening(t, jirasim.Cloud, r, "project = NOPE")
			p.must(201, "POST", p.hooks(), map[string]any{"name": "v", "url": "https://accord.example/{project.key}/{version.id}", "events": []string{c.event}, "filters": map[string]string{"issue-related-events-section": "project = NOPE"}})
			a, b := p.version("a"), p.version("b")
			synctest.Wait()
			before := len(r.list())
			c.do(p, a, b)
			synctest.Wait()
			all := r.list()[before:]
			if len(all) != 1 || all[0].body["webhookEvent"] != c.event {
				t.Fatalf("%s: %d are heard", c.event, len(all))
			}
			got := all[0].body
			if dig(got, "version", "name") == nil && dig(got, "project", "key") == nil {
				t.Errorf("%s tells of nothing: %v", c.event, got)
			}
			if c.event == "jira:version_deleted" && dig(got, "mergedTo", "name") != "b" {
				t.Errorf("it was merged into %v", got["mergedTo"])
			}
			if c.event == "jira:version_updated" && all[0].url != "https://accord.example/SUP/"+a {
				t.Errorf("it is told at %s", all[0].url)
			}
		})
	}
}
