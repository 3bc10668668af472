package store_test

import (
	"errors"
	"path/filepath"
	"testing"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/settings"
	"clientele/internal/signing"
	"clientele/internal/sqldb"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// The store keeps what the nouns ask to be kept; what the doors ask is a selection of it.
var (
	_ registry.Store          = (*store.Store)(nil)
	_ registry.DirectoryStore = (*store.Store)(nil)
	_ account.Store           = (*store.Store)(nil)
	_ signing.Store           = (*store.Store)(nil)
	_ settings.Store          = (*store.Store)(nil)
	_ audit.Appender          = (*store.Store)(nil)
)

func TestADatabaseOfANewerVersionIsRefused(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine.Name, func(t *testing.T) {
			dsn := engine.DSN(t)
			s, err := store.Open(ctx, dsn)
			if err != nil {
				t.Fatal(err)
			}
			if err := behind(s, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)"); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			for _, opts := range [][]store.Option{nil, {store.WithoutMigrating()}} {
				if _, err := store.Open(ctx, dsn, opts...); !errors.Is(err, store.ErrNewerSchema) {
					t.Errorf("got %v, want ErrNewerSchema", err)
				}
			}
		})
	}
}

func TestTheCommandLineDoesNotMigrate(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "empty.db")
	if _, err := store.Open(ctx, dsn, store.WithoutMigrating()); !errors.Is(err, store.ErrOlderSchema) {
		t.Errorf("got %v, want ErrOlderSchema", err)
	}
	s, err := store.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	beside, err := store.Open(ctx, dsn, store.WithoutMigrating())
	if err != nil {
		t.Fatalf("beside a server: %v", err)
	}
	defer beside.Close()
	create(t, beside, application("app1"))
	if _, err := s.Application(ctx, "app1"); err != nil {
		t.Errorf("the server does not see it: %v", err)
	}
	if notices, err := s.NoticesAfter(ctx, 0, 10); err != nil || len(notices) != 1 {
		t.Errorf("the server does not hear of it: %v, %v", notices, err)
	}
}

func TestServersThatStartAtOnceMigrateOnce(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine.Name, func(t *testing.T) {
			dsn := engine.DSN(t)
			if engine.Name == "postgres" {
				empty(t, dsn)
			}
			opened := together(4, func(int) bool {
				s, err := store.Open(ctx, dsn)
				if err != nil {
					t.Error(err)
					return false
				}
				return s.Close() == nil
			})
			if opened != 4 {
				t.Errorf("%d of 4 opened", opened)
			}
		})
	}
}

// empty takes everything out of a PostgreSQL database.
func empty(t *testing.T, dsn string) {
	t.Helper()
	db, err := sqldb.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(ctx, func(c *sqldb.Conn) error {
		for _, text := range []string{"DROP SCHEMA public CASCADE", "CREATE SCHEMA public"} {
			if _, err := c.Exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestEveryTableIsStrictAndEveryTextIsComparedByBytes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		wrong := map[sqldb.Engine]string{
			sqldb.SQLite: "SELECT COUNT(*) FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'",
			sqldb.PostgreSQL: `SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'goose_db_version'
				AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'`,
		}[s.Engine()]
		if n := count(t, s, wrong); n != 0 {
			t.Errorf("%d are not", n)
		}
	})
}

func TestInputThatIsNoTextIsNoError(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, text := range []string{"a\x00b", "\xff\xfe", "\x00"} {
			if _, err := s.ApplicationByClientID(ctx, oauth.ClientID(text)); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("%q: %v", text, err)
			}
			if _, err := s.UserByEmail(ctx, text); !errors.Is(err, account.ErrNotFound) {
				t.Errorf("%q: %v", text, err)
			}
			if _, err := s.Applications(ctx, registry.Query{Search: text}); err != nil {
				t.Errorf("%q: %v", text, err)
			}
			if err := s.AppendUses(ctx, []audit.Use{{At: noon, Kind: "x", Address: text, Detail: map[string]string{text: text}}}); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}
