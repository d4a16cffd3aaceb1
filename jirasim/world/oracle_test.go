package world_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

// An ask is a query in words, and whether an issue fits it by a reading of its
// own: straight from the values, without the compiler.
type ask struct {
	words string
	fits  func(*world.Issue) bool
}

// clauses are the conditions that an ask is built of.
func clauses(w *world.World) []ask {
	has := func(label string) func(*world.Issue) bool {
		return func(i *world.Issue) bool { return slices.Contains(i.Values["labels"].List, label) }
	}
	empty := func(id string) func(*world.Issue) bool {
		return func(i *world.Issue) bool { return i.Values[id].Empty() }
	}
	is := func(id, value string) func(*world.Issue) bool {
		return func(i *world.Issue) bool { return i.Values[id].Text == value }
	}
	first := w.Priorities[0]
	out := []ask{
		{"labels = a", has("a")},
		{"labels in (a, b)", func(i *world.Issue) bool { return has("a")(i) || has("b")(i) }},
		{"labels != a", func(i *world.Issue) bool { return !has("a")(i) && !empty("labels")(i) }},
		{"labels is empty", empty("labels")},
		{"duedate is not empty", func(i *world.Issue) bool { return !empty("duedate")(i) }},
		{"duedate <= 2026-12-10", func(i *world.Issue) bool { return !empty("duedate")(i) && i.Values["duedate"].Text <= "2026-12-10" }},
		{"due > '2026/12/10'", func(i *world.Issue) bool { return i.Values["duedate"].Text > "2026-12-10" }},
		{"priority = '" + first.Name + "'", is("priority", first.ID)},
		{"priority not in ('" + first.Name + "')", func(i *world.Issue) bool { return i.Values["priority"].Text != first.ID }},
		{"Effort > 3", func(i *world.Issue) bool { return i.Values[effort(w)].Number != nil && *i.Values[effort(w)].Number > 3 }},
		{"Effort = 5", func(i *world.Issue) bool {
			return i.Values[effort(w)].Number != nil && *i.Values[effort(w)].Number == 5
		}},
		{"creator = currentUser()", is("creator", w.Users[0].ID)},
		{"summary ~ 'two'", func(i *world.Issue) bool { return strings.Contains(i.Values["summary"].Text, "two") }},
		{"updated >= -2h", func(i *world.Issue) bool { return !i.Updated.Before(noon.Add(-2 * time.Hour)) }},
		{`created < "2026/11/24 10:30"`, func(i *world.Issue) bool { return i.Created.Before(noon.Add(-150 * time.Minute)) }}, // Berlin is an hour ahead
		{"key in (SUP-1, SUP-2)", func(i *world.Issue) bool { return i.Key == "SUP-1" || i.Key == "SUP-2" }},
		{"key >= SUP-4", func(i *world.Issue) bool { return len(i.Key) > 5 || i.Key >= "SUP-4" }},
		{"project = Support", func(*world.Issue) bool { return true }},
	}
	return out
}

func effort(w *world.World) string {
	for _, f := range w.Fields {
		if f.Name == "Effort" {
			return f.ID
		}
	}
	return ""
}

// build joins clauses by and, or and not.
func build(t *rapid.T, from []ask, depth int) ask {
	if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
		return rapid.SampledFrom(from).Draw(t, "clause")
	}
	a := build(t, from, depth-1)
	switch rapid.IntRange(0, 2).Draw(t, "join") {
	case 0:
		return ask{"not (" + a.words + ")", func(i *world.Issue) bool { return !a.fits(i) }}
	case 1:
		b := build(t, from, depth-1)
		return ask{"(" + a.words + ") AND (" + b.words + ")", func(i *world.Issue) bool { return a.fits(i) && b.fits(i) }}
	}
	b := build(t, from, depth-1)
	return ask{"(" + a.words + " or " + b.words + ")", func(i *world.Issue) bool { return a.fits(i) || b.fits(i) }}
}

// TestASearchFindsWhatAPersonWould builds random sites and random queries, and
// compares the search with a reading of every issue.
func TestASearchFindsWhatAPersonWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := world.Found(rapid.SampledFrom([]world.Flavour{world.Cloud, world.DataCenter}).Draw(t, "flavour"), 0, []world.Seat{{Key: "SUP", Name: "Support"}})
		for n := range 8 {
			populate(t, w, n)
		}
		a := build(t, clauses(w), 3)
		q, err := jql.Parse(a.words)
		if err != nil {
			t.Fatalf("%s: %v", a.words, err)
		}
		by := world.By{User: w.Users[0], Now: noon, API: 2}
		hits, err := w.Search(by, q)
		if err != nil {
			t.Fatalf("%s: %v", a.words, err)
		}
		found := map[*world.Issue]bool{}
		for n, h := range hits {
			found[h.Issue] = true
			rest := w.After(by, q, hits, h.Keys, h.Issue.ID)
			if len(rest) != len(hits)-n-1 {
				t.Fatalf("%s: after %s come %d, want %d", a.words, h.Issue.Key, len(rest), len(hits)-n-1)
			}
		}
		for _, i := range w.Issues {
			if found[i] != a.fits(i) || w.Matches(by, q, i) != a.fits(i) {
				t.Fatalf("%s: %s %v is found %v, want %v", a.words, i.Key, i.Values, found[i], a.fits(i))
			}
		}
	})
}

// populate makes one issue at an hour of its own.
func populate(t *rapid.T, w *world.World, n int) {
	by := world.By{User: w.Users[n%2], Now: noon.Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "minutes ago")) * time.Minute), API: 2}
	b := world.Body{}
	in := fmt.Sprintf(`{"fields":{"project":{"key":"SUP"},"issuetype":{"name":"Bug"},"summary":%q,"labels":%s,"duedate":%s,"priority":{"id":%q}}}`,
		rapid.SampledFrom([]string{"one", "one two", "three"}).Draw(t, "summary"), rapid.SampledFrom([]string{"[]", `["a"]`, `["a","c"]`, `["b"]`}).Draw(t, "labels"),
		rapid.SampledFrom([]string{"null", `"2026-12-01"`, `"2026-12-10"`, `"2026-12-20"`}).Draw(t, "due"), rapid.SampledFrom([]string{"1", "3", "4"}).Draw(t, "priority"))
	if err := unmarshal(in, &b); err != nil {
		t.Fatal(err)
	}
	i, err := w.Create(by, b)
	if err != nil {
		t.Fatal(err)
	}
	if points := rapid.SampledFrom([]string{"", "2", "3", "5"}).Draw(t, "effort"); points != "" {
		if err := w.Edit(by, i, world.Body{Fields: fieldsOf(effort(w), points)}); err != nil {
			t.Fatal(err)
		}
	}
}
