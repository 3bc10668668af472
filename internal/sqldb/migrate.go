package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// ErrNewerSchema means that a newer Clientele has used the database.
var ErrNewerSchema = errors.New("the database was written by a newer version of Clientele; start that version or a later one, or restore the backup made before the upgrade: there is no way back")

// ErrOlderSchema means that the database waits for a migration that the caller did not want to run.
var ErrOlderSchema = errors.New("the database was written by an older version of Clientele; start `clientele serve` of this version once, it brings the database up to date")

// Migrate brings the database to the newest version in migrations, a directory of goose files in the dialect of Rewrite. Two
// processes that start at once take turns. It fails with ErrNewerSchema.
func (db *DB) Migrate(ctx context.Context, migrations fs.FS) error {
	return patiently(ctx, func() error { return db.migrate(ctx, migrations) })
}

func (db *DB) migrate(ctx context.Context, migrations fs.FS) error {
	return db.withProvider(ctx, migrations, func(p *goose.Provider) error {
		for last := int64(-1); ; {
			if err := checkSchema(ctx, p); !errors.Is(err, ErrOlderSchema) {
				return err
			}
			_, failed := p.Up(ctx)
			if failed == nil {
				return nil
			}
			// On SQLite nobody waits: another process may have migrated under our feet. Then there is less to do now.
			version, err := p.GetDBVersion(ctx)
			if err != nil || version == last {
				return fmt.Errorf("migrate: %w", failed)
			}
			last = version
		}
	})
}

// CheckSchema reports whether the database is at the newest version in migrations: nil, ErrOlderSchema or ErrNewerSchema.
func (db *DB) CheckSchema(ctx context.Context, migrations fs.FS) error {
	return db.withProvider(ctx, migrations, func(p *goose.Provider) error { return checkSchema(ctx, p) })
}

func checkSchema(ctx context.Context, p *goose.Provider) error {
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read the schema version: %w", err)
	case have > want:
		return fmt.Errorf("schema %d, this version knows %d: %w", have, want, ErrNewerSchema)
	case have < want:
		return ErrOlderSchema
	}
	return nil
}

func (db *DB) withProvider(ctx context.Context, migrations fs.FS, fn func(*goose.Provider) error) error {
	run := func(dialect goose.Dialect, on *sql.DB, opts ...goose.ProviderOption) error {
		opts = append(opts, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
		p, err := goose.NewProvider(dialect, on, dialectFS{migrations, db.engine}, opts...)
		if err != nil {
			return err
		}
		return fn(p)
	}
	if db.engine == PostgreSQL {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return err
		}
		return run(goose.DialectPostgres, db.pool, goose.WithSessionLocker(locker))
	}
	return db.writer.with(ctx, func(p *prepared) error {
		if err := p.drop(); err != nil { // goose wants the only connection for itself
			return err
		}
		return run(goose.DialectSQLite3, db.writer.db)
	})
}

var booleanColumn = regexp.MustCompile(`(\w+) +BOOLEAN\b`)

// Rewrite turns a migration into the dialect of an engine. Migrations are written once, with these words: TEXT (compared by
// bytes in both), BIGINT, BLOB, BOOLEAN, IDENTITY (a primary key that counts by itself), and STRICT behind every table.
func Rewrite(engine Engine, text string) string {
	if engine == SQLite {
		text = booleanColumn.ReplaceAllString(text, "$1 INTEGER CHECK ($1 IN (0, 1))")
		return strings.NewReplacer(" IDENTITY", " INTEGER PRIMARY KEY", " BIGINT", " INTEGER").Replace(text)
	}
	return strings.NewReplacer(
		" IDENTITY", " BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		" TEXT", ` TEXT COLLATE "C"`, " BLOB", " BYTEA", ") STRICT;", ");", ") STRICT, WITHOUT ROWID;", ");").Replace(text)
}
