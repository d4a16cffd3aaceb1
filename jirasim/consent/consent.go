// Package consent is the authorization server beside a simulated Jira Cloud,
// without its HTTP: OAuth 2.0 authorization codes, and refresh tokens that
// rotate: docs/JIRA.md "OAuth 2.0". It knows no clock and no chance; a caller
// tells it the time, and gives it words that nobody guesses.
package consent

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"time"
)

// How long things last: docs/JIRA.md "OAuth 2.0". That of a code is unverified.
const (
	CodeLife   = 5 * time.Minute
	AccessLife = time.Hour
	IdleLife   = 90 * 24 * time.Hour  // of a refresh token that is not used
	GrantLife  = 365 * 24 * time.Hour // of a consent, however often it is used
	Leeway     = 10 * time.Minute     // a refresh token that was used is taken again for so long
)

// An App is an OAuth 2.0 integration of the developer console.
type App struct {
	ID, Secret string
	Callback   string // the only address that codes are sent to
	Account    string // e-mail address of who consents
}

// A Request is what an app asks a person for.
type Request struct {
	Callback  string
	Scopes    []string
	Challenge string // PKCE, method S256; empty: none
}

// Tokens are what an app is given.
type Tokens struct {
	Access, Refresh string // Refresh is empty without the scope offline_access
	Scopes          []string
	Life            time.Duration // of Access
}

// A Server knows every consent that was given. Its JSON form is whole.
type Server struct {
	Codes  map[string]*Code
	Grants []*Grant

	Word   func() string `json:"-"` // a new one that nobody guesses
	Leeway time.Duration `json:"-"`
}

// A Code is on its way from the consent page to the app.
type Code struct {
	App, User string
	Request   Request
	At        time.Time
}

// A Grant is one consent, and all tokens that came of it.
type Grant struct {
	App     string // its ID
	User    string // account
	Scopes  []string
	At      time.Time
	Access  map[string]time.Time // token → when it ends
	Refresh []Refresh            // the last is the newest
	Revoked bool
}

// A Refresh is one refresh token of a grant.
type Refresh struct {
	Token    string
	At, Used time.Time // Used is zero while it was not
}

// A Denial is what the token endpoint refuses with.
type Denial struct {
	Status     int
	Code, Text string
}

// Error implements error.
func (d *Denial) Error() string { return fmt.Sprintf("%d %s: %s", d.Status, d.Code, d.Text) }

// Consent notes that a person said yes, and returns the code for the app.
func (s *Server) Consent(now time.Time, a App, user string, r Request) string {
	if s.Codes == nil {
		s.Codes = map[string]*Code{}
	}
	code := s.Word()
	s.Codes[code] = &Code{App: a.ID, User: user, Request: r, At: now}
	return code
}

// Exchange gives tokens for a code, once.
func (s *Server) Exchange(now time.Time, a App, code, callback, verifier string) (Tokens, error) {
	c := s.Codes[code]
	delete(s.Codes, code)
	if c == nil || c.App != a.ID || now.Sub(c.At) > CodeLife || c.Request.Callback != callback || !proves(c.Request.Challenge, verifier) {
		return Tokens{}, &Denial{403, "invalid_grant", "Invalid authorization code"}
	}
	g := &Grant{App: a.ID, User: c.User, Scopes: c.Request.Scopes, At: now, Access: map[string]time.Time{}}
	s.Grants = append(s.Grants, g)
	return s.issue(now, g), nil
}

func proves(challenge, verifier string) bool {
	if challenge == "" {
		return true
	}
	sum := sha256.Sum256([]byte(verifier))
	return same(challenge, base64.RawURLEncoding.EncodeToString(sum[:]))
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// Renew gives tokens for a refresh token, and makes it an old one. An old one
// that comes again after the leeway ends the whole grant.
func (s *Server) Renew(now time.Time, a App, token string) (Tokens, error) {
	unknown := &Denial{403, "invalid_grant", "Unknown or invalid refresh token."}
	for _, g := range s.Grants {
		i := slices.IndexFunc(g.Refresh, func(r Refresh) bool { return same(r.Token, token) })
		if i < 0 || g.App != a.ID {
			continue
		}
		r := &g.Refresh[i]
		switch {
		case g.Revoked, now.Sub(g.At) > GrantLife, now.Sub(r.At) > IdleLife:
			return Tokens{}, unknown
		case r.Used.IsZero():
			r.Used = now
		case now.Sub(r.Used) >= s.Leeway:
			g.Revoked = true
			return Tokens{}, unknown
		}
		return s.issue(now, g), nil
	}
	return Tokens{}, unknown
}

func (s *Server) issue(now time.Time, g *Grant) Tokens {
	for token, end := range g.Access {
		if !now.Before(end) {
			delete(g.Access, token)
		}
	}
	t := Tokens{Access: s.Word(), Scopes: g.Scopes, Life: AccessLife}
	g.Access[t.Access] = now.Add(t.Life)
	if slices.Contains(g.Scopes, "offline_access") {
		t.Refresh = s.Word()
		g.Refresh = append(g.Refresh, Refresh{Token: t.Refresh, At: now})
	}
	if n := len(g.Refresh); n > 20 { // what is older is unknown, which refuses it as well
		g.Refresh = slices.Delete(g.Refresh, 0, n-20)
	}
	return t
}

// Bearer returns the grant that an access token is of; nil: it is none, or no more.
func (s *Server) Bearer(now time.Time, token string) *Grant {
	for _, g := range s.Grants {
		if end, is := g.Access[token]; is && now.Before(end) && !g.Revoked {
			return g
		}
	}
	return nil
}

// Revoke ends every grant, as a person does who takes his consent back.
func (s *Server) Revoke() {
	for _, g := range s.Grants {
		g.Revoked = true
	}
}

// Expire ends every access token of an app; the grants stay.
func (s *Server) Expire(app string) {
	for _, g := range s.Grants {
		if g.App == app {
			clear(g.Access)
		}
	}
}
