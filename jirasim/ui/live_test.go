package ui_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim/ui"
	"example.com/accord/jirasim/world"
)

// listen opens the stream of a browser and returns what reads its next news.
func (s *site) listen(url string) (next func() string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), "GET", url+ui.Root+"events", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range s.jar {
		r.AddCookie(c)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { resp.Body.Close() })
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		s.t.Fatalf("the stream is %s", kind)
	}
	lines := bufio.NewScanner(resp.Body)
	next = func() string {
		for lines.Scan() {
			if d, is := strings.CutPrefix(lines.Text(), "data: "); is {
				return d
			}
			if lines.Text() == ": open" {
				return "open"
			}
		}
		return "end"
	}
	if first := next(); first != "open" {
		s.t.Fatalf("the stream begins with %q", first)
	}
	return next
}

func TestEveryChangeIsTold(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		server := httptest.NewServer(s.page)
		t.Cleanup(server.Close)
		next := s.listen(server.URL)
		s.be("ada@example.com")
		ada := s.w.Login("ada@example.com")
		s.post("projects/SUP/create", "issuetype", s.w.Types[0].ID, "summary", "one")
		step := s.w.Open(ada, s.issue("SUP-3"))[0]
		s.post("issues/SUP-3/edit", "summary", "two", "labels", "x")
		s.post("issues/SUP-3/move", "transition", step.ID)
		s.post("issues/SUP-3/comment", "body", "three")
		s.be("admin@example.com")
		s.post("issues/SUP-3/delete")
		for _, want := range []string{"Ada Brandt created it", "Ada Brandt changed summary, changed labels", "Ada Brandt moved it to " + s.w.Status(step.To).Name, "Ada Brandt commented", "deleted it"} {
			if got := next(); !strings.Contains(got, `"key":"SUP-3"`) || !strings.Contains(got, want) {
				t.Errorf("told %s, want %q", got, want)
			}
		}
		s.page.Close()
		if got := next(); got != "end" {
			t.Errorf("after the end: %s", got)
		}
	})
}

// TestNewsAreForThoseWhoMaySee: a comment for some, and a project for some.
func TestNewsAreForThoseWhoMaySee(t *testing.T) {
	s := open(t, world.Cloud)
	server := httptest.NewServer(s.page)
	t.Cleanup(server.Close)
	s.be("cleo@example.com")
	next := s.listen(server.URL)
	s.be("admin@example.com")
	by := world.By{User: s.w.Login("admin@example.com"), Now: noon, API: 2}
	err := s.Enter(nil, func(w *world.World, _ time.Time) error {
		_, err := w.Comment(by, s.issue("SUP-1"), world.Remark{Body: []byte(`"x"`), Visibility: &world.Visibility{Type: "group", Value: "jira-administrators"}})
		w.Login("cleo@example.com").Denied = []string{"BROWSE_PROJECTS:OPS"}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.post("projects/OPS/create", "issuetype", s.w.Types[0].ID, "summary", "hidden")
	s.post("issues/SUP-2/comment", "body", "for all")
	if got := next(); !strings.Contains(got, "SUP-2") {
		t.Errorf("the first that she is told is %s", got)
	}
}
