package clientauth

import (
	"slices"
	"testing"

	"clientele/internal/jwk"
)

// Without one, an unknown client would be refused sooner than a known one.
func TestThereIsAKeyOfNobodyForEveryAlgorithm(t *testing.T) {
	if got := len(nobodys()); got != len(nobodysKeys) {
		t.Fatalf("%d of %d keys can be read", got, len(nobodysKeys))
	}
	for _, alg := range Algorithms() {
		if !slices.ContainsFunc(nobodys(), func(k jwk.Key) bool { return fits(k, alg) }) {
			t.Errorf("none fits %s", alg)
		}
	}
}
