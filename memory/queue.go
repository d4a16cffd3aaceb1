package memory

import (
	"context"
	"slices"
	"time"

	"example.com/accord/durable"
)

// A Queue is a [durable.Queue] in memory. A copy of it shares what waits in it
// and may have a Fault of its own.
type Queue struct {
	Fault func(op string) error // as [Store.Fault]; for "receive" before each look, and after one that found something
	Max   int                   // how many may wait; 0 means no limit

	*queue
}

var (
	_ durable.Queue = (*Queue)(nil)
	_ durable.Gauge = (*Queue)(nil)
)

// NewQueue returns an empty queue.
func NewQueue() *Queue { return &Queue{queue: &queue{heard: make(chan struct{})}} }

// Send implements [durable.Queue].
func (q *Queue) Send(ctx context.Context, ms ...durable.Message) error {
	return faulty(ctx, q.Fault, "send", &q.mu, func() error {
		if q.Max > 0 && q.wouldWait(ms) > q.Max {
			return durable.ErrFull
		}
		for _, m := range ms {
			if m.At.IsZero() {
				m.At = time.Now()
			}
			m.ID, m.Token, m.Tries = "", "", 0
			q.wait(m)
		}
		q.wake()
		return nil
	})
}

// Receive implements [durable.Queue].
func (q *Queue) Receive(ctx context.Context, n int, hide time.Duration) ([]durable.Message, error) {
	n = max(n, 1)
	for ctx.Err() == nil {
		if err := ask(q.Fault, "receive"); err != nil {
			return nil, err
		}
		q.mu.Lock()
		ms := q.take(n, time.Now(), hide)
		next, heard := q.next(), q.heard
		q.mu.Unlock()
		if len(ms) > 0 {
			if err := ask(q.Fault, "receive done"); err != nil {
				return nil, err
			}
			return ms, nil
		}
		sleep(ctx, next, heard)
	}
	return nil, nil
}

// sleep waits until next (zero: for ever), until something is heard, or until
// ctx ends.
func sleep(ctx context.Context, next time.Time, heard <-chan struct{}) {
	var due <-chan time.Time
	if !next.IsZero() {
		t := time.NewTimer(time.Until(next))
		defer t.Stop()
		due = t.C
	}
	select {
	case <-ctx.Done():
	case <-heard:
	case <-due:
	}
}

// Extend implements [durable.Queue].
func (q *Queue) Extend(ctx context.Context, m durable.Message, hide time.Duration) error {
	return faulty(ctx, q.Fault, "extend", &q.mu, func() error {
		k := q.held(m)
		if k == nil {
			return durable.ErrStale
		}
		k.until = time.Now().Add(hide)
		q.wake()
		return nil
	})
}

// Done implements [durable.Queue].
func (q *Queue) Done(ctx context.Context, m durable.Message) error {
	return faulty(ctx, q.Fault, "done", &q.mu, func() error {
		if k := q.held(m); k != nil {
			q.drop(k)
			q.wake()
		}
		return nil
	})
}

// Fail implements [durable.Queue].
func (q *Queue) Fail(ctx context.Context, m durable.Message, next time.Time, why string) error {
	return faulty(ctx, q.Fault, "fail", &q.mu, func() error {
		k := q.held(m)
		if k == nil {
			return nil
		}
		k.Why, k.Token = why, ""
		if k.Tries >= durable.MaxTries {
			k.state = dead
		} else {
			q.drop(k)
			k.At = next
			if next.After(k.Floor) {
				k.Floor = next
			}
			q.wait(k.Message)
		}
		q.wake()
		return nil
	})
}

// Dead implements [durable.Queue].
func (q *Queue) Dead(ctx context.Context, n int) (ms []durable.Message, err error) {
	err = faulty(ctx, q.Fault, "dead", &q.mu, func() error {
		for _, k := range q.kept {
			if k.state == dead {
				ms = append(ms, k.Message)
			}
		}
		slices.SortStableFunc(ms, func(a, b durable.Message) int { return a.Event.At.Compare(b.Event.At) })
		ms = ms[:min(n, len(ms))]
		return nil
	})
	return ms, err
}

// Resend implements [durable.Queue].
func (q *Queue) Resend(ctx context.Context, ids ...string) (sent int, err error) {
	err = faulty(ctx, q.Fault, "resend", &q.mu, func() error {
		for _, k := range slices.Clone(q.kept) {
			if k.state == dead && (len(ids) == 0 || slices.Contains(ids, k.ID)) {
				q.drop(k)
				k.At, k.Floor, k.Tries = time.Now(), time.Time{}, 0
				q.wait(k.Message)
				sent++
			}
		}
		q.wake()
		return nil
	})
	return sent, err
}

// Depth implements [durable.Gauge].
func (q *Queue) Depth(ctx context.Context) (d durable.Depth, err error) {
	err = faulty(ctx, q.Fault, "depth", &q.mu, func() error {
		for _, k := range q.kept {
			switch {
			case k.state == dead:
				d.Dead++
				continue
			case k.state == busy:
				d.Busy++
				continue
			case k.Lane == durable.Live:
				d.Live++
			default:
				d.Bulk++
			}
			if k.Due().After(time.Now()) {
				d.Later++
			}
			if at := k.Event.At; !at.IsZero() && (d.Oldest.IsZero() || at.Before(d.Oldest)) {
				d.Oldest = at
			}
		}
		return nil
	})
	return d, err
}
