package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/secret"
	"clientele/internal/sqldb"
	"clientele/internal/store"
)

// createDatabase makes a database like the migrated template, and drops it when the test ends.
func createDatabase(t testing.TB, admin string) string {
	t.Helper()
	ctx := context.Background()
	db, err := sqldb.Open(ctx, admin)
	if err != nil {
		t.Fatalf("CLIENTELE_TEST_POSTGRES: %v", err)
	}
	defer func() { _ = db.Close() }()
	template := ensureTemplate(t, db, admin)
	name := "clientele_test_" + strings.ToLower(secret.ID(12))
	run(t, db, "CREATE DATABASE "+name+" TEMPLATE "+template)
	t.Cleanup(func() {
		db, err := sqldb.Open(ctx, admin)
		if err != nil {
			t.Errorf("drop %s: %v", name, err)
			return
		}
		defer func() { _ = db.Close() }()
		run(t, db, "DROP DATABASE "+name+" WITH (FORCE)")
	})
	return named(t, admin, name)
}

// ensureTemplate migrates a template for this very schema, unless a test before or beside this one has. Processes take
// turns by an advisory lock, which ends with its session.
func ensureTemplate(t testing.TB, db *sqldb.DB, admin string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(store.Schema()))
	template := "clientele_template_" + hex.EncodeToString(sum[:6])
	err := db.Update(context.Background(), func(c *sqldb.Conn) error {
		ctx := context.Background()
		if _, err := c.Exec(ctx, "SELECT pg_advisory_xact_lock(7203948217)"); err != nil {
			return err
		}
		var there bool
		if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", template).Scan(&there); err != nil || there {
			return err
		}
		draft := "clientele_draft_" + strings.ToLower(secret.ID(12))
		run(t, db, "CREATE DATABASE "+draft)
		s, err := store.Open(ctx, named(t, admin, draft))
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
		run(t, db, "ALTER DATABASE "+draft+" RENAME TO "+template)
		return nil
	})
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	return template
}

// run runs a statement that may not stand in a transaction.
func run(t testing.TB, db *sqldb.DB, text string) {
	t.Helper()
	err := db.Read(context.Background(), func(c *sqldb.Conn) error {
		_, err := c.Exec(context.Background(), text)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// named is the URL of another database on the same server.
func named(t testing.TB, admin, name string) string {
	t.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("CLIENTELE_TEST_POSTGRES: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}
