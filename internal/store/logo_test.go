package store_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

func TestALogoIsKeptWhileSomebodyShowsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		png := []byte{0x89, 'P', 'N', 'G', 0, 0xff}
		for _, hash := range []string{"logo", "unused", "again"} { // importOf shows the first
			if err := s.SaveLogo(ctx, hash, png, noon); err != nil {
				t.Fatal(err)
			}
		}
		create(t, s, imported(t, "tpc_1"))
		if err := s.SaveLogo(ctx, "again", png, noon.Add(36*time.Hour)); err != nil {
			t.Fatal(err)
		}
		prune(t, s, noon.Add(23*time.Hour))
		if _, err := s.Logo(ctx, "unused"); err != nil {
			t.Errorf("somebody may be about to show it: %v", err)
		}
		prune(t, s, noon.Add(48*time.Hour))
		for _, hash := range []string{"logo", "again"} {
			if got, err := s.Logo(ctx, hash); err != nil || !bytes.Equal(got, png) {
				t.Errorf("%s: %v, %v", hash, got, err)
			}
		}
		if _, err := s.Logo(ctx, "unused"); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}
