package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func consentOf(id, user, application string, scopes ...string) grant.Consent {
	return grant.Consent{
		ID: id, UserID: user, ApplicationID: application, RedirectClass: oauth.RedirectHTTPS, RedirectHost: "app.example.com",
		Audience: "https://api1.example.com/", DocumentIdentity: "di", Scopes: scopes, CreatedAt: noon, UpdatedAt: noon,
	}
}

func consent(t *testing.T, s *store.Store, c grant.Consent) {
	t.Helper()
	if err := s.SaveConsent(ctx, c, event("consent.given", "user", c.UserID)); err != nil {
		t.Fatal(err)
	}
}

func TestConsentsForTheSameUniteTheirScopes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := coded(t, s, "app1")
		first := consentOf("con_1", g.UserID, "app1", "a", "b")
		consent(t, s, first)
		again := consentOf("con_2", g.UserID, "app1", "b", "c")
		again.UpdatedAt = noon.Add(time.Minute)
		consent(t, s, again)
		first.Scopes, first.UpdatedAt = oauth.Scopes{"a", "b", "c"}, again.UpdatedAt
		got, err := s.Consents(ctx, g.UserID, "app1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]grant.Consent{first}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestConcurrentConsentsLoseNoScope(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := coded(t, s, "app1")
		together(10, func(i int) bool {
			if err := s.SaveConsent(ctx, consentOf(fmt.Sprint("con_", i), g.UserID, "app1", fmt.Sprint("scope", i)), event("consent.given", "user", g.UserID)); err != nil {
				t.Error(err)
			}
			return true
		})
		if got, err := s.Consents(ctx, g.UserID, ""); err != nil || len(got) != 1 || len(got[0].Scopes) != 10 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestAConsentIsForOneRedirectClassHostAudienceAndDocument(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := coded(t, s, "app1")
		all := make([]grant.Consent, 5)
		for i := range all {
			all[i] = consentOf(fmt.Sprint("con_", i), g.UserID, "app1", "a")
		}
		all[1].RedirectClass, all[2].RedirectHost, all[3].Audience, all[4].DocumentIdentity = oauth.RedirectLoopback, "other", "", "changed"
		for _, c := range all {
			consent(t, s, c)
		}
		got, err := s.Consents(ctx, g.UserID, "app1")
		if err != nil || len(got) != 5 {
			t.Errorf("%d consents, %v", len(got), err)
		}
	})
}

func TestRevokingAConsentEndsTheGrantsThatRestOnIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		mine, other := issued(t, s, "app1"), issued(t, s, "app2")
		consent(t, s, consentOf("con_1", mine.UserID, "app1", "a"))
		for _, want := range []error{nil, grant.ErrNotFound} {
			if err := s.RevokeConsent(ctx, "con_1", noon, event("consent.revoked", "user", mine.UserID)); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		f, g, err := s.Family(ctx, "fam_"+mine.ID)
		if err != nil || g.Alive() || f.RevokedAt.IsZero() {
			t.Errorf("the grant stands: %v", err)
		}
		if g, err := s.Grant(ctx, other.ID); err != nil || !g.Alive() {
			t.Errorf("another's grant ended: %v", err)
		}
		if left, err := s.UserGrants(ctx, mine.UserID); err != nil || slices.ContainsFunc(left, func(g grant.Grant) bool { return g.ApplicationID == "app1" }) {
			t.Errorf("still listed: %v, %v", left, err)
		}
	})
}

func TestAConsentOfNobodyIsNotKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := s.SaveConsent(ctx, consentOf("con_1", "none", "none", "a"), event("consent.given", "user", "none")); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}
