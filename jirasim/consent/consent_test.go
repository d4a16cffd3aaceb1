package consent_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.com/accord/jirasim/consent"
)

var (
	app   = consent.App{ID: "app", Secret: "s", Callback: "http://127.0.0.1/cb"}
	noon  = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	asked = consent.Request{Callback: app.Callback, Scopes: []string{"read:jira-work", "offline_access"}}
)

func server() *consent.Server {
	n := 0
	return &consent.Server{Leeway: consent.Leeway, Word: func() string { n++; return fmt.Sprintf("word-%d", n) }}
}

// given is a server with one consent.
func given(t testing.TB) (*consent.Server, consent.Tokens) {
	s := server()
	got, err := s.Exchange(noon, app, s.Consent(noon, app, "ada", asked), app.Callback, "")
	if err != nil {
		t.Fatal(err)
	}
	return s, got
}

func denied(err error) bool { _, is := errors.AsType[*consent.Denial](err); return is }

func TestACodeIsGoodOnce(t *testing.T) {
	verifier := "a long word that only the app knows"
	sum := sha256.Sum256([]byte(verifier))
	proven := asked
	proven.Challenge = base64.RawURLEncoding.EncodeToString(sum[:])
	for name, c := range map[string]struct {
		reason   string
		request  consent.Request
		after    time.Duration
		app      consent.App
		callback string
		verifier string
		good     bool
	}{
		"plain":            {"nothing is wrong", asked, 0, app, app.Callback, "", true},
		"proven":           {"the verifier fits the challenge", proven, time.Minute, app, app.Callback, verifier, true},
		"not proven":       {"whoever stole the code does not know the verifier", proven, 0, app, app.Callback, "other", false},
		"no proof":         {"nor may it be left out", proven, 0, app, app.Callback, "", false},
		"late":             {"a code lives for minutes", asked, consent.CodeLife + 1, app, app.Callback, "", false},
		"another app":      {"a code is for one app", asked, 0, consent.App{ID: "other"}, app.Callback, "", false},
		"another callback": {"as it was asked for", asked, 0, app, "http://evil", "", false},
	} {
		s := server()
		code := s.Consent(noon, app, "ada", c.request)
		got, err := s.Exchange(noon.Add(c.after), c.app, code, c.callback, c.verifier)
		if (err == nil) != c.good || denied(err) == c.good || c.good && (got.Access == "" || got.Refresh == "") {
			t.Errorf("%s (%s): %+v, %v", name, c.reason, got, err)
		}
		if _, err := s.Exchange(noon.Add(c.after), app, code, app.Callback, c.verifier); !denied(err) {
			t.Errorf("%s: the code was good twice: %v", name, err)
		}
	}
}

func TestAccessTokensExpireWhenToldSo(t *testing.T) {
	s, got := given(t)
	s.Expire("another app")
	if s.Bearer(noon, got.Access) == nil {
		t.Fatal("those of another app are gone")
	}
	s.Expire(app.ID)
	if s.Bearer(noon, got.Access) != nil {
		t.Error("it is still good")
	}
	next, err := s.Renew(noon, app, got.Refresh)
	if err != nil || s.Bearer(noon, next.Access) == nil {
		t.Errorf("the consent is gone with it: %v", err)
	}
}

func TestWithoutOfflineAccessNothingIsRefreshed(t *testing.T) {
	s := server()
	online := asked
	online.Scopes = online.Scopes[:1]
	got, err := s.Exchange(noon, app, s.Consent(noon, app, "ada", online), app.Callback, "")
	if err != nil || got.Refresh != "" || s.Bearer(noon, got.Access) == nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Renew(noon, app, ""); !denied(err) {
		t.Errorf("an empty token was renewed: %v", err)
	}
}

func TestAnAccessTokenEnds(t *testing.T) {
	s, got := given(t)
	if g := s.Bearer(noon.Add(consent.AccessLife-1), got.Access); g == nil || g.User != "ada" {
		t.Errorf("within its life it is of %+v", g)
	}
	if g := s.Bearer(noon.Add(consent.AccessLife), got.Access); g != nil {
		t.Error("it outlives its life")
	}
	s.Revoke()
	if g := s.Bearer(noon, got.Access); g != nil {
		t.Error("it outlives the consent")
	}
	if _, err := s.Renew(noon, app, got.Refresh); !denied(err) {
		t.Errorf("what was revoked is renewed: %v", err)
	}
}

func TestARefreshTokenRotates(t *testing.T) {
	s, first := given(t)
	at := noon.Add(time.Hour)
	second, err := s.Renew(at, app, first.Refresh)
	if err != nil || second.Refresh == first.Refresh || s.Bearer(at, second.Access) == nil {
		t.Fatalf("%+v, %v", second, err)
	}
	third, err := s.Renew(at.Add(consent.Leeway-1), app, first.Refresh)
	if err != nil {
		t.Fatalf("within the leeway the old one is taken: %v", err)
	}
	if _, err := s.Renew(at.Add(time.Hour), consent.App{ID: "other"}, third.Refresh); !denied(err) {
		t.Errorf("another app may use it: %v", err)
	}
	if _, err := s.Renew(at.Add(consent.Leeway), app, first.Refresh); !denied(err) {
		t.Errorf("after the leeway the old one is taken: %v", err)
	}
	for _, x := range []consent.Tokens{second, third} {
		if _, err := s.Renew(at.Add(consent.Leeway), app, x.Refresh); !denied(err) {
			t.Error("a token outlives the theft of its family")
		}
	}
}

func TestAConsentEnds(t *testing.T) {
	s, got := given(t)
	if _, err := s.Renew(noon.Add(consent.IdleLife+1), app, got.Refresh); !denied(err) {
		t.Errorf("unused for 90 days: %v", err)
	}
	s, got = given(t)
	at := noon
	for day := 30; day <= 360; day += 30 {
		at = noon.Add(time.Duration(day) * 24 * time.Hour)
		next, err := s.Renew(at, app, got.Refresh)
		if err != nil {
			t.Fatalf("day %d: %v", day, err)
		}
		got = next
	}
	if _, err := s.Renew(at.Add(6*24*time.Hour), app, got.Refresh); !denied(err) {
		t.Errorf("after a year, however often it was used: %v", err)
	}
}

func TestAServerIsItsJSON(t *testing.T) {
	s, got := given(t)
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	again := server()
	if err := json.Unmarshal(b, again); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s.Grants, again.Grants); d != "" || again.Bearer(noon, got.Access) == nil {
		t.Errorf("read back it differs:\n%s", d)
	}
}

// TestOneLineOfTokens is the law that a client lives by: as long as each token
// is used once, and a use whose answer was lost is made again within the
// leeway, the consent stands.
func TestOneLineOfTokens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := server()
		now := noon
		held, err := s.Exchange(now, app, s.Consent(now, app, "ada", asked), app.Callback, "")
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 30).Draw(t, "uses") {
			now = now.Add(time.Duration(rapid.IntRange(1, 24*60).Draw(t, "minutes")) * time.Minute)
			for range rapid.IntRange(0, 3).Draw(t, "lost answers") {
				if _, err := s.Renew(now, app, held.Refresh); err != nil {
					t.Fatal(err)
				}
				now = now.Add(time.Duration(rapid.IntRange(0, 180).Draw(t, "seconds")) * time.Second)
			}
			if held, err = s.Renew(now, app, held.Refresh); err != nil {
				t.Fatal(err)
			}
			if s.Bearer(now, held.Access) == nil {
				t.Fatal("what was given is not taken")
			}
		}
	})
}
