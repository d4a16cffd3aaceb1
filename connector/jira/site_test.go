package jira_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
)

// A site is a Jira that answers what a test tells it, and notes what is asked.
type site struct {
	*httptest.Server
	mux *http.ServeMux

	mu    sync.Mutex
	calls []string // "PUT /rest/api/3/issue/10?notifyUsers=false {body}"
}

const token = "s3cret-t0ken"

func newSite(t testing.TB) *site {
	s := &site{mux: http.NewServeMux()}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		s.mu.Lock()
		s.calls = append(s.calls, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
		s.mu.Unlock()
		s.mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	for _, api := range []string{"/rest/api/2", "/rest/api/3"} {
		s.on("GET "+api+"/myself", 200, `{"accountId":"me","name":"accord","key":"JIRAUSER1","displayName":"Accord","timeZone":"Etc/UTC"}`)
		s.on("GET "+api+"/field", 200, `[{"id":"summary","name":"Summary","schema":{"type":"string"}},{"id":"description","name":"Description"},
			{"id":"labels","name":"Labels"},{"id":"priority","name":"Priority"},{"id":"status","name":"Status"},{"id":"assignee","name":"Assignee"},
			{"id":"duedate","name":"Due date"},{"id":"issuetype","name":"Issue Type"},
			{"id":"customfield_10010","name":"Severity","schema":{"type":"option"}},{"id":"customfield_10011","name":"Points","schema":{"type":"number"}},
			{"id":"customfield_10012","name":"Twice"},{"id":"customfield_10013","name":"Twice"}]`)
	}
	return s
}

// on answers a pattern of [http.ServeMux] with a status and a body.
func (s *site) on(pattern string, status int, body string, headers ...string) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// asked returns the calls that contain all of parts.
func (s *site) asked(parts ...string) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(c, p) }) {
			out = append(out, c)
		}
	}
	return out
}

func project() jira.Project {
	return jira.Project{Participant: "acme-support", Key: "SUP",
		Via: map[string][][]string{"status": {{"To Do", "In Progress", "Done"}}},
		Fields: []jira.Field{
			{Name: "summary", ID: "summary", Type: jira.Line}, {Name: "description", ID: "description", Type: jira.RichText},
			{Name: "labels", ID: "labels", Type: jira.Labels}, {Name: "priority", ID: "priority", Type: jira.Named},
			{Name: "status", ID: "status", Type: jira.Status}, {Name: "assignee", ID: "assignee", Type: jira.User},
			{Name: "due", ID: "duedate", Type: jira.Date}, {Name: "severity", ID: "Severity", Type: jira.Option},
			{Name: "points", ID: "customfield_10011", Type: jira.Number}, {Name: "comments", ID: "comment", Type: jira.Comments},
			{Name: "type", ID: "issuetype", Type: jira.IssueType},
		}}
}

// open opens the site as a flavour.
func (s *site) open(t testing.TB, f jira.Flavour, o jira.Options) *jira.Client {
	cfg := jira.Site{Name: "acme", Flavour: f, URL: s.URL, Token: connector.NewSecret(token)}
	if f == jira.Cloud {
		cfg.User = "admin@example.com"
	}
	c, err := jira.Open(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *site) participant(t testing.TB, f jira.Flavour) *jira.Participant {
	return s.open(t, f, jira.Options{}).Participant(project())
}

// look reads one issue.
func look(t testing.TB, p *jira.Participant, id string) (issue.View, error) {
	t.Helper()
	for v, err := range p.Read(t.Context(), id) {
		return v, err
	}
	t.Fatal("Read yields nothing")
	return issue.View{}, nil
}

func place(field string) issue.Place { return issue.Place{Field: field} }

// edit is a change of issue 10.
func edit(patch issue.Document) issue.Change {
	return issue.Change{On: issue.Ref{Participant: "acme-support", ID: "10"}, Link: issue.Ref{Participant: "b", ID: "1"}, Turn: "t1",
		Patch: patch, From: issue.Document{}, Rows: map[issue.Place]issue.RowAt{}, Start: time.Now().Add(time.Minute)}
}

// bodyOf decodes the body of a call noted by a site.
func bodyOf(t testing.TB, call string) map[string]any {
	t.Helper()
	var out map[string]any
	i := strings.Index(call, " {")
	if i < 0 || json.Unmarshal([]byte(call[i+1:]), &out) != nil {
		t.Fatalf("no JSON in %q", call)
	}
	return out
}
