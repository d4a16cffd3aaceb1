package ui

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"

	"example.com/accord/jirasim/world"
)

// A Hung is a file on an issue.
type hung struct {
	ID, Name, Size string
	Author         person
	At             instant
	Picture        bool // it may be shown, not only taken
}

func fileAt(id string) string { return Root + "files/" + url.PathEscape(id) }

// pictured reports whether a browser may be shown a file of a type: whatever
// else somebody uploaded is only to be saved.
func pictured(kind string) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, kind)
}

func (v *visit) files(i *world.Issue) []hung {
	var out []hung
	for _, a := range i.Attachments {
		out = append(out, hung{a.ID, a.Name, size(len(a.Content)), v.person(a.Author), v.instant(a.Created), pictured(a.Type)})
	}
	return out
}

func size(n int) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// attach hangs the files of a form on an issue.
func attach(v *visit) (answer, error) {
	i, err := v.theIssue()
	if err != nil {
		return answer{}, err
	}
	all, err := v.sent()
	if err == nil {
		_, err = v.w.Attach(v.by, i, all)
	}
	if err == nil {
		return answer{to: issueAt(i.Key) + "#files"}, nil
	}
	f := form{}
	return v.again(err, &f, i, func() answer {
		s := v.panel(i)
		s.Unhung = f.Wrong
		return answer{name: "issue", data: s}
	})
}

// sent are the files that came with a form.
func (v *visit) sent() ([]world.File, error) {
	var all []world.File
	if v.r.MultipartForm != nil {
		for _, h := range v.r.MultipartForm.File["file"] {
			f, err := uploaded(h)
			if err != nil {
				return nil, world.Refuse(400, "The file %s could not be read.", h.Filename)
			}
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return nil, world.Refuse(400, "Choose a file first.")
	}
	return all, nil
}

func uploaded(h *multipart.FileHeader) (world.File, error) {
	f, err := h.Open()
	if err != nil {
		return world.File{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	kind, _, bad := mime.ParseMediaType(h.Header.Get("Content-Type"))
	if bad != nil {
		kind = "application/octet-stream"
	}
	return world.File{Name: h.Filename, Type: kind, Content: b}, err
}

func detach(v *visit) (answer, error) {
	i, a, err := v.w.FindAttachment(v.by.User, v.r.PathValue("file"))
	if err != nil {
		return answer{}, err
	}
	if err := v.w.Detach(v.by, i, a); err != nil {
		return answer{}, err
	}
	return answer{to: issueAt(i.Key) + "#files"}, nil
}

// hand hands a file over.
func hand(v *visit) (answer, error) {
	_, a, err := v.w.FindAttachment(v.by.User, v.r.PathValue("file"))
	return answer{file: a}, err
}

func writeFile(w http.ResponseWriter, a *world.Attachment) {
	kind, how := "application/octet-stream", "attachment"
	if pictured(a.Type) {
		kind, how = a.Type, "inline"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": a.Name}))
	_, _ = w.Write(a.Content) // whoever hung up does not get it
}
