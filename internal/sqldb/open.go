package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Engine is a kind of database.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// Throwaway is given to Open instead of a path. It is a SQLite database that nobody will need again: it lives in a temporary
// directory that Close removes, and it is not written through to the disk.
const Throwaway = ":memory:"

// DB is an open database.
type DB struct {
	engine  Engine
	pool    *sql.DB // PostgreSQL
	writer  *lane   // SQLite
	readers *lane   // SQLite
	closers []func() error
}

// Open opens a SQLite database by its path, or a PostgreSQL one by its postgres:// URL. It creates the SQLite file if there
// is none, and checks that the database answers.
func Open(ctx context.Context, dsn string) (*DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(ctx, dsn)
	}
	if name, _, found := strings.Cut(dsn, "://"); found {
		return nil, fmt.Errorf("a database is a file path or a postgres:// URL, not %s://", name)
	}
	return openSQLite(ctx, dsn)
}

// Engine says which engine is behind db.
func (db *DB) Engine() Engine { return db.engine }

// Close closes every connection. Calls that are under way end with an error.
func (db *DB) Close() error {
	var first error
	for i := len(db.closers) - 1; i >= 0; i-- {
		if err := db.closers[i](); err != nil && first == nil {
			first = err
		}
	}
	db.closers = nil
	return first
}

// Ping checks that the database answers.
func (db *DB) Ping(ctx context.Context) error {
	return db.Read(ctx, func(c *Conn) error {
		var one int
		return c.QueryRow(ctx, "SELECT 1").Scan(&one)
	})
}
