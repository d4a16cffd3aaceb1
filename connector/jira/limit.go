package jira

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits keeps the calls of one process within what a site allows. A bucket
// that holds b and gains r a second lets b + r·T through in T seconds.
type limits struct {
	mu    sync.Mutex
	calls map[string]*rate.Limiter // by method and path template
	issue map[string]*rate.Limiter // writes, by issue id
}

func newLimits() *limits {
	return &limits{calls: map[string]*rate.Limiter{}, issue: map[string]*rate.Limiter{}}
}

// wait waits until the call may be made, or ctx ends.
func (l *limits) wait(ctx context.Context, method, path, issue string) error {
	call, write := l.buckets(method, path, issue)
	if err := call.Wait(ctx); err != nil || write == nil {
		return err
	}
	return write.Wait(ctx)
}

// Per endpoint 100 a second for GET and POST and 50 for PUT and DELETE; per
// issue 20 writes in 2 s and 100 in 30 s: docs/JIRA.md "Rate limits".
func (l *limits) buckets(method, path, issue string) (call, write *rate.Limiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := method + " " + path
	if call = l.calls[key]; call == nil {
		r := 50
		if method == http.MethodPut || method == http.MethodDelete {
			r = 25
		}
		call = rate.NewLimiter(rate.Limit(r), r)
		l.calls[key] = call
	}
	if issue == "" {
		return call, nil
	}
	if write = l.issue[issue]; write == nil {
		l.forget()
		write = rate.NewLimiter(3, 10)
		l.issue[issue] = write
	}
	return call, write
}

// forget drops the buckets that are full again once there are many.
func (l *limits) forget() {
	if len(l.issue) < 1000 {
		return
	}
	for id, b := range l.issue {
		if b.Tokens() >= float64(b.Burst()) {
			delete(l.issue, id)
		}
	}
}

// A gate stops all calls of a site for as long as it asks to be left alone.
type gate struct {
	mu      sync.Mutex
	until   time.Time
	why     string
	strikes int // refusals without a time in a row
}

// closed returns for how long the gate stays closed, and why; 0: it is open.
func (g *gate) closed(now time.Time) (time.Duration, string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(0, g.until.Sub(now)), g.why
}

// hear reads how long the site wants to be left alone from an answer: its
// Retry-After, and for a 429 without one 2 s doubling up to 30 s. 0: it does not.
func (g *gate) hear(now time.Time, status int, h http.Header, why string) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	busy := status == http.StatusTooManyRequests
	if !busy && status != http.StatusServiceUnavailable {
		if status < 400 {
			g.strikes = 0
		}
		return 0
	}
	wait := retryAfter(h.Get("Retry-After"), now)
	if wait == 0 && busy {
		wait = min(30*time.Second, 2*time.Second<<min(g.strikes, 4))
		g.strikes++
	}
	if until := now.Add(wait); wait > 0 && until.After(g.until) {
		g.until, g.why = until, why
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
