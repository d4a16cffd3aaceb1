package script

import (
	"fmt"
	"strings"
)

// adf writes p as Jira Cloud takes it.
func (p prose) adf() node {
	switch p.kind {
	case "heading":
		return node{Type: "heading", Attrs: map[string]any{"level": p.level}, Content: adfLine(p.lines[0])}
	case "bullet", "number":
		list, _ := p.adfList(0, 1)
		return list
	case "code":
		n := node{Type: "codeBlock", Content: []node{{Type: "text", Text: p.code()}}}
		if p.language != "" {
			n.Attrs = map[string]any{"language": p.language}
		}
		return n
	case "quote":
		return node{Type: "blockquote", Content: p.adfParagraphs()}
	case "panel":
		return node{Type: "panel", Attrs: map[string]any{"panelType": p.panel}, Content: p.adfParagraphs()}
	case "table":
		return p.adfTable()
	case "rule":
		return node{Type: "rule"}
	}
	return node{Type: "paragraph", Content: adfLine(p.lines[0])}
}

func (p prose) code() string {
	var lines []string
	for _, l := range p.lines {
		lines = append(lines, l[0].words)
	}
	return strings.Join(lines, "\n")
}

func (p prose) adfParagraphs() []node {
	var out []node
	for _, l := range p.lines {
		out = append(out, node{Type: "paragraph", Content: adfLine(l)})
	}
	return out
}

// adfList returns the list that begins at line i with its depth, and the line after it.
func (p prose) adfList(i, depth int) (node, int) {
	list := node{Type: map[string]string{"bullet": "bulletList", "number": "orderedList"}[p.kind]}
	for i < len(p.lines) && p.depth[i] >= depth {
		item := node{Type: "listItem", Content: []node{{Type: "paragraph", Content: adfLine(p.lines[i])}}}
		if i++; i < len(p.lines) && p.depth[i] > depth {
			var inner node
			inner, i = p.adfList(i, depth+1)
			item.Content = append(item.Content, inner)
		}
		list.Content = append(list.Content, item)
	}
	return list, i
}

func (p prose) adfTable() node {
	table := node{Type: "table"}
	for i := 0; i < len(p.lines); i += 3 {
		row := node{Type: "tableRow"}
		for _, l := range p.lines[i : i+3] {
			cell := map[bool]string{true: "tableHeader", false: "tableCell"}[i == 0]
			row.Content = append(row.Content, node{Type: cell, Content: []node{{Type: "paragraph", Content: adfLine(l)}}})
		}
		table.Content = append(table.Content, row)
	}
	return table
}

func adfLine(line []piece) []node {
	var out []node
	for i, p := range line {
		if i > 0 {
			out = append(out, node{Type: "text", Text: " "})
		}
		if p.person != nil {
			out = append(out, node{Type: "mention", Attrs: map[string]any{"id": p.person.Cloud, "text": "@" + p.person.Name}})
			continue
		}
		n := node{Type: "text", Text: p.words}
		for _, m := range p.marks {
			if m == "sub" || m == "sup" {
				n.Marks = append(n.Marks, node{Type: "subsup", Attrs: map[string]any{"type": m}})
			} else {
				n.Marks = append(n.Marks, node{Type: m})
			}
		}
		if p.href != "" {
			n.Marks = append(n.Marks, node{Type: "link", Attrs: map[string]any{"href": p.href}})
		}
		if p.colour != "" {
			n.Marks = append(n.Marks, node{Type: "textColor", Attrs: map[string]any{"color": p.colour}})
		}
		out = append(out, n)
	}
	return out
}

// wiki writes p as Jira Data Center takes it.
func (p prose) wiki() string {
	var b strings.Builder
	switch p.kind {
	case "heading":
		fmt.Fprintf(&b, "h%d. %s", p.level, wikiLine(p.lines[0]))
	case "bullet", "number":
		for i, l := range p.lines {
			sign := map[string]string{"bullet": "*", "number": "#"}[p.kind]
			fmt.Fprintf(&b, "%s %s\n", strings.Repeat(sign, p.depth[i]), wikiLine(l))
		}
	case "code":
		if p.language == "" {
			fmt.Fprintf(&b, "{noformat}\n%s\n{noformat}", p.code())
		} else {
			fmt.Fprintf(&b, "{code:%s}\n%s\n{code}", p.language, p.code())
		}
	case "quote":
		fmt.Fprintf(&b, "{quote}\n%s\n{quote}", p.wikiParagraphs())
	case "panel":
		colour := map[string]string{"info": "#deebff", "note": "#eae6ff", "warning": "#fffae6", "error": "#ffebe6", "success": "#e3fcef"}
		fmt.Fprintf(&b, "{panel:bgColor=%s}\n%s\n{panel}", colour[p.panel], p.wikiParagraphs())
	case "table":
		for i := 0; i < len(p.lines); i += 3 {
			bar := map[bool]string{true: "||", false: "|"}[i == 0]
			for _, l := range p.lines[i : i+3] {
				b.WriteString(bar + wikiLine(l))
			}
			b.WriteString(bar + "\n")
		}
	case "rule":
		b.WriteString("----")
	default:
		b.WriteString(wikiLine(p.lines[0]))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (p prose) wikiParagraphs() string {
	var out []string
	for _, l := range p.lines {
		out = append(out, wikiLine(l))
	}
	return strings.Join(out, "\n\n")
}

func wikiLine(line []piece) string {
	var out []string
	for _, p := range line {
		out = append(out, p.wiki())
	}
	return strings.Join(out, " ")
}

func (p piece) wiki() string {
	if p.person != nil {
		return "[~" + p.person.Server + "]"
	}
	s := escaped(p.words)
	for _, m := range p.marks {
		if m == "code" {
			s = "{{" + p.words + "}}"
			continue
		}
		for _, w := range wikiMarks {
			if w.mark == m {
				s = w.sign + s + w.sign
			}
		}
	}
	if p.href != "" {
		s = "[" + s + "|" + p.href + "]"
	}
	if p.colour != "" {
		s = "{color:" + p.colour + "}" + s + "{color}"
	}
	return s
}

// escaped returns s so that wiki markup takes it as it stands.
func escaped(s string) string {
	var b strings.Builder
	for _, c := range s {
		if strings.ContainsRune(`*_-+^~{}[]|!?#(:`, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return strings.ReplaceAll(b.String(), "h1.", `h1\.`)
}
