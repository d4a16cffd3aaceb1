package wiki

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"example.com/accord/text"
)

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
	if c == '-' && (sp.last == '-' || strings.HasPrefix(rest, "-")) {
		return sp.hyphens(s, i)
	}
	return sp.within(mark) || opens(sp.last, afterText(rest)) && (more || strings.IndexByte(rest, c) >= 0)
}

// hyphens reports whether the hyphens at s[i] would be read as a dash or a rule.
func (sp *speller) hyphens(s string, i int) bool {
	n := dashes(s[i:])
	begins := isSpace(sp.last) || sp.last == '[' && sp.within(text.Link)
	dash := (n == 2 || n == 3) && begins && isSpace(after(s, i+n))
	return dash || sp.fresh && n >= 4
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
