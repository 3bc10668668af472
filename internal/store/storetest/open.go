package storetest

import (
	"cmp"
	"context"
	"os"
	"sync"
	"testing"

	"clientele/internal/store"
)

// Open opens an empty store on SQLite.
func Open(t testing.TB) *store.Store {
	t.Helper()
	image, err := empty()
	if err != nil {
		t.Fatalf("make an empty store: %v", err)
	}
	s, err := store.OpenCopy(context.Background(), image)
	return closing(t, s, err)
}

// empty is a migrated store without anything in it, made once for a test binary: a copy costs a hundredth.
var empty = sync.OnceValues(func() ([]byte, error) {
	s, err := store.Open(context.Background(), store.Throwaway)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	return s.Image(context.Background())
})

func open(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), dsn)
	return closing(t, s, err)
}

func closing(t testing.TB, s *store.Store, err error) *store.Store {
	t.Helper()
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}

// Engine is one engine to run on.
type Engine struct {
	Name string
	Open func(testing.TB) *store.Store // opens an empty store
	DSN  func(testing.TB) string       // makes an empty database, for a test that opens it itself
}

// Engines are all engines that this run is configured for.
func Engines(t testing.TB) []Engine {
	t.Helper()
	all := []Engine{{Name: "sqlite", Open: Open, DSN: func(t testing.TB) string { return t.TempDir() + "/store.db" }}}
	admin := os.Getenv("CLIENTELE_TEST_POSTGRES")
	switch {
	case admin != "":
		all = append(all, Engine{
			Name: "postgres",
			Open: func(t testing.TB) *store.Store { t.Helper(); return open(t, createDatabase(t, admin)) },
			DSN:  func(t testing.TB) string { t.Helper(); return createDatabase(t, admin) },
		})
	case os.Getenv("CI") != "" || os.Getenv("CLIENTELE_REQUIRE_POSTGRES") != "":
		t.Fatal("CLIENTELE_TEST_POSTGRES is not set: run the tests through scripts/postgres.sh run")
	}
	return all
}

// Chosen opens an empty store on the engine that CLIENTELE_TEST_ON names, SQLite if it names none: suites of whole pages, which
// say nothing of engines, run on the other one unchanged.
func Chosen(t testing.TB) *store.Store {
	t.Helper()
	name := cmp.Or(os.Getenv("CLIENTELE_TEST_ON"), "sqlite")
	if name == "sqlite" {
		return Open(t)
	}
	for _, engine := range Engines(t) {
		if engine.Name == name {
			return engine.Open(t)
		}
	}
	t.Fatalf("CLIENTELE_TEST_ON=%s: this run is not configured for it", name)
	return nil
}

// Each runs a test on every engine.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, engine := range Engines(t) {
		t.Run(engine.Name, func(t *testing.T) { test(t, engine.Open(t)) })
	}
}
