package world

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// A LinkType says how two issues belong together: one "blocks" the other,
// which "is blocked by" it.
type LinkType struct{ ID, Name, Inward, Outward string }

// A Link joins two issues: From "blocks" To. Both hold it. In the API From is
// the inwardIssue: docs/JIRA.md "Links".
type Link struct{ ID, Type, From, To string } // ids

// LinkType finds a type of link by id; nil if there is none.
func (w *World) LinkType(id string) *LinkType {
	for _, t := range w.LinkTypes {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// A Tie is what linking two issues takes.
type Tie struct {
	Type    handle  `json:"type"`
	Inward  *handle `json:"inwardIssue"`
	Outward *handle `json:"outwardIssue"`
	Comment *Remark `json:"comment"`
}

// linking refuses everything about links while they are turned off.
func (w *World) linking() error {
	if w.Settings.Linking {
		return nil
	}
	return Refuse(404, "Issue linking is currently disabled.")
}

// tied finds what a Tie names.
func (w *World) tied(by By, t Tie) (*LinkType, error) {
	if err := w.linking(); err != nil {
		return nil, err
	}
	id, name := string(t.Type.ID), t.Type.Name
	for _, x := range w.LinkTypes {
		if id != "" && x.ID == id || id == "" && strings.EqualFold(x.Name, name) {
			return x, nil
		}
	}
	if id != "" {
		return nil, Refuse(404, "No issue link type with id '%s' found.", id)
	}
	return nil, Refuse(404, "No issue link type with name '%s' found.", name)
}

// end finds one end of a link.
func (w *World) end(by By, h *handle) (*Issue, error) {
	if h == nil || h.ID == "" && h.Key == "" {
		return nil, w.Unseen()
	}
	name := h.Key
	if name == "" {
		name = string(h.ID)
	}
	i, no := w.Issue(by.User, name)
	if no != nil {
		return nil, no
	}
	return i, nil
}

// unlinkable refuses who may not link, as it was seen on both flavours.
func (w *World) unlinkable(by By, i *Issue) error {
	if w.May(by.User, "LINK_ISSUES", w.Home(i)) {
		return nil
	}
	return Refuse(401, "No Link Issue Permission for issue '%s'", i.Key)
}

// Link joins two issues. A second link of the same kind is quietly none, but
// its comment is added: docs/JIRA.md "Links".
func (w *World) Link(by By, t Tie) error {
	kind, err := w.tied(by, t)
	if err != nil {
		return err
	}
	from, err := w.end(by, t.Inward)
	if err != nil {
		return err
	}
	to, err := w.end(by, t.Outward)
	if err != nil {
		return err
	}
	if err := w.unlinkable(by, from); err != nil {
		return err
	}
	if from.ID == to.ID {
		return Refuse(400, "You cannot link an issue to itself.") // unverified
	}
	if t.Comment != nil {
		at := to // the "from (outward) issue" of Cloud's text
		if w.Flavour == DataCenter {
			at = from
		}
		if _, err := w.Comment(by, at, *t.Comment); err != nil {
			return err
		}
	}
	w.join(by, kind, from.ID, to.ID)
	return nil
}

// join links two issues by their ids, unless they are linked so already.
func (w *World) join(by By, kind *LinkType, from, to string) {
	a, b := *w.Issues[from], *w.Issues[to]
	if slices.ContainsFunc(a.Links, func(l *Link) bool { return l.Type == kind.ID && l.From == from && l.To == to }) {
		return
	}
	l := &Link{ID: w.Next(linkPart), Type: kind.ID, From: from, To: to}
	a.Links, b.Links = with(a.Links, l), with(b.Links, l)
	w.note(by, &a, Item{Field: "Link", Type: "jira", To: &b.Key, ToText: new("This issue " + kind.Outward + " " + b.Key)})
	w.note(by, &b, Item{Field: "Link", Type: "jira", To: &a.Key, ToText: new("This issue " + kind.Inward + " " + a.Key)})
	w.emit(Event{Kind: "issuelink_created", At: by.Now, By: by.User, Issue: w.Issues[from], Link: l})
}

// Unlink ends a link.
func (w *World) Unlink(by By, l *Link) error {
	from := w.Issues[l.From]
	if err := w.unlinkable(by, from); err != nil {
		return err
	}
	w.part(by, l, false)
	return nil
}

// part takes a link from both its ends. Secondary: for another reason than
// that somebody wanted it.
func (w *World) part(by By, l *Link, secondary bool) {
	kind := w.LinkType(l.Type)
	if kind == nil {
		kind = &LinkType{ID: l.Type}
	}
	same := func(x *Link) bool { return x.ID == l.ID }
	from, to := w.Issues[l.From], w.Issues[l.To]
	for _, e := range []struct {
		at, other *Issue
		words     string
	}{{from, to, kind.Outward}, {to, from, kind.Inward}} {
		if e.at == nil {
			continue
		}
		n := *e.at
		n.Links = slices.DeleteFunc(slices.Clone(n.Links), same)
		if e.other == nil { // it was deleted: unverified whether its neighbours log that
			n.Updated = by.Now
			w.put(&n, by.Now)
			continue
		}
		w.note(by, &n, Item{Field: "Link", Type: "jira", From: &e.other.Key, FromText: new("This issue " + e.words + " " + e.other.Key)})
	}
	delete(w.parts, part{linkPart, l.ID})
	left := from
	if left == nil {
		left = to
	}
	w.emit(Event{Kind: "issuelink_deleted", At: by.Now, By: by.User, Issue: left, Link: l, Secondary: secondary})
}

// FindLink finds a link whose both ends u may see.
func (w *World) FindLink(u *User, id string) (*Link, error) {
	if err := w.linking(); err != nil {
		return nil, err
	}
	if i := w.holder(u, linkPart, id); i != nil {
		for _, l := range i.Links {
			if to := w.Issues[l.To]; l.ID == id && to != nil && w.May(u, "BROWSE_PROJECTS", w.Home(to)) {
				return l, nil
			}
		}
	}
	return nil, Refuse(404, "No issue link with id '%s' exists.", id)
}

// forget ends what other issues have of one that was deleted.
func (w *World) forget(by By, i *Issue) {
	for _, l := range i.Links {
		w.part(by, l, true)
	}
	for _, a := range i.Attachments {
		delete(w.parts, part{attachmentPart, a.ID})
		w.emit(Event{Kind: "attachment_deleted", At: by.Now, By: by.User, Issue: i, Attachment: a, Secondary: true})
	}
	for _, l := range i.Worklogs {
		delete(w.parts, part{worklogPart, l.ID})
		w.Forgotten = append(w.Forgotten, Forgotten{l.ID, by.Now.UnixMilli()})
		w.emit(Event{Kind: "worklog_deleted", At: by.Now, By: by.User, Issue: i, Worklog: l, Secondary: true})
	}
	for _, r := range i.Remotes {
		delete(w.parts, part{remotePart, r.ID})
	}
}

// SetLinkType makes a type of link, or changes one. Empty members stay as they are.
func (w *World) SetLinkType(t *LinkType, name, inward, outward string) (*LinkType, error) {
	for _, x := range w.LinkTypes {
		if x != t && strings.EqualFold(x.Name, name) && name != "" {
			return nil, Refuse(404, "An issue link type with name '%s' already exists.", name) // 404 as documented; words unverified
		}
	}
	n := &LinkType{}
	if t != nil {
		*n = *t
	}
	for to, from := range map[*string]string{&n.Name: name, &n.Inward: inward, &n.Outward: outward} {
		if strings.TrimSpace(from) != "" {
			*to = from
		}
	}
	if n.Name == "" || n.Inward == "" || n.Outward == "" {
		return nil, Refuse(400, "The name, the inward and the outward description of an issue link type must be given.") // unverified
	}
	if t == nil {
		n.ID = w.Next("issuelinktype")
		w.LinkTypes = append(w.LinkTypes, n)
		return n, nil
	}
	*t = *n
	return t, nil
}

// DropLinkType removes a type of link, and the links of it.
func (w *World) DropLinkType(by By, t *LinkType) {
	for _, id := range slices.Sorted(maps.Keys(w.Issues)) {
		for _, l := range w.Issues[id].Links {
			if l.Type == t.ID && l.From == id {
				w.part(by, l, true)
			}
		}
	}
	w.LinkTypes = without(w.LinkTypes, t)
}

// tie reads a link of an edit: what it is, and where it leads as seen from the
// issue that is edited.
func (d *draft) tie(raw json.RawMessage) {
	var t Tie
	if json.Unmarshal(raw, &t) != nil || t.Inward == nil && t.Outward == nil {
		d.blame("issuelinks", "Specify a valid issue link.") // unverified
		return
	}
	kind, err := d.w.tied(d.by, t)
	end := t.Outward
	if end == nil {
		end = t.Inward
	}
	var other *Issue
	if err == nil {
		other, err = d.w.end(d.by, end)
	}
	if no, is := err.(*Refusal); is {
		d.blame("issuelinks", strings.Join(no.Messages, " "))
		return
	}
	d.later = append(d.later, func(i *Issue) error {
		if t.Outward != nil {
			d.w.join(d.by, kind, i.ID, other.ID)
		} else {
			d.w.join(d.by, kind, other.ID, i.ID)
		}
		return nil
	})
}
