package adf

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/accord/text"
)

func readBlocks(content []any) []text.Block {
	out := make([]text.Block, 0, len(content))
	for _, v := range content {
		out = append(out, readBlock(v))
	}
	return out
}

// readBlock reads one block. What is not known, or not in a form that is known,
// is kept whole.
func readBlock(v any) text.Block {
	n, _ := v.(node)
	if b, ok := readPicture(n); ok {
		return b
	}
	if b, ok := readKnown(n); ok {
		return b
	}
	return text.Block{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"}, Raw: canonical(v)}
}

func readKnown(n node) (b text.Block, ok bool) {
	s, ok := shapeOf(n["type"])
	content, list := n["content"].([]any)
	if !ok || !list && n["content"] != nil || !onlyKeys(n, "type", "attrs", "content", "marks") {
		return b, false
	}
	b.Kind = s.kind
	if b.Attrs, ok = readAttrs(n, s.attrs); !ok {
		return b, false
	}
	switch s.holds {
	case spans:
		b.Spans = readSpans(content)
	case verbatim:
		b.Spans = readSpans(content)
		if whole, ok := readForeign(b); ok {
			return whole, true
		}
		ok = !slices.ContainsFunc(b.Spans, func(s text.Span) bool { return s.Kind != text.Plain })
	case inList, inTable, inRow:
		b.Blocks = readBlocks(content)
		ok = !slices.ContainsFunc(b.Blocks, func(c text.Block) bool { return !slices.Contains(stands[s.holds], c.Kind) })
	case "":
		ok = len(content) == 0
	default:
		b.Blocks = readBlocks(content)
	}
	return b, ok
}

// readForeign reads a code block that holds nothing but a bracket.
func readForeign(code text.Block) (text.Block, bool) {
	if len(code.Spans) != 1 || len(code.Attrs) > 0 {
		return code, false
	}
	s := code.Spans[0].Text
	f, n, ok := readBracket(s)
	return text.Block{Kind: text.Foreign, Attrs: f.Attrs, Raw: f.Raw}, ok && n == len(s) && f.Kind == text.ForeignSpan
}

// readAttrs reads the attributes and marks of a node: those that the tree knows
// under its names, all else under "adf.NAME".
func readAttrs(n node, names map[string]string) (text.Attrs, bool) {
	out := text.Attrs{}
	attrs, ok := n["attrs"].(node)
	marks, list := n["marks"].([]any)
	if !ok && n["attrs"] != nil || !list && n["marks"] != nil {
		return nil, false
	}
	for name, v := range attrs {
		own := names[name]
		num, isNum := v.(json.Number)
		str, isStr := v.(string)
		switch {
		case own != "" && numeric(own) && isNum:
			out[own] = plainNumber(num)
		case own != "" && !numeric(own) && isStr:
			out[own] = str
		case name == "localId" || saysNothing(v):
		default:
			out["adf."+name] = canonical(v)
		}
	}
	if len(marks) > 0 {
		out["adf.marks"] = canonicalMarks(marks)
	}
	return out, true
}

// saysNothing reports whether an attribute of a known node has the value that
// the editor or the server fills in by itself.
func saysNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == "" || strings.EqualFold(v, "default")
	}
	return false
}

func onlyKeys(n node, keys ...string) bool {
	for k := range n {
		if !slices.Contains(keys, k) {
			return false
		}
	}
	return true
}
