package wiki

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var entities = regexp.MustCompile(`^&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

// entityAt reads the entity at s[i], such as "&#92;", which Jira shows as the
// character that it names.
func entityAt(s string, i int) (char string, end int, ok bool) {
	m := entities.FindString(s[i:])
	if m == "" {
		return "", 0, false
	}
	char = html.UnescapeString(m)
	known := char != m && (char == ";" || !strings.HasSuffix(char, ";"))
	ok = known && !strings.ContainsAny(char, "\n\r")
	return char, i + len(m), ok
}

// entity writes r where a backslash would not do.
func entity(r rune) string { return "&#" + strconv.Itoa(int(r)) + ";" }

// unescape reads the entities of s.
func unescape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '&' {
			if char, end, ok := entityAt(s, i); ok {
				out.WriteString(char)
				i = end
				continue
			}
		}
		out.WriteByte(s[i])
		i++
	}
	return out.String()
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
