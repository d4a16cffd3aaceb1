// Package limits counts requests as Jira Cloud and Data Center do, and says
// when one comes too soon: docs/JIRA.md "Rate limits".
package limits

import (
	"time"
)

// Why a limit of Cloud refuses, in RateLimit-Reason.
const (
	Burst    = "jira-burst-based"
	OneIssue = "jira-per-issue-on-write"
	Global   = "jira-quota-global-based" // what an app shares over all sites
	Tenant   = "jira-quota-tenant-based" // what an app has on one site
)

// A Verdict is what a limit says of one request.
type Verdict struct {
	Refused   bool
	Reason    string // RateLimit-Reason
	Limit     int
	Remaining int
	Reset     time.Time     // when the limit is whole again
	Wait      time.Duration // until a request would pass; only when refused
}

// Near reports whether less than a fifth is left.
func (v Verdict) Near() bool { return v.Remaining*5 < v.Limit }

// A Bucket holds tokens that come back at a steady rate.
type Bucket struct {
	Rate  float64 // a second
	Size  float64
	left  float64
	since time.Time
}

// Take takes one token, if one is left.
func (b *Bucket) Take(now time.Time) Verdict {
	if b.since.IsZero() {
		b.left = b.Size
	} else if d := now.Sub(b.since).Seconds(); d > 0 {
		b.left = min(b.Size, b.left+d*b.Rate)
	}
	b.since = now
	v := Verdict{Limit: int(b.Size)}
	if b.left < 1 {
		v.Refused, v.Wait = true, seconds((1-b.left)/b.Rate)
	} else {
		b.left--
	}
	v.Remaining = int(b.left)
	v.Reset = now.Add(seconds((b.Size - b.left) / b.Rate))
	return v
}

func seconds(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }

// A Window lets so many requests through in so long.
type Window struct {
	Limit int
	Span  time.Duration
	past  []time.Time
}

// look says what Take would, and takes nothing.
func (w *Window) look(now time.Time) Verdict {
	for len(w.past) > 0 && !w.past[0].After(now.Add(-w.Span)) {
		w.past = w.past[1:]
	}
	v := Verdict{Limit: w.Limit, Remaining: max(0, w.Limit-len(w.past)-1), Reset: now.Add(w.Span)}
	if len(w.past) >= w.Limit {
		v.Refused, v.Wait = true, w.past[0].Add(w.Span).Sub(now)
	}
	return v
}

// Cloud holds the limits of one Cloud site.
type Cloud struct {
	endpoints map[string]*Bucket
	issues    map[string][]*Window
	apps      map[string]*hour
}

// An hour is what an app has used of the points of one.
type hour struct {
	begun time.Time
	used  int
}

// NewCloud starts with nothing used.
func NewCloud() *Cloud {
	return &Cloud{endpoints: map[string]*Bucket{}, issues: map[string][]*Window{}, apps: map[string]*hour{}}
}

// Endpoint takes a request to one endpoint: 100 a second for reads and POST,
// 50 for PUT and DELETE.
func (c *Cloud) Endpoint(method, route string, now time.Time) Verdict {
	b := c.endpoints[method+" "+route]
	if b == nil {
		b = &Bucket{Rate: 100, Size: 100}
		if method == "PUT" || method == "DELETE" {
			b = &Bucket{Rate: 50, Size: 50}
		}
		c.endpoints[method+" "+route] = b
	}
	v := b.Take(now)
	v.Reason = Burst
	return v
}

// Write takes a write to one issue: 20 in 2 seconds and 100 in 30.
func (c *Cloud) Write(issue string, now time.Time) Verdict {
	ws := c.issues[issue]
	if ws == nil {
		ws = []*Window{{Limit: 20, Span: 2 * time.Second}, {Limit: 100, Span: 30 * time.Second}}
		c.issues[issue] = ws
	}
	var worst Verdict
	for n, w := range ws {
		v := w.look(now)
		if n == 0 || v.Wait > worst.Wait || !worst.Refused && v.Remaining < worst.Remaining {
			worst = v
		}
	}
	if !worst.Refused {
		for _, w := range ws {
			w.past = append(w.past, now)
		}
	}
	worst.Reason = OneIssue
	return worst
}

// Points takes points of those that an app has in an hour of the clock.
func (c *Cloud) Points(app string, points, most int, now time.Time) Verdict {
	h := c.apps[app]
	if begun := now.Truncate(time.Hour); h == nil || !h.begun.Equal(begun) {
		h = &hour{begun: begun}
		c.apps[app] = h
	}
	v := Verdict{Reason: Global, Limit: most, Reset: h.begun.Add(time.Hour)}
	if v.Refused = h.used+points > most; v.Refused {
		v.Wait = v.Reset.Sub(now)
	} else {
		h.used += points
	}
	v.Remaining = max(0, most-h.used)
	return v
}

// Users holds the limit of a Data Center node: a bucket for each account.
type Users struct {
	Rate, Size float64
	buckets    map[string]*Bucket
}

// Take takes a request of an account.
func (u *Users) Take(user string, now time.Time) Verdict {
	if u.buckets == nil {
		u.buckets = map[string]*Bucket{}
	}
	if u.buckets[user] == nil {
		u.buckets[user] = &Bucket{Rate: u.Rate, Size: u.Size}
	}
	return u.buckets[user].Take(now)
}
