package adf

import (
	"encoding/json"
	"strings"

	"example.com/accord/text"
)

// writeBlocks writes blocks that fit the place they stand in. No place may be
// without a block.
func writeBlocks(blocks []text.Block, place string) []any {
	if len(blocks) == 0 {
		return []any{node{"type": "paragraph"}}
	}
	out := make([]any, 0, len(blocks))
	for _, b := range blocks {
		out = append(out, writeBlock(b, place))
	}
	return out
}

func writeBlock(b text.Block, place string) node {
	if b.Kind == text.Foreign {
		return writeForeignBlock(b, place)
	}
	if n, ok := writePicture(b); ok {
		return n
	}
	s, _ := shapeFor(b.Kind)
	n := node{"type": s.name}
	if attrs := writeAttrs(b.Attrs, s.attrs); len(attrs) > 0 {
		n["attrs"] = attrs
	}
	if marks, _ := parse([]byte(b.Attrs["adf.marks"])); marks != nil {
		n["marks"] = marks
	}
	switch s.holds {
	case "":
	case spans, verbatim:
		n["content"] = writeSpans(b.Spans)
	default:
		n["content"] = writeBlocks(b.Blocks, s.holds)
	}
	return n
}

// writeForeignBlock writes a block of ADF as it is, if it may stand in this
// place or is of a type that came after this was written; any other as code.
func writeForeignBlock(b text.Block, place string) node {
	if b.Attrs["format"] == "adf" {
		if n, ok := rawNode(b.Raw); ok && mayStand(place, n) {
			return n
		}
	}
	show := node{"type": "text", "text": bracket(b.Attrs["format"], b.Raw)}
	return node{"type": "codeBlock", "content": []any{show}}
}

// writeAttrs writes the attributes that ADF knows, and those kept for it.
func writeAttrs(a text.Attrs, names map[string]string) node {
	out := node{}
	for name, own := range names {
		if v := a[own]; v != "" && numeric(own) {
			out[name] = json.Number(v)
		} else if v != "" {
			out[name] = v
		}
	}
	for own, v := range a {
		name, kept := strings.CutPrefix(own, "adf.")
		if !kept || name == "marks" || name == "frame" {
			continue
		}
		if v, err := parse([]byte(v)); err == nil {
			out[name] = v
		}
	}
	return out
}

// rawNode reads a node that was kept whole.
func rawNode(raw string) (node, bool) {
	v, err := parse([]byte(raw))
	n, ok := v.(node)
	return n, ok && err == nil
}
