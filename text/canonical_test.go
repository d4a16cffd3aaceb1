package text_test

import (
	"strings"
	"testing"

	"example.com/accord/text"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCanonicalLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := docs.Draw(t, "doc")
		before := text3(d)
		c := text.Canonical(d)
		if diff := cmp.Diff(c, text.Canonical(c)); diff != "" {
			t.Fatalf("once and twice:\n%s", diff)
		}
		if text.Line(c) != text.Line(d) {
			t.Fatalf("other words: %q, %q", text.Line(c), text.Line(d))
		}
		if text3(d) != before {
			t.Fatal("changed in place")
		}
	})
}

func TestCanonical(t *testing.T) {
	strong, em := text.Mark{Kind: text.Strong}, text.Mark{Kind: text.Emphasis}
	plain := func(s string, marks ...text.Mark) text.Span {
		return text.Span{Kind: text.Plain, Text: s, Marks: marks}
	}
	para := func(spans ...text.Span) text.Block { return text.Block{Kind: text.Paragraph, Spans: spans} }
	list := func(k text.Kind, a text.Attrs, blocks ...text.Block) text.Block {
		return text.Block{Kind: k, Attrs: a, Blocks: blocks}
	}
	for name, c := range map[string]struct {
		reason     string
		have, want text.Doc
	}{
		"marks":      {"sorted, one of a kind", text.Doc{para(plain("a", strong, em, strong))}, text.Doc{para(plain("a", em, strong))}},
		"neighbours": {"with equal marks are one", text.Doc{para(plain("a", strong), plain(""), plain("b", strong), plain("c"))}, text.Doc{para(plain("ab", strong), plain("c"))}},
		"colour":     {"in lower case", text.Doc{para(plain("a", text.Mark{Kind: text.Color, Value: "#AB12CD"}))}, text.Doc{para(plain("a", text.Mark{Kind: text.Color, Value: "#ab12cd"}))}},
		"code": {"is one text", text.Doc{{Kind: text.Code, Spans: []text.Span{plain("a", strong), {Kind: text.Break}, {Kind: text.ForeignSpan, Raw: "{b}"}}}},
			text.Doc{{Kind: text.Code, Spans: []text.Span{plain("a\n{b}")}}}},
		"default":    {"says nothing", text.Doc{list(text.OrderedList, text.Attrs{"start": "1"}, list(text.Item, text.Attrs{}, para(plain("a"))))}, text.Doc{list(text.OrderedList, nil, list(text.Item, nil, para(plain("a"))))}},
		"no default": {"is kept", text.Doc{{Kind: text.Heading, Attrs: text.Attrs{"level": "1"}}}, text.Doc{{Kind: text.Heading, Attrs: text.Attrs{"level": "1"}}}},
		"hollow":     {"frames without content are gone", text.Doc{list(text.Table, nil, list(text.TableRow, nil)), para(plain("a"))}, text.Doc{para(plain("a"))}},
		"item":       {"one empty paragraph is nothing", text.Doc{list(text.BulletList, nil, list(text.Item, nil, para()))}, text.Doc{list(text.BulletList, nil, list(text.Item, nil))}},
		"two":        {"two are a space between", text.Doc{para(), para()}, text.Doc{para(), para()}},
		"cleared":    {"a Doc of one empty paragraph is empty", text.Doc{para(plain(""))}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, text.Canonical(c.have)); diff != "" {
				t.Errorf("%s (-want +have):\n%s", c.reason, diff)
			}
		})
	}
}

func TestMapMentions(t *testing.T) {
	mention := func(id string) text.Span {
		return text.Span{Kind: text.Mention, Text: "Jo", Attrs: text.Attrs{"id": id}}
	}
	in := func(s text.Span) text.Doc {
		return text.Doc{{Kind: text.Rule}, {Kind: text.Quote, Blocks: []text.Block{{Kind: text.Paragraph, Spans: []text.Span{{Kind: text.Plain, Text: "hi "}, s}}}}}
	}
	d := in(mention("1"))
	have := text.MapMentions(d, func(s text.Span) text.Span { return mention(s.Attrs["id"] + "0") })
	if diff := cmp.Diff(in(mention("10")), have); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(in(mention("1")), d); diff != "" {
		t.Errorf("changed in place:\n%s", diff)
	}
	have = text.MapMentions(d, func(s text.Span) text.Span { return text.Span{Kind: text.Plain, Text: s.Text} })
	if want := "hi Jo"; len(have[1].Blocks[0].Spans) != 1 || text.Line(have) != want {
		t.Errorf("a name in plain text: %v", have)
	}
}

func TestMapMentionsOfNone(t *testing.T) {
	d := text.Of("a", "")
	have := text.MapMentions(d, func(text.Span) text.Span { t.Error("there is no mention"); return text.Span{} })
	if !have.Equal(d) {
		t.Errorf("have %v", have)
	}
}

func TestLine(t *testing.T) {
	d := text.Doc{
		{Kind: text.Heading, Spans: []text.Span{{Kind: text.Plain, Text: "Steps\n"}, {Kind: text.Break}, {Kind: text.Plain, Text: " to take"}}},
		{Kind: text.BulletList, Blocks: []text.Block{{Kind: text.Item, Blocks: []text.Block{{Kind: text.Paragraph, Spans: []text.Span{
			{Kind: text.Plain, Text: "ask "}, {Kind: text.Mention, Text: "Jo Do"}, {Kind: text.Mention, Attrs: text.Attrs{"id": "5b10"}}, {Kind: text.Plain, Text: " "},
			{Kind: text.Emoji, Attrs: text.Attrs{"name": ":ok:"}}, {Kind: text.Emoji, Text: "✅", Attrs: text.Attrs{"name": ":ok:"}}, {Kind: text.Break},
			{Kind: text.Card, Attrs: text.Attrs{"url": "https://example.com"}}}}}}}},
		{Kind: text.Foreign, Raw: "{toc}"},
	}
	if have, want := text.Line(d), "Steps to take ask @Jo Do@5b10 :ok:✅ https://example.com"; have != want {
		t.Errorf("have %q, want %q", have, want)
	}
	if s := text.Line(nil); strings.TrimSpace(s) != "" {
		t.Errorf("of nothing: %q", s)
	}
}
