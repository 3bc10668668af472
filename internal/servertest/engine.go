package servertest

import (
	"testing"

	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// Each runs a test on every engine that this run is configured for. The test hands the option to New.
func Each(t *testing.T, test func(t *testing.T, on Option)) {
	t.Helper()
	for _, engine := range storetest.Engines(t) {
		t.Run(engine.Name, func(t *testing.T) { test(t, func(o *options) { o.open = engine.Open }) })
	}
}

// WithStore puts the server on a store that the test opened and closes.
func WithStore(kept *store.Store) Option {
	return func(o *options) { o.open = func(testing.TB) *store.Store { return kept } }
}
