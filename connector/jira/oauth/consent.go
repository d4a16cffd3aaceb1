package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// A Consent is one that is being asked for.
type Consent struct {
	app             App
	state, verifier string
}

// Ask begins to ask for a consent.
func (a App) Ask() Consent {
	return Consent{a, rand.Text(), oauth2.GenerateVerifier()}
}

// URL is where a person consents, with a browser.
func (c Consent) URL() string {
	return c.app.config().AuthCodeURL(c.state, oauth2.S256ChallengeOption(c.verifier),
		oauth2.SetAuthURLParam("audience", "api.atlassian.com"), oauth2.SetAuthURLParam("prompt", "consent"))
}

// A visit is what the callback was called with.
type visit struct {
	code string
	err  error
}

// Await waits at the app's callback, which must be a loopback address, until
// the person comes back or ctx ends, and returns the code. It calls ready once
// it can be reached.
func (c Consent) Await(ctx context.Context, ready func()) (string, error) {
	at, err := loopback(c.app.Callback)
	if err != nil {
		return "", err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", at.Host)
	if err != nil {
		return "", fmt.Errorf("wait at the callback %s: %w (is another log-in under way?)", c.app.Callback, err)
	}
	came := make(chan visit, 1)
	srv := &http.Server{Handler: c.door(at, came), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(l) }() // it ends with Shutdown below
	defer func() {
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if srv.Shutdown(bye) != nil {
			_ = srv.Close() // a browser keeps its connection open
		}
	}()
	ready()
	select {
	case v := <-came:
		return v.code, v.err
	case <-ctx.Done():
		return "", fmt.Errorf("wait for the consent: %w", context.Cause(ctx))
	}
}

// door answers at the callback. What does not carry our state is somebody
// else's, and changes nothing.
func (c Consent) door(at *url.URL, came chan<- visit) http.Handler {
	path := at.EscapedPath()
	if path == "" {
		path = "/"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.Method != http.MethodGet || r.URL.EscapedPath() != path {
			http.NotFound(w, r)
			return
		}
		if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) != 1 {
			http.Error(w, "This is not the log-in that is under way. Open the address that accord printed last.", http.StatusBadRequest)
			return
		}
		v := visit{code: q.Get("code")}
		words := "Accord has your consent. You may close this page."
		if why := q.Get("error"); why != "" || v.code == "" {
			v.err = fmt.Errorf("no consent was given: %.60q %.200q", why, q.Get("error_description"))
			words = "No consent was given. You may close this page."
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, words)
		select {
		case came <- v:
		default: // it came twice; the first counts
		}
	})
}

// loopback reads the address of a callback that this process can wait at.
func loopback(callback string) (*url.URL, error) {
	u, err := url.Parse(callback)
	if err != nil || u.Scheme != "http" || u.Port() == "" {
		return nil, errors.New("the callback is no address such as http://127.0.0.1:8087/callback")
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("the callback %s is not on this machine", callback)
	}
	return u, nil
}

// Grant exchanges the code for tokens and finds the site that they are good for.
func (c Consent) grant(ctx context.Context, client *http.Client, code, address string, now time.Time) (record, error) {
	t, err := c.app.config().Exchange(using(ctx, client), code, oauth2.VerifierOption(c.verifier))
	if err != nil {
		return record{}, fmt.Errorf("exchange the code: %w", explain(err))
	}
	if t.RefreshToken == "" {
		return record{}, errors.New("the app was given no refresh token: allow it offline_access in the developer console")
	}
	all, err := c.app.resources(ctx, client, t.AccessToken)
	if err != nil {
		return record{}, fmt.Errorf("find the site: %w", err)
	}
	r, err := site(all, address)
	if err != nil {
		return record{}, fmt.Errorf("find the site: %w", err)
	}
	out := record{Cloud: r.ID, Lacks: lacking(r.Scopes), Consented: now}
	out.take(t, now)
	return out, nil
}
