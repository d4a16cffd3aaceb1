package issue_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/issue"
	"example.com/accord/text"
)

var (
	word   = rapid.SampledFrom([]string{"", "a", "b", "c", "d e", "é\n"})
	scalar = rapid.Map(word, func(s string) issue.Value { return issue.Scalar(s) })
	set    = rapid.Map(rapid.SliceOfN(word, 0, 4), func(s []string) issue.Value { return issue.SetOf(s...) })
	rich   = rapid.Map(rapid.SliceOfN(word, 0, 4), func(s []string) issue.Value { return issue.Text{Doc: text.Of(s...)} })
	row    = rapid.Custom(func(t *rapid.T) issue.Value {
		r := issue.Row{}
		if rapid.Bool().Draw(t, "body?") {
			r["body"] = rich.Draw(t, "body")
		}
		if rapid.Bool().Draw(t, "author?") {
			r["author"] = scalar.Draw(t, "author")
		}
		return r
	})
	kinds = map[string]*rapid.Generator[issue.Value]{"scalar": scalar, "set": set, "text": rich, "row": row}
	place = rapid.Custom(func(t *rapid.T) issue.Place {
		p := issue.Place{Field: rapid.SampledFrom([]string{"summary", "labels", "comments"}).Draw(t, "field")}
		if p.Field == "comments" {
			p.Row = issue.Ref{Participant: "acme", ID: rapid.SampledFrom([]string{"1", "2", "10"}).Draw(t, "id")}
		}
		return p
	})
	document = rapid.Custom(func(t *rapid.T) issue.Document {
		d := issue.Document{}
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			d[place.Draw(t, "place")] = rapid.OneOf(scalar, set, rich, row).Draw(t, "value")
		}
		return d
	})
)

func TestPatchOfDiff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := document.Draw(t, "from"), document.Draw(t, "to")
		before := from.Clone()
		if got := issue.Patch(from, issue.Diff(from, to)); !got.Equal(to) {
			t.Fatalf("Patch(from, Diff(from, to)) = %v, want %v", got, to)
		}
		if !from.Equal(before) {
			t.Fatalf("Patch changed its argument")
		}
		if d := issue.Diff(to, to); len(d) != 0 {
			t.Fatalf("Diff of equal documents = %v", d)
		}
	})
}

func TestDocumentInJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := document.Draw(t, "document")
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var got issue.Document
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if !got.Equal(d) {
			t.Fatalf("%s reads as %v, want %v", b, got, d)
		}
	})
}

func TestMergeLaws(t *testing.T) {
	for kind, values := range kinds {
		t.Run(kind, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				base, mine, theirs := values.Draw(t, "base"), values.Draw(t, "mine"), values.Draw(t, "theirs")
				for _, c := range []struct {
					reason                   string
					base, mine, theirs, want issue.Value
				}{
					{"theirs was not edited", base, mine, base, mine},
					{"mine was not edited", base, base, theirs, theirs},
					{"both made the same edit", base, mine, mine, mine},
				} {
					if got, ok := issue.Merge(c.base, c.mine, c.theirs); !ok || !issue.Same(got, c.want) {
						t.Fatalf("%s: Merge = %v, %v; want %v", c.reason, got, ok, c.want)
					}
				}
				kept, ok := issue.Merge(base, mine, theirs)
				if preferred := issue.Prefer(base, mine, theirs); ok && !issue.Same(kept, preferred) {
					t.Fatalf("no clash, yet Merge = %v and Prefer = %v", kept, preferred)
				}
			})
		})
	}
}

func TestMergeOfSetsHasNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, a, b := set.Draw(t, "base"), set.Draw(t, "a"), set.Draw(t, "b")
		ab, ok1 := issue.Merge(base, a, b)
		ba, ok2 := issue.Merge(base, b, a)
		if !ok1 || !ok2 || !issue.Same(ab, ba) {
			t.Fatalf("%v and %v", ab, ba)
		}
	})
}

func TestMerge(t *testing.T) {
	bodyOf := func(lines ...string) issue.Row { return issue.Row{"body": issue.Text{Doc: text.Of(lines...)}} }
	for name, c := range map[string]struct {
		reason             string
		base, mine, theirs issue.Value
		want               issue.Value
		ok                 bool
	}{
		"scalar":          {"one of two must give way", issue.Scalar("a"), issue.Scalar("b"), issue.Scalar("c"), issue.Scalar("c"), false},
		"first scalar":    {"two values were never agreed", nil, issue.Scalar("b"), issue.Scalar("c"), issue.Scalar("c"), false},
		"set":             {"each member is its own yes or no", issue.SetOf("a", "b"), issue.SetOf("b", "c"), issue.SetOf("a", "d"), issue.SetOf("c", "d"), true},
		"first set":       {"nothing was removed by anybody", nil, issue.SetOf("x"), issue.SetOf("y"), issue.SetOf("x", "y"), true},
		"first text":      {"never one below the other", nil, issue.Text{Doc: text.Of("a")}, issue.Text{Doc: text.Of("b")}, issue.Text{Doc: text.Of("b")}, false},
		"removed, edited": {"an edit beats a removal", bodyOf("a"), nil, bodyOf("b"), bodyOf("b"), true},
		"edited, removed": {"an edit beats a removal", bodyOf("a"), bodyOf("b"), nil, bodyOf("b"), true},
		"removed":         {"nobody edited it", bodyOf("a"), nil, bodyOf("a"), nil, true},
		"row":             {"part by part, block by block", bodyOf("a", "b"), bodyOf("x", "b"), bodyOf("a", "y"), bodyOf("x", "y"), true},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := issue.Merge(c.base, c.mine, c.theirs)
			if ok != c.ok || !issue.Same(got, c.want) {
				t.Errorf("%s: got %v, %v; want %v, %v", c.reason, got, ok, c.want, c.ok)
			}
		})
	}
}

func TestPositionHearsEachEntryOnce(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var log []issue.Entry
		for i := range rapid.IntRange(1, 8).Draw(t, "entries") {
			log = append(log, issue.Entry{ID: string(rune('a' + i)), At: start.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "second")) * time.Second)})
		}
		slices.SortStableFunc(log, func(a, b issue.Entry) int { return a.At.Compare(b.At) })
		cut := rapid.IntRange(0, len(log)).Draw(t, "read at first")
		var p issue.Position
		heard := 0
		for _, part := range [][]issue.Entry{log[:cut], log} {
			from := p
			for _, e := range part {
				if from.Before(e) {
					heard++
				}
				p = p.Past(e)
			}
		}
		if heard != len(log) {
			t.Fatalf("heard %d of %d entries", heard, len(log))
		}
	})
}

func TestPlacesAreReadAsWritten(t *testing.T) {
	for _, s := range []string{"summary", "comments[acme-support/10234]", "cf.severity"} {
		p, err := issue.ParsePlace(s)
		if err != nil || p.String() != s {
			t.Errorf("%q reads as %q, %v", s, p, err)
		}
	}
	for _, s := range []string{"comments[", "comments[]", "comments[acme]", "comments[acme/]", "comments[acme/1"} {
		if p, err := issue.ParsePlace(s); err == nil {
			t.Errorf("%q reads as %v, want an error", s, p)
		}
	}
}

func TestRowsStandInTheOrderOfTheirBirth(t *testing.T) {
	d := issue.Document{}
	for _, id := range []string{"10", "9", "100"} {
		d[issue.Place{Field: "comments", Row: issue.Ref{Participant: "a", ID: id}}] = issue.Row{}
	}
	var got []string
	for _, p := range issue.Places(d) {
		got = append(got, p.Row.ID)
	}
	if want := []string{"9", "10", "100"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
