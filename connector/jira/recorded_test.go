package jira_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/accord/connector/jira"
	"example.com/accord/issue"
)

// docs returns the folder of Jira's documents and recorded bodies.
func docs(t testing.TB) string {
	dir := os.Getenv("JIRA_DOCS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "jira")
	}
	if _, err := os.Stat(filepath.Join(dir, "fixtures")); err != nil {
		t.Skipf("SKIPPED: no recorded bodies of Jira at %s; set JIRA_DOCS to the folder that has them", dir)
	}
	return dir
}

// TestRecordedIssues reads every recorded issue and wants in the view what its
// own JSON says, found there by other means.
func TestRecordedIssues(t *testing.T) {
	root := filepath.Join(docs(t), "fixtures")
	read := 0
	for folder, f := range map[string]jira.Flavour{"rest-server-v2": jira.DataCenter, "rest-cloud-v3": jira.Cloud} {
		files, err := filepath.Glob(filepath.Join(root, folder, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no bodies in %s: %v", folder, err)
		}
		for _, file := range files {
			for n, one := range issuesIn(t, file) {
				if f == jira.Cloud && strings.Contains(file, "faros") {
					continue // wiki markup under version 3: not as Jira gave it
				}
				t.Run(fmt.Sprintf("%s/%d", filepath.Base(file), n), func(t *testing.T) { recordedIssue(t, f, one) })
				read++
			}
		}
	}
	if read < 20 {
		t.Errorf("only %d recorded issues were found", read)
	}
}

// issuesIn finds the whole issues in a recorded body.
func issuesIn(t *testing.T, file string) (out []map[string]any) {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all any
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if fields, ok := v["fields"].(map[string]any); ok && fields["summary"] != nil && fields["project"] != nil && v["key"] != nil {
				out = append(out, v)
				return
			}
			for _, w := range v {
				walk(w)
			}
		case []any:
			for _, w := range v {
				walk(w)
			}
		}
	}
	walk(all)
	return out
}

func recordedIssue(t *testing.T, f jira.Flavour, one map[string]any) {
	fields := one["fields"].(map[string]any)
	comments := 0
	if c, ok := fields["comment"].(map[string]any); ok {
		all, _ := c["comments"].([]any)
		comments, c["total"] = len(all), len(all) // some were cut by who kept them
	} else {
		fields["comment"] = map[string]any{"comments": []any{}, "total": 0}
	}
	if log, ok := one["changelog"].(map[string]any); ok {
		log["total"] = len(log["histories"].([]any))
	}
	api := map[jira.Flavour]string{jira.Cloud: "3", jira.DataCenter: "2"}[f]
	body, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	s.on("GET /rest/api/"+api+"/issue/10", 200, string(body))
	s.mux.HandleFunc("GET /rest/api/2/user", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"key":%q,"name":%q}`, r.URL.Query().Get("key"), r.URL.Query().Get("key"))
	})
	p := project()
	p.Key = fields["project"].(map[string]any)["key"].(string)
	here := s.open(t, f, jira.Options{}).Participant(p)
	v, err := look(t, here, "10")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.Doc[place("summary")], strings.Join(strings.Fields(fields["summary"].(string)), " "); got != issue.Scalar(want) {
		t.Errorf("summary shows %v, want %q", got, want)
	}
	if v.Created.IsZero() || v.Updated.IsZero() || v.Key != one["key"] || len(v.Rows) != comments || v.State != issue.Present {
		t.Errorf("created %v, updated %v, key %s, %d of %d comments, %q", v.Created, v.Updated, v.Key, len(v.Rows), comments, v.State)
	}
	for name, id := range map[string]string{"status": "status", "priority": "priority", "type": "issuetype"} {
		raw, has := fields[id]
		if got, heard := v.Doc[place(name)]; heard != has {
			t.Errorf("%s is heard: %v; it is there: %v", id, heard, has)
		} else if o, ok := raw.(map[string]any); ok && got != issue.Scalar(o["name"].(string)) {
			t.Errorf("%s shows %v, want %v", id, got, o["name"])
		}
	}
	if d, ok := fields["description"]; ok && issue.Empty(v.Doc[place("description")]) != (d == nil) {
		t.Errorf("description %.80v shows %v", d, v.Doc[place("description")])
	}
	for _, e := range v.Log {
		if e.At.IsZero() || e.Ours || issue.Same(e.From, e.To) {
			t.Errorf("entry %+v", e)
		}
	}
	if canon := here.Canon(v.Doc); !canon.Equal(v.Doc) {
		t.Errorf("what Read shows is not canonical: %v", issue.Diff(v.Doc, canon))
	}
}

// TestRecordedChangelogs reads every recorded entry of Cloud's changelog.
func TestRecordedChangelogs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(docs(t), "fixtures", "rest-cloud-v3", "devlake_changelog_*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded changelogs: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var o struct {
			Value json.RawMessage `json:"value"`
		}
		var h struct {
			Items []struct {
				FieldID    string  `json:"fieldId"`
				FromString *string `json:"fromString"`
				ToString   *string `json:"toString"`
			} `json:"items"`
		}
		if err := json.Unmarshal(b, &o); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(o.Value, &h); err != nil {
			t.Fatal(err)
		}
		s := newSite(t)
		s.on("GET /rest/api/3/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{"comment":{"comments":[],"total":0}},"changelog":{"total":1,"histories":[`+string(o.Value)+`]}}`)
		v, err := look(t, s.participant(t, jira.Cloud), "10")
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		want := 0
		for _, it := range h.Items {
			switch it.FieldID {
			case "description", "priority", "status":
				want++
				e := v.Log[0]
				if it.ToString != nil && it.FieldID != "description" && e.To != issue.Scalar(*it.ToString) || it.FromString == nil && !issue.Empty(e.From) || issue.Empty(e.To) {
					t.Errorf("%s: %+v is read as %+v", filepath.Base(file), it, e)
				}
			}
		}
		if len(v.Log) != want {
			t.Errorf("%s: %d entries of our fields, want %d: %+v", filepath.Base(file), len(v.Log), want, v.Log)
		}
	}
}
