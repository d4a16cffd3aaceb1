package jira

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.com/accord/connector"
)

// A shut is how the gate of a site stands, which stops all calls for as long as
// the site asks to be left alone, and while it refuses our log-in: then one call
// now and then asks whether it still does, and not one for each link. Each
// refusal in a row doubles the pause. Methods that change it report whether they did.
type shut struct {
	Until   time.Time `json:"until,omitzero"` // closed until then; zero: open
	Why     string    `json:"why,omitempty"`
	Down    bool      `json:"down,omitempty"`    // the site says that it is down
	Denied  int       `json:"denied,omitempty"`  // log-ins refused in a row; over 0: when Until has come, one call proves the log-in first
	Doubt   bool      `json:"doubt,omitempty"`   // a call was refused as if the log-in were: it is proven before the next
	Proving bool      `json:"proving,omitempty"` // a call is at that
	Strikes int       `json:"strikes,omitempty"` // refusals for too many calls in a row that named no time
}

const (
	deniedLeast = time.Minute // until a log-in that was refused is tried again
	deniedMost  = 15 * time.Minute
	proving     = 30 * time.Second // how long a proof may take before somebody else makes one
	longDown    = time.Minute      // a 503 that asks for as much says that the site is down
)

// closed returns the error of a gate that is closed, or nil.
func (s shut) closed(now time.Time) *connector.Busy {
	if !now.Before(s.Until) {
		return nil
	}
	b := &connector.Busy{For: s.Until.Sub(now), Why: s.Why}
	switch {
	case s.Denied > 0:
		b.Ill = connector.ErrDenied
	case s.Down:
		b.Ill = connector.ErrDown
	}
	return b
}

// claim lets a call prove the log-in, if that is due. Until it came out others
// meet a closed gate.
func (s *shut) claim(now time.Time) bool {
	if now.Before(s.Until) || s.Denied == 0 && !s.Doubt {
		return false
	}
	s.Until, s.Proving = now.Add(proving), true
	return true
}

// deny notes that the log-in was refused. Proven: by the call that tells it for
// certain; else the next call has to ask that one first.
func (s *shut) deny(now time.Time, why string, proven bool) bool {
	if now.Before(s.Until) && s.Denied > 0 && !s.Proving {
		return false // of many calls that were under way the first has told it
	}
	s.Why = why
	if !proven {
		s.Doubt = true
		return true
	}
	s.Proving = false
	s.Until = now.Add(min(deniedMost, deniedLeast<<min(s.Denied, 4)))
	s.Denied++
	return true
}

// admit notes that the log-in was taken.
func (s *shut) admit() bool {
	if s.Denied == 0 && !s.Doubt {
		return false
	}
	*s = shut{}
	return true
}

// hear reads how long the site wants to be left alone from an answer: its
// Retry-After, and for a 429 without one 2 s doubling up to 30 s. 0: it does not.
func (s *shut) hear(now time.Time, status int, h http.Header, why string) (wait time.Duration, changed bool) {
	was := *s
	busy := status == http.StatusTooManyRequests
	if !busy && status != http.StatusServiceUnavailable {
		if status < 400 {
			s.Strikes = 0
		}
		return 0, *s != was
	}
	wait = retryAfter(h.Get("Retry-After"), now)
	if wait == 0 && busy {
		wait = min(30*time.Second, 2*time.Second<<min(s.Strikes, 4))
		s.Strikes++
	}
	if until := now.Add(wait); wait > 0 && until.After(s.Until) {
		s.Until, s.Why, s.Down = until, why, !busy && wait >= longDown
	}
	return wait, *s != was
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
		proven := r.path == myself || f.status == http.StatusForbidden
		c.limits.note(func(b *book) bool { return b.Gate.deny(c.now(), f.Error(), proven) })
	} else if err == nil && r.path == myself {
		if known := c.limits.known().Gate; known.admit() {
			c.limits.note(func(b *book) bool { return b.Gate.admit() })
		}
	}
}

// pause notes at the gate what an answer says of being left alone, and for how
// long that is.
func (c *Client) pause(status int, h http.Header, why string) time.Duration {
	known := c.limits.known().Gate
	wait, changed := known.hear(c.now(), status, h, why)
	if changed {
		c.limits.note(func(b *book) bool { _, changed := b.Gate.hear(c.now(), status, h, why); return changed })
	}
	return wait
}

// askAgain lets the next call prove a log-in that was refused, however long the
// pause still lasts: a person may just have put it right.
func (c *Client) askAgain() {
	if known := c.limits.known().Gate; known.Denied == 0 && !known.Doubt && c.limits.shared == nil {
		return
	}
	c.limits.note(func(b *book) bool {
		refused := b.Gate.Denied > 0 || b.Gate.Doubt
		if refused {
			b.Gate.Until = time.Time{}
		}
		return refused
	})
}

// enter passes the gate before a call is begun. It reports whether the call is
// the one that proves the log-in.
func (c *Client) enter(ctx context.Context, r call) (proves bool, err error) {
	known := c.limits.known().Gate
	if r.open && (known.Denied > 0 || known.Doubt) {
		return true, nil
	}
	if busy := known.closed(c.now()); busy != nil {
		return false, busy
	}
	if !known.claim(c.now()) {
		return false, nil
	}
	if err := c.limits.change(ctx, func(b *book) bool { proves = b.Gate.claim(c.now()); return proves }); err != nil {
		return false, err
	}
	if !proves { // another call is at it, or has proven it
		if busy := c.limits.known().Gate.closed(c.now()); busy != nil {
			return false, busy
		}
		return false, nil
	}
	if r.path == myself {
		return true, nil
	}
	ask := get(myself)
	ask.open = true
	err = c.made(ctx, ask, nil)
	c.heed(ask, err)
	return false, err
}
