package wiki

import "example.com/accord/text"

// pair finds the delimiters of one mark that belong together: on one line, the
// nearest to each other.
func pair(ts []token, m text.MarkKind) {
	open := none
	for i := range ts {
		switch t := &ts[i]; {
		case t.span.Kind == text.Break:
			open = none
		case t.mark != m:
		case open != none && t.closes && i > open+1:
			ts[open].on, t.on = true, true
			ts[open].closes, t.opens = false, false
			open = none
		case t.opens:
			open = i
		}
	}
}

// weave gives every span the marks that are open around it.
func (p *parser) weave(ts []token) []text.Span {
	var out []text.Span
	open := map[text.MarkKind]int{}
	for _, t := range ts {
		switch {
		case t.atom.color != "":
			p.colors = append(p.colors, t.atom.color)
		case t.atom.ends:
			p.colors = p.colors[:max(0, len(p.colors)-1)]
		case t.on && t.opens:
			open[t.mark]++
			if t.mark == cite {
				out = append(out, text.Span{Kind: text.Plain, Text: "— ", Marks: p.marks(open, nil)})
			}
		case t.on:
			open[t.mark]--
		default:
			if t.span.Kind == text.Plain {
				t.span.Marks = p.marks(open, t.span.Marks)
			}
			out = append(out, t.span)
		}
	}
	return out
}

// marks are those of a span with its own, at a place where others are open.
func (p *parser) marks(open map[text.MarkKind]int, own []text.Mark) []text.Mark {
	out := append([]text.Mark{}, own...)
	add := func(m text.Mark) {
		for _, o := range out {
			if o.Kind == m.Kind {
				return
			}
		}
		out = append(out, m)
	}
	for m, n := range open {
		if m == cite {
			m = text.Emphasis
		}
		if n > 0 {
			add(text.Mark{Kind: m})
		}
	}
	if len(p.colors) > 0 {
		add(text.Mark{Kind: text.Color, Value: p.colors[len(p.colors)-1]})
	}
	return out
}
