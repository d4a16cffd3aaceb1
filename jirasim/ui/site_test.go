package ui_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/accord/jirasim/ui"
	"example.com/accord/jirasim/world"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A site is a world, and its page as the browser of one person sees it.
type site struct {
	t    *testing.T
	mu   sync.Mutex
	w    *world.World
	at   time.Time
	page *ui.Page
	jar  []*http.Cookie
}

func open(t *testing.T, f world.Flavour) *site {
	s := &site{t: t, w: world.Found(f, 3, []world.Seat{{Key: "SUP", Name: "Support"}, {Key: "OPS", Name: "Operations"}}), at: noon}
	if err := s.w.Samples(3, noon.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.w.Take()
	s.page = ui.New(s, "https://jira.example.com")
	t.Cleanup(s.page.Close)
	return s
}

// Enter implements ui.Site. Each visit is a second after the one before.
func (s *site) Enter(_ *http.Request, do func(*world.World, time.Time) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(time.Second)
	err := do(s.w, s.at)
	for _, e := range s.w.Take() {
		s.page.Tell(s.w, e)
	}
	return err
}

// send sends a request as a browser does that has the page open.
func (s *site) send(method, path string, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, strings.NewReader(form.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, c := range s.jar {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.page.ServeHTTP(w, r)
	if set := w.Result().Cookies(); len(set) > 0 {
		s.jar = set // there is one alone
	}
	return w
}

// see reads a page, which has to be there.
func (s *site) see(path string) string {
	s.t.Helper()
	w := s.send("GET", ui.Root+path, nil)
	if w.Code != 200 {
		s.t.Fatalf("GET %s: %d\n%s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// post sends a form, given as name, value, …, that leads to another page.
func (s *site) post(path string, pairs ...string) (to string) {
	s.t.Helper()
	w := s.try(path, pairs...)
	if w.Code != 303 {
		s.t.Fatalf("POST %s %v: %d\n%s", path, pairs, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func (s *site) try(path string, pairs ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	form := url.Values{}
	for n := 0; n < len(pairs); n += 2 {
		form.Set(pairs[n], pairs[n+1])
	}
	return s.send("POST", ui.Root+path, form)
}

// be changes the account.
func (s *site) be(email string) {
	s.t.Helper()
	s.post("account", "account", s.w.Login(email).ID, "back", ui.Root+"projects/SUP")
}

// issue finds an issue in the world.
func (s *site) issue(key string) *world.Issue {
	s.t.Helper()
	for _, i := range s.w.Issues {
		if i.Key == key {
			return i
		}
	}
	s.t.Fatalf("there is no %s", key)
	return nil
}

// holds fails unless page holds each of the texts.
func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, x := range texts {
		if !strings.Contains(page, x) {
			t.Errorf("the page does not hold %q:\n%s", x, page)
		}
	}
}

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, x := range texts {
		if strings.Contains(page, x) {
			t.Errorf("the page holds %q", x)
		}
	}
}

func each(t *testing.T, do func(t *testing.T, s *site)) {
	for _, f := range []world.Flavour{world.Cloud, world.DataCenter} {
		t.Run(string(f), func(t *testing.T) { do(t, open(t, f)) })
	}
}
