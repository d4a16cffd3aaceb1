package oauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/accord/awssim"
	"example.com/accord/connector"
	"example.com/accord/connector/jira/oauth"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/durable/sqlite"
	"example.com/accord/jirasim"
	"example.com/accord/memory"
)

const address = "http://jira.example"

var registered = jirasim.App{ID: "accord", Secret: "hush", Callback: "http://127.0.0.1:1/cb"}

// A site is a simulated Jira Cloud, without a network.
type site struct {
	t   testing.TB
	sim *jirasim.Sim
	app oauth.App
	lag time.Duration // of a call, after its effect

	mu     sync.Mutex
	answer func(*http.Request) error // nil, or what breaks a call after its effect
	asked  int                       // calls of the token endpoint
}

func newSite(t testing.TB, change ...func(*jirasim.Options)) *site {
	o := jirasim.Options{PublicURL: address, Apps: []jirasim.App{registered}, Unlimited: true}
	for _, c := range change {
		c(&o)
	}
	s := &site{t: t, sim: jirasim.New(o), app: oauth.App{ID: connector.NewSecret(registered.ID), Secret: connector.NewSecret(registered.Secret),
		Callback: registered.Callback, AuthURL: address, APIURL: address}}
	t.Cleanup(s.sim.Close)
	return s
}

// RoundTrip calls the site. The answer is on its way for a while, or for as
// long as its caller waits.
func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.reach(r)
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(s.lag):
		return resp, err
	}
}

func (s *site) reach(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	s.sim.ServeHTTP(w, r)
	if r.URL.Path == "/oauth/token" {
		s.asked++
	}
	if s.answer != nil {
		if err := s.answer(r); err != nil {
			return nil, err
		}
	}
	return w.Result(), nil
}

// breaks lets calls fail after their effect; nil: not any more.
func (s *site) breaks(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = func(*http.Request) error { return err }
}

func (s *site) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *site) call(method, path, bearer, body string, into any) int {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	w := httptest.NewRecorder()
	s.sim.ServeHTTP(w, r)
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			s.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	}
	return w.Code
}

// consent does by hand what a log-in does, and stores it as one does.
func (s *site) consent(store oauth.States) {
	s.t.Helper()
	w := httptest.NewRecorder()
	q := url.Values{"audience": {"api.atlassian.com"}, "client_id": {registered.ID}, "response_type": {"code"}, "redirect_uri": {registered.Callback}, "scope": {strings.Join(oauth.Scopes(), " ")}}
	s.sim.ServeHTTP(w, httptest.NewRequest("GET", "/authorize?"+q.Encode(), nil))
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil {
		s.t.Fatal(err)
	}
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {registered.ID}, "client_secret": {registered.Secret}, "code": {to.Query().Get("code")}, "redirect_uri": {registered.Callback}}
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	s.call("POST", "/oauth/token", "", form.Encode(), &tokens)
	var cloud struct{ CloudID string }
	s.call("GET", "/_edge/tenant_info", "", "", &cloud)
	now := time.Now()
	b, err := json.Marshal(map[string]any{"cloud": cloud.CloudID, "consented": now, "access": tokens.Access, "got": now, "ends": now.Add(time.Hour), "refresh": tokens.Refresh})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := store.SetState(s.t.Context(), durable.State{Name: "oauth/acme", Value: b}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) keeper(store oauth.States) *oauth.Keeper {
	return &oauth.Keeper{Site: "acme", URL: address, App: s.app, Store: store, HTTP: &http.Client{Transport: s}}
}

// works reports whether the API takes what a keeper gives.
func (s *site) works(k *oauth.Keeper) error {
	api, token, err := k.Bearer(s.t.Context())
	if err != nil {
		return err
	}
	if status := s.call("GET", strings.TrimPrefix(api, address)+"/rest/api/3/myself", token.Reveal(), "", nil); status != 200 {
		return fmt.Errorf("the token is answered with %d", status)
	}
	return nil
}

func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t), memory.NewStore()
		s.consent(store)
		k := s.keeper(store)
		for range 3 * 24 * 60 {
			if err := s.works(k); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		if n := s.calls(); n < 72 || n > 90 {
			t.Errorf("renewed %d times in 72 hours; a token lives for one, and is renewed ten minutes before its end", n)
		}
	})
}

func TestAConsentLastsAYearAndNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t), memory.NewStore()
		s.consent(store)
		k := s.keeper(store)
		for day := range 365 {
			if err := s.works(k); err != nil {
				t.Fatalf("day %d: %v", day, err)
			}
			time.Sleep(24 * time.Hour)
		}
		time.Sleep(time.Hour)
		if err := s.works(k); !errors.Is(err, connector.ErrDenied) || !strings.Contains(err.Error(), "accord login acme") {
			t.Errorf("after a year: %v", err)
		}
		got, err := k.Standing(t.Context())
		if err != nil || got.Why == "" || got.Until.Sub(got.Since) != oauth.ConsentLife {
			t.Errorf("it stands as %+v, %v", got, err)
		}
	})
}

// TestTwoProcessesRenewOnce: two processes over one state find at the same
// moment that the token has ended. The site takes a refresh token once and
// ends the consent if it comes again.
func TestTwoProcessesRenewOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "accord.db")
	for name, open := range map[string]func(*testing.T) oauth.States{
		"SQLite": func(t *testing.T) oauth.States {
			db, err := sqlite.Open(t.Context(), file, sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			return db
		},
		"simulated DynamoDB": table(t),
	} {
		t.Run(name, func(t *testing.T) { renewOnce(t, open(t), open(t)) })
	}
}

// table opens stores on one table of a simulated account.
func table(t *testing.T) func(*testing.T) oauth.States {
	sim, end := awssim.Start()
	t.Cleanup(end)
	if err := sim.Stack("accord"); err != nil {
		t.Fatal(err)
	}
	return func(*testing.T) oauth.States {
		s, _, _ := aws.Open(sdk.Config{Region: awssim.Region, BaseEndpoint: &sim.URL, Credentials: credentials.NewStaticCredentialsProvider("k", "s", "")},
			aws.Names{Table: "accord", Bucket: awssim.Bucket("accord"), Live: sim.Queue("accord-live"), Bulk: sim.Queue("accord-bulk")})
		return s
	}
}

func renewOnce(t *testing.T, stores ...oauth.States) {
	var ahead time.Duration
	clock := func() time.Time { return time.Now().Add(ahead) }
	s := newSite(t, func(o *jirasim.Options) { o.Now, o.Leeway = clock, -1 })
	s.lag = 50 * time.Millisecond
	s.consent(stores[0])
	var keepers []*oauth.Keeper
	for _, store := range stores {
		k := s.keeper(store)
		k.Now = clock
		keepers = append(keepers, k)
	}
	for round := range 5 {
		ahead += 2 * time.Hour
		before := s.calls()
		var all sync.WaitGroup
		tokens := make([]string, 16)
		begin := make(chan struct{})
		for n := range tokens {
			all.Go(func() {
				<-begin
				_, token, err := keepers[n%len(keepers)].Bearer(t.Context())
				if err != nil {
					t.Errorf("round %d: %v", round, err)
				}
				tokens[n] = token.Reveal()
			})
		}
		close(begin)
		all.Wait()
		if n := s.calls() - before; n != 1 {
			t.Errorf("round %d: renewed %d times", round, n)
		}
		for _, token := range tokens {
			if token != tokens[0] {
				t.Errorf("round %d: two tokens are in use", round)
			}
		}
		for _, k := range keepers {
			if err := s.works(k); err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		}
	}
}

// A failing store refuses to save what carries no lease: what a process that
// dies between the answer and the store leaves behind.
type failing struct {
	oauth.States
	mu   sync.Mutex
	dead bool
}

func (f *failing) SetState(ctx context.Context, s durable.State) error {
	f.mu.Lock()
	dead := f.dead
	f.mu.Unlock()
	if dead && !strings.Contains(string(s.Value), `"lease"`) {
		return errors.New("the process has died")
	}
	return f.States.SetState(ctx, s)
}

func TestADeathBetweenAnswerAndStore(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		after  time.Duration
		good   bool
	}{
		"somebody comes at once":        {"the lease has to end first, and within the leeway the old token is taken again", 0, true},
		"somebody comes in 5 minutes":   {"the leeway is ten", 5 * time.Minute, true},
		"somebody comes after the hour": {"the site takes it for a theft: a person has to log in again", time.Hour, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, store := newSite(t), memory.NewStore()
			s.consent(store)
			time.Sleep(2 * time.Hour)
			dying := s.keeper(&failing{States: store, dead: true})
			if _, _, err := dying.Bearer(t.Context()); err == nil {
				t.Fatal("a token that was not stored was given out")
			}
			if s.calls() != 1 {
				t.Fatalf("%d calls", s.calls())
			}
			time.Sleep(c.after)
			began := time.Now()
			err := s.works(s.keeper(store))
			if (err == nil) != c.good {
				t.Errorf("%s (%s): %v", name, c.reason, err)
			}
			if !c.good && (!errors.Is(err, connector.ErrDenied) || !strings.Contains(err.Error(), "no answer was stored") || !strings.Contains(err.Error(), "accord login acme")) {
				t.Errorf("%s: it says %v", name, err)
			}
			if waited := time.Since(began); waited > time.Minute {
				t.Errorf("%s: it took %v", name, waited)
			}
		})
	}
}

func TestAStoreThatStumblesIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t, func(o *jirasim.Options) { o.Leeway = -1 }), memory.NewStore()
		s.consent(store)
		time.Sleep(2 * time.Hour)
		f := &failing{States: store, dead: true}
		go func() {
			time.Sleep(1500 * time.Millisecond)
			f.mu.Lock()
			f.dead = false
			f.mu.Unlock()
		}()
		if err := s.works(s.keeper(f)); err != nil || s.calls() != 1 {
			t.Errorf("%v after %d calls", err, s.calls())
		}
	})
}

func TestATokenEndpointThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t), memory.NewStore()
		s.consent(store)
		k := s.keeper(store)
		if err := s.works(k); err != nil {
			t.Fatal(err)
		}
		s.breaks(errors.New("connection reset"))
		time.Sleep(52 * time.Minute)
		if err := s.works(k); err != nil {
			t.Errorf("the token is good for eight minutes more: %v", err)
		}
		time.Sleep(8 * time.Minute)
		_, _, err := k.Bearer(t.Context())
		busy, ok := errors.AsType[*connector.Busy](err)
		if !ok || busy.For <= 0 || !strings.Contains(busy.Why, "connection reset") {
			t.Errorf("with no token that is good: %v", err)
		}
		before := s.calls()
		for range 50 {
			if _, _, err := k.Bearer(t.Context()); err == nil {
				t.Fatal("a token came out of nothing")
			}
		}
		if n := s.calls() - before; n > 0 {
			t.Errorf("it was asked %d times within ten seconds", n)
		}
		s.breaks(nil)
		time.Sleep(time.Minute)
		if err := s.works(k); err != nil {
			t.Errorf("nine minutes after the first answer was lost: %v", err)
		}
	})
}

func TestAConsentThatIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t), memory.NewStore()
		if err := s.works(s.keeper(store)); !errors.Is(err, connector.ErrDenied) || !strings.Contains(err.Error(), "nobody has logged in; run `accord login acme`") {
			t.Errorf("before anybody has logged in: %v", err)
		}
		s.consent(store)
		k := s.keeper(store)
		if err := s.works(k); err != nil {
			t.Fatal(err)
		}
		s.call("DELETE", "/_sim/consents", "", "", nil)
		time.Sleep(time.Hour)
		for range 20 {
			if err := s.works(k); !errors.Is(err, connector.ErrDenied) {
				t.Fatalf("taken back: %v", err)
			}
		}
		if n := s.calls(); n != 1 {
			t.Errorf("it was asked %d times for what it refused", n)
		}
		time.Sleep(11 * time.Minute)
		if err := s.works(k); !errors.Is(err, connector.ErrDenied) || s.calls() != 2 {
			t.Errorf("later it is asked again: %v, %d calls", err, s.calls())
		}
	})
}

func TestATokenThatIsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t), memory.NewStore()
		s.consent(store)
		k := s.keeper(store)
		_, first, err := k.Bearer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if k.Refused(first) {
			t.Error("a token of this minute was not refused for its age")
		}
		if _, same, err := k.Bearer(t.Context()); err != nil || same != first || s.calls() > 0 {
			t.Errorf("another is no better: %v after %d calls", err, s.calls())
		}
		time.Sleep(15 * time.Minute)
		if !k.Refused(first) {
			t.Error("an older one may be, and another is to be had")
		}
		_, second, err := k.Bearer(t.Context())
		if err != nil || second == first {
			t.Errorf("the same token again, %v", err)
		}
		if !k.Refused(first) || s.calls() != 1 {
			t.Error("somebody who still had the first one is to take the second, which is there")
		}
	})
}

// TestALogInElsewhereIsNoticed: a person has taken the consent back and given
// another, by another process.
func TestALogInElsewhereIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t), memory.NewStore()
		s.consent(store)
		k := s.keeper(store)
		_, first, err := k.Bearer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.call("DELETE", "/_sim/consents", "", "", nil)
		if err := store.SetState(t.Context(), durable.State{Name: "oauth/acme", Revision: 1}); err != nil {
			t.Fatal(err)
		}
		s.consent(store)
		if k.Refused(first) {
			t.Error("the call that met the old token is not worth making again")
		}
		if err := s.works(k); err != nil || s.calls() > 0 {
			t.Errorf("%v after %d calls", err, s.calls())
		}
	})
}

// TestAGoodTokenIsUsedWhileSomebodyRenews: whoever has the lease may be dead.
func TestAGoodTokenIsUsedWhileSomebodyRenews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t), memory.NewStore()
		s.consent(store)
		time.Sleep(55 * time.Minute)
		slow := s.keeper(&failing{States: store, dead: true})
		go func() { _, _, _ = slow.Bearer(t.Context()) }()
		synctest.Wait()
		began := time.Now()
		if err := s.works(s.keeper(store)); err != nil || time.Since(began) > 0 {
			t.Errorf("it took %v: %v", time.Since(began), err)
		}
		time.Sleep(time.Minute)
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t), memory.NewStore()
		s.consent(store)
		time.Sleep(2 * time.Hour)
		dying := s.keeper(&failing{States: store, dead: true})
		if _, _, err := dying.Bearer(t.Context()); err == nil {
			t.Fatal("it is dead")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if _, _, err := s.keeper(store).Bearer(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

// TestAnAnswerOnItsWayIsStored: whoever asked has gone, but the old refresh
// token has been used.
func TestAnAnswerOnItsWayIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t, func(o *jirasim.Options) { o.Leeway = -1 }), memory.NewStore()
		s.consent(store)
		time.Sleep(2 * time.Hour)
		s.lag = 5 * time.Second
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _, _ = s.keeper(store).Bearer(ctx)
		if err := s.works(s.keeper(store)); err != nil || s.calls() != 1 {
			t.Errorf("%v after %d calls", err, s.calls())
		}
	})
}

func TestSecretsAreInNoError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, store := newSite(t), memory.NewStore()
		s.consent(store)
		st, err := store.State(t.Context(), "oauth/acme")
		if err != nil {
			t.Fatal(err)
		}
		var r struct{ Access, Refresh string }
		if err := json.Unmarshal(st.Value, &r); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		k := s.keeper(store)
		k.App.Secret = connector.NewSecret("wrong secret")
		_, _, err = k.Bearer(t.Context())
		if err == nil || errors.Is(err, connector.ErrDenied) {
			t.Errorf("a wrong secret of the app is no consent that is gone: %v", err)
		}
		for _, secret := range []string{"wrong secret", "hush", r.Access, r.Refresh} {
			if strings.Contains(fmt.Sprintf("%v %+v", err, k.App), secret) {
				t.Errorf("%v shows %q", err, secret)
			}
		}
		if err := s.works(s.keeper(store)); err != nil {
			t.Errorf("with the right one: %v", err)
		}
	})
}
