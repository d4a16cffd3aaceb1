package wiki

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"example.com/accord/text"
)

// adfAtom reads the body of {adf}: a node of the Atlassian Document Format that
// wiki markup has no words for, as Jira's own converter writes it:
// docs/JIRA.md "Rich text".
func adfAtom(params, body string) (a atom, ok bool) {
	raw, ok := canonicalJSON(body)
	if !ok {
		return a, false
	}
	if params == "display=block" {
		return atom{block: &text.Block{Kind: text.Foreign, Attrs: text.Attrs{"format": "adf"}, Raw: raw}}, true
	}
	return atom{span: &text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "adf"}, Raw: raw}}, true
}

// canonicalJSON returns the one object in s with its keys sorted.
func canonicalJSON(s string) (string, bool) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v map[string]any
	if d.Decode(&v) != nil || v == nil {
		return "", false
	}
	if _, err := d.Token(); err != io.EOF {
		return "", false
	}
	var w bytes.Buffer
	e := json.NewEncoder(&w)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return "", false
	}
	return strings.TrimSuffix(w.String(), "\n"), true
}

// foreign is a span that keeps a piece of wiki markup whole.
func foreign(raw string) *text.Span {
	return &text.Span{Kind: text.ForeignSpan, Attrs: text.Attrs{"format": "wiki"}, Raw: raw}
}

// foreignSpan is the markup of a foreign span, or "" if it has none.
func foreignSpan(s text.Span) string {
	switch s.Attrs["format"] {
	case "adf":
		if raw, ok := canonicalJSON(s.Raw); ok {
			return "{adf:display=inline}" + sealed(raw) + "{adf}"
		}
	case "wiki":
		if isForeign(s.Raw) {
			return s.Raw
		}
	}
	return ""
}

// sealed is JSON in which nothing closes {adf}.
func sealed(raw string) string { return strings.ReplaceAll(raw, "{adf}", `\u007badf}`) }

// isForeign reports whether raw is read as one foreign piece of wiki.
func isForeign(raw string) bool {
	d := Decode(raw)
	if len(d) != 1 {
		return false
	}
	b := d[0]
	if b.Kind == text.Foreign {
		return b.Attrs["format"] == "wiki" && b.Raw == raw
	}
	s := b.Spans
	return b.Kind == text.Paragraph && len(s) == 1 && s[0].Kind == text.ForeignSpan && s[0].Attrs["format"] == "wiki" && s[0].Raw == raw
}

// foreign writes a foreign block. A tag that stands alone on its line twice
// would be read as a macro with a body, so only the first does.
func (w *writer) foreign(b text.Block) string {
	raw, json := canonicalJSON(b.Raw)
	switch format := b.Attrs["format"]; {
	case format == "adf" && json:
		return "{adf:display=block}\n" + sealed(raw) + "\n{adf}"
	case format == "wiki" && isForeign(b.Raw):
		t, _ := tagAt(b.Raw, 0)
		if !t.bare || t.end != len(b.Raw) {
			return b.Raw
		}
		if w.alone[t.name] {
			return " " + b.Raw
		}
		w.alone[t.name] = true
		return b.Raw
	}
	return w.paragraph([]text.Span{{Kind: text.Plain, Text: b.Raw}})
}
