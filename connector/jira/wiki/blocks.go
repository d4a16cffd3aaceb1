package wiki

import (
	"slices"
	"strings"

	"example.com/accord/text"
)

// space is what wiki markup takes for white space within a line.
const space = " \t\v\f"

func blank(s string) bool { return strings.Trim(s, space) == "" }

// A line's start says what block it begins, or goes on with.
type start struct {
	kind    text.Kind
	level   string // of a heading
	markers string // of a list item: such as "*#"
	rest    string // behind it
}

// startOf reads the start of a line. In a narrow place, a cell, there are only
// lists and paragraphs.
func startOf(line string, narrow bool) start {
	s := strings.TrimLeft(line, space)
	n := len(s) - len(strings.TrimLeft(s, "*#"))
	if n == 0 && strings.HasPrefix(s, "-") {
		n = 1
	}
	if n > 0 && n <= Deepest && len(s) > n && strings.IndexByte(space, s[n]) >= 0 {
		return start{kind: text.Item, markers: strings.ReplaceAll(s[:n], "-", "*"), rest: strings.TrimLeft(s[n:], space)}
	}
	switch {
	case narrow:
	case len(s) >= 3 && s[0] == 'h' && '1' <= s[1] && s[1] <= '6' && s[2] == '.' && (len(s) == 3 || strings.IndexByte(space, s[3]) >= 0):
		return start{kind: text.Heading, level: s[1:2], rest: strings.TrimLeft(s[3:], space)}
	case strings.HasPrefix(s, "bq.") && (len(s) == 3 || strings.IndexByte(space, s[3]) >= 0):
		return start{kind: text.Quote, rest: strings.TrimLeft(s[3:], space)}
	case len(s) >= 4 && strings.Trim(strings.TrimRight(s, space), "-") == "":
		return start{kind: text.Rule}
	case strings.HasPrefix(s, "|"):
		return start{kind: text.Table}
	}
	return start{kind: text.Paragraph}
}

// blocks reads lifted markup line by line.
func (p *parser) blocks(s string, narrow bool) text.Doc {
	var out text.Doc
	lines := strings.Split(s, "\n")
	for i := 0; i < len(lines); {
		n := 1
		switch st := startOf(lines[i], narrow); {
		case blank(lines[i]):
		case st.kind == text.Heading:
			out = append(out, p.heading(st)...)
		case st.kind == text.Quote:
			out = append(out, p.quote(st)...)
		case st.kind == text.Rule:
			out = append(out, text.Block{Kind: text.Rule})
		case st.kind == text.Table:
			var table text.Block
			table, n = p.table(lines[i:])
			out = append(out, table)
		case st.kind == text.Item:
			var lists []text.Block
			lists, n = p.lists(lines[i:], narrow)
			out = append(out, lists...)
		default:
			for i+n < len(lines) && goesOn(lines[i+n], narrow) {
				n++
			}
			out = append(out, p.flow(strings.Join(lines[i:i+n], "\n"))...)
		}
		i += n
	}
	return out
}

// goesOn reports whether line belongs to the paragraph or item before it.
func goesOn(line string, narrow bool) bool {
	return !blank(line) && startOf(line, narrow).kind == text.Paragraph
}

// heading reads a heading's line; a block in it ends the heading.
func (p *parser) heading(st start) []text.Block {
	_, at, _ := p.blockAt(st.rest)
	var out []text.Block
	if spans := p.inline(st.rest[:at]); !empty(spans) {
		out = append(out, text.Block{Kind: text.Heading, Attrs: text.Attrs{"level": st.level}, Spans: spans})
	}
	return append(out, p.flow(st.rest[at:])...)
}

// quote reads a line of quotation. There is no quote in a quote, so beside one
// with more words it is only what it says.
func (p *parser) quote(st start) []text.Block {
	inner := p.flow(st.rest)
	if p.quoted || quotes(inner) {
		return inner
	}
	return []text.Block{{Kind: text.Quote, Blocks: inner}}
}

// quotes reports whether there is a quote in bs.
func quotes(bs []text.Block) bool {
	return slices.ContainsFunc(bs, func(b text.Block) bool { return b.Kind == text.Quote || quotes(b.Blocks) })
}

// flow reads text without line starts: paragraphs, and blocks between them.
func (p *parser) flow(s string) []text.Block {
	var out []text.Block
	for s != "" {
		b, start, end := p.blockAt(s)
		out = append(out, paragraphs(p.inline(trimLines(s[:start])))...)
		if b != nil {
			out = append(out, *b)
		}
		s = s[end:]
	}
	return out
}

// trimLines takes blank lines off both ends of s.
func trimLines(s string) string {
	for {
		line, rest, more := strings.Cut(s, "\n")
		if !more || !blank(line) {
			break
		}
		s = rest
	}
	for {
		i := strings.LastIndexByte(s, '\n')
		if i < 0 || !blank(s[i:][1:]) {
			return s
		}
		s = s[:i]
	}
}

// paragraphs makes a paragraph of spans, but a foreign piece of wiki that is
// alone on its line is a block.
func paragraphs(spans []text.Span) []text.Block {
	var out []text.Block
	var now []text.Span
	flush := func() {
		if !empty(now) {
			out = append(out, text.Block{Kind: text.Paragraph, Spans: now})
		}
		now = nil
	}
	fresh := true // nothing stands before this line
	for _, line := range lines(spans) {
		if f := soleForeign(line); f != nil {
			flush()
			out = append(out, text.Block{Kind: text.Foreign, Attrs: f.Attrs, Raw: f.Raw})
			fresh = true
			continue
		}
		if !fresh {
			now = append(now, text.Span{Kind: text.Break})
		}
		now, fresh = append(now, line...), false
	}
	flush()
	return out
}

// lines cuts spans at the breaks.
func lines(spans []text.Span) [][]text.Span {
	out := [][]text.Span{nil}
	for _, s := range spans {
		if s.Kind == text.Break {
			out = append(out, nil)
			continue
		}
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}

// soleForeign returns the foreign piece of wiki that is all of a line.
func soleForeign(line []text.Span) *text.Span {
	var found *text.Span
	for i, s := range line {
		switch {
		case s.Kind == text.Plain && blank(s.Text):
		case s.Kind == text.ForeignSpan && s.Attrs["format"] == "wiki" && found == nil:
			found = &line[i]
		default:
			return nil
		}
	}
	return found
}

// empty reports whether spans show nothing.
func empty(spans []text.Span) bool {
	for _, s := range spans {
		if s.Kind != text.Plain || !blank(s.Text) {
			return false
		}
	}
	return true
}
