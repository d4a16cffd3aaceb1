package text_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.com/accord/text"
	"pgregory.net/rapid"
)

func TestMergeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := docs.Draw(t, "base")
		m, o := edited(t, b), edited(t, b)
		before := text3(b, m, o)
		same := func(law string, want, have text.Doc) {
			if !want.Equal(have) {
				t.Fatalf("%s:\nwant %s\nhave %s", law, show(want), show(have))
			}
		}
		merged, ok := text.Merge(b, m, b)
		same("Merge(b, m, b) = m", m, merged)
		if !ok {
			t.Fatal("Merge(b, m, b) clashes")
		}
		merged, ok = text.Merge(b, b, o)
		same("Merge(b, b, t) = t", o, merged)
		if !ok {
			t.Fatal("Merge(b, b, t) clashes")
		}
		merged, ok = text.Merge(b, m, m)
		same("Merge(b, m, m) = m", m, merged)
		if !ok {
			t.Fatal("Merge(b, m, m) clashes")
		}
		one, fine := text.Merge(b, m, o)
		other, fineToo := text.Merge(b, o, m)
		if fine != fineToo {
			t.Fatalf("one order clashes, the other does not: %v, %v", fine, fineToo)
		}
		if fine && !slices.Equal(leaves(one), leaves(other)) {
			t.Fatalf("without a clash the order of sides changes more than the order of inserts:\n%s\n%s", show(one), show(other))
		}
		if fine {
			same("Prefer is Merge where nothing clashes", one, text.Prefer(b, m, o))
		}
		if text3(b, m, o) != before {
			t.Fatal("merging changed a document in place")
		}
	})
}

func text3(ds ...text.Doc) string {
	b, err := json.Marshal(ds)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// leaves returns the blocks of d without blocks in them, sorted.
func leaves(d []text.Block) (out []string) {
	for _, b := range d {
		if len(b.Blocks) == 0 {
			out = append(out, fmt.Sprint(b))
		}
		out = append(out, leaves(b.Blocks)...)
	}
	slices.Sort(out)
	return out
}

func TestMerge(t *testing.T) {
	for name, c := range map[string]struct {
		reason             string
		base, mine, theirs string
		merged, preferred  string
		clash              bool
	}{
		"apart":       {"different blocks do not touch", "a b c", "a2 b c", "a b c2", "a2 b c2", "a2 b c2", false},
		"removed":     {"removed by one is removed", "a b c", "a c", "a b c", "a c", "a c", false},
		"change wins": {"changed by one, removed by the other: the change stays", "a b c", "a b2 c", "a c", "a b2 c", "a b2 c", false},
		"one gap":     {"theirs first", "a b", "a m b", "a t b", "a t m b", "a t m b", false},
		"same insert": {"an equal insert in the same gap is dropped", "a", "a n", "a n t", "a n t", "a n t", false},
		"two of one":  {"one for one", "a", "a n n", "a n", "a n n", "a n n", false},
		"clash":       {"both changed a block", "a b c", "a m c", "a t c", "a t c", "a m c", true},
		"C19":         {"a removes block 1 while b inserts a block right after it", "1 2", "2", "1 n 2", "n 2", "n 2", false},
		"C19 turned":  {"the same in the other order", "1 2", "1 n 2", "2", "n 2", "n 2", false},
		"only clash":  {"the winner is taken only at the blocks that clash", "a b c", "x b m", "x2 b2 c", "x2 b2 m", "x b2 m", true},
		"items":       {"a list is merged by item", "[a,b]", "[a2,b]", "[a,b,c]", "[a2,b,c]", "[a2,b,c]", false},
		"rows":        {"a table is merged by row", "|a|b|/|c|d|", "|a|b2|/|c|d|", "|a|b|/|c|d2|", "|a|b2|/|c|d2|", "|a|b2|/|c|d2|", false},
		"cells":       {"a row is merged by cell", "|a|b|", "|a2|b|", "|a|b2|", "|a2|b2|", "|a2|b2|", false},
		"one cell":    {"a clash stays in its cell", "|a|b|", "|m|b2|", "|t|b|", "|t|b2|", "|m|b2|", true},
		"columns":     {"a row that got a cell clashes with a change of it", "|a|b|", "|a|b|n|", "|a2|b|", "|a2|b|", "|a|b|n|", true},
		"new row":     {"inserted and changed", "|a|/|b|", "|a|/|n|/|b|", "|a|/|b2|", "|a|/|n|/|b2|", "|a|/|n|/|b2|", false},
		"long":        {"as many blocks as can be are found again", "a b c d e f", "x a y b z z c w d v e u u f t", "a b2 c2 d2 e2 f", "x a y b2 z z c2 w d2 v e2 u u f t", "x a y b2 z z c2 w d2 v e2 u u f t", false},
		"gone list":   {"a change inside beats the removal", "a [b,c]", "a", "a [b2,c]", "a [b2,c]", "a [b2,c]", false},
	} {
		t.Run(name, func(t *testing.T) {
			b, m, o := doc(c.base), doc(c.mine), doc(c.theirs)
			merged, ok := text.Merge(b, m, o)
			if show(merged) != c.merged || ok == c.clash {
				t.Errorf("%s: Merge is %q, clash %v; want %q, %v", c.reason, show(merged), !ok, c.merged, c.clash)
			}
			if p := text.Prefer(b, m, o); show(p) != c.preferred {
				t.Errorf("%s: Prefer is %q; want %q", c.reason, show(p), c.preferred)
			}
		})
	}
}

func TestMergeOfAttributes(t *testing.T) {
	table := func(a text.Attrs, s string) text.Doc {
		d := doc(s)
		d[0].Attrs = a
		return d
	}
	base := table(text.Attrs{"layout": "wide", "width": "1"}, "|a|")
	mine, theirs := table(text.Attrs{"width": "1"}, "|a|"), table(text.Attrs{"layout": "wide", "width": "2"}, "|a2|")
	if d, ok := text.Merge(base, mine, theirs); !ok || !d.Equal(table(text.Attrs{"width": "2"}, "|a2|")) {
		t.Errorf("apart: %v, %v", d, ok)
	}
	mine = table(text.Attrs{"layout": "wide", "width": "3"}, "|a|")
	if d, ok := text.Merge(base, mine, theirs); ok || !d.Equal(theirs) {
		t.Errorf("both changed the width: %v, %v", d, ok)
	}
	if d := text.Prefer(base, mine, theirs); d[0].Attrs["width"] != "3" {
		t.Errorf("both changed the width: %v is preferred", d)
	}
}

// A long text must not need memory for each pair of its blocks.
func TestMergeOfManyBlocksIsSmall(t *testing.T) {
	b := doc(strings.Repeat("a ", 5000))
	m := slices.Concat(doc("first"), b[:2500], doc("mid"), b[2500:], doc("last"))
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	d, ok := text.Merge(b, m, slices.Concat(doc("x"), b))
	runtime.ReadMemStats(&end)
	if !ok || len(d) != 5004 {
		t.Errorf("%d blocks, %v", len(d), ok)
	}
	if mb := (end.TotalAlloc - start.TotalAlloc) >> 20; mb > 50 {
		t.Errorf("merging 5,000 blocks took %d MB", mb)
	}
}
