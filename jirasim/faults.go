package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A Duration is written as "350ms" in JSON.
type Duration time.Duration

// MarshalJSON writes it as time.Duration prints.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads what time.ParseDuration takes.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("read duration: %w", err)
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("read duration: %w", err)
	}
	*d = Duration(v)
	return nil
}

// Faults is what goes wrong, and how the site behaves.
type Faults struct {
	Rules      []Fault       `json:"rules"`
	Webhooks   WebhookFaults `json:"webhooks"`
	Lag        Duration      `json:"lag"`        // the longest time until a search shows a change
	ShortPages float64       `json:"shortPages"` // chance that a page of a Cloud search is short
	Limits     bool          `json:"limits"`     // rate limits
	MediaLoss  bool          `json:"mediaLoss"`  // on Cloud a write of rich text that drops media nodes deletes their files
}

// A Fault strikes requests.
type Fault struct {
	Method      string   `json:"method,omitempty"`      // empty: every one
	Route       string   `json:"route,omitempty"`       // a part of the route as GET /_sim/requests names it; empty: every one
	Probability float64  `json:"probability,omitempty"` // 0: always, as long as Times lasts
	Times       int      `json:"times,omitempty"`       // how often it strikes yet; 0: without end
	Latency     Duration `json:"latency,omitempty"`     // before anything is done
	Effect      string   `json:"effect,omitempty"`      // "before" or "after" the request had its effect; empty: latency alone
	Status      int      `json:"status,omitempty"`      // answered instead; 0: the connection is cut
	RetryAfter  int      `json:"retryAfter,omitempty"`  // header, in seconds
	Body        string   `json:"body,omitempty"`        // answered with Status
}

// WebhookFaults strike deliveries of webhooks. Lost, Doubled and Late are
// chances.
type WebhookFaults struct {
	Lost    float64  `json:"lost"`
	Doubled float64  `json:"doubled"`
	Late    float64  `json:"late"`
	Delay   Duration `json:"delay"` // the longest that a late one is late
}

func defaults(o Options) Faults {
	f := Faults{Lag: Duration(o.Lag), Limits: o.Flavour == Cloud && !o.Unlimited}
	if o.Flavour == Cloud {
		f.ShortPages = 0.25
	}
	if o.Lag == 0 {
		f.Lag = Duration(2 * time.Second)
	} else if o.Lag < 0 {
		f.Lag = 0
	}
	return f
}

// check refuses faults that cannot be.
func (f Faults) check() error {
	for _, p := range []float64{f.ShortPages, f.Webhooks.Lost, f.Webhooks.Doubled, f.Webhooks.Late} {
		if !(p >= 0 && p <= 1) {
			return fmt.Errorf("a chance must be between 0 and 1, not %v", p)
		}
	}
	for _, r := range f.Rules {
		switch {
		case r.Effect != "" && r.Effect != "before" && r.Effect != "after":
			return fmt.Errorf(`effect must be "before", "after" or empty, not %q`, r.Effect)
		case r.Status != 0 && (r.Status < 200 || r.Status > 599):
			return fmt.Errorf("status must be between 200 and 599, not %d", r.Status)
		case !(r.Probability >= 0 && r.Probability <= 1):
			return fmt.Errorf("a chance must be between 0 and 1, not %v", r.Probability)
		case r.Times < 0 || r.Latency < 0 || f.Lag < 0 || f.Webhooks.Delay < 0:
			return fmt.Errorf("times, latency, lag and delay cannot be negative")
		}
	}
	return nil
}

func (s *Sim) chance(p float64) bool { return p > 0 && s.rand.Float64() < p }

// ill finds what strikes a request: the latencies of all rules that fit, and
// the first effect.
func (s *Sim) ill(method, route string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all Fault
	for n := range s.faults.Rules {
		r := &s.faults.Rules[n]
		if r.Times == spent || r.Method != "" && r.Method != method || !strings.Contains(route, r.Route) || r.Effect != "" && all.Effect != "" ||
			r.Probability > 0 && !s.chance(r.Probability) {
			continue
		}
		if r.Times > 0 {
			if r.Times--; r.Times == 0 {
				r.Times = spent
			}
		}
		late := all.Latency + r.Latency
		if r.Effect != "" {
			all = *r
		}
		all.Latency = late
	}
	return all
}

// struck notes a request that a fault kept from having its effect.
func (s *Sim) struck(c *call, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.by.Now = s.now()
	s.log.note(c, status)
}

// spent marks a rule that has struck as often as it should.
const spent = -1

// fail answers instead of Jira, or cuts the connection.
func (f Fault) fail(w http.ResponseWriter) {
	if f.Status == 0 {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close() // nobody is left to be told
			return
		}
		panic(http.ErrAbortHandler) // how net/http is asked to cut a connection that cannot be taken over
	}
	r := reply{status: f.Status, body: f.Body}
	if f.Body == "" {
		r.body = errorBody{Messages: []string{http.StatusText(f.Status)}, Errors: map[string]string{}}
	}
	if f.RetryAfter > 0 {
		r.set("Retry-After", fmt.Sprint(f.RetryAfter))
	}
	if f.Status == http.StatusTooManyRequests {
		r.set("RateLimit-Reason", "jira-burst-based")
	}
	write(w, r)
}
