package wiki

import (
	"strings"
	"unicode/utf8"

	"example.com/accord/text"
)

// A speller writes the spans of one block.
type speller struct {
	out   strings.Builder
	last  rune // written last; a line end at the start
	fresh bool // only space stands on this line
	cell  bool
	open  []text.Mark // from the outermost
	force []bool      // by open: its delimiters stand in braces
}

// paragraph writes spans on as many lines as they have.
func (w *writer) paragraph(spans []text.Span) string {
	ls := lines(sayable(spans))
	if len(ls) == 1 && empty(ls[0]) {
		return ""
	}
	sp := w.speller()
	for i, line := range ls {
		if i > 0 {
			sp.wrap(line, i+1 < len(ls))
		}
		sp.line(line)
	}
	return sp.out.String()
}

// line writes spans on one line.
func (w *writer) line(spans []text.Span) string {
	ls := lines(sayable(spans))
	if len(ls) == 1 && empty(ls[0]) {
		return ""
	}
	sp := w.speller()
	for i, line := range ls {
		if i > 0 {
			sp.put(`\\`)
		}
		sp.line(line)
	}
	return sp.out.String()
}

func (w *writer) speller() *speller { return &speller{last: '\n', fresh: true, cell: w.cell} }

// wrap writes the break before next: a line end, unless that would leave a
// blank line, which ends a paragraph.
func (sp *speller) wrap(next []text.Span, more bool) {
	if sp.fresh || empty(next) && !more {
		sp.put(`\\`)
		return
	}
	sp.put("\n")
	sp.fresh = true
}

// put writes markup.
func (sp *speller) put(s string) {
	if s == "" {
		return
	}
	sp.out.WriteString(s)
	sp.last, _ = utf8.DecodeLastRuneInString(s)
	sp.fresh = sp.fresh && blank(s)
}

// line writes the spans of one line. Between two spans the marks that both have
// stay open.
func (sp *speller) line(spans []text.Span) {
	for i, s := range spans {
		if s.Kind != text.Plain {
			sp.put(wordOf(s))
			continue
		}
		marks := ranked(s)
		var next []text.Mark
		if i+1 < len(spans) {
			next = ranked(spans[i+1])
		}
		if !sp.address(s.Text, marks, spans[i+1:]) {
			for d := len(sp.open); d < len(marks); d++ {
				sp.begin(marks[d], sp.forced(spans[i:], d))
			}
			sp.text(s.Text, i+1 < len(spans))
		}
		sp.end(common(marks, next))
	}
}

// common counts the marks, outermost first, that a and b both begin with.
func common(a, b []text.Mark) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// forced reports whether the mark at depth d, which begins with the first span,
// needs braces: because a letter or digit stands beside it at either end, or a
// hyphen beside a hyphen, or because it would be part of an emoticon such as "(*)".
func (sp *speller) forced(spans []text.Span, d int) bool {
	end := 0
	for end+1 < len(spans) && spans[end+1].Kind == text.Plain && common(ranked(spans[0]), ranked(spans[end+1])) > d {
		end++
	}
	first, last, beyond := spans[0].Text, spans[end].Text, '\n'
	if end+1 < len(spans) && spans[end+1].Kind == text.Plain {
		// if no other delimiter stands between, the next text touches it
		if next := ranked(spans[end+1]); common(ranked(spans[0]), next) == d && len(next) == d {
			beyond = after(spans[end+1].Text, 0)
		}
	}
	if ranked(spans[0])[d].Kind == text.Strike {
		if sp.last == '-' || beyond == '-' || strings.HasPrefix(first, "-") || strings.HasSuffix(last, "-") {
			return true
		}
	}
	emoticon := sp.last == '(' && starEnd.MatchString(first) || strings.HasSuffix(last, "(")
	return isWord(sp.last) || sp.last == '\\' || isWord(beyond) || emoticon
}

func (sp *speller) begin(m text.Mark, forced bool) {
	sp.open, sp.force = append(sp.open, m), append(sp.force, forced)
	switch m.Kind {
	case text.Color:
		sp.put("{color:" + m.Value + "}")
	case text.Link:
		sp.put("[")
	case text.Monospace:
		sp.put("{{")
	default:
		sp.delimiter(m.Kind, forced)
	}
}

// end closes marks until n are open.
func (sp *speller) end(n int) {
	for len(sp.open) > n {
		last := len(sp.open) - 1
		m, forced := sp.open[last], sp.force[last]
		sp.open, sp.force = sp.open[:last], sp.force[:last]
		switch m.Kind {
		case text.Color:
			sp.put("{color}")
		case text.Link:
			sp.put("|" + m.Value + "]")
		case text.Monospace:
			sp.put("}}")
		default:
			sp.delimiter(m.Kind, forced)
		}
	}
}

func (sp *speller) delimiter(m text.MarkKind, forced bool) {
	for c, kind := range delimiters {
		if kind == m && forced {
			sp.put("{" + string(c) + "}")
		} else if kind == m {
			sp.put(string(c))
		}
	}
}

// within reports whether a mark of that kind is open.
func (sp *speller) within(kind text.MarkKind) bool {
	for _, m := range sp.open {
		if m.Kind == kind {
			return true
		}
	}
	return false
}

// address writes a link whose text is its address: bare where nothing touches
// it, else in brackets.
func (sp *speller) address(s string, marks []text.Mark, rest []text.Span) bool {
	last := len(marks) - 1
	if last < 0 || len(sp.open) > last || marks[last].Kind != text.Link {
		return false
	}
	if len(rest) > 0 && common(marks, ranked(rest[0])) > last {
		return false
	}
	url := marks[last].Value
	b, ok := bracketAt("["+url+"]", 0)
	if !ok || b.label != s || b.target != url {
		return false
	}
	for _, m := range marks[len(sp.open):last] {
		sp.begin(m, false)
	}
	end, isBare := urlAt(url, 0)
	free := len(rest) == 0 || rest[0].Kind == text.Plain && len(rest[0].Marks) == 0 && isSpace(after(rest[0].Text, 0))
	if isBare && end == len(url) && s == url && last == 0 && isSpace(sp.last) && free {
		sp.put(url)
	} else {
		sp.put("[" + url + "]")
	}
	return true
}
