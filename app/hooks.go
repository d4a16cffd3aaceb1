package app

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/accord/connector"
	jirahook "example.com/accord/connector/jira/hook"
	"example.com/accord/durable"
)

// A hook is the State "hook/<site>".
type hook struct {
	Key    string    `json:"key"`              // the last part of its address; made once, and kept
	Signed string    `json:"signed,omitempty"` // tells whether the site was given today's secret, without telling it
	Scope  string    `json:"scope,omitempty"`  // the keys of the projects that it was registered for
	At     time.Time `json:"at,omitzero"`      // of the last try to register it
	Why    string    `json:"why,omitempty"`    // why that failed; empty: it did not

	Version string    `json:"version,omitempty"` // of the address that was last registered
	Since   time.Time `json:"since,omitzero"`    // it has had that version
}

// LoadHooks reads the keys of the addresses that the sites deliver to, and makes
// those that are missing. It is called after [App.Connect] by whoever takes or
// registers webhooks.
func (a *App) LoadHooks(ctx context.Context) error {
	for _, s := range a.Sites {
		var err error
		if s.hook, err = a.hookOf(ctx, s.Name); err != nil {
			return fmt.Errorf("open site %s: %w", s.Name, err)
		}
	}
	return nil
}

// hookOf returns what is known of a site's hook, and makes its key if there is none.
func (a *App) hookOf(ctx context.Context, site string) (hook, error) {
	return a.changeHook(ctx, site, func(h *hook) {
		switch key := a.options.Keys[site]; {
		case key.Set():
			h.Key = key.Reveal()
		case h.Key == "":
			h.Key = strings.ToLower(rand.Text())
		}
	})
}

// changeHook changes what is known of a site's hook, whoever else does so, and
// returns what is known then.
func (a *App) changeHook(ctx context.Context, site string, change func(*hook)) (hook, error) {
	for range 3 {
		var h hook
		s, err := a.Store.State(ctx, "hook/"+site)
		if err == nil && len(s.Value) > 0 {
			err = json.Unmarshal(s.Value, &h)
		}
		if err != nil {
			return h, fmt.Errorf("read hook: %w", err)
		}
		was := h
		if change(&h); h == was {
			return h, nil
		}
		if s.Value, err = json.Marshal(h); err != nil {
			return h, fmt.Errorf("store hook: %w", err)
		}
		if err = a.Store.SetState(ctx, s); !errors.Is(err, durable.ErrStale) {
			return h, err
		}
	}
	return hook{}, fmt.Errorf("store hook: %w", durable.ErrStale)
}

// ours is where the addresses of our hooks at a site begin today.
func (a *App) ours(s *Site) string { return a.Config.PublicURL + "/hooks/" + s.Name + "/" }

// HookURL is the address that a site delivers to. It is a credential.
func (a *App) HookURL(s *Site) string { return a.ours(s) + s.hook.Key + "?v=" + s.Tracker.Version }

// Keys are the last parts of the addresses that the sites deliver to, by site.
func (a *App) Keys() map[string]connector.Secret {
	keys := map[string]connector.Secret{}
	for _, s := range a.Sites {
		keys[s.Name] = connector.NewSecret(s.hook.Key)
	}
	return keys
}

// HookVersion is the version that the address of a webhook carries: which
// reader its deliveries have.
func HookVersion(h connector.Hook) string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return ""
	}
	return jirahook.Version(u.Query())
}

// signed is a fingerprint of the secret that a hook was registered with.
func (s *Site) signed() string {
	if !s.secret.Set() {
		return ""
	}
	m := hmac.New(sha256.New, []byte(s.secret.Reveal()))
	m.Write([]byte(s.hook.Key))
	return hex.EncodeToString(m.Sum(nil)[:8])
}

// scope names the projects of a site that take part: a webhook hears of these
// alone, so another key in the file needs another webhook.
func (a *App) scope(s *Site) string {
	var keys []string
	for _, p := range a.projects(s.Name) {
		keys = append(keys, p.Key)
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), " ")
}

// isOurs reports whether a webhook with an address is ours: one that begins as
// today's does, or that has our host and ends with the key that was made for us,
// whatever stands between, which is another once a stack's path key has changed.
// Of another Accord, on the same host too, the key is another.
func (a *App) isOurs(s *Site, address string) bool {
	if strings.HasPrefix(address, a.ours(s)) {
		return true
	}
	is, err := url.Parse(address)
	if err != nil {
		return false
	}
	today, err := url.Parse(a.HookURL(s))
	if err != nil || s.hook.Key == "" {
		return false
	}
	return strings.EqualFold(is.Host, today.Host) && strings.HasSuffix(is.Path, "/hooks/"+s.Name+"/"+s.hook.Key)
}

// Hooks returns our webhooks at a site.
func (a *App) Hooks(ctx context.Context, s *Site) ([]connector.Hook, error) {
	all, err := s.Tracker.Hooks.Hooks(ctx)
	if err != nil {
		return nil, fmt.Errorf("list webhooks of %s: %w", s.Name, err)
	}
	var ours []connector.Hook
	for _, h := range all {
		if a.isOurs(s, h.URL) {
			ours = append(ours, h)
		}
	}
	return ours, nil
}

// Unregister removes our webhooks from a site and says how many. What is known
// of the hook is forgotten, but for its key.
func (a *App) Unregister(ctx context.Context, s *Site) (int, error) {
	old, err := a.Hooks(ctx, s)
	if err != nil {
		return 0, err
	}
	for i, h := range old {
		if err := s.Tracker.Hooks.RemoveHook(ctx, h.ID); err != nil {
			return i, fmt.Errorf("remove webhook of %s: %w", s.Name, err)
		}
	}
	h, err := a.changeHook(ctx, s.Name, func(h *hook) { *h = hook{Key: h.Key} })
	if err == nil {
		s.hook = h
	}
	return len(old), err
}
