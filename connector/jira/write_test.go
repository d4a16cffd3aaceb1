package jira_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/text"
)

// change is a change of the issue that v shows.
func change(v issue.View, turn string, patch issue.Document) issue.Change {
	c := issue.Change{On: v.Ref, Turn: turn, Patch: patch, From: issue.Document{}, Rows: map[issue.Place]issue.RowAt{}, Start: time.Now().Add(time.Minute)}
	for p := range patch {
		if was, ok := v.Doc[p]; ok {
			c.From[p] = was
		}
	}
	return c
}

// write carries out a change and wants it to be answered by states.
func (r *jiraRig) write(c issue.Change, want map[issue.Place]issue.ReplyState) map[issue.Place]issue.Reply {
	r.t.Helper()
	receipt, err := r.Write(r.t.Context(), c)
	if err != nil {
		r.t.Fatal(err)
	}
	got := map[issue.Place]issue.ReplyState{}
	for p, reply := range receipt.Replies {
		got[p] = reply.State
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("replies: %s\n%+v", diff, receipt.Replies)
	}
	return receipt.Replies
}

func TestWritesEveryField(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		v := r.see(r.Create(t, issue.Document{place("summary"): issue.Scalar("one")}))
		me := v.Doc[place("assignee")]
		r.ask("PUT", "/rest/api/2/issue/"+v.Ref.ID, map[string]any{"fields": map[string]any{"assignee": personField(r, "ben")}})
		ben := r.see(v.Ref.ID).Doc[place("assignee")]
		if me != issue.Scalar("") || issue.Empty(ben) {
			t.Fatalf("assigned to %v, then to %v", me, ben)
		}
		r.ask("PUT", "/rest/api/2/issue/"+v.Ref.ID, map[string]any{"fields": map[string]any{"assignee": nil}})
		patch := r.Canon(issue.Document{
			place("summary"): issue.Scalar("two"), place("description"): issue.Text{Doc: text.Of("words")}, place("labels"): issue.SetOf("x"),
			place("priority"): issue.Scalar("High"), place("assignee"): ben, place("due"): issue.Scalar("2026-12-24"),
			place("severity"): issue.Scalar("Major"), place("points"): issue.Scalar("2.5"),
		})
		want := map[issue.Place]issue.ReplyState{}
		for p := range patch {
			want[p] = issue.Done
		}
		r.write(change(v, "t1", patch), want)
		after := r.see(v.Ref.ID)
		for p, val := range patch {
			if !issue.Same(after.Doc[p], val) {
				t.Errorf("%s shows %v, want %v", p, after.Doc[p], val)
			}
		}
		for _, e := range after.Log {
			if e.Ours && (e.Turn != "t1" || !issue.Same(e.To, r.Logged(e.Place, patch[e.Place])) || !e.Known) {
				t.Errorf("our entry is %+v", e)
			}
		}
		nothing := issue.Document{}
		for p, v := range patch {
			switch v.(type) {
			case issue.Text:
				nothing[p] = issue.Text{}
			case issue.Set:
				nothing[p] = issue.Set{}
			default:
				nothing[p] = issue.Scalar("")
			}
		}
		delete(nothing, place("summary"))
		delete(nothing, place("priority"))
		delete(want, place("summary"))
		delete(want, place("priority"))
		r.write(change(after, "t2", nothing), want)
		cleared := r.see(v.Ref.ID)
		for p, val := range nothing {
			if !issue.Same(cleared.Doc[p], val) {
				t.Errorf("cleared %s shows %v", p, cleared.Doc[p])
			}
		}
	})
}

// personField is a person of the simulator as a field value.
func personField(r *jiraRig, login string) map[string]any {
	if r.flavour == jira.DataCenter {
		return map[string]any{"name": login}
	}
	for _, u := range r.accounts() {
		if u["email"] == login+"@example.com" {
			return map[string]any{"accountId": u["id"]}
		}
	}
	r.t.Fatalf("no account %s", login)
	return nil
}

// The type of an issue may change later, where the site lets it.
func TestTypeChanges(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		v := r.see(r.Create(t, issue.Document{place("summary"): issue.Scalar("one")}))
		for _, to := range []issue.Scalar{"Bug", "Task"} {
			r.write(change(v, "to "+string(to), issue.Document{place("type"): to}), map[issue.Place]issue.ReplyState{place("type"): issue.Done})
			if now := r.see(v.Ref.ID); now.Doc[place("type")] != to {
				t.Errorf("its type is %v, want %s", now.Doc[place("type")], to)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		v := r.see(r.Create(t, issue.Document{place("summary"): issue.Scalar("one")}))
		replies := r.write(change(v, "t1", issue.Document{
			place("summary"): issue.Scalar("two"), place("priority"): issue.Scalar("Huge"), place("severity"): issue.Scalar("Dreadful"),
			place("points"): issue.Scalar("many"), place("type"): issue.Scalar("Saga"), place("nowhere"): issue.Scalar("x"), place("labels"): issue.SetOf("x"),
		}), map[issue.Place]issue.ReplyState{
			place("summary"): issue.Done, place("labels"): issue.Done, place("priority"): issue.Refused, place("severity"): issue.Refused,
			place("points"): issue.Refused, place("type"): issue.Refused, place("nowhere"): issue.Refused,
		})
		for p, part := range map[string]string{"points": "not a number", "nowhere": "no field nowhere", "priority": "riority"} {
			if why := replies[place(p)].Why; !strings.Contains(why, part) {
				t.Errorf("%s is refused with %q", p, why)
			}
		}
		if replies[place("priority")].Final {
			t.Error("what the site may take another day is refused for good")
		}
	})
}

// TestTooLong: what is longer than Jira takes is refused for good, with what to
// do; an administrator of Data Center may allow more, so it is asked.
func TestTooLong(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		v := r.see(r.Create(t, issue.Document{place("summary"): issue.Scalar("one")}))
		row := issue.Place{Field: "comments", Row: issue.Ref{Participant: "b", ID: "5"}}
		got := r.write(change(v, "t2", issue.Document{
			place("description"): issue.Text{Doc: text.Of(strings.Repeat("x", 40_000))}, place("summary"): issue.Scalar("three"),
			row: issue.Row{"body": issue.Text{Doc: text.Of("Ada wrote:", strings.Repeat("y", 32_760))}},
		}), map[issue.Place]issue.ReplyState{place("description"): issue.Refused, place("summary"): issue.Done, row: issue.Refused})
		for at, parts := range map[issue.Place][]string{
			place("description"): {"32767", "it has 40000 characters:", "shorter by 7233"},
			row:                  {"32767", "it has 32772 characters, with the line that names its author:", "shorter by 5"},
		} {
			for _, part := range parts {
				if reply := got[at]; !reply.Final || !strings.Contains(reply.Why, part) {
					t.Errorf("%s is refused with %q, for good: %v; want %q", at, reply.Why, reply.Final, part)
				}
			}
		}
	})
}

// TestRepliesByAnswer holds replies to what the answer of a call proves.
func TestRepliesByAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		fault  jirasim.Fault
		want   issue.ReplyState
		lands  bool
	}{
		"conflict":          {"a 409 was not done", jirasim.Fault{Effect: "before", Status: 409}, issue.NotDone, false},
		"busy":              {"a 429 was not done", jirasim.Fault{Effect: "before", Status: 429, RetryAfter: 7}, issue.NotDone, false},
		"forbidden":         {"it will not be done", jirasim.Fault{Effect: "before", Status: 403}, issue.Refused, false},
		"too large":         {"it will not be done", jirasim.Fault{Effect: "before", Status: 413}, issue.Refused, false},
		"broken, not done":  {"a 500 tells nothing", jirasim.Fault{Effect: "before", Status: 500}, issue.Unknown, false},
		"broken, done":      {"a 500 tells nothing", jirasim.Fault{Effect: "after", Status: 500}, issue.Unknown, true},
		"overloaded":        {"a 503 tells nothing", jirasim.Fault{Effect: "before", Status: 503, RetryAfter: 7}, issue.Unknown, false},
		"answered too late": {"a call may land after its deadline", jirasim.Fault{Latency: jirasim.Duration(50 * time.Second)}, issue.Unknown, true},
		"logged out":        {"a 401 is none of the answers that prove something", jirasim.Fault{Effect: "before", Status: 401}, issue.Unknown, false},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
				v := r.see(r.Create(t, issue.Document{place("summary"): issue.Scalar("one")}))
				row := issue.Place{Field: "comments", Row: issue.Ref{Participant: "b", ID: "5"}}
				for method, patch := range map[string]issue.Document{
					"PUT": {place("summary"): issue.Scalar("two")}, "POST": {row: issue.Row{"body": issue.Text{Doc: text.Of("hi")}}},
				} {
					fault := c.fault
					fault.Method, fault.Route = method, "/issue/"
					r.faults(fault)
					receipt, err := r.Write(t.Context(), change(v, method, patch))
					r.faults()
					for p := range patch {
						if got := receipt.Replies[p].State; got != c.want || c.want == issue.Unknown && err == nil && receipt.Wait == 0 {
							t.Errorf("%s, %s: replies %q (%v), want %q: %s", method, p, got, err, c.want, c.reason)
						}
					}
					if c.fault.RetryAfter > 0 && receipt.Wait < time.Second {
						t.Errorf("%s: the wait is %v", method, receipt.Wait)
					}
					time.Sleep(time.Minute)
				}
				after := r.see(v.Ref.ID)
				if landed := after.Doc[place("summary")] == issue.Scalar("two") && len(after.Rows) == 1; landed != c.lands {
					t.Errorf("landed is %v, want %v", landed, c.lands)
				}
			})
		})
	}
}

func TestCreates(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		birth := func(doc issue.Document) issue.Change {
			return issue.Change{On: issue.Ref{Participant: "here"}, Link: issue.Ref{Participant: "b", ID: "1"}, Turn: "t1", Patch: doc, Start: time.Now().Add(time.Minute)}
		}
		row := issue.Place{Field: "comments", Row: issue.Ref{Participant: "b", ID: "5"}}
		r.write(birth(issue.Document{
			place("summary"): issue.Scalar("made"), place("type"): issue.Scalar("Task"), place("points"): issue.Scalar("3"), place("severity"): issue.Scalar("Major"),
			place("status"): issue.Scalar(statuses[r.flavour][1]), row: issue.Row{"body": issue.Text{Doc: text.Of("hi")}},
		}), map[issue.Place]issue.ReplyState{
			issue.Whole(): issue.Done, place("summary"): issue.Done, place("type"): issue.Done, place("severity"): issue.Done,
			place("points"): issue.NotDone, // off the create screen of this project
			place("status"): issue.NotDone, row: issue.NotDone,
		})
		// A required field that the file does not have: Jira's sentence stands at the whole.
		replies := r.write(birth(issue.Document{place("type"): issue.Scalar("Task")}), map[issue.Place]issue.ReplyState{issue.Whole(): issue.Refused, place("type"): issue.Refused})
		if why := replies[issue.Whole()].Why; !strings.Contains(why, "summary") {
			t.Errorf("a create without summary is refused with %q", why)
		}
		replies = r.write(birth(issue.Document{place("summary"): issue.Scalar("x"), place("type"): issue.Scalar("Saga")}),
			map[issue.Place]issue.ReplyState{issue.Whole(): issue.Refused, place("summary"): issue.Refused, place("type"): issue.Refused})
		if why := replies[place("type")].Why; why == "" {
			t.Error("a type that there is not is refused without a word")
		}
	})
}

// TestCreateInDoubt: the answer of a create is lost. A search that began later
// finds the issue, and only that.
func TestCreateInDoubt(t *testing.T) {
	both(t, jirasim.Options{Lag: 90 * time.Second}, func(t *testing.T, r *jiraRig) {
		since := time.Now()
		link := issue.Ref{Participant: "b", ID: "1"}
		r.faults(jirasim.Fault{Method: "POST", Route: "/issue", Effect: "after"})
		_, err := r.Write(t.Context(), issue.Change{On: issue.Ref{Participant: "here"}, Link: link, Turn: "t1",
			Patch: issue.Document{place("summary"): issue.Scalar("made")}, Start: time.Now().Add(time.Minute)})
		r.faults()
		if err == nil {
			t.Fatal("a create whose answer is lost is no error")
		}
		time.Sleep(5 * time.Minute)
		v, err := r.Find(t.Context(), link, since)
		if err != nil || v.State != issue.Present || v.Mark != link || v.Doc[place("summary")] != issue.Scalar("made") {
			t.Errorf("Find: %+v, %v", v, err)
		}
		if v, err = r.Find(t.Context(), issue.Ref{Participant: "b", ID: "2"}, since); err != nil || v.State != issue.Absent {
			t.Errorf("Find of another link: %+v, %v", v, err)
		}
	})
}

func TestFindsTheLowestOfSeveral(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		link := issue.Ref{Participant: "b", ID: "1"}
		var made []issue.Ref
		for n := range 3 {
			receipt, err := r.Write(t.Context(), issue.Change{On: issue.Ref{Participant: "here"}, Link: link, Turn: "t1",
				Patch: issue.Document{place("summary"): issue.Scalar(fmt.Sprint("made ", n))}, Start: time.Now().Add(time.Minute)})
			if err != nil {
				t.Fatal(err)
			}
			made = append(made, receipt.Ref)
			time.Sleep(time.Second)
		}
		r.settle()
		if v, err := r.Find(t.Context(), link, time.Now().Add(-time.Hour)); err != nil || v.Ref != made[0] {
			t.Errorf("found %v (%v) of %v", v.Ref, err, made)
		}
	})
}

func TestWalksTheWholeWorkflow(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		v := r.see(r.Create(t, issue.Document{place("summary"): issue.Scalar("one")}))
		last := statuses[r.flavour][3]
		r.write(change(v, "t1", issue.Document{place("status"): issue.Scalar(last)}), map[issue.Place]issue.ReplyState{place("status"): issue.Done})
		v = r.see(v.Ref.ID)
		var way []issue.Value
		for _, e := range v.Log {
			if e.Place == place("status") {
				way = append(way, e.To)
			}
		}
		if len(way) != 3 || v.Doc[place("status")] != issue.Scalar(last) {
			t.Errorf("it went %v to %v", way, v.Doc[place("status")])
		}
		// From the end a path leads back to the start alone.
		replies := r.write(change(v, "t2", issue.Document{place("status"): issue.Scalar(statuses[r.flavour][2])}), map[issue.Place]issue.ReplyState{place("status"): issue.Refused})
		why := replies[place("status")].Why
		for _, w := range []string{last, statuses[r.flavour][2], "open are " + statuses[r.flavour][0], "via"} {
			if !strings.Contains(why, w) {
				t.Errorf("%q does not name %q", why, w)
			}
		}
	})
}

// TestNotifiesNobody: edits go out silently where the account may; where not,
// that is tried once and remembered.
func TestNotifiesNobody(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		v := r.see(r.Create(t, issue.Document{place("summary"): issue.Scalar("one")}))
		done := map[issue.Place]issue.ReplyState{place("summary"): issue.Done}
		puts := func(turn string) (silent, loud int) {
			r.forget()
			r.write(change(v, turn, issue.Document{place("summary"): issue.Scalar(turn)}), done)
			silent = r.called("PUT ", "notifyUsers=false")
			return silent, r.called("PUT ") - silent
		}
		shown := func(silent, known bool) {
			t.Helper()
			if s, k := r.Silent(); s != silent || k != known {
				t.Errorf("it is silent: %v, known: %v; want %v, %v", s, k, silent, known)
			}
		}
		shown(false, false)
		if silent, loud := puts("t1"); silent != 1 || loud != 0 {
			t.Errorf("an administrator's edit took %d silent and %d loud calls", silent, loud)
		}
		shown(true, true)
		for _, p := range []string{"ADMINISTER", "ADMINISTER_PROJECTS"} {
			r.control("permissions", map[string]any{"account": "accord@example.com", "permission": p, "allowed": false})
		}
		if silent, loud := puts("t2"); silent != 1 || loud != 1 {
			t.Errorf("the first edit of another took %d silent and %d loud calls", silent, loud)
		}
		shown(false, true)
		if silent, loud := puts("t3"); silent != 0 || loud != 1 {
			t.Errorf("the second took %d silent and %d loud calls", silent, loud)
		}
	})
}
