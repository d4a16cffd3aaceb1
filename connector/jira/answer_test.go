package jira_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/text"
)

// TestRefusalWithoutNames: a refusal that names no field is found field by field.
func TestRefusalWithoutNames(t *testing.T) {
	s := newSite(t)
	s.mux.HandleFunc("PUT /rest/api/3/issue/10", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Fields map[string]any `json:"fields"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		if in.Fields["priority"] != nil {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"errorMessages":["INVALID_INPUT"],"errors":{}}`)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	r, err := s.participant(t, jira.Cloud).Write(t.Context(), edit(issue.Document{
		place("summary"): issue.Scalar("x"), place("priority"): issue.Scalar("High"), place("labels"): issue.SetOf("a"),
	}))
	want := map[issue.Place]issue.Reply{
		place("summary"): {State: issue.Done}, place("labels"): {State: issue.Done}, place("priority"): {State: issue.Refused, Why: "INVALID_INPUT"},
	}
	if diff := cmp.Diff(want, r.Replies); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if calls := s.asked("PUT "); len(calls) != 4 {
		t.Errorf("it took %d calls", len(calls))
	}
}

// TestPageInsteadOfAnAnswer: a log-in page with the status 200 is no success,
// though nothing of the answer was wanted.
func TestPageInsteadOfAnAnswer(t *testing.T) {
	s := newSite(t)
	s.on("PUT /rest/api/3/issue/10", 200, "<html><title>Log in</title></html>")
	_, err := s.participant(t, jira.Cloud).Write(t.Context(), edit(issue.Document{place("summary"): issue.Scalar("x")}))
	if err == nil || !strings.Contains(err.Error(), "Log in") || !strings.Contains(err.Error(), "a web page came instead of JSON") {
		t.Errorf("it was answered: %v", err)
	}
}

// TestNeverOpened: where no connection was opened nothing was done.
func TestNeverOpened(t *testing.T) {
	s := newSite(t)
	s.on("PUT /rest/api/3/issue/10", 204, "")
	// A new connection for each call: one that is kept might only break.
	p := s.open(t, jira.Cloud, jira.Options{HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}).Participant(project())
	change := edit(issue.Document{place("summary"): issue.Scalar("x")})
	if _, err := p.Write(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	s.Close()
	r, err := p.Write(t.Context(), change)
	if got := r.Replies[place("summary")]; err != nil || got.State != issue.NotDone || !strings.Contains(got.Why, "cannot be reached") {
		t.Errorf("replies %+v, %v", got, err)
	}
}

// TestRowOfAnotherVersion: a comment that was changed and changed back is
// another version, and is left alone.
func TestRowOfAnotherVersion(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		id := r.Create(t, issue.Document{place("summary"): issue.Scalar("one")})
		row := r.Comment(t, id, "words")
		v := r.see(id)
		at := issue.Place{Field: "comments", Row: issue.Ref{Participant: "here", ID: row}}
		c := change(v, "t1", issue.Document{at: issue.Row{"body": issue.Text{Doc: text.Of("ours")}}})
		c.Rows[at] = issue.RowAt{ID: row, Version: v.Rows[at].Version}
		r.EditComment(t, id, row, "other words")
		r.EditComment(t, id, row, "words")
		r.write(c, map[issue.Place]issue.ReplyState{at: issue.NotDone})
		c.Rows[at] = issue.RowAt{ID: row} // its version was never heard: the body decides
		r.EditComment(t, id, row, "theirs")
		r.write(c, map[issue.Place]issue.ReplyState{at: issue.NotDone})
		r.EditComment(t, id, row, "words")
		r.write(c, map[issue.Place]issue.ReplyState{at: issue.Done})
	})
}

// TestRowMadeInternal: a comment that became an internal note since it was read is
// not written, though neither its body nor its time tells of it.
func TestRowMadeInternal(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/2/issue/10/comment/7", 200, `{"id":"7","body":"words","updated":"2026-01-02T03:04:05.000+0000","jsdPublic":false}`)
	at := issue.Place{Field: "comments", Row: issue.Ref{Participant: "b", ID: "1"}}
	c := edit(issue.Document{at: issue.Row{"body": issue.Text{Doc: text.Of("ours")}}})
	c.From[at] = issue.Row{"body": issue.Text{Doc: text.Of("words")}}
	c.Rows[at] = issue.RowAt{ID: "7"}
	r, err := s.participant(t, jira.DataCenter).Write(t.Context(), c)
	if got := r.Replies[at]; err != nil || got.State != issue.NotDone || len(s.asked("PUT ")) > 0 {
		t.Errorf("%+v, %v, %v", got, err, s.asked("PUT "))
	}
}

// TestScreens: of two transitions to a status the one is taken whose screen can
// be filled, and it is filled from what is written now, never from what was shown.
func TestScreens(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/3/issue/10", 200, `{"id":"10","fields":{"status":{"name":"To Do"}}}`)
	s.on("GET /rest/api/3/issue/10/transitions", 200, `{"transitions":[
		{"id":"1","name":"Close","to":{"name":"Done"},"fields":{"resolution":{"required":true,"hasDefaultValue":false},"summary":{"required":true}}},
		{"id":"2","name":"Finish","to":{"name":"Done"},"fields":{"customfield_10011":{"required":true},"summary":{"required":true},"duedate":{"required":false}}}]}`)
	s.on("PUT /rest/api/3/issue/10", 204, "")
	s.mux.HandleFunc("POST /rest/api/3/issue/10/transitions", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"errorMessages":[],"errors":{"summary":"Summary is required."}}`)
	})
	c := edit(issue.Document{place("status"): issue.Scalar("Done"), place("points"): issue.Scalar("3"), place("due"): issue.Scalar("2026-12-24")})
	c.From[place("summary")] = issue.Scalar("as shown")
	r, err := s.participant(t, jira.Cloud).Write(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	body := bodyOf(t, s.asked("POST ", "/transitions")[0])
	want := map[string]any{
		"transition": map[string]any{"id": "2"}, "fields": map[string]any{"customfield_10011": 3.0},
		"historyMetadata": map[string]any{"type": "accord", "activityDescription": "written by Accord", "extraData": map[string]any{"turn": "t1"}},
	}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
	why := r.Replies[place("status")].Why
	for _, w := range []string{"from To Do to Done", `"Finish"`, "summary: Summary is required."} {
		if !strings.Contains(why, w) {
			t.Errorf("%q does not name %q", why, w)
		}
	}
}

// TestWorkflowThatMovesBack: a post function that takes the issue elsewhere is
// not followed for ever.
func TestWorkflowThatMovesBack(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/3/issue/10", 200, `{"id":"10","fields":{"status":{"name":"To Do"}}}`)
	s.on("GET /rest/api/3/issue/10/transitions", 200, `{"transitions":[{"id":"1","name":"Start","to":{"name":"In Progress"}}]}`)
	s.on("POST /rest/api/3/issue/10/transitions", 204, "")
	r, err := s.participant(t, jira.Cloud).Write(t.Context(), edit(issue.Document{place("status"): issue.Scalar("Done")}))
	if got := r.Replies[place("status")]; err != nil || got.State != issue.Refused || !strings.Contains(got.Why, "Done was not reached") {
		t.Errorf("replies %+v, %v", got, err)
	}
}

// TestStoppedOnTheWay: after a first transition went through, the refusal of the
// next says nothing of the first: the end is not known. From there on it is.
func TestStoppedOnTheWay(t *testing.T) {
	for name, status := range map[string]int{"refused": 400, "busy": 429, "conflict": 409} {
		t.Run(name, func(t *testing.T) {
			s, now := newSite(t), "To Do"
			next := map[string]string{"To Do": "In Progress", "In Progress": "Done"}
			s.mux.HandleFunc("GET /rest/api/3/issue/10", func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"id":"10","fields":{"status":{"name":%q}}}`, now)
			})
			s.mux.HandleFunc("GET /rest/api/3/issue/10/transitions", func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"transitions":[{"id":"1","name":"Go","to":{"name":%q}}]}`, next[now])
			})
			s.mux.HandleFunc("POST /rest/api/3/issue/10/transitions", func(w http.ResponseWriter, _ *http.Request) {
				if now == "To Do" {
					now = "In Progress"
					w.WriteHeader(http.StatusNoContent)
					return
				}
				w.WriteHeader(status)
				fmt.Fprint(w, `{"errorMessages":["Not now."],"errors":{}}`)
			})
			c := edit(issue.Document{place("status"): issue.Scalar("Done")})
			r, _ := s.participant(t, jira.Cloud).Write(t.Context(), c)
			if got := r.Replies[place("status")]; got.State != issue.Unknown || !strings.Contains(got.Why, "Not now.") {
				t.Errorf("after a first transition: %+v", got)
			}
			r, _ = s.participant(t, jira.Cloud).Write(t.Context(), c)
			if got := r.Replies[place("status")]; got.State == issue.Unknown || got.State == issue.Done {
				t.Errorf("after none: %+v", got)
			}
		})
	}
}

// TestCreateOfARefusedRequiredField: without a field that is refused and
// required the create is refused as a whole, in Jira's words.
func TestCreateOfARefusedRequiredField(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/3/issue/createmeta/SUP/issuetypes", 200, `{"total":1,"issueTypes":[{"id":"4","name":"Bug"}]}`)
	s.on("GET /rest/api/3/issue/createmeta/SUP/issuetypes/4", 200, `{"total":2,"fields":[{"fieldId":"summary"},{"fieldId":"priority"}]}`)
	s.mux.HandleFunc("POST /rest/api/3/issue", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Fields map[string]any `json:"fields"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusBadRequest)
		why := "Priority is required."
		if in.Fields["priority"] != nil {
			why = "The priority selected is invalid."
		}
		fmt.Fprintf(w, `{"errorMessages":[],"errors":{"priority":%q}}`, why)
	})
	c := edit(issue.Document{place("summary"): issue.Scalar("x"), place("priority"): issue.Scalar("High"), place("points"): issue.Scalar("3")})
	c.On.ID = ""
	r, err := s.participant(t, jira.Cloud).Write(t.Context(), c)
	want := map[issue.Place]issue.Reply{
		place("summary"):  {State: issue.Refused, Why: "priority: Priority is required."},
		issue.Whole():     {State: issue.Refused, Why: "priority: Priority is required."},
		place("priority"): {State: issue.Refused, Why: "The priority selected is invalid."},
		place("points"):   {State: issue.NotDone, Why: "not part of a create"},
	}
	if diff := cmp.Diff(want, r.Replies); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}
