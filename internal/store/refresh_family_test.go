package store_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/grant"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

func rotation(g grant.Grant, generation int64, at time.Time) grant.Rotation {
	return grant.Rotation{FamilyID: "fam_" + g.ID, Generation: generation, Now: at, Rotating: true, IdleLifetime: 24 * time.Hour}
}

// rotateTo rotates and fails the test unless the outcome is want.
func rotateTo(t *testing.T, s *store.Store, r grant.Rotation, want grant.RotateOutcome) grant.Family {
	t.Helper()
	got, f, err := s.Rotate(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Fatalf("generation %d at %v: got outcome %d, want %d", r.Generation, r.Now.Sub(noon), got, want)
	}
	return f
}

func TestTheCurrentRefreshTokenMovesTheFamilyOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		at := noon.Add(time.Hour)
		f := rotateTo(t, s, rotation(g, 1, at), grant.Rotated)
		if f.Generation != 2 || !f.RotatedAt.Equal(at) || !f.UsedAt.Equal(at) || !f.IdleExpiresAt.Equal(at.Add(24*time.Hour)) || !f.ExpiresAt.Equal(noon.Add(720*time.Hour)) {
			t.Errorf("got %+v", f)
		}
		if f := rotateTo(t, s, rotation(g, 2, at.Add(time.Hour)), grant.Rotated); f.Generation != 3 {
			t.Errorf("got generation %d", f.Generation)
		}
	})
}

// RFC 9700 §4.14.2: the authorization server cannot determine which party submitted the invalid refresh token, but it can
// revoke the active refresh token.
func TestOf24ConcurrentRotationsOneWinsAndTheFamilyEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		var reused atomic.Int64
		won := together(24, func(int) bool {
			outcome, _, err := s.Rotate(ctx, rotation(g, 1, noon))
			if err != nil {
				t.Error(err)
			}
			if outcome == grant.RotateReused {
				reused.Add(1)
			}
			return outcome == grant.Rotated
		})
		if won != 1 || reused.Load() < 1 {
			t.Errorf("%d rotated, %d were seen as reuse", won, reused.Load())
		}
		f, g, err := s.Family(ctx, "fam_"+g.ID)
		if err != nil || f.RevokedAt.IsZero() || g.Alive() || g.RevokedWhy == "" {
			t.Errorf("the family lives after reuse: %+v, %v", f, err)
		}
		rotateTo(t, s, rotation(g, 2, noon), grant.RotateRefused)
	})
}

func TestWithinTheLeewayARetryGetsTheSameSuccessor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		first := rotateTo(t, s, rotation(g, 1, noon), grant.Rotated)
		retry := rotation(g, 1, noon.Add(30*time.Second))
		retry.Leeway = 30 * time.Second
		for range 3 {
			if f := rotateTo(t, s, retry, grant.RotateRetried); f != first {
				t.Errorf("a retry got %+v, the first %+v", f, first)
			}
		}
	})
}

func TestConcurrentRetriesWithinTheLeewayAgree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		r := rotation(g, 1, noon)
		r.Leeway = 30 * time.Second
		same := together(24, func(int) bool {
			outcome, f, err := s.Rotate(ctx, r)
			return err == nil && (outcome == grant.Rotated || outcome == grant.RotateRetried) && f.Generation == 2
		})
		if same != 24 {
			t.Errorf("%d of 24 got generation 2", same)
		}
	})
}

func TestARefreshTokenIsUsedAgain(t *testing.T) {
	leeway := 30 * time.Second
	for name, reuse := range map[string]func(t *testing.T, s *store.Store, g grant.Grant) grant.Rotation{
		"after the leeway": func(t *testing.T, s *store.Store, g grant.Grant) grant.Rotation {
			rotateTo(t, s, rotation(g, 1, noon), grant.Rotated)
			return rotation(g, 1, noon.Add(leeway+time.Microsecond))
		},
		"after its successor was used": func(t *testing.T, s *store.Store, g grant.Grant) grant.Rotation {
			rotateTo(t, s, rotation(g, 1, noon), grant.Rotated)
			rotateTo(t, s, rotation(g, 2, noon), grant.Rotated)
			return rotation(g, 1, noon)
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				g := issued(t, s, "app1")
				r := reuse(t, s, g)
				r.Leeway = leeway
				rotateTo(t, s, r, grant.RotateReused)
				if g, err := s.Grant(ctx, g.ID); err != nil || g.Alive() {
					t.Errorf("the grant lives after reuse: %v", err)
				}
			})
		})
	}
}

func TestARefreshTokenIsRefused(t *testing.T) {
	for name, r := range map[string]func(g grant.Grant) grant.Rotation{
		"after the absolute lifetime": func(g grant.Grant) grant.Rotation { return rotation(g, 1, noon.Add(720*time.Hour)) },
		"after the idle lifetime":     func(g grant.Grant) grant.Rotation { return rotation(g, 1, noon.Add(24*time.Hour)) },
		"of the future":               func(g grant.Grant) grant.Rotation { return rotation(g, 2, noon) },
		"of generation 0":             func(g grant.Grant) grant.Rotation { return rotation(g, 0, noon) },
		"of no family":                func(g grant.Grant) grant.Rotation { g.ID = "none"; return rotation(g, 1, noon) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				g := issued(t, s, "app1")
				rotateTo(t, s, r(g), grant.RotateRefused)
				if g, err := s.Grant(ctx, g.ID); err != nil || !g.Alive() {
					t.Errorf("a refusal ended the grant: %v", err)
				}
			})
		})
	}
}

func TestAFamilyThatDoesNotRotateStaysAndIsUsed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		r := rotation(g, 1, noon.Add(time.Hour))
		r.Rotating, r.IdleLifetime = false, 0
		f := rotateTo(t, s, r, grant.Rotated)
		if f.Generation != 1 || f.Rotating || !f.RotatedAt.IsZero() || !f.UsedAt.Equal(r.Now) || !f.IdleExpiresAt.IsZero() {
			t.Errorf("got %+v", f)
		}
		rotateTo(t, s, r, grant.Rotated)
	})
}

func TestAllFamiliesOfAnApplicationEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		mine, other := issued(t, s, "app1"), issued(t, s, "app2")
		n, err := s.RevokeFamilies(ctx, "app1", noon, event("application.sessions_ended", "application", "app1"))
		if err != nil || n != 1 {
			t.Errorf("ended %d, %v", n, err)
		}
		rotateTo(t, s, rotation(mine, 1, noon), grant.RotateRefused)
		rotateTo(t, s, rotation(other, 1, noon), grant.Rotated)
		if _, _, err := s.Family(ctx, "none"); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

// A family must not be added to a grant while that ends: both take the grant's row first.
func TestRevokingAndRedeemingAtOnceLeavesNoLivingFamily(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i := range 20 {
			g := coded(t, s, "app"+string(rune('a'+i)))
			f := familyOf(g)
			together(2, func(i int) bool {
				var err error
				if i == 0 {
					_, err = s.RedeemCode(ctx, codeOf(g).Hash, noon, "none", "", &f)
				} else {
					err = s.RevokeGrant(ctx, g.ID, "why", noon)
				}
				if err != nil {
					t.Error(err)
				}
				return true
			})
			if f, _, err := s.Family(ctx, f.ID); err == nil && f.RevokedAt.IsZero() {
				t.Fatal("a family lives under a grant that has ended")
			}
		}
	})
}
