package adf_test

import (
	"flag"

	"example.com/accord/text"
	"pgregory.net/rapid"
)

// searchFor makes every random search n checks long, unless -rapid.checks says
// another number.
func searchFor(n string) {
	if err := flag.Set("rapid.checks", n); err != nil {
		panic(err)
	}
}

var (
	words = rapid.SampledFrom([]string{"a", "bc ", " ", "x\ny", "日本", "<&>", "⟦", "⟧", "{code}", "*", "\"", "\\"})
	raws  = rapid.SampledFrom([]string{"{toc}", "{a}⟧{b}", "⟧⟧", "⟦wiki:x⟧", "{chart}\n||a||\n{chart}"})
	color = rapid.SampledFrom([]string{"#ff5630", "#00b8d9"})

	adfBlock = rapid.SampledFrom([]string{
		`{"attrs":{"extensionKey":"toc","extensionType":"com.atlassian.macro.core"},"type":"extension"}`,
		`{"attrs":{"layout":"center"},"content":[{"attrs":{"collection":"","id":"a","type":"file"},"type":"media"}],"type":"mediaSingle"}`,
	})
	adfSpan = rapid.SampledFrom([]string{
		`{"attrs":{"color":"blue","text":"DONE"},"type":"status"}`,
		`{"attrs":{"timestamp":"1582152559000"},"type":"date"}`,
	})
)

// fitting makes documents of which ADF can hold everything.
var fitting = rapid.Custom(func(t *rapid.T) text.Doc {
	return blocksIn(t, []text.Kind{text.Paragraph, text.Heading, text.Code, text.BulletList, text.OrderedList, text.Quote,
		text.Panel, text.Rule, text.Table, text.Foreign}, 3)
})

func blocksIn(t *rapid.T, kinds []text.Kind, depth int) (out []text.Block) {
	for range rapid.IntRange(1, 3).Draw(t, "blocks") {
		out = append(out, blockOf(t, rapid.SampledFrom(kinds).Draw(t, "kind"), depth))
	}
	return out
}

func blockOf(t *rapid.T, k text.Kind, depth int) text.Block {
	b := text.Block{Kind: k}
	in := func(kinds ...text.Kind) {
		if depth > 0 {
			b.Blocks = blocksIn(t, kinds, depth-1)
		}
	}
	maybe := func(name string, values ...string) {
		if v := rapid.SampledFrom(append(values, "")).Draw(t, name); v != "" {
			b.Attrs = with(b.Attrs, name, v)
		}
	}
	lists := []text.Kind{text.Paragraph, text.BulletList, text.OrderedList, text.Code, text.Foreign}
	switch k {
	case text.Paragraph:
		b.Spans = spansOf(t)
	case text.Heading:
		b.Spans, b.Attrs = spansOf(t), text.Attrs{"level": rapid.SampledFrom([]string{"1", "6"}).Draw(t, "level")}
	case text.Code:
		maybe("language", "go")
		maybe("adf.wrap", "true")
		b.Spans = []text.Span{{Kind: text.Plain, Text: words.Draw(t, "code")}}
	case text.BulletList:
		in(text.Item)
	case text.OrderedList:
		maybe("start", "0", "1", "7")
		in(text.Item)
	case text.Item, text.Quote:
		in(lists...)
	case text.Panel:
		b.Attrs = text.Attrs{"type": rapid.SampledFrom([]string{"info", "note", "custom"}).Draw(t, "panel")}
		maybe("adf.panelColor", `"#abcdef"`)
		in(append(lists, text.Heading, text.Rule)...)
	case text.Table:
		maybe("adf.layout", `"wide"`)
		in(text.TableRow)
	case text.TableRow:
		in(text.Cell, text.HeaderCell)
	case text.Cell, text.HeaderCell:
		maybe("colspan", "2")
		maybe("rowspan", "1", "3")
		maybe("background", "#abcdef")
		maybe("adf.colwidth", "[100,50.5]")
		in(append(lists, text.Heading, text.Quote, text.Panel, text.Rule)...)
	case text.Foreign:
		b.Attrs, b.Raw = foreign(t, adfBlock)
	}
	return b
}

func foreign(t *rapid.T, nodes *rapid.Generator[string]) (text.Attrs, string) {
	if rapid.Bool().Draw(t, "is adf") {
		return text.Attrs{"format": "adf"}, nodes.Draw(t, "raw")
	}
	return text.Attrs{"format": "wiki"}, raws.Draw(t, "raw")
}

func spansOf(t *rapid.T) (out []text.Span) {
	for range rapid.IntRange(0, 4).Draw(t, "spans") {
		out = append(out, spanOf(t))
	}
	return out
}

func spanOf(t *rapid.T) text.Span {
	switch k := rapid.SampledFrom([]text.SpanKind{text.Plain, text.Plain, text.Plain, text.Break, text.Mention, text.Card,
		text.Emoji, text.Image, text.ForeignSpan}).Draw(t, "span"); k {
	case text.Mention:
		return text.Span{Kind: k, Text: words.Draw(t, "name"), Attrs: text.Attrs{"id": "5b10"}}
	case text.Card:
		return text.Span{Kind: k, Attrs: text.Attrs{"url": "https://example.com/x"}}
	case text.Emoji:
		return text.Span{Kind: k, Text: "✅", Attrs: text.Attrs{"name": ":ok:", "adf.id": `"2705"`}}
	case text.Image:
		return text.Span{Kind: k, Attrs: rapid.SampledFrom([]text.Attrs{{"name": "a.png"}, {"name": "a⟧b://c"}, {"name": "{}"},
			{"url": "https://example.com/a.png"}, {"url": "odd"}, {"url": "/a", "adf.width": "200", "adf.frame": `{"layout":"wide"}`},
		}).Draw(t, "image")}
	case text.ForeignSpan:
		a, raw := foreign(t, adfSpan)
		return text.Span{Kind: k, Attrs: a, Raw: raw}
	case text.Plain:
		s := text.Span{Kind: k, Text: words.Draw(t, "text"), Marks: marksOf(t)}
		if rapid.IntRange(0, 9).Draw(t, "annotated") == 0 {
			s.Attrs = text.Attrs{"adf.marks": `[{"attrs":{"annotationType":"inlineComment","id":"a"},"type":"annotation"}]`}
		}
		return s
	default:
		return text.Span{Kind: k}
	}
}

func marksOf(t *rapid.T) []text.Mark {
	if rapid.IntRange(0, 3).Draw(t, "is code") == 0 {
		return []text.Mark{{Kind: text.Monospace}}
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom([]text.Mark{{Kind: text.Strong}, {Kind: text.Emphasis}, {Kind: text.Strike},
		{Kind: text.Underline}, {Kind: text.Sub}, {Kind: text.Link, Value: "https://example.com"},
		{Kind: text.Color, Value: color.Draw(t, "color")}, {Kind: text.Highlight, Value: "#FFFF00"},
	}), 0, 3, func(m text.Mark) text.MarkKind { return m.Kind }).Draw(t, "marks")
}

func with(a text.Attrs, name, v string) text.Attrs {
	if a == nil {
		a = text.Attrs{}
	}
	a[name] = v
	return a
}

// wild makes documents in which anything stands anywhere.
var wild = rapid.Custom(func(t *rapid.T) text.Doc { return wildBlocks(t, 3) })

func wildBlocks(t *rapid.T, depth int) (out []text.Block) {
	kinds := []text.Kind{text.Paragraph, text.Heading, text.Code, text.BulletList, text.OrderedList, text.Item, text.Quote,
		text.Panel, text.Rule, text.Table, text.TableRow, text.Cell, text.HeaderCell, text.Foreign, "other"}
	for range rapid.IntRange(0, 3).Draw(t, "blocks") {
		b := text.Block{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Spans: spansOf(t)}
		if b.Kind == text.Foreign {
			b.Attrs, b.Raw = foreign(t, rapid.SampledFrom([]string{"", "{", "1", `{"type":"expand","content":[{"type":"paragraph"}]}`}))
		} else {
			b.Attrs = rapid.SampledFrom([]text.Attrs{nil, {"level": "9", "type": "odd", "start": "x", "colspan": "-2"},
				{"title": "T", "wiki.width": "5"}, {"level": "2", "rowspan": "2", "type": "tip"}}).Draw(t, "attrs")
		}
		for i := range b.Spans {
			if rapid.IntRange(0, 5).Draw(t, "spoilt") == 0 {
				b.Spans[i].Attrs = nil
				b.Spans[i].Marks = rapid.SliceOf(rapid.SampledFrom([]text.Mark{{Kind: text.Super}, {Kind: text.Sub}, {Kind: text.Strong},
					{Kind: text.Monospace}, {Kind: text.Color, Value: "red"}, {Kind: text.Link}, {Kind: "other"}})).Draw(t, "marks")
			}
		}
		if depth > 0 {
			b.Blocks = wildBlocks(t, depth-1)
		}
		out = append(out, b)
	}
	return out
}
