package jirasim

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/accord/jirasim/limits"
)

// A strike is all that befalls one request.
type strike struct {
	latency time.Duration
	fault   Fault // how it fails; without an Effect it does not
	acts    []Act
}

// ill finds what strikes a request: the latencies and the acts of all rules
// that fit, and the first effect.
func (s *Sim) ill(c *call) strike {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &s.faults
	all := strike{latency: time.Duration(f.Latency.Reads)}
	if c.writes() {
		all.latency = time.Duration(f.Latency.Writes)
	}
	var kept []Fault
	for _, r := range f.Rules {
		fits := (r.Method == "" || r.Method == c.r.Method) && c.route.fits(r.Route) && (r.Effect == "" || all.fault.Effect == "")
		switch {
		case !fits:
		case r.Skip > 0:
			r.Skip--
		case r.Probability > 0 && !s.dice.chance(fmt.Sprint("rule ", r.Method, r.Route, r.Effect, r.Status, r.Limit), r.Probability):
		default:
			all.latency += time.Duration(r.Latency)
			all.acts = append(all.acts, r.Do...)
			if r.Effect != "" {
				all.fault = r
			}
			if r.Times == 1 {
				continue // it has struck as often as it should
			}
			r.Times = max(0, r.Times-1)
		}
		kept = append(kept, r)
	}
	if len(f.Rules) > 0 { // what was read of them stays as it was
		f.Rules = slices.Clip(append([]Fault{}, kept...))
	}
	return all
}

// fail answers instead of Jira, or cuts the connection.
func (s *Sim) fail(w http.ResponseWriter, f Fault, rep reply) {
	if f.Status != 0 || f.Limit != "" {
		write(w, rep)
		return
	}
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close() // nobody is left to be told
		return
	}
	panic(http.ErrAbortHandler) // how net/http is asked to cut a connection that cannot be taken over
}

// failure is what a fault answers; nothing where it cuts the connection.
func (c *call) failure(f Fault) reply {
	if f.Limit != "" {
		return over(f.Limit, f.verdict(c.r.Method, c.by.Now), f.RetryAfter)
	}
	r := reply{status: f.Status, body: f.Body}
	if f.Body == "" {
		r.body = errorBody{Messages: []string{cmp.Or(http.StatusText(f.Status), "Unknown error")}, Errors: map[string]string{}}
	}
	if f.Status == 0 || f.Status < 200 || f.Status == http.StatusNoContent || f.Status == http.StatusNotModified {
		r.body = nil
	}
	if f.RetryAfter > 0 {
		r.set("Retry-After", fmt.Sprint(f.RetryAfter))
	}
	if f.Status == http.StatusTooManyRequests {
		r.set("RateLimit-Reason", limits.Burst)
	}
	return r
}

// pause waits, unless the caller hangs up or the site is closed.
func (s *Sim) pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
