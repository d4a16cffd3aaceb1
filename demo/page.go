package demo

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Stand is the page that shows both Jiras side by side, and between them
// what the sync did.
type stand struct {
	url    string
	server *http.Server
	tale   *tale
	stop   context.CancelFunc
	told   chan struct{} // closed when the tale has ended
	left   pane
	right  pane
}

// A Pane is one Jira as the stand shows it.
type pane struct{ Name, Board string }

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS []byte

//go:embed page.js
var pageJS []byte

// pages are all templates; nobody changes them.
var pages = template.Must(template.New("page").Parse(pageHTML))

// openStand serves the page on a loopback address until ctx ends or it is closed.
func (s *stage) openStand(ctx context.Context) (*stand, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve the page: %w", err)
	}
	st := &stand{url: "http://" + l.Addr().String() + "/", tale: newTale(s.app.Store), told: make(chan struct{}),
		left: pane{"Cloud", s.cloud.url + "/_sim/ui/projects/SUP"}, right: pane{"Data Center", s.center.url + "/_sim/ui/projects/DEV"}}
	st.server = &http.Server{Handler: st.handler(), ReadHeaderTimeout: 10 * time.Second}
	go st.server.Serve(l) // ends with close
	ctx, st.stop = context.WithCancel(ctx)
	go func() {
		defer close(st.told)
		st.tale.follow(ctx)
	}()
	return st, nil
}

// close ends the page, and what reads the store for it.
func (st *stand) close() error {
	st.stop()
	<-st.told
	return st.server.Close()
}

func (st *stand) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", st.show)
	mux.HandleFunc("GET /events", st.stream)
	mux.HandleFunc("GET /page.css", content("text/css; charset=utf-8", pageCSS))
	mux.HandleFunc("GET /page.js", content("text/javascript; charset=utf-8", pageJS))
	rules := "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src " +
		origin(st.left.Board) + " " + origin(st.right.Board)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", rules)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if name, _, _ := net.SplitHostPort(r.Host); name != "127.0.0.1" && name != "localhost" { // a name that somebody made lead here
			http.Error(w, "This page is on this machine alone.", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// origin is the address of a board without its path.
func origin(url string) string {
	before, _, _ := strings.Cut(url, "/_sim/")
	return before
}

func content(kind string, b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(b)
	}
}

func (st *stand) show(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, "page", struct {
		Left, Right pane
		Deeds       []deed
	}{st.left, st.right, st.tale.last()})
	if err != nil {
		http.Error(w, "The page could not be drawn.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w)
}

// stream sends each deed that a page has not seen, drawn, as the sync does it.
func (st *stand) stream(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.Atoi(cmp.Or(r.Header.Get("Last-Event-ID"), r.FormValue("after")))
	if err != nil {
		after = 0 // it has seen nothing yet
	}
	c, leave := st.tale.join(after)
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	fmt.Fprint(w, "retry: 1000\n: open\n\n")
	for out.Flush() == nil {
		select {
		case d := <-c:
			var b strings.Builder
			if pages.ExecuteTemplate(&b, "deed", d) != nil {
				return
			}
			fmt.Fprintf(w, "id: %d\nevent: deed\ndata: %s\n\n", d.Number, strings.ReplaceAll(b.String(), "\n", "\ndata: "))
		case <-time.After(15 * time.Second):
			fmt.Fprint(w, ": still here\n\n")
		case <-r.Context().Done():
			return
		}
	}
}

// A Crowd is who listens to a tale.
type crowd struct {
	mu   sync.Mutex
	open map[chan deed]bool
	past []deed // the last of them, the newest first
}

// remembered is how many deeds a page that is opened shows.
const remembered = 100

func (c *crowd) last() []deed {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]deed{}, c.past...)
}

// join tells what comes after the deed of a number, beginning with those that
// are remembered.
func (c *crowd) join(after int) (ch chan deed, leave func()) {
	ch = make(chan deed, 2*remembered)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range slices.Backward(c.past) {
		if d.Number > after {
			ch <- d
		}
	}
	c.open[ch] = true
	return ch, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.open, ch)
	}
}

// tell tells everybody, and waits for nobody: who is too slow sees it when he
// opens the page anew.
func (c *crowd) tell(d deed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d.Number = 1
	if len(c.past) > 0 {
		d.Number += c.past[0].Number
	}
	c.past = append([]deed{d}, c.past[:min(len(c.past), remembered-1)]...)
	for ch := range c.open {
		select {
		case ch <- d:
		default:
		}
	}
}
