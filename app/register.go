package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/accord/config"
	"example.com/accord/connector"
)

const (
	// overlap is how long a webhook whose address has another version stays
	// beside ours: a build that is rolled back finds its own still there. What
	// both deliver is one event in the queue.
	overlap = 24 * time.Hour

	// renew is how long before its end a webhook is renewed: ten days after it
	// was registered, so that twenty are left to see that it fails.
	renew = 20 * 24 * time.Hour
)

// Register makes sure that a site has one webhook of ours, active, with today's
// address, secret and projects, and that it does not end. The new one is there before an
// older one goes. What became of it is remembered.
func (a *App) Register(ctx context.Context, s *Site) error {
	failed := a.register(ctx, s)
	h, err := a.changeHook(ctx, s.Name, func(h *hook) {
		h.At, h.Why = a.options.Now(), ""
		if failed != nil {
			h.Why = failed.Error()
			return
		}
		h.Signed, h.Scope = s.signed(), a.scope(s)
		if h.Version != s.Tracker.Version {
			h.Version, h.Since = s.Tracker.Version, h.At
		}
	})
	if err == nil {
		s.hook = h
	}
	return errors.Join(failed, err)
}

func (a *App) register(ctx context.Context, s *Site) error {
	switch a.Config.PublicURL {
	case "":
		return errors.New("register webhook: the configuration has no public_url")
	case config.Stack:
		return errors.New("register webhook: public_url is that of a stack on AWS, and this is none")
	}
	old, err := a.Hooks(ctx, s)
	if err != nil {
		return err
	}
	kept, err := a.ensure(ctx, s, old)
	if err != nil {
		return err
	}
	for _, h := range old {
		if h.ID == kept || a.stays(s, h) {
			continue
		}
		if err := s.Tracker.Hooks.RemoveHook(ctx, h.ID); err != nil {
			return fmt.Errorf("remove old webhook of %s: %w", s.Name, err)
		}
	}
	return nil
}

// ensure returns the id of the one webhook that is as it should be, which may
// be new.
func (a *App) ensure(ctx context.Context, s *Site, old []connector.Hook) (string, error) {
	want := a.wanted(s)
	for _, h := range old {
		if h.URL == want.URL && h.Active && s.hook.Signed == s.signed() && s.hook.Scope == a.scope(s) {
			return h.ID, a.renew(ctx, s, h)
		}
	}
	made, err := s.Tracker.Hooks.AddHook(ctx, want)
	if err != nil {
		return "", fmt.Errorf("register webhook at %s: %w", s.Name, err)
	}
	return made.ID, nil
}

// wanted is the webhook that a site is to have.
func (a *App) wanted(s *Site) connector.Hook {
	return connector.Hook{Name: "Accord", URL: a.HookURL(s), Secret: s.secret.Reveal(), Active: true}
}

// renew renews a webhook that would end.
func (a *App) renew(ctx context.Context, s *Site, h connector.Hook) error {
	r, ok := s.Tracker.Hooks.(connector.Renewer)
	if !ok || h.Ends.IsZero() || h.Ends.Sub(a.options.Now()) > renew {
		return nil
	}
	ends, err := r.RenewHook(ctx, h.ID)
	if err != nil {
		return fmt.Errorf("renew webhook of %s, which ends at %s: %w", s.Name, h.Ends.UTC().Format(time.RFC3339), err)
	}
	a.options.Log.Info("webhook renewed", "site", s.Name, "ends", ends)
	return nil
}

// stays reports whether a webhook may still be needed: one that differs from
// ours by its version alone, while ours is new.
func (a *App) stays(s *Site, h connector.Hook) bool {
	path, _, _ := strings.Cut(h.URL, "?")
	return h.Active && path == a.ours(s)+s.hook.Key && HookVersion(h) != s.Tracker.Version && !a.outlived(s)
}

// outlived reports whether the version that we register has been there long
// enough for others to go.
func (a *App) outlived(s *Site) bool {
	return s.hook.Version == s.Tracker.Version && a.options.Now().Sub(s.hook.Since) >= overlap
}

// RenderHook returns the call that registers a site's webhook, for an
// administrator to make it; with its credentials only if reveal says so.
func (a *App) RenderHook(s *Site, reveal bool) (connector.HookCall, error) {
	r, ok := s.Tracker.Hooks.(connector.Renderer)
	if !ok {
		return connector.HookCall{}, fmt.Errorf("site %s: this kind of site cannot show how it registers", s.Name)
	}
	if a.Config.PublicURL == "" || a.Config.PublicURL == config.Stack {
		return connector.HookCall{}, fmt.Errorf("site %s: the configuration says no public_url that it could be told", s.Name)
	}
	h := a.wanted(s)
	if !reveal {
		h.URL = Keyless(h.URL)
		if h.Secret != "" {
			h.Secret = "[secret]"
		}
	}
	return r.RenderHook(h)
}

// pathKey is how long the key of a stack on AWS is at least, which stands before
// ours: see the parameter PathKey of deploy/aws/template.yaml.
const pathKey = 32

// Keyless hides the keys in the address of a webhook.
func Keyless(url string) string {
	path, query, has := strings.Cut(url, "?")
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if i == len(parts)-1 || len(p) >= pathKey && i > 2 { // the host is no key
			parts[i] = "[secret]"
		}
	}
	url = strings.Join(parts, "/")
	if has {
		url += "?" + query
	}
	return url
}
