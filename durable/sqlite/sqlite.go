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
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver

	"example.com/accord/durable"
)

// busyWait is how long a transaction waits for another process.
const busyWait = 10 * time.Second

// readers is how many reads run at the same time. Each has a page cache of its own.
const readers = 4

// Options are the settings of a DB. The zero value is usable.
type Options struct {
	MaxWaiting int // how many events may wait before Send returns ErrFull; 0 means a million
}

// A DB is one open file: a store, a queue and its gauge.
type DB struct {
	path  string
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
	db := &DB{path: path, bell: newBell()}
	var err error
	if db.write, err = sql.Open("sqlite", source(path, "journal_mode(WAL)", "synchronous(FULL)", "journal_size_limit(67108864)")); err != nil {
		return nil, db.explain("open", err)
	}
	if err := migrate(ctx, db.write); err != nil {
		db.write.Close()
		return nil, db.explain("open", err)
	}
	if db.read, err = sql.Open("sqlite", source(path, "query_only(1)")); err != nil {
		db.write.Close()
		return nil, db.explain("open", err)
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	if db.w, err = startWriter(ctx, db.write, o.MaxWaiting, db.bell.ring); err != nil {
		db.read.Close()
		db.write.Close()
		return nil, db.explain("open", err)
	}
	return db, nil
}

// Close ends what waits for an event, finishes what is being written, and
// closes the file.
func (db *DB) Close() error {
	var err error
	db.close.Do(func() {
		db.w.stop()
		err = db.read.Close()
		if e := db.write.Close(); err == nil {
			err = e
		}
	})
	return err
}

// source is the driver's name for the file at path.
func source(path string, pragmas ...string) string {
	q := url.Values{"_pragma": {"busy_timeout(" + strconv.Itoa(int(busyWait.Milliseconds())) + ")"}}
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}
