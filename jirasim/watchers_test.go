package jirasim_test

import (
	"strconv"
	"testing"

	"example.com/accord/jirasim"
)

// name is how a request names an account.
func (p *play) name(who string) string {
	p.t.Helper()
	if p.opt.Flavour == jirasim.DataCenter {
		return who
	}
	return p.user(who)
}

// unwatch ends that the administrator watches what he made.
func (p *play) unwatch(key string) {
	p.t.Helper()
	p.must(204, "DELETE", "/issue/"+key+"/watchers"+map[jirasim.Flavour]string{jirasim.Cloud: "?accountId=", jirasim.DataCenter: "?username="}[p.opt.Flavour]+p.name("admin"), nil)
}

// TestWhoSpeaksWatches: as Jira's preference has it from the start, whoever makes an
// issue or comments on it watches it, and whoever only changes it does not.
func TestWhoSpeaksWatches(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		watched := func(who, key string) any {
			return p.as(who).must(200, "GET", "/issue/"+key+"?fields=watches", nil).at("fields", "watches", "isWatching")
		}
		key := p.create(nil)
		p.as("ada").must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{"summary": "other"}})
		if watched("admin", key) != true || watched("ada", key) != false {
			t.Error("whoever makes it does not watch it, or whoever changes it does")
		}
		p.as("ada").must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("I see.")})
		if watched("ada", key) != true {
			t.Error("whoever comments on it does not watch it")
		}
		p.must(200, "POST", "/_sim/settings", `{"watchingEnabled":false}`)
		if p.create(nil); watched("admin", dig(p.last, "key").(string)) != false {
			t.Error("it is watched where nothing can be")
		}
	})
}

func TestWatchers(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		at := "/issue/" + key + "/watchers"
		p.unwatch(key)
		drop := at + map[jirasim.Flavour]string{jirasim.Cloud: "?accountId=", jirasim.DataCenter: "?username="}[p.opt.Flavour]
		before := p.as("ada").must(200, "GET", "/issue/"+key, nil).at("fields", "updated")
		p.as("ada").must(204, "POST", at, nil)
		p.must(204, "POST", at, strconv.Quote(p.name("ben")))
		p.must(204, "POST", at, strconv.Quote(p.name("ben")))
		a := p.as("ada").must(200, "GET", at, nil)
		if a.at("watchCount") != 2.0 || a.at("isWatching") != true || len(a.list("watchers")) != 2 {
			t.Errorf("it is watched by %s", a.raw)
		}
		if got := p.as("ada").must(200, "GET", "/issue/"+key, nil); got.at("fields", "watches", "isWatching") != true || got.at("fields", "updated") != before {
			t.Errorf("the issue shows %v of %v", got.at("fields", "watches"), got.at("fields", "updated"))
		}
		denied := map[jirasim.Flavour]int{jirasim.Cloud: 403, jirasim.DataCenter: 401}[p.opt.Flavour]
		p.as("ada").must(denied, "POST", at, strconv.Quote(p.name("cleo")))
		p.as("ada").must(denied, "DELETE", drop+p.name("ben"), nil)
		p.as("ada").must(204, "DELETE", drop+p.name("ada"), nil)
		p.must(400, "DELETE", at, nil)
		p.must(404, "DELETE", drop+"zoe", nil)
		p.must(400, "POST", at, `{`)
		p.must(200, "POST", "/_sim/permissions", map[string]any{"account": "cleo@example.com", "permission": "BROWSE_PROJECTS"})
		p.must(400, "POST", at, strconv.Quote(p.name("cleo")))
		if n := p.must(200, "GET", at, nil).at("watchCount"); n != 1.0 {
			t.Errorf("%v watch it", n)
		}
		p.must(200, "POST", "/_sim/settings", `{"watchingEnabled":false}`)
		p.must(404, "POST", at, nil)
	})
}

// TestManyIssuesAreWatched by one call, on Cloud.
func TestManyIssuesAreWatched(t *testing.T) {
	p := open(t, jirasim.Cloud)
	a, b := p.create(nil), p.create(nil)
	for on, path := range map[bool]string{true: "/bulk/issues/watch", false: "/bulk/issues/unwatch"} {
		if on {
			p.as("ada").must(204, "POST", "/issue/"+a+"/watchers", nil)
		}
		id := p.as("ada").must(201, "POST", path, map[string]any{"selectedIssueIdsOrKeys": []string{a, b}}).at("taskId").(string)
		if s := p.as("ada").must(200, "GET", "/bulk/queue/"+id, nil).at("status"); s != "COMPLETE" {
			t.Errorf("the task is %v", s)
		}
		for _, key := range []string{a, b} {
			if got := p.as("ada").must(200, "GET", "/issue/"+key+"/watchers", nil).at("isWatching"); got != on {
				t.Errorf("%s after %s: %v", key, path, got)
			}
		}
	}
	p.as("").must(401, "POST", "/bulk/issues/watch", `{}`)
	p.must(400, "POST", "/bulk/issues/watch", `{}`)
}

func TestVotes(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		at := "/issue/" + key + "/votes"
		done := map[jirasim.Flavour]int{jirasim.Cloud: 204, jirasim.DataCenter: 200}[p.opt.Flavour]
		p.must(404, "POST", at, nil) // its reporter
		p.as("ada").must(404, "DELETE", at, nil)
		p.as("ada").must(done, "POST", at, nil)
		p.as("ada").must(done, "POST", at, nil)
		p.as("ben").must(done, "POST", at, nil)
		a := p.as("ben").must(200, "GET", at, nil)
		if a.at("votes") != 2.0 || a.at("hasVoted") != true || dig(a.list("voters")[0], "displayName") != "Ada Brandt" {
			t.Errorf("the votes are %s", a.raw)
		}
		p.as("ben").must(204, "DELETE", at, nil)
		if v := p.must(200, "GET", "/issue/"+key, nil).at("fields", "votes", "votes"); v != 1.0 {
			t.Errorf("the issue shows %v", v)
		}
		for _, id := range map[jirasim.Flavour][]string{jirasim.Cloud: {"11", "21", "31"}, jirasim.DataCenter: {"4", "711", "2"}}[p.opt.Flavour] {
			p.must(204, "POST", "/issue/"+key+"/transitions", map[string]any{"transition": map[string]any{"id": id}})
		}
		p.as("cleo").must(404, "POST", at, nil)
		p.must(200, "POST", "/_sim/settings", `{"votingEnabled":false}`)
		p.must(404, "GET", at, nil)
	})
}

func TestSettingsHaveBounds(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		for _, s := range []string{`{"workingHoursPerDay":0}`, `{"workingDaysPerWeek":8}`, `{"uploadLimit":-1}`, `{"votingEnabled":5}`} {
			p.must(400, "POST", "/_sim/settings", s)
		}
		p.must(200, "POST", "/_sim/settings", `{"workingHoursPerDay":6,"timeTrackingEnabled":true}`)
		if h := p.must(200, "GET", "/configuration", nil).at("timeTrackingConfiguration", "workingHoursPerDay"); h != 6.0 {
			t.Errorf("a day has %v hours", h)
		}
		p.as("").must(401, "GET", "/configuration", nil)
		key := p.create(map[string]any{"timetracking": map[string]any{"originalEstimate": "1d"}})
		if s := p.must(200, "GET", "/issue/"+key, nil).at("fields", "timetracking", "originalEstimateSeconds"); s != 21600.0 {
			t.Errorf("a day of work has %v seconds", s)
		}
		p.must(200, "POST", "/_sim/settings", `{"timeTrackingEnabled":false}`)
		p.must(404, "GET", "/issue/"+key+"/worklog", nil)
		p.must(404, "POST", "/issue/"+key+"/worklog", `{"timeSpent":"1h"}`)
	})
}

func TestLabelsAreListed(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.create(map[string]any{"labels": []string{"b", "a"}})
	p.create(map[string]any{"labels": []string{"c", "a"}})
	a := p.must(200, "GET", "/label?startAt=1&maxResults=1", nil)
	if a.at("total") != 3.0 || a.at("values", 0) != "b" || a.at("isLast") != false {
		t.Errorf("the labels are %s", a.raw)
	}
	if n := p.as("").must(200, "GET", "/label", nil).at("total"); n != 0.0 {
		t.Errorf("nobody sees %v labels", n)
	}
}
