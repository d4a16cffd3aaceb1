package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// maxBatch is how many bytes share a transaction: enough that a sync is worth
// it, little enough that the first of them does not wait long.
const maxBatch = 2 << 20

var errClosed = errors.New("the file is closed")

// An op is one write: all of it is in the file when it returns nil, and nothing
// of it when it returns an error.
type op struct {
	ctx  context.Context // of the caller: ended before the op began, it is not done
	size int             // about how many bytes it writes
	ring bool            // something may be due now
	do   func(*tx) error
	err  error
	done chan struct{}
}

// A writer is the one goroutine that writes.
type writer struct {
	ops   chan *op
	quit  chan struct{} // closed: finish what waits and end
	ended chan struct{} // closed: it has ended
	tx    *tx
	ring  func() // called after a commit that may have made something due
}

func startWriter(ctx context.Context, db *sql.DB, maxWaiting int, ring func()) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		ops: make(chan *op, 4096), quit: make(chan struct{}), ended: make(chan struct{}), ring: ring,
		tx: &tx{ctx: context.Background(), conn: conn, prepared: map[string]*sql.Stmt{}, max: maxWaiting, version: -1},
	}
	go w.run()
	return w, nil
}

func (w *writer) stop() { close(w.quit); <-w.ended }

// write has o done, and returns its error, or that of the commit.
func (w *writer) write(ctx context.Context, o op) error {
	o.ctx, o.done = ctx, make(chan struct{})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	case w.ops <- &o:
	}
	// Once it waits for the writer, only the writer knows how it ends.
	select {
	case <-o.done:
	case <-w.ended:
		select {
		case <-o.done:
		default:
			return errClosed
		}
	}
	return o.err
}

func (w *writer) run() {
	defer close(w.ended)
	defer w.tx.close()
	for {
		select {
		case o := <-w.ops:
			w.commit(w.batch(o))
		case <-w.quit:
			for {
				select {
				case o := <-w.ops:
					w.commit(w.batch(o))
				default:
					return
				}
			}
		}
	}
}

// batch is first and what has come since the last commit began.
func (w *writer) batch(first *op) []*op {
	ops, size := []*op{first}, first.size
	for size < maxBatch {
		select {
		case o := <-w.ops:
			ops, size = append(ops, o), size+o.size
		default:
			return ops
		}
	}
	return ops
}

// commit does ops in one transaction. One that fails leaves the others alone.
func (w *writer) commit(ops []*op) {
	err := w.together(ops)
	ring := false
	for _, o := range ops {
		if err != nil {
			o.err = err
		}
		ring = ring || o.ring && o.err == nil
		close(o.done)
	}
	if ring {
		w.ring()
	}
}

func (w *writer) together(ops []*op) error {
	if err := w.tx.begin(); err != nil {
		return err
	}
	for _, o := range ops {
		if err := w.do(o); err != nil {
			w.tx.undo()
			return err
		}
	}
	err := w.tx.exec("COMMIT")
	if err != nil {
		w.tx.undo()
	}
	return err
}

// do does o and keeps its error; what it returns is the end of the transaction.
func (w *writer) do(o *op) error {
	if o.err = o.ctx.Err(); o.err != nil {
		return nil
	}
	if err := w.tx.exec("SAVEPOINT op"); err != nil {
		return err
	}
	waiting := w.tx.waiting
	if o.err = o.do(w.tx); o.err != nil {
		w.tx.waiting = waiting
		if err := w.tx.exec("ROLLBACK TO op"); err != nil {
			return errors.Join(o.err, err) // such as a full disk: SQLite has ended the transaction
		}
	}
	return w.tx.exec("RELEASE op")
}
