package jira_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/text"
)

type object = map[string]any

// adf is a document of one paragraph.
func adf(words string) object {
	return object{"type": "doc", "version": 1.0, "content": []any{object{"type": "paragraph", "content": []any{object{"type": "text", "text": words}}}}}
}

// rich is a text as each flavour takes it.
func rich(f jira.Flavour, words string) any {
	if f == jira.Cloud {
		return adf(words)
	}
	return words
}

func somebody(f jira.Flavour, id string) object {
	if f == jira.Cloud {
		return object{"accountId": id}
	}
	return object{"name": id}
}

func turn(id string) object {
	return object{"type": "accord", "activityDescription": "written by Accord", "extraData": object{"turn": id}}
}

// sending runs a write at a site that takes all and returns the calls that
// were no GETs, with their bodies.
func sending(t *testing.T, f jira.Flavour, c issue.Change) (r struct {
	calls  []string
	bodies []object
}) {
	t.Helper()
	api := map[jira.Flavour]string{jira.Cloud: "/rest/api/3", jira.DataCenter: "/rest/api/2"}[f]
	s := newSite(t)
	s.on("GET "+api+"/issue/createmeta/SUP/issuetypes", 200, `{"total":2,"values":[{"id":"4","name":"Bug"},{"id":"5","name":"Task"}]}`)
	s.on("GET "+api+"/issue/createmeta/SUP/issuetypes/5", 200, `{"total":9,"values":[{"fieldId":"summary"},{"fieldId":"description"},{"fieldId":"labels"},
		{"fieldId":"priority"},{"fieldId":"assignee"},{"fieldId":"duedate"},{"fieldId":"customfield_10010"},{"fieldId":"customfield_10011"}]}`)
	s.on("GET "+api+"/issue/10", 200, `{"id":"10","fields":{"status":{"name":"To Do"}}}`)
	s.on("GET "+api+"/issue/10/transitions", 200, `{"transitions":[{"id":"21","name":"Start","to":{"name":"In Progress"}}]}`)
	s.on("GET "+api+"/issue/10/comment/7", 200, `{"id":"7","body":`+map[jira.Flavour]string{
		jira.Cloud: `{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"before"}]}]}`, jira.DataCenter: `"before"`}[f]+`}`)
	s.on("POST "+api+"/issue", 201, `{"id":"10","key":"SUP-1"}`)
	s.on("PUT "+api+"/issue/10", 204, "")
	s.on("POST "+api+"/issue/10/transitions", 204, "")
	s.on("POST "+api+"/issue/10/comment", 201, `{"id":"8","updated":"2026-01-02T03:04:05.000+0000"}`)
	s.on("PUT "+api+"/issue/10/comment/7", 200, `{"id":"7","updated":"2026-01-02T03:04:05.000+0000"}`)
	s.on("DELETE "+api+"/issue/10/comment/7", 204, "")
	receipt, err := s.participant(t, f).Write(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	for p, reply := range receipt.Replies {
		if reply.State != issue.Done {
			t.Errorf("%s: %s is %q: %s", f, p, reply.State, reply.Why)
		}
	}
	for _, c := range s.asked("") {
		if method, rest, _ := cut(c); method != "GET" {
			path, _, has := cut(rest)
			r.calls = append(r.calls, method+" "+path[len(api):])
			body := object(nil)
			if has {
				body = bodyOf(t, c)
			}
			r.bodies = append(r.bodies, body)
		}
	}
	return r
}

func cut(s string) (before, after string, found bool) {
	for i, c := range s {
		if c == ' ' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// all is a value for every field that a create can carry.
func all() issue.Document {
	return issue.Document{
		place("summary"): issue.Scalar("one"), place("description"): issue.Text{Doc: text.Of("words")}, place("labels"): issue.SetOf("a", "b"),
		place("priority"): issue.Scalar("High"), place("assignee"): issue.Scalar("u1"), place("due"): issue.Scalar("2026-12-24"),
		place("severity"): issue.Scalar("Grave"), place("points"): issue.Scalar("2.50"),
	}
}

func allFields(f jira.Flavour) object {
	return object{
		"summary": "one", "description": rich(f, "words"), "labels": []any{"a", "b"}, "priority": object{"name": "High"}, "assignee": somebody(f, "u1"),
		"duedate": "2026-12-24", "customfield_10010": object{"value": "Grave"}, "customfield_10011": 2.5,
	}
}

func eachFlavour(t *testing.T, test func(t *testing.T, f jira.Flavour)) {
	for _, f := range []jira.Flavour{jira.Cloud, jira.DataCenter} {
		t.Run(string(f), func(t *testing.T) { test(t, f) })
	}
}

func want(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

func TestWhatACreateSends(t *testing.T) {
	eachFlavour(t, func(t *testing.T, f jira.Flavour) {
		c := edit(all().With(place("type"), issue.Scalar("Task")))
		c.On.ID = ""
		sent := sending(t, f, c)
		want(t, "calls", []string{"POST /issue"}, sent.calls)
		fields := allFields(f)
		fields["project"], fields["issuetype"] = object{"key": "SUP"}, object{"id": "5"}
		want(t, "body", object{
			"fields": fields, "properties": []any{object{"key": "accord", "value": object{"link": "b/1"}}},
		}, sent.bodies[0])
	})
}

func TestWhatAnEditSends(t *testing.T) {
	eachFlavour(t, func(t *testing.T, f jira.Flavour) {
		c := edit(all())
		c.From[place("labels")] = issue.SetOf("b", "c")
		sent := sending(t, f, c)
		want(t, "calls", []string{"PUT /issue/10?notifyUsers=false"}, sent.calls)
		fields := allFields(f)
		delete(fields, "labels")
		want(t, "body", object{
			"fields": fields, "update": object{"labels": []any{object{"add": "a"}, object{"remove": "c"}}}, "historyMetadata": turn("t1"),
		}, sent.bodies[0])
	})
}

func TestWhatClearingSends(t *testing.T) {
	eachFlavour(t, func(t *testing.T, f jira.Flavour) {
		patch := issue.Document{place("description"): issue.Text{}, place("labels"): issue.Set{}}
		for _, field := range []string{"assignee", "due", "severity", "points"} {
			patch[place(field)] = issue.Scalar("")
		}
		sent := sending(t, f, edit(patch)) // what was shown is not known: the set is sent whole
		want(t, "body", object{"fields": object{
			"description": nil, "labels": []any{}, "assignee": nil, "duedate": nil, "customfield_10010": nil, "customfield_10011": nil,
		}, "historyMetadata": turn("t1")}, sent.bodies[0])
	})
}

func TestWhatATransitionSends(t *testing.T) {
	eachFlavour(t, func(t *testing.T, f jira.Flavour) {
		sent := sending(t, f, edit(issue.Document{place("status"): issue.Scalar("In Progress")}))
		want(t, "calls", []string{"POST /issue/10/transitions"}, sent.calls)
		want(t, "body", object{"transition": object{"id": "21"}, "historyMetadata": turn("t1")}, sent.bodies[0])
		here := sending(t, f, edit(issue.Document{place("status"): issue.Scalar("To Do")}))
		want(t, "calls of one that is there", []string(nil), here.calls)
	})
}

// TestWhatRowsSend: comments are created in the order of their birth, then
// edited, then deleted, all after the fields and the status.
func TestWhatRowsSend(t *testing.T) {
	eachFlavour(t, func(t *testing.T, f jira.Flavour) {
		row := func(id string) issue.Place {
			return issue.Place{Field: "comments", Row: issue.Ref{Participant: "b", ID: id}}
		}
		body := func(words string) issue.Row { return issue.Row{"body": issue.Text{Doc: text.Of(words)}} }
		c := edit(issue.Document{
			row("1"): body("late"), row("2"): body("early"), row("3"): body("after"), row("4"): nil,
			place("status"): issue.Scalar("In Progress"), place("summary"): issue.Scalar("x"),
		})
		now := time.Now()
		c.From[row("3")], c.From[row("4")] = body("before"), body("before")
		c.Rows[row("1")], c.Rows[row("2")] = issue.RowAt{Created: now}, issue.RowAt{Created: now.Add(-time.Hour)}
		c.Rows[row("3")], c.Rows[row("4")] = issue.RowAt{ID: "7"}, issue.RowAt{ID: "7"}
		sent := sending(t, f, c)
		want(t, "calls", []string{
			"PUT /issue/10?notifyUsers=false", "POST /issue/10/transitions", "POST /issue/10/comment", "POST /issue/10/comment",
			"PUT /issue/10/comment/7", "DELETE /issue/10/comment/7",
		}, sent.calls)
		for i, w := range []struct{ id, words string }{{"2", "early"}, {"1", "late"}, {"3", "after"}} {
			want(t, "comment", object{"body": rich(f, w.words), "properties": []any{
				object{"key": "accord", "value": object{"row": "b/" + w.id, "issue": "10", "turn": "t1"}}}}, sent.bodies[2+i])
		}
		want(t, "body of a DELETE", object(nil), sent.bodies[5])
	})
}

// TestWriteWithoutFields: where the site cannot be asked for its fields nothing
// was begun, and that is what every place is told.
func TestWriteWithoutFields(t *testing.T) {
	eachFlavour(t, func(t *testing.T, f jira.Flavour) {
		s := newSite(t)
		s.Close()
		for _, id := range []string{"10", ""} {
			c := edit(issue.Document{place("summary"): issue.Scalar("x"), place("status"): issue.Scalar("Done")})
			c.On.ID = id
			r, err := s.participant(t, f).Write(t.Context(), c)
			states := map[issue.Place]issue.ReplyState{}
			for p, reply := range r.Replies {
				states[p] = reply.State
			}
			expected := map[issue.Place]issue.ReplyState{place("summary"): issue.NotDone, place("status"): issue.NotDone}
			if id == "" {
				expected[issue.Whole()] = issue.NotDone
			}
			want(t, "replies", expected, states)
			want(t, "error", nil, err)
		}
	})
}
