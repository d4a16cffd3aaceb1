package wiki

import (
	"slices"
	"strings"

	"example.com/accord/text"
)

// rank orders the marks from the outermost to the innermost. A mark's run ends
// where one of those before it changes.
var rank = []text.MarkKind{text.Color, text.Link, text.Strong, text.Emphasis, text.Strike, text.Underline, text.Sub, text.Super, text.Monospace}

// tidy brings spans into the form that markup can say: see the package comment.
func tidy(spans []text.Span) []text.Span {
	spans = slices.Clone(spans)
	for r := range rank {
		spans = trim(spans, r)
	}
	return text.Canonical(text.Doc{{Kind: text.Paragraph, Spans: spans}, {Kind: text.Rule}})[0].Spans
}

// trim takes the mark of one rank off the spaces at the edges of its runs.
func trim(spans []text.Span, r int) []text.Span {
	if !slices.ContainsFunc(spans, func(s text.Span) bool { _, ok := markOf(s, rank[r]); return ok }) {
		return spans
	}
	var out []text.Span
	for i := 0; i < len(spans); {
		j := i + 1
		for j < len(spans) && alike(spans[i], spans[j], r) {
			j++
		}
		run := spans[i:j]
		i = j
		if _, ok := markOf(run[0], rank[r]); !ok {
			out = append(out, run...)
			continue
		}
		out = append(out, trimRun(run, rank[r])...)
	}
	return out
}

// trimRun takes mark m off the spaces at both ends of run.
func trimRun(run []text.Span, m text.MarkKind) []text.Span {
	var head, tail []text.Span
	for len(run) > 0 {
		s := run[0]
		rest := strings.TrimLeft(s.Text, space)
		head = append(head, without(s, m, s.Text[:len(s.Text)-len(rest)]))
		if run = run[1:]; rest != "" {
			s.Text = rest
			run = append([]text.Span{s}, run...)
			break
		}
	}
	for len(run) > 0 {
		s := run[len(run)-1]
		rest := strings.TrimRight(s.Text, space)
		tail = append(tail, without(s, m, s.Text[len(rest):]))
		if run = run[:len(run)-1]; rest != "" {
			s.Text = rest
			run = append(slices.Clone(run), s)
			break
		}
	}
	slices.Reverse(tail)
	return slices.Concat(head, run, tail)
}

// alike reports whether two spans have the same marks up to rank r.
func alike(s, t text.Span, r int) bool {
	if s.Kind != text.Plain || t.Kind != text.Plain {
		return false
	}
	for _, m := range rank[:r+1] {
		a, hasA := markOf(s, m)
		b, hasB := markOf(t, m)
		if a != b || hasA != hasB {
			return false
		}
	}
	return true
}

func markOf(s text.Span, kind text.MarkKind) (text.Mark, bool) {
	for _, m := range s.Marks {
		if m.Kind == kind {
			return m, true
		}
	}
	return text.Mark{}, false
}

// without is s with the text given, without mark m.
func without(s text.Span, m text.MarkKind, txt string) text.Span {
	s.Text = txt
	s.Marks = slices.DeleteFunc(slices.Clone(s.Marks), func(x text.Mark) bool { return x.Kind == m })
	return s
}

// ranked returns the marks of s from the outermost to the innermost.
func ranked(s text.Span) []text.Mark {
	var out []text.Mark
	for _, kind := range rank {
		if m, ok := markOf(s, kind); ok {
			out = append(out, m)
		}
	}
	return out
}
