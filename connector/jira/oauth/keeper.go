package oauth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"example.com/accord/connector"
	"example.com/accord/durable"
)

// How long things may take.
const (
	soon     = 10 * time.Minute // so long before its end a token is renewed; if that fails, it is used on
	margin   = time.Minute      // so long before its end it is used no more: a call may take half of that
	exchange = 15 * time.Second // a call of the token endpoint
	leaseFor = 40 * time.Second // the call, and storing what it brought
	pollGap  = 200 * time.Millisecond
	again    = 10 * time.Second // after a failure
	cool     = 10 * time.Minute // after a refusal; and within that of its birth, a token is not refused for its age
)

// ConsentLife is how long a consent is good for, however often it is used:
// docs/JIRA.md "OAuth 2.0".
const ConsentLife = 365 * 24 * time.Hour

// States is the part of [durable.Store] that tokens are kept in.
type States interface {
	State(ctx context.Context, name string) (durable.State, error)
	SetState(ctx context.Context, s durable.State) error
}

// A Keeper has the tokens of one site. They are the State "oauth/<site>", which
// all processes and functions share: whoever finds that the access token ends
// soon takes the lease in the record, renews, stores what came, and only then
// uses it. The others use the old one on, or wait.
//
// A process that dies between the answer and the store leaves the old refresh
// token. It is taken again for ten minutes after it was first used, so whoever
// comes after it, 40 s later, goes on as if nothing had been. If nobody comes
// for ten minutes the consent is lost, and a person has to log in again.
type Keeper struct {
	Site  string
	URL   string // of the site, for people
	App   App
	Store States
	HTTP  *http.Client     // nil: [http.DefaultClient]
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: nothing is logged

	mu    sync.Mutex // guards the rest; never held during a call
	held  record     // as it was last read or stored
	spent string     // an access token that the site did not take
	hold  time.Time  // until then the token endpoint is left alone
	why   error      // why
	turn  baton      // of the one of this process that looks for a token
}

// A record is the State.
type record struct {
	Cloud     string    `json:"cloud"`           // id of the site at the gateway
	Lacks     []string  `json:"lacks,omitempty"` // scopes that were not given
	Consented time.Time `json:"consented"`
	Access    string    `json:"access"`
	Got       time.Time `json:"got"`  // Access was
	Ends      time.Time `json:"ends"` // Access does
	Refresh   string    `json:"refresh"`
	Lease     *lease    `json:"lease,omitempty"`
	Refused   time.Time `json:"refused,omitzero"` // Refresh was, by the token endpoint
	Why       string    `json:"why,omitempty"`    // it was
}

// A lease says who renews.
type lease struct {
	Since time.Time `json:"since"` // from then on Refresh may have been used
	Until time.Time `json:"until"`
}

func (r *record) take(t *oauth2.Token, now time.Time) {
	life := time.Duration(t.ExpiresIn) * time.Second
	if life <= 0 {
		life = time.Hour // as long as they live; a site that takes it no more says so
	}
	r.Access, r.Got, r.Ends = t.AccessToken, now, now.Add(life)
	if t.RefreshToken != "" {
		r.Refresh = t.RefreshToken
	}
	r.Lease, r.Refused, r.Why = nil, time.Time{}, ""
}

// lasts reports whether the access token is good for that long.
func (r record) lasts(now time.Time, long time.Duration) bool {
	return r.Access != "" && now.Add(long).Before(r.Ends)
}

func (k *Keeper) now() time.Time {
	if k.Now == nil {
		return time.Now()
	}
	return k.Now()
}

// Bearer returns where the site's API is, and a token that is good for a
// minute at least. Errors: connector.ErrDenied if a person has to log in,
// *connector.Busy if the token endpoint does not answer.
func (k *Keeper) Bearer(ctx context.Context) (api string, token connector.Secret, err error) {
	r, ok := k.cached(soon)
	if !ok {
		if r, err = k.find(ctx); err != nil {
			return "", connector.Secret{}, err
		}
	}
	return k.App.api() + "/ex/jira/" + r.Cloud, connector.NewSecret(r.Access), nil
}

// Refused hears that the site did not take a token, and reports whether
// another may be had. One that is new was not refused for its age, but for what
// it may not do: another would be no better, unless a person has logged in again.
func (k *Keeper) Refused(token connector.Secret) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held.Access != token.Reveal() {
		return true
	}
	if k.now().Sub(k.held.Got) < cool {
		k.held = record{} // the next call reads what is stored
		return false
	}
	k.spent = token.Reveal()
	return true
}

func (k *Keeper) cached(long time.Duration) (record, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.held, k.held.Access != k.spent && k.held.lasts(k.now(), long)
}

// find looks for a token, one goroutine at a time. While one does, the others
// use the token that they have for as long as it is good.
func (k *Keeper) find(ctx context.Context) (record, error) {
	if !k.turn.take() {
		if r, ok := k.cached(margin); ok {
			return r, nil
		}
		if err := k.turn.wait(ctx); err != nil {
			return record{}, err
		}
	}
	defer k.turn.pass()
	if r, ok := k.cached(soon); ok {
		return r, nil
	}
	r, err := k.fresh(ctx)
	if err == nil {
		k.mu.Lock()
		k.held = r
		k.mu.Unlock()
		return r, nil
	}
	if r, ok := k.cached(margin); ok {
		if k.Log != nil {
			k.Log.Warn("access token not renewed; the last one is used on", "site", k.Site, "error", err)
		}
		return r, nil
	}
	return record{}, err
}

// fresh reads the record until its token is good, and renews it if nobody else
// does.
func (k *Keeper) fresh(ctx context.Context) (record, error) {
	for {
		s, r, err := k.load(ctx)
		if err != nil {
			return record{}, err
		}
		now := k.now()
		k.mu.Lock()
		taken := r.Access != k.spent
		if taken && r.lasts(now, margin) {
			k.held = r
		}
		hold, why := k.hold, k.why
		k.mu.Unlock()
		switch {
		case r.Refresh == "":
			return record{}, fmt.Errorf("site %s: nobody has logged in; run `accord login %s`: %w", k.Site, k.Site, connector.ErrDenied)
		case taken && r.lasts(now, soon):
			return r, nil
		case r.Why != "" && now.Sub(r.Refused) < cool:
			return record{}, fmt.Errorf("site %s: %s: %w", k.Site, r.Why, connector.ErrDenied)
		case now.Before(hold):
			return record{}, &connector.Busy{For: hold.Sub(now), Why: why.Error()}
		case r.Lease != nil && now.Before(r.Lease.Until):
			if taken && r.lasts(now, margin) {
				return r, nil
			}
			if err := pause(ctx, pollGap); err != nil {
				return record{}, err
			}
			continue
		}
		if r, err = k.renew(ctx, s, r); !errors.Is(err, durable.ErrStale) {
			return r, err
		}
	}
}
