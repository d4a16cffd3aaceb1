package wiki

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"example.com/accord/text"
)

// A speller writes the spans of one block.
type speller struct {
	out   strings.Builder
	last  rune // written last; a line end at the start
	fresh bool // only space stands on this line
	cell  bool
	open  []text.Mark // from the outermost
	force []bool      // by open: its delimiters stand in braces
}

// paragraph writes spans on as many lines as they have.
func (w *writer) paragraph(spans []text.Span) string {
	ls := lines(sayable(spans))
	if len(ls) == 1 && empty(ls[0]) {
		return ""
	}
	sp := w.speller()
	for i, line := range ls {
		if i > 0 {
			sp.wrap(line, i+1 < len(ls))
		}
		sp.line(line)
	}
	return sp.out.String()
}

// line writes spans on one line.
func (w *writer) line(spans []text.Span) string {
	ls := lines(sayable(spans))
	if len(ls) == 1 && empty(ls[0]) {
		return ""
	}
	sp := w.speller()
	for i, line := range ls {
		if i > 0 {
			sp.put(`\\`)
		}
		sp.line(line)
	}
	return sp.out.String()
}

func (w *writer) speller() *speller { return &speller{last: '\n', fresh: true, cell: w.cell} }

// wrap writes the break before next: a line end, unless that would leave a
// blank line, which ends a paragraph.
func (sp *speller) wrap(next []text.Span, more bool) {
	if sp.fresh || empty(next) && !more {
		sp.put(`\\`)
		return
	}
	sp.put("\n")
	sp.fresh = true
}

// put writes markup.
func (sp *speller) put(s string) {
	if s == "" {
		return
	}
	sp.out.WriteString(s)
	sp.last, _ = utf8.DecodeLastRuneInString(s)
	sp.fresh = sp.fresh && blank(s)
}

// line writes the spans of one line. Between two spans the marks that both have
// stay open.
func (sp *speller) line(spans []text.Span) {
	for i, s := range spans {
		if s.Kind != text.Plain {
			sp.put(wordOf(s))
			continue
		}
		marks := ranked(s)
		var next []text.Mark
		if i+1 < len(spans) {
			next = ranked(spans[i+1])
		}
		if !sp.address(s.Text, marks, spans[i+1:]) {
			for d := len(sp.open); d < len(marks); d++ {
				sp.begin(marks[d], sp.forced(spans[i:], d))
			}
			sp.text(s.Text, i+1 < len(spans))
		}
		sp.end(common(marks, next))
	}
}

// common counts the marks, outermost first, that a and b both begin with.
func common(a, b []text.Mark) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// forced reports whether the mark at depth d, which begins with the first span,
// needs braces: because a letter or digit stands beside it at either end, or
// because it would be part of an emoticon such as "(*)".
func (sp *speller) forced(spans []text.Span, d int) bool {
	if isWord(sp.last) || sp.last == '\\' || sp.last == '(' && starEnd.MatchString(spans[0].Text) {
		return true
	}
	end := 0
	for end+1 < len(spans) && spans[end+1].Kind == text.Plain && common(ranked(spans[0]), ranked(spans[end+1])) > d {
		end++
	}
	if strings.HasSuffix(spans[end].Text, "(") {
		return true
	}
	if end+1 == len(spans) || spans[end+1].Kind != text.Plain {
		return false
	}
	// if no other delimiter stands between, the next text touches it
	next := ranked(spans[end+1])
	return common(ranked(spans[0]), next) == d && len(next) == d && isWord(after(spans[end+1].Text, 0))
}

func (sp *speller) begin(m text.Mark, forced bool) {
	sp.open, sp.force = append(sp.open, m), append(sp.force, forced)
	switch m.Kind {
	case text.Color:
		sp.put("{color:" + m.Value + "}")
	case text.Link:
		sp.put("[")
	case text.Monospace:
		sp.put("{{")
	default:
		sp.delimiter(m.Kind, forced)
	}
}

// end closes marks until n are open.
func (sp *speller) end(n int) {
	for len(sp.open) > n {
		last := len(sp.open) - 1
		m, forced := sp.open[last], sp.force[last]
		sp.open, sp.force = sp.open[:last], sp.force[:last]
		switch m.Kind {
		case text.Color:
			sp.put("{color}")
		case text.Link:
			sp.put("|" + m.Value + "]")
		case text.Monospace:
			sp.put("}}")
		default:
			sp.delimiter(m.Kind, forced)
		}
	}
}

func (sp *speller) delimiter(m text.MarkKind, forced bool) {
	for c, kind := range delimiters {
		if kind == m && forced {
			sp.put("{" + string(c) + "}")
		} else if kind == m {
			sp.put(string(c))
		}
	}
}

// within reports whether a mark of that kind is open.
func (sp *speller) within(kind text.MarkKind) bool {
	for _, m := range sp.open {
		if m.Kind == kind {
			return true
		}
	}
	return false
}

// address writes a link whose text is its address: bare where nothing touches
// it, else in brackets.
func (sp *speller) address(s string, marks []text.Mark, rest []text.Span) bool {
	last := len(marks) - 1
	if last < 0 || len(sp.open) > last || marks[last].Kind != text.Link {
		return false
	}
	if len(rest) > 0 && common(marks, ranked(rest[0])) > last {
		return false
	}
	url := marks[last].Value
	b, ok := bracketAt("["+url+"]", 0)
	if !ok || b.label != s || b.target != url {
		return false
	}
	for _, m := range marks[len(sp.open):last] {
		sp.begin(m, false)
	}
	end, isBare := urlAt(url, 0)
	free := len(rest) == 0 || rest[0].Kind == text.Plain && len(rest[0].Marks) == 0 && isSpace(after(rest[0].Text, 0))
	if isBare && end == len(url) && s == url && last == 0 && isSpace(sp.last) && free {
		sp.put(url)
	} else {
		sp.put("[" + url + "]")
	}
	return true
}

var (
	itemStart  = regexp.MustCompile(`^([*#]+|-)[ \t\v\f]`)
	blockStart = regexp.MustCompile(`^(h[1-6]|bq)\.`)
	starEnd    = regexp.MustCompile(`^[rgby]?\)`)
	scheme     = regexp.MustCompile(`^(https?|ftp)://`)
)

// text writes s with an escape where it could be read as markup. More says that
// other spans follow on the line.
func (sp *speller) text(s string, more bool) {
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		switch c := s[i]; {
		case sp.fresh && blockStart.MatchString(s[i:]):
			n = 3
			sp.put(s[i:i+2] + `\.`)
		case scheme.MatchString(s[i:]) && !isWord(sp.last) && !sp.within(text.Link):
			n = strings.IndexByte(s[i:], ':') + 1
			sp.put(s[i:i+n-1] + `\:`)
		case c == '\\':
			sp.backslash(s, i)
		case c == '&' && entities.MatchString(s[i:]):
			sp.put(entity('&'))
		case c < utf8.RuneSelf && sp.special(s, i, more):
			sp.put(`\` + string(c))
		default:
			sp.put(s[i : i+n])
		}
		i += n
	}
}

// backslash writes the one at s[i]: as it is before a letter or digit, where it
// escapes nothing.
func (sp *speller) backslash(s string, i int) {
	if i+1 < len(s) && (letter(s[i+1]) || digit(s[i+1])) && sp.last != '\\' {
		sp.put(`\`)
		return
	}
	sp.put(entity('\\'))
}

// special reports whether the character at s[i] could be read as markup.
func (sp *speller) special(s string, i int, more bool) bool {
	c, rest := s[i], s[i+1:]
	if sp.fresh && (itemStart.MatchString(s[i:]) || c == '|') {
		return true
	}
	switch c {
	case '{':
		return sp.within(text.Monospace) || rest == "" || rest[0] == '{' || letter(rest[0]) || len(rest) > 1 && rest[1] == '}'
	case '}':
		return sp.within(text.Monospace) || sp.last == '}'
	case '[':
		return sp.within(text.Link) || couldLink(rest)
	case ']':
		return sp.within(text.Link)
	case '|':
		return sp.within(text.Link) || sp.cell
	case '#':
		return sp.last == '*' // a delimiter: together they would begin an item
	case ':', ';', '(':
		_, _, ok := emoticonAt(s, i)
		return ok
	case '!':
		return opens(sp.last, afterText(rest)) && (more || sp.cell || strings.Contains(rest, "!"))
	case '?':
		return strings.HasPrefix(rest, "?") && opens(sp.last, afterText(rest[1:]))
	}
	mark, ok := delimiters[c]
	if !ok {
		return false
	}
	if n := dashes(s[i:]); (n == 2 || n == 3) && isSpace(sp.last) && isSpace(after(s, i+n)) {
		return true
	}
	return sp.within(mark) || opens(sp.last, afterText(rest)) && (more || strings.IndexByte(rest, c) >= 0 || sp.fresh && dashes(s[i:]) >= 4)
}

// afterText is the first rune of rest, or at its end one that could be any.
func afterText(rest string) rune {
	if rest == "" {
		return '.'
	}
	return after(rest, 0)
}

// couldLink reports whether a bracket before rest could begin a link.
func couldLink(rest string) bool {
	n := strings.IndexAny(rest, "[]")
	if n < 0 || rest[n] == '[' {
		return true
	}
	content := rest[:n]
	return strings.Contains(content, "|") || strings.HasPrefix(content, "~") || strings.HasPrefix(content, "^") || address.MatchString(content)
}
