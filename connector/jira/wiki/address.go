package wiki

import (
	"fmt"
	"regexp"
	"strings"
)

var address = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*:.|#.|/.|www\..)`)

// isAddress reports whether s can be the address of a link as it stands.
func isAddress(s string) bool { return address.MatchString(s) && cleanAddress(s) == s }

// cleanAddress percent-encodes what would end an address.
func cleanAddress(s string) string {
	var out strings.Builder
	for _, b := range []byte(s) {
		control := b <= ' ' || b == 0x7f
		frame := b > 0xf7 // of an atom: no byte of UTF-8
		if control || frame || strings.IndexByte("|[]{}\\<>\"^`!", b) >= 0 {
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
