package script

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A rich is what a person sees of a rich text: its blocks in reading order.
// Two rich texts say the same if they are equal.
type rich []line

// A line is one block with words of its own.
type line struct {
	Kind string // kinds from outside in: "paragraph", "heading 2", "bullet/number", "panel note", "quote/bullet", "cell 1.2"
	Runs []span
}

// A span is words with the same marks.
type span struct {
	Words string
	Marks string // sorted, with a space between: "em strong", "link=https://example.com"
}

// A glyph is one character as a reader of a format finds it.
type glyph struct {
	char  rune
	marks []string
}

// kind names a line by its path; a paragraph inside something is not named.
func kind(path []string, own string) string {
	if own != "" {
		path = append(slices.Clone(path), own)
	}
	if len(path) == 0 {
		return "paragraph"
	}
	return strings.Join(path, "/")
}

// say adds a line made of glyphs; a paragraph without words says nothing.
func (r *rich) say(path []string, own string, text []glyph) {
	header := len(path) > 0 && strings.HasPrefix(path[len(path)-1], "header ")
	runs := runsOf(text, header)
	if k := kind(path, own); len(runs) > 0 || own != "" && own != "paragraph" {
		*r = append(*r, line{k, runs})
	}
}

// sayCode adds a block of code, whose white space counts.
func (r *rich) sayCode(path []string, language, text string) {
	l := line{Kind: kind(path, strings.TrimSpace("code "+strings.ToLower(language)))}
	if text = strings.Trim(text, "\n"); text != "" {
		l.Runs = []span{{Words: text}}
	}
	*r = append(*r, l)
}

// runsOf groups glyphs by their marks. White space counts once, has the marks
// of its neighbours where they agree and none where they do not. A header cell
// is strong by itself.
func runsOf(text []glyph, header bool) []span {
	var out []span
	var space string
	for _, g := range text {
		if unicode.IsSpace(g.char) {
			if space == "" || g.char == '\n' {
				space = string(g.char)
			}
			if space != "\n" {
				space = " "
			}
			continue
		}
		marks := markString(g.marks, header)
		last := len(out) - 1
		switch {
		case last < 0:
			out = append(out, span{string(g.char), marks})
		case out[last].Marks == marks:
			out[last].Words += space + string(g.char)
		case space == "":
			out = append(out, span{string(g.char), marks})
		case marks == "":
			out = append(out, span{space + string(g.char), ""})
		case out[last].Marks == "":
			out[last].Words += space
			out = append(out, span{string(g.char), marks})
		default:
			out = append(out, span{space, ""}, span{string(g.char), marks})
		}
		space = ""
	}
	return out
}

func markString(marks []string, header bool) string {
	m := slices.Clone(marks)
	if header {
		m = slices.DeleteFunc(m, func(s string) bool { return s == "strong" })
	}
	slices.Sort(m)
	return strings.Join(slices.Compact(m), " ")
}

// with returns marks and one more.
func with(marks []string, mark string) []string { return append(slices.Clone(marks), mark) }

// glyphs returns s with the same marks on every character.
func glyphs(s string, marks []string) []glyph {
	out := make([]glyph, 0, len(s))
	for _, c := range s {
		out = append(out, glyph{c, marks})
	}
	return out
}

func (r rich) equal(s rich) bool {
	return slices.EqualFunc(r, s, func(a, b line) bool { return a.Kind == b.Kind && slices.Equal(a.Runs, b.Runs) })
}

// String shows r for people, a line for each block.
func (r rich) String() string {
	var b strings.Builder
	for i, l := range r {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s:", l.Kind)
		for _, u := range l.Runs {
			fmt.Fprintf(&b, " %q", u.Words)
			if u.Marks != "" {
				fmt.Fprintf(&b, "(%s)", u.Marks)
			}
		}
	}
	return b.String()
}

// words returns the words of r, a line for each block.
func (r rich) words() string {
	var b strings.Builder
	for i, l := range r {
		if i > 0 {
			b.WriteString("\n")
		}
		for _, u := range l.Runs {
			b.WriteString(u.Words)
		}
	}
	return b.String()
}

// difference says in words where r and s first differ; "" if they are equal.
func (r rich) difference(s rich) string {
	if r.equal(s) {
		return ""
	}
	show := func(r rich, i int) string {
		if i < len(r) {
			return r[i : i+1].String()
		}
		return "nothing"
	}
	i := 0
	for i < len(r) && i < len(s) && r[i:i+1].equal(s[i:i+1]) {
		i++
	}
	return fmt.Sprintf("block %d is %s here and %s there", i+1, show(r, i), show(s, i))
}
