package wiki

import (
	"slices"
	"strings"

	"example.com/accord/text"
)

// A writer writes one text.
type writer struct {
	alone map[string]bool // tags that stood alone on a line, by name
	open  map[string]bool // macros that what is being written stands in
	cell  bool            // so does a cell: no bar may stand bare
	item  string          // the markers of the item
}

// blocks writes blocks below each other. In a tight place, an item or a cell,
// a blank line would end it.
func (w *writer) blocks(bs []text.Block, tight bool) string {
	var parts []string
	for _, b := range bs {
		if s := w.block(b, tight); s != "" {
			parts = append(parts, s)
		}
	}
	if tight {
		return strings.Join(parts, "\n")
	}
	return strings.Join(parts, "\n\n")
}

func (w *writer) block(b text.Block, tight bool) string {
	switch b.Kind {
	case text.Paragraph:
		return w.paragraph(b.Spans)
	case text.Heading:
		return w.heading(b, tight)
	case text.Code:
		return w.code(b)
	case text.BulletList, text.OrderedList:
		return w.list(b)
	case text.Quote, text.Panel:
		return w.contain(b, tight)
	case text.Rule:
		if !tight {
			return "----"
		}
		return ""
	case text.Table:
		if !tight {
			return w.table(b)
		}
		return w.rows(b)
	case text.Foreign:
		return w.foreign(b)
	}
	return w.blocks(append(slices.Clone(b.Blocks), text.Block{Kind: text.Paragraph, Spans: b.Spans}), tight)
}

func (w *writer) heading(b text.Block, tight bool) string {
	if tight {
		return w.paragraph(b.Spans)
	}
	level := b.Attrs["level"]
	if len(level) != 1 || level < "1" || level > "6" {
		level = "6"
	}
	if s := w.line(b.Spans); s != "" {
		return "h" + level + ". " + keepFront(s)
	}
	return ""
}

// keepFront keeps a space at the front of s, which would be taken for the space
// behind a marker.
func keepFront(s string) string {
	if s != "" && strings.IndexByte(space, s[0]) >= 0 {
		return entity(rune(s[0])) + s[1:]
	}
	return s
}

// keepBack keeps a space at the end of a cell, and an item without content.
func keepBack(s string) string {
	n := len(s) - 1
	if n < 0 || strings.IndexByte(space, s[n]) < 0 {
		return s
	}
	if last := s[strings.LastIndexByte(s, '\n')+1:]; strings.Trim(last, "*#") == " " && len(last) > 1 {
		return s + entity(' ')
	}
	return s[:n] + entity(rune(s[n]))
}

func (w *writer) code(b text.Block) string {
	var body strings.Builder
	for _, s := range b.Spans {
		if s.Kind == text.Break {
			body.WriteByte('\n')
		}
		body.WriteString(s.Text)
	}
	txt := clean(body.String())
	for _, tag := range []string{tagOf(b), "noformat", "code:none"} {
		name, _, _ := strings.Cut(tag, ":")
		if end := "{" + name + "}"; !strings.Contains(txt, end) {
			return "{" + tag + "}\n" + txt + "\n" + end
		}
	}
	return w.paragraph([]text.Span{{Kind: text.Plain, Text: txt}})
}

// contain writes a quote or panel; inside another of its name only what it holds.
func (w *writer) contain(b text.Block, tight bool) string {
	tag := tagOf(b)
	name, _, _ := strings.Cut(tag, ":")
	if w.open[name] {
		return w.blocks(b.Blocks, tight)
	}
	inner := *w
	inner.open = map[string]bool{name: true}
	for n := range w.open {
		inner.open[n] = true
	}
	inner.cell, inner.item = false, ""
	return "{" + tag + "}\n" + inner.blocks(b.Blocks, false) + "\n{" + name + "}"
}

func (w *writer) list(b text.Block) string {
	marker := "*"
	if b.Kind == text.OrderedList {
		marker = "#"
	}
	inner := *w
	inner.item = w.item[:min(len(w.item), Deepest-1)] + marker
	var items []string
	for _, it := range b.Blocks {
		if it.Kind != text.Item {
			it = text.Block{Blocks: []text.Block{it}}
		}
		content := keepFront(inner.blocks(it.Blocks, true))
		if listFirst(it.Blocks) {
			content = "\n" + content
		}
		items = append(items, inner.item+" "+content)
	}
	return strings.Join(items, "\n")
}

// listFirst reports whether the first thing that bs show is a list.
func listFirst(bs []text.Block) bool {
	for _, b := range bs {
		switch {
		case b.Kind == text.BulletList || b.Kind == text.OrderedList:
			return len(b.Blocks) > 0
		case b.Kind != text.Paragraph || !empty(tidy(sayable(b.Spans))):
			return false
		}
	}
	return false
}

func (w *writer) table(b text.Block) string {
	inner := *w
	inner.cell, inner.item = true, ""
	var rows []string
	for _, cells := range grid(b) {
		var row strings.Builder
		bar := ""
		for _, c := range cells {
			bar = "|"
			if c.Kind == text.HeaderCell {
				bar = "||"
			}
			content := keepBack(keepFront(inner.blocks(c.Blocks, true)))
			if content == "" {
				content = " "
			}
			row.WriteString(bar + content)
		}
		rows = append(rows, row.String()+bar)
	}
	return strings.Join(rows, "\n")
}

// grid is the cells of a table by row. What is no row or no cell becomes one.
func grid(b text.Block) [][]text.Block {
	var out [][]text.Block
	for _, r := range b.Blocks {
		if r.Kind != text.TableRow {
			r = text.Block{Blocks: []text.Block{r}}
		}
		var cells []text.Block
		for _, c := range r.Blocks {
			if c.Kind != text.Cell && c.Kind != text.HeaderCell {
				c = text.Block{Kind: text.Cell, Blocks: []text.Block{c}}
			}
			cells = append(cells, c)
		}
		if len(cells) > 0 {
			out = append(out, cells)
		}
	}
	return out
}

// rows writes a table where there can be none: a line for each row.
func (w *writer) rows(b text.Block) string {
	var lines []string
	for _, cells := range grid(b) {
		var spans []text.Span
		for i, c := range cells {
			if i > 0 {
				spans = append(spans, text.Span{Kind: text.Plain, Text: " | "})
			}
			spans = append(spans, flat(c.Blocks)...)
		}
		if s := w.paragraph(spans); s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

// flat is what bs say, in one line of spans.
func flat(bs []text.Block) []text.Span {
	var out []text.Span
	for _, b := range bs {
		inner := slices.Concat(b.Spans, flat(b.Blocks))
		if b.Kind == text.Foreign {
			inner = []text.Span{{Kind: text.ForeignSpan, Attrs: b.Attrs, Raw: b.Raw}}
		}
		if len(out) > 0 && len(inner) > 0 {
			out = append(out, text.Span{Kind: text.Break})
		}
		out = append(out, inner...)
	}
	return out
}
