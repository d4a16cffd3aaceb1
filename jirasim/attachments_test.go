package jirasim_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"testing"
)

// A file to upload.
type file struct{ name, kind, content string }

// upload is a multipart body with files in it, and its headers.
func upload(t testing.TB, files ...file) (string, http.Header) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if err := m.SetBoundary("accord"); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + f.name + `"`}}
		if f.kind != "" {
			h.Set("Content-Type", f.kind)
		}
		w, err := m.CreatePart(h)
		if err == nil {
			_, err = w.Write([]byte(f.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), http.Header{"X-Atlassian-Token": {"no-check"}, "Content-Type": {m.FormDataContentType()}}
}
