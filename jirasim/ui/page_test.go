package ui_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/accord/jirasim/ui"
	"example.com/accord/jirasim/world"
)

func TestABoardShowsTheWorkflow(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		names := []string{">To Do ", ">In Progress ", ">In Review ", ">Done "}
		if s.w.Flavour == world.DataCenter {
			names = []string{">Open ", ">In Progress ", ">Review ", ">Closed "}
		}
		page, at := s.see("projects/SUP"), 0
		for _, n := range names {
			next := strings.Index(page[at:], n)
			if next < 0 {
				t.Fatalf("no column %q in its place:\n%s", n, page)
			}
			at += next
		}
		holds(t, page, `id="card-SUP-1"`, "Export stops after 500 rows", `aria-current="page"`, `lang="en"`, `aria-live="polite"`)
		holds(t, s.see("projects/OPS"), "Nothing here")
	})
}

// TestTheLifeOfAnIssue does with forms alone what a person does without a script.
func TestTheLifeOfAnIssue(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		ada := s.w.Login("ada@example.com")
		s.be("ada@example.com")
		to := s.post("projects/SUP/create", "issuetype", s.w.Types[0].ID, "summary", "New <b>one</b>", "description", "It is *bold*.\r\n\r\n* a\r\n* b", "labels", "x y", "assignee", ada.ID)
		if to != ui.Root+"projects/SUP#card-SUP-3" {
			t.Fatalf("it leads to %s", to)
		}
		holds(t, s.see("projects/SUP"), "New &lt;b&gt;one&lt;/b&gt;")
		page := s.see("issues/SUP-3")
		holds(t, page, "<b>bold</b>", "<li>a</li>", "x, y", "Ada Brandt")
		if i := s.issue("SUP-3"); i.Values["creator"].Text != ada.ID || i.Values["assignee"].Text != ada.ID {
			t.Errorf("it was made by %v for %v", i.Values["creator"], i.Values["assignee"])
		}
		s.post("issues/SUP-3/edit", "summary", "Another", "was.summary", "New <b>one</b>", "labels", "", "was.labels", "x y", "description", "old", "was.description", "old")
		i := s.issue("SUP-3")
		if i.Values["summary"].Text != "Another" || len(i.Values["labels"].List) > 0 || !strings.Contains(s.w.Wiki(i.Values["description"].Text), "*bold*") {
			t.Errorf("it was edited to %v", i.Values)
		}
		step := s.w.Open(ada, i)[0]
		if to := s.post("issues/SUP-3/move", "transition", step.ID, "back", ui.Root+"projects/SUP"); to != ui.Root+"projects/SUP" {
			t.Errorf("a move from the board leads to %s", to)
		}
		if i := s.issue("SUP-3"); i.Values["status"].Text != step.To {
			t.Errorf("it stands at %v, want %s", i.Values["status"], step.To)
		}
		s.post("issues/SUP-3/comment", "body", "Hello [~"+ada.Name+"] _there_")
		holds(t, s.see("issues/SUP-3"), "<em>there</em>", "<del>New &lt;b&gt;one&lt;/b&gt;</del>", "<ins>Another</ins>")
		lacks(t, s.see("issues/SUP-3"), "Delete SUP-3") // ada may not
		s.be("admin@example.com")
		if to := s.post("issues/SUP-3/delete"); to != ui.Root+"projects/SUP" {
			t.Errorf("a delete leads to %s", to)
		}
		lacks(t, s.see("projects/SUP"), "SUP-3")
		if w := s.send("GET", ui.Root+"issues/SUP-3", nil); w.Code != 404 {
			t.Errorf("a deleted issue: %d", w.Code)
		}
	})
}

// TestWhatIsRefusedIsShown: the form comes back as it was filled in, with the
// site's words beside the field.
func TestWhatIsRefusedIsShown(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		w := s.try("projects/SUP/create", "issuetype", s.w.Types[0].ID, "summary", strings.Repeat("x", 300), "description", "kept")
		if w.Code != 400 {
			t.Errorf("too long a summary: %d", w.Code)
		}
		holds(t, w.Body.String(), "Summary must be less than 255 characters.", "kept</textarea>", `role="alert"`, `id="create" open`)
		w = s.try("issues/SUP-1/edit", "duedate", "soon")
		if w.Code != 400 {
			t.Errorf("a date that is none: %d", w.Code)
		}
		holds(t, w.Body.String(), "Error parsing date string: soon", `id="editing" data-live open`)
		w = s.try("issues/SUP-1/comment", "body", "")
		holds(t, w.Body.String(), "Comment body can not be empty!")
		w = s.try("issues/SUP-1/move", "transition", "99999")
		holds(t, w.Body.String(), "not valid for")
		if w = s.try("account", "account", "nobody"); w.Code != 404 {
			t.Errorf("an account that is not there: %d", w.Code)
		}
	})
}

// TestAPreviewChangesNothing with the button of a form, and with a script.
func TestAPreviewChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		before := s.issue("SUP-1")
		w := s.try("issues/SUP-1/comment", "body", "h2. So\n{{x}}", "preview", "1")
		if w.Code != 200 {
			t.Errorf("a preview: %d", w.Code)
		}
		holds(t, w.Body.String(), `<h4><a name="So"></a>So</h4>`, "<tt>x</tt>", "h2. So\n{{x}}</textarea>")
		holds(t, s.try("projects/SUP/create", "description", "-gone-", "preview", "1").Body.String(), "<del>gone</del>")
		holds(t, s.try("issues/SUP-1/edit", "description", "||a||\n|b|", "preview", "1").Body.String(), "<table class=", "<th class=", "<td class=")
		if got := s.try("preview", "text", "*a*<script>").Body.String(); got != "<p><b>a</b>&lt;script&gt;</p>" {
			t.Errorf("the preview is %q", got)
		}
		if s.issue("SUP-1") != before || len(s.w.Issues) != 3 {
			t.Error("something was changed")
		}
	})
}

func TestPermissionsHold(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		ben := s.w.Login("ben@example.com")
		s.be("ben@example.com")
		ben.Denied = []string{"EDIT_ISSUES", "CREATE_ISSUES", "ADD_COMMENTS", "TRANSITION_ISSUES", "BROWSE_PROJECTS:OPS"}
		lacks(t, s.see("projects/SUP"), "Create issue", "/move", "projects/OPS")
		lacks(t, s.see("issues/SUP-1"), `id="editing"`, `id="say"`, "/move")
		for path, form := range map[string][]string{
			"projects/SUP/create": {"issuetype", s.w.Types[0].ID, "summary", "x"}, "issues/SUP-1/edit": {"summary", "x"}, "issues/SUP-1/comment": {"body", "x"},
			"issues/SUP-1/move": {"transition", "11"}, "issues/SUP-1/delete": nil, "projects/OPS/create": {"summary", "x"},
		} {
			if w := s.try(path, form...); w.Code < 400 || w.Code >= 500 {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		if w := s.send("GET", ui.Root+"projects/OPS", nil); w.Code != 404 {
			t.Errorf("a board that he may not see: %d", w.Code)
		}
		s.be("admin@example.com")
		if _, err := s.w.Comment(world.By{User: s.w.Login("admin@example.com"), Now: noon, API: 2}, s.issue("SUP-1"),
			world.Remark{Body: []byte(`"for admins"`), Visibility: &world.Visibility{Type: "group", Value: "jira-administrators"}}); err != nil {
			t.Fatal(err)
		}
		holds(t, s.see("issues/SUP-1"), "for admins", "only jira-administrators")
		s.be("ben@example.com")
		lacks(t, s.see("issues/SUP-1"), "for admins")
	})
}

// TestNobodyElseWrites: not another site's page, not under another name, and
// no address of a form leads away.
func TestNobodyElseWrites(t *testing.T) {
	s := open(t, world.Cloud)
	for reason, change := range map[string]func(*http.Request){
		"another site's page":   func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another port's page":   func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"an old browser":        func(r *http.Request) { r.Header.Set("Origin", "http://evil.example.com") },
		"a name that is not it": func(r *http.Request) { r.Host = "evil.example.com" },
	} {
		r := httptest.NewRequest("POST", "http://127.0.0.1:8080"+ui.Root+"issues/SUP-1/comment", strings.NewReader("body=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(r)
		w := httptest.NewRecorder()
		s.page.ServeHTTP(w, r)
		if w.Code != 403 {
			t.Errorf("%s: %d", reason, w.Code)
		}
	}
	if n := len(s.issue("SUP-1").Comments); n != 1 {
		t.Errorf("%d comments", n)
	}
	for _, host := range []string{"localhost:1", "[::1]:80", "127.0.0.1", "jira.example.com", "192.168.0.7:8080"} {
		r := httptest.NewRequest("GET", ui.Root+"projects/SUP", nil)
		r.Host = host
		w := httptest.NewRecorder()
		if s.page.ServeHTTP(w, r); w.Code != 200 || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("as %s: %d", host, w.Code)
		}
	}
	ada := s.w.Login("ada@example.com").ID
	for _, away := range []string{"https://evil.example.com/", "//evil.example.com" + ui.Root, "/rest/api/3/myself", ui.Root + "../../rest", "", "\x00"} {
		if to := s.post("account", "account", ada, "back", away); to != ui.Root {
			t.Errorf("back to %q leads to %q", away, to)
		}
	}
}

func TestJirasOwnPathsLeadThere(t *testing.T) {
	s := open(t, world.DataCenter)
	for from, to := range map[string]string{"/": ui.Root + "projects/SUP", "/_sim/": ui.Root + "projects/SUP", ui.Root: ui.Root + "projects/SUP",
		"/browse/SUP-1": ui.Root + "issues/SUP-1", "/projects/OPS/board": ui.Root + "projects/OPS"} {
		if w := s.send("GET", from, nil); w.Code != 303 || w.Header().Get("Location") != to {
			t.Errorf("%s: %d to %s", from, w.Code, w.Header().Get("Location"))
		}
		if r := httptest.NewRequest("GET", from, nil); !ui.Serves(r) {
			t.Errorf("%s is not the page's", from)
		}
	}
	for _, path := range []string{"/rest/api/2/myself", "/_sim/requests", "/projects/OPS", "/secure/attachment/1/x"} {
		if ui.Serves(httptest.NewRequest("GET", path, nil)) {
			t.Errorf("%s is the page's", path)
		}
	}
}

// FuzzForms sends any form to any action; nothing panics, and every answer is
// a page or leads to one.
func FuzzForms(f *testing.F) {
	const plain = "application/x-www-form-urlencoded"
	f.Add("issues/SUP-1/edit", "summary=x&was.summary=&customfield_10042=1e999", plain)
	f.Add("issues/SUP-1/move", "transition=%22%7D", plain)
	f.Add("issues/SUP-1/comment", "body={{{{{|||[[[~~~!x!h1.", plain)
	f.Add("projects/SUP/create", "issuetype=&summary=%00%ff", plain)
	f.Add("account", "account=%ff&back=%%%", plain)
	f.Add("preview", "text={panel:title=<x>}y{panel}{color:red}z{color}[x|javascript:alert(1)]", plain)
	f.Add("issues/SUP-1/attach", "--b\r\nContent-Disposition: form-data; name=file; filename=\"../a\x00\"\r\nContent-Type: image/png\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b")
	f.Add("issues/SUP-1/attach", "--b\r\n\r\n--b", "multipart/form-data; boundary=b")
	f.Add("issues/SUP-1/comment", "--b\r\nContent-Disposition: form-data; name=body\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=\"b\"; boundary=c")
	f.Add("issues/SUP-1/attach", "", "multipart/form-data")
	f.Add("files/10000/delete", "x", ";;")
	f.Fuzz(func(t *testing.T, path, form, kind string) {
		u, err := url.Parse("http://127.0.0.1" + ui.Root + path)
		if err != nil || u.Host != "127.0.0.1" {
			t.Skip("no address")
		}
		s := open(t, world.Cloud)
		r := httptest.NewRequest("POST", "http://127.0.0.1/", bytes.NewReader([]byte(form)))
		r.URL = u
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		s.page.ServeHTTP(w, r)
		if w.Code < 200 || w.Code >= 500 {
			t.Errorf("%s %q: %d\n%s", path, form, w.Code, w.Body)
		}
		if strings.Contains(strings.ToLower(w.Body.String()), `href="javascript:`) {
			t.Errorf("a script is linked: %s", w.Body)
		}
	})
}
