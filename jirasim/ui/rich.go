package ui

import (
	"cmp"
	"html"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/jirasim/world"
	"example.com/accord/text"
)

// A printer writes rich text as HTML.
type printer struct {
	strings.Builder
	w *world.World
	i *world.Issue // whose files are shown; nil: none
}

// rich shows wiki markup as HTML.
func rich(w *world.World, i *world.Issue, markup string) template.HTML {
	p := printer{w: w, i: i}
	p.blocks(wiki.Decode(markup))
	return template.HTML(p.String()) // all that is not a tag of ours is escaped
}

func (p *printer) text(s string) { p.WriteString(html.EscapeString(s)) }

// in writes a tag around what inside writes.
func (p *printer) in(tag, attrs string, inside func()) {
	p.WriteString("<" + tag + attrs + ">")
	inside()
	p.WriteString("</" + tag + ">")
}

func (p *printer) blocks(bs []text.Block) {
	for _, b := range bs {
		p.block(b)
	}
}

func (p *printer) block(b text.Block) {
	spans, blocks := func() { p.spans(b.Spans) }, func() { p.blocks(b.Blocks) }
	tags := map[text.Kind]string{text.BulletList: "ul", text.Item: "li", text.Quote: "blockquote", text.TableRow: "tr", text.Cell: "td", text.HeaderCell: "th"}
	switch b.Kind {
	case text.Paragraph:
		p.in("p", "", spans)
	case text.Heading:
		p.in("h"+level(b.Attrs["level"]), "", spans)
	case text.Code:
		p.in("pre", "", func() { p.in("code", "", spans) })
	case text.OrderedList:
		p.in("ol", ` start="`+html.EscapeString(cmp.Or(b.Attrs["start"], "1"))+`"`, blocks)
	case text.Panel:
		p.in("div", ` class="panel `+html.EscapeString(b.Attrs["type"])+`"`, func() {
			if t := b.Attrs["title"]; t != "" {
				p.in("strong", "", func() { p.text(t) })
			}
			blocks()
		})
	case text.Rule:
		p.WriteString("<hr>")
	case text.Table:
		p.in("div", ` class="wide"`, func() { p.in("table", "", blocks) })
	case text.Foreign:
		p.in("pre", ` class="foreign"`, func() { p.text(b.Raw) })
	default:
		p.in(cmp.Or(tags[b.Kind], "div"), "", blocks)
	}
}

// level lets the headings of a text stand below those of the page.
func level(s string) string {
	below := map[string]string{"1": "3", "2": "4", "3": "5"}
	return cmp.Or(below[s], "6")
}

func (p *printer) spans(ss []text.Span) {
	for _, s := range ss {
		p.marked(s, s.Marks)
	}
}

// marked writes a span inside of its marks.
func (p *printer) marked(s text.Span, marks []text.Mark) {
	if len(marks) == 0 {
		p.span(s)
		return
	}
	tags := map[text.MarkKind]string{text.Strong: "strong", text.Emphasis: "em", text.Monospace: "code", text.Strike: "s",
		text.Underline: "u", text.Sub: "sub", text.Super: "sup"}
	inside := func() { p.marked(s, marks[1:]) }
	switch m := marks[0]; {
	case m.Kind == text.Link && harmless(m.Value):
		p.in("a", ` target="_blank" rel="noopener noreferrer" href="`+html.EscapeString(m.Value)+`"`, inside)
	case m.Kind == text.Color || m.Kind == text.Highlight:
		p.in("span", ` class="`+string(m.Kind)+`"`, inside) // which colour: a page allows no styles in its text
	default:
		p.in(cmp.Or(tags[m.Kind], "span"), "", inside)
	}
}

// harmless reports whether an address may be followed from a page.
func harmless(to string) bool {
	u, err := url.Parse(to)
	return err == nil && slices.Contains([]string{"http", "https", "mailto", ""}, strings.ToLower(u.Scheme)) && !strings.HasPrefix(to, "//")
}

func (p *printer) span(s text.Span) {
	switch s.Kind {
	case text.Plain:
		p.text(s.Text)
	case text.Break:
		p.WriteString("<br>")
	case text.Mention:
		p.in("span", ` class="mention"`, func() { p.text("@" + p.called(s)) })
	case text.Card:
		p.marked(text.Span{Kind: text.Plain, Text: s.Attrs["url"]}, []text.Mark{{Kind: text.Link, Value: s.Attrs["url"]}})
	case text.Emoji:
		p.text(cmp.Or(s.Text, s.Attrs["name"]))
	case text.Image:
		p.image(cmp.Or(s.Attrs["name"], s.Attrs["url"]))
	default:
		p.in("code", ` class="foreign"`, func() { p.text(s.Raw) })
	}
}

// image shows a file of the issue; one from elsewhere, or none, is a name.
func (p *printer) image(name string) {
	if p.i != nil {
		for _, a := range p.i.Attachments {
			if a.Name == name && pictured(a.Type) {
				p.WriteString(`<img alt="` + html.EscapeString(name) + `" src="` + fileAt(a.ID) + `">`)
				return
			}
		}
	}
	p.in("span", ` class="image"`, func() { p.text(name) })
}

// called is the name of who is mentioned.
func (p *printer) called(s text.Span) string {
	if u := p.w.Login(s.Attrs["id"]); u != nil {
		return u.Display
	}
	return cmp.Or(s.Text, s.Attrs["id"])
}
