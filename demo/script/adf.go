package script

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// A node is a node of the Atlassian Document Format.
type node struct {
	Type    string         `json:"type"`
	Text    string         `json:"text,omitempty"`
	Attrs   map[string]any `json:"attrs,omitempty"`
	Marks   []node         `json:"marks,omitempty"`
	Content []node         `json:"content,omitempty"`
}

func (n node) attr(name string) string {
	if v, ok := n.Attrs[name]; ok && v != nil {
		return fmt.Sprint(v)
	}
	return ""
}

// readADF reads a document of Jira Cloud; null is empty. person returns the
// name that the script knows a mentioned account by.
func readADF(raw []byte, person func(id string) string) (rich, error) {
	var doc *node
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("read document %.60q: %w", raw, err)
	}
	if doc == nil {
		return nil, nil
	}
	r := adfReader{person: person}
	r.blocks(nil, doc.Content)
	return r.out, nil
}

type adfReader struct {
	out    rich
	person func(id string) string
}

func (r *adfReader) blocks(path []string, nodes []node) {
	for _, n := range nodes {
		r.block(path, n)
	}
}

func (r *adfReader) block(path []string, n node) {
	switch n.Type {
	case "paragraph":
		r.out.say(path, "", r.inline(n.Content))
	case "heading":
		r.out.say(path, "heading "+n.attr("level"), r.inline(n.Content))
	case "codeBlock":
		var text strings.Builder
		for _, c := range n.Content {
			text.WriteString(c.Text)
		}
		r.out.sayCode(path, n.attr("language"), text.String())
	case "bulletList":
		r.blocks(with(path, "bullet"), n.Content)
	case "orderedList":
		r.blocks(with(path, "number"), n.Content)
	case "listItem":
		r.blocks(path, n.Content)
	case "blockquote":
		r.blocks(with(path, "quote"), n.Content)
	case "panel":
		r.blocks(with(path, "panel "+n.attr("panelType")), n.Content)
	case "rule":
		r.out.say(path, "rule", nil)
	case "table":
		r.table(path, n)
	case "mediaSingle", "mediaGroup":
		r.out.say(path, "", r.inline(n.Content))
	default:
		r.out.say(path, "unknown "+n.Type, r.inline(n.Content))
	}
}

func (r *adfReader) table(path []string, table node) {
	for i, row := range table.Content {
		for j, cell := range row.Content {
			name := "cell"
			if cell.Type == "tableHeader" {
				name = "header"
			}
			before, place := len(r.out), with(path, fmt.Sprintf("%s %d.%d", name, i+1, j+1))
			r.blocks(place, cell.Content)
			if len(r.out) == before {
				r.out = append(r.out, line{Kind: kind(place, "")})
			}
		}
	}
}

// standIn is what stands at the Cloud for a picture whose file is not there.
var standIn = regexp.MustCompile(`^⟦image:([^⟧]*)⟧$`)

func (r *adfReader) inline(nodes []node) []glyph {
	var out []glyph
	for _, n := range nodes {
		switch n.Type {
		case "text":
			if m := standIn.FindStringSubmatch(n.Text); m != nil {
				out = append(out, glyphs(m[1], []string{"image"})...)
			} else {
				out = append(out, glyphs(n.Text, adfMarks(n.Marks))...)
			}
		case "hardBreak":
			out = append(out, glyph{char: '\n'})
		case "mention":
			out = append(out, glyphs("@"+r.person(n.attr("id")), []string{"mention"})...)
		case "inlineCard":
			out = append(out, glyphs(n.attr("url"), []string{"card"})...)
		case "emoji":
			out = append(out, glyphs(n.attr("shortName"), []string{"emoji"})...)
		case "media", "mediaInline":
			out = append(out, glyphs(first(n.attr("alt"), n.attr("url"), n.attr("id")), []string{"image"})...)
		default:
			out = append(out, r.inline(n.Content)...)
		}
	}
	return out
}

// adfMarks names marks as the script does.
func adfMarks(marks []node) []string {
	var out []string
	for _, m := range marks {
		switch m.Type {
		case "subsup":
			out = append(out, m.attr("type"))
		case "link":
			out = append(out, "link="+m.attr("href"))
		case "textColor":
			out = append(out, "color="+strings.ToLower(m.attr("color")))
		case "backgroundColor":
			out = append(out, "background="+strings.ToLower(m.attr("color")))
		default: // strong, em, code, strike, underline
			out = append(out, m.Type)
		}
	}
	return out
}

// first returns the first that is not empty.
func first(of ...string) string {
	for _, s := range of {
		if s != "" {
			return s
		}
	}
	return ""
}
