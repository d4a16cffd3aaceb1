package jira_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/text"
)

func TestStates(t *testing.T) {
	o := jirasim.Options{Projects: []jirasim.Project{{Key: "SUP", Name: "Support"}, {Key: "DEV", Name: "Development"}, {Key: "OPS", Name: "Operations"}}}
	both(t, o, func(t *testing.T, r *jiraRig) {
		id := r.Create(t, issue.Document{place("summary"): issue.Scalar("one")})
		if v := r.see(id); v.State != issue.Present {
			t.Errorf("an issue is %q", v.State)
		}
		r.control("permissions", map[string]any{"account": "accord@example.com", "permission": "BROWSE_PROJECTS", "project": r.key})
		if v := r.see(id); v.State != issue.Denied || len(v.Doc)+len(v.Rows)+len(v.Log) > 0 {
			t.Errorf("an issue of a project that we may not browse is %q: %v", v.State, v.Doc)
		}
		r.control("permissions", map[string]any{"account": "accord@example.com", "permission": "BROWSE_PROJECTS", "project": r.key, "allowed": true})
		r.control("move", map[string]any{"issue": id, "project": "OPS"})
		if v := r.see(id); v.State != issue.Outside || !strings.HasPrefix(v.Key, "OPS-") || v.Ref.ID != id || len(v.Doc) > 0 {
			t.Errorf("an issue that moved away is %q: %+v", v.State, v)
		} else {
			p := project() // of the participant that has the project where it is now
			p.Participant, p.Key = "there", "OPS"
			there := r.client.Participant(p)
			if now, err := look(t, there, id); err != nil || now.State != issue.Present || now.Key != v.Key || there.Site() != r.Site() {
				t.Errorf("where it was moved it is %q, %s of %s, %v; where it was it is %s of %s", now.State, now.Key, there.Site(), err, v.Key, r.Site())
			}
		}
		r.Delete(t, id)
		if v := r.see(id); v.State != issue.Missing {
			t.Errorf("an issue that was deleted is %q", v.State)
		}
	})
}

// TestRenamedProject: a project whose key was changed has not moved away.
func TestRenamedProject(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/3/issue/10", 200, `{"id":"10","key":"HELP-1","fields":{"project":{"key":"HELP"}}}`)
	s.on("GET /rest/api/3/issue/11", 200, `{"id":"11","key":"OPS-1","fields":{"project":{"key":"OPS"}}}`)
	s.on("GET /rest/api/3/project/SUP", 200, `{"key":"HELP"}`)
	p := s.participant(t, jira.Cloud)
	if v, err := look(t, p, "11"); err != nil || v.State != issue.Outside {
		t.Errorf("an issue of another project is %q, %v", v.State, err)
	}
	if v, err := look(t, p, "10"); err == nil || !strings.Contains(err.Error(), "SUP is called HELP now") {
		t.Errorf("an issue of a project that was renamed is %q, %v", v.State, err)
	}
	if n := len(s.asked("GET /rest/api/3/project/")); n != 1 {
		t.Errorf("the key of the project was asked for %d times", n)
	}
}

func TestArchived(t *testing.T) {
	for reason, fields := range map[string]string{
		"the issue is":    `"project":{"key":"SUP"},"archiveddate":"2026-01-02T03:04:05.000+0000"`,
		"its project is":  `"project":{"key":"SUP","archived":true}`,
		"elsewhere first": `"project":{"key":"OPS","archived":true}`,
	} {
		s := newSite(t)
		s.on("GET /rest/api/2/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{`+fields+`}}`)
		v, err := look(t, s.participant(t, jira.DataCenter), "10")
		want := issue.Archived
		if strings.Contains(fields, "OPS") {
			want = issue.Outside
		}
		if err != nil || v.State != want || v.Doc != nil {
			t.Errorf("%s archived: it is %q (%v)", reason, v.State, err)
		}
	}
}

// TestNotLoggedIn: Cloud runs calls whose log-in it does not recognise as those
// of an anonymous user, who sees nothing. Nothing is gone or quiet for that.
func TestNotLoggedIn(t *testing.T) {
	s := newSite(t)
	s.mux = http.NewServeMux()
	s.on("GET /rest/api/3/issue/10", 404, `{"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}}`)
	s.on("GET /rest/api/3/issue/10/comment/7", 404, `{"errorMessages":["Can not find a comment for the id: 7."],"errors":{}}`)
	s.on("POST /rest/api/3/search/jql", 200, `{"issues":[],"isLast":true}`)
	s.on("GET /rest/api/3/field", 200, `[{"id":"summary","name":"Summary"}]`)
	s.on("GET /rest/api/3/mypermissions", 200, `{"permissions":{"BROWSE_PROJECTS":{"havePermission":true}}}`)
	known := true
	s.mux.HandleFunc("GET /rest/api/3/myself", func(w http.ResponseWriter, _ *http.Request) {
		if known {
			fmt.Fprint(w, `{"accountId":"me"}`)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	p := s.participant(t, jira.Cloud)
	if v, err := look(t, p, "10"); err != nil || v.State != issue.Missing {
		t.Fatalf("logged in: %q, %v", v.State, err)
	}
	known = false
	_, looked := look(t, p, "10")
	_, found := p.Find(t.Context(), issue.Ref{Participant: "b", ID: "1"}, time.Now())
	_, gone := p.Gone(t.Context(), "10", issue.Place{Field: "comments", Row: issue.Ref{Participant: "acme-support", ID: "7"}})
	var walked error
	for _, walked = range p.Changed(t.Context(), connector.Cursor{}) {
	}
	for name, err := range map[string]error{"Read": looked, "Find": found, "Changed": walked, "Gone": gone} {
		if !errors.Is(err, connector.ErrDenied) {
			t.Errorf("%s of an account that is not recognised: %v", name, err)
		}
	}
}

func TestRestrictedComments(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		id := r.Create(t, issue.Document{place("summary"): issue.Scalar("one")})
		row := r.ask("POST", "/rest/api/2/issue/"+id+"/comment", map[string]any{
			"body": "for few", "visibility": map[string]string{"type": "role", "value": "Administrators"}})["id"].(string)
		at := issue.Place{Field: "comments", Row: issue.Ref{Participant: "here", ID: row}}
		v := r.see(id)
		if _, shown := v.Doc[at]; shown {
			t.Errorf("a restricted comment is heard: %v", v.Doc[at])
		}
		if seen, ok := v.Rows[at]; !ok || seen.By == "" {
			t.Errorf("a restricted comment is not listed: %v", v.Rows)
		}
	})
}

// TestLongIssue reads an issue whose changelog and comments take several pages.
func TestLongIssue(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		id := r.Create(t, issue.Document{place("summary"): issue.Scalar("0")})
		for n := range 130 {
			r.Edit(t, id, place("summary"), issue.Scalar(fmt.Sprint(n+1)))
			r.Comment(t, id, fmt.Sprint("comment ", n))
		}
		v := r.see(id)
		last := issue.Value(issue.Scalar("0"))
		for i, e := range v.Log {
			if e.Place != place("summary") || !issue.Same(e.From, last) {
				t.Fatalf("entry %d is %+v after %v", i, e, last)
			}
			last = e.To
		}
		if len(v.Log) != 130 || len(v.Rows) != 130 {
			t.Errorf("%d entries and %d comments", len(v.Log), len(v.Rows))
		}
	})
}

// TestCutOffComments: an issue that shows only some of its comments has the rest
// on pages, of which one may come twice.
func TestCutOffComments(t *testing.T) {
	one := func(id int) string {
		return fmt.Sprintf(`{"id":"%d","author":{"name":"ann","displayName":"Ann"},"body":"words","created":"2026-01-02T03:04:05.000+0000","updated":"2026-01-02T03:04:05.000+0000"}`, id)
	}
	s := newSite(t)
	s.on("GET /rest/api/2/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{"project":{"key":"SUP"},"comment":{"comments":[`+one(1)+`],"maxResults":1,"total":3}}}`)
	s.mux.HandleFunc("GET /rest/api/2/issue/10/comment", func(w http.ResponseWriter, r *http.Request) {
		page := one(1) + "," + one(2)
		if r.URL.Query().Get("startAt") != "0" {
			page = one(2)
		}
		fmt.Fprintf(w, `{"startAt":0,"total":3,"comments":[%s]}`, page)
	})
	v, err := look(t, s.participant(t, jira.DataCenter), "10")
	if err != nil || len(v.Rows) != 2 || len(v.Doc) != 2 {
		t.Errorf("%d rows: %v, %v", len(v.Rows), v.Doc, err)
	}
}

// TestShiftedComments: a comment that is deleted between two pages moves those
// behind it up, so that one stands on neither: they are read again.
func TestShiftedComments(t *testing.T) {
	one := func(id int) string {
		return fmt.Sprintf(`{"id":"%d","author":{"name":"ann","displayName":"Ann"},"body":"words","created":"2026-01-02T03:04:05.000+0000","updated":"2026-01-02T03:04:05.000+0000"}`, id)
	}
	s := newSite(t)
	s.on("GET /rest/api/2/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{"project":{"key":"SUP"}}}`)
	there := []int{1, 2, 3, 4, 5}
	s.mux.HandleFunc("GET /rest/api/2/issue/10/comment", func(w http.ResponseWriter, r *http.Request) {
		at, _ := strconv.Atoi(r.URL.Query().Get("startAt"))
		var page []string
		for _, id := range there[min(at, len(there)):min(at+2, len(there))] {
			page = append(page, one(id))
		}
		fmt.Fprintf(w, `{"startAt":%d,"total":%d,"comments":[%s]}`, at, len(there), strings.Join(page, ","))
		if there[0] == 1 {
			there = there[1:]
		}
	})
	v, err := look(t, s.participant(t, jira.DataCenter), "10")
	at := issue.Place{Field: "comments", Row: issue.Ref{Participant: "acme-support", ID: "3"}}
	if _, seen := v.Rows[at]; err != nil || !seen {
		t.Errorf("the comment that moved up is not seen: %v, %v", v.Rows, err)
	}
}

// TestOwnCommentsAreReadOnce: the mark of a comment is asked for once for each
// version of it.
func TestOwnCommentsAreReadOnce(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		v := r.see(r.Create(t, issue.Document{place("summary"): issue.Scalar("one")}))
		c := change(v, "t1", issue.Document{})
		for n := range 5 {
			c.Patch[issue.Place{Field: "comments", Row: issue.Ref{Participant: "b", ID: fmt.Sprint(n)}}] = issue.Row{"body": issue.Text{Doc: text.Of("hi")}}
		}
		if _, err := r.Write(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		r.Comment(t, v.Ref.ID, "a person's")
		for n, want := range []map[jira.Flavour]int{{jira.Cloud: 1, jira.DataCenter: 5}, {}} {
			r.forget()
			marked := 0
			for _, seen := range r.see(v.Ref.ID).Rows {
				if seen.Mark.Turn == "t1" {
					marked++
				}
			}
			calls := r.called("/comment/list") + r.called("/properties/accord")
			if marked != 5 || calls != want[r.flavour] {
				t.Errorf("look %d: %d marks by %d calls, want %d", n, marked, calls, want[r.flavour])
			}
		}
	})
}

// TestPeopleInTheChangelog: people are named there as fields name them, though
// Data Center keeps their keys.
func TestPeopleInTheChangelog(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		id := r.Create(t, issue.Document{place("summary"): issue.Scalar("one")})
		var names []issue.Value
		for _, who := range []string{"ben", "cleo"} {
			r.ask("PUT", "/rest/api/2/issue/"+id, map[string]any{"fields": map[string]any{"assignee": personField(r, who)}})
		}
		v := r.see(id)
		for _, e := range v.Log {
			names = append(names, e.From, e.To)
		}
		if len(names) != 4 || !issue.Empty(names[0]) || !issue.Same(names[1], names[2]) || issue.Same(names[1], names[3]) || !issue.Same(names[3], v.Doc[place("assignee")]) {
			t.Errorf("the log names %v, the field %v", names, v.Doc[place("assignee")])
		}
	})
}

// TestReadsManyAtOnce: on Cloud 150 issues take two calls for fields.
func TestReadsManyAtOnce(t *testing.T) {
	both(t, jirasim.Options{Samples: 150, Unlimited: true}, func(t *testing.T, r *jiraRig) {
		ids := map[string]bool{}
		r.settle()
		for page, err := range r.Changed(t.Context(), connector.Cursor{}) {
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page.Views {
				ids[v.Ref.ID] = true
			}
		}
		r.forget()
		n := 0
		for v, err := range r.Read(t.Context(), append(slices.Sorted(maps.Keys(ids)), "99999999")...) {
			if err != nil {
				t.Fatal(err)
			}
			if (v.State == issue.Present) != ids[v.Ref.ID] {
				t.Errorf("%s is %q", v.Ref, v.State)
			}
			n++
		}
		if n != 151 || r.flavour == jira.Cloud && (r.called("bulkfetch") != 2 || r.called("GET /rest/api/3/issue/", "expand=changelog") != 1) {
			t.Errorf("%d views by %d bulk calls", n, r.called("bulkfetch"))
		}
	})
}

func TestGoneNeedsProof(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/3/issue/10/comment/7", 404, `{"errorMessages":["Can not find a comment for the id: 7."],"errors":{}}`)
	s.on("GET /rest/api/3/issue/10", 404, `{"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}}`)
	gone, err := s.participant(t, jira.Cloud).Gone(t.Context(), "10", issue.Place{Field: "comments", Row: issue.Ref{Participant: "a", ID: "7"}})
	if err == nil || len(gone) > 0 {
		t.Errorf("a comment of an issue that cannot be read is gone: %v, %v", gone, err)
	}
	s = newSite(t)
	s.on("GET /rest/api/3/issue/10/comment/7", 500, "")
	if gone, err := s.participant(t, jira.Cloud).Gone(t.Context(), "10", issue.Place{Row: issue.Ref{Participant: "a", ID: "7"}}); err == nil || len(gone) > 0 {
		t.Errorf("a comment that could not be asked for is gone: %v, %v", gone, err)
	}
}
