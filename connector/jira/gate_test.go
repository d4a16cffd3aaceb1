package jira_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
)

// A watch is a clock that a test sets forward.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func (w *watch) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// A guarded site takes a log-in or does not: then it refuses what proves it, and
// answers other calls with the status given.
type guarded struct {
	*site
	watch
	mu     sync.Mutex
	login  bool
	others int
	p      *jira.Participant
}

func newGuarded(t *testing.T, login bool, others int) *guarded {
	g := &guarded{site: newSite(t), login: login, others: others}
	g.watch.now = time.Now()
	mux := g.mux
	g.mux = http.NewServeMux()
	g.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		login, others := g.login, g.others
		g.mu.Unlock()
		switch {
		case strings.HasSuffix(r.URL.Path, "/myself") && !login:
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"message":"Client must be authenticated to access this resource.","status-code":401}`)
		case !strings.HasSuffix(r.URL.Path, "/myself") && others != 0:
			w.WriteHeader(others)
		default:
			mux.ServeHTTP(w, r)
		}
	})
	mux.HandleFunc("GET /rest/api/2/serverInfo", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"deploymentType":"Cloud","version":"1001"}`)
	})
	mux.HandleFunc("GET /rest/api/3/issue/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"id":%q,"key":"SUP-1","fields":{"project":{"key":"SUP"},"comment":{"comments":[],"total":0}},"changelog":{"histories":[],"total":0}}`, r.PathValue("id"))
	})
	g.p = g.open(t, jira.Cloud, jira.Options{Now: g.Now}).Participant(project())
	return g
}

func (g *guarded) set(login bool, others int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.login, g.others = login, others
}

// asks lets many links ask at once, and returns how many calls reached the site
// and the last error.
func (g *guarded) asks(t *testing.T) (calls int, err error) {
	t.Helper()
	before := len(g.asked(""))
	var all sync.WaitGroup
	var mu sync.Mutex
	for i := range 40 {
		all.Go(func() {
			_, e := look(t, g.p, fmt.Sprint(100+i))
			mu.Lock()
			defer mu.Unlock()
			if e != nil {
				err = e
			}
		})
	}
	all.Wait()
	return len(g.asked("")) - before, err
}

// TestAWrongTokenClosesTheGate: forty links ask again and again, and the site is
// asked once a pause that grows to a quarter of an hour. With the right token it
// opens by itself.
func TestAWrongTokenClosesTheGate(t *testing.T) {
	for name, others := range map[string]int{"401 everywhere": 401, "Cloud, as if there were nothing": 404} {
		t.Run(name, func(t *testing.T) {
			g := newGuarded(t, true, 0)
			if _, err := g.asks(t); err != nil {
				t.Fatal(err)
			}
			g.set(false, others)
			if _, err := g.asks(t); !errors.Is(err, connector.ErrDenied) {
				t.Fatalf("a token that ended: %v", err)
			}
			g.asks(t) // whoever comes next proves it, if none has
			began, calls := g.Now(), 0
			var at []time.Duration
			for range 60 {
				g.pass(time.Minute)
				n, err := g.asks(t)
				if busy, ok := errors.AsType[*connector.Busy](err); !errors.Is(err, connector.ErrDenied) || ok && busy.For > 15*time.Minute {
					t.Fatalf("after %v: %v", g.Now().Sub(began), err)
				}
				if calls += n; n > 0 {
					at = append(at, g.Now().Sub(began))
				}
			}
			if want := []time.Duration{1, 3, 7, 15, 30, 45, 60}; calls != len(want) || fmt.Sprint(at) != fmt.Sprint(minutes(want)) {
				t.Errorf("%d calls within an hour, after %v; want one each after %v", calls, at, minutes(want))
			}
			g.set(true, 0)
			g.pass(15 * time.Minute)
			g.asks(t)
			if _, err := g.asks(t); err != nil {
				t.Errorf("the token is right again: %v", err)
			}
		})
	}
}

func minutes(ns []time.Duration) (out []time.Duration) {
	for _, n := range ns {
		out = append(out, n*time.Minute)
	}
	return out
}

// TestACheckAsksAgain: whoever puts a token right need not wait for the pause to
// end; and is told what the site says if it is not right yet.
func TestACheckAsksAgain(t *testing.T) {
	g := newGuarded(t, false, 401)
	g.asks(t)
	g.asks(t)
	for range 2 {
		if got := fmt.Sprint(g.p.Check(t.Context())); !strings.Contains(got, "GET /rest/api/3/myself: 401") || strings.Contains(got, "busy") {
			t.Errorf("a check with a wrong token: %s", got)
		}
	}
	g.set(true, 0)
	if got := fmt.Sprint(g.p.Check(t.Context())); !strings.Contains(got, "logged in as Accord") {
		t.Errorf("a check with the right token: %s", got)
	}
	if _, err := g.asks(t); err != nil {
		t.Errorf("the gate is still closed: %v", err)
	}
}

// TestOneRefusalClosesNothing: a 401 for one call while the log-in is taken is
// no reason to stop.
func TestOneRefusalClosesNothing(t *testing.T) {
	g := newGuarded(t, true, 401)
	if _, err := g.asks(t); !errors.Is(err, connector.ErrDenied) {
		t.Fatalf("%v", err)
	}
	g.set(true, 0)
	g.asks(t) // those that meet the proof are told to wait
	if _, err := g.asks(t); err != nil {
		t.Errorf("the gate is closed: %v", err)
	}
}

// TestDownForLong: a 503 that asks for more than a minute is told to people, a
// shorter one and a 429 are not.
func TestDownForLong(t *testing.T) {
	for _, c := range []struct {
		status int
		after  string
		down   bool
	}{{503, "600", true}, {503, "30", false}, {429, "600", false}} {
		s, w := newSite(t), &watch{now: time.Now()}
		s.on("GET /rest/api/3/issue/10", c.status, "", "Retry-After", c.after)
		p := s.open(t, jira.Cloud, jira.Options{Now: w.Now}).Participant(project())
		_, _ = look(t, p, "10")
		w.pass(20 * time.Second)
		_, err := look(t, p, "10")
		if _, busy := errors.AsType[*connector.Busy](err); !busy || errors.Is(err, connector.ErrDown) != c.down {
			t.Errorf("%d with Retry-After: %s: %v", c.status, c.after, err)
		}
	}
}
