package adf_test

import (
	"strings"
	"testing"

	"example.com/accord/connector/jira/adf"
	"example.com/accord/text"
	"github.com/google/go-cmp/cmp"
)

// inDoc is a document with the content.
func inDoc(content string) []byte {
	return []byte(`{"type":"doc","version":1,"content":[` + content + `]}`)
}

func para(spans ...text.Span) text.Block { return text.Block{Kind: text.Paragraph, Spans: spans} }

func plain(s string, marks ...text.Mark) text.Span {
	return text.Span{Kind: text.Plain, Text: s, Marks: marks}
}

// A decoding is a document's content, what is read of it and why.
type decoding struct {
	reason, content string
	want            text.Doc
}

func decodes(t *testing.T, cases map[string]decoding) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d, err := adf.Decode(inDoc(c.content))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, d); diff != "" {
				t.Errorf("%s (-want +have):\n%s", c.reason, diff)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	decodes(t, map[string]decoding{
		"marks": {"marks are sorted and equal neighbours are one",
			`{"type":"paragraph","content":[{"type":"text","text":"a","marks":[{"type":"strong"},{"type":"em"}]},
				{"type":"text","text":"b","marks":[{"type":"em"},{"type":"strong"}]}]}`,
			text.Doc{para(plain("ab", text.Mark{Kind: text.Emphasis}, text.Mark{Kind: text.Strong}))}},
		"colour": {"colours are compared in lower case",
			`{"type":"paragraph","content":[{"type":"text","text":"a","marks":[{"type":"textColor","attrs":{"color":"#FF5630"}}]}]}`,
			text.Doc{para(plain("a", text.Mark{Kind: text.Color, Value: "#ff5630"}))}},
		"table defaults": {"what the editor fills in says nothing",
			`{"type":"table","attrs":{"isNumberColumnEnabled":false,"layout":"default","localId":"x"},"content":[{"type":"tableRow","content":[
				{"type":"tableCell","attrs":{"colspan":1,"rowspan":1,"background":null},"content":[{"type":"paragraph","content":[]}]}]}]}`,
			text.Doc{{Kind: text.Table, Blocks: []text.Block{{Kind: text.TableRow, Blocks: []text.Block{{Kind: text.Cell}}}}}}},
		"mention": {"what the editor found out about a person says nothing",
			`{"type":"paragraph","content":[{"type":"mention","attrs":{"id":"5b10","text":"@Jo Do","accessLevel":"SITE","userType":"DEFAULT"}}]}`,
			text.Doc{para(text.Span{Kind: text.Mention, Text: "Jo Do", Attrs: text.Attrs{"id": "5b10"}})}},
		"one empty paragraph": {"an editor that was cleared", `{"type":"paragraph","content":[]}`, nil},
	})
}

func TestDecodeKeepsWhatTheTreeLacks(t *testing.T) {
	decodes(t, map[string]decoding{
		"table extras": {"what the tree lacks is kept as an attribute",
			`{"type":"table","attrs":{"layout":"wide"},"content":[{"type":"tableRow","content":[
				{"type":"tableHeader","attrs":{"colwidth":[100]},"content":[{"type":"paragraph","content":[{"type":"text","text":"h"}]}]}]}]}`,
			text.Doc{{Kind: text.Table, Attrs: text.Attrs{"adf.layout": `"wide"`}, Blocks: []text.Block{{Kind: text.TableRow,
				Blocks: []text.Block{{Kind: text.HeaderCell, Attrs: text.Attrs{"adf.colwidth": "[100]"}, Blocks: text.Of("h")}}}}}}},
		"alignment": {"a mark on a block is kept as an attribute",
			`{"type":"paragraph","marks":[{"type":"alignment","attrs":{"align":"center"}}],"content":[{"type":"text","text":"a"}]}`,
			text.Doc{{Kind: text.Paragraph, Attrs: text.Attrs{"adf.marks": `[{"attrs":{"align":"center"},"type":"alignment"}]`},
				Spans: []text.Span{plain("a")}}}},
		"status": {"an unknown inline node is kept whole, without what the server adds",
			`{"type":"paragraph","content":[{"type":"status","attrs":{"text":"x","localId":"1","color":"blue"}}]}`,
			text.Doc{para(text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "adf"},
				Raw: `{"attrs":{"color":"blue","text":"x"},"type":"status"}`})}},
		"future": {"so is a node that did not exist when this was written",
			`{"type":"hologram","attrs":{"depth":50.0,"localId":"1"}}`,
			text.Doc{{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"}, Raw: `{"attrs":{"depth":50},"type":"hologram"}`}}},
		"list of tasks": {"a list that holds something else than items is kept whole",
			`{"type":"bulletList","content":[{"type":"taskItem","attrs":{"localId":"1","state":"TODO"}}]}`,
			text.Doc{{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"},
				Raw: `{"content":[{"attrs":{"state":"TODO"},"type":"taskItem"}],"type":"bulletList"}`}}},
		"unknown key": {"a known node with more to say than is known is kept whole", `{"type":"rule","style":"thin"}`,
			text.Doc{{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"}, Raw: `{"style":"thin","type":"rule"}`}}},
		"another form": {"an attribute in a form that is not known is kept", `{"type":"heading","attrs":{"level":"2"}}`,
			text.Doc{{Kind: text.Heading, Attrs: text.Attrs{"adf.level": `"2"`}}}},
		"a number for a word": {"so is this one", `{"type":"codeBlock","attrs":{"language":5}}`,
			text.Doc{{Kind: text.Code, Attrs: text.Attrs{"adf.language": "5"}}}},
		"layout": {"what the server fills in of a foreign node says nothing", `{"type":"extension","attrs":{"layout":"default"}}`,
			text.Doc{{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"}, Raw: `{"attrs":{},"type":"extension"}`}}},
		"order of marks": {"says nothing, of those that the tree lacks too", `{"type":"rule","marks":[{"type":"b"},{"type":"a"},{"type":"b"}]}`,
			text.Doc{{Kind: text.Rule, Attrs: text.Attrs{"adf.marks": `[{"type":"a"},{"type":"b"}]`}}}},
		"link": {"what a link has beside its address is kept, but not what the server made",
			`{"type":"paragraph","content":[{"type":"text","text":"a","marks":[{"type":"link","attrs":{"href":"/","title":"T","localId":"1","id":""}}]}]}`,
			text.Doc{para(text.Span{Kind: text.Plain, Text: "a", Marks: []text.Mark{{Kind: text.Link, Value: "/"}},
				Attrs: text.Attrs{"adf.marks": `[{"attrs":{"title":"T"},"type":"link"}]`}})}},
		"link the server touched": {"has nothing beside its address",
			`{"type":"paragraph","content":[{"type":"text","text":"a","marks":[{"type":"link","attrs":{"href":"/","localId":"1"}}]}]}`,
			text.Doc{para(plain("a", text.Mark{Kind: text.Link, Value: "/"}))}},
	})
}

func TestDecodeRestoresBrackets(t *testing.T) {
	code := text.Mark{Kind: text.Monospace}
	decodes(t, map[string]decoding{
		"bracket in a line": {"wiki markup that was shown as code is restored, also where the server joined it with code beside it",
			`{"type":"paragraph","content":[{"type":"text","text":"x⟦wiki:{a}⟧⟦image:b.png⟧y","marks":[{"type":"code"}]}]}`,
			text.Doc{para(plain("x", code), text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "wiki"}, Raw: "{a}"},
				text.Span{Kind: text.Image, Attrs: text.Attrs{"name": "b.png"}}, plain("y", code))}},
		"bracket in prose": {"without the mark code it is a person's text",
			`{"type":"paragraph","content":[{"type":"text","text":"⟦wiki:{a}⟧"}]}`, text.Doc{para(plain("⟦wiki:{a}⟧"))}},
		"bracket as a block": {"a code block with nothing else is the block it shows",
			`{"type":"codeBlock","content":[{"type":"text","text":"⟦wiki:{chart}\n⟧⟧\n{chart}⟧"}]}`,
			text.Doc{{Kind: text.Foreign, Attrs: text.Attrs{"format": "wiki"}, Raw: "{chart}\n⟧\n{chart}"}}},
		"bracket in a program": {"a code block of a language is a person's",
			`{"type":"codeBlock","attrs":{"language":"go"},"content":[{"type":"text","text":"⟦wiki:a⟧"}]}`,
			text.Doc{{Kind: text.Code, Attrs: text.Attrs{"language": "go"}, Spans: []text.Span{plain("⟦wiki:a⟧")}}}},
		"bracket that is none": {"an open one, an empty one, one of another name",
			`{"type":"paragraph","content":[{"type":"text","text":"⟦⟦x:a⟧⟦wiki:⟧⟦wiki:b⟧","marks":[{"type":"code"}]}]}`,
			text.Doc{para(plain("⟦⟦x:a⟧⟦wiki:⟧", code), text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "wiki"}, Raw: "b"})}},
	})
}

func TestDecodeNothing(t *testing.T) {
	for _, s := range []string{"", " ", "null", `{"type":"doc","version":1,"content":[]}`, `{"type":"doc","version":1}`} {
		if d, err := adf.Decode([]byte(s)); err != nil || d != nil {
			t.Errorf("%q: %v, %v", s, d, err)
		}
	}
	for _, s := range []string{`"text"`, "{", `{"type":"paragraph"}`, "null null", `{"type":"doc","content":{}}`} {
		if d, err := adf.Decode([]byte(s)); err == nil {
			t.Errorf("%q is read as %v", s, d)
		}
	}
}

// An encoding is a document, the content that is written of it and why.
type encoding struct {
	reason string
	doc    text.Doc
	want   string
}

func encodes(t *testing.T, cases map[string]encoding) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			want := `{"content":[` + c.want + `],"type":"doc","version":1}`
			have := adf.Encode(c.doc)
			if diff := cmp.Diff(want, string(have)); diff != "" {
				t.Errorf("%s (-want +have):\n%s", c.reason, diff)
			}
			if err := adf.Valid(have); err != nil {
				t.Error(err)
			}
		})
	}
}

// written is a paragraph of one text.
func written(s string) string {
	return `{"content":[{"text":"` + s + `","type":"text"}],"type":"paragraph"}`
}

func TestEncodeShowsBlocksInTheNearestWay(t *testing.T) {
	item := func(blocks ...text.Block) text.Doc {
		return text.Doc{{Kind: text.BulletList, Blocks: []text.Block{{Kind: text.Item, Blocks: blocks}}}}
	}
	list := func(content string) string {
		return `{"content":[{"content":[` + content + `],"type":"listItem"}],"type":"bulletList"}`
	}
	encodes(t, map[string]encoding{
		"heading in a list": {"ADF has none there", item(text.Block{Kind: text.Heading, Spans: []text.Span{plain("h")}}), list(written("h"))},
		"quote in a list":   {"ADF has none there", item(text.Block{Kind: text.Quote, Blocks: text.Of("q", "r")}), list(written("q") + "," + written("r"))},
		"table in a list": {"ADF has none there", item(text.Block{Kind: text.Table, Blocks: []text.Block{{Kind: text.TableRow, Blocks: []text.Block{
			{Kind: text.Cell, Blocks: text.Of("a")}, {Kind: text.Cell, Blocks: text.Of("b")}}}}}), list(written("a | b"))},
		"foreign block in a line": {"is code there", item(text.Block{Kind: text.Table, Blocks: []text.Block{{Kind: text.TableRow, Blocks: []text.Block{
			{Kind: text.Cell, Blocks: []text.Block{{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"}, Raw: `{"type":"rule"}`}}}}}}}),
			list(`{"content":[{"marks":[{"type":"code"}],"text":"⟦adf:{\"type\":\"rule\"}⟧","type":"text"}],"type":"paragraph"}`)},
		"empty item": {"every place must hold a block", item(), list(`{"type":"paragraph"}`)},
		"title": {"a panel has none in ADF",
			text.Doc{{Kind: text.Panel, Attrs: text.Attrs{"title": "T"}, Blocks: text.Of("x")}},
			`{"attrs":{"panelType":"info"},"content":[{"content":[{"marks":[{"type":"strong"}],"text":"T","type":"text"}],"type":"paragraph"},` +
				written("x") + `],"type":"panel"}`},
		"block where it may not stand": {"a foreign node too", item(text.Block{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"},
			Raw: `{"type":"expand"}`}), list(`{"content":[{"text":"⟦adf:{\"type\":\"expand\"}⟧","type":"text"}],"type":"codeBlock"}`)},
		"title in a list": {"a panel may not stand there, its title may",
			item(text.Block{Kind: text.Panel, Attrs: text.Attrs{"title": "T"}, Blocks: text.Of("x")}),
			list(`{"content":[{"marks":[{"type":"strong"}],"text":"T","type":"text"}],"type":"paragraph"},` + written("x"))},
	})
}

func TestEncode(t *testing.T) {
	wiki := text.Attrs{"format": "wiki"}
	encodes(t, map[string]encoding{
		"bold code": {"beside code only a link may stand",
			text.Doc{para(plain("x", text.Mark{Kind: text.Monospace}, text.Mark{Kind: text.Strong}, text.Mark{Kind: text.Link, Value: "/"}))},
			`{"content":[{"marks":[{"type":"code"},{"attrs":{"href":"/"},"type":"link"}],"text":"x","type":"text"}],"type":"paragraph"}`},
		"sub and sup": {"are one mark of ADF", text.Doc{para(plain("x", text.Mark{Kind: text.Super}, text.Mark{Kind: text.Sub}))},
			`{"content":[{"marks":[{"attrs":{"type":"sub"},"type":"subsup"}],"text":"x","type":"text"}],"type":"paragraph"}`},
		"link to nowhere": {"is none", text.Doc{para(plain("x", text.Mark{Kind: text.Link}))}, written("x")},
		"wiki block": {"is shown as code", text.Doc{{Kind: text.Foreign, Attrs: wiki, Raw: "{toc}"}},
			`{"content":[{"text":"⟦wiki:{toc}⟧","type":"text"}],"type":"codeBlock"}`},
		"wiki span": {"is shown as code", text.Doc{para(text.Span{Kind: text.ForeignSpan, Attrs: wiki, Raw: "{anchor:a}"})},
			`{"content":[{"marks":[{"type":"code"}],"text":"⟦wiki:{anchor:a}⟧","type":"text"}],"type":"paragraph"}`},
		"attachment": {"ADF knows a file only by the id of the media service",
			text.Doc{para(text.Span{Kind: text.Image, Attrs: text.Attrs{"name": "a.png", "width": "3"}})},
			`{"content":[{"marks":[{"type":"code"}],"text":"⟦image:{\"name\":\"a.png\",\"width\":\"3\"}⟧","type":"text"}],"type":"paragraph"}`},
		"picture": {"one from outside is a block", text.Doc{para(text.Span{Kind: text.Image, Attrs: text.Attrs{"url": "https://e.com/a"}})},
			`{"attrs":{"layout":"center"},"content":[{"attrs":{"type":"external","url":"https://e.com/a"},"type":"media"}],"type":"mediaSingle"}`},
		"link that went away": {"its title goes too", text.Doc{para(text.Span{Kind: text.Plain, Text: "a",
			Attrs: text.Attrs{"adf.marks": `[{"attrs":{"title":"T"},"type":"link"}]`}})}, written("a")},
		"nothing foreign": {"is nothing", text.Doc{para(plain("a"), text.Span{Kind: text.ForeignSpan, Attrs: wiki})}, written("a")},
		"identifiers": {"are made where they must be", text.Doc{{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"},
			Raw: `{"content":[{"attrs":{"state":"TODO"},"type":"taskItem"}],"type":"taskList"}`}},
			`{"attrs":{"localId":"1"},"content":[{"attrs":{"localId":"2","state":"TODO"},"type":"taskItem"}],"type":"taskList"}`},
	})
}

func TestEncodeNothingIsNull(t *testing.T) {
	for _, d := range []text.Doc{nil, {}, text.Of(""), {{Kind: text.BulletList}}} {
		if b := adf.Encode(d); string(b) != "null" {
			t.Errorf("%v: %s", d, b)
		}
	}
}

func TestValidNamesThePlace(t *testing.T) {
	file := `{"type":"media","attrs":{"type":"file","id":"a","collection":""}}`
	for content, want := range map[string]string{
		`{"type":"paragraph","content":[{"type":"text","text":""}]}`: "doc[0]/paragraph[0]/text: want text",
		`{"type":"rule"},{"type":"text","text":"a"}`:                 "doc[1]: text may not stand here",
		`{"type":"heading","attrs":{"level":7}}`:                     "doc[0]/heading: level is not 1..6",
		`{"type":"heading"}`:                                         "doc[0]/heading: level is missing",
		`{"type":"marquee"}`:                                         `doc[0]: no such type of node: "marquee"`,
		`{"type":"bulletList","content":[]}`:                         "doc[0]/bulletList: has 0 nodes",
		`{"type":"paragraph","content":[{"type":"text","text":"a","marks":[{"type":"blink"}]}]}`:                            "doc[0]/paragraph[0]/text: no such mark",
		`{"type":"codeBlock","content":[{"type":"text","text":"a","marks":[{"type":"strong"}]}]}`:                           "doc[0]/codeBlock[0]/text: may not have the marks [strong]",
		`{"type":"paragraph","content":[{"type":"text","text":"a","marks":[{"type":"link"}]}]}`:                             "doc[0]/paragraph[0]/text/link: href is missing",
		`{"type":"panel","attrs":{"panelType":"info","title":"x"},"content":[{"type":"paragraph"}]}`:                        `doc[0]/panel: may not have the attribute "title"`,
		`{"type":"blockquote","content":[{"type":"heading","attrs":{"level":1}}]}`:                                          "doc[0]/blockquote[0]: heading may not stand here",
		`{"type":"paragraph","content":[{"type":"text","text":"a","color":"red"}]}`:                                         `may not have "color"`,
		`{"type":"mediaSingle","attrs":{"layout":"center"},"content":[{"type":"media","attrs":{}}]}`:                        "is missing",
		`{"type":"mediaSingle","attrs":{"layout":"center"},"content":[` + file + `,{"type":"caption"},{"type":"caption"}]}`: "doc[0]/mediaSingle: has 3 nodes",
		`{"type":"paragraph","content":"a"}`:                                                                                "content is not a list",
		`{"type":"paragraph","attrs":"a"}`:                                                                                  "attrs is not an object",
		`{"type":"paragraph","marks":{}}`:                                                                                   "marks is not a list",
	} {
		if err := adf.Valid(inDoc(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\nwant %s\nhave %v", content, want, err)
		}
	}
	for _, b := range []string{"", "null", `"text"`, `{"type":"doc","content":[]}`, `{"type":"doc","version":1}`, "{} {}"} {
		if adf.Valid([]byte(b)) == nil {
			t.Errorf("%q is valid", b)
		}
	}
}

// A description of 33 KB, which is about as long as Jira takes: docs/JIRA.md "Limits".
func BenchmarkDecodeEncode(b *testing.B) {
	one := strings.TrimSuffix(strings.TrimPrefix(handWritten[0], `{"type":"doc","version":1,"content":[`), "]}")
	doc := inDoc(strings.Repeat(one+",", 33_000/len(one)) + one)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		d, err := adf.Decode(doc)
		if err != nil || len(adf.Encode(d)) < 20_000 {
			b.Fatal(err)
		}
	}
}
