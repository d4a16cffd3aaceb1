package jirasim_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim"
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

// attach uploads files, and the answer has to be right.
func (p play) attach(status int, key string, files ...file) answer {
	p.t.Helper()
	body, head := upload(p.t, files...)
	p.with = head
	return p.must(status, "POST", "/issue/"+key+"/attachments", body)
}

func TestFilesAreKept(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		p.at = p.at.Add(time.Minute)
		a := p.as("ada").attach(200, key, file{"a b.txt", "text/plain; charset=utf-8", "one"}, file{"a b.txt", "", "two"}, file{"x.png", "application/octet-stream", "three"})
		for n, kind := range []string{"text/plain", "text/plain", "image/png"} {
			if a.at(n, "mimeType") != kind || a.at(n, "author", "displayName") != "Ada Brandt" || a.at(n, "id") == nil {
				t.Errorf("file %d is %v", n, a.at(n))
			}
		}
		i := p.must(200, "GET", "/issue/"+key+"?expand=changelog", nil)
		if n := len(i.list("fields", "attachment")); n != 3 || i.at("changelog", "total") != 3.0 || i.at("fields", "updated") == i.at("fields", "created") {
			t.Errorf("%d files, %v changes, updated %v", n, i.at("changelog", "total"), i.at("fields", "updated"))
		}
		id := a.at(1, "id").(string)
		if got := p.bytes(a.at(1, "content").(string)); got != "two" {
			t.Errorf("the content is %q", got)
		}
		p.as("ben").must(403, "DELETE", "/attachment/"+id, nil)
		p.as("ada").must(204, "DELETE", "/attachment/"+id, nil)
		p.must(404, "GET", "/attachment/"+id, nil)
		p.must(404, "DELETE", "/attachment/"+id, nil)
		if n := len(p.must(200, "GET", "/issue/"+key, nil).list("fields", "attachment")); n != 2 {
			t.Errorf("%d files are left", n)
		}
		p.must(204, "DELETE", "/issue/"+key, nil)
		p.must(404, "GET", "/attachment/"+a.at(0, "id").(string), nil)
	})
}

// bytes reads a file by its address, as nobody where that is on another host.
func (p *play) bytes(at string) string {
	p.t.Helper()
	a := p.must(map[bool]int{true: 303, false: 200}[strings.Contains(at, "/attachment/content/")], "GET", strings.TrimPrefix(at, p.opt.PublicURL), nil)
	if a.status == 200 {
		return a.raw
	}
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		p.t.Fatal(err)
	}
	return p.as("").must(200, "GET", u.RequestURI(), nil).raw
}

func TestUploadsAreRefused(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		p.must(200, "POST", "/_sim/settings", `{"uploadLimit":3}`)
		if m := p.must(200, "GET", "/attachment/meta", nil); m.at("uploadLimit") != 3.0 || m.at("enabled") != true {
			t.Errorf("the limit is %s", m.raw)
		}
		large := map[jirasim.Flavour]int{jirasim.Cloud: 413, jirasim.DataCenter: 404}[p.opt.Flavour]
		a := p.attach(large, key, file{"a", "", "abc"}, file{"b", "", "abcd"})
		if a.at("errorMessages", 0) != "The field file exceeds its maximum permitted size of 3 bytes." {
			t.Errorf("it says %s", a.raw)
		}
		if n := len(p.must(200, "GET", "/issue/"+key, nil).list("fields", "attachment")); n != 0 {
			t.Errorf("%d files of an upload that was refused", n)
		}
		if n := len(p.attach(200, key, make([]file, 61)...).list()); n != 0 { // without a name they are none
			t.Errorf("%d files without a name", n)
		}
		p.attach(large, key, slices.Repeat([]file{{"a", "", "a"}}, 61)...)
		p.deny("ben", "CREATE_ATTACHMENTS")
		p.as("ben").attach(403, key, file{"a", "", "abc"})
		p.attach(404, "NO-1", file{"a", "", "abc"})
		p.must(404, "POST", "/issue/"+key+"/attachments", "")
		p.with = http.Header{"X-Atlassian-Token": {"nocheck"}}
		p.must(415, "POST", "/issue/"+key+"/attachments", "x")
		for _, body := range []string{"", "--b", "--b\r\n", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nabc"} {
			p.with.Set("Content-Type", "multipart/form-data; boundary=b")
			p.must(400, "POST", "/issue/"+key+"/attachments", body)
		}
		p.must(200, "POST", "/_sim/settings", `{"attachmentsEnabled":false}`)
		p.attach(403, key, file{"a", "", "abc"})
		p.must(404, "GET", "/attachment/10000", nil)
	})
}

// TestALargeFileIsRefusedAsRecorded, on Data Center.
func TestALargeFileIsRefusedAsRecorded(t *testing.T) {
	status, body := recordedBody(t, "errors", "server_attachment_too_large.json")
	p := open(t, jirasim.DataCenter)
	p.must(200, "POST", "/_sim/settings", `{"uploadLimit":11564000}`)
	a := p.attach(status, p.create(nil), file{"large", "", strings.Repeat("x", 11564001)})
	if !reflect.DeepEqual(a.body, body) {
		t.Errorf("it says %s, recorded %v", a.raw, body)
	}
}

// TestPartsOfFiles: docs/JIRA.md "Attachments".
func TestPartsOfFiles(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		id := p.attach(200, p.create(nil), file{"a.txt", "", "0123456789"}).at(0, "id").(string)
		path := "/secure/attachment/" + id + "/a.txt"
		if p.opt.Flavour == jirasim.Cloud {
			path = "/attachment/content/" + id + "?redirect=false"
		}
		for span, want := range map[string]struct {
			status      int
			head, bytes string
		}{
			"bytes=2-4": {206, "bytes 2-4/10", "234"}, "bytes=8-": {206, "bytes 8-9/10", "89"}, "bytes=-3": {206, "bytes 7-9/10", "789"}, "bytes=0-99": {206, "bytes 0-9/10", "0123456789"},
			"bytes=-99": {206, "bytes 0-9/10", "0123456789"}, "bytes=10-": {416, "bytes */10", ""}, "bytes=-0": {416, "bytes */10", ""},
			"bytes=4-2": {400, "", ""}, "bytes=x": {400, "", ""}, "lines=1-2": {400, "", ""}, "bytes=-": {400, "", ""},
		} {
			p.with = http.Header{"Range": {span}}
			a := p.do("GET", path, nil)
			if a.status != want.status || a.header.Get("Content-Range") != want.head || want.status < 300 && a.raw != want.bytes {
				t.Errorf("%s: %d %q %q, want %v", span, a.status, a.header.Get("Content-Range"), a.raw, want)
			}
		}
	})
}

func TestThumbnails(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 400, 100))); err != nil {
			t.Fatal(err)
		}
		a := p.attach(200, p.create(nil), file{"p.png", "image/png", b.String()}, file{"t.txt", "text/plain", "x"}, file{"broken.png", "image/png", "x"})
		if a.at(1, "thumbnail") != nil {
			t.Error("a text has a thumbnail")
		}
		read := func(n int, status int) string {
			path := strings.TrimPrefix(fmt.Sprint(a.at(n, "thumbnail")), p.opt.PublicURL)
			if p.opt.Flavour == jirasim.Cloud {
				path += "?redirect=false"
			}
			return p.must(status, "GET", path, nil).raw
		}
		small, err := png.DecodeConfig(strings.NewReader(read(0, 200)))
		if err != nil || small.Width != 200 || small.Height != 50 {
			t.Errorf("the thumbnail is %v, %v", small, err)
		}
		read(2, 404)
	})
}

// TestAFileIsOnAnotherHost: a client that follows the redirect, and keeps its
// log-in to itself, gets the file.
func TestAFileIsOnAnotherHost(t *testing.T) {
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.PublicURL = "" })
	id := p.attach(200, p.create(nil), file{"a.txt", "", "far away"}).at(0, "id").(string)
	var authorized []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			authorized = append(authorized, r.Host)
		}
		p.sim.ServeHTTP(w, r)
	}))
	defer s.Close()
	q, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/rest/api/3/attachment/content/"+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.SetBasicAuth("admin@example.com", "example")
	r, err := s.Client().Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || string(b) != "far away" || r.Request.URL.Hostname() != "localhost" {
		t.Errorf("from %s: %q, %v", r.Request.URL, b, err)
	}
	if len(authorized) != 1 {
		t.Errorf("the log-in went to %v", authorized)
	}
}

func TestAddressesOfFilesEnd(t *testing.T) {
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.MediaURL = "https://media.example.com/" })
	id := p.attach(200, p.create(nil), file{"a.txt", "", "x"}).at(0, "id").(string)
	at := p.must(303, "GET", "/attachment/content/"+id, nil).header.Get("Location")
	path, is := strings.CutPrefix(at, "https://media.example.com")
	if !is {
		t.Fatalf("it is at %s", at)
	}
	p.as("").must(200, "GET", path, nil)
	p.as("").must(403, "GET", strings.Replace(path, "token=", "token=0", 1), nil)
	p.as("").must(403, "GET", strings.Replace(path, "/binary", "/image", 1), nil)
	p.must(204, "DELETE", "/attachment/"+id, nil)
	p.as("").must(404, "GET", path, nil)
	p.at = p.at.Add(time.Hour)
	p.as("").must(403, "GET", path, nil)
}

// TestPicturesInText: wiki markup names a file, ADF has a media node for it,
// and each reads as the other.
func TestPicturesInText(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(nil)
	p.attach(200, key, file{"shot.png", "", "x"})
	p.must(204, "PUT", "/rest/api/2/issue/"+key, `{"fields":{"description":"Look:\n\n!shot.png!\n\nand !shot.png! and !none.png!"}}`)
	d := p.must(200, "GET", "/issue/"+key+"?fields=description", nil)
	if dig(d.at("fields", "description", "content", 1), "type") != "mediaSingle" || dig(d.at("fields", "description", "content", 2, "content", 1), "type") != "mediaInline" {
		t.Errorf("in ADF it is %s", d.raw)
	}
	if w := p.must(200, "GET", "/rest/api/2/issue/"+key+"?fields=description", nil).at("fields", "description"); w != "Look:\n\n!shot.png!\n\nand !shot.png! and \\!none.png!" {
		t.Errorf("in wiki markup it is %q", w)
	}
	p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{"description": d.at("fields", "description")}})
}

// TestMediaAreLost when a write drops their nodes, while the fault is on.
func TestMediaAreLost(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(nil)
	files := func() int { return len(p.must(200, "GET", "/issue/"+key, nil).list("fields", "attachment")) }
	p.attach(200, key, file{"a.png", "", "x"}, file{"b.png", "", "x"})
	show := func() {
		p.must(204, "PUT", "/rest/api/2/issue/"+key, `{"fields":{"description":"!a.png!\n\n!b.png!"}}`)
	}
	show()
	p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{"description": p.text("gone")}})
	if files() != 2 {
		t.Fatal("without the fault a file is lost")
	}
	show()
	p.must(200, "POST", "/_sim/faults", `{"mediaLoss":true}`)
	p.must(204, "PUT", "/rest/api/2/issue/"+key, `{"fields":{"description":"!b.png!"}}`)
	if a := p.must(200, "GET", "/issue/"+key, nil); len(a.list("fields", "attachment")) != 1 || a.at("fields", "attachment", 0, "filename") != "b.png" {
		t.Errorf("left are %v", a.at("fields", "attachment"))
	}
	id := p.must(201, "POST", "/rest/api/2/issue/"+key+"/comment", `{"body":"see !b.png!"}`).at("id").(string)
	p.must(200, "PUT", "/issue/"+key+"/comment/"+id, map[string]any{"body": p.text("see")})
	if files() != 0 {
		t.Error("an edit of a comment loses nothing")
	}
}

// TestArchivesAreListed for people and for programs.
func TestArchivesAreListed(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range []string{"docs/a.txt", "b.png"} {
			w, err := z.Create(name)
			if err == nil {
				_, err = w.Write(bytes.Repeat([]byte("x"), 3000))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		a := p.attach(200, p.create(nil), file{"all.zip", "", b.String()}, file{"none.zip", "", "x"})
		at := "/attachment/" + a.at(0, "id").(string) + "/expand/"
		if r := p.must(200, "GET", at+"raw", nil); r.at("totalEntryCount") != 2.0 || r.at("entries", 1, "size") != 3000.0 || r.at("entries", 0, "abbreviatedName") != "a.txt" {
			t.Errorf("for programs it is %s", r.raw)
		}
		if h := p.must(200, "GET", at+"human", nil); h.at("name") != "all.zip" || h.at("entries", 0, "size") != "2 kB" || h.at("entries", 1, "mediaType") != "image/png" {
			t.Errorf("for people it is %s", h.raw)
		}
		p.must(409, "GET", "/attachment/"+a.at(1, "id").(string)+"/expand/raw", nil)
	})
}

// FuzzUploads sends any bytes as a multipart body: what is answered is an
// answer, and what was kept comes back as it was.
func FuzzUploads(f *testing.F) {
	good, head := upload(f, file{"a.txt", "text/plain", "x"}, file{"p.png", "", "\x89PNG"})
	kind := head.Get("Content-Type")
	f.Add(good, kind)
	f.Add(good[:len(good)/2], kind)
	f.Add("--b\r\n\r\n--b--", "multipart/form-data; boundary=b")
	f.Add("--b--\r\nx", "multipart/form-data; boundary=\"b\"")
	f.Add("x", "multipart/form-data")
	f.Add("x", "multipart/form-data; boundary="+strings.Repeat("b", 200))
	f.Add("--b\r\nContent-Disposition: form-data; name=file; filename=\"../../x\"\r\nContent-Type: ;;\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=zz\r\n--b--", "multipart/form-data; boundary=b")
	f.Fuzz(func(t *testing.T, body, kind string) {
		p := open(t, jirasim.DataCenter, func(o *jirasim.Options) { o.Samples = 1 })
		p.with = http.Header{"X-Atlassian-Token": {"no-check"}, "Content-Type": {kind}}
		a := p.do("POST", "/issue/DEV-1/attachments", body)
		if a.status != 200 && a.status != 400 && a.status != 404 && a.status != 415 {
			t.Fatalf("%d %s", a.status, a.raw)
		}
		for _, x := range a.list() {
			if got := p.must(200, "GET", strings.TrimPrefix(dig(x, "content").(string), p.opt.PublicURL), nil); float64(len(got.raw)) != dig(x, "size") {
				t.Errorf("%v came back with %d bytes", x, len(got.raw))
			}
		}
	})
}
