package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clientele/internal/sqldb"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var ctx = context.Background()

// each runs a test on every engine, in a database with a table of its own: pairs(key, value).
func each(t *testing.T, test func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	for _, engine := range storetest.Engines(t) {
		t.Run(engine.Name, func(t *testing.T) {
			db, err := sqldb.Open(ctx, engine.DSN(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			write(t, db, sqldb.Rewrite(db.Engine(), "CREATE TABLE pairs (key TEXT NOT NULL PRIMARY KEY, value BIGINT) STRICT;"))
			test(t, db)
		})
	}
}

func write(t *testing.T, db *sqldb.DB, text string, args ...any) {
	t.Helper()
	err := db.Update(ctx, func(c *sqldb.Conn) error { _, err := c.Exec(ctx, text, args...); return err })
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func pairs(t *testing.T, c *sqldb.Conn) (n int) {
	t.Helper()
	if err := c.QueryRow(ctx, "SELECT COUNT(*) FROM pairs").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Some drivers bind by the order in which placeholders appear, and write the wrong columns without a word.
func TestPlaceholdersAreBoundByTheirNumber(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.Read(ctx, func(c *sqldb.Conn) error {
			var a, b, d string
			if err := c.QueryRow(ctx, "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT)", "one", "two").Scan(&a, &b, &d); err != nil {
				return err
			}
			if a != "two" || b != "one" || d != "two" {
				t.Errorf("got %s, %s, %s", a, b, d)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if db.Engine() == sqldb.SQLite {
			if err := db.Read(ctx, func(c *sqldb.Conn) error {
				var a, b, d string
				err := c.QueryRow(ctx, "SELECT $2, $1, $2", "one", "two").Scan(&a, &b, &d)
				if a+b+d != "twoonetwo" {
					t.Errorf("got %s, %s, %s", a, b, d)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	type kind string
	type values struct {
		At, Never time.Time
		Span      time.Duration
		Yes, No   bool
		Text      kind
		Nothing   kind
		Words     []kind
		NoWords   []kind
		JSON      map[string][]string
		Blob      []byte
	}
	each(t, func(t *testing.T, db *sqldb.DB) {
		write(t, db, sqldb.Rewrite(db.Engine(), `CREATE TABLE kept (a BIGINT, b BIGINT, c BIGINT NOT NULL, d BOOLEAN NOT NULL, e BOOLEAN NOT NULL,
			f TEXT, g TEXT, h TEXT NOT NULL, i TEXT NOT NULL, j TEXT NOT NULL, k BLOB) STRICT;`))
		want := values{
			At: time.Date(2026, 11, 21, 12, 0, 0, 123456000, time.UTC), Span: 90 * time.Minute, Yes: true, Text: "text",
			Words: []kind{"a", "b"}, JSON: map[string][]string{"k": {"v", "<&>"}}, Blob: []byte{0, 255},
		}
		write(t, db, "INSERT INTO kept (a, b, c, d, e, f, g, h, i, j, k) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
			sqldb.Time(want.At.In(time.FixedZone("", 3600))), sqldb.Time(want.Never), sqldb.Span(want.Span), want.Yes, want.No, sqldb.Text(want.Text),
			sqldb.Text(want.Nothing), sqldb.Words(want.Words), sqldb.Words(want.NoWords), sqldb.JSON(want.JSON), want.Blob)
		got := values{Never: time.Now(), Nothing: "x", NoWords: []kind{"x"}}
		err := db.View(ctx, func(c *sqldb.Conn) error {
			return c.QueryRow(ctx, "SELECT a, b, c, d, e, f, g, h, i, j, k FROM kept WHERE d = TRUE AND e = $1", false).Scan(sqldb.ScanTime(&got.At),
				sqldb.ScanTime(&got.Never), sqldb.ScanSpan(&got.Span), &got.Yes, &got.No, sqldb.ScanText(&got.Text), sqldb.ScanText(&got.Nothing),
				sqldb.ScanWords(&got.Words), sqldb.ScanWords(&got.NoWords), sqldb.ScanJSON(&got.JSON), &got.Blob)
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestADamagedValueIsAnError(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		var at time.Time
		var span time.Duration
		var text map[string]string
		for name, dest := range map[string]any{"time": sqldb.ScanTime(&at), "span": sqldb.ScanSpan(&span), "JSON": sqldb.ScanJSON(&text)} {
			err := db.Read(ctx, func(c *sqldb.Conn) error { return c.QueryRow(ctx, "SELECT 'damaged'").Scan(dest) })
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

func TestWhatFailsIsUndoneAndTheNextWriterGoesOn(t *testing.T) {
	failure := errors.New("no")
	for name, fail := range map[string]func(ctx context.Context, cancel func(), c *sqldb.Conn) error{
		"by an error": func(context.Context, func(), *sqldb.Conn) error { return failure },
		"by a statement": func(ctx context.Context, _ func(), c *sqldb.Conn) error {
			_, err := c.Exec(ctx, "SELECT nonsense")
			return err
		},
		"by a cancelled caller": func(ctx context.Context, cancel func(), c *sqldb.Conn) error {
			cancel()
			_, err := c.Exec(ctx, "INSERT INTO pairs (key) VALUES ('b')")
			return err
		},
		"by rows left early": func(ctx context.Context, _ func(), c *sqldb.Conn) error {
			return c.Each(ctx, "INSERT INTO pairs (key) VALUES ('b'), ('c') RETURNING key", nil, func(sqldb.Scanner) error { return failure })
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *sqldb.DB) {
				mine, cancel := context.WithCancel(ctx)
				defer cancel()
				err := db.Update(mine, func(c *sqldb.Conn) error {
					if _, err := c.Exec(mine, "INSERT INTO pairs (key) VALUES ('a')"); err != nil {
						t.Error(err)
					}
					return fail(mine, cancel, c)
				})
				if err == nil {
					t.Fatal("no error")
				}
				write(t, db, "INSERT INTO pairs (key) VALUES ('later')")
				if err := db.Read(ctx, func(c *sqldb.Conn) error {
					if n := pairs(t, c); n != 1 {
						t.Errorf("%d rows", n)
					}
					return nil
				}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAPanicIsUndone(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		func() {
			defer func() { recover() }()
			db.Update(ctx, func(c *sqldb.Conn) error {
				c.Exec(ctx, "INSERT INTO pairs (key) VALUES ('a')")
				panic("no")
			})
		}()
		write(t, db, "INSERT INTO pairs (key) VALUES ('a')")
	})
}

func TestAViewSeesOneStateWhileOthersWrite(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.View(ctx, func(c *sqldb.Conn) error {
			before := pairs(t, c)
			write(t, db, "INSERT INTO pairs (key) VALUES ('a')") // readers and the writer do not wait for each other
			if after := pairs(t, c); after != before {
				t.Errorf("saw %d rows, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.View(ctx, func(c *sqldb.Conn) error { _, err := c.Exec(ctx, "DELETE FROM pairs"); return err }); err == nil {
			t.Error("a view could write")
		}
	})
}

func TestConflictsAndOrphansAreTold(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		write(t, db, sqldb.Rewrite(db.Engine(), "CREATE TABLE children (pair TEXT NOT NULL REFERENCES pairs (key), n BIGINT UNIQUE) STRICT;"))
		write(t, db, "INSERT INTO pairs (key) VALUES ('a')")
		write(t, db, "INSERT INTO children (pair, n) VALUES ('a', 1)")
		for text, want := range map[string][2]bool{
			"INSERT INTO pairs (key) VALUES ('a')":                {true, false},
			"INSERT INTO children (pair, n) VALUES ('a', 1)":      {true, false},
			"INSERT INTO children (pair, n) VALUES ('orphan', 2)": {false, true},
			"DELETE FROM pairs":                                   {false, true},
			"INSERT INTO pairs (key) VALUES (NULL)":               {false, false},
		} {
			err := db.Update(ctx, func(c *sqldb.Conn) error { _, err := c.Exec(ctx, text); return err })
			if err == nil || sqldb.IsConflict(err) != want[0] || sqldb.IsOrphan(err) != want[1] {
				t.Errorf("%s: %v", text, err)
			}
		}
		if sqldb.IsConflict(nil) || sqldb.IsOrphan(errors.New("x")) {
			t.Error("something else was taken for it")
		}
	})
}

func TestManyDifferentStatementsAndCallersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		done := make(chan error)
		for i := range 8 {
			go func() {
				for j := range 100 {
					err := db.View(ctx, func(c *sqldb.Conn) error {
						var n int
						return c.QueryRow(ctx, fmt.Sprintf("SELECT COUNT(*) + %d FROM pairs", i*100+j)).Scan(&n)
					})
					if err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range 8 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestNoRowIsSaidAsDatabaseSQLSaysIt(t *testing.T) {
	each(t, func(t *testing.T, db *sqldb.DB) {
		err := db.Read(ctx, func(c *sqldb.Conn) error {
			var n int
			return c.QueryRow(ctx, "SELECT value FROM pairs").Scan(&n)
		})
		if !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSQLiteIsSetUpToBeDurableAndStrict(t *testing.T) {
	db, err := sqldb.Open(ctx, filepath.Join(t.TempDir(), "odd name? #1%.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	pragmas := func(c *sqldb.Conn) (all string) {
		for _, name := range []string{"journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only"} {
			var value string
			if err := c.QueryRow(ctx, "PRAGMA "+name).Scan(&value); err != nil {
				t.Fatal(err)
			}
			all += name + "=" + value + " "
		}
		return all
	}
	check := func(want string) func(c *sqldb.Conn) error {
		return func(c *sqldb.Conn) error {
			if got := pragmas(c); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			return nil
		}
	}
	if err := errors.Join(
		db.Update(ctx, check("journal_mode=wal synchronous=2 foreign_keys=1 busy_timeout=5000 query_only=0 ")),
		db.Read(ctx, check("journal_mode=wal synchronous=2 foreign_keys=1 busy_timeout=5000 query_only=1 ")),
	); err != nil {
		t.Fatal(err)
	}
}

func TestTheFileIsForItsOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	db, err := sqldb.Open(ctx, filepath.Join(dir, "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	write(t, db, "CREATE TABLE t (a)")
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		if info, err := file.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the permissions %v, %v", file.Name(), info.Mode(), err)
		}
	}
}

func TestAThrowawayDatabaseIsGoneAfterClose(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	db, err := sqldb.Open(ctx, sqldb.Throwaway)
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, "CREATE TABLE t (a)")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if err := db.Read(ctx, func(*sqldb.Conn) error { return nil }); err == nil {
		t.Error("a closed database could be read")
	}
}

func TestADatabaseThatCannotBeOpenedIsSaid(t *testing.T) {
	for dsn, want := range map[string]string{
		"mysql://x":                 "a file path or a postgres:// URL",
		"postgres://u:hunter2@[bad": "cannot be read",
		"postgres://u:hunter2@127.0.0.1:1/x?sslmode=disable": "does not answer",
		filepath.Join(t.TempDir(), "no", "such", "dir", "x"): "no such file or directory",
	} {
		_, err := sqldb.Open(ctx, dsn)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

func TestMigrationsAreRewrittenForTheirEngine(t *testing.T) {
	text := "CREATE TABLE t (\n\tid   IDENTITY,\n\ta    TEXT NOT NULL,\n\tb    BOOLEAN NOT NULL,\n\tc BIGINT,\n\td BLOB\n) STRICT;"
	for engine, want := range map[sqldb.Engine]string{
		sqldb.SQLite:     "CREATE TABLE t (\n\tid   INTEGER PRIMARY KEY,\n\ta    TEXT NOT NULL,\n\tb INTEGER CHECK (b IN (0, 1)) NOT NULL,\n\tc INTEGER,\n\td BLOB\n) STRICT;",
		sqldb.PostgreSQL: "CREATE TABLE t (\n\tid   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n\ta    TEXT COLLATE \"C\" NOT NULL,\n\tb    BOOLEAN NOT NULL,\n\tc BIGINT,\n\td BYTEA\n);",
	} {
		if diff := cmp.Diff(want, sqldb.Rewrite(engine, text)); diff != "" {
			t.Errorf("%s: %s", engine, diff)
		}
	}
}

func TestTheURLCannotAskForTheSimpleProtocol(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		if engine.Name != "postgres" {
			continue
		}
		db, err := sqldb.Open(ctx, engine.DSN(t)+"&default_query_exec_mode=simple_protocol")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		err = db.View(ctx, func(c *sqldb.Conn) error {
			var n, prepared int
			if err := c.QueryRow(ctx, "SELECT CAST($1 AS BIGINT)", 7).Scan(&n); err != nil {
				return err
			}
			err := c.QueryRow(ctx, "SELECT COUNT(*) FROM pg_prepared_statements").Scan(&prepared)
			if prepared == 0 {
				t.Error("the statement was not prepared")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
