package app_test

import (
	"strings"
	"testing"

	"example.com/accord/app/local"
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
