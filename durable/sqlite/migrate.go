package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// fileID is the application_id of the file: "Accd".
const fileID = 0x41636364

// Errors of a file that is not to be touched.
var (
	errForeign = errors.New("it belongs to another program")
	errNewer   = errors.New("it was written by a newer accord")
)

// migrate brings the file to the newest schema, all in one transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := fs.Glob(migrations, "migrations/*.sql") // sorted; numbered from 1 without a gap
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if have, err := version(ctx, conn, len(steps)); err != nil || have == len(steps) {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := apply(ctx, conn, steps); err != nil {
		_, back := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, back)
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// apply runs the steps that the file has not had yet. Another process may have
// run them while this one waited to begin.
func apply(ctx context.Context, conn *sql.Conn, steps []string) error {
	have, err := version(ctx, conn, len(steps))
	if err != nil {
		return err
	}
	for _, step := range steps[have:] {
		body, err := migrations.ReadFile(step)
		if err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, string(body)); err != nil {
			return fmt.Errorf("apply %s: %w", step, err)
		}
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", fileID, len(steps)))
	return err
}

// version returns how many steps the file has had, of those known.
func version(ctx context.Context, conn *sql.Conn, known int) (have int, err error) {
	var id, tables int
	const query = `SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`
	if err := conn.QueryRowContext(ctx, query).Scan(&id, &have, &tables); err != nil {
		return 0, err
	}
	switch {
	case id != fileID && (id != 0 || tables > 0):
		return 0, errForeign
	case have > known:
		return 0, fmt.Errorf("%w: its schema is %d, this one knows schemas up to %d", errNewer, have, known)
	}
	return have, nil
}
