package wiki

import (
	"html"
	"regexp"
	"strconv"
	"strings"
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

var hex = regexp.MustCompile(`^#([0-9a-f]{3}|[0-9a-f]{6})$`)

// colorNames are the names that Jira's colour picker and its help use.
var colorNames = map[string]string{
	"black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000", "blue": "#0000ff", "yellow": "#ffff00",
	"gray": "#808080", "grey": "#808080", "silver": "#c0c0c0", "maroon": "#800000", "purple": "#800080", "fuchsia": "#ff00ff",
	"magenta": "#ff00ff", "lime": "#00ff00", "olive": "#808000", "navy": "#000080", "teal": "#008080", "aqua": "#00ffff",
	"cyan": "#00ffff", "orange": "#ffa500", "pink": "#ffc0cb", "brown": "#a52a2a",
}

// readColor returns a colour as "#rrggbb", or "" if s names none.
func readColor(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if named, ok := colorNames[s]; ok {
		return named
	}
	if !hex.MatchString(s) {
		return ""
	}
	if len(s) == 4 {
		s = "#" + strings.Repeat(s[1:2], 2) + strings.Repeat(s[2:3], 2) + strings.Repeat(s[3:4], 2)
	}
	return s
}
