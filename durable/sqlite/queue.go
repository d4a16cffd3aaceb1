package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"example.com/accord/durable"
)

// What a message is doing: queue.state.
const (
	waits = 0
	busy  = 1
	dead  = 2
)

// otherProcess is how long an event may lie unseen that another process has sent.
const otherProcess = 2 * time.Second

// Send implements [durable.Queue].
func (db *DB) Send(ctx context.Context, ms ...durable.Message) error {
	size := 0
	sent := make([]entry, len(ms))
	for i, m := range ms {
		if m.At.IsZero() {
			m.At = time.Now()
		}
		m.Tries = 0
		event, err := json.Marshal(m.Event)
		if err != nil {
			return db.explain("send to", err)
		}
		sent[i] = entry{m, event}
		size += len(event) + 128 // its columns and indexes
	}
	return db.explain("send to", db.w.write(ctx, op{size: size, ring: true, do: func(t *tx) error {
		for _, e := range sent {
			if err := t.send(e); err != nil {
				return err
			}
		}
		if t.waiting > t.max {
			return durable.ErrFull
		}
		return nil
	}}))
}

// Receive implements [durable.Queue].
func (db *DB) Receive(ctx context.Context, n int, hide time.Duration) ([]durable.Message, error) {
	n = max(n, 1)
	for ctx.Err() == nil {
		heard := db.bell.next()
		var got []durable.Message
		var next time.Time
		err := db.w.write(ctx, op{do: func(t *tx) (err error) {
			got, next, err = t.receive(n, time.Now(), hide)
			return err
		}})
		if len(got) > 0 && err == nil {
			return got, nil
		}
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return nil, db.explain("receive from", err)
		}
		db.wait(ctx, heard, next)
	}
	return nil, nil
}

// wait ends when something may be due.
func (db *DB) wait(ctx context.Context, heard <-chan struct{}, next time.Time) {
	d := otherProcess
	if !next.IsZero() {
		d = min(d, time.Until(next))
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-db.w.quit:
	case <-heard:
	case <-t.C:
	}
}

// Extend implements [durable.Queue].
func (db *DB) Extend(ctx context.Context, m durable.Message, hide time.Duration) error {
	return db.explain("extend in", db.w.write(ctx, op{ring: true, do: func(t *tx) error {
		changed, err := t.affect("UPDATE queue SET due = ? WHERE n = ? AND token = ? AND state = 1", nanos(time.Now().Add(hide)), number(m.ID), number(m.Token))
		if err == nil && changed == 0 {
			err = durable.ErrStale
		}
		return err
	}}))
}

// Done implements [durable.Queue].
func (db *DB) Done(ctx context.Context, m durable.Message) error {
	return db.explain("forget in", db.w.write(ctx, op{ring: true, do: func(t *tx) error {
		return t.exec("DELETE FROM queue WHERE n = ? AND token = ? AND state = 1", number(m.ID), number(m.Token))
	}}))
}

// Fail implements [durable.Queue].
func (db *DB) Fail(ctx context.Context, m durable.Message, next time.Time, why string) error {
	return db.explain("give back to", db.w.write(ctx, op{size: len(why), ring: true, do: func(t *tx) error {
		held, err := t.entry("SELECT "+columns+" FROM queue WHERE n = ? AND token = ? AND state = 1", number(m.ID), number(m.Token))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		held.Why = why
		if held.Tries >= durable.MaxTries {
			return t.bury(held)
		}
		held.At = next
		if next.After(held.Floor) {
			held.Floor = next
		}
		return t.back(held)
	}}))
}

// Dead implements [durable.Queue].
func (db *DB) Dead(ctx context.Context, n int) (ms []durable.Message, err error) {
	rows, err := db.read.QueryContext(ctx, "SELECT "+columns+" FROM queue WHERE state = 2 ORDER BY heard, n LIMIT ?", n)
	if err != nil {
		return nil, db.explain("read dead events from", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scan(rows.Scan)
		if err != nil {
			return nil, db.explain("read dead events from", err)
		}
		e.Token = ""
		ms = append(ms, e.Message)
	}
	return ms, db.explain("read dead events from", rows.Err())
}

// Resend implements [durable.Queue].
func (db *DB) Resend(ctx context.Context, ids ...string) (sent int, err error) {
	if len(ids) == 0 {
		ids = []string{""}
	}
	err = db.w.write(ctx, op{ring: true, do: func(t *tx) error {
		sent = 0
		for _, id := range ids {
			es, err := t.entries("SELECT "+columns+" FROM queue WHERE state = 2 AND (?1 = 0 OR n = ?1) ORDER BY n", number(id))
			if err != nil {
				return err
			}
			for _, e := range es {
				e.At, e.Floor, e.Tries = time.Now(), time.Time{}, 0
				if err := t.back(e); err != nil {
					return err
				}
				sent++
			}
		}
		return nil
	}})
	return sent, db.explain("send again in", err)
}

// Depth implements [durable.Gauge].
func (db *DB) Depth(ctx context.Context) (d durable.Depth, err error) {
	var oldest int64
	err = db.read.QueryRowContext(ctx, `SELECT
		count(*) FILTER (WHERE state = 0 AND lane = 'live'), count(*) FILTER (WHERE state = 0 AND lane = 'bulk'),
		count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2), count(*) FILTER (WHERE state = 0 AND due > ?),
		coalesce(min(heard) FILTER (WHERE state = 0 AND heard <> 0), 0) FROM queue`, nanos(time.Now())).
		Scan(&d.Live, &d.Bulk, &d.Busy, &d.Dead, &d.Later, &oldest)
	d.Oldest = fromNanos(oldest)
	return d, db.explain("count events in", err)
}

// number reads an id or a token; what is none of ours is -1, which no row has.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case s == "":
		return 0
	case err != nil:
		return -1
	}
	return n
}

// newToken cannot be guessed from an older one: rows may reuse their numbers.
func newToken() int64 { return rand.Int64N(1<<62) + 1 }
