package jirasim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim"
)

// TestWorkMovesTheEstimate as adjustEstimate says.
func TestWorkMovesTheEstimate(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		for _, c := range []struct {
			query string
			want  any // remaining seconds of 8 hours after 1 hour of work
		}{
			{"", 7.0 * 3600}, {"?adjustEstimate=auto", 7.0 * 3600}, {"?adjustEstimate=leave", 8.0 * 3600},
			{"?adjustEstimate=new&newEstimate=2h", 2.0 * 3600}, {"?adjustEstimate=manual&reduceBy=3h", 5.0 * 3600}, {"?adjustEstimate=manual&reduceBy=3w", 0.0},
		} {
			key := p.create(map[string]any{"timetracking": map[string]any{"originalEstimate": "1d"}})
			p.must(201, "POST", "/issue/"+key+"/worklog"+c.query, `{"timeSpent":"1h"}`)
			tt := p.must(200, "GET", "/issue/"+key, nil).at("fields", "timetracking")
			if dig(tt, "remainingEstimateSeconds") != c.want || dig(tt, "timeSpent") != "1h" || dig(tt, "originalEstimate") != "1d" {
				t.Errorf("%s: %v, want %v", c.query, tt, c.want)
			}
		}
		key := p.create(nil)
		for query, field := range map[string]string{"?adjustEstimate=new": "newEstimate", "?adjustEstimate=new&newEstimate=x": "newEstimate", "?adjustEstimate=manual": "reduceBy", "?adjustEstimate=manual&reduceBy=x": "adjustmentAmount"} {
			if a := p.must(400, "POST", "/issue/"+key+"/worklog"+query, `{"timeSpent":"1h"}`); a.at("errors", field) == nil {
				t.Errorf("%s: it says %s", query, a.raw)
			}
		}
		p.must(400, "POST", "/issue/"+key+"/worklog?adjustEstimate=x", `{"timeSpent":"1h"}`)
	})
}

func TestAWorklogFromItsBeginningToItsEnd(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(map[string]any{"timetracking": map[string]any{"originalEstimate": "4h", "remainingEstimate": "3h"}})
		at := "/issue/" + key + "/worklog"
		p.at = p.at.Add(time.Minute)
		made := p.as("ada").must(201, "POST", at, map[string]any{"timeSpentSeconds": 5400, "started": "2026-11-20T09:00:00.000+0100", "comment": p.text("looked")})
		if made.at("timeSpent") != "1h 30m" || made.at("started") != "2026-11-20T03:00:00.000-0500" || made.at("author", "displayName") != "Ada Brandt" || made.at("issueId") == nil {
			t.Errorf("it is %s", made.raw)
		}
		id := made.at("id").(string)
		p.as("ben").must(map[jirasim.Flavour]int{jirasim.Cloud: 400, jirasim.DataCenter: 403}[p.opt.Flavour], "PUT", at+"/"+id, `{"timeSpent":"1h"}`)
		p.as("ada").must(200, "PUT", at+"/"+id, `{"timeSpent":"2h"}`)
		i := p.must(200, "GET", "/issue/"+key+"?expand=changelog", nil)
		if i.at("fields", "timespent") != 7200.0 || i.at("fields", "timeestimate") != 3600.0 || i.at("fields", "progress", "percent") != 66.0 || i.at("fields", "worklog", "total") != 1.0 || i.at("fields", "workratio") != 50.0 {
			t.Errorf("the issue is %s", i.raw)
		}
		if i.at("changelog", "total") != 2.0 || !strings.Contains(i.raw, `"timespent"`) || !strings.Contains(i.raw, `"WorklogId"`) {
			t.Errorf("the history is %v", i.at("changelog"))
		}
		if one := p.must(200, "GET", at+"/"+id, nil); fmt.Sprint(one.at("comment")) != fmt.Sprint(p.text("looked")) {
			t.Errorf("the comment is %v", one.at("comment"))
		}
		p.must(204, "DELETE", at+"/"+id, nil)
		i = p.must(200, "GET", "/issue/"+key, nil)
		if i.at("fields", "timespent") != 0.0 || i.at("fields", "timeestimate") != 10800.0 {
			t.Errorf("in the end %v, %v", i.at("fields", "timespent"), i.at("fields", "timeestimate"))
		}
		p.must(404, "GET", at+"/"+id, nil)
	})
}

func TestWorklogsAreRefused(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		for body, field := range map[string]string{`{}`: "timeLogged", `{"timeSpent":"soon"}`: "timeLogged", `{"timeSpentSeconds":-5}`: "timeLogged", `{"timeSpentSeconds":5}`: "timeLogged",
			`{"timeSpent":"1h","started":"today"}`: "started", `{"timeSpent":"1h","comment":5}`: "comment", `{"timeSpent":"1h","visibility":{"type":"group","value":"x"}}`: "commentLevel"} {
			if a := p.must(400, "POST", "/issue/"+key+"/worklog", body); a.at("errors", field) == nil {
				t.Errorf("%s: it says %s", body, a.raw)
			}
		}
		p.deny("ben", "WORK_ON_ISSUES")
		p.as("ben").must(400, "POST", "/issue/"+key+"/worklog", `{"timeSpent":"1h"}`)
		p.must(400, "POST", "/issue/"+key+"/worklog", `{"timeSpentSeconds":"x"}`)
		p.must(404, "GET", "/issue/"+key+"/worklog/77", nil)
		p.must(400, "POST", "/worklog/list", `{"ids":[]}`)
	})
}

// TestWorkCanBeRestricted: those who are not in the group do not see it, and
// the time still counts.
func TestWorkCanBeRestricted(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		id := p.as("ada").must(201, "POST", "/issue/"+key+"/worklog", `{"timeSpent":"1h","visibility":{"type":"group","value":"staff"}}`).at("id").(string)
		for who, want := range map[string]float64{"ada": 1, "ben": 1, "cleo": 0, "admin": 0} {
			if n := p.as(who).must(200, "GET", "/issue/"+key+"/worklog", nil).at("total"); n != want {
				t.Errorf("%s sees %v", who, n)
			}
			if n := p.as(who).must(200, "GET", "/issue/"+key, nil).at("fields", "worklog", "total"); n != want {
				t.Errorf("%s sees %v in the issue", who, n)
			}
		}
		p.must(404, "GET", "/issue/"+key+"/worklog/"+id, nil)
		if n := len(p.must(200, "POST", "/worklog/list", `{"ids":[`+id+`]}`).list()); n != 0 {
			t.Errorf("%d are listed", n)
		}
		if s := p.must(200, "GET", "/issue/"+key, nil).at("fields", "timespent"); s != 3600.0 {
			t.Errorf("%v seconds were spent", s)
		}
	})
}

// TestFeedsOfWorklogs leave out the last minute, and come in pages of 1,000.
func TestFeedsOfWorklogs(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.must(200, "POST", "/_sim/faults", `{"limits":false}`)
		key := p.create(nil)
		for range 1003 {
			p.at = p.at.Add(time.Second)
			p.must(201, "POST", "/issue/"+key+"/worklog", `{"timeSpent":"1m"}`)
		}
		p.at = p.at.Add(30 * time.Second)
		early := p.must(200, "GET", "/worklog/updated?since=0", nil)
		if n := len(early.list("values")); n >= 1000 || early.at("lastPage") != true {
			t.Errorf("%d are told of too early", n)
		}
		p.at = p.at.Add(2 * time.Minute)
		first := p.must(200, "GET", "/worklog/updated?since=0", nil)
		if len(first.list("values")) != 1000 || first.at("lastPage") != false || first.at("nextPage") == nil {
			t.Fatalf("the first page has %d", len(first.list("values")))
		}
		next := strings.TrimPrefix(first.at("nextPage").(string), p.opt.PublicURL)
		if n := len(p.must(200, "GET", next, nil).list("values")); n != 4 { // from the last of the first page on
			t.Errorf("the second page has %d", n)
		}
		id := fmt.Sprintf("%.0f", first.at("values", 0, "worklogId"))
		p.must(204, "DELETE", "/issue/"+key+"/worklog/"+id, nil)
		p.must(204, "DELETE", "/issue/"+key, nil)
		p.at = p.at.Add(2 * time.Minute)
		gone := p.must(200, "GET", "/worklog/deleted?since=0", nil)
		if got := fmt.Sprintf("%.0f", gone.at("values", 0, "worklogId")); got != id || gone.at("lastPage") != false {
			t.Errorf("deleted first: %s, want %s", got, id)
		}
	})
}

// TestWorkComesWithAnEdit, and estimates by their verbs.
func TestWorkComesWithAnEdit(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		p.must(204, "PUT", "/issue/"+key, `{"update":{"timetracking":[{"edit":{"originalEstimate":"1w 1d","remainingEstimate":"4d"}}],"worklog":[{"add":{"timeSpent":"60m","adjustEstimate":"leave"}}]}}`)
		tt := p.must(200, "GET", "/issue/"+key, nil).at("fields", "timetracking")
		if dig(tt, "originalEstimate") != "1w 1d" || dig(tt, "remainingEstimate") != "4d" || dig(tt, "timeSpent") != "1h" {
			t.Errorf("it is %v", tt)
		}
		p.must(204, "PUT", "/issue/"+key, `{"fields":{"timetracking":{"remainingEstimate":""}}}`)
		if tt := p.must(200, "GET", "/issue/"+key, nil).at("fields", "timetracking"); dig(tt, "remainingEstimate") != nil {
			t.Errorf("it is still %v", tt)
		}
		for _, body := range []string{`{"fields":{"timetracking":{"originalEstimate":"soon"}}}`, `{"fields":{"timetracking":5}}`, `{"update":{"timetracking":[{"add":{}}]}}`, `{"update":{"worklog":[{"set":{}}]}}`, `{"update":{"worklog":[{"add":5}]}}`, `{"fields":{"timespent":5}}`} {
			p.must(400, "PUT", "/issue/"+key, body)
		}
	})
}

// TestAnIssueShowsTwentyWorklogs at most.
func TestAnIssueShowsTwentyWorklogs(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.must(200, "POST", "/_sim/faults", `{"limits":false}`)
		key := p.create(nil)
		for range 23 {
			p.at = p.at.Add(time.Hour)
			p.must(201, "POST", "/issue/"+key+"/worklog", `{"timeSpent":"1m"}`)
		}
		w := p.must(200, "GET", "/issue/"+key, nil).at("fields", "worklog")
		if l, _ := dig(w, "worklogs").([]any); len(l) != 20 || dig(w, "total") != 23.0 {
			t.Errorf("it shows %d of %v", len(l), dig(w, "total"))
		}
		if p.opt.Flavour == jirasim.DataCenter {
			return
		}
		a := p.must(200, "GET", fmt.Sprintf("/issue/%s/worklog?startAt=1&maxResults=2&startedAfter=%d", key, noon.Add(20*time.Hour).UnixMilli()), nil)
		if a.at("total") != 4.0 || len(a.list("worklogs")) != 2 {
			t.Errorf("it shows %s", a.raw)
		}
	})
}

// TestWorkIsMoved without a trace, on Cloud.
func TestWorkIsMoved(t *testing.T) {
	p := open(t, jirasim.Cloud)
	a, b := p.create(map[string]any{"timetracking": map[string]any{"originalEstimate": "1d"}}), p.create(nil)
	id := p.must(201, "POST", "/issue/"+a+"/worklog", `{"timeSpent":"2h"}`).at("id").(string)
	role := p.must(201, "POST", "/issue/"+a+"/worklog?adjustEstimate=leave", `{"timeSpent":"1h","visibility":{"type":"role","value":"Users"}}`).at("id").(string)
	move := func(who string, status int, ids, to, how string) {
		t.Helper()
		p.as(who).must(status, "POST", "/issue/"+a+"/worklog/move"+how, `{"ids":[`+ids+`],"issueIdOrKey":"`+to+`"}`)
	}
	move("ada", 400, id, b, "")
	move("admin", 400, id+","+role, b, "")
	move("admin", 404, id+",77", b, "")
	move("admin", 404, id, "NO-1", "")
	move("admin", 204, id, a, "")
	move("admin", 204, id+","+id, b, "?adjustEstimate=auto")
	from, to := p.must(200, "GET", "/issue/"+a, nil), p.must(200, "GET", "/issue/"+b, nil)
	if from.at("fields", "timespent") != 3600.0 || from.at("fields", "timeestimate") != 8.0*3600 || to.at("fields", "timespent") != 7200.0 || to.at("fields", "timeestimate") != nil {
		t.Errorf("%v, %v and %v, %v", from.at("fields", "timespent"), from.at("fields", "timeestimate"), to.at("fields", "timespent"), to.at("fields", "timeestimate"))
	}
	p.must(200, "GET", "/issue/"+b+"/worklog/"+id, nil)
	p.must(404, "GET", "/issue/"+a+"/worklog/"+id, nil)
	p.as("ada").must(400, "DELETE", "/issue/"+b+"/worklog", `{"ids":[`+id+`]}`)
	p.must(204, "DELETE", "/issue/"+b+"/worklog", `{"ids":[`+id+`]}`)
}

// TestTimeOfSubtasksIsAdded to that of their parent.
func TestTimeOfSubtasksIsAdded(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(map[string]any{"timetracking": map[string]any{"originalEstimate": "4h"}})
		child := p.create(map[string]any{"issuetype": map[string]any{"name": "Sub-task"}, "parent": map[string]any{"key": key}, "timetracking": map[string]any{"originalEstimate": "2h"}})
		p.must(201, "POST", "/issue/"+child+"/worklog", `{"timeSpent":"1h"}`)
		f := p.must(200, "GET", "/issue/"+key, nil).at("fields")
		if dig(f, "aggregatetimespent") != 3600.0 || dig(f, "aggregatetimeoriginalestimate") != 6.0*3600 || dig(f, "aggregatetimeestimate") != 5.0*3600 || dig(f, "aggregateprogress", "percent") != 16.0 || dig(f, "timespent") != nil {
			t.Errorf("together %v %v %v %v", dig(f, "aggregatetimespent"), dig(f, "aggregatetimeoriginalestimate"), dig(f, "aggregatetimeestimate"), dig(f, "aggregateprogress"))
		}
	})
}
