package app_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/jirasim"
	"example.com/accord/memory"
)

// hooking is an app at one site, which is a simulated Jira. Its address and the
// key of its hook are said.
func hooking(t *testing.T, flavour, site, public, key string) (*app.App, *app.Site) {
	t.Helper()
	c, faults := config.Parse("accord.yaml", []byte(strings.NewReplacer("FLAVOUR", flavour, "SITE", site, "PUBLIC", public).Replace(`
version: 1
public_url: PUBLIC
sites:
  acme: {kind: FLAVOUR, url: SITE, user: admin@example.com, token: {env: TOKEN}}
  other: {kind: datacenter, url: http://jira.example, token: {env: TOKEN}, webhooks: off}
syncs:
  both: {participants: [{name: a, site: acme, project: SUP}, {name: b, site: other, project: DEV}], fields: {summary: }}
`)))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	a := app.New(c, app.State{Store: memory.NewStore(), Queue: memory.NewQueue()}, app.Options{
		Secret: func(config.Credential) (string, error) { return "example", nil },
		Keys:   map[string]connector.Secret{"acme": connector.NewSecret(key)},
	})
	err := a.Connect()
	if err == nil {
		err = a.LoadHooks(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return a, a.Sites[0]
}

// TestOurWebhooksAreKnownByTheirKey: a changed path key, which stands before it,
// leaves no webhook behind; those of others stay, however much they look like ours.
func TestOurWebhooksAreKnownByTheirKey(t *testing.T) {
	const ours, theirs = "5f1e0c8a9b7d4e2f5f1e0c8a9b7d4e2f", "00c0ffee00c0ffee00c0ffee00c0ffee"
	for _, flavour := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		t.Run(string(flavour), func(t *testing.T) {
			sim := jirasim.New(jirasim.Options{Flavour: flavour, Lag: -1})
			server := httptest.NewServer(sim)
			t.Cleanup(func() { server.Close(); sim.Close() })
			at := func(public, key string) (*app.App, *app.Site) {
				return hooking(t, string(flavour), server.URL, public, key)
			}
			register := func(public, key string) {
				a, s := at(public, key)
				if err := a.Register(t.Context(), s); err != nil {
					t.Fatal(err)
				}
			}
			register("https://hooks.example/dev/old-path-key", ours)
			var stay []string
			for public, key := range map[string]string{
				"https://hooks.example/dev/their-path-key": theirs, // another installation behind the same host
				"https://hooks.example":                    theirs,
				"https://elsewhere.example/dev/new":        ours, // another host: it may be a copy that somebody tries out
			} {
				a, s := at(public, key)
				made, err := s.Tracker.Hooks.AddHook(t.Context(), connector.Hook{Name: "Accord", URL: a.HookURL(s), Active: true})
				if err != nil {
					t.Fatal(err)
				}
				stay = append(stay, made.URL)
			}
			a, s := at("https://hooks.example/dev/new-path-key", ours)
			for _, odd := range []string{"https://hooks.example/dev/old/hooks/acme-two/" + ours, "https://hooks.example/dev/old/hooks/acme/" + ours + "/x"} {
				if _, err := s.Tracker.Hooks.AddHook(t.Context(), connector.Hook{Name: "Accord", URL: odd, Active: true}); err != nil {
					t.Fatal(err)
				}
				stay = append(stay, odd)
			}
			if old, err := a.Hooks(t.Context(), s); err != nil || len(old) != 1 || !strings.Contains(old[0].URL, "/old-path-key/") {
				t.Errorf("ours are %v, %v", old, err)
			}
			register("https://hooks.example/dev/new-path-key", ours)
			all, err := s.Tracker.Hooks.Hooks(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, h := range all {
				left = append(left, h.URL)
			}
			if diff := cmp.Diff(append(stay, a.HookURL(s)), left); diff != "" {
				t.Errorf("at the site (-want +got):\n%s", diff)
			}
		})
	}
}
