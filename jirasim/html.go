package jirasim

import (
	"cmp"
	"net/url"
	"slices"

	"example.com/accord/jirasim/renderer"
	"example.com/accord/jirasim/world"
)

// html shows native rich text as Jira's renderer does; pictures are files of an
// issue.
func (v view) html(native string, at *world.Issue) string {
	p := renderer.Page{Person: v.mentioned, File: func(name, elsewhere string) string {
		if elsewhere != "" || at == nil {
			return elsewhere
		}
		for _, a := range slices.Backward(at.Attachments) {
			if a.Name == name {
				return v.attachment(a)["content"].(string)
			}
		}
		return ""
	}}
	return p.HTML(v.w.Tree(native))
}

// mentioned is the name of who is mentioned, and the address of his profile.
func (v view) mentioned(id, called string) (name, href string) {
	who := "name="
	if v.cloud() {
		who = "accountId="
	}
	href = v.base + "/secure/ViewProfile.jspa?" + who + url.QueryEscape(id)
	if u := cmp.Or(v.w.User(id), v.w.Login(id)); u != nil {
		return u.Display, href
	}
	return called, href
}
