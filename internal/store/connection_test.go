package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// another authorization of the same person for the same application, from another device.
func anotherDevice(t *testing.T, s *store.Store, g grant.Grant, id string, at time.Time, family bool) grant.Grant {
	t.Helper()
	g.ID, g.Device, g.AuthMethod, g.CreatedAt = id, "Device "+id, "", at
	if err := s.IssueCode(ctx, "", g, codeOf(g)); err != nil {
		t.Fatal(err)
	}
	var f *grant.Family
	if family {
		made := familyOf(g)
		made.CreatedAt = at
		f = &made
	}
	if won, err := s.RedeemCode(ctx, codeOf(g).Hash, noon, oauth.AuthNone, "", f); err != nil || !won {
		t.Fatalf("redeem: %v, %v", won, err)
	}
	return g
}

func connections(t *testing.T, s *store.Store, q grant.ConnectionQuery) []string {
	t.Helper()
	page, err := s.GrantsOfUser(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, c := range page.Connections {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestConnectionsAreTheGrantsThatStillGiveAccess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		phone := anotherDevice(t, s, g, "phone", noon.Add(time.Minute), true)
		anotherDevice(t, s, g, "web", noon.Add(2*time.Minute), false)
		unredeemed := g
		unredeemed.ID, unredeemed.AuthMethod = "unredeemed", ""
		if err := s.IssueCode(ctx, "", unredeemed, codeOf(unredeemed)); err != nil {
			t.Fatal(err)
		}
		other := issued(t, s, "app2")
		at := noon.Add(time.Hour)
		rotateTo(t, s, rotation(phone, 1, at), grant.Rotated)
		q := grant.ConnectionQuery{UserID: g.UserID, Now: at}
		if diff := cmp.Diff([]string{"web", "phone", g.ID}, connections(t, s, q)); diff != "" {
			t.Error(diff)
		}
		page, err := s.GrantsOfUser(ctx, q)
		if err != nil || page.Connections[0].Stays || !page.Connections[1].Stays || !page.Connections[1].LastUsed.Equal(at) || page.Connections[1].Expires.IsZero() {
			t.Errorf("%+v, %v", page.Connections, err)
		}
		q.ApplicationID = "app2"
		if got := connections(t, s, q); len(got) != 0 {
			t.Errorf("of an application that is somebody else's: %v", got)
		}
		if got := connections(t, s, grant.ConnectionQuery{UserID: other.UserID, Now: at}); len(got) != 1 {
			t.Errorf("of another person: %v", got)
		}
		// A day later the one without a refresh token is over, as is the one whose refresh token was idle.
		if got := connections(t, s, grant.ConnectionQuery{UserID: g.UserID, Now: noon.Add(24*time.Hour + 3*time.Minute)}); len(got) != 1 || got[0] != "phone" {
			t.Errorf("a day later: %v", got)
		}
	})
}

func TestConnectionsAreReadInPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		for i := range 6 {
			anotherDevice(t, s, g, fmt.Sprint("device", i), noon.Add(time.Duration(i/2)*time.Second), true)
		}
		q := grant.ConnectionQuery{UserID: g.UserID, Now: noon.Add(time.Hour), Limit: 3}
		seen := map[string]bool{}
		pages := 0
		for ; pages == 0 || q.After != ""; pages++ {
			page, err := s.GrantsOfUser(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Connections {
				seen[c.ID] = true
			}
			q.After = page.Next
		}
		if len(seen) != 7 || pages != 3 {
			t.Errorf("%d on %d pages: %v", len(seen), pages, seen)
		}
	})
}

// D22: ending one installation never touches another; of those who end it at once one does, and one event says so.
func TestOneInstallationEndsOnceAndNoOtherWithIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		anotherDevice(t, s, g, "phone", noon.Add(time.Minute), true)
		anotherDevice(t, s, g, "tablet", noon.Add(2*time.Minute), true)
		at := noon.Add(time.Hour)
		if err := s.EndGrant(ctx, "usr_other", "phone", at, event("grant.ended", "grant", "phone")); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("somebody else: %v", err)
		}
		ended := together(12, func(int) bool {
			err := s.EndGrant(ctx, g.UserID, "phone", at, event("grant.ended", "grant", "phone"))
			if err != nil && !errors.Is(err, grant.ErrNotFound) {
				t.Error(err)
			}
			return err == nil
		})
		if n := count(t, s, "SELECT COUNT(*) FROM audit_changes WHERE kind = 'grant.ended'"); ended != 1 || n != 1 {
			t.Errorf("it ended %d times, with %d events", ended, n)
		}
		if diff := cmp.Diff([]string{"tablet", g.ID}, connections(t, s, grant.ConnectionQuery{UserID: g.UserID, Now: at})); diff != "" {
			t.Error(diff)
		}
		gone, _, err := s.Family(ctx, "fam_phone")
		stays, _, err2 := s.Family(ctx, "fam_tablet")
		if err != nil || err2 != nil || gone.RevokedAt.IsZero() || !stays.RevokedAt.IsZero() {
			t.Errorf("families: %+v %v, %+v %v", gone, err, stays, err2)
		}
	})
}

func TestAllOfAnApplicationEndsWithItsConsents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := issued(t, s, "app1")
		anotherDevice(t, s, g, "phone", noon.Add(time.Minute), true)
		consent(t, s, consentOf("con_1", g.UserID, "app1", "a"))
		if err := s.EndGrants(ctx, g.UserID, "app1", noon, event("consent.revoked", "application", "app1")); err != nil {
			t.Fatal(err)
		}
		left, err := s.Consents(ctx, g.UserID, "")
		if got := connections(t, s, grant.ConnectionQuery{UserID: g.UserID, Now: noon}); len(got) != 0 || len(left) != 0 || err != nil {
			t.Errorf("left: %v, %v, %v", got, left, err)
		}
	})
}
