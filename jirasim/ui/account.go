package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/accord/jirasim/world"
)

// cookie names what remembers the account: sites on one machine share their
// cookies, whatever port they have.
func cookie(w *world.World) string { return fmt.Sprintf("sim_%s_%d", w.Flavour, w.First) }

// who is the account that a browser has chosen; an administrator if it has
// chosen none. Nil: the site has nobody.
func who(w *world.World, r *http.Request) *world.User {
	if c, err := r.Cookie(cookie(w)); err == nil {
		id, err := url.QueryUnescape(c.Value)
		if u := w.User(id); err == nil && u != nil && !u.Inactive {
			return u
		}
	}
	var first *world.User
	for _, u := range present(w) {
		if u.Admin {
			return u
		}
		if first == nil {
			first = u
		}
	}
	return first
}

// present are the accounts that could log in.
func present(w *world.World) []*world.User {
	var out []*world.User
	for _, u := range w.Users {
		if !u.Inactive && u.Token != "" {
			out = append(out, u)
		}
	}
	return out
}

// beSomebody changes the account.
func beSomebody(v *visit) (answer, error) {
	u := v.w.User(v.r.PostFormValue("account"))
	if u == nil || u.Inactive {
		return answer{}, world.Refuse(404, "There is no such account.")
	}
	return answer{to: back(v.r), cookie: &http.Cookie{Name: cookie(v.w), Value: url.QueryEscape(u.ID), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}}, nil
}

// back is where a form was: a page of this site, and nowhere else.
func back(r *http.Request) string {
	to := r.PostFormValue("back")
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, Root) || strings.Contains(u.Path, "..") {
		return Root
	}
	return u.RequestURI()
}

// initials stand for a person in a small circle.
func initials(name string) string {
	out := ""
	for w := range strings.FieldsSeq(name) {
		if r := []rune(w); len([]rune(out)) < 2 {
			out += strings.ToUpper(string(r[:1]))
		}
	}
	return out
}
