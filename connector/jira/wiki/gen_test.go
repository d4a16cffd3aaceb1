package wiki_test

import (
	"strings"

	"pgregory.net/rapid"

	"example.com/accord/text"
)

// hostile are pieces of text that are markup where nobody takes care.
var hostile = strings.Split("*·_·-·+·^·~·?·??·{·}·{{·}}·[·]·|·||·!·\\·\\\\·#·h1.·bq.·----·--·---·* x·# y·- z·|a|·{code}·{quote}·{x}·{x:1}·{*}·{color:red}·{color}·"+
	"[a]·[a|b]·[~me]·[^f]·!a.png!·:)·(y)·(x)·;)·&·&amp;·&#92;·<b>·C:\\dir·a_b_c·2*3·x^2^·word·é·日本·🙂·:smile:·(*)·snake_case·/·:·;·(·)·\"·'·=·%·$·@·,·.·0", "·")

// phrase is hostile text without spaces at its edges.
func phrase(t *rapid.T) string {
	words := rapid.SliceOfN(rapid.SampledFrom(hostile), 1, 4).Draw(t, "words")
	return strings.Join(words, rapid.SampledFrom([]string{"", " ", "  ", "\t"}).Draw(t, "between"))
}

// markup is a string made of pieces of markup, in no order.
func markup(t *rapid.T) string {
	pieces := append([]string{"\n", "\n\n", "\r\n", " ", "* ", "** ", "# ", "h2. ", "{code:go}", "{noformat}", "{panel:title=x}", "{panel}", "{info}", "{tip}",
		"{adf:display=block}", "{adf}", `{"a":1}`, "https://x.y", "[a|https://u.v]", "|smart-card]", "mailto:a@b", "{toc}\n", "\xff", "\x00"}, hostile...)
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 25).Draw(t, "pieces"), "")
}

var addresses = []string{"https://example.com/a_b?c=d&e=*f*", "mailto:a@example.com", "#top", "/browse/A-1", "http://x.y/(z)"}

// marks are some that go together.
func marks(t *rapid.T) []text.Mark {
	var out []text.Mark
	all := []text.MarkKind{text.Monospace, text.Color, text.Emphasis, text.Link, text.Strike, text.Strong, text.Sub, text.Super, text.Underline}
	for i, kind := range all {
		if rapid.IntRange(0, 4+i%3).Draw(t, "mark") > 0 {
			continue
		}
		m := text.Mark{Kind: kind}
		switch kind {
		case text.Color:
			m.Value = rapid.SampledFrom([]string{"#ff0000", "#14892c"}).Draw(t, "color")
		case text.Link:
			m.Value = rapid.SampledFrom(addresses).Draw(t, "address")
		}
		out = append(out, m)
	}
	return out
}

func plain(s string, marks ...text.Mark) text.Span {
	return text.Span{Kind: text.Plain, Text: s, Marks: marks}
}

// others are the spans that are neither text nor a break.
var others = []text.Span{
	{Kind: text.Mention, Attrs: text.Attrs{"id": "j.doe-x"}},
	{Kind: text.Mention, Attrs: text.Attrs{"id": "accountid:5b10ac8d82e05b22cc7d4ef5"}},
	{Kind: text.Card, Attrs: text.Attrs{"url": "https://example.com/x"}},
	{Kind: text.Card, Attrs: text.Attrs{"url": "https://example.com/x", "wiki.form": "smart-card"}},
	{Kind: text.Emoji, Text: "🙂", Attrs: text.Attrs{"name": ":slight_smile:"}},
	{Kind: text.Emoji, Text: ":warning:", Attrs: text.Attrs{"name": ":warning:"}},
	{Kind: text.Image, Attrs: text.Attrs{"name": "my plan.png"}},
	{Kind: text.Image, Attrs: text.Attrs{"url": "https://example.com/a.png", "wiki.params": "width=200,alt=\"x|y\""}},
	{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "wiki"}, Raw: "{anchor:here}"},
	{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "wiki"}, Raw: "{math:x}a -- b{math}"},
	{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "adf"}, Raw: `{"attrs":{"text":"{adf}"},"type":"status"}`},
}

// line is spans that come back as they are: text between other things, spaces
// without marks.
func line(t *rapid.T) []text.Span {
	out := []text.Span{plain(rapid.SampledFrom([]string{"", " ", "  "}).Draw(t, "indent") + phrase(t))}
	for range rapid.IntRange(0, 3).Draw(t, "spans") {
		switch rapid.IntRange(0, 3).Draw(t, "span") {
		case 0:
			out = append(out, plain(" "), rapid.SampledFrom(others).Draw(t, "other"), plain(" "), plain(phrase(t)))
		case 1:
			out = append(out, plain(phrase(t), marks(t)...))
		default:
			out = append(out, plain(" "), plain(phrase(t), marks(t)...))
		}
	}
	return out
}

func paragraph(t *rapid.T) text.Block {
	b := text.Block{Kind: text.Paragraph, Spans: line(t)}
	for range rapid.IntRange(0, 2).Draw(t, "breaks") {
		if b.Spans = append(b.Spans, text.Span{Kind: text.Break}); rapid.Bool().Draw(t, "blank line") {
			b.Spans = append(b.Spans, text.Span{Kind: text.Break})
		}
		b.Spans = append(b.Spans, line(t)...)
	}
	return b
}

// A place is where blocks stand.
type place struct {
	quote, panel bool // inside one already
	deep         int
}

// code, a quote, a panel or a foreign block: what may stand anywhere.
func macro(t *rapid.T, p place) text.Block {
	switch n := rapid.IntRange(0, 3).Draw(t, "macro"); {
	case n == 0 && !p.quote && p.deep < 3:
		return text.Block{Kind: text.Quote, Blocks: blocks(t, place{true, p.panel, p.deep + 1})}
	case n == 1 && !p.panel && p.deep < 3:
		kind := rapid.SampledFrom([]string{"info", "note", "warning", "success", "error"}).Draw(t, "kind")
		b := text.Block{Kind: text.Panel, Attrs: text.Attrs{"type": kind}, Blocks: blocks(t, place{p.quote, true, p.deep + 1})}
		if rapid.Bool().Draw(t, "titled") {
			b.Attrs["title"] = phrase(t)
		}
		return b
	case n == 2:
		return rapid.SampledFrom([]text.Block{
			{Kind: text.Foreign, Attrs: text.Attrs{"format": "wiki"}, Raw: "{toc}"},
			{Kind: text.Foreign, Attrs: text.Attrs{"format": "wiki"}, Raw: "{expand:more}\n* a -- b\n\n{quote}\n{expand}"},
			{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"}, Raw: `{"content":["{adf}\n"],"type":"layoutSection"}`},
		}).Draw(t, "foreign")
	}
	b := text.Block{Kind: text.Code}
	if s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(append([]string{"\n", " ", "{noformat"}, hostile...)), 0, 9).Draw(t, "code"), ""); s != "" {
		s = strings.ReplaceAll(s, "{noformat}", "{noformat-")
		b.Spans = []text.Span{plain(s)}
		if !strings.Contains(s, "{code}") && rapid.Bool().Draw(t, "with language") {
			b.Attrs = text.Attrs{"language": rapid.SampledFrom([]string{"java", "go", "c++"}).Draw(t, "language")}
		}
	}
	return b
}

// tight is what an item or a cell can hold: no paragraph after another, lists last.
func tight(t *rapid.T, p place, lists bool) []text.Block {
	var out []text.Block
	if rapid.Bool().Draw(t, "text first") {
		out = append(out, paragraph(t))
	}
	for range rapid.IntRange(0, 1).Draw(t, "macros") {
		if out = append(out, macro(t, p)); rapid.Bool().Draw(t, "text between") {
			out = append(out, paragraph(t))
		}
	}
	if lists && p.deep < 3 && rapid.Bool().Draw(t, "nested") {
		out = append(out, list(t, text.BulletList, p))
		if rapid.Bool().Draw(t, "mixed") {
			out = append(out, list(t, text.OrderedList, p))
		}
	}
	return out
}

func list(t *rapid.T, kind text.Kind, p place) text.Block {
	b := text.Block{Kind: kind}
	p.deep++
	for range rapid.IntRange(1, 2).Draw(t, "items") {
		b.Blocks = append(b.Blocks, text.Block{Kind: text.Item, Blocks: tight(t, p, true)})
	}
	return b
}

func table(t *rapid.T, p place) text.Block {
	b := text.Block{Kind: text.Table}
	p.deep++
	for range rapid.IntRange(1, 2).Draw(t, "rows") {
		row := text.Block{Kind: text.TableRow}
		for range rapid.IntRange(1, 2).Draw(t, "cells") {
			kind := rapid.SampledFrom([]text.Kind{text.Cell, text.HeaderCell}).Draw(t, "cell")
			row.Blocks = append(row.Blocks, text.Block{Kind: kind, Blocks: tight(t, p, false)})
		}
		b.Blocks = append(b.Blocks, row)
	}
	return b
}

func blocks(t *rapid.T, p place) []text.Block {
	var out []text.Block
	for range rapid.IntRange(0, 3-p.deep).Draw(t, "blocks") {
		switch rapid.IntRange(0, 6).Draw(t, "block") {
		case 0:
			level := rapid.SampledFrom([]string{"1", "3", "6"}).Draw(t, "level")
			out = append(out, text.Block{Kind: text.Heading, Attrs: text.Attrs{"level": level}, Spans: line(t)})
		case 1:
			out = append(out, list(t, text.BulletList, p), list(t, text.BulletList, p))
		case 2:
			out = append(out, list(t, text.OrderedList, p))
		case 3:
			out = append(out, text.Block{Kind: text.Rule}, table(t, p), table(t, p))
		case 4:
			out = append(out, macro(t, p))
		default:
			out = append(out, paragraph(t))
		}
	}
	return out
}

// sayable is any document of which wiki markup can say all.
func sayable(t *rapid.T) text.Doc { return text.Canonical(blocks(t, place{})) }

// wild is any document at all, also what no format has.
func wild(t *rapid.T, deep int) []text.Block {
	var out []text.Block
	kinds := []text.Kind{text.Paragraph, text.Heading, text.Code, text.BulletList, text.OrderedList, text.Item, text.Quote, text.Panel, text.Rule,
		text.Table, text.TableRow, text.Cell, text.HeaderCell, text.Foreign, "nonsense"}
	attrs := []text.Attrs{nil, {"level": "9"}, {"language": "a|b"}, {"type": "tip", "title": "a|b}\n"}, {"wiki.tag": "panel:x|y"}, {"format": "wiki"}, {"format": "adf"}, {"start": "3"}}
	for range rapid.IntRange(0, 3).Draw(t, "blocks") {
		b := text.Block{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Attrs: rapid.SampledFrom(attrs).Draw(t, "attrs"), Spans: wildSpans(t)}
		if b.Kind == text.Foreign {
			b.Raw, b.Spans = rapid.OneOf(rapid.Custom(markup), rapid.Just(`{"a":"{adf}"}`)).Draw(t, "raw"), nil
		}
		if deep < 4 && b.Kind != text.Foreign && b.Kind != text.Paragraph {
			b.Blocks = wild(t, deep+1)
		}
		out = append(out, b)
	}
	return out
}

func wildSpans(t *rapid.T) []text.Span {
	var out []text.Span
	kinds := []text.SpanKind{text.Plain, text.Plain, text.Plain, text.Break, text.Mention, text.Card, text.Emoji, text.Image, text.ForeignSpan, "nonsense"}
	for range rapid.IntRange(0, 4).Draw(t, "spans") {
		s := text.Span{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Text: markup(t), Marks: marks(t)}
		if rapid.Bool().Draw(t, "highlit") {
			s.Marks = append(s.Marks, text.Mark{Kind: text.Highlight, Value: "#ffff00"}, text.Mark{Kind: text.Link, Value: markup(t)})
		}
		if s.Kind != text.Plain {
			s.Raw = markup(t)
			s.Attrs = rapid.SampledFrom([]text.Attrs{nil, {"id": "a b"}, {"id": "x", "url": "https://a b", "name": ":smile:"}, {"name": "a!b.png", "format": "wiki"},
				{"url": "no address", "wiki.params": "a!b"}, {"format": "adf"}, {"name": ":wink:", "wiki.form": "x"}}).Draw(t, "attrs")
		}
		out = append(out, s)
	}
	return out
}
