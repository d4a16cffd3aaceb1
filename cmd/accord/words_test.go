package main

import (
	"strings"
	"testing"

	"example.com/accord/issue"
	"example.com/accord/plan"
	"example.com/accord/text"
	"github.com/google/go-cmp/cmp"
)

func place(field string) issue.Place { return issue.Place{Field: field} }

func row(field, id string) issue.Place {
	return issue.Place{Field: field, Row: issue.Ref{Participant: "a", ID: id}}
}

func comment(words, author string) issue.Row {
	r := issue.Row{"body": issue.Text{Doc: text.Of(words)}}
	if author != "" {
		r["author"] = issue.Scalar(author)
	}
	return r
}

func TestSay(t *testing.T) {
	for _, c := range []struct {
		reason string
		v      issue.Value
		want   string
	}{
		{"a row that is gone", nil, "(removed)"},
		{"an empty scalar", issue.Scalar(""), "(empty)"},
		{"a scalar", issue.Scalar("In Progress"), `"In Progress"`},
		{"a long one is cut between letters", issue.Scalar(strings.Repeat("ä", 70)), `"` + strings.Repeat("ä", 59) + `…"`},
		{"an empty set", issue.Set{}, "(empty)"},
		{"a set", issue.SetOf("b", "a"), "a b"},
		{"an empty text", issue.Text{}, "(empty)"},
		{"a text", issue.Text{Doc: text.Of("on fire", "again")}, `"on fire again"`},
		{"a comment", comment("me too", "Ada"), `"me too" by Ada`},
		{"a comment of ours", comment("me too", ""), `"me too"`},
	} {
		if got := say(c.v); got != c.want {
			t.Errorf("%s: %s, want %s", c.reason, got, c.want)
		}
	}
}

func TestPrintPlan(t *testing.T) {
	link := issue.Link{
		ID:     issue.Ref{Participant: "b", ID: "7"},
		Agreed: issue.Document{place("priority"): issue.Scalar("Low")},
		Held: map[issue.Place]issue.Held{place("priority"): {Claims: []issue.Claim{
			{By: "a", Value: issue.Scalar("High"), Person: "Ada"}, {By: "b", Value: issue.Scalar("Medium"), Lost: true},
		}}},
		Sides: map[issue.Participant]issue.Side{
			"a": {Key: "SUP-1", Tried: map[issue.Place]issue.Try{
				place("severity"): {Value: issue.Scalar("Blocker"), Why: "no such option"}, place("summary"): {Count: 1},
			}},
			"b": {Key: "DEV-7"},
			"c": {},
		},
	}
	p := plan.Plan{After: link, Left: map[issue.Participant]int{"a": 4820}, Changes: []issue.Change{
		{
			On: issue.Ref{Participant: "a", ID: "1"},
			Patch: issue.Document{
				place("summary"): issue.Scalar("new"), place("labels"): issue.SetOf("x", "y"), place("duedate"): issue.Scalar("2026-11-24"),
				place("description"): issue.Text{}, row("comments", "1"): comment("added", "Ben"), row("comments", "2"): nil, row("comments", "3"): comment("after", ""),
			},
			From: issue.Document{
				place("summary"): issue.Scalar("old"), place("labels"): issue.SetOf("x", "z"), place("duedate"): issue.Scalar(""),
				place("description"): issue.Text{Doc: text.Of("gone")}, row("comments", "2"): comment("removed", ""), row("comments", "3"): comment("before", ""),
			},
		},
		{On: issue.Ref{Participant: "c"}, Patch: issue.Document{place("summary"): issue.Scalar("new")}},
		{On: issue.Ref{Participant: "d", ID: "4"}, Patch: issue.Document{place("status"): issue.Scalar("Done")}, From: issue.Document{place("status"): issue.Scalar("Open")}},
	}}
	const want = `DEV-7 = SUP-1  (both)
  write to SUP-1 at a
    comments: add "added" by Ben
    comments: remove "removed"
    comments: "before" → "after"
    description: "gone" → (empty)
    duedate: "2026-11-24"
    labels: +y -z
    summary: "old" → "new"
    and 4820 rows more, in the turns that follow
  create at c
    summary: "new"
  write to d/4
    status: "Open" → "Done"
  held: priority
    agreed: "Low"
    a: "High" (Ada)
    b: "Medium", overwritten by us
  refused at a: severity "Blocker": no such option

`
	var got strings.Builder
	printPlan(&got, planned{"both", p})
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTitle(t *testing.T) {
	if got := title(issue.Link{ID: issue.Ref{Participant: "a", ID: "1"}}); got != "a/1" {
		t.Errorf("a link whose keys are not known is %q", got)
	}
}

func TestValueOf(t *testing.T) {
	for _, c := range []struct {
		kind plan.Kind
		word string
		want issue.Value
	}{
		{plan.Scalar, " as it is ", issue.Scalar(" as it is ")},
		{plan.Set, "b, a,,b", issue.SetOf("a", "b")},
		{plan.Set, "", issue.SetOf()},
		{plan.Text, "one\ntwo", issue.Text{Doc: text.Of("one", "two")}},
	} {
		got, err := valueOf(c.kind, c.word)
		if err != nil || !issue.Same(got, c.want) {
			t.Errorf("%s %q: %v, %v", c.kind, c.word, got, err)
		}
	}
	if v, err := valueOf(plan.Rows, "x"); err == nil {
		t.Errorf("a comment from a word: %v", v)
	}
}

// TestSame holds what a saved plan is compared by.
func TestSame(t *testing.T) {
	make := func(change func(*plan.Plan)) plan.Plan {
		p := plan.Plan{Turn: "one", Changes: []issue.Change{{
			On: issue.Ref{Participant: "a", ID: "1"}, Turn: "one", Patch: issue.Document{place("summary"): issue.Scalar("new")},
		}}, After: issue.Link{Held: map[issue.Place]issue.Held{place("priority"): {Claims: []issue.Claim{{By: "a", Value: issue.Scalar("High")}}}}}}
		change(&p)
		return p
	}
	first := make(func(*plan.Plan) {})
	for _, c := range []struct {
		reason string
		change func(*plan.Plan)
		want   bool
	}{
		{"the name of the turn", func(p *plan.Plan) { p.Turn, p.Changes[0].Turn = "two", "two" }, true},
		{"how often it was committed", func(p *plan.Plan) { p.After.Revision++ }, true},
		{"another value", func(p *plan.Plan) { p.Changes[0].Patch = issue.Document{place("summary"): issue.Scalar("newer")} }, false},
		{"another issue", func(p *plan.Plan) { p.Changes[0].On.ID = "2" }, false},
		{"what stands there now", func(p *plan.Plan) { p.Changes[0].From = issue.Document{place("summary"): issue.Scalar("x")} }, false},
		{"nothing to write", func(p *plan.Plan) { p.Changes = nil }, false},
		{"another claim", func(p *plan.Plan) {
			p.After.Held[place("priority")].Claims[0].Value = issue.Scalar("Low")
		}, false},
		{"nothing held", func(p *plan.Plan) { p.After.Held = nil }, false},
	} {
		if got := same(first, make(c.change)); got != c.want {
			t.Errorf("%s: same is %v", c.reason, got)
		}
	}
}
