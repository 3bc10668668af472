package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

func openPostgres(ctx context.Context, url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database URL cannot be read") // pgx's text may quote the password
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement // whatever the URL says: never the simple protocol
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "clientele"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(max(16, 4*runtime.GOMAXPROCS(0)))
	pool.SetMaxIdleConns(max(16, 4*runtime.GOMAXPROCS(0)))
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db := &DB{engine: PostgreSQL, pool: pool, closers: []func() error{pool.Close}}
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the PostgreSQL server does not answer: %w", err), db.Close())
	}
	return db, nil
}

// attempts is how often a transaction is tried that PostgreSQL undid because it stood in another's way.
const attempts = 4

// updatePostgres runs fn in a read-committed transaction: a conditional UPDATE waits for the other writer of its row and
// then looks at the row again, so the row decides who wins.
func (db *DB) updatePostgres(ctx context.Context, fn func(*Conn) error) error {
	for i := 1; ; i++ {
		err := db.inTx(ctx, readCommitted, fn)
		if err == nil || i == attempts || !undone(err) {
			return err
		}
	}
}

// readCommitted is what conditional updates count on, whatever the server's default is.
var readCommitted = &sql.TxOptions{Isolation: sql.LevelReadCommitted}

// snapshot is a transaction whose statements all see the same state.
var snapshot = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}

func (db *DB) inTx(ctx context.Context, opts *sql.TxOptions, fn func(*Conn) error) error {
	tx, err := db.pool.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	if err := fn(&Conn{direct: tx}); err != nil {
		return err
	}
	return tx.Commit()
}
