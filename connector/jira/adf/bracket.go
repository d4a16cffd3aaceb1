package adf

import (
	"strings"

	"example.com/accord/text"
)

const (
	left  = "⟦"
	right = "⟧"
)

// bracket shows what ADF has no node for: ⟦name:body⟧.
func bracket(name, body string) string {
	return left + name + ":" + strings.ReplaceAll(body, right, right+right) + right
}

// cutBracket finds the first bracket in s that Decode restores.
func cutBracket(s string) (before string, sp text.Span, after string, ok bool) {
	for at := 0; ; {
		i := strings.Index(s[at:], left)
		if i < 0 {
			return s, sp, "", false
		}
		i += at
		if sp, n, ok := readBracket(s[i:]); ok {
			return s[:i], sp, s[i+n:], true
		}
		at = i + len(left)
	}
}

// readBracket reads the bracket that s begins with, n bytes long.
func readBracket(s string) (sp text.Span, n int, ok bool) {
	for _, name := range []string{"wiki", "adf", "image"} {
		head := left + name + ":"
		if !strings.HasPrefix(s, head) {
			continue
		}
		body, n, ok := closing(s, len(head))
		if !ok || body == "" {
			return sp, 0, false
		}
		if name == "image" {
			return text.Span{Kind: text.Image, Attrs: readImageAttrs(body)}, n, true
		}
		return text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": name}, Raw: body}, n, true
	}
	return sp, 0, false
}

// closing returns the text from start to the single ⟧ that ends it.
func closing(s string, start int) (body string, end int, ok bool) {
	for at := start; ; {
		i := strings.Index(s[at:], right)
		if i < 0 {
			return "", 0, false
		}
		i += at
		after := i + len(right)
		if strings.HasPrefix(s[after:], right) {
			at = after + len(right)
			continue
		}
		return strings.ReplaceAll(s[start:i], right+right, right), after, true
	}
}
