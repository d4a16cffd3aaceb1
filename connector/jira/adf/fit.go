package adf

import (
	"maps"
	"slices"
	"strconv"

	"example.com/accord/text"
)

// fitBlocks returns blocks as ADF lets them stand in a place.
func fitBlocks(blocks []text.Block, place string) []text.Block {
	var out []text.Block
	for _, b := range blocks {
		if slices.Contains(stands[place], b.Kind) {
			out = append(out, fitBlock(b))
		} else {
			out = append(out, fitBlocks(misfit(b, place), place)...)
		}
	}
	return out
}

// misfit returns the nearest blocks that may stand in a place where b may not.
func misfit(b text.Block, place string) []text.Block {
	switch {
	case place == inList, place == inTable, place == inRow:
		return []text.Block{{Kind: stands[place][0], Blocks: []text.Block{b}}}
	case b.Kind == text.Heading:
		return []text.Block{{Kind: text.Paragraph, Spans: b.Spans}}
	case b.Kind == text.Table:
		var rows []text.Block
		for _, row := range b.Blocks {
			bar := text.Span{Kind: text.Plain, Text: " | "}
			rows = append(rows, text.Block{Kind: text.Paragraph, Spans: inline(row.Blocks, bar)})
		}
		return rows
	}
	return titled(b).Blocks
}

// inline returns the content of blocks as spans, with a span between them.
func inline(blocks []text.Block, between text.Span) []text.Span {
	var out []text.Span
	for i, b := range blocks {
		if i > 0 {
			out = append(out, between)
		}
		if b.Kind == text.Foreign {
			out = append(out, text.Span{Kind: text.ForeignSpan, Attrs: b.Attrs, Raw: b.Raw})
		}
		out = append(out, b.Spans...)
		out = append(out, inline(b.Blocks, text.Span{Kind: text.Break})...)
	}
	return out
}

// fitBlock returns b, which may stand where it is, as ADF has it.
func fitBlock(b text.Block) text.Block {
	s, known := shapeFor(b.Kind)
	if !known {
		return b
	}
	b = titled(b)
	b.Attrs = fitAttrs(b)
	switch s.holds {
	case "":
		b.Spans, b.Blocks = nil, nil
	case spans:
		b.Spans, b.Blocks = fitSpans(b.Spans), nil
	case verbatim:
		b.Blocks = nil
	default:
		b.Spans, b.Blocks = nil, fitBlocks(b.Blocks, s.holds)
	}
	return b
}

// titled moves the title of a panel, which ADF has not, into its first paragraph.
func titled(b text.Block) text.Block {
	if t := b.Attrs["title"]; b.Kind == text.Panel && t != "" {
		strong := text.Span{Kind: text.Plain, Text: t, Marks: []text.Mark{{Kind: text.Strong}}}
		b.Blocks = append([]text.Block{{Kind: text.Paragraph, Spans: []text.Span{strong}}}, b.Blocks...)
	}
	return b
}

// fitAttrs brings b's attributes into the range that ADF has for them.
func fitAttrs(b text.Block) text.Attrs {
	out := maps.Clone(b.Attrs)
	maps.DeleteFunc(out, func(name, v string) bool {
		n, err := strconv.Atoi(v)
		return numeric(name) && (err != nil || n < 0)
	})
	if out == nil {
		out = text.Attrs{}
	}
	switch b.Kind {
	case text.Heading:
		level, _ := strconv.Atoi(out["level"])
		out["level"] = strconv.Itoa(min(max(level, 1), 6))
	case text.Panel:
		if !slices.Contains([]string{"info", "note", "tip", "warning", "error", "success", "custom"}, out["type"]) {
			out["type"] = "info"
		}
	}
	return out
}

// fitSpans drops what ADF cannot hold of spans; what lacks its address or name
// is shown as text.
func fitSpans(in []text.Span) []text.Span {
	var out []text.Span
	for _, s := range in {
		missing := false
		switch s.Kind {
		case text.Plain:
			s.Marks = fitMarks(s.Marks)
			out = append(out, s)
			continue
		case text.Mention:
			missing = s.Attrs["id"] == ""
		case text.Card:
			missing = s.Attrs["url"] == ""
		case text.Emoji:
			missing = s.Attrs["name"] == ""
		case text.Image:
			missing = s.Attrs["name"] == "" && s.Attrs["url"] == ""
		case text.ForeignSpan:
			missing = s.Raw == ""
		}
		if s.Marks = nil; missing {
			s = text.Span{Kind: text.Plain, Text: s.Text}
		}
		out = append(out, s)
	}
	return out
}
