package world

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

// An Attachment is a file that hangs on an issue. It never changes.
type Attachment struct {
	ID      string
	Name    string
	Type    string // MIME type
	Author  string // user id
	Created time.Time
	Media   string // Cloud: what a media node of ADF calls it
	Content []byte
}

// A File is what is uploaded.
type File struct {
	Name, Type string
	Content    []byte
}

// mostFiles is how many files one request may bring: docs/JIRA.md "Attachments".
const mostFiles = 60

// Attach hangs files on an issue: all of them or none.
func (w *World) Attach(by By, i *Issue, files []File) ([]*Attachment, error) {
	if err := w.attaching(403); err != nil {
		return nil, err
	}
	if !w.May(by.User, "CREATE_ATTACHMENTS", w.Home(i)) {
		return nil, Refuse(403, "You do not have permission to create attachments for this issue.") // unverified
	}
	tooMuch := 413
	if w.Flavour == DataCenter {
		tooMuch = 404
	}
	if len(files) > mostFiles {
		return nil, Refuse(tooMuch, "The number of files must not exceed %d.", mostFiles) // unverified
	}
	for _, f := range files {
		if int64(len(f.Content)) > w.Settings.UploadLimit {
			return nil, Refuse(tooMuch, "The field file exceeds its maximum permitted size of %d bytes.", w.Settings.UploadLimit)
		}
	}
	var out []*Attachment
	for _, f := range files {
		out = append(out, w.attach(by, i.ID, f))
	}
	return out, nil
}

func (w *World) attach(by By, issue string, f File) *Attachment {
	a := &Attachment{ID: w.Next(attachmentPart), Name: f.Name, Type: f.Type, Author: by.User.ID, Created: by.Now, Content: f.Content}
	h := sha256.Sum256(fmt.Append(nil, "media ", w.First, " ", a.ID))
	a.Media = fmt.Sprintf("%x-%x-4%s-8%s-%x", h[:4], h[4:6], fmt.Sprintf("%x", h[6:8])[1:], fmt.Sprintf("%x", h[8:10])[1:], h[10:16])
	n := *w.Issues[issue]
	n.Attachments = with(n.Attachments, a)
	c := w.note(by, &n, Item{Field: "Attachment", Type: "jira", ID: "attachment", To: &a.ID, ToText: &a.Name})
	w.emit(Event{Kind: "attachment_created", At: by.Now, By: by.User, Issue: &n, Attachment: a})
	w.emit(Event{Kind: "jira:issue_updated", Name: "issue_updated", At: by.Now, By: by.User, Issue: &n, Change: c})
	return a
}

// attaching refuses everything about attachments while they are turned off.
func (w *World) attaching(status int) error {
	if w.Settings.Attaching {
		return nil
	}
	return Refuse(status, "Attachments are disabled.") // unverified
}

// FindAttachment finds a file whose issue u may see.
func (w *World) FindAttachment(u *User, id string) (*Issue, *Attachment, error) {
	if err := w.attaching(404); err != nil {
		return nil, nil, err
	}
	if i := w.holder(u, attachmentPart, id); i != nil {
		if n := slices.IndexFunc(i.Attachments, func(a *Attachment) bool { return a.ID == id }); n >= 0 {
			return i, i.Attachments[n], nil
		}
	}
	return nil, nil, Refuse(404, "The attachment with id '%s' does not exist", id)
}

// Detach deletes a file.
func (w *World) Detach(by By, i *Issue, a *Attachment) error {
	p := w.Home(i)
	own := by.User != nil && a.Author == by.User.ID && w.May(by.User, "DELETE_OWN_ATTACHMENTS", p)
	if !own && !w.May(by.User, "DELETE_ALL_ATTACHMENTS", p) {
		return Refuse(403, "You do not have permission to delete attachment with id: %s", a.ID) // unverified
	}
	w.detach(by, i.ID, a)
	return nil
}

func (w *World) detach(by By, issue string, a *Attachment) {
	n := *w.Issues[issue]
	n.Attachments = slices.DeleteFunc(slices.Clone(n.Attachments), func(x *Attachment) bool { return x.ID == a.ID })
	delete(w.parts, part{attachmentPart, a.ID})
	c := w.note(by, &n, Item{Field: "Attachment", Type: "jira", ID: "attachment", From: &a.ID, FromText: &a.Name})
	w.emit(Event{Kind: "attachment_deleted", At: by.Now, By: by.User, Issue: &n, Attachment: a})
	w.emit(Event{Kind: "jira:issue_updated", Name: "issue_updated", At: by.Now, By: by.User, Issue: &n, Change: c})
}
