package wiki

import (
	"strings"
	"unicode/utf8"

	"example.com/accord/text"
)

// A token is a span, or a delimiter of a mark. A delimiter without its other
// half is the text that its span holds.
type token struct {
	span          text.Span
	mark          text.MarkKind // of a delimiter; else ""
	opens, closes bool          // what the characters beside it let a delimiter do
	on            bool          // it is one of a pair
	atom          atom          // color or ends: a change of colour
}

// delimiters by their mark. A citation is emphasis behind a dash.
var delimiters = map[byte]text.MarkKind{
	'*': text.Strong, '_': text.Emphasis, '-': text.Strike, '+': text.Underline, '^': text.Super, '~': text.Sub, '?': cite,
}

const cite text.MarkKind = "cite"

// inline reads lifted markup without line starts.
func (p *parser) inline(s string) []text.Span { return p.spans(s, false) }

// spans reads s; in the label of a link no address is a link of its own.
func (p *parser) spans(s string, label bool) []text.Span {
	l := lexer{p: p, s: s, label: label, mono: none}
	for l.i < len(s) {
		l.next()
	}
	l.flush()
	for _, m := range []text.MarkKind{text.Strong, text.Emphasis, text.Strike, text.Underline, text.Super, text.Sub, text.Monospace, cite} {
		pair(l.tokens, m)
	}
	out := loosen(tidy(p.weave(l.tokens)))
	if !label {
		out = linkAll(tidy(out))
	}
	return tidy(out)
}

// A lexer cuts markup into tokens.
type lexer struct {
	p      *parser
	s      string
	i      int
	label  bool
	mono   int // where the monospaced text ends, or none
	closed int // no monospaced text begins before this
	text   strings.Builder
	tokens []token
}

// next reads what stands at l.i.
func (l *lexer) next() {
	s, i := l.s, l.i
	if i > l.mono {
		l.mono = none
	}
	if i == l.mono {
		l.delimiter(text.Monospace, 2, false, true)
		l.mono = none
		return
	}
	switch c := s[i]; c {
	case '\xff':
		a, end := l.p.atomAt(s, i)
		t := token{atom: a}
		if a.span != nil {
			t.span = *a.span
		}
		l.add(t, end)
		return
	case '\n':
		l.add(token{span: text.Span{Kind: text.Break}}, i+1)
		return
	case '\\':
		l.escape()
		return
	case '{':
		if l.brace() {
			return
		}
	case '[':
		if l.bracket() {
			return
		}
	case '!':
		if img, end, ok := imageAt(s, i); ok {
			l.add(token{span: img}, end)
			return
		}
	case '&':
		if r, end, ok := entityAt(s, i); ok {
			l.plain(r, end)
			return
		}
	case '*', '_', '-', '+', '^', '~', '?':
		if l.dash() || l.mark(c) {
			return
		}
	default:
		if l.word() {
			return
		}
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	l.plain(s[i:i+n], i+n)
}

func (l *lexer) add(t token, end int) {
	l.flush()
	l.tokens, l.i = append(l.tokens, t), end
}

// plain adds text; neighbours are one token.
func (l *lexer) plain(s string, end int) {
	l.text.WriteString(s)
	l.i = end
}

func (l *lexer) flush() {
	if l.text.Len() > 0 {
		l.tokens = append(l.tokens, token{span: text.Span{Kind: text.Plain, Text: l.text.String()}})
		l.text.Reset()
	}
}

// escape reads a backslash: two are a line break, one before punctuation makes
// it text, any other is itself.
func (l *lexer) escape() {
	i := l.i + 1
	switch {
	case i < len(l.s) && l.s[i] == '\\':
		l.add(token{span: text.Span{Kind: text.Break}}, i+1)
	case i < len(l.s) && punctuation(l.s[i]):
		l.plain(l.s[i:i+1], i+1)
	default:
		l.plain(`\`, i)
	}
}

// brace reads "{{" with its other half, and a delimiter in braces, which does
// not mind letters beside it.
func (l *lexer) brace() bool {
	s, i := l.s, l.i
	if strings.HasPrefix(s[i:], "{{") && l.mono == none && i >= l.closed {
		content, end, ok := monospace(s, i)
		if ok {
			l.mono = content
			l.delimiter(text.Monospace, 2, true, false)
			return true
		}
		l.closed = end
	}
	if i+2 < len(s) && s[i+2] == '}' && s[i+1] != '?' {
		if m, ok := delimiters[s[i+1]]; ok {
			l.delimiter(m, 3, !isSpace(after(s, i+3)), !isSpace(before(s, i)))
			return true
		}
	}
	return false
}

// mark reads the delimiter of a mark. It opens before text and closes behind
// it, on the outside of words only. Hyphens side by side are text.
func (l *lexer) mark(c byte) bool {
	n := 1
	if c == '?' {
		n = 2
		if !strings.HasPrefix(l.s[l.i:], "??") {
			return false
		}
	}
	b, a := before(l.s, l.i), after(l.s, l.i+n)
	if c == '-' && (b == '-' || a == '-') {
		return false
	}
	l.delimiter(delimiters[c], n, opens(b, a), closes(b, a))
	return true
}

func (l *lexer) delimiter(m text.MarkKind, n int, opens, closes bool) {
	t := token{mark: m, opens: opens, closes: closes}
	t.span = text.Span{Kind: text.Plain, Text: l.s[l.i : l.i+n]}
	l.add(t, l.i+n)
}

func opens(before, after rune) bool  { return !isWord(before) && !isSpace(after) }
func closes(before, after rune) bool { return !isSpace(before) && !isWord(after) }

// dash reads two or three hyphens between spaces: a dash.
func (l *lexer) dash() bool {
	n := dashes(l.s[l.i:])
	if n != 2 && n != 3 || !isSpace(before(l.s, l.i)) || !isSpace(after(l.s, l.i+n)) {
		return false
	}
	l.plain([]string{2: "–", 3: "—"}[n], l.i+n)
	return true
}

// dashes counts the hyphens that s begins with.
func dashes(s string) int { return len(s) - len(strings.TrimLeft(s, "-")) }

// monospace finds the end of the "{{" at s[i]: the next "}}" on its line, the
// last of more braces. If there is none, none that begins before end has one.
func monospace(s string, i int) (content, end int, ok bool) {
	j := i + 2
	for ; j < len(s) && s[j] != '\n' && !strings.HasPrefix(s[j:], `\\`); j++ {
		switch {
		case s[j] == '\\':
			j++
		case strings.HasPrefix(s[j:], "}}") && !strings.HasPrefix(s[j:], "}}}"):
			if blank(s[i+2 : j]) {
				return 0, i + 2, false
			}
			return j, j + 2, true
		}
	}
	return 0, j, false
}

// word reads what begins with an ordinary character: an emoticon, an address.
func (l *lexer) word() bool {
	if c := l.s[l.i]; c == ':' || c == ';' || c == '(' {
		if e, end, ok := emoticonAt(l.s, l.i); ok {
			l.add(token{span: e}, end)
			return true
		}
	}
	if l.label {
		return false
	}
	end, ok := urlAt(l.s, l.i)
	if ok && l.mono != none && end > l.mono {
		end = l.mono
	}
	if !ok {
		return false
	}
	u := l.s[l.i:end]
	l.add(token{span: text.Span{Kind: text.Plain, Text: u, Marks: []text.Mark{{Kind: text.Link, Value: u}}}}, end)
	return true
}
