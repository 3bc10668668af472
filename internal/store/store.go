package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"strings"

	"clientele/internal/sqldb"
)

//go:embed migrations
var embedded embed.FS

// Store keeps everything. It is safe for concurrent use, also by several processes on one database.
type Store struct {
	db     *sqldb.DB
	bounds bounds // of searches
}

// Throwaway is given to Open for a database of its own that Close removes.
const Throwaway = sqldb.Throwaway

// Errors of Open: the database belongs to a newer version, or waits for a migration that WithoutMigrating forbade.
var (
	ErrNewerSchema = sqldb.ErrNewerSchema
	ErrOlderSchema = sqldb.ErrOlderSchema
)

// Option changes how Open opens.
type Option func(*options)

type options struct{ check bool }

// WithoutMigrating makes Open refuse an older database with ErrOlderSchema instead of bringing it up to date: for the
// command line, which may run beside a server.
func WithoutMigrating() Option { return func(o *options) { o.check = true } }

// Open opens the database at dsn, a SQLite path or a postgres:// URL, and brings it up to date. It fails with ErrNewerSchema
// if a newer version has written it.
func Open(ctx context.Context, dsn string, opts ...Option) (*Store, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	db, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	bring := db.Migrate
	if o.check {
		bring = db.CheckSchema
	}
	if err := bring(ctx, migrations()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{db: db, bounds: usualBounds}, nil
}

// OpenCopy opens a throw-away store that begins as a copy of what Image returned.
func OpenCopy(ctx context.Context, image []byte) (*Store, error) {
	db, err := sqldb.OpenCopy(ctx, image)
	if err != nil {
		return nil, err
	}
	return &Store{db: db, bounds: usualBounds}, nil
}

// Image is a store on SQLite as the bytes of one file.
func (s *Store) Image(ctx context.Context) ([]byte, error) { return s.db.Image(ctx) }

func migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the name is valid
	}
	return sub
}

// Close waits for the calls that are under way and closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Ping checks that the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.Ping(ctx) }

// Engine says which engine is behind the store.
func (s *Store) Engine() sqldb.Engine { return s.db.Engine() }

// absent turns the lack of a row into notFound.
func absent(err, notFound error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return notFound
	}
	return err
}

// taken turns a row that is there already into conflict.
func taken(err, conflict error) error {
	if sqldb.IsConflict(err) {
		return conflict
	}
	return err
}

// mustHit turns a write that changed nothing into none.
func mustHit(changed int64, err, none error) error {
	if err == nil && changed == 0 {
		return none
	}
	return err
}

// exec runs a statement whose number of rows does not matter.
func exec(ctx context.Context, c *sqldb.Conn, text string, args ...any) error {
	_, err := c.Exec(ctx, text, args...)
	return err
}

// Schema is the text of all migrations. Two versions with the same text keep the same database.
func Schema() string {
	var sb strings.Builder
	err := fs.WalkDir(embedded, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := embedded.ReadFile(path)
		sb.WriteString(path)
		sb.Write(text)
		return err
	})
	if err != nil {
		panic(err) // embedded files can be read
	}
	return sb.String()
}
