package wiki_test

import (
	"maps"
	"strings"
	"testing"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/text"
)

func block(kind text.Kind, blocks ...text.Block) text.Block {
	return text.Block{Kind: kind, Blocks: blocks}
}

func bullets(items ...[]text.Block) text.Block {
	b := text.Block{Kind: text.BulletList}
	for _, it := range items {
		b.Blocks = append(b.Blocks, block(text.Item, it...))
	}
	return b
}

func with(b text.Block, name, value string) text.Block {
	attrs := text.Attrs{}
	maps.Copy(attrs, b.Attrs)
	attrs[name] = value
	b.Attrs = attrs
	return b
}

// What the package comment says that wiki markup cannot say, one by one.
func TestWhatCannotBeSaid(t *testing.T) {
	a, b := para(plain("a")), para(plain("b"))
	br := text.Span{Kind: text.Break}
	strong, em := text.Mark{Kind: text.Strong}, text.Mark{Kind: text.Emphasis}
	color := text.Mark{Kind: text.Color, Value: "#ff0000"}
	heading := text.Block{Kind: text.Heading, Attrs: text.Attrs{"level": "2"}, Spans: []text.Span{plain("h")}}
	row := func(cells ...text.Block) text.Block { return block(text.TableRow, cells...) }
	for _, c := range []struct {
		reason string
		doc    text.Doc
		want   string
	}{
		{"background colour", text.Doc{para(plain("a", text.Mark{Kind: text.Highlight, Value: "#ffff00"}))}, "paragraph('a')"},
		{"the start of a list", text.Doc{with(block(text.OrderedList, block(text.Item, a)), "start", "3")}, "orderedList(item(paragraph('a')))"},
		{"spans and colours of cells", text.Doc{block(text.Table, row(with(block(text.Cell, a), "colspan", "2")))}, "table(row(cell(paragraph('a'))))"},
		{"a paragraph without content", text.Doc{a, para(), para(plain("  ")), b}, "paragraph('a') paragraph('b')"},
		{"a heading without content", text.Doc{{Kind: text.Heading, Attrs: text.Attrs{"level": "1"}}, a}, "paragraph('a')"},
		{"a list without items, a table without cells", text.Doc{block(text.BulletList), block(text.Table, row()), a}, "paragraph('a')"},
		{"a mark on spaces at its edge", text.Doc{para(plain("a"), plain(" b ", strong), plain("c"))}, "paragraph('a ' strong<'b'> ' c')"},
		{"a mark on nothing but spaces", text.Doc{para(plain("a"), plain("  ", strong), plain("c"))}, "paragraph('a  c')"},
		{"a mark on a space where one further out changes", text.Doc{para(plain("a ", strong), plain("b", color, strong))}, "paragraph(strong<'a'> ' ' strong<color#ff0000<'b'>>)"},
		{"a mark goes on over spaces while none further out changes", text.Doc{para(plain("a ", strong), plain("b", em, strong))}, "paragraph(strong<'a '> strong<em<'b'>>)"},
		{"a mark on a break", text.Doc{para(plain("a", strong), text.Span{Kind: text.Break, Marks: []text.Mark{strong}}, plain("b", strong))}, "paragraph(strong<'a'> / strong<'b'>)"},
		{"a mark on a mention", text.Doc{para(text.Span{Kind: text.Mention, Marks: []text.Mark{strong}, Attrs: text.Attrs{"id": "x"}})}, "paragraph([mention:x])"},
		{"paragraphs in an item", text.Doc{bullets([]text.Block{a, b})}, "bulletList(item(paragraph('a' / 'b')))"},
		{"paragraphs in a cell", text.Doc{block(text.Table, row(block(text.Cell, a, b)))}, "table(row(cell(paragraph('a' / 'b'))))"},
		{"text after a nested list", text.Doc{bullets([]text.Block{a, bullets([]text.Block{b}), para(plain("c"))})}, "bulletList(item(paragraph('a') bulletList(item(paragraph('b' / 'c')))))"},
		{"a heading and a rule in an item", text.Doc{bullets([]text.Block{heading, {Kind: text.Rule}, a})}, "bulletList(item(paragraph('h' / 'a')))"},
		{"a table in an item", text.Doc{bullets([]text.Block{a, block(text.Table, row(block(text.Cell, a), block(text.Cell, b)), row(block(text.Cell, b)))})},
			"bulletList(item(paragraph('a' / 'a | b' / 'b')))"},
		{"neighbouring lists in an item", text.Doc{bullets([]text.Block{bullets([]text.Block{a}), bullets([]text.Block{b})})},
			"bulletList(item(bulletList(item(paragraph('a')) item(paragraph('b')))))"},
		{"a quote in a quote, also further in", text.Doc{block(text.Quote, bullets([]text.Block{block(text.Quote, a)}))}, "quote(bulletList(item(paragraph('a'))))"},
		{"a panel in a panel", text.Doc{with(block(text.Panel, with(block(text.Panel, a), "type", "note"), b), "type", "info")}, "panel(type=info paragraph('a') paragraph('b'))"},
		{"the language of code that ends itself", text.Doc{{Kind: text.Code, Attrs: text.Attrs{"language": "go"}, Spans: []text.Span{plain("{code}")}}}, "code('{code}')"},
		{"code that ends itself in every way", text.Doc{{Kind: text.Code, Spans: []text.Span{plain("{code}\n*{noformat}*")}}}, "paragraph('{code}' / '*{noformat}*')"},
		{"an address that is no link", text.Doc{para(plain("at http://x.y"))}, "paragraph('at ' linkhttp://x.y<'http://x.y'>)"},
		{"what would end an address", text.Doc{para(plain("a", text.Mark{Kind: text.Link, Value: "http://x.y/a|b]"}))}, "paragraph(linkhttp://x.y/a%7Cb%5D<'a'>)"},
		{"a link to no address", text.Doc{para(plain("a", text.Mark{Kind: text.Link, Value: "somewhere"}))}, "paragraph('a')"},
		{"an emoji without an emoticon", text.Doc{para(text.Span{Kind: text.Emoji, Attrs: text.Attrs{"name": ":rocket:"}})}, "paragraph(':rocket:')"},
		{"an emoticon that touches a word", text.Doc{para(plain("a"), text.Span{Kind: text.Emoji, Text: "😉", Attrs: text.Attrs{"name": ":wink:"}})}, "paragraph('a😉')"},
		{"a person without a name that can be written", text.Doc{para(text.Span{Kind: text.Mention, Text: "Ann", Attrs: text.Attrs{"id": "a b"}})}, "paragraph('@Ann')"},
		{"a file whose name ends the image", text.Doc{para(text.Span{Kind: text.Image, Attrs: text.Attrs{"name": "a!b.png"}})}, "paragraph('a!b.png')"},
		{"a card to no address", text.Doc{para(text.Span{Kind: text.Card, Attrs: text.Attrs{"url": "somewhere"}})}, "paragraph('somewhere')"},
		{"a node that is no ADF", text.Doc{{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"}, Raw: "{"}}, "paragraph('{')"},
		{"a piece of wiki that is not one", text.Doc{para(text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "wiki"}, Raw: "*a*"})}, "paragraph('*a*')"},
		{"a node of a format that nobody knows", text.Doc{{Kind: text.Foreign, Attrs: text.Attrs{"format": "rtf"}, Raw: "x"}}, "paragraph('x')"},
		{"a piece of wiki that is alone", text.Doc{para(plain("a"), br, text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "wiki"}, Raw: "{toc}"})}, "paragraph('a') foreign(wiki:{toc})"},
		{"line ends in text are breaks", text.Doc{para(plain("a\r\nb\rc\nd"))}, "paragraph('a' / 'b' / 'c' / 'd')"},
		{"what is no UTF-8", text.Doc{para(plain("a\xffb"))}, "paragraph('a\uFFFDb')"},
		{"what has no place", text.Doc{row(block(text.Cell, a)), block(text.Item, b)}, "paragraph('a') paragraph('b')"},
	} {
		d := wiki.Canon(c.doc)
		if have := show(d); have != c.want {
			t.Errorf("%s:\nwritten %q\nwant %s\nhave %s", c.reason, wiki.Encode(c.doc), c.want, have)
		}
		if e := wiki.Canon(d); !e.Equal(d) {
			t.Errorf("%s: not idempotent: %s, then %s", c.reason, show(d), show(e))
		}
	}
}

func TestListsAreNestedSoDeep(t *testing.T) {
	list := para(plain("bottom"))
	for range wiki.Deepest + 10 {
		list = bullets([]text.Block{list})
	}
	have := wiki.Encode(text.Doc{list})
	if want := strings.Repeat("*", wiki.Deepest) + " bottom"; !strings.HasSuffix(have, "\n"+want) || strings.Contains(have, "*"+want) {
		t.Errorf("the last line is not %q:\n%s", want, have)
	}
	if d := wiki.Decode(have); !strings.Contains(show(d), "'bottom'") || !wiki.Canon(d).Equal(d) {
		t.Errorf("read as %s", show(d))
	}
}

// Attributes that say something else by now outdo the tag that was kept.
func TestAKeptTagGivesWay(t *testing.T) {
	for _, c := range []struct{ reason, markup, attr, value, want string }{
		{"another kind of panel", "{info:title=T}\na\n{info}", "type", "error", "{panel:title=T|bgColor=#ffebe6}\na\n{panel}"},
		{"another title", "{tip:title=T}\na\n{tip}", "title", "U", "{panel:title=U|bgColor=#e3fcef}\na\n{panel}"},
		{"another language", "{code:title=A.java}\na\n{code}", "language", "go", "{code:go}\na\n{code}"},
		{"the same", "{code:title=A.java}\na\n{code}", "language", "java", "{code:title=A.java}\na\n{code}"},
		{"a tag that nobody wrote", "{code:go}\na\n{code}", "wiki.tag", "code:go}{quote", "{code:go}\na\n{code}"},
		{"a tag of another kind", "{code:go}\na\n{code}", "wiki.tag", "panel", "{code:go}\na\n{code}"},
	} {
		d := wiki.Decode(c.markup)
		d[0] = with(d[0], c.attr, c.value)
		if have := wiki.Encode(d); have != c.want {
			t.Errorf("%s:\nwant %q\nhave %q", c.reason, c.want, have)
		}
	}
}
