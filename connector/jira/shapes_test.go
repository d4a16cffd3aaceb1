package jira_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/text"
)

// history serves issue 10 with one entry in its changelog, of these items.
func history(s *site, api, items string) {
	s.on("GET /rest/api/"+api+"/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{"project":{"key":"SUP"},"comment":{"comments":[],"total":0}},
		"changelog":{"total":1,"histories":[{"id":"5","created":"2026-01-02T03:04:05.000+0200","author":{"accountId":"me","key":"JIRAUSER1","displayName":"Accord"},
		"items":[`+items+`],"historyMetadata":{"type":"accord","extraData":{"turn":"t9"}}}]}}`)
}

// TestChangelogItems: each type of field has its own way to stand in the log.
func TestChangelogItems(t *testing.T) {
	sc := func(s string) issue.Value { return issue.Scalar(s) }
	tx := func(s ...string) issue.Value { return issue.Text{Doc: text.Of(s...)} }
	for name, c := range map[string]struct {
		reason, item string
		place        string
		from, to     issue.Value
	}{
		"summary":     {"the strings are the words", `{"field":"summary","fieldId":"summary","from":null,"fromString":"one","to":null,"toString":"two"}`, "summary", sc("one"), sc("two")},
		"by name":     {"Data Center names no id", `{"field":"Severity","fieldtype":"custom","from":"1","fromString":"Minor","to":"2","toString":"Major"}`, "severity", sc("Minor"), sc("Major")},
		"capitals":    {"a create's entries have Status", `{"field":"Status","fieldtype":"jira","from":null,"fromString":null,"to":"1","toString":"To Do"}`, "status", sc(""), sc("To Do")},
		"description": {"wiki markup on both flavours", `{"field":"description","fieldId":"description","from":null,"fromString":null,"to":"{\"id\":\"ari:x\"}","toString":"one\r\n\r\ntwo"}`, "description", issue.Text{}, tx("one", "two")},
		"labels":      {"one string", `{"field":"labels","fieldId":"labels","from":"","fromString":"a b","to":"","toString":"b c"}`, "labels", issue.SetOf("a", "b"), issue.SetOf("b", "c")},
		"due":         {"the id is the date", `{"field":"duedate","fieldId":"duedate","from":"2026-01-01","fromString":"2026-01-01 00:00:00.0","to":null,"toString":null}`, "due", sc("2026-01-01"), sc("")},
		"due by text": {"or the string has it", `{"field":"duedate","from":null,"fromString":null,"to":null,"toString":"2026-01-01 00:00:00.0"}`, "due", sc(""), sc("2026-01-01")},
		"number":      {"in shortest form", `{"field":"Points","fieldId":"customfield_10011","from":null,"fromString":"1.0","to":null,"toString":"2.50"}`, "points", sc("1"), sc("2.5")},
		"not strings": {"some bodies have other JSON", `{"field":"Points","fieldId":"customfield_10011","from":7,"fromString":1,"to":{"a":1},"toString":2}`, "points", sc("1"), sc("2")},
	} {
		for api, f := range map[string]jira.Flavour{"3": jira.Cloud, "2": jira.DataCenter} {
			s := newSite(t)
			history(s, api, c.item+`,{"field":"Rank","fieldtype":"custom","from":"","fromString":"","to":"","toString":"Ranked higher"}`)
			v, err := look(t, s.participant(t, f), "10")
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			want := issue.Entry{ID: "5.0", Place: place(c.place), By: "Accord", Ours: true, At: time.Date(2026, 1, 2, 1, 4, 5, 0, time.UTC), Turn: "t9", From: c.from, To: c.to, Known: true}
			if to, ok := c.to.(issue.Set); ok {
				want.Add, want.Remove = to.Minus(c.from.(issue.Set)), c.from.(issue.Set).Minus(to)
			}
			if diff := cmp.Diff([]issue.Entry{want}, v.Log); diff != "" {
				t.Errorf("%s, %s (%s):\n%s", f, name, c.reason, diff)
			}
		}
	}
}

// TestSomebodyElsesMetadata: only what we wrote with our own edits is a turn.
func TestSomebodyElsesMetadata(t *testing.T) {
	for _, h := range []string{
		`"author":{"accountId":"ann"},"historyMetadata":{"type":"accord","extraData":{"turn":"t9"}}`,
		`"author":{"accountId":"me"},"historyMetadata":{"type":"other","extraData":{"turn":"t9"}}`,
		`"author":{"accountId":"me"},"historyMetadata":{"type":"accord","extraData":{"turn":{"not":"a string"}}}`,
		`"author":null,"historyMetadata":null`,
	} {
		s := newSite(t)
		s.on("GET /rest/api/3/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{"comment":{"comments":[],"total":0}},"changelog":{"total":1,"histories":[
			{"id":"5","created":"2026-01-02T03:04:05.000+0200","items":[{"field":"summary","fieldId":"summary","toString":"x"}],`+h+`}]}}`)
		v, err := look(t, s.participant(t, jira.Cloud), "10")
		if err != nil || len(v.Log) != 1 || v.Log[0].Turn != "" {
			t.Errorf("%s is read as %+v, %v", h, v.Log, err)
		}
	}
}

// TestPeopleWithoutNames: a person in the log of whom the site tells no name
// leaves the entry unknown; one that cannot be asked for now fails the look.
func TestPeopleWithoutNames(t *testing.T) {
	for status, want := range map[int]struct{ known, fails bool }{200: {true, false}, 404: {false, false}, 403: {false, false}, 500: {false, true}} {
		s := newSite(t)
		history(s, "2", `{"field":"assignee","from":"JIRAUSER7","fromString":"Ann","to":null,"toString":null}`)
		s.on("GET /rest/api/2/user", status, `{"key":"JIRAUSER7","name":"ann"}`)
		p := s.participant(t, jira.DataCenter)
		for range 2 {
			v, err := look(t, p, "10")
			if (err != nil) != want.fails {
				t.Errorf("%d: %v", status, err)
			}
			if err == nil && (v.Log[0].Known != want.known || want.known && v.Log[0].From != issue.Scalar("ann") || !want.known && v.Log[0].From != nil) {
				t.Errorf("%d: the entry is %+v", status, v.Log[0])
			}
		}
		if n := len(s.asked("/user?")); !want.fails && n != 1 {
			t.Errorf("%d: asked %d times for one name", status, n)
		}
	}
}

// TestLongLogIsPagedOnce: the older entries of a long changelog are read once;
// after that only what the newest hundred do not reach back to.
func TestLongLogIsPagedOnce(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		id := r.Create(t, issue.Document{place("summary"): issue.Scalar("0")})
		for n := range 250 {
			r.Edit(t, id, place("summary"), issue.Scalar(fmt.Sprint(n+1)))
		}
		for look, want := range []int{2, 0, 0} {
			r.forget()
			if v := r.see(id); len(v.Log) != 250+10*look {
				t.Errorf("look %d shows %d entries", look, len(v.Log))
			}
			if pages := r.called("/changelog?"); r.flavour == jira.Cloud && pages != want || r.flavour == jira.DataCenter && pages != 0 {
				t.Errorf("look %d took %d pages, want %d", look, pages, want)
			}
			for n := range 10 {
				r.Edit(t, id, place("summary"), issue.Scalar(fmt.Sprint(look, " ", n)))
			}
		}
	})
}

// TestOddFieldsAreNotHeard: a field that holds something else than the file
// says, and a comment that cannot be read, stop nothing else.
func TestOddFieldsAreNotHeard(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/3/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{"project":{"key":"SUP"},"summary":{"no":"string"},"labels":"none","description":"no document",
		"customfield_10011":"many","customfield_10010":[1],"priority":{"name":"High"},
		"comment":{"total":2,"comments":[{"id":"7","body":"no document","author":{"displayName":"Ann"}},{"id":"8","body":null,"author":{"displayName":"Ann"}}]}}}`)
	v, err := look(t, s.participant(t, jira.Cloud), "10")
	at := issue.Place{Field: "comments", Row: issue.Ref{Participant: "acme-support", ID: "8"}}
	want := issue.Document{place("priority"): issue.Scalar("High"), at: issue.Row{"body": issue.Text{}, "author": issue.Scalar("Ann")}}
	if err != nil || !v.Doc.Equal(want) || len(v.Rows) != 2 {
		t.Errorf("it shows %v, %d rows, %v", v.Doc, len(v.Rows), err)
	}
}

func TestCheckKnowsTypes(t *testing.T) {
	s := newSite(t)
	s.mux = http.NewServeMux()
	s.on("GET /rest/api/2/serverInfo", 200, `{}`)
	s.on("GET /rest/api/2/myself", 200, `{"name":"accord"}`)
	s.on("GET /rest/api/2/project/SUP", 200, `{"key":"SUP"}`)
	s.on("GET /rest/api/2/mypermissions", 200, `{"permissions":{"BROWSE_PROJECTS":{"havePermission":true}}}`)
	const kit = "com.atlassian.jira.plugin.system.customfieldtypes:"
	s.on("GET /rest/api/2/field", 200, `[{"id":"summary","name":"Summary","schema":{"type":"string","system":"summary"}},
		{"id":"description","name":"Description","schema":{"type":"string","system":"description"}},
		{"id":"customfield_1","name":"Area","schema":{"type":"string","custom":"`+kit+`textarea"}},
		{"id":"customfield_2","name":"Line","schema":{"type":"string","custom":"`+kit+`textfield"}},
		{"id":"customfield_3","name":"Ours","schema":{"type":"string","custom":"org.example:thing"}},
		{"id":"customfield_4","name":"Pick","schema":{"type":"option","custom":"`+kit+`select"}}]`)
	for id, want := range map[string]map[jira.Type]bool{
		"summary": {jira.Line: true, jira.RichText: false}, "description": {jira.Line: false, jira.RichText: true}, "customfield_1": {jira.Line: false, jira.RichText: true},
		"customfield_2": {jira.Line: true, jira.RichText: false}, "customfield_3": {jira.Line: true, jira.RichText: true}, "customfield_4": {jira.Option: true, jira.Named: false},
	} {
		for kind, fits := range want {
			p := s.open(t, jira.DataCenter, jira.Options{}).Participant(jira.Project{Participant: "a", Key: "SUP", Fields: []jira.Field{{Name: "f", ID: id, Type: kind}}})
			faults := 0
			for _, f := range p.Check(t.Context()) {
				if f.Fault && strings.Contains(f.What, "field f") {
					faults++
				}
			}
			if (faults == 0) != fits {
				t.Errorf("%s as %s: %d faults", id, kind, faults)
			}
		}
	}
}

// TestServerErrorsAreNoAnswers: a 503 with a time to wait is busy, and a 500 is
// an error; neither says anything of an issue.
func TestServerErrorsAreNoAnswers(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		id := r.Create(t, issue.Document{place("summary"): issue.Scalar("one")})
		for _, fault := range []jirasim.Fault{{Status: 503, RetryAfter: 5, Effect: "before"}, {Status: 500, Effect: "before"}, {Effect: "before"}} {
			fault.Route = "/issue/"
			r.faults(fault)
			v, err := look(t, r.Participant, id)
			r.faults()
			if err == nil || v.State != "" {
				t.Errorf("%+v: %+v, %v", fault, v, err)
			}
			for _, err := range r.Changed(t.Context(), connector.Cursor{}) {
				if (err != nil) != (fault.RetryAfter > 0) {
					t.Errorf("after %+v a walk says %v", fault, err)
				}
			}
			time.Sleep(10 * time.Second)
		}
		if v := r.see(id); v.State != issue.Present {
			t.Errorf("it is %q afterwards", v.State)
		}
	})
}
