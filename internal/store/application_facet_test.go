package store_test

import (
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/sqldb"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// wrongEntries counts the entries that do not say what their applications say.
const wrongEntries = `SELECT COUNT(*) FROM applications a LEFT JOIN application_entries e ON e.place = a.place
	LEFT JOIN application_usage u ON u.application_id = a.id LEFT JOIN application_findings f ON f.application_id = a.id
	WHERE e.place IS NULL OR e.id <> a.id OR e.type <> a.type OR e.ownership <> a.ownership OR e.origin <> a.origin OR e.enabled <> a.enabled
		OR e.risky <> (COALESCE(f.high, 0) > 0) OR e.unfinished <> (a.expires_at IS NOT NULL) OR e.last_used <> COALESCE(u.last_used, 0)
		OR e.created_at <> a.created_at OR e.active_at <> CASE WHEN e.last_used > e.created_at THEN e.last_used ELSE e.created_at END
		OR e.facet <> e.type || ' ' || e.ownership || ' ' || e.origin || CASE WHEN e.enabled THEN ' on' ELSE ' off' END
			|| CASE WHEN e.risky THEN ' risky' ELSE '' END || CASE WHEN e.unfinished THEN ' unfinished' ELSE '' END`

func TestAnEntrySaysWhatItsApplicationSays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		check := func(when string) { t.Helper(); checkEntries(t, s, when) }
		a := create(t, s, application("app1"))
		create(t, s, application("app2"))
		b := create(t, s, stranger(t, "tpc_1", noon.Add(time.Hour)))
		check("new")
		a.Type, a.Enabled = registry.Generic, false
		saveAgain(t, s, a)
		check("changed")
		for _, high := range []int{2, 0, 1} {
			if err := s.SaveFindings(ctx, map[string]registry.FindingCounts{"app1": {High: high}, "tpc_1": {High: high}}, noon); err != nil {
				t.Fatal(err)
			}
			check("checked")
		}
		for _, days := range []int{-400, 5, 2} {
			use := audit.Use{At: noon.AddDate(0, 0, days), Kind: "token.issued", ApplicationID: "app1"}
			if err := s.AppendUses(ctx, []audit.Use{use}); err != nil {
				t.Fatal(err)
			}
			check("used")
		}
		b = applicationOf(t, s, b.ID)
		b.ExpiresAt = b.ExpiresAt.Add(time.Hour)
		saveAgain(t, s, b)
		check("not finished yet")
		b = applicationOf(t, s, b.ID)
		b.ExpiresAt = time.Time{}
		saveAgain(t, s, b)
		check("finished")
	})
}

func checkEntries(t *testing.T, s *store.Store, when string) {
	t.Helper()
	if n := count(t, s, wrongEntries); n != 0 {
		t.Errorf("%s: %d entries are wrong", when, n)
	}
}

func saveAgain(t *testing.T, s *store.Store, a registry.Application) {
	t.Helper()
	if err := s.SaveApplication(ctx, a, a.Revision, event("application.updated", "application", a.ID)); err != nil {
		t.Fatal(err)
	}
}

// What stood in entries before they had facets stays: what was used, and what is at risk.
func TestEntriesOfTheEighthVersionGetTheirFacets(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine.Name, func(t *testing.T) {
			dsn := engine.DSN(t)
			if engine.Name == "postgres" {
				empty(t, dsn)
			}
			fillSecond(t, dsn)
			fillEighth(t, dsn)
			s, err := store.Open(ctx, dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			checkEntries(t, s, "brought up to date")
			for want, q := range map[string]registry.Query{
				"app1": {Risky: true, Sort: registry.LastUsed}, "app2": {Ownership: registry.ThirdParty, Unused: noon.AddDate(9, 0, 0)},
			} {
				if diff := cmp.Diff([]string{want}, find(t, s, q)); diff != "" {
					t.Error(diff)
				}
			}
			if n := count(t, s, "SELECT COUNT(*) FROM application_entries WHERE last_used = 1795219200000000"); n != 1 {
				t.Errorf("%d entries are as used as they were", n)
			}
		})
	}
}

// fillEighth goes on from fillSecond: one application is used and at risk.
func fillEighth(t *testing.T, dsn string) {
	t.Helper()
	db, err := sqldb.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(ctx, upTo(t, "00009")); err != nil {
		t.Fatal(err)
	}
	if err := db.Update(ctx, func(c *sqldb.Conn) error {
		for _, text := range []string{
			`INSERT INTO application_usage (application_id, uses, last_used) VALUES ('app1', 1, 1795219200000000)`,
			`UPDATE application_findings SET high = 1 WHERE application_id = 'app1'`,
			`UPDATE application_entries SET last_used = 1795219200000000, risky = TRUE WHERE id = 'app1'`,
		} {
			if _, err := c.Exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
