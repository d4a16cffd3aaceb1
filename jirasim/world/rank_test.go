package world_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

// TestRankIsAnOrder moves issues about and holds the order of rank against a
// list that is moved about in the same way.
func TestRankIsAnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := world.Found(world.Cloud, 0, []world.Seat{{Key: "SUP", Name: "Support"}})
		if err := w.Samples(6, noon); err != nil {
			t.Fatal(err)
		}
		want := []string{"SUP-1", "SUP-2", "SUP-3", "SUP-4", "SUP-5", "SUP-6"}
		by := world.By{User: w.Users[0], Now: noon, API: 2}
		for range rapid.IntRange(1, 60).Draw(t, "moves") {
			n := rapid.IntRange(1, 3).Draw(t, "how many")
			keys := rapid.Permutation(slices.Clone(want)).Draw(t, "which")
			moved, beside := keys[:n], keys[n]
			var issues []*world.Issue
			for _, k := range moved {
				i, _ := w.Issue(w.Users[0], k)
				issues = append(issues, i)
			}
			other, _ := w.Issue(w.Users[0], beside)
			want = slices.DeleteFunc(want, func(k string) bool { return slices.Contains(moved, k) })
			at := slices.Index(want, beside)
			if rapid.Bool().Draw(t, "before") {
				w.Rank(by, issues, other, nil)
			} else {
				w.Rank(by, issues, nil, other)
				at++
			}
			want = slices.Insert(want, at, moved...)
			if got := ranked(t, w, by); got != strings.Join(want, " ") {
				t.Fatalf("%v moved to %s: %s, want %s", moved, beside, got, strings.Join(want, " "))
			}
		}
	})
}

func ranked(t *rapid.T, w *world.World, by world.By) string {
	q, err := jql.Parse("project = SUP order by rank")
	if err != nil {
		t.Fatal(err)
	}
	hits, err := w.Search(by, q)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range hits {
		got = append(got, h.Issue.Key)
	}
	return strings.Join(got, " ")
}
