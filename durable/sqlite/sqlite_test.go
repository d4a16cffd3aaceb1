package sqlite_test

import (
	"path/filepath"
	"testing"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/sqlite"
)

// open opens a file of its own for the test, which closes it.
func open(t testing.TB, path string, o sqlite.Options) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, o)
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

func file(t testing.TB) string { return filepath.Join(t.TempDir(), "accord.db") }

func TestQueue(t *testing.T) {
	contract.Queue(t, func(t *testing.T) durable.Queue { return open(t, file(t), sqlite.Options{}) })
}

func TestFullQueue(t *testing.T) {
	contract.FullQueue(t, func(t *testing.T, max int) durable.Queue {
		return open(t, file(t), sqlite.Options{MaxWaiting: max})
	})
}

func TestQueueTellsLater(t *testing.T) {
	contract.Later(t, func(t *testing.T) durable.Queue { return open(t, file(t), sqlite.Options{}) })
}

func TestStore(t *testing.T) {
	contract.Store(t, func(t *testing.T) durable.Store { return open(t, file(t), sqlite.Options{}) })
}
