package wiki_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/text"
)

// show is a document in one line, for tables of examples: blocks in (), marks
// as kind<…>.
func show(bs []text.Block) string {
	var out []string
	for _, b := range bs {
		var in []string
		for _, a := range []string{"level", "language", "type", "title", "wiki.tag"} {
			if v := b.Attrs[a]; v != "" {
				in = append(in, a+"="+v)
			}
		}
		for _, s := range b.Spans {
			in = append(in, showSpan(s))
		}
		if b.Raw != "" {
			in = append(in, b.Attrs["format"]+":"+b.Raw)
		}
		if len(b.Blocks) > 0 {
			in = append(in, show(b.Blocks))
		}
		out = append(out, string(b.Kind)+"("+strings.Join(in, " ")+")")
	}
	return strings.Join(out, " ")
}

func showSpan(s text.Span) string {
	out := "'" + s.Text + "'"
	for _, m := range s.Marks {
		out = string(m.Kind) + m.Value + "<" + out + ">"
	}
	switch {
	case s.Kind == text.Break:
		return "/"
	case s.Raw != "":
		return "[" + s.Attrs["format"] + ":" + s.Raw + "]"
	case s.Kind != text.Plain:
		return "[" + string(s.Kind) + ":" + s.Attrs["id"] + s.Attrs["url"] + s.Attrs["name"] + "]"
	}
	return out
}

func TestDecode(t *testing.T) {
	for _, c := range []struct{ reason, markup, want string }{
		{"a line end inside a paragraph is a break, a blank line ends it", "a\r\nb\r\n\r\nc", "paragraph('a' / 'b') paragraph('c')"},
		{"a list goes on without a marker until a blank line", "* a\nb\n\nc", "bulletList(item(paragraph('a' / 'b'))) paragraph('c')"},
		{"a blank line between two lists begins the numbers anew", "# a\n\n# b", "orderedList(item(paragraph('a'))) orderedList(item(paragraph('b')))"},
		{"the markers are the way to an item", "* a\n*# b\n** c\n# d",
			"bulletList(item(paragraph('a') orderedList(item(paragraph('b'))) bulletList(item(paragraph('c'))))) orderedList(item(paragraph('d')))"},
		{"an item that is missing above is empty", "** a", "bulletList(item(bulletList(item(paragraph('a')))))"},
		{"a macro in an item does not end it", "# a\n{code:go}\nx\n\ny\n{code}\nb\n# c",
			"orderedList(item(paragraph('a') code(language=go 'x\n\ny') paragraph('b')) item(paragraph('c')))"},
		{"nothing is markup in code", "{noformat}\n*a* {quote}\n{noformat}", "code('*a* {quote}')"},
		{"what a tag says beyond the tree is kept", "{code:title=A.java|borderStyle=solid}\nx\n{code}",
			"code(language=java wiki.tag=code:title=A.java|borderStyle=solid 'x')"},
		{"a panel by its own macro", "{warning:title=Mind}\na\n{warning}", "panel(type=warning title=Mind wiki.tag=warning:title=Mind paragraph('a'))"},
		{"a tip is a success", "{tip}a{tip}", "panel(type=success wiki.tag=tip paragraph('a'))"},
		{"a macro in the midst of text", "a {quote}b{quote} c", "paragraph('a ') quote(paragraph('b')) paragraph(' c')"},
		{"a quote of one line", "bq. a *b*", "quote(paragraph('a ' strong<'b'>))"},
		{"a row goes on until a bar ends a line", "||h|a\nb|\n|c|[d|https://x.y]|",
			"table(row(headerCell(paragraph('h')) cell(paragraph('a' / 'b'))) row(cell(paragraph('c')) cell(paragraph(linkhttps://x.y<'d'>))))"},
		{"a colour goes across paragraphs", "{color:red}a\n\nb{color} c", "paragraph(color#ff0000<'a'>) paragraph(color#ff0000<'b'> ' c')"},
		{"braces let a mark begin in a word", "un{*}frigging{*}believable", "paragraph('un' strong<'frigging'> 'believable')"},
		{"the braces of a path in monospace are no macro", "{{/users/{id}}}", "paragraph(code<'/users/{id}'>)"},
		{"nor is one in text a pair", "/a/{id} and\n\n/b/{id}", "paragraph('/a/' [wiki:{id}] ' and') paragraph('/b/' [wiki:{id}])"},
		{"an unknown macro is kept whole: with parameters", "a {x:y|z=1} *b* {x}", "paragraph('a ' [wiki:{x:y|z=1} *b* {x}])"},
		{"an unknown macro is kept whole: on lines of its own", "{plantuml}\nA -- B\n\nC\n{plantuml}", "foreign(wiki:{plantuml}\nA -- B\n\nC\n{plantuml})"},
		{"a node that only ADF has", "{adf:display=block}\n{\"type\":\"expand\",\"attrs\":{}}\n{adf}", `foreign(adf:{"attrs":{},"type":"expand"})`},
		{"and inline", `a {adf:display=inline}{"type":"date"}{adf}`, `paragraph('a ' [adf:{"type":"date"}])`},
		{"people, files, cards", "[~jdoe] [^a.txt] [u|https://x.y|smart-link] !a b.png|thumbnail!",
			"paragraph([mention:jdoe] ' ' [wiki:[^a.txt]] ' ' [card:https://x.y] ' ' [image:a b.png])"},
		{"a picture that is a link is kept whole", "a [!a.png!|https://x.y]", "paragraph('a ' [wiki:[!a.png!|https://x.y]])"},
		{"brackets without an address are text", "[INFO] [a|b] x[0]", "paragraph('[INFO] [a|b] x[0]')"},
		{"exclamations are no image", "Wow! Really! No!", "paragraph('Wow! Really! No!')"},
		{"punctuation behind an address is not part of it", "(see https://x.y/a_b.)", "paragraph('(see ' linkhttps://x.y/a_b<'https://x.y/a_b'> '.)')"},
		{"entities", "&#92;&amp;&nope;", `paragraph('\&&nope;')`},
		{"a backslash before a letter is itself", `C:\dir \\ \* \`, `paragraph('C:\dir ' / ' * \')`},
	} {
		if have := show(wiki.Decode(c.markup)); have != c.want {
			t.Errorf("%s:\n%q\nwant %s\nhave %s", c.reason, c.markup, c.want, have)
		}
	}
}

func para(spans ...text.Span) text.Block { return text.Block{Kind: text.Paragraph, Spans: spans} }

func TestEncode(t *testing.T) {
	strong, em, link := text.Mark{Kind: text.Strong}, text.Mark{Kind: text.Emphasis}, text.Mark{Kind: text.Link, Value: "https://x.y"}
	br := text.Span{Kind: text.Break}
	for _, c := range []struct {
		reason string
		doc    text.Doc
		want   string
	}{
		{"nothing", nil, ""},
		{"ordinary text stays as it is", text.Of("It's 5-6 (or so), a_b, 2*3, C++, C:\\dir, [INFO] {\"a\": 1} & x@y!", "well -5"), "It's 5-6 (or so), a_b, 2*3, C++, C:\\dir, [INFO] {\"a\": 1} & x@y!\n\nwell -5"},
		{"what looks like a block is escaped", text.Of("* x", "# y", "|a|", "h1. t", "bq. q", "----", "- z"), "\\* x\n\n\\# y\n\n\\|a|\n\nh1\\. t\n\nbq\\. q\n\n\\----\n\n\\- z"},
		{"what looks like a mark or macro is escaped", text.Of("*a* {code} [~me] :) a -- b"), "\\*a* \\{code} \\[~me] \\:) a \\-- b"},
		{"a mark beside a letter stands in braces", text.Doc{para(plain("a"), plain("b", strong), plain("c"))}, "a{*}b{*}c"},
		{"spaces at its edges are outside", text.Doc{para(plain("a"), plain(" b ", strong), plain("c"))}, "a *b* c"},
		{"an outer mark goes on", text.Doc{para(plain("a ", strong), plain("b", em, strong), plain(" c", strong))}, "*a _b_ c*"},
		{"a link and its address", text.Doc{para(plain("a", link), plain(" "), plain("https://x.y", link), plain("."))}, "[a|https://x.y] [https://x.y]."},
		{"an address with nothing beside it stands bare", text.Doc{para(plain("at https://x.y now"))}, "at https://x.y now"},
		{"breaks never leave a blank line", text.Doc{para(br, plain("a"), br, br, plain("b"), br)}, "\\\\a\n\\\\b\\\\"},
		{"a panel", text.Doc{{Kind: text.Panel, Attrs: text.Attrs{"type": "note", "title": "a|b"}, Blocks: text.Of("x")}}, "{panel:title=a&#124;b|bgColor=#eae6ff}\nx\n{panel}"},
		{"code that would end itself", text.Doc{{Kind: text.Code, Attrs: text.Attrs{"language": "go"}, Spans: []text.Span{plain("{code}")}}}, "{noformat}\n{code}\n{noformat}"},
		{"a paragraph after a paragraph in an item", text.Doc{{Kind: text.BulletList, Blocks: []text.Block{{Kind: text.Item, Blocks: text.Of("a", "b")}}}}, "* a\nb"},
		{"a quote in a quote is what it holds", text.Doc{{Kind: text.Quote, Blocks: []text.Block{{Kind: text.Quote, Blocks: text.Of("a")}}}}, "{quote}\na\n{quote}"},
		{"an emoji that has no emoticon", text.Doc{para(text.Span{Kind: text.Emoji, Text: "😄", Attrs: text.Attrs{"name": ":smile:"}})}, "😄"},
	} {
		if have := wiki.Encode(c.doc); have != c.want {
			t.Errorf("%s:\nwant %q\nhave %q", c.reason, c.want, have)
		}
	}
}

// What people had written in another way than Encode would, it writes again.
func TestWhatPeopleWroteIsWrittenAgain(t *testing.T) {
	for _, s := range []string{
		"h2. Steps\n\n# open {{app}}\n# click *Save*\n\n{quote}\nIt fails\n{quote}\n\n||k||v||\n|os|linux|\n\nThanks [~jdoe]",
		"{code:title=A.java|borderStyle=solid}\nx -- y\n{code}",
		"{info:title=Mind}\n* a\n** b\n{info}",
		"{panel:borderColor=#ccc|title=A}\nb\n{panel}",
		"{expand:title=more}\n* a -- b\n{expand}\n\n{toc}",
		"see !a.png|thumbnail! and [^b.txt], (y) (/)",
		"{color:#14892c}green *bold*{color} H{~}2{~}O x{^}2{^}",
	} {
		if diff := cmp.Diff(s, wiki.Encode(wiki.Decode(s))); diff != "" {
			t.Errorf("%q\n%s", s, diff)
		}
	}
}

// However markup is nested or left open, it is read in the time that its length
// asks for: nothing is tried again and again. Text of this length takes less
// than a tenth of a second; one that did try would take minutes.
func TestNoMarkupIsSlow(t *testing.T) {
	for _, piece := range []string{"*", "**a ", "{quote}", "{panel:a=1}", "{code:x}", "{color:red}", "{a}", "{a:1}", "{a}\n", "{{", "{{a}}", "[", "[a|", "!a", "!a.b!", "|", "||a\n", "\\", "* a\n",
		strings.Repeat("*", wiki.Deepest) + " a\n", "&#", "https://", "(", "_a*", "{*}", "{adf}{", "<", "{quote}{panel:a}{info}{tip}{note}{warning}", "[{color:red}", "\n\n", " "} {
		began := time.Now()
		stays(t, strings.Repeat(piece, 8192/len(piece)))
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%q, many times: %v", piece, took)
		}
	}
}
