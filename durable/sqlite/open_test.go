package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/durable"
	"example.com/accord/durable/sqlite"
	"example.com/accord/issue"
)

// raw opens the file as any program may.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

func event(id string) durable.Message {
	return durable.Message{Lane: durable.Live, Event: issue.Event{Ref: issue.Ref{Participant: "acme", ID: id}, At: time.Now()}}
}

// write makes the file hold content.
func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// damage makes a file of ours whose head is fine, and what is behind it is not.
func damage(t *testing.T, path string) {
	open(t, path, sqlite.Options{}).Close()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(content[100:4000], strings.Repeat("?", 4000))
	write(t, path, content)
}

// lock holds the file until the test ends.
func lock(t *testing.T, path string) {
	conn, err := raw(t, path).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
}

func TestOpenSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		reason  string
		prepare func(t *testing.T, path string)
		want    []string
	}{
		"newer": {
			"an older accord does not know what a newer one wrote",
			func(t *testing.T, path string) {
				open(t, path, sqlite.Options{}).Close()
				run(t, raw(t, path), "PRAGMA user_version = 99")
			},
			[]string{"written by a newer accord", "99", "start that version"},
		},
		"foreign": {
			"a file of another program is not to be filled with our tables",
			func(t *testing.T, path string) { run(t, raw(t, path), "CREATE TABLE theirs (x)") },
			[]string{"belongs to another program", "give another path"},
		},
		"foreign and empty": {
			"a program marks its file",
			func(t *testing.T, path string) {
				run(t, raw(t, path), "PRAGMA application_id = 7; PRAGMA user_version = 3")
			},
			[]string{"belongs to another program"},
		},
		"no database": {
			"whatever it is, it is not ours",
			func(t *testing.T, path string) { write(t, path, []byte(strings.Repeat("no database ", 1000))) },
			[]string{"damaged, or no database", "move it away", "-wal"},
		},
		"damaged": {"a file may be half written by a copy", damage, []string{"damaged, or no database"}},
		"locked":  {"another process writes, and does not end", lock, []string{"another process has held it for 50ms", "stop that one"}},
		"folder":  {"a folder is no file", func(t *testing.T, path string) { os.Mkdir(path, 0o700) }, []string{"is a directory"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t)
			c.prepare(t, path)
			db, err := sqlite.Open(t.Context(), path, sqlite.Options{Patience: 50 * time.Millisecond})
			if err == nil {
				db.Close()
				t.Fatalf("it was opened; %s", c.reason)
			}
			for _, want := range append(c.want, "open "+path) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error is %q, want it to say %q: %s", err, want, c.reason)
				}
			}
		})
	}
}

func TestOpenNeedsAFolder(t *testing.T) {
	_, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "missing", "accord.db"), sqlite.Options{})
	if err == nil || !strings.Contains(err.Error(), "its folder must exist") {
		t.Errorf("%v, want an error that says what is missing", err)
	}
}

func TestOpenTakesAnyPathAndKeepsItPrivate(t *testing.T) {
	for _, name := range []string{"a b.db", "100%.db", "what?.db", "#1.db", "a&b=c.db", "ü.db"} {
		path := filepath.Join(t.TempDir(), name)
		db := open(t, path, sqlite.Options{})
		if err := db.Send(t.Context(), event("1")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, f := range []string{path, path + "-wal"} {
			if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v (%v), want a file for its owner alone", f, info, err)
			}
		}
	}
}

func TestReopenedFileHasAll(t *testing.T) {
	path := file(t)
	db := open(t, path, sqlite.Options{})
	link := issue.Link{ID: issue.Ref{Participant: "acme", ID: "1"}}
	err := errors.Join(
		db.Commit(t.Context(), issue.Link{}, link, durable.Record{Turn: "t"}),
		db.SetState(t.Context(), durable.State{Name: "pause/s", Value: []byte("true")}),
		db.Send(t.Context(), event("1"), event("2")),
		db.Close())
	if err != nil {
		t.Fatal(err)
	}
	db = open(t, path, sqlite.Options{})
	if l, err := db.Link(t.Context(), link.ID); err != nil || l.Revision != 1 {
		t.Errorf("link at revision %d (%v), want 1", l.Revision, err)
	}
	if st, err := db.State(t.Context(), "pause/s"); err != nil || string(st.Value) != "true" {
		t.Errorf("state %s (%v), want true", st.Value, err)
	}
	if ms, err := db.Receive(t.Context(), 10, time.Minute); err != nil || len(ms) != 2 {
		t.Errorf("received %d (%v), want 2", len(ms), err)
	}
}

func TestClosedFileTakesNothing(t *testing.T) {
	db := open(t, file(t), sqlite.Options{})
	waiting := make(chan error)
	go func() {
		_, err := db.Receive(t.Context(), 1, time.Minute)
		waiting <- err
	}()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; err == nil {
		t.Error("who waited for an event was told nothing")
	}
	if err := db.Send(t.Context(), event("1")); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("send: %v, want an error that says it is closed", err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}

// Two processes may have the file: what one sends the other receives, once, and
// of two commits on one revision one is stale.
func TestTwoShareAFile(t *testing.T) {
	path := file(t)
	one, two := open(t, path, sqlite.Options{}), open(t, path, sqlite.Options{})
	if err := one.Commit(t.Context(), issue.Link{}, issue.Link{ID: issue.Ref{Participant: "acme", ID: "1"}}, durable.Record{}); err != nil {
		t.Fatal(err)
	}
	const events = 100
	sent := make(chan error, 2)
	stale := 0
	for i, db := range []*sqlite.DB{one, two} {
		go func() {
			var err error
			for n := range events {
				err = errors.Join(err, db.Send(t.Context(), event(fmt.Sprint(i, n))))
			}
			sent <- err
		}()
	}
	for range 20 {
		before, err := one.Link(t.Context(), issue.Ref{Participant: "acme", ID: "1"})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 2)
		for _, db := range []*sqlite.DB{one, two} {
			go func() { ended <- db.Commit(t.Context(), before, before, durable.Record{}) }()
		}
		for range 2 {
			if err := <-ended; errors.Is(err, durable.ErrStale) {
				stale++
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(<-sent, <-sent); err != nil {
		t.Fatal(err)
	}
	if stale != 20 {
		t.Errorf("%d commits were stale, want one of each two", stale)
	}
	seen := map[string]bool{}
	for n, dbs := 0, []*sqlite.DB{one, two}; n < 2*events; dbs[0], dbs[1] = dbs[1], dbs[0] {
		ms, err := dbs[0].Receive(t.Context(), 7, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		n += len(ms)
		for _, m := range ms {
			seen[m.Event.Ref.ID] = true
		}
	}
	if len(seen) != 2*events {
		t.Errorf("%d different events were received, want %d", len(seen), 2*events)
	}
	if d, err := two.Depth(t.Context()); err != nil || d.Busy != 2*events || d.Live != 0 {
		t.Errorf("depth %+v (%v), want all being handled", d, err)
	}
}

// What another process has sent or received counts as well.
func TestTwoFillAFile(t *testing.T) {
	path := file(t)
	one, two := open(t, path, sqlite.Options{MaxWaiting: 2}), open(t, path, sqlite.Options{MaxWaiting: 2})
	if err := errors.Join(one.Send(t.Context(), event("1")), two.Send(t.Context(), event("2"))); err != nil {
		t.Fatal(err)
	}
	if err := one.Send(t.Context(), event("3")); !errors.Is(err, durable.ErrFull) {
		t.Errorf("%v, want ErrFull", err)
	}
	if ms, err := two.Receive(t.Context(), 1, time.Minute); err != nil || len(ms) != 1 {
		t.Fatalf("received %d (%v), want one", len(ms), err)
	}
	if err := one.Send(t.Context(), event("3")); err != nil {
		t.Errorf("once one was received: %v", err)
	}
}

// Who waits for an event is not told when another process sends one, and looks
// by itself.
func TestReceiveSeesWhatAnotherProcessSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := file(t)
		one, two := open(t, path, sqlite.Options{}), open(t, path, sqlite.Options{})
		began := time.Now()
		received := make(chan int)
		go func() {
			ms, err := one.Receive(t.Context(), 1, time.Minute)
			if err != nil {
				t.Error(err)
			}
			received <- len(ms)
		}()
		synctest.Wait() // until it waits
		if err := two.Send(t.Context(), event("1")); err != nil {
			t.Fatal(err)
		}
		if n := <-received; n != 1 || time.Since(began) > 2*time.Second {
			t.Errorf("received %d after %v, want 1 within 2 s", n, time.Since(began))
		}
	})
}

func TestManyOpenANewFile(t *testing.T) {
	path := file(t)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			if err == nil {
				err = errors.Join(db.Send(t.Context(), event(fmt.Sprint(i))), db.Close())
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if d, err := open(t, path, sqlite.Options{}).Depth(t.Context()); err != nil || d.Live != len(errs) {
		t.Errorf("%d wait (%v), want one of each", d.Live, err)
	}
}
