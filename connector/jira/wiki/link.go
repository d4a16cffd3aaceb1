package wiki

import (
	"strings"

	"example.com/accord/text"
)

// A bracket is what stands in square brackets: a link, a card or a mention.
type bracket struct {
	end           int
	label, target string     // label as markup
	span          *text.Span // set: it is this span, not a link
}

// bracketAt reads the brackets at s[i]. What they hold must be an address, or
// name a person or a file; all else is text.
func bracketAt(s string, i int) (b bracket, ok bool) {
	end := closing(s, i)
	if end == none {
		return b, false
	}
	raw, content := s[i:end+1], s[i+1:end]
	b.end = end + 1
	parts := split(content)
	switch {
	case len(parts) == 1 && strings.HasPrefix(content, "~"):
		b.span = &text.Span{Kind: text.Mention, Attrs: text.Attrs{"id": content[1:]}}
		return b, validPerson(content[1:])
	case len(parts) == 1 && strings.HasPrefix(content, "^"):
		b.span = foreign(raw)
		return b, !blank(content[1:]) && !strings.Contains(raw, `\`) && !holdsAtom(raw)
	case len(parts) == 1:
		b.label, b.target = content, content
		if rest, ok := strings.CutPrefix(content, "mailto:"); ok {
			b.label = rest
		}
		return b, isAddress(content) && !strings.HasPrefix(content, "/")
	case blank(parts[0]) || !isAddress(parts[1]):
		return b, false
	}
	b.label, b.target = parts[0], parts[1]
	if len(parts) == 2 {
		return b, true
	}
	if card, ok := cardOf(parts[1], parts[2]); ok && len(parts) == 3 {
		b.span = &card
		return b, true
	}
	b.span = foreign(raw)
	return b, !holdsAtom(raw)
}

// closing finds the bracket that closes the one at s[i], on the same line and
// without another between.
func closing(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case '\n', '[':
			return none
		case ']':
			return j
		}
	}
	return none
}

// split cuts s at its bars.
func split(s string) []string {
	var out []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '|':
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// bracket reads a link, a card or a mention.
func (l *lexer) bracket() bool {
	b, ok := bracketAt(l.s, l.i)
	if !ok {
		return false
	}
	if b.span != nil {
		l.add(token{span: *b.span}, b.end)
		return true
	}
	spans := []text.Span{{Kind: text.Plain, Text: b.label}}
	if b.label != b.target && "mailto:"+b.label != b.target {
		spans = l.p.spans(b.label, true)
	}
	for _, s := range spans {
		if s.Kind == text.Image { // a picture that is a link
			l.add(token{span: *foreign(l.s[l.i:b.end])}, b.end)
			return true
		}
	}
	for _, s := range spans {
		if s.Kind == text.Plain {
			s.Marks = append(s.Marks, text.Mark{Kind: text.Link, Value: b.target})
		}
		l.add(token{span: s}, b.end)
	}
	l.i = b.end
	return true
}

// The ways in which a card can be shown, by the word that wiki markup has for it.
var cardForms = map[string]string{"smart-link": "", "smart-card": "block", "smart-embed": "embed"}

func cardOf(url, form string) (text.Span, bool) {
	shown, ok := cardForms[form]
	s := text.Span{Kind: text.Card, Attrs: text.Attrs{"url": url}}
	if shown != "" {
		s.Attrs["wiki.form"] = form
	}
	return s, ok
}

// validPerson reports whether a mention can name id.
func validPerson(id string) bool {
	return id != "" && !strings.ContainsAny(id, "|[]{}\\\n"+space) && !holdsAtom(id)
}
