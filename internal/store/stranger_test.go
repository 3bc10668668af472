package store_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/grant"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func TestStrangersAreNotListedUntilTheyFinish(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("byhand"))
		create(t, s, stranger(t, "tpc_stranger", noon.Add(time.Hour)))
		create(t, s, imported(t, "tpc_known"))
		enabled := true
		for _, q := range []registry.Query{{}, {Search: "billing"}, {Search: "billing prod"}, {Enabled: &enabled}, {Search: "billing", Enabled: &enabled}} {
			q.Total = true
			page, err := s.Applications(ctx, q)
			if err != nil || len(page.Items) != 2 || page.Total != 2 {
				t.Errorf("%+v: %d of %d, %v; want 2 of 2", q, len(page.Items), page.Total, err)
			}
			q.Unfinished = true
			if page, err = s.Applications(ctx, q); err != nil || len(page.Items) != 3 || page.Total != 3 {
				t.Errorf("%+v: %d of %d, %v; want 3 of 3", q, len(page.Items), page.Total, err)
			}
		}
		if n, err := s.CountUnfinished(ctx, noon); err != nil || n != 1 {
			t.Errorf("%d strangers, %v", n, err)
		}
		if n, err := s.CountUnfinished(ctx, noon.Add(time.Hour)); err != nil || n != 0 { // it ended, whether it is removed or not
			t.Errorf("%d strangers after the end of one, %v", n, err)
		}
		s.SetBounds(1, 1, 1) // the other ways to search
		if got := find(t, s, registry.Query{Search: "billing prod", Limit: 1}); len(got) != 2 {
			t.Errorf("found %v", got)
		}
	})
}

func TestAStrangerThatExpiredMakesRoomForItsURL(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, stranger(t, "tpc_1", noon.Add(time.Minute)))
		again := stranger(t, "tpc_2", noon.Add(time.Hour))
		again.ExternalID = urlOf("tpc_1")
		w := write(again, 0, 0)
		if err := s.SaveImport(ctx, w); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("while the first one is there: %v", err)
		}
		before := lastNotice(t, s)
		w.Event.At = noon.Add(time.Minute)
		saveImport(t, s, w)
		if diff := cmp.Diff([]string{"tpc_2", "tpc_1"}, noticesOf(t, s, before)); diff != "" {
			t.Error("told the caches", diff)
		}
		if _, err := s.Application(ctx, "tpc_1"); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("the first one: %v", err)
		}
	})
}

func TestAStrangerThatGetsACodeStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := stranger(t, "tpc_1", noon.Add(time.Hour))
		saveImport(t, s, write(a, 0, 0))
		u := createUser(t, s, user("usr_1"))
		before := lastNotice(t, s)
		for _, id := range []string{"grant_1", "grant_2"} { // the second code finds nothing to do
			g := grantOf(id, a.ID, u.ID)
			g.ClientID = a.ClientID()
			if err := s.IssueCode(ctx, "", g, codeOf(g)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{a.ID}, noticesOf(t, s, before)); diff != "" {
			t.Error("told the caches", diff)
		}
		prune(t, s, noon.Add(48*time.Hour))
		got := applicationOf(t, s, a.ID)
		if !got.ExpiresAt.IsZero() || got.Revision != 1 {
			t.Errorf("it ends at %v, revision %d", got.ExpiresAt, got.Revision)
		}
		// Whoever read it before and writes it now does not give it an end again.
		if err := s.SaveApplication(ctx, a, 1, event("application.updated", "application", a.ID)); err != nil {
			t.Fatal(err)
		}
		if got := applicationOf(t, s, a.ID); !got.ExpiresAt.IsZero() {
			t.Errorf("it ends again at %v", got.ExpiresAt)
		}
	})
}

func TestAStrangerThatHasExpiredGetsNoCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := stranger(t, "tpc_1", noon)
		saveImport(t, s, write(a, 0, 0))
		u := createUser(t, s, user("usr_1"))
		r := requestOf(a.ID, u.ID)
		if err := s.SaveRequest(ctx, r); err != nil {
			t.Fatal(err)
		}
		g := grantOf("grant_1", a.ID, u.ID)
		g.ClientID = a.ClientID()
		if err := s.IssueCode(ctx, r.Hash, g, codeOf(g)); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		if _, err := s.Grant(ctx, g.ID); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("a refused code left a grant: %v", err)
		}
		if n := count(t, s, "SELECT COUNT(*) FROM requests WHERE finished_at IS NOT NULL"); n != 0 {
			t.Error("a refused code finished its request")
		}
	})
}

func TestAStrangerIsEitherFinishedOrRemoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := createUser(t, s, user("usr_1"))
		for i := range 12 {
			a := stranger(t, fmt.Sprint("tpc_", i), noon.Add(time.Minute))
			saveImport(t, s, write(a, 0, 0))
			g := grantOf("grant_"+a.ID, a.ID, u.ID)
			g.ClientID = a.ClientID()
			var issued atomic.Bool
			together(2, func(way int) bool {
				if way == 0 {
					return s.Prune(ctx, noon.Add(time.Minute), settingsWithoutEnd()) == nil
				}
				err := s.IssueCode(ctx, "", g, codeOf(g)) // a moment before the end
				if err != nil && !errors.Is(err, grant.ErrNotFound) {
					t.Error(err)
				}
				issued.Store(err == nil)
				return true
			})
			got, err := s.Application(ctx, a.ID)
			if there := err == nil; there != issued.Load() {
				t.Errorf("a code was issued: %v; the application is there: %v, %v", issued.Load(), there, err)
			} else if there && !got.ExpiresAt.IsZero() {
				t.Errorf("it has a code and ends at %v", got.ExpiresAt)
			}
		}
	})
}
