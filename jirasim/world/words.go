package world

import (
	"slices"
	"strings"
	"unicode"

	"example.com/accord/jirasim/jql"
)

// contains looks for words in text, in the language of Jira's index: see sought.
func (c *compiler) contains(f *Field, e jql.Clause) test {
	if !slices.Contains(c.w.Operators(f), e.Op) {
		return c.refuse("The operator '%s' is not supported by the '%s' field.", e.Op, e.Field)
	}
	if len(e.Operands) != 1 || e.Operands[0].Call || e.List {
		return c.refuse("The operator '%s' is not supported by the '%s' field with that value.", e.Op, e.Field)
	}
	sought, texts := e.Operands[0], c.texts(f)
	written := func(words []string) bool { return len(words) > 0 }
	switch {
	case sought.Empty && f.said():
		return c.refuse("The field '%s' does not support searching for EMPTY values.", e.Field)
	case sought.Empty:
		none := func(i *Issue) bool { return !slices.ContainsFunc(texts(i), written) }
		if e.Op == jql.ContainsNot {
			return func(i *Issue) bool { return !none(i) }
		}
		return none
	case strings.TrimSpace(sought.Text) == "":
		return c.refuse("The field '%s' does not support searching for an empty string.", e.Field)
	}
	fits, ok := readSought(sought.Text)
	if !ok {
		return c.refuse("Unable to parse the text '%s' for field '%s'.", sought.Text, e.Field)
	}
	hit := func(i *Issue) bool { return slices.ContainsFunc(texts(i), fits) }
	if e.Op == jql.ContainsNot {
		return func(i *Issue) bool { return !hit(i) && slices.ContainsFunc(texts(i), written) }
	}
	return hit
}

// wordy reports whether a field is searched by words.
func (f *Field) wordy() bool {
	return f.Kind == Line || f.Kind == Rich || f.said()
}

// said reports whether a field is what people say on an issue, of which Jira
// does not know whether there is any.
func (f *Field) said() bool { return f.ID == "comment" || f.ID == "worklogComment" || f.ID == "text" }

// spoken reports whether words hold a phrase.
func spoken(phrase, words []string) bool {
	for at := range words {
		if at+len(phrase) > len(words) {
			return false
		}
		n := 0
		for n < len(phrase) && alike(phrase[n], words[at+n]) {
			n++
		}
		if n == len(phrase) {
			return true
		}
	}
	return false
}

// tokens are the words of a text in lower case; wildcards stay.
func tokens(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '*' && r != '?' && r != '_'
	})
}

func alike(want, word string) bool {
	if strings.ContainsAny(want, "*?") {
		return glob(want, word)
	}
	return want[0] == word[0] && (want == word || stem(want) == stem(word))
}

// stem cuts the commonest endings of English: Jira's index does more.
func stem(s string) string {
	for _, end := range []string{"ing", "ies", "es", "ed", "s", "e", "y"} {
		if cut, is := strings.CutSuffix(s, end); is && len(cut) > 2 {
			return cut
		}
	}
	return s
}

// glob matches "*" with any letters and "?" with one.
func glob(pattern, s string) bool {
	for pattern != "" {
		switch pattern[0] {
		case '*':
			pattern = strings.TrimLeft(pattern, "*")
			for n := range len(s) + 1 {
				if glob(pattern, s[n:]) {
					return true
				}
			}
			return false
		case '?':
			if s == "" {
				return false
			}
		default:
			if s == "" || s[0] != pattern[0] {
				return false
			}
		}
		pattern, s = pattern[1:], s[1:]
	}
	return s == ""
}

// texts are the words in which a field is searched.
func (c *compiler) texts(f *Field) func(*Issue) [][]string {
	w := c.w
	comments := func(i *Issue) (out [][]string) {
		for _, x := range i.Comments {
			if w.Sees(c.by.User, x) {
				out = append(out, w.spelt(x.Body, true))
			}
		}
		return out
	}
	switch f.ID {
	case "comment":
		return comments
	case "worklogComment":
		return func(i *Issue) (out [][]string) {
			for _, l := range i.Worklogs {
				out = append(out, w.spelt(l.Body, true))
			}
			return out
		}
	case "text":
		return func(i *Issue) [][]string {
			out := comments(i)
			for _, g := range w.Fields {
				if g.Kind == Line || g.Kind == Rich {
					out = append(out, w.spelt(i.Values[g.ID].Text, g.Kind == Rich))
				}
			}
			return out
		}
	}
	return func(i *Issue) [][]string { return [][]string{w.spelt(i.Values[f.ID].Text, f.Kind == Rich)} }
}

// spelt are the words of a text, kept for the next search.
func (w *World) spelt(text string, rich bool) []string {
	if text == "" {
		return nil
	}
	words, known := w.lexicon[text]
	if known {
		return words
	}
	if words = tokens(strings.NewReplacer("*", " ", "?", " ").Replace(plain(w, text, rich))); len(w.lexicon) >= mostSpelt || w.lexicon == nil {
		w.lexicon = map[string][]string{}
	}
	w.lexicon[text] = words
	return words
}

func plain(w *World, text string, rich bool) string {
	if rich {
		return w.Wiki(text)
	}
	return text
}

// mostSpelt is how many texts are kept in words.
const mostSpelt = 50_000
