package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	_ "modernc.org/sqlite" // the driver named sqlite
)

// sqliteSource is the data source name of a SQLite file.
func sqliteSource(path, synchronous string, readOnly bool) string {
	q := url.Values{"_txlock": {"immediate"}}
	q["_pragma"] = []string{"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(" + synchronous + ")"}
	if readOnly {
		q.Set("_txlock", "deferred")
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Add("_pragma", "cache_size(-16384)") // 16 MB: a large import would otherwise write its pages many times
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// OpenCopy opens a throw-away database that begins as a copy of what Image returned.
func OpenCopy(ctx context.Context, image []byte) (*DB, error) {
	dir, err := os.MkdirTemp("", "clientele-")
	if err != nil {
		return nil, err
	}
	db := &DB{engine: SQLite, closers: []func() error{func() error { return os.RemoveAll(dir) }}}
	path := filepath.Join(dir, "throwaway.db")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db.open(ctx, path, "OFF")
}

// Image is a SQLite database as the bytes of one file.
func (db *DB) Image(ctx context.Context) ([]byte, error) {
	dir, err := os.MkdirTemp("", "clientele-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "image.db")
	err = db.writer.with(ctx, func(p *prepared) error {
		_, err := p.conn.ExecContext(ctx, "VACUUM INTO ?", path)
		return err
	})
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if path == Throwaway {
		return OpenCopy(ctx, nil)
	}
	return (&DB{engine: SQLite}).open(ctx, path, "FULL")
}

func (db *DB) open(ctx context.Context, path, synchronous string) (*DB, error) {
	if err := createPrivate(path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.openLanes(path, synchronous); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	err := patiently(ctx, func() error { return db.Update(ctx, func(*Conn) error { return nil }) })
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// createPrivate makes the file, if there is none, for nobody else to read. SQLite would go by the umask; the files it puts
// beside the database get the permissions of the database.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	return f.Close()
}

func (db *DB) openLanes(path, synchronous string) error {
	write, err := sql.Open("sqlite", sqliteSource(path, synchronous, false))
	if err != nil {
		return err
	}
	db.closers = append(db.closers, write.Close)
	db.writer = newLane(write, 1)
	db.closers = append(db.closers, db.writer.close)

	read, err := sql.Open("sqlite", sqliteSource(path, synchronous, true))
	if err != nil {
		return err
	}
	db.closers = append(db.closers, read.Close)
	db.readers = newLane(read, max(4, runtime.GOMAXPROCS(0)))
	db.closers = append(db.closers, db.readers.close)
	return nil
}

// maxStatements bounds what one connection keeps prepared. The store has fewer texts than that; lists with filters make
// the rest.
const maxStatements = 256

// lane is a fixed number of SQLite connections, each with the statements it has prepared.
type lane struct {
	db    *sql.DB
	slots chan *prepared
	size  int
}

// prepared is a connection and its statements. Its zero value, with no connection yet, opens one on first use.
type prepared struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newLane(db *sql.DB, size int) *lane {
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	l := &lane{db: db, slots: make(chan *prepared, size), size: size}
	for range size {
		l.slots <- &prepared{}
	}
	return l
}

// with lends a connection to fn. It waits while all are lent.
func (l *lane) with(ctx context.Context, fn func(*prepared) error) error {
	var p *prepared
	select {
	case p = <-l.slots:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { l.slots <- p }()
	if p.conn == nil {
		conn, err := l.db.Conn(ctx)
		if err != nil {
			return err
		}
		p.conn, p.stmts = conn, make(map[string]*sql.Stmt)
	}
	err := fn(p)
	if errors.Is(err, sql.ErrConnDone) {
		_ = p.drop()
	}
	return err
}

// close waits for every connection to come back, and closes it.
func (l *lane) close() error {
	var errs []error
	for range l.size {
		p := <-l.slots
		errs = append(errs, p.drop())
	}
	for range l.size {
		l.slots <- &prepared{} // a late caller gets the closed database's error instead of waiting for ever
	}
	return errors.Join(errs...)
}

func (p *prepared) drop() error {
	if p.conn == nil {
		return nil
	}
	p.forget()
	err := p.conn.Close()
	p.conn = nil
	if errors.Is(err, sql.ErrConnDone) {
		return nil
	}
	return err
}

func (p *prepared) forget() {
	for _, s := range p.stmts {
		_ = s.Close()
	}
	clear(p.stmts)
}

func (p *prepared) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := p.stmts[text]; ok {
		return s, nil
	}
	s, err := p.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(p.stmts) >= maxStatements {
		p.forget()
	}
	p.stmts[text] = s
	return s, nil
}

// transact runs fn between begin and COMMIT. If fn fails, everything it did is undone.
func (p *prepared) transact(ctx context.Context, begin string, fn func() error) (err error) {
	if err := p.exec(ctx, begin); err != nil {
		return err
	}
	ended := false
	defer func() {
		if !ended { // fn failed or panicked
			_ = p.exec(context.WithoutCancel(ctx), "ROLLBACK") // fails if an interrupt has rolled back already: the same outcome
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	if err := p.exec(context.WithoutCancel(ctx), "COMMIT"); err != nil { // a commit that is under way is not cut short: its outcome would be unknown
		return err
	}
	ended = true
	return nil
}

func (p *prepared) exec(ctx context.Context, text string) error {
	s, err := p.stmt(ctx, text)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx)
	return err
}
