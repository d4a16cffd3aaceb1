package wiki

import (
	"strings"

	"example.com/accord/text"
)

// A tag is one "{name}" or "{name:params}".
type tag struct {
	start, end int
	name       string
	params     string
	bare       bool   // without parameters: it may close
	next       int    // index of the next bare tag of this name, or none
	held       string // an atom that stands for all from start to end; else ""
}

const none = -1

// words is what stands between the braces.
func (t tag) words() string {
	if t.bare {
		return t.name
	}
	return t.name + ":" + t.params
}

// colors reports whether t begins a colour.
func (t tag) colors() bool { return t.name == "color" && readColor(t.params) != "" }

// tagAt reads the tag at s[i].
func tagAt(s string, i int) (tag, bool) {
	j := i + 1
	for j < len(s) && (letter(s[j]) || j > i+1 && (digit(s[j]) || s[j] == '-' || s[j] == '_')) {
		j++
	}
	if s[i] != '{' || j == i+1 || j == len(s) {
		return tag{}, false
	}
	t := tag{start: i, name: s[i+1 : j], bare: true, next: none}
	if s[j] == ':' {
		n := strings.IndexAny(s[j:], "{}\n")
		if n < 0 {
			return tag{}, false
		}
		t.params, t.bare = s[j+1:j+n], false
		j += n
	}
	if s[j] != '}' {
		return tag{}, false
	}
	t.end = j + 1
	return t, true
}

// tags finds the tags of s, and holds code and ADF: what is in them is no markup.
func (p *parser) tags(s string) []tag {
	var ts []tag
	closed := 0 // no monospaced text begins before this
	for i := 0; i < len(s); {
		switch {
		case s[i] == '\\':
			i += 2
			continue
		case strings.HasPrefix(s[i:], "{{"):
			if i < closed {
				break
			}
			_, end, ok := monospace(s, i)
			if ok {
				i = end
				continue
			}
			closed = end
		case s[i] == '{':
			if t, ok := tagAt(s, i); ok {
				t = p.literal(s, t)
				ts = append(ts, t)
				i = t.end
				continue
			}
		}
		i++
	}
	return p.foreigns(s, follow(ts))
}

// follow tells every tag which bare one of its name comes next.
func follow(ts []tag) []tag {
	last := map[string]int{}
	for i := len(ts) - 1; i >= 0; i-- {
		ts[i].next = none
		if n, ok := last[ts[i].name]; ok {
			ts[i].next = n
		}
		if ts[i].bare && ts[i].held == "" {
			last[ts[i].name] = i
		}
	}
	return ts
}

// foreigns holds the macros that it does not know, with all they contain.
func (p *parser) foreigns(s string, ts []tag) []tag {
	var out []tag
	for i := 0; i < len(ts); i++ {
		t := ts[i]
		if t.held == "" && !(t.bare && known(t.name)) && !container(t.name) && !t.colors() {
			i = foreignEnd(s, ts, i)
			if t.end < ts[i].end || !known(t.name) {
				t.end = ts[i].end
				t.held = p.hold(atom{span: foreign(s[t.start:t.end])})
			}
		}
		out = append(out, t)
	}
	return follow(out)
}

// literal holds all from t to its closing tag if t opens code or ADF.
func (p *parser) literal(s string, t tag) tag {
	if t.name != "code" && t.name != "noformat" && t.name != "adf" {
		return t
	}
	n := strings.Index(s[t.end:], "{"+t.name+"}")
	if n < 0 {
		return t
	}
	a := atom{}
	switch body := s[t.end : t.end+n]; t.name {
	case "adf":
		var ok bool
		if a, ok = adfAtom(t.params, body); !ok {
			return t
		}
	default:
		b := text.Block{Kind: text.Code, Attrs: attrs(t.words())}
		body = strings.TrimSuffix(strings.TrimPrefix(body, "\n"), "\n")
		if body != "" {
			b.Spans = []text.Span{{Kind: text.Plain, Text: body}}
		}
		a.block = &b
	}
	t.end += n + len(t.name) + 2
	t.held = p.hold(a)
	return t
}

// foreignEnd finds the tag that ends an unknown macro: with parameters the next
// bare tag of its name; without, only where both stand alone on their lines,
// for text such as "/users/{id}" is no macro. A tag without end ends itself.
func foreignEnd(s string, ts []tag, i int) int {
	if !ts[i].bare {
		return max(i, ts[i].next)
	}
	for j := ts[i].next; j != none && alone(s, ts[i]); j = ts[j].next {
		if alone(s, ts[j]) {
			return j
		}
	}
	return i
}

// alone reports whether a line of s holds t and nothing else, no space either.
func alone(s string, t tag) bool {
	return (t.start == 0 || s[t.start-1] == '\n') && (t.end == len(s) || s[t.end] == '\n')
}

func container(name string) bool {
	switch name {
	case "quote", "panel", "info", "note", "warning", "tip":
		return true
	}
	return false
}

func known(name string) bool {
	switch name {
	case "code", "noformat", "adf", "color":
		return true
	}
	return container(name)
}
