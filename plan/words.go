package plan

import (
	"strings"

	"example.com/accord/issue"
	"example.com/accord/text"
)

// Words returns a value as one short line for people; "nothing" if it is empty.
func Words(v issue.Value) string {
	s := ""
	switch v := v.(type) {
	case issue.Scalar:
		s = string(v)
	case issue.Set:
		s = strings.Join(v, ", ")
	case issue.Text:
		s = text.Line(v.Doc)
	case issue.Row:
		return Words(v[body])
	}
	if s == "" {
		return "nothing"
	}
	if r := []rune(s); len(r) > 60 {
		s = string(r[:59]) + "…"
	}
	return "“" + s + "”"
}
