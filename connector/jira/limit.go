package jira

import (
	"context"
	"net/http"
	"sync"

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
