package ui

import (
	"cmp"
	"html/template"

	"example.com/accord/connector/jira/wiki"
	"example.com/accord/jirasim/renderer"
	"example.com/accord/jirasim/world"
)

// rich shows wiki markup as HTML: headings below those of the page, pictures only
// of the issue's own files, and no styles, which the page does not allow.
func rich(w *world.World, i *world.Issue, markup string) template.HTML {
	p := renderer.Page{Bare: true, Below: 2,
		Person: func(id, called string) (name, href string) {
			if u := w.Login(id); u != nil {
				return u.Display, ""
			}
			return cmp.Or(called, id), ""
		},
		File: func(name, _ string) string {
			if i == nil {
				return ""
			}
			for _, a := range i.Attachments {
				if a.Name == name && pictured(a.Type) {
					return fileAt(a.ID)
				}
			}
			return ""
		}}
	return template.HTML(p.HTML(wiki.Decode(markup))) // all that is not a tag of the renderer's is escaped
}
