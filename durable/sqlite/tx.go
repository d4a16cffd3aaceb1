package sqlite

import (
	"context"
	"database/sql"
)

// A tx is the transaction of the writer, with its statements.
type tx struct {
	ctx      context.Context // does not end
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
	max      int   // how many events may wait
	waiting  int   // how many do
	version  int64 // the data_version at which they were counted: it changes with what other processes write
}

func (t *tx) begin() error {
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := t.count()
	if err != nil {
		t.undo()
	}
	return err
}

// count counts what waits, if not only this process has changed it.
func (t *tx) count() error {
	var version int64
	if err := t.row("PRAGMA data_version", nil, &version); err != nil || version == t.version {
		return err
	}
	if err := t.row("SELECT count(*) FROM queue WHERE state = 0", nil, &t.waiting); err != nil {
		return err
	}
	t.version = version
	return nil
}

// undo ends the transaction. It fails only where SQLite has done so already, as
// when the disk is full.
func (t *tx) undo() {
	t.exec("ROLLBACK")
	t.version = -1
}

func (t *tx) close() {
	for _, s := range t.prepared {
		s.Close()
	}
	t.conn.Close()
}

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if s, ok := t.prepared[query]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(t.ctx, query)
	if err == nil {
		t.prepared[query] = s
	}
	return s, err
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.affect(query, args...)
	return err
}

// affect is exec and returns how many rows it changed.
func (t *tx) affect(query string, args ...any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// row scans the one row of query; without one it returns sql.ErrNoRows.
func (t *tx) row(query string, args []any, into ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	return s.QueryRowContext(t.ctx, args...).Scan(into...)
}
