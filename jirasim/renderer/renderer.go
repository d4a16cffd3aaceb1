// Package renderer shows rich text as HTML, as Jira's renderer does: paragraphs,
// headings, links, pictures and rules as recorded, the rest unverified. All that
// is not a tag of its own is escaped, and no address runs a script.
package renderer

import (
	"cmp"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/text"
)

// A Page is where rich text is shown.
type Page struct {
	Person func(id, called string) (name, href string) // who is mentioned, and the address of his profile; empty: none
	File   func(name, at string) (src string)          // where a picture is that was named, or whose address was given; empty: it is not shown

	Below int  // how many levels headings stand below their own
	Bare  bool // no styles, and what is said of a picture instead
}

// HTML is a document as HTML.
func (p Page) HTML(d text.Doc) string { return strings.TrimSuffix(p.blocks(d, "\n"), "\n") }

func (p Page) blocks(bs []text.Block, after string) string {
	var out strings.Builder
	for _, b := range bs {
		out.WriteString(p.block(b) + after)
	}
	return out.String()
}

// style is an attribute with a style, where a page lets text have one.
func (p Page) style(s string) string {
	if p.Bare {
		return ""
	}
	return ` style="` + s + `"`
}

func (p Page) block(b text.Block) string {
	switch b.Kind {
	case text.Paragraph:
		return "<p>" + p.spans(b.Spans) + "</p>"
	case text.Heading:
		n, _ := strconv.Atoi(b.Attrs["level"]) // what is no number is none
		tag := "h" + strconv.Itoa(min(max(n, 1)+p.Below, 6))
		return "<" + tag + `><a name="` + html.EscapeString(anchor(b.Spans)) + `"></a>` + p.spans(b.Spans) + "</" + tag + ">"
	case text.Code:
		return `<div class="code panel"` + p.style("border-width: 1px;") + `><div class="codeContent panelContent">` + "\n" +
			`<pre class="code-` + html.EscapeString(cmp.Or(b.Attrs["language"], "java")) + `">` + html.EscapeString(plain(b.Spans)) + "</pre>\n</div></div>"
	case text.BulletList:
		return "<ul>\n" + p.blocks(b.Blocks, "\n") + "</ul>\n"
	case text.OrderedList:
		return "<ol>\n" + p.blocks(b.Blocks, "\n") + "</ol>\n"
	case text.Item:
		return "\t<li>" + p.tight(b.Blocks) + "</li>"
	case text.Quote:
		return "<blockquote>" + p.blocks(b.Blocks, "") + "</blockquote>"
	case text.Panel:
		return p.panel(b)
	case text.Rule:
		return "<hr />"
	case text.Table:
		return "<div class='table-wrap'>\n<table class='confluenceTable'><tbody>\n" + p.blocks(b.Blocks, "\n") + "</tbody></table>\n</div>\n"
	case text.TableRow:
		return "<tr>\n" + p.blocks(b.Blocks, "\n") + "</tr>"
	case text.HeaderCell:
		return "<th class='confluenceTh'>" + p.tight(b.Blocks) + "</th>"
	case text.Cell:
		return "<td class='confluenceTd'>" + p.tight(b.Blocks) + "</td>"
	}
	return `<pre class="foreign">` + html.EscapeString(b.Raw) + "</pre>"
}

func (p Page) panel(b text.Block) string {
	head := ""
	if t := b.Attrs["title"]; t != "" {
		head = `<div class="panelHeader"` + p.style("border-bottom-width: 1px;") + `><b>` + html.EscapeString(t) + "</b></div>"
	}
	return `<div class="panel"` + p.style("border-width: 1px;") + ">" + head + `<div class="panelContent">` + "\n" + p.blocks(b.Blocks, "\n") + "</div></div>"
}

// tight is what stands in an item or a cell: its first paragraph has no tags.
func (p Page) tight(bs []text.Block) string {
	if len(bs) > 0 && bs[0].Kind == text.Paragraph {
		return p.spans(bs[0].Spans) + p.blocks(bs[1:], "")
	}
	return p.blocks(bs, "")
}

func anchor(spans []text.Span) string {
	return strings.Join(strings.Fields(plain(spans)), "")
}

func plain(spans []text.Span) string {
	var out strings.Builder
	for _, s := range spans {
		out.WriteString(s.Text)
	}
	return out.String()
}

func (p Page) spans(ss []text.Span) string {
	var out strings.Builder
	for _, s := range ss {
		out.WriteString(p.span(s))
	}
	return out.String()
}

func (p Page) span(s text.Span) string {
	in := ""
	switch s.Kind {
	case text.Plain:
		in = html.EscapeString(s.Text)
	case text.Break:
		return "<br/>\n"
	case text.Mention:
		in = p.mention(s)
	case text.Card:
		in = linked(s.Attrs["url"], html.EscapeString(s.Attrs["url"]))
	case text.Emoji:
		in = html.EscapeString(cmp.Or(s.Text, s.Attrs["name"]))
	case text.Image:
		in = p.picture(s)
	default:
		in = `<code class="foreign">` + html.EscapeString(s.Raw) + "</code>"
	}
	for _, m := range slices.Backward(s.Marks) {
		in = marked(m, in)
	}
	return in
}

func (p Page) mention(s text.Span) string {
	name, href := p.Person(s.Attrs["id"], s.Text)
	if href == "" {
		return `<span class="user-hover">@` + html.EscapeString(name) + "</span>"
	}
	return `<a href="` + html.EscapeString(href) + `" class="user-hover" rel="` + html.EscapeString(s.Attrs["id"]) + `">` + html.EscapeString(name) + "</a>"
}

func (p Page) picture(s text.Span) string {
	src := p.File(s.Attrs["name"], s.Attrs["url"])
	switch {
	case src == "" || !harmless(src):
		return html.EscapeString("!" + cmp.Or(s.Attrs["name"], s.Attrs["url"]) + "!")
	case p.Bare:
		return `<span class="image-wrap"><img src="` + html.EscapeString(src) + `" alt="` + html.EscapeString(s.Attrs["name"]) + `" /></span>`
	}
	return `<span class="image-wrap" style=""><img src="` + html.EscapeString(src) + `" style="border: 0px solid black" /></span>`
}

// linked is a link to elsewhere; to nowhere that could do harm.
func linked(to, in string) string {
	if !harmless(to) {
		return in
	}
	return `<a href="` + html.EscapeString(to) + `" class="external-link" rel="nofollow">` + in + "</a>"
}

// harmless reports whether an address may be followed from a page.
func harmless(to string) bool {
	u, err := url.Parse(to)
	return err == nil && slices.Contains([]string{"http", "https", "mailto", "ftp", ""}, strings.ToLower(u.Scheme)) && !strings.HasPrefix(to, "//")
}

func marked(m text.Mark, in string) string {
	switch m.Kind {
	case text.Link:
		return linked(m.Value, in)
	case text.Color:
		return `<font color="` + html.EscapeString(m.Value) + `">` + in + "</font>"
	case text.Highlight:
		return "<mark>" + in + "</mark>"
	}
	tag := map[text.MarkKind]string{text.Strong: "b", text.Emphasis: "em", text.Monospace: "tt", text.Strike: "del", text.Underline: "ins", text.Sub: "sub", text.Super: "sup"}[m.Kind]
	if tag == "" {
		return in
	}
	return "<" + tag + ">" + in + "</" + tag + ">"
}
