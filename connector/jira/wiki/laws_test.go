package wiki_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/text"
)

// What wiki markup can say comes back as it was.
func TestWhatCanBeSaidComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := sayable(t)
		s := wiki.Encode(d)
		if e := wiki.Decode(s); !e.Equal(d) {
			t.Fatalf("written %q\n%s", s, differ(d, e))
		}
	})
}

// differ shows where two documents are not the same, line by line.
func differ(d, e text.Doc) string {
	outline := func(d text.Doc) []string {
		b, err := json.MarshalIndent(d, "", " ")
		if err != nil {
			return []string{err.Error()}
		}
		return strings.Split(string(b), "\n")
	}
	return cmp.Diff(outline(d), outline(e))
}

// Whatever is read is canonical: written, it is read again.
func TestWhatIsReadStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { stays(t, markup(t)) })
}

func TestCanonIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := wiki.Canon(wild(t, 0))
		if e := wiki.Canon(d); !e.Equal(d) {
			t.Fatalf("written %q\n%s", wiki.Encode(d), cmp.Diff(d, e))
		}
	})
}

// places are all where text can stand, by what they are.
var places = map[string]func([]text.Span) text.Block{
	"paragraph": func(s []text.Span) text.Block { return text.Block{Kind: text.Paragraph, Spans: s} },
	"heading": func(s []text.Span) text.Block {
		return text.Block{Kind: text.Heading, Attrs: text.Attrs{"level": "2"}, Spans: s}
	},
	"item":  func(s []text.Span) text.Block { return nested(s, text.OrderedList, text.Item) },
	"quote": func(s []text.Span) text.Block { return nested(s, text.Quote) },
	"cell":  func(s []text.Span) text.Block { return nested(s, text.Table, text.TableRow, text.Cell) },
	"item in a cell": func(s []text.Span) text.Block {
		return nested(s, text.Table, text.TableRow, text.HeaderCell, text.BulletList, text.Item)
	},
}

func nested(s []text.Span, kinds ...text.Kind) text.Block {
	b := text.Block{Kind: text.Paragraph, Spans: s}
	for i := len(kinds) - 1; i >= 0; i-- {
		b = text.Block{Kind: kinds[i], Blocks: []text.Block{b}}
	}
	return b
}

// said is all text of a document, without its formatting.
func said(bs []text.Block) string {
	var out strings.Builder
	for _, b := range bs {
		for _, s := range b.Spans {
			if s.Kind == text.Break {
				out.WriteByte('\n')
			}
			out.WriteString(s.Text)
		}
		out.WriteString(said(b.Blocks))
	}
	return out.String()
}

// Text is the same afterwards, character by character, wherever it stands and
// whatever it looks like.
func TestTextSurvives(t *testing.T) {
	for name, put := range places {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := rapid.OneOf(rapid.Custom(markup), rapid.String()).Draw(t, "text")
				d := text.Doc{put([]text.Span{plain(s, marks(t)...)})}
				want := strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
				want = strings.ToValidUTF8(want, "\uFFFD")
				if strings.Trim(want, " \t\v\f") == "" {
					want = "" // a paragraph without content is left out
				}
				if have := said(wiki.Canon(d)); have != want {
					t.Fatalf("written %q\nwant %q\nhave %q", wiki.Encode(d), want, have)
				}
			})
		})
	}
}

// No word is lost, none changes its place, of any document there can be.
func TestWordsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := sayableOrNot(t)
		want, have := spoken(d), spoken(wiki.Canon(d))
		if diff := cmp.Diff(want, have); diff != "" {
			t.Fatalf("written %q\n%s", wiki.Encode(d), diff)
		}
	})
}

// sayableOrNot is a document of known kinds in any order and depth.
func sayableOrNot(t *rapid.T) text.Doc {
	var grow func(deep int) []text.Block
	grow = func(deep int) []text.Block {
		var out []text.Block
		kinds := []text.Kind{text.Paragraph, text.Heading, text.Code, text.BulletList, text.OrderedList, text.Item, text.Quote, text.Panel, text.Table, text.TableRow, text.Cell}
		for range rapid.IntRange(0, 3).Draw(t, "blocks") {
			b := text.Block{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
			switch b.Kind {
			case text.Paragraph, text.Heading:
				b.Spans = line(t)
			case text.Code:
				b.Spans = []text.Span{plain(phrase(t))}
			default:
				if deep < 5 {
					b.Blocks = grow(deep + 1)
				}
			}
			out = append(out, b)
		}
		return out
	}
	return grow(0)
}

// spoken is the words of every block.
func spoken(bs []text.Block) []string {
	var out []string
	for _, b := range bs {
		b.Blocks, bs = nil, b.Blocks
		out = append(out, strings.FieldsFunc(said([]text.Block{b}), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
		out = append(out, spoken(bs)...)
	}
	return out
}
