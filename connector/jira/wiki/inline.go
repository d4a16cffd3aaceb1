package wiki

import (
	"strings"
	"unicode"
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

// pair finds the delimiters of one mark that belong together: on one line, the
// nearest to each other.
func pair(ts []token, m text.MarkKind) {
	open := none
	for i := range ts {
		switch t := &ts[i]; {
		case t.span.Kind == text.Break:
			open = none
		case t.mark != m:
		case open != none && t.closes && i > open+1:
			ts[open].on, t.on = true, true
			ts[open].closes, t.opens = false, false
			open = none
		case t.opens:
			open = i
		}
	}
}

// weave gives every span the marks that are open around it.
func (p *parser) weave(ts []token) []text.Span {
	var out []text.Span
	open := map[text.MarkKind]int{}
	for _, t := range ts {
		switch {
		case t.atom.color != "":
			p.colors = append(p.colors, t.atom.color)
		case t.atom.ends:
			p.colors = p.colors[:max(0, len(p.colors)-1)]
		case t.on && t.opens:
			open[t.mark]++
			if t.mark == cite {
				out = append(out, text.Span{Kind: text.Plain, Text: "— ", Marks: p.marks(open, nil)})
			}
		case t.on:
			open[t.mark]--
		default:
			if t.span.Kind == text.Plain {
				t.span.Marks = p.marks(open, t.span.Marks)
			}
			out = append(out, t.span)
		}
	}
	return out
}

// marks are those of a span with its own, at a place where others are open.
func (p *parser) marks(open map[text.MarkKind]int, own []text.Mark) []text.Mark {
	out := append([]text.Mark{}, own...)
	add := func(m text.Mark) {
		for _, o := range out {
			if o.Kind == m.Kind {
				return
			}
		}
		out = append(out, m)
	}
	for m, n := range open {
		if m == cite {
			m = text.Emphasis
		}
		if n > 0 {
			add(text.Mark{Kind: m})
		}
	}
	if len(p.colors) > 0 {
		add(text.Mark{Kind: text.Color, Value: p.colors[len(p.colors)-1]})
	}
	return out
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
// it, on the outside of words only.
func (l *lexer) mark(c byte) bool {
	n := 1
	if c == '?' {
		n = 2
		if !strings.HasPrefix(l.s[l.i:], "??") {
			return false
		}
	}
	b, a := before(l.s, l.i), after(l.s, l.i+n)
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

// before returns the rune that ends at s[i], after the one that begins there: a
// space at the edges of s.
func before(s string, i int) rune {
	if i == 0 {
		return '\n'
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return r
}

func after(s string, i int) rune {
	if i >= len(s) {
		return '\n'
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r
}

func isSpace(r rune) bool { return r == '\n' || strings.ContainsRune(space, r) }
func isWord(r rune) bool  { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
func punctuation(c byte) bool {
	return '!' <= c && c <= '~' && !letter(c) && !digit(c) && c != '\\'
}
