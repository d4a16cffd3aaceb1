package wiki

import (
	"fmt"
	"maps"
	"regexp"
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

// imageAt reads the image at s[i]: "!name!" or "!name|params!".
func imageAt(s string, i int) (img text.Span, end int, ok bool) {
	n := strings.IndexAny(s[i+1:], "!\n")
	if n < 0 || s[i+1+n] != '!' || isWord(before(s, i)) {
		return img, 0, false
	}
	img, ok = imageOf(s[i+1 : i+1+n])
	return img, i + n + 2, ok
}

var fileName = regexp.MustCompile(`\.[A-Za-z0-9]{1,5}$`)

// imageOf reads what stands between exclamation marks. A name without
// parameters must look like one of a file, for there are other exclamations.
func imageOf(s string) (img text.Span, ok bool) {
	name, params, more := strings.Cut(s, "|")
	img = text.Span{Kind: text.Image, Attrs: text.Attrs{}}
	if params != "" {
		img.Attrs["wiki.params"] = params
	}
	if strings.Contains(name, "://") {
		img.Attrs["url"] = name
		return img, isAddress(name)
	}
	img.Attrs["name"] = name
	edges := name != strings.Trim(name, space)
	return img, name != "" && !edges && !strings.ContainsAny(s, `\[]{}*`) && !holdsAtom(s) && (more || fileName.MatchString(name))
}

// imageWords is the markup of an image, or "" if it has none.
func imageWords(s text.Span) string {
	name := s.Attrs["name"]
	if name == "" {
		name = s.Attrs["url"]
	}
	words := name
	if params := s.Attrs["wiki.params"]; params != "" {
		words += "|" + params
	}
	img, ok := imageOf(words)
	if !ok {
		words = name + "|"
		img, ok = imageOf(words)
	}
	if !ok || strings.ContainsAny(words, "!\n") || img.Attrs["name"]+img.Attrs["url"] != name {
		return ""
	}
	return "!" + words + "!"
}

var address = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*:.|#.|/.|www\..)`)

// isAddress reports whether s can be the address of a link as it stands.
func isAddress(s string) bool { return address.MatchString(s) && cleanAddress(s) == s }

// cleanAddress percent-encodes what would end an address.
func cleanAddress(s string) string {
	var out strings.Builder
	for _, b := range []byte(s) {
		if b <= ' ' || b >= 0x7f && b != 0x7f && b > 0xf7 || b == 0x7f || strings.IndexByte("|[]{}\\<>\"^`!", b) >= 0 {
			fmt.Fprintf(&out, "%%%02X", b)
		} else {
			out.WriteByte(b)
		}
	}
	return out.String()
}

var bare = regexp.MustCompile(`^(https?|ftp)://[^\s|\[\]{}\\<>"^` + "`" + `!\x00-\x20\x7f\x{FFFD}]+`)

// urlAt returns the end of the bare address at s[i]. Punctuation at its end is
// not part of it.
func urlAt(s string, i int) (end int, ok bool) {
	if c := s[i]; c != 'h' && c != 'f' || isWord(before(s, i)) {
		return 0, false
	}
	u := bare.FindString(s[i:])
	u = strings.TrimRight(u, ".,;:?)('*_+~-&#")
	return i + len(u), len(u) > len("https://") && isAddress(u)
}

// validPerson reports whether a mention can name id.
func validPerson(id string) bool {
	return id != "" && !strings.ContainsAny(id, "|[]{}\\\n"+space) && !holdsAtom(id)
}

// Jira's emoticons, with the names and the characters that its own converter
// gives them: docs/JIRA.md "Rich text".
var emoticons = map[string][2]string{
	":)": {":slight_smile:", "🙂"}, ":(": {":disappointed:", "😞"}, ":P": {":stuck_out_tongue:", "😛"},
	":D": {":smiley:", "😃"}, ";)": {":wink:", "😉"}, "(y)": {":thumbsup:", "👍"}, "(n)": {":thumbsdown:", "👎"},
	"(i)": {":info:", ":info:"}, "(/)": {":check_mark:", ":check_mark:"}, "(x)": {":cross_mark:", ":cross_mark:"},
	"(!)": {":warning:", ":warning:"}, "(+)": {":plus:", ":plus:"}, "(-)": {":minus:", ":minus:"},
	"(?)": {":question_mark:", ":question_mark:"}, "(on)": {":light_bulb_on:", ":light_bulb_on:"},
	"(off)": {":light_bulb_off:", ":light_bulb_off:"}, "(*)": {":yellow_star:", ":yellow_star:"},
	"(*r)": {":red_star:", ":red_star:"}, "(*g)": {":green_star:", ":green_star:"}, "(*b)": {":blue_star:", ":blue_star:"},
	"(flag)": {":flag_on:", ":flag_on:"}, "(flagoff)": {":flag_off:", ":flag_off:"},
}

// emoticonAt reads the emoticon at s[i]; one that touches a word is none.
func emoticonAt(s string, i int) (e text.Span, end int, ok bool) {
	if isWord(before(s, i)) {
		return e, 0, false
	}
	for n := 2; n <= len("(flagoff)") && i+n <= len(s); n++ {
		if as, ok := emoticons[s[i:i+n]]; ok && !isWord(after(s, i+n)) {
			return text.Span{Kind: text.Emoji, Text: as[1], Attrs: text.Attrs{"name": as[0]}}, i + n, true
		}
	}
	return e, 0, false
}

// emoticonOf is the emoticon for an emoji, or "" if it has none.
func emoticonOf(e text.Span) string {
	for code, as := range maps.All(emoticons) {
		if as[0] == e.Attrs["name"] {
			return code
		}
	}
	return ""
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
