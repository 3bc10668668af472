package leak

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clientele/internal/sqldb"
)

// dump is every value of every column of every table, as text; on SQLite also the bytes of the files, freed pages and
// write-ahead log included.
func dump(t *testing.T, dsn string) string {
	t.Helper()
	db, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var sb strings.Builder
	err = db.Read(t.Context(), func(c *sqldb.Conn) error {
		for _, table := range tables(t, c, db.Engine()) {
			fmt.Fprintf(&sb, "== %s\n", table)
			if err := rows(t, c, table, &sb); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(dsn + "*")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sb.Write(raw)
	}
	return sb.String()
}

func tables(t *testing.T, c *sqldb.Conn, engine sqldb.Engine) []string {
	t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if engine == sqldb.PostgreSQL {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	names, err := sqldb.All(t.Context(), c, func(row sqldb.Scanner) (name string, err error) { return name, row.Scan(&name) }, query)
	if err != nil || len(names) < 20 {
		t.Fatalf("the dump sees only %d tables: %v", len(names), err)
	}
	return names
}

func rows(t *testing.T, c *sqldb.Conn, table string, sb *strings.Builder) error {
	return c.Each(t.Context(), "SELECT * FROM "+table, nil, func(row sqldb.Scanner) error {
		columns, err := row.(interface{ Columns() ([]string, error) }).Columns()
		if err != nil {
			return err
		}
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := row.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if raw, ok := v.([]byte); ok {
				v = string(raw)
			}
			fmt.Fprintf(sb, "%s=%v\n", columns[i], v)
		}
		return nil
	})
}
