package app_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/accord/app"
	"example.com/accord/app/local"
	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
	"example.com/accord/issue"
)

// A reader counts what it reads.
type reader struct {
	by connector.Events

	mu sync.Mutex
	n  int
}

func (r *reader) Events(d connector.Delivery) ([]issue.Event, error) {
	r.mu.Lock()
	r.n++
	r.mu.Unlock()
	return r.by.Events(d)
}

func (r *reader) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

// versions of our webhooks at a site, in the order in which they were made.
func versions(t *testing.T, a *app.App, s *app.Site) (out []string) {
	t.Helper()
	all, err := a.Hooks(context.WithoutCancel(t.Context()), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range all {
		out = append(out, app.HookVersion(h))
	}
	return out
}

// TestTwoVersionsOfAWebhook: a build that registers version 2 takes over from
// one that registered version 1. While both webhooks are there each delivers to
// its own reader, and no edit is lost, whichever of them brings it.
func TestTwoVersionsOfAWebhook(t *testing.T) {
	w := newWorld(t)
	one, two := &reader{}, &reader{}
	old := w.open()
	if err := old.Register(t.Context(), old.Sites[0]); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	w.version = "2"
	w.reads = func(e connector.Events) connector.Events {
		if e != connector.Events(w.a) {
			return e
		}
		one.by, two.by = e, e
		return hook.Versions{Readers: map[string]connector.Events{"1": one, "2": two}, Newest: "2"}
	}
	stop := w.serve()
	a := w.open()
	defer a.Close()
	w.eventually("both webhooks are there", func() bool { return slices.Equal(versions(t, a, a.Sites[0]), []string{"1", "2"}) })
	w.a.Create("ann", doc("heard twice"))
	w.eventually("the issue is at b", func() bool { return shows(w.b, "heard twice") })
	w.eventually("both readers have read", func() bool { return one.count() > 0 && two.count() > 0 })

	w.drop(w.a, "2") // the newer webhook fails: the older one alone still brings what happens
	before := one.count()
	w.a.Create("ann", doc("by the older one"))
	w.eventually("the issue is at b", func() bool { return shows(w.b, "by the older one") })
	if one.count() == before {
		t.Error("version 1 was not read by its reader")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	w.a.sent.Wait()
}

// drop removes the webhook of a version at a site, as an admin would.
func (w *world) drop(s *site, version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = slices.DeleteFunc(s.hooks, func(h connector.Hook) bool { return app.HookVersion(h) == version })
}

// at opens the app at a time, as the build that registers a version.
func (w *world) at(version string, now time.Time) *app.App {
	w.t.Helper()
	w.version = version
	o := w.options()
	o.Now = func() time.Time { return now }
	a, err := local.Open(w.t.Context(), w.config(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func TestAnOlderVersionGoesWhenTheNewerHasProvedItself(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for name, steps := range map[string][]struct {
		build string
		after time.Duration
		want  []string
	}{
		"an upgrade": {
			{"1", 0, []string{"1"}}, {"1", time.Hour, []string{"1"}},
			{"2", 48 * time.Hour, []string{"1", "2"}}, {"2", 71 * time.Hour, []string{"1", "2"}}, {"2", 72 * time.Hour, []string{"2"}},
		},
		"a roll-back": {
			{"1", 0, []string{"1"}}, {"2", time.Hour, []string{"1", "2"}}, {"1", 2 * time.Hour, []string{"1", "2"}},
			{"1", 25 * time.Hour, []string{"1", "2"}}, {"1", 26 * time.Hour, []string{"1"}},
		},
		"builds that take turns": {
			{"1", 0, []string{"1"}}, {"2", time.Hour, []string{"1", "2"}}, {"1", 20 * time.Hour, []string{"1", "2"}},
			{"2", 40 * time.Hour, []string{"1", "2"}}, {"1", 60 * time.Hour, []string{"1", "2"}},
		},
		"a jump": {
			{"1", 0, []string{"1"}}, {"2", time.Hour, []string{"1", "2"}}, {"4", 2 * time.Hour, []string{"1", "2", "4"}}, {"4", 26 * time.Hour, []string{"4"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, s := range steps {
				a := w.at(s.build, noon.Add(s.after))
				if err := a.Register(t.Context(), a.Sites[0]); err != nil {
					t.Fatal(err)
				}
				if got := versions(t, a, a.Sites[0]); !slices.Equal(got, s.want) {
					t.Errorf("build %s after %v: versions %v, want %v", s.build, s.after, got, s.want)
				}
				if err := a.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestThereIsAlwaysAWebhook: whatever is replaced, a new one is there before
// the old one goes.
func TestThereIsAlwaysAWebhook(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	least := func() int { w.b.mu.Lock(); defer w.b.mu.Unlock(); return w.b.least }
	for _, step := range []struct {
		version, secret string
	}{{"1", "hunter3"}, {"1", "hunter4"}, {"2", "hunter4"}, {"2", "hunter5"}, {"3", "hunter6"}} {
		t.Setenv("ACCORD_TEST_SECRET", step.secret)
		now = now.Add(48 * time.Hour)
		a := w.at(step.version, now)
		if err := a.Register(t.Context(), a.Sites[1]); err != nil {
			t.Fatal(err)
		}
		now = now.Add(48 * time.Hour)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		a = w.at(step.version, now)
		if err := a.Register(t.Context(), a.Sites[1]); err != nil {
			t.Fatal(err)
		}
		if got := versions(t, a, a.Sites[1]); len(got) != 1 || least() < 1 {
			t.Errorf("%+v: versions %v; %d at the least", step, got, least())
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKeyless(t *testing.T) {
	for address, want := range map[string]string{
		"https://x/hooks/acme/hunter2?v=1": "https://x/hooks/acme/[secret]?v=1", "https://x/hooks/acme/hunter2": "https://x/hooks/acme/[secret]",
		"https://a-host-with-a-name-of-more-than-32-letters.example/dev/0123456789abcdef0123456789abcdef/hooks/acme/k1?v=1": "https://a-host-with-a-name-of-more-than-32-letters.example/dev/[secret]/hooks/acme/[secret]?v=1",
	} {
		if got := app.Keyless(address); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}
