package wiki

import (
	"maps"
	"strings"

	"example.com/accord/text"
)

// The colours by which Jira's own converter tells kinds of panel apart:
// docs/JIRA.md "Rich text".
var panelColors = [...]struct{ kind, color string }{
	{"info", "#deebff"}, {"note", "#eae6ff"}, {"warning", "#fffae6"}, {"success", "#e3fcef"}, {"error", "#ffebe6"},
}

// kept names the attribute for the words of a tag that this package would not choose.
const kept = "wiki.tag"

// attrs reads the words of an opening tag. Words that [words] would not choose
// are kept as they are.
func attrs(tag string) text.Attrs {
	a := meaning(tag)
	if words(a, kindOf(tag)) != tag {
		a[kept] = tag
	}
	if len(a) == 0 {
		return nil
	}
	return a
}

// tagOf returns the words of the opening tag of b: those kept, unless the
// attributes say something else by now.
func tagOf(b text.Block) string {
	if tag, ok := b.Attrs[kept]; ok && kindOf(tag) == b.Kind && maps.Equal(attrs(tag), b.Attrs) {
		if t, ok := tagAt("{"+tag+"}", 0); ok && t.end == len(tag)+2 {
			return tag
		}
	}
	return words(b.Attrs, b.Kind)
}

func kindOf(tag string) text.Kind {
	switch name, _, _ := strings.Cut(tag, ":"); name {
	case "code", "noformat":
		return text.Code
	case "quote":
		return text.Quote
	case "panel", "info", "note", "warning", "tip":
		return text.Panel
	}
	return ""
}

// meaning is what the words of a tag say in terms of the tree.
func meaning(tag string) text.Attrs {
	name, params, _ := strings.Cut(tag, ":")
	a := text.Attrs{}
	switch name {
	case "code":
		a["language"] = "java" // as Jira has it without one
	case "panel":
		a["type"] = "info"
	case "info", "note", "warning":
		a["type"] = name
	case "tip":
		a["type"] = "success"
	}
	for param := range strings.SplitSeq(params, "|") {
		key, value, named := strings.Cut(param, "=")
		switch {
		case name == "code" && !named && param != "":
			a["language"] = strings.ToLower(strings.TrimSpace(param))
		case name == "code" && (key == "language" || key == "lang") && value != "":
			a["language"] = strings.ToLower(strings.TrimSpace(value))
		case a["type"] != "" && key == "title" && value != "":
			a["title"] = unescape(value)
		case name == "panel" && key == "bgColor":
			for _, c := range panelColors {
				if strings.EqualFold(value, c.color) {
					a["type"] = c.kind
				}
			}
		}
	}
	if a["language"] == "none" {
		delete(a, "language")
	}
	return a
}

// words chooses the opening tag of a block of that kind with these attributes.
func words(a text.Attrs, kind text.Kind) string {
	switch kind {
	case text.Quote:
		return "quote"
	case text.Code:
		lang := strings.ToLower(a["language"])
		if lang == "" || strings.ContainsAny(lang, "{}|=\n") || lang != strings.TrimSpace(lang) {
			return "noformat"
		}
		return "code:" + lang
	}
	color := panelColors[0].color
	for _, c := range panelColors {
		if c.kind == a["type"] {
			color = c.color
		}
	}
	if title := a["title"]; title != "" {
		return "panel:title=" + param(title) + "|bgColor=" + color
	}
	return "panel:bgColor=" + color
}

// param writes s as the value of a parameter, which knows no escapes but entities.
func param(s string) string {
	var out strings.Builder
	for i, r := range clean(s) {
		edge := i == 0 || i == len(s)-1
		if strings.ContainsRune("|{}\\&\"", r) || r < ' ' || r == ' ' && edge {
			out.WriteString(entity(r))
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}
