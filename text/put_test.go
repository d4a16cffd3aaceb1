package text_test

import (
	"maps"
	"testing"

	"example.com/accord/text"
	"pgregory.net/rapid"
)

// Each of these shows less than there is. All can be applied twice.
var shows = map[string]func(text.Doc) text.Doc{
	"everything":       func(d text.Doc) text.Doc { return d },
	"no marks":         flat,
	"no rules":         func(d text.Doc) text.Doc { return dropping(d, text.Rule, text.Foreign) },
	"joined":           joined,
	"no rules, joined": func(d text.Doc) text.Doc { return joined(dropping(d, text.Rule, text.Foreign)) },
	"split":            split,
	"all of it": func(d text.Doc) text.Doc {
		return joined(flat(dropping(d, text.Foreign)))
	},
	"no rules, split":     func(d text.Doc) text.Doc { return split(dropping(d, text.Rule, text.Foreign)) },
	"first two, no rules": func(d text.Doc) text.Doc { return dropping(d[:min(2, len(d))], text.Rule, text.Foreign) },
	"headed":              headed,
	"secrets":             secrets,
	"nothing":             func(text.Doc) text.Doc { return nil },
	"by number": func(d text.Doc) text.Doc { // not piece by piece
		if len(d) > 2 {
			return d[:2]
		}
		return d
	},
}

// flat drops marks and hidden attributes and has one type of panel.
func flat(d text.Doc) text.Doc {
	var out text.Doc
	for _, b := range d {
		spans := []text.Span{}
		for _, s := range b.Spans {
			s.Marks = nil
			spans = append(spans, s)
		}
		b.Attrs = maps.Clone(b.Attrs)
		delete(b.Attrs, "hidden")
		if b.Kind == text.Panel {
			b.Attrs["type"] = "info"
		}
		b.Spans, b.Blocks = spans, flat(b.Blocks)
		out = append(out, b)
	}
	return out
}

// headed shows no marks, and the first paragraph as a heading.
func headed(d text.Doc) text.Doc {
	d = flat(d)
	if len(d) > 0 && d[0].Kind == text.Paragraph {
		d[0].Kind = text.Heading
	}
	return d
}

// secrets shows no marks, and of a hidden panel only that there is one.
func secrets(d text.Doc) text.Doc {
	out := append(text.Doc{}, d...)
	for i, b := range out {
		if b.Kind == text.Panel && b.Attrs["hidden"] != "" {
			out[i].Blocks = nil
		}
	}
	return flat(out)
}

func dropping(d text.Doc, kinds ...text.Kind) text.Doc {
	var out text.Doc
	for _, b := range d {
		gone := false
		for _, k := range kinds {
			gone = gone || b.Kind == k
		}
		if !gone {
			b.Blocks = dropping(b.Blocks, kinds...)
			out = append(out, b)
		}
	}
	return out
}

// joined shows paragraphs that follow each other as one.
func joined(d text.Doc) text.Doc {
	var out text.Doc
	for _, b := range d {
		if n := len(out) - 1; n >= 0 && b.Kind == text.Paragraph && out[n].Kind == text.Paragraph {
			spans := append([]text.Span{}, out[n].Spans...)
			spans = append(spans, text.Span{Kind: text.Break})
			out[n] = text.Block{Kind: text.Paragraph, Spans: append(spans, b.Spans...)}
			continue
		}
		b.Blocks = joined(b.Blocks)
		out = append(out, b)
	}
	return out
}

// split shows every line of a paragraph as a paragraph.
func split(d text.Doc) text.Doc {
	var out text.Doc
	for _, b := range d {
		b.Blocks = split(b.Blocks)
		rest := b.Spans
		for i, s := range b.Spans {
			if b.Kind == text.Paragraph && s.Kind == text.Break {
				out = append(out, text.Block{Kind: b.Kind, Spans: b.Spans[len(b.Spans)-len(rest) : i]})
				rest = b.Spans[i+1:]
			}
		}
		b.Spans = rest
		out = append(out, b)
	}
	return out
}

func TestPutLaws(t *testing.T) {
	for name, show1 := range shows {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				b := docs.Draw(t, "base")
				seen := show1(b)
				if !show1(seen).Equal(seen) {
					t.Fatalf("this show cannot be applied twice: %s, %s", show(seen), show(show1(seen)))
				}
				before := text3(b, seen)
				other := docs.Draw(t, "other")
				if d := text.Put(b, other, other, show1); !d.Equal(b) {
					t.Fatalf("no edit, but %s became %s", show(b), show(d))
				}
				to := show1(edited(t, seen))
				d := text.Put(b, seen, to, show1)
				if !show1(d).Equal(to) {
					t.Fatalf("of %s, seen as %s, edited to\n%s came %s, which is seen as\n%s",
						show(b), show(seen), show(to), show(d), show(show1(d)))
				}
				if text3(b, seen) != before {
					t.Fatal("Put changed a document in place")
				}
			})
		})
	}
}

// An edit of one block that is seen leaves every other block as it is.
func TestPutLeavesTheRest(t *testing.T) {
	for _, name := range []string{"everything", "no marks", "no rules"} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				b := docs.Draw(t, "base")
				var seen text.Doc
				var from []int // by block of seen: its block of base
				for i := range b {
					if s := shows[name](b[i : i+1]); len(s) == 1 {
						seen, from = append(seen, s[0]), append(from, i)
					}
				}
				if len(seen) == 0 {
					return
				}
				i := rapid.IntRange(0, len(seen)-1).Draw(t, "edited")
				to, want := append(text.Doc{}, seen...), append(text.Doc{}, b...)
				to[i] = text.Block{Kind: text.Code, Spans: []text.Span{{Kind: text.Plain, Text: "new"}}}
				want[from[i]] = to[i]
				if d := text.Put(b, seen, to, shows[name]); !d.Equal(want) {
					t.Fatalf("want %s\nhave %s", show(want), show(d))
				}
			})
		})
	}
}

func TestPut(t *testing.T) {
	for name, c := range map[string]struct {
		reason, show, base, to, want string
	}{
		"C9":             {"b flattens formatting and edits block two of three: a keeps that of one and three", "no marks", "*a *b *c", "a b2 c", "*a b2 *c"},
		"insert":         {"an insert leaves all as it is", "no marks", "*a *b", "a n b", "*a n *b"},
		"remove":         {"what is removed is gone", "no marks", "*a *b *c", "a c", "*a *c"},
		"swap":           {"what was moved is written as it was seen", "no marks", "*a *b", "b a", "*b a"},
		"dropped":        {"what is not shown stays behind what stands before it", "no rules", "a --- b <x> c", "a b2 c", "a --- b2 <x> c"},
		"dropped, first": {"and at the beginning", "no rules", "--- a b", "a2 b", "--- a2 b"},
		"dropped, alone": {"and where all around it is removed", "no rules", "a --- b", "", "---"},
		"appended":       {"and when something is added", "no rules", "a <x>", "a b", "a <x> b"},
		"joined":         {"paragraphs that are shown as one stay two", "joined", "a b --- c d", "ab --- e", "a b --- e"},
		"item":           {"an edit inside a list leaves the other items", "no marks", "[*a,*b] *c", "[a,b2] c", "[*a,b2] *c"},
		"row":            {"an edit inside a table leaves the other rows and cells", "no marks", "|*a|*b|/|*c|*d|", "|a|b2|/|c|d|", "|*a|b2|/|*c|*d|"},
		"inside":         {"what is not shown inside stays", "no rules", "[a,<x>,b]", "[a,,b2]", "[a,<x>,b2]"},
		"first":          {"a show that depends on the place, but keeps the number of blocks", "headed", "--- *a *b", "--- a b2", "--- *a b2"},
		"no pieces":      {"a show that does not work piece by piece: the text as it was seen", "by number", "a b c", "a b2", "a b2"},
	} {
		t.Run(name, func(t *testing.T) {
			base, show1 := doc(c.base), shows[c.show]
			to := doc(c.to)
			if c.show == "joined" { // "ab" stands for a and b, one above the other
				to[0] = joined(doc("a b"))[0]
			}
			if d := text.Put(base, show1(base), to, show1); show(d) != c.want {
				t.Errorf("%s: %q, want %q", c.reason, show(d), c.want)
			}
		})
	}
}

func TestPutKeepsHiddenAttributes(t *testing.T) {
	base := text.Doc{{Kind: text.Panel, Attrs: text.Attrs{"type": "tip", "hidden": "h"}, Blocks: doc("*a *b")}}
	to := text.Doc{{Kind: text.Panel, Attrs: text.Attrs{"type": "info"}, Blocks: doc("a b2")}}
	want := text.Doc{{Kind: text.Panel, Attrs: text.Attrs{"type": "tip", "hidden": "h"}, Blocks: doc("*a b2")}}
	if d := text.Put(base, flat(base), to, flat); !d.Equal(want) {
		t.Errorf("have %v", d)
	}
}

// What is kept inside a block must not change what is seen of it.
func TestPutGivesUpOnlyTheBlockThatCannotBeKept(t *testing.T) {
	secret := text.Doc{{Kind: text.Panel, Attrs: text.Attrs{"type": "tip", "hidden": "h"}, Blocks: doc("x")}}
	told := text.Doc{{Kind: text.Panel, Attrs: text.Attrs{"type": "info"}, Blocks: doc("y")}}
	base, to := append(doc("*a"), secret...), append(doc("a"), told...)
	if d, want := text.Put(base, secrets(base), to, secrets), append(doc("*a"), told...); !d.Equal(want) {
		t.Errorf("have %v", d)
	}
}

// An edit that is there already changes nothing, also of what is not seen.
func TestPutOfWhatIsThere(t *testing.T) {
	if d := text.Put(doc("a b c"), doc("a"), doc("a b"), shows["by number"]); show(d) != "a b c" {
		t.Errorf("have %q", show(d))
	}
}

// The edit may be older than what is there now: it is merged, and wins.
func TestPutOnSomethingElse(t *testing.T) {
	if d := text.Put(doc("*a *b *n"), doc("a b"), doc("a b2"), flat); show(d) != "*a b2 *n" {
		t.Errorf("have %q", show(d))
	}
}
