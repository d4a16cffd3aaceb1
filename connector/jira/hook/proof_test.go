package hook_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
	"example.com/accord/jirasim"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// token is signed by another hand than the one that the reader has.
func token(t *testing.T, m jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	s, err := jwt.NewWithClaims(m, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestProof(t *testing.T) {
	secret := []byte("the app's secret")
	at := func(d time.Duration) int64 { return noon.Add(d).Unix() }
	good := token(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"iss": "accord", "exp": at(time.Minute)})
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{}`)) + "."
	for name, c := range map[string]struct {
		reason string
		header string
		proven bool
	}{
		"good":            {"signed with the app's secret", "Bearer " + good, true},
		"lower case":      {"schemes have no case", "bearer " + good, true},
		"as Connect says": {"its deliveries carry the same under another scheme", "JWT " + good, true},
		"spaces":          {"they carry no meaning", "  Bearer   " + good + " ", true},
		"no claims":       {"it is not known which there are", "Bearer " + token(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{}), true},
		"odd claims":      {"nor of what kind", "Bearer " + token(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"iss": 7, "sub": map[string]any{"a": 1}}), true},
		"none":            {"not every delivery need have one; the address is proof enough", "", true},
		"a slow clock":    {"clocks are not the same", "Bearer " + token(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"exp": at(-4 * time.Minute)}), true},
		"old":             {"whoever has kept one may not use it for ever", "Bearer " + token(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"exp": at(-time.Hour)}), false},
		"too early":       {"it is not good yet", "Bearer " + token(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"nbf": at(time.Hour)}), false},
		"another secret":  {"forged", "Bearer " + token(t, jwt.SigningMethodHS256, []byte("other"), jwt.MapClaims{}), false},
		"another method":  {"only one is agreed on", "Bearer " + token(t, jwt.SigningMethodHS512, secret, jwt.MapClaims{}), false},
		"no method":       {"the oldest trick", "Bearer " + none, false},
		"cut off":         {"a prefix proves nothing", "Bearer " + good[:len(good)-4], false},
		"not a token":     {"garbage", "Bearer x.y.z", false},
		"empty":           {"a scheme without a token", "Bearer", false},
		"another scheme":  {"a password is no token", "Basic YTpi", false},
	} {
		if got := hook.Proven(connector.NewSecret(string(secret)), c.header, noon); got != c.proven {
			t.Errorf("%s: proven is %v, want %v: %s", name, got, c.proven, c.reason)
		}
	}
	if hook.Proven(connector.Secret{}, "Bearer "+token(t, jwt.SigningMethodHS256, []byte(""), jwt.MapClaims{}), noon) {
		t.Error("where no secret is known nothing is proven by the empty one")
	}
}

// TestDeliveriesOfAnApp: what the simulator sends is heard, and nothing that is
// signed otherwise.
func TestDeliveriesOfAnApp(t *testing.T) {
	app := jirasim.App{ID: "accord", Secret: "hush"}
	r := &hook.Reader{App: connector.NewSecret(app.Secret), Projects: []hook.Project{{"support", "SUP"}}}
	body := []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"10","key":"SUP-1"},"matchedWebhookIds":[7]}`)
	heard := func(h http.Header) error {
		evs, err := r.Events(connector.Delivery{Header: h, Body: body, At: noon})
		if err == nil && len(evs) != 1 {
			t.Errorf("%d events", len(evs))
		}
		return err
	}
	if err := heard(http.Header{"authorization": {"Bearer " + jirasim.Prove(app, noon)}}); err != nil {
		t.Error(err)
	}
	if err := heard(http.Header{"Authorization": {"Bearer " + jirasim.Prove(jirasim.App{ID: "accord", Secret: "guess"}, noon)}}); !errors.Is(err, connector.ErrForged) {
		t.Errorf("a guess: %v", err)
	}
	if err := heard(http.Header{"Authorization": {"Bearer " + jirasim.Prove(app, noon.Add(-time.Hour))}}); !errors.Is(err, connector.ErrForged) {
		t.Errorf("an old one: %v", err)
	}
}

func FuzzProven(f *testing.F) {
	f.Add("Bearer a.b.c")
	f.Add("JWT " + jirasim.Prove(jirasim.App{Secret: "other"}, noon))
	f.Fuzz(func(t *testing.T, header string) {
		if hook.Proven(connector.NewSecret("a secret that nobody guesses"), header, noon) && strings.TrimSpace(header) != "" {
			t.Errorf("%q is taken", header)
		}
	})
}
