package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"example.com/accord/durable"
)

// State implements [durable.Store].
func (db *DB) State(ctx context.Context, name string) (durable.State, error) {
	s := durable.State{Name: name}
	var changed int64
	err := db.read.QueryRowContext(ctx, `SELECT value, revision, changed FROM state WHERE name = ?`, name).
		Scan((*[]byte)(&s.Value), &s.Revision, &changed)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	s.Changed = fromNanos(changed)
	return s, db.explain(fmt.Sprintf("read state %q from", name), err)
}

// States implements [durable.Store].
func (db *DB) States(ctx context.Context, prefix string) iter.Seq2[durable.State, error] {
	return pages(func(left int, last *durable.State) (found []durable.State, err error) {
		after := ""
		if last != nil {
			after = last.Name
		}
		rows, err := db.read.QueryContext(ctx, `SELECT name, value, revision, changed FROM state
			WHERE name > ?1 AND name >= ?2 AND substr(name, 1, length(?2)) = ?2 ORDER BY name LIMIT ?3`, after, prefix, left)
		if err != nil {
			return nil, db.explain("read states from", err)
		}
		defer rows.Close()
		for rows.Next() {
			var s durable.State
			var changed int64
			if err := rows.Scan(&s.Name, (*[]byte)(&s.Value), &s.Revision, &changed); err != nil {
				return nil, db.explain("read states from", err)
			}
			s.Changed = fromNanos(changed)
			found = append(found, s)
		}
		return found, db.explain("read states from", rows.Err())
	}, 0)
}

// SetState implements [durable.Store].
func (db *DB) SetState(ctx context.Context, s durable.State) error {
	err := db.w.write(ctx, op{size: len(s.Name) + len(s.Value), do: func(t *tx) error {
		if len(s.Value) > durable.MaxState {
			return fmt.Errorf("%d bytes, at most %d may be", len(s.Value), durable.MaxState)
		}
		var stored int64
		err := t.row("SELECT revision FROM state WHERE name = ?", []any{s.Name}, &stored)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if stored != s.Revision {
			return fmt.Errorf("revision %d, stored is %d: %w", s.Revision, stored, durable.ErrStale)
		}
		if s.Value == nil {
			return t.exec("DELETE FROM state WHERE name = ?", s.Name)
		}
		return t.exec("INSERT OR REPLACE INTO state (name, value, revision, changed) VALUES (?, ?, ?, ?)",
			s.Name, []byte(s.Value), s.Revision+1, nanos(time.Now()))
	}})
	return db.explain(fmt.Sprintf("set state %q in", s.Name), err)
}

// nanos is t in ns since 1970, and 0 for the zero time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
