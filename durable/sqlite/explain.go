package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	sqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// explain wraps err with what was done to which file, and with what a person
// can do about it.
func (db *DB) explain(verb string, err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if advice := advise(err, db.o.Patience); advice != "" {
		return fmt.Errorf("%s %s: %s: %w", verb, db.path, advice, err)
	}
	return fmt.Errorf("%s %s: %w", verb, db.path, err)
}

const noAccess = "its folder must exist, and this user must be allowed to write there"

// advise says what a person can do about err; empty: nothing is known.
func advise(err error, patience time.Duration) string {
	switch {
	case errors.Is(err, errNewer):
		return "start that version, or put back the copy made before it first ran"
	case errors.Is(err, errForeign):
		return "give another path"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return noAccess
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return ""
	}
	switch e.Code() & 0xff { // the rest says more exactly what happened
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fmt.Sprintf("another process has held it for %v; stop that one", patience)
	case lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return "it is read-only; let this user write the file and its folder"
	case lib.SQLITE_CANTOPEN:
		return noAccess
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return "it is damaged, or no database; move it away, with the files beside it that end in -wal and -shm, and put back a copy"
	case lib.SQLITE_FULL:
		return "the disk is full; make room"
	case lib.SQLITE_IOERR:
		return "the disk fails; see the system's log"
	}
	return ""
}

// held reports whether err says that another holds the file.
func held(err error) bool {
	e, is := errors.AsType[*sqlite.Error](err)
	return is && e.Code()&0xff == lib.SQLITE_BUSY
}
