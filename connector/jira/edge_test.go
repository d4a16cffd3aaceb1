package jira_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
)

// TestWalkOfShiftingResults: the issue before the walk's place stands there
// again, but as it was changed since: all before it moved up, and the one
// behind it with them.
func TestWalkOfShiftingResults(t *testing.T) {
	both(t, jirasim.Options{Lag: -1}, func(t *testing.T, r *jiraRig) {
		r.client.PageSize(2)
		var ids []string
		for n := range 4 {
			ids = append(ids, r.Create(t, issue.Document{place("summary"): issue.Scalar(fmt.Sprint(n))}))
		}
		seen := map[string]bool{}
		cursor := connector.Cursor{}
		for pages := 0; ; pages++ {
			page := step(t, r, cursor)
			for _, v := range page.Views {
				seen[v.Ref.ID] = true
			}
			if cursor = page.Next; page.Last {
				break
			}
			if pages == 1 { // the minute is paged by number now: of 0 1 2 3 it becomes 2 1 0 3
				for _, id := range []string{ids[1], ids[0], ids[3]} {
					r.Edit(t, id, place("summary"), issue.Scalar("edited"))
				}
			}
		}
		if len(seen) != len(ids) {
			t.Errorf("of %v the walk yields %v", ids, seen)
		}
	})
}

// TestNextWalkBeginsWithThisOne: what changes while a long walk runs is walked
// by the next one, however long this one took.
func TestNextWalkBeginsWithThisOne(t *testing.T) {
	both(t, jirasim.Options{Samples: 6}, func(t *testing.T, r *jiraRig) {
		r.client.PageSize(2)
		id := r.Create(t, issue.Document{place("summary"): issue.Scalar("one")})
		r.settle()
		began := time.Now()
		cursor, last := connector.Cursor{}, false
		for !last {
			page := step(t, r, cursor)
			cursor, last = page.Next, page.Last
			time.Sleep(20 * time.Minute)
		}
		if !cursor.Since.Equal(began) {
			t.Errorf("the next walk begins at %v, this one did at %v", cursor.Since, began)
		}
		if !slices.ContainsFunc(step(t, r, cursor).Views, func(v issue.View) bool { return v.Ref.ID == id }) {
			t.Error("what changed just before the walk is not in the next one's overlap")
		}
	})
}

func TestBrokenCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, jira.Cloud, jirasim.Options{})
		for _, err := range r.Changed(t.Context(), connector.Cursor{At: "not ours"}) {
			if err == nil {
				t.Error("a cursor of somebody else is walked on from")
			}
		}
	})
}

// TestLockedOutIsNotDenied: a lock of the whole log-in says nothing of one issue.
func TestLockedOutIsNotDenied(t *testing.T) {
	for header, want := range map[string]issue.Presence{"": issue.Denied, "AUTHENTICATION_DENIED": ""} {
		s := newSite(t)
		s.on("GET /rest/api/2/issue/10", 403, "", "X-Seraph-LoginReason", header)
		v, err := look(t, s.participant(t, jira.DataCenter), "10")
		if v.State != want || errors.Is(err, connector.ErrDenied) != (want == "") {
			t.Errorf("403 with %q: %q, %v", header, v.State, err)
		}
	}
}

func TestRetryAfterAsADate(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	for header, want := range map[string]time.Duration{
		now.Add(40 * time.Second).UTC().Format(http.TimeFormat): 40 * time.Second,
		now.Add(-time.Hour).UTC().Format(http.TimeFormat):       2 * time.Second, // it is over: then as without one
		"soon": 2 * time.Second,
		"2.5":  2500 * time.Millisecond,
	} {
		s := newSite(t)
		s.on("GET /rest/api/3/issue/10", 429, "", "Retry-After", header)
		p := s.open(t, jira.Cloud, jira.Options{Now: func() time.Time { return now }}).Participant(project())
		_, err := look(t, p, "10")
		if b, ok := errors.AsType[*connector.Busy](err); !ok || b.For != want {
			t.Errorf("Retry-After: %s: %v, want %v", header, err, want)
		}
	}
}

// TestUnseen: what a 404 means is proven by what else can be seen.
func TestUnseen(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   issue.Presence
		fails  bool
	}{
		"the project can be browsed": {200, `{"permissions":{"BROWSE_PROJECTS":{"havePermission":true}}}`, issue.Missing, false},
		"it cannot":                  {200, `{"permissions":{"BROWSE_PROJECTS":{"havePermission":false}}}`, issue.Denied, false},
		"it is not told":             {200, `{"permissions":{}}`, issue.Denied, false},
		"it is not even there":       {404, `{"errorMessages":["No project could be found with key 'SUP'."],"errors":{}}`, issue.Denied, false},
		"nobody knows":               {500, ``, "", true},
	} {
		for api, f := range map[string]jira.Flavour{"3": jira.Cloud, "2": jira.DataCenter} {
			s := newSite(t)
			s.on("GET /rest/api/"+api+"/issue/10", 404, `{"errorMessages":["Issue Does Not Exist"],"errors":{}}`)
			s.on("GET /rest/api/"+api+"/mypermissions", c.status, c.body)
			v, err := look(t, s.participant(t, f), "10")
			if v.State != c.want || (err != nil) != c.fails {
				t.Errorf("%s, %s: %q, %v", f, name, v.State, err)
			}
		}
	}
}

// TestFieldsAreLookedUpByName: a field may be named by its id or as Jira shows
// it, in any case. One that is not there is not heard and is refused.
func TestFieldsAreLookedUpByName(t *testing.T) {
	for id, want := range map[string]string{"customfield_10010": "customfield_10010", "Severity": "customfield_10010", "severity": "customfield_10010", "Twice": "", "None": ""} {
		s := newSite(t)
		s.on("GET /rest/api/3/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{"customfield_10010":{"value":"Grave"}}}`)
		s.on("PUT /rest/api/3/issue/10", 204, "")
		p := s.open(t, jira.Cloud, jira.Options{}).Participant(jira.Project{Participant: "a", Key: "SUP", Fields: []jira.Field{{Name: "severity", ID: id, Type: jira.Option}}})
		v, err := look(t, p, "10")
		if err != nil {
			t.Fatal(err)
		}
		if got, heard := v.Doc[place("severity")]; heard != (want != "") || heard && got != issue.Scalar("Grave") {
			t.Errorf("%s shows %v", id, v.Doc)
		}
		r, err := p.Write(t.Context(), edit(issue.Document{place("severity"): issue.Scalar("Mild")}))
		state := map[bool]issue.ReplyState{true: issue.Done, false: issue.Refused}[want != ""]
		if got := r.Replies[place("severity")]; err != nil || got.State != state {
			t.Errorf("%s is written: %+v, %v", id, got, err)
		}
	}
}

// TestSharedKnowledge: the catalog of fields and our account are asked for
// once an hour, whoever looks.
func TestSharedKnowledge(t *testing.T) {
	s := newSite(t)
	now := time.Now()
	s.on("GET /rest/api/3/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{"comment":{"comments":[],"total":0}}}`)
	c := s.open(t, jira.Cloud, jira.Options{Now: func() time.Time { return now }})
	for hour := range 2 {
		for _, p := range []*jira.Participant{c.Participant(project()), c.Participant(project())} {
			for range 3 {
				if _, err := look(t, p, "10"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if me, fields := len(s.asked("/myself")), len(s.asked("/field")); me != hour+1 || fields != hour+1 {
			t.Errorf("hour %d: asked %d times who we are and %d times for fields", hour, me, fields)
		}
		now = now.Add(61 * time.Minute)
	}
}

// TestFieldListFails: a write whose preparation is told to wait was not begun.
func TestFieldListFails(t *testing.T) {
	for _, status := range []int{500, 503, 401} {
		s := newSite(t)
		s.mux = http.NewServeMux()
		s.on("/", status, "", "Retry-After", "9")
		r, err := s.participant(t, jira.Cloud).Write(t.Context(), edit(issue.Document{place("summary"): issue.Scalar("x")}))
		if got := r.Replies[place("summary")].State; err != nil || got != issue.NotDone || (r.Wait == 9*time.Second) != (status == 503) {
			t.Errorf("%d: %q, wait %v, %v", status, got, r.Wait, err)
		}
	}
}
