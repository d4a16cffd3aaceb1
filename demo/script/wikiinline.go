package script

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wikiMarks are the characters that wiki markup puts around marked words.
var wikiMarks = [...]struct{ sign, mark string }{
	{"*", "strong"}, {"_", "em"}, {"-", "strike"}, {"+", "underline"}, {"^", "sup"}, {"~", "sub"},
}

var (
	address  = regexp.MustCompile(`^(https?|ftp)://[^\s|\]}"]+`)
	colour   = regexp.MustCompile(`^\{color:([^}\n]+)\}`)
	picture  = regexp.MustCompile(`^!([^\s!|][^!|\n]*)(\|[^!\n]*)?!`)
	linkLike = regexp.MustCompile(`^(https?://|ftp://|mailto:|file:|/|#)`)
	named    = strings.NewReplacer("red", "#ff0000", "blue", "#0000ff", "green", "#008000", "black", "#000000", "white", "#ffffff")
)

// inline reads marked text. It looks at src from left to right and takes the
// first construct that fits.
func (r *wikiReader) inline(src string, marks []string) []glyph {
	var out []glyph
	before := ' ' // the character in front
	for src != "" {
		g, n := r.construct(src, before, marks)
		if n == 0 {
			c, size := utf8.DecodeRuneInString(src)
			g, n = []glyph{{c, marks}}, size
		}
		out = append(out, g...)
		before, _ = utf8.DecodeLastRuneInString(src[:n])
		src = src[n:]
	}
	return out
}

// construct reads the construct that src begins with and says how long it is;
// 0 if there is none.
func (r *wikiReader) construct(src string, before rune, marks []string) ([]glyph, int) {
	switch src[0] {
	case '\\':
		return escape(src, marks)
	case '{':
		return r.braces(src, marks)
	case '[':
		return r.link(src, marks)
	case '!':
		if m := picture.FindStringSubmatch(src); m != nil {
			return glyphs(m[1], with(marks, "image")), len(m[0])
		}
		return nil, 0
	case 'h', 'f':
		if a := address.FindString(src); a != "" && !letter(before) {
			a = strings.TrimRight(a, ".,;:!?)")
			return glyphs(a, with(marks, "link="+a)), len(a)
		}
		return nil, 0
	case '?':
		return r.between(src, "??", before, marks, "em", "— ")
	}
	if n := dash(src, before); n > 0 {
		return glyphs(map[int]string{2: "–", 3: "—"}[n], marks), n
	}
	for _, m := range wikiMarks {
		if strings.HasPrefix(src, m.sign) {
			return r.between(src, m.sign, before, marks, m.mark, "")
		}
	}
	return nil, 0
}

func escape(src string, marks []string) ([]glyph, int) {
	if strings.HasPrefix(src, `\\`) {
		return []glyph{{'\n', marks}}, 2
	}
	if c, size := utf8.DecodeRuneInString(src[1:]); size > 0 && (unicode.IsPunct(c) || unicode.IsSymbol(c)) {
		return []glyph{{c, marks}}, 1 + size
	}
	return nil, 0
}

// braces reads what begins with "{": monospaced words, a colour, or a mark
// that holds inside a word.
func (r *wikiReader) braces(src string, marks []string) ([]glyph, int) {
	if strings.HasPrefix(src, "{{") {
		if end := strings.Index(src[2:], "}}"); end > 0 {
			for strings.HasPrefix(src[2+end+1:], "}}") {
				end++
			}
			return glyphs(unescape(src[2:2+end]), with(marks, "code")), end + 4
		}
		return nil, 0
	}
	if m := colour.FindStringSubmatch(src); m != nil {
		if end := strings.Index(src[len(m[0]):], "{color}"); end >= 0 {
			value := named.Replace(strings.ToLower(m[1]))
			return r.inline(src[len(m[0]):len(m[0])+end], with(marks, "color="+value)), len(m[0]) + end + len("{color}")
		}
	}
	for _, m := range wikiMarks {
		sign := "{" + m.sign + "}"
		if body, ok := strings.CutPrefix(src, sign); ok {
			if end := strings.Index(body, sign); end > 0 {
				return r.inline(body[:end], with(marks, m.mark)), end + 2*len(sign)
			}
		}
	}
	return nil, 0
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && s[i+1] < utf8.RuneSelf && unicode.IsPunct(rune(s[i+1])) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// link reads what begins with "[": a mention, a file, a link or a card. What
// leads to no address, such as an issue's key, is words: it means something on
// its own site alone.
func (r *wikiReader) link(src string, marks []string) ([]glyph, int) {
	end := closing(src)
	if end < 0 {
		return nil, 0
	}
	body := src[1:end]
	if id, ok := strings.CutPrefix(body, "~"); ok {
		return glyphs("@"+r.person(strings.TrimPrefix(id, "accountid:")), with(marks, "mention")), end + 1
	}
	if name, ok := strings.CutPrefix(body, "^"); ok {
		return glyphs(name, with(marks, "image")), end + 1
	}
	parts := split(body)
	switch last := strings.TrimSpace(parts[len(parts)-1]); {
	case last == "smart-link" || last == "smart-card" || last == "smart-embed":
		return glyphs(parts[0], with(marks, "card")), end + 1
	case len(parts) == 1 && linkLike.MatchString(last):
		return glyphs(strings.TrimPrefix(unescape(last), "mailto:"), with(marks, "link="+unescape(last))), end + 1
	case len(parts) > 1 && linkLike.MatchString(last):
		return r.inline(strings.Join(parts[:len(parts)-1], "|"), with(marks, "link="+unescape(last))), end + 1
	}
	return nil, 0
}

// closing returns where the bracket that src begins with closes on its line, or -1.
func closing(src string) int {
	for i := 1; i < len(src) && src[i] != '\n'; i++ {
		switch src[i] {
		case '\\':
			i++
		case ']':
			return i
		}
	}
	return -1
}

// split cuts s at the bars that are not escaped.
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

// between reads words between two signs that stand at the edge of words.
func (r *wikiReader) between(src, sign string, before rune, marks []string, mark, lead string) ([]glyph, int) {
	body, ok := strings.CutPrefix(src, sign)
	if c, _ := utf8.DecodeRuneInString(body); !ok || letter(before) || body == "" || unicode.IsSpace(c) || strings.HasPrefix(body, sign) {
		return nil, 0
	}
	for i := 0; i < len(body) && body[i] != '\n'; i++ {
		switch {
		case body[i] == '\\':
			i++
		case strings.HasPrefix(body[i:], "{{"):
			if end := strings.Index(body[i:], "}}"); end > 0 {
				i += end + 1
			}
		case body[i] == '[' && closing(body[i:]) > 0:
			i += closing(body[i:])
		case strings.HasPrefix(body[i:], sign) && i > 0 && closes(body, i, len(sign)):
			inside := with(marks, mark)
			return append(glyphs(lead, inside), r.inline(body[:i], inside)...), i + 2*len(sign)
		}
	}
	return nil, 0
}

func closes(body string, at, size int) bool {
	last, _ := utf8.DecodeLastRuneInString(body[:at])
	next, _ := utf8.DecodeRuneInString(body[at+size:])
	return !unicode.IsSpace(last) && (at+size == len(body) || !letter(next))
}

// dash returns the length of a run of hyphens that stands for a dash.
func dash(src string, before rune) int {
	n := len(src) - len(strings.TrimLeft(src, "-"))
	if (n == 2 || n == 3) && unicode.IsSpace(before) && strings.HasPrefix(src[n:], " ") {
		return n
	}
	return 0
}

func letter(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }
