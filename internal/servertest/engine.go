package servertest

import (
	"context"
	"testing"

	"clientele/internal/store"
)

// openStore opens a store of its own for the test.
func openStore(t testing.TB) *store.Store {
	t.Helper()
	kept, err := store.Open(context.WithoutCancel(t.Context()), store.Throwaway)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	return kept
}
