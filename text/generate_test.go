package text_test

import (
	"flag"
	"strings"
	"testing"

	"example.com/accord/text"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) {
	// More than rapid's 100: many of these laws break rarely.
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	m.Run()
}

// docs makes documents of few different blocks, so that equal ones are common.
var docs = rapid.Custom(func(t *rapid.T) text.Doc { return blocksOf(t, 2) })

func blocksOf(t *rapid.T, depth int) (out []text.Block) {
	kinds := []text.Kind{text.Paragraph, text.Paragraph, text.Paragraph, text.Heading, text.Foreign, text.Rule,
		text.BulletList, text.Panel, text.Table}
	for range rapid.IntRange(0, 4).Draw(t, "blocks") {
		out = append(out, blockOf(t, rapid.SampledFrom(kinds).Draw(t, "kind"), depth))
	}
	return out
}

func blockOf(t *rapid.T, k text.Kind, depth int) text.Block {
	b := text.Block{Kind: k}
	letter := rapid.SampledFrom([]string{"a", "b", "c"})
	switch k {
	case text.Paragraph, text.Heading:
		for i := range rapid.IntRange(0, 2).Draw(t, "spans") {
			if i > 0 {
				b.Spans = append(b.Spans, text.Span{Kind: text.Break})
			}
			b.Spans = append(b.Spans, text.Span{Kind: text.Plain, Text: letter.Draw(t, "text"), Marks: rapid.SampledFrom([][]text.Mark{
				nil, {{Kind: text.Strong}}, {{Kind: text.Link, Value: "/"}}}).Draw(t, "marks")})
		}
		b.Attrs = rapid.SampledFrom([]text.Attrs{nil, nil, {"level": "2"}, {"hidden": "h"}}).Draw(t, "attrs")
	case text.Foreign:
		b.Raw = letter.Draw(t, "raw")
	case text.Panel:
		b.Attrs = rapid.SampledFrom([]text.Attrs{{"type": "info"}, {"type": "tip", "hidden": "h"}}).Draw(t, "attrs")
		b.Blocks = blocksOf(t, 0)
	case text.BulletList:
		b.Blocks = children(t, text.Item, depth)
	case text.Table:
		b.Blocks = children(t, text.TableRow, depth)
	case text.TableRow:
		b.Blocks = children(t, text.Cell, depth)
	default:
		if depth > 0 {
			b.Blocks = blocksOf(t, depth-1)
		}
	}
	return b
}

func children(t *rapid.T, k text.Kind, depth int) (out []text.Block) {
	for range rapid.IntRange(1, 3).Draw(t, "children") {
		out = append(out, blockOf(t, k, depth-1))
	}
	return out
}

// edited makes documents that differ a little from d.
func edited(t *rapid.T, d text.Doc) text.Doc {
	out := append(text.Doc{}, d...)
	for range rapid.IntRange(0, 3).Draw(t, "edits") {
		i := rapid.IntRange(0, len(out)).Draw(t, "at")
		switch other := blocksOf(t, 1); rapid.IntRange(0, 3).Draw(t, "edit") {
		case 0: // insert
			out = append(append(append(text.Doc{}, out[:i]...), other...), out[i:]...)
		case 1: // remove
			if i < len(out) {
				out = append(append(text.Doc{}, out[:i]...), out[i+1:]...)
			}
		case 2: // change
			if i < len(out) && len(other) > 0 {
				out = append(text.Doc{}, out...)
				out[i] = other[0]
			}
		case 3: // change inside
			if i < len(out) && len(out[i].Blocks) > 0 {
				out = append(text.Doc{}, out...)
				out[i].Blocks = edited(t, out[i].Blocks)
			}
		}
	}
	return out
}

// doc reads a document of one paragraph a word: "a *b c" has b in bold; "[a b]"
// is a list of items, "|a b|" a table of one row, "---" a rule, "<x>" foreign.
func doc(s string) text.Doc {
	var out text.Doc
	for w := range strings.FieldsSeq(s) {
		switch {
		case w == "---":
			out = append(out, text.Block{Kind: text.Rule})
		case w[0] == '[':
			b := text.Block{Kind: text.BulletList}
			for item := range strings.SplitSeq(strings.Trim(w, "[]"), ",") {
				b.Blocks = append(b.Blocks, text.Block{Kind: text.Item, Blocks: doc(item)})
			}
			out = append(out, b)
		case w[0] == '|':
			b := text.Block{Kind: text.Table}
			for line := range strings.SplitSeq(w, "/") {
				row := text.Block{Kind: text.TableRow}
				for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
					row.Blocks = append(row.Blocks, text.Block{Kind: text.Cell, Blocks: doc(cell)})
				}
				b.Blocks = append(b.Blocks, row)
			}
			out = append(out, b)
		case w[0] == '<':
			out = append(out, text.Block{Kind: text.Foreign, Raw: w})
		case w[0] == '*':
			out = append(out, text.Block{Kind: text.Paragraph, Spans: []text.Span{
				{Kind: text.Plain, Text: w[1:], Marks: []text.Mark{{Kind: text.Strong}}}}})
		default:
			out = append(out, text.Of(w)...)
		}
	}
	return out
}

// show is the inverse of doc.
func show(d text.Doc) string {
	var words []string
	for _, b := range d {
		switch b.Kind {
		case text.Rule:
			words = append(words, "---")
		case text.Foreign:
			words = append(words, b.Raw)
		case text.BulletList:
			words = append(words, "["+join(b.Blocks, ",")+"]")
		case text.Table:
			words = append(words, join(b.Blocks, "/"))
		case text.TableRow:
			words = append(words, "|"+join(b.Blocks, "|")+"|")
		case text.Item, text.Cell:
			words = append(words, show(b.Blocks))
		default:
			var w strings.Builder
			for _, s := range b.Spans {
				if len(s.Marks) > 0 {
					w.WriteString("*")
				}
				w.WriteString(s.Text)
			}
			words = append(words, w.String())
		}
	}
	return strings.Join(words, " ")
}

func join(blocks []text.Block, sep string) string {
	var out []string
	for _, b := range blocks {
		out = append(out, show(text.Doc{b}))
	}
	return strings.Join(out, sep)
}
