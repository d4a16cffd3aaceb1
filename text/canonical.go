package text

import (
	"maps"
	"slices"
	"strings"
)

// Canonical returns d in the one form that all equal content has: neighbours
// with equal marks are one span, marks are sorted and one of a kind, colours
// are in lower case, the text of a code block is one span. Gone is what says
// nothing: spans without text, attributes that are "" or the default, lists and
// tables without content, and the one empty paragraph that is all a Doc, item,
// cell, quote or panel holds.
func Canonical(d Doc) Doc { return Doc(canonicalBlocks(d)) }

func canonicalBlocks(in []Block) []Block {
	var out []Block
	for _, b := range in {
		if b = canonicalBlock(b); !hollow(b) {
			out = append(out, b)
		}
	}
	if len(out) == 1 && out[0].Equal(Block{Kind: Paragraph}) {
		return nil
	}
	return out
}

// hollow reports whether b is a frame with nothing in it, which no format has.
func hollow(b Block) bool {
	switch b.Kind {
	case BulletList, OrderedList, Table, TableRow:
		return len(b.Blocks) == 0
	}
	return false
}

func canonicalBlock(b Block) Block {
	b.Attrs = canonicalAttrs(b.Attrs)
	if b.Kind == Code {
		b.Spans = []Span{{Kind: Plain, Text: verbatim(b.Spans)}}
	}
	b.Spans = canonicalSpans(b.Spans)
	b.Blocks = canonicalBlocks(b.Blocks)
	return b
}

// canonicalAttrs drops what is the default: see the kinds of block.
func canonicalAttrs(a Attrs) Attrs {
	out := Attrs{}
	for name, v := range a {
		switch {
		case v == "", v == "1" && (name == "start" || name == "colspan" || name == "rowspan"):
		case name == "background":
			out[name] = strings.ToLower(v)
		default:
			out[name] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func canonicalSpans(in []Span) []Span {
	var out []Span
	for _, s := range in {
		s.Attrs, s.Marks = canonicalAttrs(s.Attrs), canonicalMarks(s.Marks)
		if s.Kind != Plain {
			out = append(out, s)
			continue
		}
		if s.Text == "" {
			continue
		}
		if n := len(out) - 1; n >= 0 && joins(out[n], s) {
			out[n].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

// joins reports whether two neighbours are one span.
func joins(s, t Span) bool {
	return s.Kind == Plain && slices.Equal(s.Marks, t.Marks) && maps.Equal(s.Attrs, t.Attrs)
}

func canonicalMarks(in []Mark) []Mark {
	if len(in) == 0 {
		return nil
	}
	out := slices.Clone(in)
	for i, m := range out {
		if m.Kind == Color || m.Kind == Highlight {
			out[i].Value = strings.ToLower(m.Value)
		}
	}
	slices.SortStableFunc(out, func(m, n Mark) int { return strings.Compare(string(m.Kind), string(n.Kind)) })
	return slices.CompactFunc(out, func(m, n Mark) bool { return m.Kind == n.Kind })
}

// verbatim returns the text of spans without any formatting.
func verbatim(spans []Span) string {
	var w strings.Builder
	for _, s := range spans {
		if s.Kind == Break {
			w.WriteString("\n")
		}
		w.WriteString(s.Text)
		w.WriteString(s.Raw)
	}
	return w.String()
}
