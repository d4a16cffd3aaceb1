package adf

import (
	"strings"

	"example.com/accord/text"
)

// Known attributes of inline nodes: ADF's name → the tree's.
var (
	cardAttrs    = map[string]string{"url": "url"}
	emojiAttrs   = map[string]string{"shortName": "name"}
	mentionAttrs = map[string]string{"id": "id"}
)

func readSpans(content []any) []text.Span {
	var out []text.Span
	for _, v := range content {
		n, _ := v.(node)
		if spans, ok := readText(n); ok {
			out = append(out, spans...)
		} else if s, ok := readSpan(n); ok {
			out = append(out, s)
		} else {
			out = append(out, text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "adf"}, Raw: canonical(v)})
		}
	}
	return out
}

// readText reads a text node, and what stands in brackets in it.
func readText(n node) ([]text.Span, bool) {
	s, isText := n["text"].(string)
	marks, list := n["marks"].([]any)
	if n["type"] != "text" || !isText || !list && n["marks"] != nil || !onlyKeys(n, "type", "text", "marks") {
		return nil, false
	}
	known, rest := readMarks(marks)
	sp := text.Span{Kind: text.Plain, Marks: known}
	if len(rest) > 0 {
		sp.Attrs = text.Attrs{"adf.marks": canonicalMarks(rest)}
	}
	var out []text.Span
	if len(marks) == 1 && len(known) == 1 && known[0].Kind == text.Monospace {
		for {
			before, found, after, ok := cutBracket(s)
			if !ok {
				break
			}
			sp.Text = before
			out, s = append(out, sp, found), after
		}
	}
	sp.Text = s
	return append(out, sp), true
}

// readSpan reads an inline node that is not text.
func readSpan(n node) (s text.Span, ok bool) {
	if !onlyKeys(n, "type", "attrs") {
		return s, false
	}
	attrs, _ := n["attrs"].(node)
	str := func(name string) string { v, _ := attrs[name].(string); return v }
	var names map[string]string
	switch n["type"] {
	case "hardBreak":
		return text.Span{Kind: text.Break}, true
	case "mention":
		// accessLevel is what the editor found out about the person when it was typed
		s, names, ok = text.Span{Kind: text.Mention, Text: strings.TrimPrefix(str("text"), "@")}, mentionAttrs, str("id") != ""
	case "inlineCard":
		s, names, ok = text.Span{Kind: text.Card}, cardAttrs, str("url") != ""
	case "emoji":
		s, names, ok = text.Span{Kind: text.Emoji, Text: str("text")}, emojiAttrs, str("shortName") != ""
	}
	if !ok {
		return s, false
	}
	if s.Attrs, ok = readAttrs(n, names); ok && s.Kind != text.Card {
		delete(s.Attrs, "adf.text")
		delete(s.Attrs, "adf.accessLevel")
	}
	return s, ok
}

// writeSpans writes spans that fit.
func writeSpans(spans []text.Span) []any {
	out := make([]any, 0, len(spans))
	for _, s := range spans {
		out = append(out, writeSpan(s))
	}
	return out
}

func writeSpan(s text.Span) node {
	switch s.Kind {
	case text.Break:
		return node{"type": "hardBreak"}
	case text.Mention:
		n := node{"type": "mention", "attrs": writeAttrs(s.Attrs, mentionAttrs)}
		if s.Text != "" {
			n["attrs"].(node)["text"] = "@" + s.Text
		}
		return n
	case text.Card:
		return node{"type": "inlineCard", "attrs": writeAttrs(s.Attrs, cardAttrs)}
	case text.Emoji:
		n := node{"type": "emoji", "attrs": writeAttrs(s.Attrs, emojiAttrs)}
		if s.Text != "" {
			n["attrs"].(node)["text"] = s.Text
		}
		return n
	case text.Image:
		return code(bracket("image", imageBody(s.Attrs)))
	case text.ForeignSpan:
		return writeForeign(s)
	}
	n := node{"type": "text", "text": s.Text}
	rest, _ := parse([]byte(s.Attrs["adf.marks"]))
	more, _ := rest.([]any)
	if marks := writeMarks(s.Marks, more); len(marks) > 0 {
		n["marks"] = marks
	}
	return n
}

// writeForeign writes an inline node of ADF as it is, of another format as code.
func writeForeign(s text.Span) node {
	if s.Attrs["format"] == "adf" {
		if n, ok := rawNode(s.Raw); ok && mayStand("paragraph", n) {
			return n
		}
	}
	return code(bracket(s.Attrs["format"], s.Raw))
}

// code is a text node with the mark code.
func code(s string) node {
	return node{"type": "text", "text": s, "marks": []any{node{"type": "code"}}}
}
