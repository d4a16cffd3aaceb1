// Package sqlite keeps the store and the queue in one SQLite file, and blobs in
// a folder beside it.
//
// All writes go through one goroutine, which makes one transaction of what came
// while the last one was being synced to the disk: so each write is durable when
// it returns, and a thousand at the same time share a few syncs. Reads have
// connections of their own. Several processes may have the file open.
//
// The schema is migrations/*.sql, applied in order; the number of the last one
// is the file's user_version. In short:
//
//	link     n, participant, id, width, revision, held, refused, open
//	ref      participant, id → link        every id of a link and of its sides
//	part     link, participant, kind, place → value   a link, place by place, as JSON
//	text     n, hash, body                 long texts, each once; JSON names one as {"text":n}
//	history  n, link, body                 the records, as JSON
//	state    name → value, revision, changed
//	queue    n, lane, state, due, participant, issue, at, floor, tries, token, …
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver

	"example.com/accord/durable"
)

// readers is how many reads run at the same time. Each has a page cache of its own.
const readers = 4

// Options are the settings of a DB. The zero value is usable.
type Options struct {
	MaxWaiting int           // how many events may wait before Send returns ErrFull; 0 means a million
	Patience   time.Duration // how long a write waits for one of another process; 0 means 10 s
}

// A DB is one open file: a store, a queue and its gauge.
type DB struct {
	path  string
	o     Options
	read  *sql.DB
	write *sql.DB
	w     *writer
	bell  *bell
	close sync.Once
}

var (
	_ durable.Store = (*DB)(nil)
	_ durable.Queue = (*DB)(nil)
	_ durable.Gauge = (*DB)(nil)
)

// Open opens the file at path, and makes it if there is none. The error says
// what to do when the file is of a newer schema, locked, read-only or damaged.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	if o.MaxWaiting <= 0 {
		o.MaxWaiting = 1_000_000
	}
	if o.Patience <= 0 {
		o.Patience = 10 * time.Second
	}
	db := &DB{path: path, o: o, bell: newBell()}
	if err := db.open(ctx); err != nil {
		return nil, errors.Join(db.explain("open", err), db.shut())
	}
	return db, nil
}

func (db *DB) open(ctx context.Context) error {
	// What is in it is for this user alone. SQLite gives the files beside it the same mode.
	f, err := os.OpenFile(db.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	db.write, err = sql.Open("sqlite", source(db.path, db.o.Patience, "journal_mode(WAL)", "synchronous(FULL)", "journal_size_limit(67108864)"))
	if err != nil {
		return err
	}
	if err := db.patiently(ctx, func() error { return migrate(ctx, db.write) }); err != nil {
		return err
	}
	if db.read, err = sql.Open("sqlite", source(db.path, db.o.Patience, "query_only(1)")); err != nil {
		return err
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	db.w, err = startWriter(ctx, db.write, db.o.MaxWaiting, db.bell.ring)
	return err
}

// patiently does again what finds the file locked. SQLite's own patience does
// not cover the change to WAL: a connection that meets another there is told at
// once that the file is busy.
func (db *DB) patiently(ctx context.Context, do func() error) error {
	for end := time.Now().Add(db.o.Patience); ; {
		err := do()
		if !held(err) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Close ends what waits for an event, finishes what is being written, and
// closes the file.
func (db *DB) Close() (err error) {
	db.close.Do(func() { err = db.shut() })
	return err
}

// shut closes what is open.
func (db *DB) shut() error {
	if db.w != nil {
		db.w.stop()
	}
	var errs []error
	for _, conns := range []*sql.DB{db.read, db.write} {
		if conns != nil {
			errs = append(errs, conns.Close())
		}
	}
	return errors.Join(errs...)
}

// source is the driver's name for the file at path.
func source(path string, patience time.Duration, pragmas ...string) string {
	q := url.Values{"_pragma": {"busy_timeout(" + strconv.Itoa(int(patience.Milliseconds())) + ")"}}
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}
