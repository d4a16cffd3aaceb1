package wiki

import (
	"strings"

	"example.com/accord/text"
)

// sayable puts something that markup can say in the place of what it cannot:
// see the package comment.
func sayable(in []text.Span) []text.Span {
	var out []text.Span
	for _, s := range in {
		switch {
		case s.Kind == text.Plain:
			out = append(out, sayText(s.Text, sayMarks(s.Marks))...)
		case s.Kind == text.Break:
			out = append(out, text.Span{Kind: text.Break})
		case wordOf(s) != "":
			s.Marks = nil
			out = append(out, s)
		default:
			out = append(out, sayText(shown(s), nil)...)
		}
	}
	return tidy(linkAll(loosen(tidy(out))))
}

// wordOf is the markup of a span that is neither text nor a break, or "".
func wordOf(s text.Span) string {
	switch s.Kind {
	case text.Mention:
		if id := s.Attrs["id"]; validPerson(id) {
			return "[~" + id + "]"
		}
	case text.Card:
		if url := cleanAddress(s.Attrs["url"]); isAddress(url) {
			form := "smart-link"
			if f := s.Attrs["wiki.form"]; cardForms[f] != "" {
				form = f
			}
			return "[" + url + "|" + url + "|" + form + "]"
		}
	case text.Emoji:
		return emoticonOf(s)
	case text.Image:
		return imageWords(s)
	case text.ForeignSpan:
		return foreignSpan(s)
	}
	return ""
}

// shown is the text of a span that has no markup.
func shown(s text.Span) string {
	for _, t := range []string{s.Text, s.Raw, s.Attrs["name"], s.Attrs["url"], s.Attrs["id"]} {
		if t != "" {
			if s.Kind == text.Mention {
				return "@" + t
			}
			return t
		}
	}
	return ""
}

// sayMarks leaves out the marks that markup has no words for.
func sayMarks(in []text.Mark) []text.Mark {
	var out []text.Mark
	for _, m := range in {
		switch m.Kind {
		case text.Highlight:
			continue
		case text.Color:
			if m.Value = readColor(m.Value); m.Value == "" {
				continue
			}
		case text.Link:
			if m.Value = cleanAddress(m.Value); !isAddress(m.Value) {
				continue
			}
		default:
			m.Value = ""
		}
		out = append(out, m)
	}
	return out
}

// sayText is text in spans: its line ends are breaks.
func sayText(s string, marks []text.Mark) []text.Span {
	var out []text.Span
	for i, line := range strings.Split(clean(s), "\n") {
		if i > 0 {
			out = append(out, text.Span{Kind: text.Break})
		}
		out = append(out, text.Span{Kind: text.Plain, Text: line, Marks: marks})
	}
	return out
}

// linkAll makes links of bare addresses, as they will be read.
func linkAll(in []text.Span) []text.Span {
	var out []text.Span
	for _, s := range in {
		if _, linked := markOf(s, text.Link); linked || s.Kind != text.Plain {
			out = append(out, s)
			continue
		}
		from := 0
		for i := 0; i < len(s.Text); i++ {
			if end, ok := urlAt(s.Text, i); ok {
				u := s.Text[i:end]
				link := []text.Mark{{Kind: text.Link, Value: u}}
				out = append(out, text.Span{Kind: text.Plain, Text: s.Text[from:i], Marks: s.Marks},
					text.Span{Kind: text.Plain, Text: u, Marks: append(link, s.Marks...)})
				from, i = end, end-1
			}
		}
		out = append(out, text.Span{Kind: text.Plain, Text: s.Text[from:], Marks: s.Marks})
	}
	return out
}

// loosen puts the text in the place of an emoji that touches a word, for its
// emoticon would be read as letters.
func loosen(in []text.Span) []text.Span {
	out := append([]text.Span{}, in...)
	for i, s := range out {
		if s.Kind != text.Emoji {
			continue
		}
		bareText := func(j int) string {
			if j < 0 || j >= len(out) || out[j].Kind != text.Plain || len(out[j].Marks) > 0 {
				return ""
			}
			return out[j].Text
		}
		left, right := bareText(i-1), bareText(i+1)
		if isWord(before(left, len(left))) || isWord(after(right, 0)) {
			out[i] = text.Span{Kind: text.Plain, Text: shown(s)}
		}
	}
	return out
}
