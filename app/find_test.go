package app_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"github.com/google/go-cmp/cmp"
)

func TestResolve(t *testing.T) {
	w := newWorld(t)
	w.src += `
  more:
    participants:
      - {name: c, site: one, project: DEV}
      - {name: d, site: two, project: A_B}
    fields: {summary: hold}
`
	a := w.open()
	defer a.Close()
	for _, c := range []struct {
		reason, word string
		want         issue.Ref
		err          string
	}{
		{"a key", "SUP-12", issue.Ref{Participant: "a", ID: "SUP-12"}, ""},
		{"a key in small letters", "sup-12", issue.Ref{Participant: "a", ID: "SUP-12"}, ""},
		{"a key with an underscore", "A_B-1", issue.Ref{Participant: "d", ID: "A_B-1"}, ""},
		{"participant and id", "b/10001", issue.Ref{Participant: "b", ID: "10001"}, ""},
		{"participant and key", "c/DEV-1", issue.Ref{Participant: "c", ID: "DEV-1"}, ""},
		{"two participants have this project", "DEV-1", issue.Ref{}, "find DEV-1: several participants have this project; say b/DEV-1 or c/DEV-1"},
		{"nobody has", "XYZ-1", issue.Ref{}, "find XYZ-1: no participant has this project; there are SUP, DEV, DEV, A_B"},
		{"no key", "12", issue.Ref{}, "no participant has this project"},
		{"no participant", "x/12", issue.Ref{}, `there is no participant "x"`},
		{"no id", "a/", issue.Ref{}, "no id or key behind the slash"},
	} {
		ref, err := a.Resolve(c.word)
		if c.err == "" && (err != nil || ref != c.want) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %v, %v", c.reason, ref, err)
		}
	}
}

func TestIssues(t *testing.T) {
	w := newWorld(t)
	a := w.open()
	defer a.Close()
	first := w.a.Create("ann", doc("linked"))
	if err := a.Turn(t.Context(), issue.Event{Ref: issue.Ref{Participant: "a", ID: first}, Cause: "webhook"}); err != nil {
		t.Fatal(err)
	}
	second, third := w.a.Create("ann", doc("not linked")), w.b.Create("bob", doc("not linked either"))
	s, err := a.Sync("both")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for ref, err := range a.Issues(t.Context(), s) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ref.String())
	}
	slices.Sort(got)
	want := []string{"a/" + first, "a/" + second, "b/" + third}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	l, e, err := a.Link(t.Context(), issue.Ref{Participant: "b", ID: w.b.IDs()[0]})
	if err != nil || e != s.Engine || l.ID != (issue.Ref{Participant: "a", ID: first}) {
		t.Errorf("%v, %v", l.ID, err)
	}
	if _, _, err := a.Link(t.Context(), issue.Ref{Participant: "a", ID: second}); err == nil || !strings.Contains(err.Error(), "not kept in step yet") {
		t.Errorf("%v", err)
	}
	if _, _, err := a.Link(t.Context(), issue.Ref{Participant: "a", ID: "999"}); err == nil || !strings.Contains(err.Error(), "the issue is missing") {
		t.Errorf("%v", err)
	}
}

func TestSyncByName(t *testing.T) {
	a := newWorld(t).open()
	defer a.Close()
	if _, err := a.Sync("nobody"); err == nil || !strings.Contains(err.Error(), `there is no sync "nobody"`) {
		t.Errorf("%v", err)
	}
}

// TestKinds holds that every kind that the file knows can be opened, and every
// kind of field has the connector's name for it.
func TestKinds(t *testing.T) {
	kinds := app.Kinds()
	for _, k := range []string{config.Cloud, config.DataCenter} {
		if kinds[k] == nil {
			t.Errorf("no connector for %s", k)
		}
	}
	if len(kinds) != 2 {
		t.Errorf("%d kinds", len(kinds))
	}
}

func TestCheck(t *testing.T) {
	a := newWorld(t).open()
	defer a.Close()
	found := a.Check(t.Context())
	if len(found) != 2 || found[0].Fault || !strings.HasPrefix(found[0].What, "a: ") || !strings.HasPrefix(found[1].What, "b: ") {
		t.Errorf("%+v", found)
	}
}

// TestFieldKinds holds that the connector knows every kind of field that the
// file can name.
func TestFieldKinds(t *testing.T) {
	known := []jira.Type{jira.IssueType, jira.Line, jira.RichText, jira.Status, jira.Option, jira.Named, jira.User, jira.Date, jira.Number, jira.Labels, jira.Comments}
	kinds := config.Kinds()
	for _, f := range config.Known() {
		kinds = append(kinds, f.Kind)
	}
	for _, k := range kinds {
		if !slices.Contains(known, jira.Type(k)) {
			t.Errorf("the connector does not know the kind %q", k)
		}
	}
}
