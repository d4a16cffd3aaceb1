package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"example.com/accord/connector"
)

// A Shared is the record by which processes that call one site keep together
// within what it allows. It replaces the value by what change makes of it, which
// may be called again if another process was faster. No value yet: nil.
type Shared func(ctx context.Context, change func(value []byte) ([]byte, error)) error

// limits keep the calls to a site within what it allows. A process that has the
// site for itself keeps the book in memory; one of several takes small blocks out
// of the shared book, which are good for a second, and learns then how the gate
// stands for all.
type limits struct {
	shared Shared // nil: this process alone calls the site
	now    func() time.Time
	log    *slog.Logger
	lease  chan struct{} // holds one while somebody takes a block

	mu    sync.Mutex
	book  book      // as last known
	seen  time.Time // when that was
	pools map[string]pool
}

// A pool is what is left of a block.
type pool struct {
	left        int
	from, until time.Time
}

// fresh is how long a block is good for, and so how late a process may learn
// that the gate is closed.
const fresh = time.Second

func newLimits(shared Shared, now func() time.Time, log *slog.Logger) *limits {
	return &limits{shared: shared, now: now, log: log, lease: make(chan struct{}, 1), pools: map[string]pool{}}
}

// known is the book as last known, without what is used.
func (l *limits) known() book {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.book
	b.Used = nil
	return b
}

// wait waits until a call that costs of these may be made, or ctx ends. How the
// gate stands is known then as it was a second ago at most.
func (l *limits) wait(ctx context.Context, of ...allowance) error {
	for _, a := range of {
		for {
			from, ok := l.use(a)
			if ok {
				if err := sleep(ctx, from.Sub(l.now())); err != nil {
					return err
				}
				break
			}
			if err := l.more(ctx, a); err != nil {
				return err
			}
		}
	}
	l.mu.Lock()
	old := l.shared != nil && l.now().Sub(l.seen) >= fresh
	l.mu.Unlock()
	if old { // what was promised was long in coming
		return l.change(ctx, func(*book) bool { return false })
	}
	return nil
}

// use takes a call's cost out of the pool, and says from when on it is good.
func (l *limits) use(a allowance) (from time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.pools[a.key]
	if p.left < a.cost || !l.now().Before(p.until) {
		delete(l.pools, a.key)
		return from, false
	}
	p.left -= a.cost
	l.pools[a.key] = p
	return p.from, true
}

// more fills the pool: by a call of a function, or out of the shared book.
func (l *limits) more(ctx context.Context, a allowance) error {
	select {
	case l.lease <- struct{}{}:
		defer func() { <-l.lease }()
	case <-ctx.Done():
		return ctx.Err()
	}
	l.mu.Lock()
	p := l.pools[a.key]
	l.mu.Unlock()
	if p.left >= a.cost && l.now().Before(p.until) {
		return nil // somebody was faster
	}
	n := a.cost
	if l.shared != nil {
		n = max(n, a.block)
	}
	var got int
	var at, now time.Time
	err := l.change(ctx, func(b *book) bool {
		now = l.now()
		got, at = b.take(a, n, now)
		return got > 0
	})
	if err != nil {
		return err
	}
	if got == 0 {
		return &connector.Busy{For: at.Sub(now), Why: "as much waits for the site as it takes in " + at.Sub(now).Round(time.Second).String()}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pools[a.key] = pool{got, at, at.Add(fresh)}
	return nil
}

// change changes the book, the shared one if there is one, unless it is as it was.
func (l *limits) change(ctx context.Context, do func(*book) bool) error {
	if l.shared == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		do(&l.book)
		return nil
	}
	var now book
	err := l.shared(ctx, func(value []byte) ([]byte, error) {
		now = book{}
		if len(value) > 0 {
			if err := json.Unmarshal(value, &now); err != nil {
				return nil, fmt.Errorf("read the book of limits: %w", err)
			}
		}
		if !do(&now) {
			return value, nil
		}
		return json.Marshal(now)
	})
	if err != nil {
		return fmt.Errorf("keep within what the site allows: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.book, l.seen = now, l.now()
	return nil
}

// note changes the book because of an answer. If the shared one cannot be
// changed this process heeds it all the same.
func (l *limits) note(do func(*book) bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := l.change(ctx, do); err != nil {
		l.log.Warn("other processes are not told what the site asks for", "error", err)
		l.mu.Lock()
		defer l.mu.Unlock()
		do(&l.book)
	}
}

// hear takes over what the headers of an answer say of limits.
func (l *limits) hear(tells bool, endpoint string, h http.Header) {
	b := l.known()
	if tells && b.tell(h) {
		l.note(func(b *book) bool { return b.tell(h) })
	}
	if near(h) {
		l.mu.Lock()
		delete(l.pools, endpoint)
		l.mu.Unlock()
		l.note(func(b *book) bool { b.drain(endpoint, l.now()); return true })
	}
}

// answerIn is how long the first call of all may take before another may be made
// beside it.
const answerIn = 5 * time.Second

// first holds back every call but one until a site that tells its limit in its
// answers has given one.
func (l *limits) first(ctx context.Context) error {
	for !l.known().Told {
		mine := false
		err := l.change(ctx, func(b *book) bool {
			mine = !b.Told && l.now().Sub(b.Asked) > answerIn
			if mine {
				b.Asked = l.now()
			}
			return mine
		})
		if err != nil || mine {
			return err
		}
		if l.known().Told {
			return nil
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// unheard lets another call be the first, if this one was: it has no answer.
func (l *limits) unheard(tells bool) {
	if tells && !l.known().Told {
		l.note(func(b *book) bool { b.Asked = time.Time{}; return true })
	}
}

func headerNumber(h http.Header, name string) float64 {
	f, err := strconv.ParseFloat(h.Get(name), 64)
	if err != nil {
		return 0
	}
	return f
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
