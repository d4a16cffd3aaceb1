package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

func TestIssuesIn(t *testing.T) {
	const bare = `{"key":"A-1","fields":{"summary":"s"}}`
	for _, c := range []struct {
		reason, file string
		n            int
		search       bool
		refused      string
	}{
		{"a bare issue", bare, 1, false, ""},
		{"the answer to a search", `{"issues":[` + bare + `,` + bare + `]}`, 2, true, ""},
		{"a recorded call of a search", `{"request":{},"response":{"status":200,"body":{"issues":[` + bare + `]}}}`, 1, true, ""},
		{"a recorded call of one issue", `{"response":{"body":` + bare + `}}`, 1, false, ""},
		{"an issue without a summary", `{"key":"A-1","fields":{}}`, 0, false, "neither an issue"},
		{"a search with one", `{"issues":[{"key":"A-1","fields":{}}]}`, 0, false, "issue 1 of the search"},
		{"a user", `{"accountId":"1","displayName":"Ada"}`, 0, false, "neither an issue"},
		{"a list", `[` + bare + `]`, 0, false, "no JSON object of Jira's"},
		{"an answer that is a list", `{"response":{"body":[]}}`, 0, false, "no answer with issues"},
		{"no JSON", `<html>`, 0, false, "no JSON object of Jira's"},
	} {
		found, search, err := issuesIn([]byte(c.file))
		if len(found) != c.n || search != c.search {
			t.Errorf("%s: %d issues, of a search: %v", c.reason, len(found), search)
		}
		if (err != nil) != (c.refused != "") || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%s: refused with %v, want %q", c.reason, err, c.refused)
		}
	}
}

// docs is the folder with Jira's recorded answers; without it the test is skipped.
func docs(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("JIRA_DOCS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "jira")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("SKIPPED: set JIRA_DOCS to the folder with Jira's documents: %v", err)
	}
	return filepath.Join(dir, "fixtures")
}

// recordings are the files that hold issues, and how many.
func recordings(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{filepath.Join(docs(t), "rest-cloud-v3", "nango_issues.json"): 16}
	for _, name := range []string{
		"devlake_agile_issue_links_changelog_DZFNK0168-20", "devlake_agile_issue_links_changelog_DZFNK0168-5", "jrjc_issue_subtasks-5",
		"jrjc_issue_valid-5.0-with-changelog", "jrjc_issue_valid-anonymous-comment", "jrjc_issue_valid-user-picker-custom-field-filled-out",
		"jrjc_issue_valid-visibility", "php_issue", "ruby_issue_10002",
	} {
		out[filepath.Join(docs(t), "rest-server-v2", name+".json")] = 1
	}
	return out
}

func TestRecordedIssuesAreImported(t *testing.T) {
	cloud, center := open(t, jirasim.Cloud), open(t, jirasim.DataCenter)
	for path, want := range recordings(t) {
		n, err := importFile(t.Context(), path, cloud, center)
		if err != nil || n != want {
			t.Errorf("%s: %d issues, %v", path, n, err)
		}
	}
	for _, name := range []string{"rest-server-v2/php_comment.json", "rest-cloud-v3/nango_fields.json", "rest-server-v2/gojira_issues_in_sprint.json", "SOURCE.md"} {
		path := filepath.Join(docs(t), filepath.FromSlash(name))
		if _, err := importFile(t.Context(), path, cloud, center); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: refused with %v", name, err)
		}
	}
}

func open(t *testing.T, f jirasim.Flavour) *site {
	t.Helper()
	s, err := openSite(jirasim.Options{Flavour: f, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
