package jirasim_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// held are the recordings that tests hold the answers of a route against,
// besides those of refusals.
var held = map[string]string{
	"GET /rest/api/{v}/myself":                                "nango_get-myself",
	"POST /rest/api/{v}/issue":                                "nango_create-issue ruby_issue.post",
	"GET /rest/api/{v}/issue/{issue}":                         "devlake_agile_issue_links_changelog_DZFNK0168-5",
	"POST /rest/api/{v}/issue/{issue}/comment":                "nango_add-comment php_comment",
	"PUT /rest/api/{v}/issue/{issue}/comment/{comment}":       "nango_update-comment",
	"POST /rest/api/{v}/issue/{issue}/worklog":                "nango_add-worklog",
	"PUT /rest/api/{v}/issue/{issue}/worklog/{worklog}":       "nango_update-worklog",
	"GET /rest/api/{v}/issue/{issue}/worklog":                 "nango_list-worklogs",
	"GET /rest/api/{v}/issue/{issue}/watchers":                "nango_list-watchers",
	"GET /rest/api/{v}/issue/{issue}/changelog":               "nango_get-issue-changelog devlake_changelog_Link devlake_changelog_RemoteIssueLink devlake_changelog_timeestimate devlake_changelog_status devlake_changelog_description",
	"GET /rest/api/{v}/priority":                              "ruby_priority",
	"GET /rest/api/{v}/priority/{id}":                         "nango_get-priority",
	"GET /rest/api/{v}/priority/search":                       "nango_list-priorities",
	"GET /rest/api/{v}/status":                                "ruby_status",
	"GET /rest/api/{v}/status/{id}":                           "nango_get-status",
	"GET /rest/api/{v}/statuscategory":                        "gojira_all_statuscategories",
	"GET /rest/api/{v}/issuetype":                             "nango_issue-types",
	"GET /rest/api/{v}/issuetype/{id}":                        "nango_get-issue-type",
	"GET /rest/api/{v}/user":                                  "nango_get-user",
	"GET /rest/api/{v}/user/search":                           "cloud_429_user_search",
	"GET /rest/api/{v}/field":                                 "nango_fields gojira_all_fields",
	"GET /rest/api/{v}/project/{project}":                     "nango_get-project",
	"GET /rest/api/{v}/issue/createmeta":                      "nango_get-create-issue-metadata",
	"GET /rest/api/{v}/issue/createmeta/{project}/issuetypes": "jiracli_createmeta_v9_issuetypes",
	"GET /rest/api/{v}/search/jql":                            "nango_issues",
	"GET /rest/api/{v}/issueLinkType":                         "ruby_issueLinkType",
	"GET /rest/api/{v}/issue/{issue}/remotelink":              "gojira_remote_links",
	"GET /rest/api/{v}/attachment/{attachment}":               "ruby_issue_10002_attachments_10000",
	"POST /rest/api/{v}/issue/{issue}/attachments":            "server_attachment_too_large",
	"GET /rest/api/{v}/issue/{issue}/transitions":             "gojira_transitions",
	"GET /rest/api/{v}/issue/{issue}/properties":              "ruby_issue_10002_properties",
	"GET /rest/api/{v}/issue/{issue}/properties/{key}":        "ruby_issue_10002_properties_foo",
	"POST /rest/api/{v}/version":                              "ruby_version.post",
	"POST /rest/api/{v}/issueLink":                            "nango_create-issue-link jrjc_issueLinks_links-disabled-error",
	"POST /_sim/import":                                       "37 issues, see recorded_test.go",
}

// against says what the answers of a route were held against: the documents
// that describe it and the recordings.
func against(f jirasim.Flavour, r jirasim.Operation) (docs, bodies []string) {
	for _, v := range []string{"3", "2"} {
		path := rest(strings.NewReplacer("{v}", v, "{key}", "k").Replace(r.Path), "10000")
		d, at := describes(f, path)
		if d == nil {
			continue
		}
		router, err := d.load()
		if err != nil {
			continue
		}
		q := httptest.NewRequest(r.Method, at, nil)
		q.Host = ""
		if _, _, err := router.FindRoute(q); err == nil && !slices.Contains(docs, d.name) {
			docs = append(docs, d.name)
		}
	}
	bodies = strings.Fields(held[r.Method+" "+r.Path])
	if strings.HasPrefix(r.Path, "/_sim/") {
		bodies = slices.DeleteFunc([]string{held[r.Method+" "+r.Path]}, func(s string) bool { return s == "" })
	}
	refusals := cloudRefusals()
	if f == jirasim.DataCenter {
		refusals = centerRefusals()
	}
	for _, no := range refusals {
		if no.recorded != "" && no.method == r.Method && fits(r.Path, strings.Split(no.path, "?")[0]) && most(f, r, no) && !slices.Contains(bodies, no.recorded) {
			bodies = append(bodies, no.recorded)
		}
	}
	return docs, bodies
}

// joined is what there is, each once.
func joined(by string, all []string) string {
	slices.Sort(all)
	return strings.Join(slices.Compact(slices.DeleteFunc(all, func(s string) bool { return s == "" })), by)
}

// most reports whether no other route spells the path of a refusal out more.
func most(f jirasim.Flavour, r jirasim.Operation, no refusal) bool {
	for _, o := range jirasim.Routes(f) {
		if o.Method == r.Method && fits(o.Path, strings.Split(no.path, "?")[0]) && strings.Count(o.Path, "{") < strings.Count(r.Path, "{") {
			return false
		}
	}
	return true
}

// TestTheReadmeSaysWhatWasChecked holds the last column of the README's table;
// with -update it is written.
func TestTheReadmeSaysWhatWasChecked(t *testing.T) {
	documents(t, "openapi", "SOURCE.md")
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(b), "\n")
	for n, line := range lines {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		method, path, is := strings.Cut(strings.Trim(cells[0], "`"), " ")
		if !strings.HasPrefix(line, "| `") || !is || len(cells) < 2 {
			continue
		}
		var docs, bodies []string
		lacks, known := "", false
		for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
			if where := strings.Trim(cells[1], " |"); where == "DC" && f == jirasim.Cloud || where == "Cloud" && f == jirasim.DataCenter {
				continue
			}
			for _, r := range jirasim.Routes(f) {
				if r.Method == method && r.Path == path {
					known, lacks = true, r.Lacks
					d, b := against(f, r)
					docs, bodies = append(docs, d...), append(bodies, b...)
				}
			}
		}
		if !known || !slices.Contains([]string{"Cloud", "DC", "both"}, strings.Trim(cells[1], " |")) {
			continue
		}
		want := fmt.Sprintf("| `%s %s` | %s | %s | %s |", method, path, strings.Trim(cells[1], " |"), lacks, strings.Trim(joined(", ", docs)+"; "+joined(", ", bodies), "; "))
		if line != want {
			if !*update {
				t.Errorf("the README has\n%s, want\n%s\n(go test ./jirasim -run Readme -update writes it)", line, want)
			}
			lines[n] = want
		}
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(strings.Join(lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
