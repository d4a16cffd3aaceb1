package jira

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A book is how much of what a site allows is used, and how its gate stands. It
// is a value in JSON, so that all processes that call a site can share one.
type book struct {
	Gate    shut             `json:"gate,omitzero"`
	Used    map[string]level `json:"used,omitempty"`   // by the key of an allowance
	Asked   time.Time        `json:"asked,omitzero"`   // when the first call of all was begun
	Told    bool             `json:"told,omitempty"`   // it was answered, so the site has told its limit of an account if it has one
	Account allowance        `json:"account,omitzero"` // that limit; zero: there is none
}

// A level is how much was left of an allowance at a time. Below 0 it is promised
// to those who wait.
type level struct {
	Left float64   `json:"left"`
	At   time.Time `json:"at"`
}

// An allowance is a bucket that holds Size and gains Rate a second: it lets
// Size + Rate·T through in T seconds.
type allowance struct {
	key   string
	Rate  float64 `json:"rate"`
	Size  float64 `json:"size"`
	cost  int     // of the call
	block int     // that a process takes at once if it shares the book
}

// patience is how long what is promised may be waited for.
const patience = 20 * time.Second

// take takes n of an allowance, or as many as there are but the cost of one call
// at least; they may be used from the time at on. None: they would be too long
// in coming, and at is when the next will be there.
func (b *book) take(a allowance, n int, now time.Time) (got int, at time.Time) {
	l, known := b.Used[a.key]
	if !known {
		l = level{a.Size, now}
	}
	if d := now.Sub(l.At).Seconds(); d > 0 {
		l.Left, l.At = min(a.Size, l.Left+d*a.Rate), now
	}
	got, at = max(a.cost, min(n, int(l.Left))), now
	if short := float64(got) - l.Left; short > 0 {
		at = now.Add(time.Duration(short / a.Rate * float64(time.Second)))
		if at.Sub(now) > patience {
			return 0, at
		}
	}
	l.Left -= float64(got)
	b.set(a.key, l)
	b.forget(now)
	return got, at
}

// drain leaves nothing of an allowance: the site says that it is nearly used up,
// by others than those who share this book.
func (b *book) drain(key string, now time.Time) {
	l := b.Used[key]
	b.set(key, level{min(l.Left, 0), now})
}

func (b *book) set(key string, l level) {
	if b.Used == nil {
		b.Used = map[string]level{}
	}
	b.Used[key] = l
}

// forget drops the issues of which all is left again, once there are many.
func (b *book) forget(now time.Time) {
	if len(b.Used) < 200 {
		return
	}
	maps.DeleteFunc(b.Used, func(key string, l level) bool {
		return strings.HasPrefix(key, issueKey) && l.Left+issueRate*now.Sub(l.At).Seconds() >= issueSize
	})
}

// issueRate and issueSize let through less than 20 writes in 2 s and 100 in 30 s,
// also if a block is used up to a second late.
const issueRate, issueSize = 2.8, 10

// Keys of allowances that are not those of an endpoint or an issue.
const (
	accountKey = "account"
	pointsKey  = "points"
	issueKey   = "issue "
)

// allowances are what a call needs: docs/JIRA.md "Rate limits". On Cloud 100 a
// second per endpoint for GET and POST and 50 for PUT and DELETE, of which half
// is taken; per issue 20 writes in 2 s and 100 in 30 s; for an OAuth 2.0 app
// 65,000 points an hour. On Data Center what the site tells of an account.
func (c *Client) allowances(r call, b book) []allowance {
	a := allowance{key: r.endpoint(), Rate: 50, Size: 50, cost: 1, block: 5}
	write := r.method == http.MethodPut || r.method == http.MethodDelete
	if write {
		a.Rate, a.Size, a.block = 25, 25, 2
	}
	out := []allowance{a}
	if r.issue != "" {
		out = append(out, allowance{key: issueKey + r.issue, Rate: issueRate, Size: issueSize, cost: 1, block: 2})
	}
	switch {
	case c.site.Bearer != nil && (write || r.issue != ""):
		out = append(out, allowance{key: pointsKey, Rate: 16, Size: 6000, cost: 2, block: 40})
	case c.site.Bearer != nil:
		out = append(out, allowance{key: pointsKey, Rate: 16, Size: 6000, cost: 1, block: 40})
	case b.Account.Rate > 0:
		out = append(out, allowance{key: accountKey, Rate: b.Account.Rate, Size: b.Account.Size, cost: 1, block: 1})
	}
	return slices.Clip(out)
}

// tell reads what an answer says of the limit of an account, and reports whether
// the book did not know it. A fifth is left to whoever else uses the account.
func (b *book) tell(h http.Header) bool {
	limit, fill, every := headerNumber(h, "X-RateLimit-Limit"), headerNumber(h, "X-RateLimit-FillRate"), headerNumber(h, "X-RateLimit-Interval-Seconds")
	var a allowance
	if limit > 0 && fill > 0 && every > 0 {
		a = allowance{Rate: 0.8 * fill / every, Size: max(1, 0.8*limit)}
	}
	if b.Told && b.Account == a {
		return false
	}
	if !b.Told || b.Account.Rate == 0 {
		delete(b.Used, accountKey)
	}
	b.Told, b.Account = true, a
	return true
}

// near reports whether an answer says that less than a fifth is left.
func near(h http.Header) bool { return strings.EqualFold(h.Get("X-RateLimit-NearLimit"), "true") }
