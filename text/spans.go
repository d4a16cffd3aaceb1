package text

import (
	"cmp"
	"strings"
)

// MapMentions returns d with every mention replaced by what f makes of it. A
// document without mentions is returned as it is.
func MapMentions(d Doc, f func(Span) Span) Doc {
	out, changed := mapBlocks(d, f)
	if !changed {
		return d
	}
	return Canonical(out)
}

func mapBlocks(blocks []Block, f func(Span) Span) ([]Block, bool) {
	var out []Block
	for i, b := range blocks {
		inner, deep := mapBlocks(b.Blocks, f)
		spans, wide := mapSpans(b.Spans, f)
		if !deep && !wide {
			continue
		}
		if out == nil {
			out = append([]Block{}, blocks...)
		}
		b.Blocks, b.Spans = inner, spans
		out[i] = b
	}
	if out == nil {
		return blocks, false
	}
	return out, true
}

func mapSpans(spans []Span, f func(Span) Span) ([]Span, bool) {
	var out []Span
	for i, s := range spans {
		if s.Kind != Mention {
			continue
		}
		if out == nil {
			out = append([]Span{}, spans...)
		}
		out[i] = f(s)
	}
	if out == nil {
		return spans, false
	}
	return out, true
}

// Line returns the words of d on one line, for people: blocks and breaks are
// spaces, mentions have their "@", foreign nodes and images are left out.
func Line(d Doc) string {
	var words []string
	for _, b := range d {
		var line strings.Builder
		for _, s := range b.Spans {
			switch s.Kind {
			case Mention:
				line.WriteString("@" + cmp.Or(s.Text, s.Attrs["id"]))
			case Emoji:
				line.WriteString(cmp.Or(s.Text, s.Attrs["name"]))
			case Break:
				line.WriteByte(' ')
			case Card:
				line.WriteString(s.Attrs["url"])
			default:
				line.WriteString(s.Text)
			}
		}
		words = append(words, strings.Fields(line.String())...)
		if inner := Line(b.Blocks); inner != "" {
			words = append(words, inner)
		}
	}
	return strings.Join(words, " ")
}
