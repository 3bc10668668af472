package sqldb

import (
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
