package store_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestCodeReturnsWhatWasIssued(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := coded(t, s, "app1")
		code, g, err := s.Code(ctx, []secret.Hash{"k2:other", codeOf(want).Hash})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(codeOf(want), code); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, g); diff != "" {
			t.Error(diff)
		}
		if _, _, err := s.Code(ctx, []secret.Hash{"k1:unknown"}); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

// RFC 6749 §4.1.2: the client MUST NOT use the authorization code more than once.
func TestOf32ConcurrentRedemptionsOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := coded(t, s, "app1")
		var winner atomic.Value
		won := together(32, func(i int) bool {
			f := familyOf(g)
			f.ID = "fam_" + string(rune('A'+i))
			ok, err := s.RedeemCode(ctx, codeOf(g).Hash, noon, oauth.AuthNone, "", &f)
			if err != nil {
				t.Error(err)
			}
			if ok {
				winner.Store(f.ID)
			}
			return ok
		})
		if won != 1 {
			t.Fatalf("%d redemptions won", won)
		}
		families := 0
		for i := range 32 {
			id := "fam_" + string(rune('A'+i))
			if _, _, err := s.Family(ctx, id); err == nil {
				families++
				if id != winner.Load() {
					t.Errorf("%s lost and left a family", id)
				}
			}
		}
		if families != 1 {
			t.Errorf("%d families for one code", families)
		}
		// The token room ends what the winner got, once it saw a replay by the same client.
		if err := s.RevokeGrant(ctx, g.ID, "the code was used again", noon); err != nil {
			t.Fatal(err)
		}
		f, after, err := s.Family(ctx, winner.Load().(string))
		if err != nil || after.Alive() || f.RevokedAt.IsZero() {
			t.Errorf("the family of a replayed code lives: %v", err)
		}
	})
}

func TestRedeemingPinsTheAuthenticationMethod(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := issued(t, s, "app1")
		got, err := s.Grant(ctx, want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		f, _, err := s.Family(ctx, "fam_"+want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(familyOf(want), f); diff != "" {
			t.Error(diff)
		}
	})
}

func TestACodeIsNotRedeemedWhen(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, s *store.Store, g grant.Grant) time.Time{
		"it has expired": func(*testing.T, *store.Store, grant.Grant) time.Time { return noon.Add(grant.CodeLifetime) },
		"its grant has ended": func(t *testing.T, s *store.Store, g grant.Grant) time.Time {
			if err := s.RevokeGrant(ctx, g.ID, "why", noon); err != nil {
				t.Fatal(err)
			}
			return noon
		},
		"its person is gone": func(t *testing.T, s *store.Store, g grant.Grant) time.Time {
			if err := s.DeleteUser(ctx, g.UserID, noon, event("user.deleted", "user", g.UserID)); err != nil {
				t.Fatal(err)
			}
			return noon
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				g := coded(t, s, "app1")
				now := spoil(t, s, g)
				f := familyOf(g)
				if won, err := s.RedeemCode(ctx, codeOf(g).Hash, now, oauth.AuthNone, "", &f); won || err != nil {
					t.Errorf("got %v, %v", won, err)
				}
				if _, _, err := s.Family(ctx, f.ID); !errors.Is(err, grant.ErrNotFound) {
					t.Errorf("a refused redemption left a family: %v", err)
				}
			})
		})
	}
}

func TestACodeAnswersItsRequestOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		u := createUser(t, s, user("usr_1"))
		r := requestOf("app1", u.ID)
		if err := s.SaveRequest(ctx, r); err != nil {
			t.Fatal(err)
		}
		won := together(16, func(i int) bool {
			g := grantOf("grant_"+string(rune('A'+i)), "app1", u.ID)
			err := s.IssueCode(ctx, r.Hash, g, codeOf(g))
			if err != nil && !errors.Is(err, grant.ErrNotFound) {
				t.Error(err)
			}
			return err == nil
		})
		if won != 1 {
			t.Errorf("%d codes for one request", won)
		}
		grants, err := s.UserGrants(ctx, u.ID)
		if err != nil || len(grants) != 1 {
			t.Errorf("%d grants for one request, %v", len(grants), err)
		}
	})
}

func TestACodeIsNotIssuedForARequestThatHasExpired(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		u := createUser(t, s, user("usr_1"))
		r := requestOf("app1", u.ID)
		if err := s.SaveRequest(ctx, r); err != nil {
			t.Fatal(err)
		}
		g := grantOf("grant1", "app1", u.ID)
		late := codeOf(g)
		late.CreatedAt = r.ExpiresAt
		if err := s.IssueCode(ctx, r.Hash, g, late); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		if _, err := s.Grant(ctx, g.ID); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("a refused code left a grant: %v", err)
		}
	})
}

func TestRedeemingPinsTheKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := coded(t, s, "app1")
		if won, err := s.RedeemCode(ctx, codeOf(g).Hash, noon, oauth.AuthPrivateKeyJWT, "thumbprint", nil); !won || err != nil {
			t.Fatal(won, err)
		}
		got, err := s.Grant(ctx, g.ID)
		if err != nil || got.AuthMethod != oauth.AuthPrivateKeyJWT || got.KeyThumbprint != "thumbprint" {
			t.Errorf("pinned %q and %q, %v", got.AuthMethod, got.KeyThumbprint, err)
		}
	})
}
