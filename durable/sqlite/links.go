package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// page is how much is read at a time where somebody iterates. Between two pages
// no transaction is open, so that the log of the file does not grow.
const page = 50

// Link implements [durable.Store].
func (db *DB) Link(ctx context.Context, ref issue.Ref) (l issue.Link, err error) {
	err = db.look(ctx, func(r *look) error {
		n, err := r.one(`SELECT link FROM ref WHERE participant = ? AND id = ?`, string(ref.Participant), ref.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return durable.ErrNotFound
		} else if err != nil {
			return err
		}
		l, err = r.link(n)
		return err
	})
	return l, db.explain(fmt.Sprintf("read link of %s from", ref), err)
}

// Links implements [durable.Store].
func (db *DB) Links(ctx context.Context, f durable.Filter) iter.Seq2[issue.Link, error] {
	return pages(func(left int, last *issue.Link) (ls []issue.Link, err error) {
		if last != nil {
			f.After = last.ID
		}
		err = db.look(ctx, func(r *look) error {
			ns, err := r.all(`SELECT n FROM link WHERE (participant, width, id) > (?, ?, ?)`+
				where(f.Held, ` AND held`)+where(f.Refused, ` AND refused`)+where(f.Open, ` AND open`)+
				` ORDER BY participant, width, id LIMIT ?`,
				string(f.After.Participant), len(f.After.ID), f.After.ID, left)
			if err != nil {
				return err
			}
			for _, n := range ns {
				l, err := r.link(n)
				if err != nil {
					return err
				}
				ls = append(ls, l)
			}
			return nil
		})
		return ls, db.explain("read links from", err)
	}, f.Limit)
}

func where(wanted bool, condition string) string {
	if wanted {
		return condition
	}
	return ""
}

const historyOf = `SELECT h.n FROM history h WHERE h.link = (SELECT n FROM link WHERE participant = ? AND width = ? AND id = ?)
	AND h.n < ? ORDER BY h.n DESC LIMIT ?`

// History implements [durable.Store].
func (db *DB) History(ctx context.Context, link issue.Ref) iter.Seq2[durable.Record, error] {
	type numbered struct {
		n int64
		durable.Record
	}
	found := pages(func(left int, last *numbered) (rs []numbered, err error) {
		before := int64(1<<63 - 1)
		if last != nil {
			before = last.n
		}
		err = db.look(ctx, func(r *look) error {
			ns, err := r.all(historyOf, string(link.Participant), len(link.ID), link.ID, before, left)
			if err != nil {
				return err
			}
			for _, n := range ns {
				rec, err := r.record(n)
				if err != nil {
					return err
				}
				rs = append(rs, numbered{n, rec})
			}
			return nil
		})
		return rs, db.explain(fmt.Sprintf("read history of %s from", link), err)
	}, 0)
	return func(yield func(durable.Record, error) bool) {
		for r, err := range found {
			if !yield(r.Record, err) {
				return
			}
		}
	}
}

// pages yields what next returns, until that is less than it was asked for, or
// limit is reached (0: never). Next is given the last that was yielded.
func pages[T any](next func(left int, last *T) ([]T, error), limit int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var last *T
		for got := 0; limit == 0 || got < limit; {
			left := page
			if limit > 0 {
				left = min(left, limit-got)
			}
			found, err := next(left, last)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for i := range found {
				if !yield(found[i], nil) {
					return
				}
				last = &found[i]
			}
			if len(found) < left {
				return
			}
			got += len(found)
		}
	}
}

const partsOf = `SELECT l.revision, p.participant, p.kind, p.place, p.value
	FROM link l JOIN part p ON p.link = l.n WHERE l.n = ? ORDER BY p.participant, p.kind, p.place`

// link reads the link in row n.
func (r *look) link(n int64) (l issue.Link, err error) {
	var revision int64
	rows, err := r.tx.QueryContext(r.ctx, partsOf, n)
	if err != nil {
		return l, err
	}
	var parts []durable.Part
	for rows.Next() {
		var p durable.Part
		if err := rows.Scan(&revision, &p.Side, &p.Kind, &p.Place, &p.Value); err != nil {
			return l, errors.Join(err, rows.Close())
		}
		parts = append(parts, p)
	}
	if err := rows.Err(); err != nil {
		return l, err
	}
	for _, p := range parts {
		if p.Value, err = unfold(p.Value, r.text); err != nil {
			return l, err
		}
		if err := p.AddTo(&l); err != nil {
			return l, err
		}
	}
	l.Revision = revision
	return l, nil
}

func (r *look) record(n int64) (rec durable.Record, err error) {
	var body []byte
	if err := r.tx.QueryRowContext(r.ctx, `SELECT body FROM history WHERE n = ?`, n).Scan(&body); err != nil {
		return rec, err
	}
	if body, err = unfold(body, r.text); err != nil {
		return rec, err
	}
	err = json.Unmarshal(body, &rec)
	return rec, err
}
