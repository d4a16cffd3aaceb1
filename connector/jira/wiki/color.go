package wiki

import (
	"regexp"
	"strings"
)

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
