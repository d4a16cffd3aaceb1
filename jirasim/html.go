package jirasim

import (
	"html"
	"net/url"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
	"example.com/accord/text"
)

// html shows native rich text as Jira's renderer does. Paragraphs, headings,
// links, pictures and rules are as recorded, the rest is unverified.
func (v view) html(native string, at *world.Issue) string {
	p := printer{v: v, at: at}
	return strings.TrimSuffix(p.blocks(v.w.Tree(native), "\n"), "\n")
}

// A printer writes HTML.
type printer struct {
	v  view
	at *world.Issue // whose files pictures name
}

func (p printer) blocks(bs []text.Block, after string) string {
	var out strings.Builder
	for _, b := range bs {
		out.WriteString(p.block(b) + after)
	}
	return out.String()
}

func (p printer) block(b text.Block) string {
	switch b.Kind {
	case text.Paragraph:
		return "<p>" + p.spans(b.Spans) + "</p>"
	case text.Heading:
		tag := "h" + html.EscapeString(b.Attrs["level"])
		return "<" + tag + `><a name="` + html.EscapeString(anchor(b.Spans)) + `"></a>` + p.spans(b.Spans) + "</" + tag + ">"
	case text.Code:
		return `<div class="code panel" style="border-width: 1px;"><div class="codeContent panelContent">` + "\n" +
			`<pre class="code-` + html.EscapeString(language(b)) + `">` + html.EscapeString(plain(b.Spans)) + "</pre>\n</div></div>"
	case text.BulletList:
		return "<ul>\n" + p.blocks(b.Blocks, "\n") + "</ul>\n"
	case text.OrderedList:
		return "<ol>\n" + p.blocks(b.Blocks, "\n") + "</ol>\n"
	case text.Item:
		return "\t<li>" + p.tight(b.Blocks) + "</li>"
	case text.Quote:
		return "<blockquote>" + p.blocks(b.Blocks, "") + "</blockquote>"
	case text.Panel:
		return `<div class="panel" style="border-width: 1px;"><div class="panelContent">` + "\n" + p.blocks(b.Blocks, "\n") + "</div></div>"
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
	return "" // what the renderer does not know is not there
}

// tight is what stands in an item or a cell: its first paragraph has no tags.
func (p printer) tight(bs []text.Block) string {
	if len(bs) > 0 && bs[0].Kind == text.Paragraph {
		return p.spans(bs[0].Spans) + p.blocks(bs[1:], "")
	}
	return p.blocks(bs, "")
}

func anchor(spans []text.Span) string {
	return strings.Join(strings.Fields(plain(spans)), "")
}

func language(b text.Block) string {
	if l := b.Attrs["language"]; l != "" {
		return l
	}
	return "java"
}

func plain(spans []text.Span) string {
	var out strings.Builder
	for _, s := range spans {
		out.WriteString(s.Text)
	}
	return out.String()
}

func (p printer) spans(ss []text.Span) string {
	var out strings.Builder
	for _, s := range ss {
		out.WriteString(p.span(s))
	}
	return out.String()
}

func (p printer) span(s text.Span) string {
	in := ""
	switch s.Kind {
	case text.Plain:
		in = html.EscapeString(s.Text)
	case text.Break:
		return "<br/>\n"
	case text.Mention:
		in = p.mention(s)
	case text.Card:
		in = external(s.Attrs["url"], html.EscapeString(s.Attrs["url"]))
	case text.Emoji:
		in = html.EscapeString(s.Text + map[bool]string{true: s.Attrs["name"]}[s.Text == ""])
	case text.Image:
		in = p.picture(s)
	}
	for _, m := range slices.Backward(s.Marks) {
		in = marked(m, in)
	}
	return in
}

func (p printer) mention(s text.Span) string {
	name := s.Text
	if u := p.v.w.User(s.Attrs["id"]); u != nil {
		name = u.Display
	} else if u := p.v.w.Login(s.Attrs["id"]); u != nil {
		name = u.Display
	}
	who := "name=" + url.QueryEscape(s.Attrs["id"])
	if p.v.cloud() {
		who = "accountId=" + url.QueryEscape(s.Attrs["id"])
	}
	return `<a href="` + html.EscapeString(p.v.base+"/secure/ViewProfile.jspa?"+who) + `" class="user-hover" rel="` + html.EscapeString(s.Attrs["id"]) + `">` + html.EscapeString(name) + "</a>"
}

func (p printer) picture(s text.Span) string {
	at := s.Attrs["url"]
	if name := s.Attrs["name"]; at == "" && p.at != nil {
		for _, a := range slices.Backward(p.at.Attachments) {
			if a.Name == name {
				at = p.v.attachment(a)["content"].(string)
				break
			}
		}
	}
	if at == "" {
		return html.EscapeString("!" + s.Attrs["name"] + "!")
	}
	return `<span class="image-wrap" style=""><img src="` + html.EscapeString(at) + `" style="border: 0px solid black" /></span>`
}

func external(to, in string) string {
	return `<a href="` + html.EscapeString(to) + `" class="external-link" rel="nofollow">` + in + "</a>"
}

func marked(m text.Mark, in string) string {
	switch m.Kind {
	case text.Link:
		return external(m.Value, in)
	case text.Color:
		return `<font color="` + html.EscapeString(m.Value) + `">` + in + "</font>"
	}
	tag := map[text.MarkKind]string{text.Strong: "b", text.Emphasis: "em", text.Monospace: "tt", text.Strike: "del", text.Underline: "ins", text.Sub: "sub", text.Super: "sup"}[m.Kind]
	if tag == "" {
		return in
	}
	return "<" + tag + ">" + in + "</" + tag + ">"
}
