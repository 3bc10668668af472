package store_test

import (
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/sqldb"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

func count(t *testing.T, s *store.Store, text string) (n int) {
	t.Helper()
	if err := s.DB().Read(ctx, func(c *sqldb.Conn) error { return c.QueryRow(ctx, text).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUsesRaiseTheDaysOfWhatTheyUsed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		use := func(at time.Time, change func(*audit.Use)) audit.Use {
			u := audit.Use{
				At: at, Kind: "token.issued", ApplicationID: "app1", SecretID: "sec_app1", URI: "https://app.example.com/b",
				Address: "192.0.2.1", Reference: "7KQ2-MD4F", Detail: map[string]string{"grant_type": "authorization_code"},
			}
			change(&u)
			return u
		}
		same := func(*audit.Use) {}
		if err := s.AppendUses(ctx, []audit.Use{use(noon, same), use(noon.Add(48*time.Hour), same), use(noon.Add(24*time.Hour), same)}); err != nil {
			t.Fatal(err)
		}
		if err := s.AppendUses(ctx, []audit.Use{
			use(noon, same), // late
			use(noon.Add(96*time.Hour), func(u *audit.Use) { u.Kind, u.Reason = "token.refused", "the secret has expired" }),
			use(noon, func(u *audit.Use) { u.ApplicationID, u.SecretID, u.URI = "gone", "gone", "gone" }),
			use(noon, func(u *audit.Use) { u.ApplicationID = "" }),
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.AppendUses(ctx, nil); err != nil {
			t.Fatal(err)
		}
		a, err := s.Application(ctx, "app1")
		if err != nil {
			t.Fatal(err)
		}
		day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
		if !a.LastUsed.Equal(day) || !a.Secrets[0].LastUsed.Equal(day) || !a.RedirectURIs[1].LastUsed.Equal(day) || !a.RedirectURIs[0].LastUsed.IsZero() || !a.LogoutURIs[0].LastUsed.IsZero() {
			t.Errorf("used: application %v, secret %v, URIs %v %v", a.LastUsed, a.Secrets[0].LastUsed, a.RedirectURIs[1].LastUsed, a.RedirectURIs[0].LastUsed)
		}
		if a.Revision != 1 {
			t.Errorf("use counts as a change: revision %d", a.Revision)
		}
		if n := count(t, s, "SELECT COUNT(*) FROM audit_uses"); n != 7 {
			t.Errorf("%d use events", n)
		}
		if n := count(t, s, "SELECT uses FROM application_usage WHERE application_id = 'app1'"); n != 4 {
			t.Errorf("%d uses", n)
		}
	})
}

func TestConcurrentBatchesDoNotBlockEachOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		create(t, s, application("app1"))
		create(t, s, application("app2"))
		ok := together(12, func(i int) bool {
			batch := []audit.Use{{At: noon, Kind: "a", ApplicationID: "app1", SecretID: "sec_app1"}, {At: noon, Kind: "b", ApplicationID: "app2", SecretID: "sec_app2"}}
			if i%2 == 0 {
				batch[0], batch[1] = batch[1], batch[0]
			}
			if err := s.AppendUses(ctx, batch); err != nil {
				t.Error(err)
			}
			return true
		})
		if n := count(t, s, "SELECT COUNT(*) FROM audit_uses"); n != 2*ok {
			t.Errorf("%d use events", n)
		}
	})
}
