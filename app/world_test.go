package app_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/accord/app"
	"example.com/accord/app/local"
	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/memory"
)

// A site is a tracker in memory that registers webhooks and delivers them over HTTP.
type site struct {
	*memory.Tracker
	name string

	mu    sync.Mutex
	hooks []connector.Hook
	made  int
	sent  sync.WaitGroup // deliveries under way
	no    error          // why it registers no webhook
	least int            // the fewest webhooks after one was removed
}

func (s *site) Hooks(context.Context) ([]connector.Hook, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.hooks), s.no
}

func (s *site) AddHook(_ context.Context, h connector.Hook) (connector.Hook, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	h.ID = fmt.Sprint(s.made)
	if s.made == 1 {
		s.least = 1
	}
	s.hooks = append(s.hooks, h)
	return h, nil
}

func (s *site) RemoveHook(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = slices.DeleteFunc(s.hooks, func(h connector.Hook) bool { return h.ID == id })
	s.least = min(s.least, len(s.hooks))
	return nil
}

// deliver posts a delivery to every webhook, until it is taken.
func (s *site) deliver(d connector.Delivery) {
	hooks, _ := s.Hooks(context.Background())
	for _, h := range hooks {
		s.sent.Go(func() {
			for range 100 {
				if status, err := post(h.URL, d.Header, d.Body); err == nil && status == 200 {
					return
				}
				time.Sleep(20 * time.Millisecond) // as a site does, which comes again
			}
		})
	}
}

func post(url string, header http.Header, body []byte) (int, error) {
	r, err := http.NewRequest("POST", url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header = header.Clone()
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	got.Body.Close()
	return got.StatusCode, nil
}

// A world is two sites, a configuration, and a state in a folder.
type world struct {
	t      *testing.T
	a, b   *site
	src    string
	folder string
	public string

	version string                                  // that webhooks are registered with; empty: 1
	reads   func(connector.Events) connector.Events // how deliveries are read; nil: as they come
}

const file = `
version: 1
listen: ADDR
public_url: http://ADDR
sites:
  one: {kind: datacenter, url: http://localhost, token: {env: ACCORD_TEST_TOKEN}}
  two: {kind: datacenter, url: http://localhost, token: {env: ACCORD_TEST_TOKEN}, secret: {env: ACCORD_TEST_SECRET}}
syncs:
  both:
    participants:
      - {name: a, site: one, project: SUP}
      - {name: b, site: two, project: DEV}
    fields: {summary: hold, labels: , comments: }
`

// freePort returns an address that nobody listens on, below the ports that the
// system lends to connections.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		addr := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Setenv("ACCORD_TEST_TOKEN", "hunter2")
	t.Setenv("ACCORD_TEST_SECRET", "hunter3")
	addr := freePort(t)
	w := &world{t: t, folder: t.TempDir(), public: "http://" + addr, src: strings.ReplaceAll(file, "ADDR", addr)}
	w.a, w.b = &site{Tracker: &memory.Tracker{Name: "a"}, name: "one"}, &site{Tracker: &memory.Tracker{Name: "b"}, name: "two"}
	w.a.Tracker.Hook, w.b.Tracker.Hook = w.a.deliver, w.b.deliver
	return w
}

func (w *world) config() config.Config {
	w.t.Helper()
	c, faults := config.Parse(filepath.Join(w.folder, "accord.yaml"), []byte(w.src))
	if err := faults.Err(); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) options() app.Options {
	return app.Options{Log: slog.New(slog.DiscardHandler), Version: "test", Kinds: map[string]app.Kind{
		"datacenter": func(s jira.Site, ps []jira.Project, _ *slog.Logger) (app.Tracker, error) {
			if s.Token.Reveal() != "hunter2" {
				return app.Tracker{}, errors.New("wrong token")
			}
			at := map[string]*site{"one": w.a, "two": w.b}[s.Name]
			t := app.Tracker{Hooks: at, Events: at, Version: cmp.Or(w.version, "1"), Connectors: map[issue.Participant]connector.Connector{}}
			if w.reads != nil {
				t.Events = w.reads(at)
			}
			for _, p := range ps {
				t.Connectors[p.Participant] = at.Tracker
			}
			return t, nil
		},
	}}
}

func (w *world) open() *app.App {
	w.t.Helper()
	a, err := local.Open(w.t.Context(), w.config(), w.options())
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// serve serves until stop is called, which returns what Serve did.
func (w *world) serve() (stop func() error) {
	w.t.Helper()
	a := w.open()
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(a.Serve(ctx), a.Close()) }()
	w.eventually("the server is healthy", func() bool {
		r, err := http.Get(w.public + "/healthz")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == 200
	})
	return sync.OnceValue(func() error { cancel(); return <-ended })
}

// eventually fails the test if fact is not true within some seconds.
func (w *world) eventually(what string, fact func() bool) {
	w.t.Helper()
	end := time.Now().Add(20 * time.Second)
	for !fact() {
		if time.Now().After(end) {
			w.t.Fatalf("it never came true that %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

var summary = issue.Place{Field: "summary"}

// shows reports whether exactly one issue of s has that summary.
func shows(s *site, words string) bool {
	n := 0
	for _, id := range s.IDs() {
		if s.Show(id)[summary] == issue.Scalar(words) {
			n++
		}
	}
	return n == 1
}

func doc(words string) issue.Document {
	return issue.Document{summary: issue.Scalar(words), {Field: "labels"}: issue.SetOf("x")}
}
