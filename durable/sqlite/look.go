package sqlite

import (
	"context"
	"database/sql"
)

// A look is one read: a transaction that sees the file as it is at one moment.
type look struct {
	ctx   context.Context
	tx    *sql.Tx
	texts map[int64][]byte // those read so far
	stmt  *sql.Stmt        // reads one; nil: none was read yet
}

func (db *DB) look(ctx context.Context, do func(*look) error) error {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return do(&look{ctx: ctx, tx: tx, texts: map[int64][]byte{}})
}

// one returns the number that query finds, or sql.ErrNoRows.
func (r *look) one(query string, args ...any) (n int64, err error) {
	err = r.tx.QueryRowContext(r.ctx, query, args...).Scan(&n)
	return n, err
}

// all returns the numbers that query finds.
func (r *look) all(query string, args ...any) (ns []int64, err error) {
	rows, err := r.tx.QueryContext(r.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		ns = append(ns, n)
	}
	return ns, rows.Err()
}

// text returns the long text with the number n. Its statement ends with the
// transaction.
func (r *look) text(n int64) (body []byte, err error) {
	if body, ok := r.texts[n]; ok {
		return body, nil
	}
	if r.stmt == nil {
		if r.stmt, err = r.tx.PrepareContext(r.ctx, `SELECT body FROM text WHERE n = ?`); err != nil {
			return nil, err
		}
	}
	if err := r.stmt.QueryRowContext(r.ctx, n).Scan(&body); err != nil {
		return nil, err
	}
	r.texts[n] = body
	return body, nil
}
