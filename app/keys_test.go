package app_test

import (
	"strings"
	"testing"

	"example.com/accord/app/local"
	"example.com/accord/config"
	"example.com/accord/connector"
)

// TestGivenKeys: a key that is given is the site's, also in the place of one
// that was made; a site without one keeps its own.
func TestGivenKeys(t *testing.T) {
	w := newWorld(t)
	urls := func(keys map[string]connector.Secret) (out []string) {
		t.Helper()
		o := w.options()
		o.Keys = keys
		a, err := local.Open(t.Context(), w.config(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range a.Sites {
			out = append(out, a.HookURL(s))
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		return out
	}
	made := urls(nil)
	given := urls(map[string]connector.Secret{"one": connector.NewSecret("given")})
	if !strings.HasSuffix(given[0], "/hooks/one/given?v=1") || given[1] != made[1] || given[0] == made[0] {
		t.Errorf("made %q, given %q", made, given)
	}
}

// TestStackIsNoAddressHere: nothing is registered under a name that only the functions can read.
func TestStackIsNoAddressHere(t *testing.T) {
	w := newWorld(t)
	c := w.config()
	c.PublicURL = config.Stack
	a, err := local.Open(t.Context(), c, w.options())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Register(t.Context(), a.Sites[0]); err == nil || !strings.Contains(err.Error(), "a stack on AWS") {
		t.Errorf("registered: %v", err)
	}
	if all, err := a.Hooks(t.Context(), a.Sites[0]); err != nil || len(all) > 0 {
		t.Errorf("hooks %v, %v", all, err)
	}
}
