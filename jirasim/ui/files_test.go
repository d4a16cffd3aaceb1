package ui_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"example.com/accord/jirasim/ui"
)

// upload sends files as a form does, each as name, type and content.
func (s *site) upload(key string, files ...[3]string) *httptest.ResponseRecorder {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, f := range files {
		p, err := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + f[0] + `"`}, "Content-Type": {f[1]}})
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := p.Write([]byte(f[2])); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "http://127.0.0.1"+ui.Root+"issues/"+key+"/attach", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range s.jar {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.page.ServeHTTP(w, r)
	return w
}

func TestFilesComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		if w := s.upload("SUP-1", [3]string{"a b.html", "text/html", "<script>1</script>"}, [3]string{"p.png", "image/png", "\x89PNG"}); w.Code != 303 {
			t.Fatalf("upload: %d %s", w.Code, w.Body)
		}
		all := s.issue("SUP-1").Attachments
		if len(all) != 2 || string(all[0].Content) != "<script>1</script>" || all[1].Type != "image/png" {
			t.Fatalf("attached are %+v", all)
		}
		holds(t, s.see("issues/SUP-1"), "a b.html", "18 B", `src="`+ui.Root+"files/"+all[1].ID+`"`)
		w := s.send("GET", ui.Root+"files/"+all[0].ID, nil)
		if w.Body.String() != "<script>1</script>" || w.Header().Get("Content-Type") != "application/octet-stream" || w.Header().Get("Content-Disposition") != `attachment; filename="a b.html"` {
			t.Errorf("a page that was uploaded is handed over as %v", w.Header())
		}
		if w := s.send("GET", ui.Root+"files/"+all[1].ID, nil); w.Header().Get("Content-Type") != "image/png" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "inline") {
			t.Errorf("a picture is handed over as %v", w.Header())
		}
		s.post("issues/SUP-1/comment", "body", "See !p.png! and !https://example.com/x.png!")
		holds(t, s.see("issues/SUP-1"), `<img src="`+ui.Root+"files/"+all[1].ID+`" alt="p.png" />`)
		lacks(t, s.see("issues/SUP-1"), `src="https://example.com`)
		s.post("files/" + all[0].ID + "/delete")
		lacks(t, s.see("issues/SUP-1"), "files/"+all[0].ID)
		for path, status := range map[string]int{"files/" + all[0].ID: 404, "files/x": 404} {
			if w := s.send("GET", ui.Root+path, nil); w.Code != status {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		if w := s.upload("SUP-1"); w.Code != 400 || !strings.Contains(w.Body.String(), "Choose a file first.") {
			t.Errorf("no file at all: %d", w.Code)
		}
	})
}
