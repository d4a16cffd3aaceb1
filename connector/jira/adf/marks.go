package adf

import (
	"maps"
	"strings"

	"example.com/accord/text"
)

// A form is how ADF writes a mark: its type, and the attribute that holds the
// mark's value.
type form struct {
	kind text.MarkKind
	name string
	attr string // "" for none
	only string // the fixed value of attr, "" for the mark's own
}

var forms = []form{
	{text.Strong, "strong", "", ""},
	{text.Emphasis, "em", "", ""},
	{text.Monospace, "code", "", ""},
	{text.Strike, "strike", "", ""},
	{text.Underline, "underline", "", ""},
	{text.Sub, "subsup", "type", "sub"},
	{text.Super, "subsup", "type", "sup"},
	{text.Link, "link", "href", ""},
	{text.Color, "textColor", "color", ""},
	{text.Highlight, "backgroundColor", "color", ""},
}

// readMarks reads the marks of a text node. What the tree lacks comes back as
// rest; of a link with more than its address that is the link less its address.
func readMarks(marks []any) (known []text.Mark, rest []any) {
	for _, v := range marks {
		m, more, ok := readMark(v)
		if ok {
			known = append(known, m)
		}
		if more != nil {
			rest = append(rest, more)
		}
	}
	return known, rest
}

func readMark(v any) (m text.Mark, more any, ok bool) {
	n, _ := v.(node)
	attrs, _ := n["attrs"].(node)
	for _, f := range forms {
		value, _ := attrs[f.attr].(string)
		if n["type"] != f.name || f.only != "" && value != f.only || f.attr != "" && value == "" {
			continue
		}
		if f.only != "" {
			value = ""
		}
		others := node{}
		for name, w := range attrs {
			if name != f.attr && name != "localId" && !saysNothing(w) {
				others[name] = w
			}
		}
		if len(others) > 0 {
			more = node{"type": f.name, "attrs": others}
		}
		return text.Mark{Kind: f.kind, Value: value}, more, true
	}
	return m, v, false
}

// writeMarks writes marks that fit, and rest as readMarks gave it.
func writeMarks(marks []text.Mark, rest []any) []any {
	var out []any
	for _, m := range marks {
		for _, f := range forms {
			if f.kind != m.Kind {
				continue
			}
			n := node{"type": f.name}
			if f.only != "" {
				n["attrs"] = node{f.attr: f.only}
			} else if f.attr != "" {
				n["attrs"] = node{f.attr: m.Value}
			}
			out = append(out, n)
		}
	}
	for _, v := range rest {
		out = withMark(out, v)
	}
	return out
}

// withMark adds a mark that the tree lacks, or what it lacks of one it has.
func withMark(marks []any, v any) []any {
	n, ok := v.(node)
	if !ok {
		return marks
	}
	name, _ := n["type"].(string)
	more, _ := n["attrs"].(node)
	for _, m := range marks {
		if m := m.(node); m["type"] == name {
			if attrs, ok := m["attrs"].(node); ok {
				maps.Copy(attrs, more)
			}
			return marks
		}
	}
	if name == "link" && more["href"] == nil {
		return marks // the address went away with the mark
	}
	return append(marks, n)
}

// fitMarks drops what ADF cannot hold: beside code only a link, of sub and sup
// the first, colours that are not "#rrggbb", links without an address.
func fitMarks(marks []text.Mark) []text.Mark {
	has := func(k text.MarkKind) bool {
		for _, m := range marks {
			if m.Kind == k {
				return true
			}
		}
		return false
	}
	var out []text.Mark
	for _, m := range marks {
		switch {
		case has(text.Monospace) && m.Kind != text.Monospace && m.Kind != text.Link,
			m.Kind == text.Super && has(text.Sub),
			m.Kind == text.Link && m.Value == "",
			(m.Kind == text.Color || m.Kind == text.Highlight) && !isColor(m.Value):
		default:
			out = append(out, m)
		}
	}
	return out
}

// isColor reports whether s is "#rrggbb".
func isColor(s string) bool {
	return len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == ""
}
