package wiki

import (
	"strconv"
	"strings"

	"example.com/accord/text"
)

// A parser reads one text. Macros are taken out of it first and stand in it as
// atoms; the rest is read line by line, and lines from left to right.
type parser struct {
	atoms  []atom
	colors []string // open at this point of the text, innermost last
	quoted bool     // it stands in {quote}
}

// An atom is a piece of text that was read already: one of its fields is set.
type atom struct {
	block *text.Block // stands for itself, whatever is before or behind it
	span  *text.Span
	color string // begins a colour
	ends  bool   // ends one
}

// hold keeps a and returns what stands for it: no valid UTF-8 has these bytes.
func (p *parser) hold(a atom) string {
	p.atoms = append(p.atoms, a)
	return "\xff" + strconv.Itoa(len(p.atoms)-1) + "\xfe"
}

func holdsAtom(s string) bool { return strings.IndexByte(s, '\xff') >= 0 }

// atomAt returns the atom at s[i] and where it ends.
func (p *parser) atomAt(s string, i int) (a atom, end int) {
	end = i + strings.IndexByte(s[i:], '\xfe') + 1
	n, _ := strconv.Atoi(s[i+1 : end-1])
	return p.atoms[n], end
}

// blockAt finds the first atom of s that is a block.
func (p *parser) blockAt(s string) (b *text.Block, start, end int) {
	for i := 0; i < len(s); {
		n := strings.IndexByte(s[i:], '\xff')
		if n < 0 {
			break
		}
		a, end := p.atomAt(s, i+n)
		if a.block != nil {
			return a.block, i + n, end
		}
		i = end
	}
	return nil, len(s), len(s)
}
