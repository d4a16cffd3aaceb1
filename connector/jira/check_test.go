package jira_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
)

func TestCheckFindsNothing(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		found := r.Check(t.Context())
		for _, f := range found {
			if f.Fault {
				t.Errorf("a site where all is well: %s", f.What)
			}
		}
		if len(found) == 0 || !strings.Contains(found[0].What, "logged in as Accord") {
			t.Errorf("check says %v", found)
		}
	})
}

// faulty wants a fault that contains all of parts.
func faulty(t *testing.T, found []connector.Finding, fault bool, parts ...string) {
	t.Helper()
	if !slices.ContainsFunc(found, func(f connector.Finding) bool {
		return f.Fault == fault && !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(f.What, p) })
	}) {
		t.Errorf("no finding says %q: %v", parts, found)
	}
}

func TestCheckNamesFaults(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		p := project()
		p.Participant, p.Key = "here", r.key
		p.Fields = append(p.Fields, jira.Field{Name: "colour", ID: "Colour", Type: jira.Option}, jira.Field{Name: "effort", ID: "Effort", Type: jira.Date})
		p.Words = map[string][]string{"priority": {"High", "Huge"}, "status": {statuses[r.flavour][0], "Doing"}, "type": {"Task", "Saga"}}
		found := r.client.Participant(p).Check(t.Context())
		faulty(t, found, true, "here: ", "field colour", `"Colour"`, "acme", "customfield_")
		faulty(t, found, true, "field effort", "number", "date")
		faulty(t, found, true, "field priority", `no "Huge"`, "High")
		faulty(t, found, true, "field status", `no "Doing"`, statuses[r.flavour][0])
		faulty(t, found, true, "field type", `no "Saga"`, "Task")
		for permission, says := range map[string]string{"CREATE_ISSUES": "cannot appear here", "EDIT_ISSUES": "no field can be written", "TRANSITION_ISSUES": "status",
			"ADD_COMMENTS": "comments cannot be written", "ASSIGN_ISSUES": "assignee"} {
			r.control("permissions", map[string]any{"account": "accord@example.com", "permission": permission})
			faulty(t, r.client.Participant(p).Check(t.Context()), true, says, r.key, "give it to the account")
		}
		r.control("permissions", map[string]any{"account": "accord@example.com", "permission": "ADMINISTER_PROJECTS"})
		faulty(t, r.client.Participant(p).Check(t.Context()), false, "notifies watchers")
		p.Key = "NOPE"
		faulty(t, r.client.Participant(p).Check(t.Context()), true, "acme", "project NOPE", "does not exist", "Browse Projects")
	})
}

func TestCheckKnowsTheFlavour(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/2/serverInfo", 200, `{"deploymentType":"Cloud","version":"1001.0.0"}`)
	faulty(t, s.participant(t, jira.DataCenter).Check(t.Context()), true, "acme", "Jira Cloud", "set kind: cloud")
	s = newSite(t)
	s.on("GET /rest/api/2/serverInfo", 200, `{"deploymentType":"Server","version":"10.3.24"}`)
	faulty(t, s.participant(t, jira.Cloud).Check(t.Context()), true, "acme", "Data Center", "set kind: datacenter")
}

func TestCheckOfWhatIsNoJira(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/2/serverInfo", 404, `404 page not found`)
	faulty(t, s.participant(t, jira.DataCenter).Check(t.Context()), true, "acme", "GET /rest/api/2/serverInfo: 404", "no Jira answers there", "/jira")
}

func TestCheckOfAnAmbiguousName(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/2/serverInfo", 200, `{}`)
	s.on("GET /rest/api/3/project/SUP", 200, `{"key":"SUP"}`)
	s.on("GET /rest/api/3/mypermissions", 200, `{"permissions":{"BROWSE_PROJECTS":{"havePermission":true}}}`)
	c := s.open(t, jira.Cloud, jira.Options{})
	p := c.Participant(jira.Project{Participant: "a", Key: "SUP", Fields: []jira.Field{{Name: "twice", ID: "twice", Type: jira.Line}}})
	faulty(t, p.Check(t.Context()), true, "field twice", "customfield_10012, customfield_10013")
}

func TestHooks(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		hook := connector.Hook{Name: "accord", URL: "https://accord.example/hooks/acme/k?v=1", Secret: "s3cret"}
		for range 2 { // the same again does no harm
			made, err := r.client.AddHook(t.Context(), hook)
			if err != nil || made.ID == "" || !made.Active {
				t.Fatalf("AddHook: %+v, %v", made, err)
			}
		}
		all, err := r.client.Hooks(t.Context())
		if err != nil || len(all) != 1 || all[0].URL != hook.URL || all[0].Name != hook.Name || !all[0].Active {
			t.Fatalf("hooks are %+v, %v", all, err)
		}
		r.Create(t, issue.Document{place("summary"): issue.Scalar("heard")})
		r.settle()
		sent := r.deliveries()
		if len(sent) == 0 || sent[0].Header.Get("X-Hub-Signature") == "" {
			t.Fatalf("%d deliveries, the first signed %q", len(sent), sent[0].Header.Get("X-Hub-Signature"))
		}
		if evs, err := r.hub.Events(sent[0]); err != nil || len(evs) != 1 {
			t.Errorf("heard as %v, %v", evs, err)
		}
		for range 2 { // one that is gone does no harm
			if err := r.client.RemoveHook(t.Context(), all[0].ID); err != nil {
				t.Fatal(err)
			}
		}
		if all, err := r.client.Hooks(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("hooks are %+v, %v", all, err)
		}
		r.control("permissions", map[string]any{"account": "accord@example.com", "permission": "ADMINISTER"})
		if _, err := r.client.AddHook(t.Context(), hook); err == nil || !strings.Contains(err.Error(), "administrator") {
			t.Errorf("hooks of an account that may not: %v", err)
		}
	})
}

// TestHooksOfOldSites: before 10.0 Data Center has them under another path, and
// gives the id only at the end of an address.
func TestHooksOfOldSites(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/webhooks/1.0/webhook", 200, `[{"name":"x","url":"https://a.example","filters":"","enabled":true,"self":"https://j/rest/webhooks/1.0/webhook/2"}]`)
	s.on("POST /rest/webhooks/1.0/webhook", 201, `{"name":"x","url":"https://b.example","filters":{},"enabled":true,"self":"https://j/rest/webhooks/1.0/webhook/3"}`)
	c := s.open(t, jira.DataCenter, jira.Options{})
	c.Participant(project())
	c.Participant(jira.Project{Participant: "b", Key: "DEV"})
	all, err := c.Hooks(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != "2" {
		t.Fatalf("%+v, %v", all, err)
	}
	made, err := c.AddHook(t.Context(), connector.Hook{Name: "x", URL: "https://b.example"})
	if err != nil || made.ID != "3" {
		t.Errorf("%+v, %v", made, err)
	}
	body := bodyOf(t, s.asked("POST ", "/webhook")[len(s.asked("POST ", "/webhook"))-1])
	if got := fmt.Sprint(body["filters"]); !strings.Contains(got, `project in ("DEV", "SUP")`) {
		t.Errorf("it asks for %s", got)
	}
}
