// Package ui is the site for people: the boards of its projects, its issues,
// and forms that change them. It is drawn on the server, works without a
// script, and with one shows every change as it arrives.
//
// Who looks is what the page's account switcher says, without a password: the
// site is simulated, and so is its log-in. What that account may not do, the
// page may not either.
package ui

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

// A Site is the Jira that a page shows.
type Site interface {
	// Enter lets do look at the site and change it. Nothing else happens there
	// meanwhile, and what do changed is told to whoever listens.
	Enter(r *http.Request, do func(w *world.World, now time.Time) error) error
}

// A Page is the site's face. It is an http.Handler.
type Page struct {
	site  Site
	host  string // by which it is called besides loopback names and plain addresses
	mux   *http.ServeMux
	guard *http.CrossOriginProtection
	live  *feed
}

// Root is the path under which all of a page is.
const Root = "/_sim/ui/"

// Largest is how many bytes a form may have, its files included, and slowest
// how long it may take to come.
const (
	largest = 32 << 20
	slowest = 30 * time.Second
)

//go:embed page.css
var style []byte

//go:embed page.js
var script []byte

// New returns the page of a site. Public is the address under which it is
// known, or "".
func New(site Site, public string) *Page {
	p := &Page{site: site, mux: http.NewServeMux(), guard: http.NewCrossOriginProtection(), live: newFeed()}
	if u, err := url.Parse(public); err == nil {
		p.host = u.Hostname()
	}
	p.mux.HandleFunc("GET /{$}", p.on(home))
	p.mux.HandleFunc("GET /_sim/{$}", p.on(home))
	p.mux.HandleFunc("GET "+Root+"{$}", p.on(home))
	p.mux.HandleFunc("GET /browse/{key}", p.on(browse))
	p.mux.HandleFunc("GET /projects/{key}/board", p.on(toBoard))
	p.mux.HandleFunc("GET "+Root+"projects/{key}", p.on(board))
	p.mux.HandleFunc("POST "+Root+"projects/{key}/create", p.on(create))
	p.mux.HandleFunc("GET "+Root+"issues/{key}", p.on(issue))
	for verb, do := range map[string]action{"edit": edit, "move": move, "comment": comment, "delete": remove, "attach": attach} {
		p.mux.HandleFunc("POST "+Root+"issues/{key}/"+verb, p.on(do))
	}
	p.mux.HandleFunc("GET "+Root+"files/{file}", p.on(hand))
	p.mux.HandleFunc("POST "+Root+"files/{file}/delete", p.on(detach))
	p.mux.HandleFunc("POST "+Root+"account", p.on(beSomebody))
	p.mux.HandleFunc("POST "+Root+"preview", p.on(preview))
	p.mux.HandleFunc("GET "+Root+"events", p.stream)
	p.mux.HandleFunc("GET "+Root+"page.css", file("text/css; charset=utf-8", style))
	p.mux.HandleFunc("GET "+Root+"page.js", file("text/javascript; charset=utf-8", script))
	return p
}

// Serves reports whether a request is the page's: everything else is the API's.
func Serves(r *http.Request) bool {
	path := r.URL.Path
	if strings.HasPrefix(path, Root) {
		return true
	}
	return (r.Method == "GET" || r.Method == "HEAD") && (path == "/" || path == "/_sim/" || strings.HasPrefix(path, "/browse/") ||
		strings.HasPrefix(path, "/projects/") && strings.HasSuffix(path, "/board"))
}

// Close ends all streams.
func (p *Page) Close() { p.live.close() }

// rules is what a browser may do with a page: nothing that is not its own.
// Another page on this machine may show it in a frame, as the demo does.
const rules = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; " +
	"frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"

// ServeHTTP answers one request. A POST that another site's page sends is
// refused, and so is a name that somebody made lead here.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", rules)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if err := p.guard.Check(r); err != nil || !p.known(r.Host) {
		http.Error(w, "This page takes what is sent from itself, under its own name.", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, largest)
	if r.Method == "POST" {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(slowest)) // a recorder of a test has no connection
	}
	p.mux.ServeHTTP(w, r)
}

// known reports whether the site goes by a name: a name of this machine, an
// address, or the one it was given.
func (p *Page) known(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	return strings.EqualFold(name, "localhost") || p.host != "" && strings.EqualFold(name, p.host)
}

// A visit is one request being answered, inside the site.
type visit struct {
	r  *http.Request
	w  *world.World
	by world.By
}

// An answer is what to show, or where to go.
type answer struct {
	status int    // 0: 200
	name   string // of the template; empty: go to "to"
	data   any
	to     string
	cookie *http.Cookie
	file   *world.Attachment // to be handed over; nil: a page
}

type action func(*visit) (answer, error)

// on answers with what an action says.
func (p *Page) on(do action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var a answer
		if err := read(r); err != nil {
			http.Error(w, "The form could not be read.", unreadable(err))
			return
		}
		err := p.site.Enter(r, func(at *world.World, now time.Time) (err error) {
			v := &visit{r: r, w: at, by: world.By{User: who(at, r), Now: now, API: 2}}
			if a, err = do(v); err != nil {
				a = v.trouble(err)
			}
			return nil
		})
		if err != nil {
			http.Error(w, "The site does not answer.", http.StatusInternalServerError)
			return
		}
		write(w, r, a)
	}
}

// unreadable is the status of a form that was not read.
func unreadable(err error) int {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return http.StatusRequestEntityTooLarge
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

// read reads a form, with files or without.
func read(r *http.Request) error {
	if r.Method != "POST" {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	err := r.ParseMultipartForm(1 << 20)
	if errors.Is(err, http.ErrNotMultipart) {
		return nil // then it was read as a plain one
	}
	return err
}

func write(w http.ResponseWriter, r *http.Request, a answer) {
	if a.cookie != nil {
		http.SetCookie(w, a.cookie)
	}
	if a.file != nil {
		writeFile(w, a.file)
		return
	}
	if a.name == "" {
		http.Redirect(w, r, a.to, http.StatusSeeOther)
		return
	}
	var b bytes.Buffer
	if err := sheets.ExecuteTemplate(&b, a.name, a.data); err != nil {
		http.Error(w, "The page could not be drawn.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(max(a.status, http.StatusOK))
	_, _ = b.WriteTo(w) // whoever hung up does not see it
}

func file(kind string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(content)
	}
}

//go:embed page.html
var templates string

// sheets are all templates; nobody changes them.
var sheets = template.Must(template.New("page").Parse(templates))
