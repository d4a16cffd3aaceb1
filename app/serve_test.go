package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/accord/app/local"
	"example.com/accord/connector"
	"example.com/accord/issue"
	"example.com/accord/web"
)

// TestBothWays lets edits cross, in both directions, by webhooks alone.
func TestBothWays(t *testing.T) {
	w := newWorld(t)
	stop := w.serve()
	defer stop()
	w.eventually("both webhooks are registered", func() bool {
		a, _ := w.a.Hooks(t.Context())
		b, _ := w.b.Hooks(t.Context())
		return len(a) == 1 && len(b) == 1
	})
	id := w.a.Create("ann", doc("printer on fire"))
	w.eventually("the issue is created at b", func() bool { return shows(w.b, "printer on fire") })
	w.b.Edit("bob", w.b.IDs()[0], summary, issue.Scalar("printer is out"))
	w.eventually("b's edit crosses", func() bool { return shows(w.a, "printer is out") })
	w.a.Edit("ann", id, summary, issue.Scalar("printer is new"))
	w.eventually("a's edit crosses", func() bool { return shows(w.b, "printer is new") })
	if err := stop(); err != nil {
		t.Error(err)
	}
	if len(w.a.IDs()) != 1 || len(w.b.IDs()) != 1 {
		t.Errorf("issues: %v, %v", w.a.IDs(), w.b.IDs())
	}
}

// TestStop stops and starts the server while people edit; whatever was answered
// 200 must be done in the end, and nothing twice.
func TestStop(t *testing.T) {
	w := newWorld(t)
	stop := w.serve()
	w.eventually("the webhook is registered", func() bool { h, _ := w.a.Hooks(t.Context()); return len(h) == 1 })
	const n = 60
	for i := range n {
		w.a.Create("ann", doc(fmt.Sprintf("issue %d", i)))
		if i%20 == 10 {
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			stop = w.serve()
		}
	}
	w.a.sent.Wait()
	w.eventually("all are at b", func() bool { return len(w.b.IDs()) >= n })
	if err := stop(); err != nil {
		t.Error(err)
	}
	for i := range n {
		if !shows(w.b, fmt.Sprintf("issue %d", i)) {
			t.Errorf("issue %d is not at b, or twice", i)
		}
	}
}

// TestThousandWebhooks sends a thousand at the same time over a thousand
// connections; each is answered 200, and all of them stand in the file
// afterwards.
func TestThousandWebhooks(t *testing.T) {
	w := newWorld(t)
	a := w.open()
	s, err := a.Sync("both")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Engine.Pause(t.Context(), "test"); err != nil { // so that they stay in the queue
		t.Fatal(err)
	}
	url := a.HookURL(a.Sites[0])
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	stop := w.serve()
	defer stop()
	const n = 1000
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ready := make(chan struct{})
	var fine atomic.Int64
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-ready
			r, err := http.NewRequest("POST", url, strings.NewReader(fmt.Sprintf(`{"issue":"%d"}`, i)))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("X-From", "a")
			got, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			got.Body.Close()
			if got.StatusCode == 200 {
				fine.Add(1)
			}
		})
	}
	close(ready)
	all.Wait()
	if fine.Load() != n {
		t.Errorf("%d of %d answered 200", fine.Load(), n)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	a = w.open()
	defer a.Close()
	d, err := a.Gauge.Depth(t.Context())
	if err != nil || d.Live+d.Busy != n {
		t.Errorf("%d of %d are in the file (%+v, %v)", d.Live+d.Busy, n, d, err)
	}
}

func TestRefusedDeliveries(t *testing.T) {
	w := newWorld(t)
	stop := w.serve()
	defer stop()
	var url string
	w.eventually("the webhook is registered", func() bool {
		h, _ := w.a.Hooks(t.Context())
		if len(h) == 1 {
			url = h[0].URL
		}
		return url != ""
	})
	for _, c := range []struct {
		reason, url, from, body string
		status                  int
	}{
		{"forged", url, "somebody", `{"issue":"1"}`, 401},
		{"a guessed address", w.public + "/hooks/one/guess", "a", `{"issue":"1"}`, 401},
		{"no JSON", url, "a", `{`, 400},
		{"fine", url, "a", `{"issue":"1"}`, 200},
	} {
		status, err := post(c.url, http.Header{"X-From": {c.from}}, []byte(c.body))
		if err != nil || status != c.status {
			t.Errorf("%s: %d, %v", c.reason, status, err)
		}
	}
	r, err := http.Get(w.public + "/status.json")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var s web.Status
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	if s.Version != "test" || s.Sites[0].Refused.Count != 2 || s.Sites[1].Refused.Count != 0 || s.Syncs[0].Participants[1].Project != "DEV" {
		t.Errorf("%+v", s)
	}
}

// TestSweepAtStart holds that what changed while nobody listened is found when
// the server starts.
func TestSweepAtStart(t *testing.T) {
	w := newWorld(t)
	w.src = strings.ReplaceAll(w.src, "{env: ACCORD_TEST_TOKEN}", "{env: ACCORD_TEST_TOKEN}, webhooks: off")
	w.a.Create("ann", doc("while nobody listened"))
	stop := w.serve()
	defer stop()
	w.eventually("the issue is created at b", func() bool { return shows(w.b, "while nobody listened") })
	if h, _ := w.a.Hooks(t.Context()); len(h) != 0 {
		t.Errorf("webhooks: off, but there is %v", h)
	}
}

func TestOwnListeners(t *testing.T) {
	w := newWorld(t)
	other := newWorld(t).public // a port that is free too
	w.src += "hooks_listen: " + strings.TrimPrefix(other, "http://") + "\n"
	stop := w.serve()
	defer stop()
	for url, want := range map[string]int{
		w.public + "/": 200, w.public + "/hooks/one/x": 404, other + "/": 404, other + "/status.json": 404, other + "/healthz": 200,
	} {
		r, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%s: %d", url, r.StatusCode)
		}
	}
	if status, err := post(other+"/hooks/one/x", nil, nil); err != nil || status != 401 {
		t.Errorf("hooks: %d, %v", status, err)
	}
}

func TestListenTwice(t *testing.T) {
	w := newWorld(t)
	stop := w.serve()
	defer stop()
	a := w.open()
	defer a.Close()
	if err := a.Serve(t.Context()); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("%v", err)
	}
}

// TestRegister holds that a site has one webhook of ours, with today's secret.
func TestRegister(t *testing.T) {
	w := newWorld(t)
	foreign := connector.Hook{URL: "http://elsewhere/hooks/two/x", Active: true}
	w.b.AddHook(t.Context(), foreign)
	w.b.AddHook(t.Context(), connector.Hook{URL: w.public + "/hooks/two/oldkey?v=0", Active: true})
	register := func() []connector.Hook {
		t.Helper()
		a := w.open()
		defer a.Close()
		if err := a.Register(t.Context(), a.Sites[1]); err != nil {
			t.Fatal(err)
		}
		ours, err := a.Hooks(t.Context(), a.Sites[1])
		if err != nil || len(ours) != 1 || !ours[0].Active || ours[0].URL != a.HookURL(a.Sites[1]) {
			t.Errorf("%v, %v", ours, err)
		}
		return ours
	}
	first := register()
	if first[0].Secret != "hunter3" || !strings.HasSuffix(first[0].URL, "?v=1") {
		t.Errorf("%+v", first[0])
	}
	if again := register(); again[0].ID != first[0].ID {
		t.Error("registered twice")
	}
	t.Setenv("ACCORD_TEST_SECRET", "hunter4")
	if changed := register(); changed[0].ID == first[0].ID || changed[0].Secret != "hunter4" {
		t.Error("the new secret was not given to the site")
	}
	before := register()
	w.src = strings.Replace(w.src, "project: DEV", "project: DEVELOP", 1) // it was renamed
	if changed := register(); changed[0].ID == before[0].ID {
		t.Error("the webhook still hears of the old project alone")
	}
	w.b.mu.Lock()
	w.b.hooks[len(w.b.hooks)-1].Active = false
	w.b.mu.Unlock()
	register()
	a := w.open()
	defer a.Close()
	if n, err := a.Unregister(t.Context(), a.Sites[1]); n != 1 || err != nil {
		t.Errorf("%d removed, %v", n, err)
	}
	if s, err := a.Status(t.Context()); err != nil || !s.Sites[1].Hook.At.IsZero() {
		t.Errorf("the status still says that it is registered: %+v, %v", s.Sites[1].Hook, err)
	}
	if all, _ := w.b.Hooks(t.Context()); len(all) != 1 || all[0].URL != foreign.URL {
		t.Errorf("left: %v", all)
	}
}

func TestRegisterFails(t *testing.T) {
	w := newWorld(t)
	w.b.no = errors.New("the account is no admin")
	a := w.open()
	defer a.Close()
	if err := a.Register(t.Context(), a.Sites[1]); err == nil || !strings.Contains(err.Error(), "two: the account is no admin") {
		t.Errorf("%v", err)
	}
	s, err := a.Status(t.Context())
	if err != nil || !strings.Contains(s.Sites[1].Hook.Why, "no admin") || s.Sites[0].Hook.Why != "" {
		t.Errorf("%+v, %v", s.Sites, err)
	}
	w.b.no = nil
	if err := a.Register(t.Context(), a.Sites[1]); err != nil {
		t.Error(err)
	}
	if s, _ := a.Status(t.Context()); s.Sites[1].Hook.Why != "" {
		t.Errorf("%+v", s.Sites)
	}
}

// TestRules holds that a change of the rules plans every link again, once.
func TestRules(t *testing.T) {
	w := newWorld(t)
	stop := w.serve()
	w.a.Create("ann", doc("one"))
	w.eventually("the issue is at b", func() bool { return shows(w.b, "one") })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	w.src = strings.Replace(w.src, "summary: hold", "summary: first", 1)
	digest := w.config().Syncs[0].Rules.Digest
	stop = w.serve()
	a := w.open()
	defer a.Close()
	w.eventually("the link is settled under the new rules", func() bool {
		l, err := a.Store.Link(t.Context(), issue.Ref{Participant: "a", ID: w.a.IDs()[0]})
		return err == nil && l.Rules == digest
	})
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestOpenSaysEverything(t *testing.T) {
	w := newWorld(t)
	t.Setenv("ACCORD_TEST_TOKEN", "")
	_, err := local.Open(t.Context(), w.config(), w.options())
	for _, want := range []string{"open site one: token: ", "open site two: token: ", "environment variable ACCORD_TEST_TOKEN is not set or empty"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	a, err := local.OpenState(t.Context(), w.config(), w.options())
	if err != nil {
		t.Fatalf("the state needs no credential: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	c := w.config()
	c.Sites[0].Kind = "cloud"
	t.Setenv("ACCORD_TEST_TOKEN", "hunter2")
	if _, err := local.Open(t.Context(), c, w.options()); err == nil || !strings.Contains(err.Error(), `no connector for the kind "cloud"`) {
		t.Errorf("%v", err)
	}
}

func TestStateElsewhere(t *testing.T) {
	w := newWorld(t)
	c := w.config()
	c.State = "/dev/null/state"
	if _, err := local.OpenState(t.Context(), c, w.options()); err == nil || !strings.Contains(err.Error(), "open state") {
		t.Errorf("%v", err)
	}
}

func TestStrangerEvent(t *testing.T) {
	a := newWorld(t).open()
	defer a.Close()
	if err := a.Turn(context.Background(), issue.Event{Ref: issue.Ref{Participant: "gone", ID: "1"}}); err != nil {
		t.Errorf("an event for a participant that is no longer in the file: %v", err)
	}
}
