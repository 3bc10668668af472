package sqldb

import (
	"context"
	"database/sql"
)

// Conn is where statements run: inside a transaction, or each for itself. It is good until the function it was lent to
// returns, and for one goroutine.
type Conn struct {
	direct querier   // PostgreSQL; pgx keeps a connection's prepared statements itself
	sqlite *prepared // SQLite
}

type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Read lends a connection to fn for reading without a transaction: each statement sees what is committed when it begins.
func (db *DB) Read(ctx context.Context, fn func(*Conn) error) error {
	if db.engine == PostgreSQL {
		return fn(&Conn{direct: db.pool})
	}
	return db.readers.with(ctx, func(p *prepared) error { return fn(&Conn{sqlite: p}) })
}

// View runs fn in a transaction that reads: all its statements see the same state.
func (db *DB) View(ctx context.Context, fn func(*Conn) error) error {
	if db.engine == PostgreSQL {
		return db.inTx(ctx, snapshot, fn)
	}
	return db.readers.with(ctx, func(p *prepared) error {
		return p.transact(ctx, "BEGIN", func() error { return fn(&Conn{sqlite: p}) })
	})
}

// Update runs fn in a transaction that writes, and commits it if fn returns nil. PostgreSQL may undo it because of
// another's and run fn again, so fn must begin from nothing each time.
func (db *DB) Update(ctx context.Context, fn func(*Conn) error) error {
	if db.engine == PostgreSQL {
		return db.updatePostgres(ctx, fn)
	}
	return db.writer.with(ctx, func(p *prepared) error {
		return p.transact(ctx, "BEGIN IMMEDIATE", func() error { return fn(&Conn{sqlite: p}) })
	})
}

// Exec runs a statement and returns how many rows it changed.
func (c *Conn) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	var result sql.Result
	var err error
	watched(ctx, text)
	args = clean(args)
	if c.sqlite == nil {
		result, err = c.direct.ExecContext(ctx, text, args...)
	} else {
		var s *sql.Stmt
		if s, err = c.sqlite.stmt(ctx, text); err == nil {
			result, err = s.ExecContext(ctx, args...)
		}
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Row is one row, or the lack of it.
type Row struct {
	row *sql.Row
	err error
}

// Scan copies the columns into dest and lets go of the row. Without a row it fails with sql.ErrNoRows.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return r.row.Scan(dest...)
}

// QueryRow runs a statement that returns at most one row. Scan must be called.
func (c *Conn) QueryRow(ctx context.Context, text string, args ...any) Row {
	watched(ctx, text)
	args = clean(args)
	if c.sqlite == nil {
		return Row{row: c.direct.QueryRowContext(ctx, text, args...)}
	}
	s, err := c.sqlite.stmt(ctx, text)
	if err != nil {
		return Row{err: err}
	}
	return Row{row: s.QueryRowContext(ctx, args...)}
}

// Scanner is a row being read: a Row, or one of the rows of Each.
type Scanner interface{ Scan(dest ...any) error }

// Each runs a statement and calls fn with each row; fn must not run statements on the same connection. It stops at the first
// error, and always closes the rows: an open one would keep the only writer waiting.
func (c *Conn) Each(ctx context.Context, text string, args []any, fn func(Scanner) error) (err error) {
	var rows *sql.Rows
	watched(ctx, text)
	args = clean(args)
	if c.sqlite == nil {
		rows, err = c.direct.QueryContext(ctx, text, args...)
	} else {
		var s *sql.Stmt
		if s, err = c.sqlite.stmt(ctx, text); err == nil {
			rows, err = s.QueryContext(ctx, args...)
		}
	}
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// All runs a statement and collects what scan makes of each row.
func All[T any](ctx context.Context, c *Conn, scan func(Scanner) (T, error), text string, args ...any) ([]T, error) {
	var all []T
	err := c.Each(ctx, text, args, func(row Scanner) error {
		item, err := scan(row)
		all = append(all, item)
		return err
	})
	return all, err
}
