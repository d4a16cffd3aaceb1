package world

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Remote is a link from an issue to something elsewhere.
type Remote struct {
	ID string

	RemoteBody
}

// A RemoteBody is what creating and changing one takes. What is left out is
// nothing: docs/JIRA.md "Links".
type RemoteBody struct {
	GlobalID     string          `json:"globalId,omitempty"`
	Application  json.RawMessage `json:"application,omitempty"`
	Relationship string          `json:"relationship,omitempty"`
	Object       json.RawMessage `json:"object"`
}

// remotely refuses who may not have remote links; the words are unverified.
func (w *World) remotely(by By, i *Issue, write bool) error {
	switch {
	case !w.Settings.Linking:
		return Refuse(403, "Issue linking is currently disabled.")
	case write && !w.May(by.User, "LINK_ISSUES", w.Home(i)):
		return Refuse(403, "You do not have permission to link issues in this project.")
	}
	return nil
}

// titled checks what is said of the thing elsewhere, and returns its title.
func (b RemoteBody) titled() (string, error) {
	var o struct {
		URL   string `json:"url"`
		Title string `json:"title"`
		Icon  struct {
			URL string `json:"url16x16"`
		} `json:"icon"`
		Status struct {
			Icon struct {
				URL  string `json:"url16x16"`
				Link string `json:"link"`
			} `json:"icon"`
		} `json:"status"`
	}
	if null(b.Object) || json.Unmarshal(b.Object, &o) != nil {
		return "", RefuseField("object", "'object' is required.")
	}
	wrong := &Refusal{Status: 400, Errors: map[string]string{}}
	for name, s := range map[string]string{"url": o.URL, "title": o.Title} {
		if strings.TrimSpace(s) == "" {
			wrong.Errors[name] = "'" + name + "' is required."
		}
	}
	for name, s := range map[string]string{"url": o.URL, "iconUrl": o.Icon.URL, "statusIconUrl": o.Status.Icon.URL, "statusIconLink": o.Status.Icon.Link} {
		if _, err := url.Parse(s); (err != nil || strings.ContainsAny(s, " \t\r\n")) && wrong.Errors[name] == "" {
			wrong.Errors[name] = "'" + name + "' is not a valid URL." // words unverified
		}
	}
	if utf8.RuneCountInString(b.GlobalID) > 255 {
		wrong.Errors["globalId"] = "'globalId' is longer than 255 characters."
	}
	if !null(b.Application) && json.Unmarshal(b.Application, &struct{}{}) != nil {
		wrong.Errors["application"] = "'application' is not valid."
	}
	if len(wrong.Errors) > 0 {
		return "", wrong
	}
	return o.Title, nil
}

// Point makes a remote link, or changes the one with the same globalId. It
// reports whether it is new.
func (w *World) Point(by By, i *Issue, b RemoteBody) (*Remote, bool, error) {
	if err := w.remotely(by, i, true); err != nil {
		return nil, false, err
	}
	title, err := b.titled()
	if err != nil {
		return nil, false, err
	}
	for _, r := range i.Remotes {
		if b.GlobalID != "" && r.GlobalID == b.GlobalID {
			r, err := w.Repoint(by, i, r, b)
			return r, false, err
		}
	}
	r := &Remote{w.Next(remotePart), b}
	n := *i
	n.Remotes = with(n.Remotes, r)
	w.note(by, &n, remoteItem(nil, r, "", title))
	return r, true, nil
}

// remoteItem is how the history tells of a remote link; the words for a
// deletion are unverified.
func remoteItem(was, now *Remote, before, after string) Item {
	it := Item{Field: "RemoteIssueLink", Type: "jira"}
	if was != nil {
		it.From, it.FromText = &was.ID, new(`This issue links to "`+before+` (Web Link)"`)
	}
	if now != nil {
		it.To, it.ToText = &now.ID, new(`This issue links to "`+after+` (Web Link)"`)
	}
	return it
}

// Repoint changes a remote link.
func (w *World) Repoint(by By, i *Issue, r *Remote, b RemoteBody) (*Remote, error) {
	if err := w.remotely(by, i, true); err != nil {
		return nil, err
	}
	title, err := b.titled()
	if err != nil {
		return nil, err
	}
	before, _ := r.titled()
	n, next := *i, &Remote{r.ID, b}
	n.Remotes = instead(i.Remotes, r, next)
	var items []Item
	if before != title {
		items = append(items, remoteItem(r, next, before, title))
	}
	w.note(by, &n, items...)
	return next, nil
}

// Unpoint ends a remote link.
func (w *World) Unpoint(by By, i *Issue, r *Remote) error {
	if err := w.remotely(by, i, true); err != nil {
		return err
	}
	n := *i
	n.Remotes = without(i.Remotes, r)
	delete(w.parts, part{remotePart, r.ID})
	title, _ := r.titled()
	w.note(by, &n, remoteItem(r, nil, title, ""))
	return nil
}

// RemoteLinks lists those of an issue; by a globalId where one is given.
func (w *World) RemoteLinks(by By, i *Issue, global string) ([]*Remote, error) {
	if err := w.remotely(by, i, false); err != nil {
		return nil, err
	}
	if global == "" {
		return i.Remotes, nil
	}
	n := slices.IndexFunc(i.Remotes, func(r *Remote) bool { return r.GlobalID == global })
	if n < 0 {
		return nil, Refuse(404, "No remote issue link with globalId '%s' exists.", global) // unverified
	}
	return i.Remotes[n : n+1], nil
}

// RemoteLink finds one of an issue by id.
func (w *World) RemoteLink(by By, i *Issue, id string) (*Remote, error) {
	if err := w.remotely(by, i, false); err != nil {
		return nil, err
	}
	if n := slices.IndexFunc(i.Remotes, func(r *Remote) bool { return r.ID == id }); n >= 0 {
		return i.Remotes[n], nil
	}
	if _, err := strconv.Atoi(id); err != nil {
		return nil, Refuse(400, "The remote issue link id '%s' is not a number.", id) // words unverified
	}
	if w.parts[part{remotePart, id}] != "" {
		return nil, Refuse(400, "The remote issue link with id '%s' does not belong to issue '%s'.", id, i.Key) // unverified
	}
	return nil, Refuse(404, "No remote issue link with id '%s' exists.", id) // unverified
}
