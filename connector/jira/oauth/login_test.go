package oauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/accord/connector/jira/oauth"
	"example.com/accord/jirasim"
	"example.com/accord/memory"
)

// callback returns an address at which nobody waits, below the ports that the
// system lends to connections.
func callback(t *testing.T) string {
	t.Helper()
	for range 100 {
		addr := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return "http://" + addr + "/callback"
		}
	}
	t.Fatal("no port is free")
	return ""
}

// reachable is a site whose app's callback can be reached.
func reachable(t *testing.T) *site {
	at := callback(t)
	s := newSite(t, func(o *jirasim.Options) {
		o.Apps = []jirasim.App{{ID: registered.ID, Secret: registered.Secret, Callback: at}}
	})
	s.app.Callback = at
	return s
}

// visit is a browser: it follows the address to the consent page, and from
// there to the callback.
func (s *site) visit(address string) (string, error) {
	c := &http.Client{Transport: s, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := c.Get(address)
	if err != nil {
		return "", err
	}
	r.Body.Close()
	return fetch(r.Header.Get("Location"))
}

func fetch(address string) (string, error) {
	r, err := http.Get(address)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return fmt.Sprint(r.StatusCode, " ", string(b)), err
}

func TestLogin(t *testing.T) {
	s, store := reachable(t), memory.NewStore()
	k := s.keeper(store)
	said := make(chan string, 1)
	got, err := k.Login(t.Context(), func(address string) {
		q, err := url.Parse(address)
		if err != nil || q.Query().Get("audience") != "api.atlassian.com" || q.Query().Get("prompt") != "consent" || q.Query().Get("code_challenge_method") != "S256" ||
			!strings.Contains(q.Query().Get("scope"), "offline_access") || strings.Contains(address, registered.Secret) {
			t.Errorf("one consents at %s", address)
		}
		go func() {
			words, err := s.visit(address)
			said <- fmt.Sprint(words, err)
		}()
	})
	if err != nil || got.Site != "acme" || got.Since.IsZero() || len(got.Lacks) > 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if words := <-said; !strings.Contains(words, "Accord has your consent") {
		t.Errorf("the person is told %q", words)
	}
	if err := s.works(k); err != nil {
		t.Error(err)
	}
	if err := s.works(s.keeper(store)); err != nil {
		t.Errorf("another process: %v", err)
	}
}

func TestALoginAgainTakesThePlaceOfTheFirst(t *testing.T) {
	s, store := reachable(t), memory.NewStore()
	k := s.keeper(store)
	for range 2 {
		if _, err := k.Login(t.Context(), func(address string) { go func() { _, _ = s.visit(address) }() }); err != nil {
			t.Fatal(err)
		}
		if err := s.works(s.keeper(store)); err != nil {
			t.Error(err)
		}
		s.call("DELETE", "/_sim/consents", "", "", nil)
	}
}

func TestLoginsThatComeToNothing(t *testing.T) {
	back := func(s *site, address string, change func(url.Values)) {
		u, err := url.Parse(address)
		if err != nil {
			s.t.Error(err)
			return
		}
		q := url.Values{"state": {u.Query().Get("state")}, "code": {"made up"}}
		change(q)
		if _, err := fetch(s.app.Callback + "?" + q.Encode()); err != nil {
			s.t.Error(err)
		}
	}
	for name, c := range map[string]struct {
		reason string
		person func(s *site, address string)
		url    string
		want   string
	}{
		"the person says no": {"the site says so", func(s *site, a string) {
			back(s, a, func(q url.Values) {
				q.Del("code")
				q.Set("error", "access_denied")
				q.Set("error_description", "User did not authorize the request")
			})
		}, address, "User did not authorize the request"},
		"a code of somebody else": {"the exchange refuses it", func(s *site, a string) { back(s, a, func(url.Values) {}) }, address, "Invalid authorization code"},
		"another site":            {"the consent is good for the one that was chosen", func(s *site, a string) { _, _ = s.visit(a) }, "https://other.example", "is good for " + address + ", and not for https://other.example"},
		"nobody comes":            {"it does not wait for ever", func(*site, string) {}, address, "wait for the consent"},
		"another state": {"a page that makes a browser call the callback changes nothing", func(s *site, a string) {
			back(s, a, func(q url.Values) { q.Set("state", "guessed") })
		}, address, "wait for the consent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, store := reachable(t), memory.NewStore()
			k := s.keeper(store)
			k.URL = c.url
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := k.Login(ctx, func(a string) { go c.person(s, a) })
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), registered.Secret) {
				t.Errorf("%s: %v, want %q", c.reason, err, c.want)
			}
			if st, err := store.State(context.WithoutCancel(t.Context()), "oauth/acme"); err != nil || st.Revision != 0 {
				t.Errorf("something was stored: %s, %v", st.Value, err)
			}
		})
	}
}

// TestACallbackIsOfThisMachine: others could take the code.
func TestACallbackIsOfThisMachine(t *testing.T) {
	for address, good := range map[string]bool{
		"http://127.0.0.1:0/callback": true, "http://localhost:0": true, "http://[::1]:0/x": true,
		"http://127.0.0.1/callback": false, "https://127.0.0.1:1/callback": false, "http://0.0.0.0:1/": false, "http://accord.example:80/": false, "": false, "http://%": false,
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		stopped := errors.New("stopped")
		_, err := oauth.App{Callback: address}.Ask().Await(ctx, func() { cancel(stopped) })
		cancel(nil)
		if errors.Is(err, stopped) != good && !strings.Contains(fmt.Sprint(err), "cannot assign requested address") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestTwoLoginsAtOnce(t *testing.T) {
	s, store := reachable(t), memory.NewStore()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := s.keeper(store).Login(ctx, func(string) {
		_, err := s.keeper(store).Login(ctx, func(string) { t.Error("two wait at one address") })
		if err == nil || !strings.Contains(err.Error(), "is another log-in under way?") {
			t.Errorf("the second: %v", err)
		}
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the first: %v", err)
	}
}

var _ oauth.States = (*memory.Store)(nil)
