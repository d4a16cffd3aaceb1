package jira

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"example.com/accord/connector"
)

// A gate stops all calls of a site for as long as it asks to be left alone, and
// while it refuses our log-in: then one call an hour's quarter asks whether it
// still does, and not one for each link. Each refusal in a row doubles the pause.
type gate struct {
	mu sync.Mutex
	shut
}

// shut is how a gate stands.
type shut struct {
	Until   time.Time // closed until then; zero: open
	Why     string
	Down    bool // the site says that it is down
	Denied  int  // log-ins refused in a row; over 0: when Until has come, one call proves the log-in first
	Doubt   bool // a call was refused as if the log-in were: it is proven before the next
	Proving bool // a call is at that
	Strikes int  // refusals for too many calls in a row that named no time
}

const (
	deniedLeast = time.Minute // until a log-in that was refused is tried again
	deniedMost  = 15 * time.Minute
	proving     = 30 * time.Second // how long a proof may take before somebody else makes one
	longDown    = time.Minute      // a 503 that asks for as much says that the site is down
)

// pass is what a call meets: busy if the gate is closed; proof if it has to
// prove the log-in before it may begin. Until that came out others meet a
// closed gate.
func (g *gate) pass(now time.Time) (busy *connector.Busy, proof bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.Until) {
		return g.busy(now), false
	}
	if g.Denied == 0 && !g.Doubt {
		return nil, false
	}
	g.Until, g.Proving = now.Add(proving), true
	return nil, true
}

func (s shut) busy(now time.Time) *connector.Busy {
	b := &connector.Busy{For: s.Until.Sub(now), Why: s.Why}
	switch {
	case s.Denied > 0:
		b.Ill = connector.ErrDenied
	case s.Down:
		b.Ill = connector.ErrDown
	}
	return b
}

// closed returns the error of a gate that is closed, or nil.
func (g *gate) closed(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.Until) {
		return g.busy(now)
	}
	return nil
}

// deny notes that the log-in was refused. Proven: by the call that tells it for
// certain; else the next call has to ask that one first.
func (g *gate) deny(now time.Time, why string, proven bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.Until) && g.Denied > 0 && !g.Proving {
		return // of many calls that were under way the first has told it
	}
	g.Why = why
	if !proven {
		g.Doubt = true
		return
	}
	g.Proving = false
	g.Until = now.Add(min(deniedMost, deniedLeast<<min(g.Denied, 4)))
	g.Denied++
}

// admitted notes that the log-in was taken.
func (g *gate) admitted() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.Denied > 0 || g.Doubt {
		g.shut = shut{}
	}
}

// hear reads how long the site wants to be left alone from an answer: its
// Retry-After, and for a 429 without one 2 s doubling up to 30 s. 0: it does not.
func (g *gate) hear(now time.Time, status int, h http.Header, why string) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	busy := status == http.StatusTooManyRequests
	if !busy && status != http.StatusServiceUnavailable {
		if status < 400 {
			g.Strikes = 0
		}
		return 0
	}
	wait := retryAfter(h.Get("Retry-After"), now)
	if wait == 0 && busy {
		wait = min(30*time.Second, 2*time.Second<<min(g.Strikes, 4))
		g.Strikes++
	}
	if until := now.Add(wait); wait > 0 && until.After(g.Until) {
		g.Until, g.Why, g.Down = until, why, !busy && wait >= longDown
	}
	return wait
}

// retryAfter reads a Retry-After header: seconds, or a date.
func retryAfter(s string, now time.Time) time.Duration {
	if d, err := time.ParseDuration(s + "s"); err == nil {
		return max(0, d)
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

// myself is the call that is refused if the log-in is, whatever others answer:
// docs/JIRA.md "Authentication".
const myself = "/myself"

// heed notes at the gate what the end of a call says of the log-in.
func (c *Client) heed(r call, err error) {
	if _, not := errors.AsType[unsent](err); not {
		return
	}
	if f, ok := errors.AsType[*failure](err); ok && f.denied {
		c.gate.deny(c.now(), f.Error(), r.path == myself || f.status == http.StatusForbidden)
	} else if err == nil && r.path == myself {
		c.gate.admitted()
	}
}

// enter passes the gate before a call is begun. It reports whether the call is
// the one that proves the log-in.
func (c *Client) enter(ctx context.Context, r call) (proves bool, err error) {
	if r.proves {
		return true, nil
	}
	busy, proof := c.gate.pass(c.now())
	if busy != nil {
		return false, busy
	}
	if !proof || r.path == myself {
		return proof, nil
	}
	ask := get(myself)
	ask.proves = true
	err = c.made(ctx, ask, nil)
	c.heed(ask, err)
	return false, err
}
