package wiki

import (
	"strings"

	"example.com/accord/text"
)

// An item is one item of a list as it stands on its lines.
type item struct{ markers, content string }

// lists reads the lists that begin at the first line, and says how many lines
// they are. A line that begins nothing goes on with the item before it.
func (p *parser) lists(lines []string, narrow bool) ([]text.Block, int) {
	var items []item
	n := 0
	for ; n < len(lines); n++ {
		st := startOf(lines[n], narrow)
		if st.kind == text.Item {
			items = append(items, item{st.markers, st.rest})
			continue
		}
		if !goesOn(lines[n], narrow) {
			break
		}
		items[len(items)-1].content += "\n" + lines[n]
	}
	return p.nest(items, 0), n
}

// nest builds the lists of items at a depth: a run of one marker is a list, and
// what is deeper belongs to the item before it.
func (p *parser) nest(items []item, depth int) []text.Block {
	var out []text.Block
	for i := 0; i < len(items); {
		marker := items[i].markers[depth]
		list := text.Block{Kind: text.BulletList}
		if marker == '#' {
			list.Kind = text.OrderedList
		}
		for i < len(items) && items[i].markers[depth] == marker {
			var it text.Block
			it.Kind = text.Item
			if len(items[i].markers) == depth+1 {
				it.Blocks = p.flow(items[i].content)
				i++
			}
			deeper := i
			for i < len(items) && items[i].markers[depth] == marker && len(items[i].markers) > depth+1 {
				i++
			}
			it.Blocks = append(it.Blocks, p.nest(items[deeper:i], depth+1)...)
			list.Blocks = append(list.Blocks, it)
		}
		out = append(out, list)
	}
	return out
}

// table reads the rows that begin at the first line, and says how many lines
// they are. A row goes on until a line ends with a bar.
func (p *parser) table(lines []string) (text.Block, int) {
	t := text.Block{Kind: text.Table}
	n := 0
	for n < len(lines) && startOf(lines[n], false).kind == text.Table {
		row := strings.TrimLeft(lines[n], space)
		n++
		for n < len(lines) && !closed(row) && !blank(lines[n]) && startOf(lines[n], false).kind != text.Table {
			row += "\n" + lines[n]
			n++
		}
		t.Blocks = append(t.Blocks, p.row(row))
	}
	return t, n
}

// closed reports whether row ends with a bar that is no text, and is not only
// the bar it begins with.
func closed(row string) bool {
	row = strings.TrimRight(row, space)
	body, bar := strings.CutSuffix(row, "|")
	escapes := len(body) - len(strings.TrimRight(body, `\`))
	return bar && strings.Trim(row, "|") != "" && escapes%2 == 0
}

// row reads cells: "|" begins a cell and "||" a header; what follows the last
// of them is a cell too, unless it is blank.
func (p *parser) row(s string) text.Block {
	r := text.Block{Kind: text.TableRow}
	for s != "" {
		kind := text.Cell
		s = s[1:]
		if strings.HasPrefix(s, "|") {
			kind, s = text.HeaderCell, s[1:]
		}
		end := p.bar(s)
		if end == len(s) && blank(s) && len(r.Blocks) > 0 {
			break
		}
		content := strings.Trim(s[:end], space+"\n")
		r.Blocks = append(r.Blocks, text.Block{Kind: kind, Blocks: p.blocks(content, true)})
		s = s[end:]
	}
	return r
}

// bar finds the next bar in s that ends a cell.
func (p *parser) bar(s string) int {
	for i := 0; i < len(s); {
		if s[i] == '|' {
			return i
		}
		i = p.skip(s, i)
	}
	return len(s)
}

// skip returns the end of what stands at s[i] and may hold a bar: an escape, an
// atom, a link, an image, monospaced text.
func (p *parser) skip(s string, i int) int {
	switch s[i] {
	case '\\':
		return min(i+2, len(s))
	case '\xff':
		_, end := p.atomAt(s, i)
		return end
	case '[':
		if b, ok := bracketAt(s, i); ok {
			return b.end
		}
	case '!':
		if _, end, ok := imageAt(s, i); ok {
			return end
		}
	case '{':
		if strings.HasPrefix(s[i:], "{{") {
			if _, end, ok := monospace(s, i); ok {
				return end
			}
		}
	}
	return i + 1
}
