package sqldb

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// IsConflict reports whether err says that a row with the same unique key is there already.
func IsConflict(err error) bool {
	return code(err, "23505", lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// IsOrphan reports whether err says that the row a foreign key points to is not there.
func IsOrphan(err error) bool { return code(err, "23503", lib.SQLITE_CONSTRAINT_FOREIGNKEY) }

// undone reports whether PostgreSQL gave up a transaction for another's sake: a deadlock or a serialization failure.
func undone(err error) bool { return code(err, "40P01") || code(err, "40001") }

// isBusy reports whether SQLite gave up waiting for another process that has the database locked.
func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == lib.SQLITE_BUSY
}

// patiently calls fn again while another process has the database locked: each time SQLite waits five seconds, so a migration
// of another process may take a minute.
func patiently(ctx context.Context, fn func() error) error {
	err := fn()
	for range 11 {
		if !isBusy(err) || ctx.Err() != nil {
			break
		}
		err = fn()
	}
	return err
}

func code(err error, postgres string, lite ...int) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == postgres
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		for _, c := range lite {
			if e.Code() == c {
				return true
			}
		}
	}
	return false
}
