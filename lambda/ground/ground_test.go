package ground

import (
	"context"
	"errors"
	"strings"
	"testing"

	"example.com/accord/config"
)

var errBroken = errors.New("broken")

// on returns a ground with an environment and a vault of its own.
func on(env, held map[string]string) *Ground {
	return &Ground{given: &given{}, env: func(name string) string { return env[name] }, secret: func(_ context.Context, name string) (string, error) {
		text, ok := held[name]
		if !ok {
			return "", errBroken
		}
		return text, nil
	}}
}

func TestOpenNamesAllThatIsMissing(t *testing.T) {
	_, err := Open(t.Context(), func(name string) string { return map[string]string{"ACCORD_BUCKET": "none", "ACCORD_TABLE": "t"}[name] })
	for _, want := range []string{"ACCORD_LIVE_QUEUE", "ACCORD_BULK_QUEUE", "ACCORD_BUCKET"} {
		if err == nil || !strings.Contains(err.Error(), "the environment has no "+want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "ACCORD_TABLE") {
		t.Errorf("what is there is said to be missing: %v", err)
	}
}

// TestUse: the stack says its own address, and no other than that which is left to it.
func TestUse(t *testing.T) {
	for written, want := range map[string]string{config.Stack: "https://stack.example/key", "https://mine.example": "https://mine.example", "": ""} {
		g := on(map[string]string{"ACCORD_PUBLIC_URL": "https://stack.example/key"}, nil)
		if g.use(config.Config{PublicURL: written}, "d"); g.Config.PublicURL != want {
			t.Errorf("%q becomes %q, want %q", written, g.Config.PublicURL, want)
		}
	}
}

func TestSecret(t *testing.T) {
	g := on(map[string]string{"ACCORD_SECRETS": "accord/"}, map[string]string{"accord/TOKEN": "hush", "accord/EMPTY": ""})
	if got, err := g.Secret(config.Credential{Env: "TOKEN"}); got != "hush" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for name, c := range map[string]config.Credential{"empty": {Env: "EMPTY"}, "missing": {Env: "NONE"}, "a file": {File: "token"}} {
		if got, err := g.Secret(c); err == nil || !strings.Contains(err.Error(), "read credential") {
			t.Errorf("one that is %s: %q, %v", name, got, err)
		}
	}
}

func TestKeys(t *testing.T) {
	env := map[string]string{"ACCORD_SITE_KEYS": "accord/site-keys"}
	keys, err := on(env, map[string]string{"accord/site-keys": `{"acme":"k3y"}`}).Keys(t.Context())
	if err != nil || len(keys) != 1 || keys["acme"].Reveal() != "k3y" {
		t.Errorf("%v, %v", keys, err)
	}
	if _, err := on(env, map[string]string{"accord/site-keys": `acme=k3y`}).Keys(t.Context()); err == nil || strings.Contains(err.Error(), "k3y") {
		t.Errorf("what is no JSON: %v", err)
	}
	if _, err := on(env, nil).Keys(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("a vault that does not answer: %v", err)
	}
	if _, err := on(nil, nil).Keys(t.Context()); err == nil {
		t.Error("no name of a secret, and no error")
	}
}
