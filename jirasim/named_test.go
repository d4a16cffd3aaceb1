package jirasim_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// TestATypeEndsAndItsIssuesGetAnother: on Cloud and Data Center alike.
func TestATypeEndsAndItsIssuesGetAnother(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		made := p.must(201, "POST", "/issuetype", `{"name":"Incident","description":"when it burns"}`).at("id").(string)
		key := p.create(map[string]any{"issuetype": map[string]any{"name": "Incident"}})
		var bug string
		for _, x := range p.must(200, "GET", "/issuetype/"+made+"/alternatives", nil).list() {
			if dig(x, "subtask") == true {
				t.Errorf("a sub-task could take its place: %v", x)
			}
			if dig(x, "name") == "Bug" {
				bug = dig(x, "id").(string)
			}
		}
		p.must(409, "DELETE", "/issuetype/"+made, nil)
		p.must(204, "DELETE", "/issuetype/"+made+"?alternativeIssueTypeId="+bug, nil)
		if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", "issuetype", "name"); got != "Bug" {
			t.Errorf("the issue is a %v", got)
		}
		if it := p.items(key)["issuetype"]; it["fromString"] != "Incident" || it["toString"] != "Bug" {
			t.Errorf("the history says %v", it)
		}
	})
}

// harsh are bodies that the resources of a site's settings might trip over.
var harsh = []string{"", "null", "[]", "{}", "5", `"x"`, "{", "\x00", `{"name":null}`, `{"name":5}`, `{"name":""}`, `{"name":"x","project":"SUP","projectId":{}}`, `{"name":"x","projectId":-1}`,
	`{"released":"yes"}`, `{"releaseDate":"9999-99-99"}`, `{"moveUnfixedIssuesTo":"/","released":true,"name":"y"}`, `{"after":"/","position":""}`, `{"position":"First"}`, `{"moveFixIssuesTo":{}}`,
	`{"moveFixIssuesTo":-5,"customFieldReplacementList":[{}]}`, `{"lead":{},"name":"z"}`, `{"lead":null,"assigneeType":null}`, `{"leadAccountId":""}`, `{"key":"","name":""}`, `{"key":"A","categoryId":-1}`,
	`{"key":"ABC","name":"ABC","lead":"admin","leadAccountId":"x"}`, `{"categorisedActors":{"atlassian-user-role-actor":null}}`, `{"categorisedActors":{"x":["y"]}}`, `{"user":[""],"group":[""]}`,
	`{"options":[{}]}`, `{"options":[{"value":"x","optionId":"x"}]}`, `{"options":null}`, `{"customFieldOptionIds":[""],"position":"Last"}`, `{"customFieldOptionIds":[],"position":"First"}`,
	`{"projectIds":[""],"issueTypeIds":[null]}`, `{"name":"c","projectIds":["99"]}`, `{"fieldId":"summary"}`, `{"name":"f","type":"com.atlassian.jira.plugin.system.customfieldtypes:select","projectIds":[{}]}`,
	`{"targetToSourcesMapping":{"":{}}}`, `{"targetToSourcesMapping":{",,":{"issueIdsOrKeys":["SUP-1"]}}}`, `{"targetToSourcesMapping":{"SUP,10004":{"issueIdsOrKeys":["SUP-1","SUP-2"]}}}`,
	`{"targetToSourcesMapping":{"SUP,10004,SUP-1":{"issueIdsOrKeys":["SUP-1"]}}}`, `{"bulkTransitionInputs":[{"selectedIssueIdsOrKeys":["SUP-1"],"transitionId":"\"\\u0000"}]}`,
	`{"selectedIssueIdsOrKeys":["SUP-1","SUP-1"]}`, `{"issueIdsOrKeys":["SUP-1","SUP-1",1e9]}`, `{"issueIdsOrKeys":["SUP-1"],"maxResults":-1}`, `{"issueIdsOrKeys":["SUP-1"],"nextPageToken":"LTU"}`,
	`{"changelogIds":[{}]}`, `{"hierarchyLevel":7,"name":"t"}`, `{"globalPermissions":["x"]}`, `{"projectPermissions":[{"permissions":["EDIT_ISSUES"],"projects":[null],"issues":[-1]}]}`,
	`{"username":null,"password":5}`, `{"fields":{"components":[null],"fixVersions":[{"id":{}}],"parent":{"id":-1}}}`, `{"fields":{"parent":{"key":"SUP-1"},"issuetype":{"id":"10004"}}}`}

// TestAnAdministratorBreaksNothing: whatever he sends to whatever is there, an
// answer of Jira's comes, and the site lives on.
func TestAnAdministratorBreaksNothing(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		for _, r := range jirasim.Routes(f) {
			if r.Method == "GET" || strings.HasPrefix(r.Path, "/_") {
				continue
			}
			p := open(t, f, func(o *jirasim.Options) {
				o.Unlimited, o.Samples, o.Projects = true, 2, []jirasim.Project{{Key: "SUP", Name: "Support"}}
			})
			p.must(201, "POST", "/component", `{"project":"SUP","name":"Engine"}`)
			for _, name := range []string{"1", "2"} {
				p.must(201, "POST", "/version", map[string]any{"project": "SUP", "name": name})
			}
			cascade := p.must(201, "POST", "/field", map[string]any{"name": "Place", "type": customType + "cascadingselect"}).at("id").(string)
			path := strings.NewReplacer("{v}", "2", "{issue}", "SUP-1", "{project}", "SUP", "{version}", "10000", "{to}", "10001", "{component}", "10000", "{role}", "10002", "{field}", cascade,
				"{context}", "10010", "{option}", "10000", "{screen}", "1", "{tab}", "10000", "{id}", "10001", "{key}", "k", "{comment}", "10000", "{task}", "10000").Replace(r.Path)
			bodies := harsh
			if r.Method == "DELETE" {
				bodies = harsh[:3]
			}
			for n, body := range bodies {
				q := httptest.NewRequest(r.Method, path+"?groupname=staff&maxResults=3", strings.NewReader(body))
				q.SetBasicAuth("admin@example.com", "example")
				w := httptest.NewRecorder()
				p.sim.ServeHTTP(w, q)
				answers(t, fmt.Sprintf("%s %s %s, body %d", f, r.Method, path, n), w)
			}
			for _, look := range []string{"/myself", "/project", "/field", "/issuetype", "/issue/SUP-1?expand=changelog", "/issue/SUP-2/editmeta"} {
				if a := p.do("GET", look, nil); a.status != 200 && !slices.Contains([]int{404, 401}, a.status) {
					t.Errorf("%s %s left %s with %d", r.Method, r.Path, look, a.status)
				}
			}
		}
	}
}
