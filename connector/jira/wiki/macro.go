package wiki

import (
	"strings"

	"example.com/accord/text"
)

// lift puts an atom in the place of every macro of s.
func (p *parser) lift(s string) string {
	ts := p.tags(s)
	return p.fold(s, 0, len(s), ts, 0, len(ts))
}

// fold lifts s[from:to], whose tags are ts[lo:hi].
func (p *parser) fold(s string, from, to int, ts []tag, lo, hi int) string {
	var out strings.Builder
	ends := map[int]bool{} // tags that close a colour
	for i := lo; i < hi; i++ {
		t, held := ts[i], ""
		last := i // the tag that ends it
		switch {
		case t.held != "":
			held = t.held
		case ends[i]:
			held = p.hold(atom{ends: true})
		case container(t.name):
			if t.next == none || t.next >= hi {
				continue
			}
			last = t.next
			held = p.hold(atom{block: p.contain(s, t, ts, i)})
		case t.colors():
			end := colorEnd(ts, i, hi)
			if end == none {
				continue
			}
			ends[end] = true
			held = p.hold(atom{color: readColor(t.params)})
		default:
			continue
		}
		out.WriteString(s[from:t.start])
		out.WriteString(held)
		from, i = ts[last].end, last
	}
	out.WriteString(s[from:to])
	return out.String()
}

// contain reads a quote or panel from the tag ts[i] to the one that closes it.
func (p *parser) contain(s string, t tag, ts []tag, i int) *text.Block {
	colors, quoted := p.colors, p.quoted
	p.colors, p.quoted = nil, quoted || t.name == "quote"
	body := p.fold(s, t.end, ts[t.next].start, ts, i+1, t.next)
	b := text.Block{Kind: text.Panel, Attrs: attrs(t.words()), Blocks: p.blocks(body, false)}
	if t.name == "quote" {
		b.Kind = text.Quote
	}
	p.colors, p.quoted = colors, quoted
	return &b
}

// colorEnd finds the tag that closes the colour that ts[i] opens.
func colorEnd(ts []tag, i, hi int) int {
	depth := 0
	for j := i + 1; j < hi; j++ {
		switch t := ts[j]; {
		case t.held != "":
		case container(t.name) && t.next != none && t.next < hi:
			j = t.next
		case t.name != "color":
		case t.colors():
			depth++
		case t.bare && depth == 0:
			return j
		case t.bare:
			depth--
		}
	}
	return none
}
