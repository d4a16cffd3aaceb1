package jirasim

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func attachmentRoutes() []route {
	return []route{
		{"POST", "/rest/api/{v}/issue/{issue}/attachments", both, addAttachments, "the limit of 2,000 files", "", 0, false},
		{"GET", "/rest/api/{v}/attachment/meta", both, attachmentMeta, "", "", 0, false},
		{"GET", "/rest/api/{v}/attachment/{attachment}", both, onAttachment(readAttachment), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/attachment/{attachment}", both, onAttachment(dropAttachment), "", "", 0, false},
		{"GET", "/rest/api/{v}/attachment/content/{attachment}", cloud, onAttachment(readContent), "", "", 0, false},
		{"GET", "/rest/api/{v}/attachment/thumbnail/{attachment}", cloud, onAttachment(readThumbnail), "the default picture", "", 0, false},
		{"GET", "/secure/attachment/{attachment}/{name}", both, onAttachment(download), "", "", 0, false},
		{"GET", "/secure/attachment/{attachment}", both, onAttachment(download), "", "", 0, false}, // with a slash at its end, as go-jira asks
		{"GET", "/secure/thumbnail/{attachment}/{name}", center, onAttachment(thumbnail), "", "", 0, false},
		{"GET", "/file/{media}/binary", cloud, mediaFile, "", "", 0, false},
		{"GET", "/file/{media}/image", cloud, mediaFile, "", "", 0, false},
	}
}

// attachment is a file as uploads, issues and webhooks show it.
func (v view) attachment(a *world.Attachment) object {
	o := object{"self": v.rest("attachment", a.ID), "id": a.ID, "filename": a.Name, "author": v.person(a.Author), "created": v.stamp(a.Created),
		"size": len(a.Content), "mimeType": a.Type}
	picture := pictured(a.Type)
	if v.cloud() {
		o["content"] = v.rest("attachment", "content", a.ID)
		if picture {
			o["thumbnail"] = v.rest("attachment", "thumbnail", a.ID)
		}
		return o
	}
	o["content"] = v.base + "/secure/attachment/" + a.ID + "/" + segment(a.Name)
	if picture {
		o["thumbnail"] = v.base + "/secure/thumbnail/" + a.ID + "/_thumb_" + a.ID + ".png"
	}
	return o
}

func (v view) attachments(i *world.Issue) []any {
	out := []any{}
	for _, a := range i.Attachments {
		out = append(out, v.attachment(a))
	}
	return out
}

// notXSRF reports whether a request says that no page was tricked into it.
func (c *call) notXSRF() bool {
	return slices.Contains([]string{"no-check", "nocheck"}, strings.ToLower(c.r.Header.Get("X-Atlassian-Token")))
}

func addAttachments(c *call) (reply, error) {
	if !c.notXSRF() {
		rep := reply{status: 404, body: "XSRF check failed"}
		rep.set("Content-Type", "text/plain")
		return rep, nil
	}
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	files, err := c.files()
	if err != nil {
		return reply{}, err
	}
	all, err := c.w.Attach(c.by, i, files)
	if err != nil {
		return reply{}, err
	}
	out := []any{}
	for _, a := range all {
		out = append(out, c.v.attachment(a))
	}
	return ok(out)
}

// files reads the parts of a multipart body that are called "file". What Jira
// says of a body that is none is unverified.
func (c *call) files() ([]world.File, error) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, &problem{415, "Unsupported Media Type", "Content-Type '" + c.r.Header.Get("Content-Type") + "' is not supported."}
	}
	if !bytes.Contains(c.body, []byte("--"+params["boundary"]+"--")) {
		return nil, world.Refuse(400, "The multipart body could not be read.")
	}
	var out []world.File
	for r := multipart.NewReader(bytes.NewReader(c.body), params["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, world.Refuse(400, "The multipart body could not be read.")
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return nil, world.Refuse(400, "The multipart body could not be read.")
		}
		if p.FormName() == "file" && p.FileName() != "" {
			out = append(out, world.File{Name: p.FileName(), Type: typed(p, content), Content: content})
		}
	}
}

// typed is the type of a file: as it was given, else by its name, else by what
// is in it.
func typed(p *multipart.Part, content []byte) string {
	t, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	if err == nil && t != "application/octet-stream" {
		return t
	}
	if t := byName(p.FileName()); t != "" {
		return t
	}
	t, _, _ = strings.Cut(http.DetectContentType(content), ";")
	return t
}

// byName is the type of a file by the end of its name; empty: not known.
func byName(name string) string {
	return map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".txt": "text/plain", ".log": "text/plain",
		".pdf": "application/pdf", ".json": "application/json", ".zip": "application/zip", ".csv": "text/csv", ".html": "text/html", ".xml": "application/xml"}[strings.ToLower(path.Ext(name))]
}

func attachmentMeta(c *call) (reply, error) {
	return ok(object{"enabled": c.w.Settings.Attaching, "uploadLimit": c.w.Settings.UploadLimit})
}

func onAttachment(do func(*call, *world.Issue, *world.Attachment) (reply, error)) handler {
	return func(c *call) (reply, error) {
		i, a, err := c.w.FindAttachment(c.by.User, c.vars["attachment"])
		if err != nil {
			return reply{}, err
		}
		return do(c, i, a)
	}
}

// readAttachment shows a file; the id is a number here, and on Data Center not
// there at all: docs/JIRA.md "Shapes".
func readAttachment(c *call, _ *world.Issue, a *world.Attachment) (reply, error) {
	o := c.v.attachment(a)
	delete(o, "id")
	if c.v.cloud() {
		o["id"] = number(a.ID)
	} else {
		o["properties"] = object{}
	}
	return ok(o)
}

func dropAttachment(c *call, i *world.Issue, a *world.Attachment) (reply, error) {
	if err := c.w.Detach(c.by, i, a); err != nil {
		return reply{}, err
	}
	return none()
}
