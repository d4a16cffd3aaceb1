package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"example.com/accord/web"
	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// source is a state with one link of each standing.
func source(t *testing.T) web.Source {
	t.Helper()
	store, queue := memory.NewStore(), memory.NewQueue()
	summary := issue.Place{Field: "summary"}
	side := func(p issue.Participant, id string) issue.Side {
		return issue.Side{Ref: issue.Ref{Participant: p, ID: id}, Key: map[issue.Participant]string{"a": "SUP-", "b": "DEV-"}[p] + id}
	}
	refusing, sending, counted := side("b", "2"), side("b", "3"), side("b", "6")
	refusing.Tried = map[issue.Place]issue.Try{summary: {Why: "too long"}}
	counted.Tried = map[issue.Place]issue.Try{summary: {Count: 1}}
	sending.Sent = []issue.Sent{{Turn: "t"}}
	for _, l := range []issue.Link{
		{ID: issue.Ref{Participant: "a", ID: "1"}, Held: map[issue.Place]issue.Held{summary: {Since: noon, Claims: []issue.Claim{{By: "a"}, {By: "b"}}}}, Sides: map[issue.Participant]issue.Side{"a": side("a", "1"), "b": refusing}},
		{ID: issue.Ref{Participant: "a", ID: "2"}, Sides: map[issue.Participant]issue.Side{"a": side("a", "2"), "b": side("b", "9")}},
		{ID: issue.Ref{Participant: "a", ID: "3"}, Sides: map[issue.Participant]issue.Side{"a": side("a", "3"), "b": sending}},
		{ID: issue.Ref{Participant: "a", ID: "4"}, Sides: map[issue.Participant]issue.Side{"a": side("a", "4"), "b": {}}},
		{ID: issue.Ref{Participant: "b", ID: "5"}, Sides: map[issue.Participant]issue.Side{"a": side("a", "5"), "b": {Ref: issue.Ref{Participant: "b", ID: "5"}, Tried: refusing.Tried}}},
		{ID: issue.Ref{Participant: "a", ID: "6"}, Sides: map[issue.Participant]issue.Side{"a": side("a", "6"), "b": counted}},
		{ID: issue.Ref{Participant: "gone", ID: "7"}},
	} {
		if err := store.Commit(t.Context(), issue.Link{}, l, durable.Record{}); err != nil {
			t.Fatal(err)
		}
	}
	set := func(name string, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.SetState(t.Context(), durable.State{Name: name, Value: b}); err != nil {
			t.Fatal(err)
		}
	}
	set("sweep/a", map[string]any{"next": noon.Add(-3 * time.Minute), "swept": noon.Add(-time.Minute), "all": map[string]any{}})
	set("sweep/b", map[string]any{"next": noon}) // where the first begins, which never got to a page
	set("health/b", engine.Health{Since: noon.Add(-time.Hour), Why: "read: 401 from the site"})
	set("hook/acme", map[string]any{"key": "hunter2", "at": noon, "why": "the account is no admin"})
	set("refused/acme", web.Refused{Count: 3, Last: noon.Add(-time.Minute)})
	set("pause/two", true)
	if err := queue.Send(t.Context(), durable.Message{Event: issue.Event{Ref: issue.Ref{Participant: "a", ID: "1"}, At: noon.Add(-time.Second)}, Lane: durable.Bulk, At: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	return web.Source{
		Version: "1.2.3", Store: store, Queue: queue, Now: func() time.Time { return noon },
		Syncs: []web.Sync{
			{Name: "one", Participants: []web.Participant{{Name: "a", Site: "acme", Project: "A", Every: "5m0s"}, {Name: "b", Site: "<vendor>", Project: "B", ReadOnly: true}}},
			{Name: "two", Participants: []web.Participant{{Name: "c"}, {Name: "d"}}},
		},
		Sites: []web.Place{{Name: "acme", Kind: "cloud", URL: "https://acme.atlassian.net", Hooks: true}, {Name: "<vendor>", Kind: "datacenter"}},
	}
}

func TestStatus(t *testing.T) {
	s, err := source(t).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one := s.Syncs[0]
	one.Participants = nil
	if diff := cmp.Diff(web.Sync{Name: "one", Links: 6, Equal: 2, Held: 1, Refused: 1, Waiting: 2}, one); diff != "" {
		t.Error(diff)
	}
	if !s.Syncs[1].Paused || s.Syncs[0].Paused {
		t.Error("only sync two is paused")
	}
	if a := s.Syncs[0].Participants[0]; !a.Through.Equal(noon.Add(-3*time.Minute)) || !a.Swept.Equal(noon.Add(-time.Minute)) {
		t.Errorf("sweep of a: %+v", a)
	}
	if b := s.Syncs[0].Participants[1]; !b.Swept.IsZero() || !b.Through.IsZero() {
		t.Errorf("sweep of b, which never was: %+v", b)
	}
	if s.Syncs[0].Participants[1].Ill == nil || s.Syncs[0].Participants[0].Ill != nil {
		t.Error("b alone is ill")
	}
	want := []web.Item{
		{Sync: "one", Link: "a/1", Keys: []string{"SUP-1", "DEV-2"}, Field: "summary", Held: []string{"a", "b"}, Since: noon},
		{Sync: "one", Link: "a/1", Keys: []string{"SUP-1", "DEV-2"}, Field: "summary", At: "b", Why: "too long"},
		{Sync: "one", Link: "b/5", Keys: []string{"SUP-5"}, Field: "summary", At: "b", Why: "too long"},
	}
	if diff := cmp.Diff(want, s.Open); diff != "" {
		t.Error(diff)
	}
	if s.Sites[0].Refused.Count != 3 || s.Sites[1].Refused.Count != 0 {
		t.Errorf("refused: %+v", s.Sites)
	}
	if s.Queue.Bulk != 1 || s.Queue.Later != 1 || s.Queue.Live != 0 || !s.Queue.Oldest.Equal(noon.Add(-time.Second)) {
		t.Errorf("queue: %+v", s.Queue)
	}
}

// A listing store names links without reading them, and counts how many were read.
type listing struct {
	durable.Store
	read int
	err  error
}

func (l *listing) IDs(ctx context.Context, f durable.Filter) iter.Seq2[issue.Ref, error] {
	return func(yield func(issue.Ref, error) bool) {
		for link, err := range l.Store.Links(ctx, f) {
			if !yield(link.ID, errors.Join(err, l.err)) {
				return
			}
		}
	}
}

func (l *listing) Links(ctx context.Context, f durable.Filter) iter.Seq2[issue.Link, error] {
	return func(yield func(issue.Link, error) bool) {
		for link, err := range l.Store.Links(ctx, f) {
			if l.read++; !yield(link, err) {
				return
			}
		}
	}
}

// TestStatusOfLists: where links can be listed, those alone are read that are shown.
func TestStatusOfLists(t *testing.T) {
	s := source(t)
	walked, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l := &listing{Store: s.Store}
	s.Store = l
	got, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	walked.Syncs[0].Equal, walked.Syncs[0].Waiting = 3, 1 // a/4 is not created, and nothing is on its way
	if diff := cmp.Diff(walked, got); diff != "" || l.read != 3 {
		t.Errorf("%d links were read (-walked +listed):\n%s", l.read, diff)
	}
	l.err = errors.New("no list")
	if _, err := s.Status(t.Context()); !errors.Is(err, l.err) {
		t.Errorf("%v", err)
	}
}

// TestStatusOfManyOpenFields reads no further than is shown.
func TestStatusOfManyOpenFields(t *testing.T) {
	s := source(t)
	for i := range 2 * web.MaxItems {
		l := issue.Link{ID: issue.Ref{Participant: "c", ID: fmt.Sprint(100 + i)}, Held: map[issue.Place]issue.Held{{Field: "summary"}: {Since: noon}}}
		if err := s.Store.Commit(t.Context(), issue.Link{}, l, durable.Record{}); err != nil {
			t.Fatal(err)
		}
	}
	l := &listing{Store: s.Store}
	s.Store = l
	got, err := s.Status(t.Context())
	if err != nil || len(got.Open) != web.MaxItems || got.Syncs[1].Held != 2*web.MaxItems || l.read > web.MaxItems {
		t.Errorf("%d items of %d links, %+v, %v", len(got.Open), l.read, got.Syncs[1], err)
	}
}

// TestStatusFails holds that every fault of the store is told, not shown as zero.
func TestStatusFails(t *testing.T) {
	s := source(t)
	for _, name := range []string{"pause/one", "sweep/a", "health/b", "refused/acme", "hook/acme"} {
		broken := s
		broken.Store = brokenStore{s.Store, name}
		if _, err := broken.Status(t.Context()); err == nil {
			t.Errorf("%s cannot be read, but the status can", name)
		}
	}
}

type brokenStore struct {
	durable.Store
	name string
}

func (s brokenStore) State(ctx context.Context, name string) (durable.State, error) {
	if name == s.name {
		return durable.State{}, errors.New("disk I/O error")
	}
	return s.Store.State(ctx, name)
}

func get(h http.Handler, target string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.Host = "localhost:8080"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) {
	h := web.Pages{Status: source(t).Status, Log: quiet()}.Handler()
	w := get(h, "/", nil)
	page := w.Body.String()
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, page)
	}
	for _, want := range []string{
		"2026-11-24 12:00:00 UTC", "1.2.3",
		`<tr><td>one</td><td class="n">6</td><td class="n">2</td><td class="n warn">1</td><td class="n warn">1</td><td class="n">2</td></tr>`,
		`two <span class="warn">paused</span>`,
		"A on acme", "3 min ago", "never", "read-only", "1 bulk", "the oldest came 1 s ago", "last 60 s ago",
		"read: 401 from the site", "since 60 min ago", "not done yet", "not registered:</span> the account is no admin",
		"held: a, b disagree", "refused at b: too long", "SUP-1, DEV-2",
		"&lt;vendor&gt;", "off: found by sweeps",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
	w = get(h, "/status.json", nil)
	var s web.Status
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || s.Syncs[0].Links != 6 || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%v: %s", err, w.Body)
	}
	if strings.Contains(page+w.Body.String(), "hunter2") {
		t.Error("the address of a hook is shown")
	}
	if w := get(h, "/other", nil); w.Code != 404 {
		t.Errorf("/other: %d", w.Code)
	}
}

func TestPagesAreLocal(t *testing.T) {
	h := web.Pages{Status: source(t).Status, Log: quiet()}.Handler()
	for _, c := range []struct {
		reason string
		change func(*http.Request)
		says   string
	}{
		{"localhost", nil, ""},
		{"an address of the loopback", func(r *http.Request) { r.Host = "127.8.9.1" }, ""},
		{"IPv6", func(r *http.Request) { r.Host = "[::1]:8080" }, ""},
		{"a name made to point here", func(r *http.Request) { r.Host = "evil.example:8080" }, `this request is for "evil.example"`},
		{"a name that only begins well", func(r *http.Request) { r.Host = "127.0.0.1.evil.example" }, `this request is for "127.0.0.1.evil.example"`},
		{"no host", func(r *http.Request) { r.Host = "" }, `this request is for ""`},
		{"another address of this machine", func(r *http.Request) { r.Host = "10.0.0.1" }, `this request is for "10.0.0.1"`},
		{"a proxy", func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.1") }, "passed on by a proxy (X-Forwarded-For)"},
		{"a proxy by the standard", func(r *http.Request) { r.Header.Set("forwarded", "for=10.0.0.1") }, "passed on by a proxy (Forwarded)"},
	} {
		w := get(h, "/status.json", c.change)
		switch {
		case c.says == "" && w.Code != 200:
			t.Errorf("%s: %d %s", c.reason, w.Code, w.Body)
		case c.says != "" && (w.Code != 403 || !strings.Contains(w.Body.String(), c.says)):
			t.Errorf("%s: %d %s", c.reason, w.Code, w.Body)
		}
	}
}

func TestPagesWithoutState(t *testing.T) {
	h := web.Pages{Status: func(context.Context) (web.Status, error) { return web.Status{}, errors.New("disk I/O error") }, Log: quiet()}.Handler()
	if w := get(h, "/", nil); w.Code != 503 || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestHealth(t *testing.T) {
	for want, err := range map[int]error{200: nil, 503: errors.New("no disk")} {
		w := get(web.Health(func(context.Context) error { return err }, quiet()), "/healthz", nil)
		if w.Code != want || strings.Contains(w.Body.String(), "disk") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

// TestAgo holds what a time is called, on the page that shows it.
func TestAgo(t *testing.T) {
	for age, want := range map[time.Duration]string{
		0: "now", 400 * time.Millisecond: "now", time.Second: "1 s ago", 119 * time.Second: "119 s ago", 3 * time.Minute: "3 min ago",
		119 * time.Minute: "119 min ago", 3 * time.Hour: "3 h ago", 50 * time.Hour: "2 days ago",
	} {
		h := web.Pages{Log: quiet(), Status: func(context.Context) (web.Status, error) {
			return web.Status{At: noon, Queue: web.Depth{Oldest: noon.Add(-age)}}, nil
		}}.Handler()
		if page := get(h, "/", nil).Body.String(); !strings.Contains(page, "the oldest came "+want+"\n") && !strings.Contains(page, "the oldest came "+want+"</p>") {
			t.Errorf("%v: the page does not say %q", age, want)
		}
	}
}
