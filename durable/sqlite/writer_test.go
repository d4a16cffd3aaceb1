package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/text"
	"github.com/google/go-cmp/cmp"
)

func testDB(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "accord.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// together gives ops to the writer while it is busy with another one, and
// returns their errors.
func together(t *testing.T, db *DB, ops ...op) []error {
	t.Helper()
	begun, proceed := make(chan struct{}), make(chan struct{})
	errs := make([]error, len(ops))
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.w.write(t.Context(), op{do: func(*tx) error { close(begun); <-proceed; return nil }})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	for i, o := range ops {
		wg.Go(func() { errs[i] = db.w.write(t.Context(), o) })
		for len(db.w.ops) <= i { // until it waits
			runtime.Gosched()
		}
	}
	close(proceed)
	wg.Wait()
	return errs
}

func name(n int) durable.State {
	return durable.State{Name: fmt.Sprint(n), Value: json.RawMessage(`1`)}
}

func set(t *tx, s durable.State) error {
	return t.exec("INSERT INTO state (name, value, revision, changed) VALUES (?, ?, 1, 0)", s.Name, []byte(s.Value))
}

// visible counts the states that a reader sees.
func visible(t *testing.T, db *DB) (n int) {
	t.Helper()
	if err := db.read.QueryRowContext(t.Context(), "SELECT count(*) FROM state").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWaitingWritesShareATransaction(t *testing.T) {
	for title, c := range map[string]struct {
		reason string
		size   int
		want   []int // states that are visible while each is written
	}{
		"small": {"nothing is committed before the last of them is written", 100, []int{0, 0, 0, 0, 0}},
		"large": {"two of 1 MiB fill a batch", 1 << 20, []int{0, 0, 2, 2, 4}},
		"huge":  {"one that is too large goes alone", 5 << 20, []int{0, 1, 2, 3, 4}},
	} {
		t.Run(title, func(t *testing.T) {
			db := testDB(t)
			ops := make([]op, 5)
			seen := make([]int, len(ops))
			for i := range ops {
				ops[i] = op{size: c.size, do: func(tx *tx) error { seen[i] = visible(t, db); return set(tx, name(i)) }}
			}
			if err := errors.Join(together(t, db, ops...)...); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, seen); d != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, d)
			}
		})
	}
}

func TestAFailedWriteLeavesTheOthersAlone(t *testing.T) {
	db := testDB(t)
	errs := together(t, db,
		op{do: func(tx *tx) error { return set(tx, name(1)) }},
		op{do: func(tx *tx) error { return errors.Join(set(tx, name(2)), durable.ErrStale) }},
		op{do: func(tx *tx) error { return set(tx, name(1)) }}, // not unique
		op{do: func(tx *tx) error { return set(tx, name(3)) }},
	)
	if errs[0] != nil || !errors.Is(errs[1], durable.ErrStale) || errs[2] == nil || errs[3] != nil {
		t.Errorf("errors: %v, want one each for the second and the third", errs)
	}
	if n := visible(t, db); n != 2 {
		t.Errorf("%d were written, want the two that did not fail", n)
	}
}

// SQLite itself ends a transaction when, for one, the disk is full: then nobody
// is told that his write is done, and the next transaction works.
func TestALostTransactionIsToldToAll(t *testing.T) {
	db := testDB(t)
	errs := together(t, db,
		op{do: func(tx *tx) error { return set(tx, name(1)) }},
		op{do: func(tx *tx) error { return errors.Join(tx.exec("ROLLBACK"), errors.New("disk full")) }},
		op{do: func(tx *tx) error { return set(tx, name(3)) }},
	)
	for i, err := range errs {
		if err == nil {
			t.Errorf("write %d was acknowledged, and is lost", i)
		}
	}
	if err := db.SetState(t.Context(), name(4)); err != nil {
		t.Errorf("the next one: %v", err)
	}
	if n := visible(t, db); n != 1 {
		t.Errorf("%d were written, want the last one alone", n)
	}
}

// changes counts the rows written since the file was opened.
func changes(t *testing.T, db *DB) (n int) {
	t.Helper()
	if err := db.w.write(t.Context(), op{do: func(tx *tx) error { return tx.row("SELECT total_changes()", nil, &n) }}); err != nil {
		t.Fatal(err)
	}
	return n
}

func count(t *testing.T, db *DB, table string) (n int) {
	t.Helper()
	if err := db.read.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestACommitWritesWhatDiffers(t *testing.T) {
	const comments = 500
	db := testDB(t)
	link := issue.Link{ID: issue.Ref{Participant: "acme", ID: "1"}, Agreed: issue.Document{}, Sides: map[issue.Participant]issue.Side{}}
	side := issue.Side{Ref: link.ID, Shown: issue.Document{}, Base: issue.Document{}, Rows: map[issue.Place]issue.RowAt{}}
	place := func(i int) issue.Place {
		return issue.Place{Field: "comments", Row: issue.Ref{Participant: "acme", ID: fmt.Sprint(i)}}
	}
	row := func(i int) issue.Value {
		return issue.Row{"author": issue.Scalar("Ann"), "body": issue.Text{Doc: text.Of(fmt.Sprintf("%0500d", i))}}
	}
	for i := range comments {
		link.Agreed[place(i)], side.Shown[place(i)], side.Base[place(i)] = row(i), row(i), row(i)
		side.Rows[place(i)] = issue.RowAt{ID: fmt.Sprint(i), Version: "1"}
	}
	link.Sides["acme"] = side
	if err := db.Commit(t.Context(), issue.Link{}, link, durable.Record{Agreed: link.Agreed}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, "text"); n != comments {
		t.Errorf("%d texts are stored, want each of %d once, though four places hold it", n, comments)
	}
	link.Revision = 1
	after := link
	after.Agreed = link.Agreed.With(place(7), row(-7)).With(place(8), nil)
	side.Base = side.Base.With(place(7), row(-7))
	side.Sent = []issue.Sent{{Turn: "t", Want: issue.Document{place(7): row(-7)}}}
	after.Sides = map[issue.Participant]issue.Side{"acme": side}
	before := changes(t, db)
	if err := db.Commit(t.Context(), link, after, durable.Record{Agreed: issue.Diff(link.Agreed, after.Agreed)}); err != nil {
		t.Fatal(err)
	}
	// The link, its ref, two places agreed, one base, one sent, the new text, the record.
	if n := changes(t, db) - before; n > 9 {
		t.Errorf("%d rows were written for an edit of one comment and the removal of another, want 9 at most", n)
	}
	got, err := db.Link(t.Context(), link.ID)
	if err != nil || len(got.Agreed) != comments-1 || !issue.Same(got.Agreed[place(7)], row(-7)) {
		t.Errorf("%d comments came back (%v), want %d with the edit", len(got.Agreed), err, comments-1)
	}
}
