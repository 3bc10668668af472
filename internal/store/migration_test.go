package store_test

import (
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/sqldb"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// upTo are the migrations whose files sort before a name.
func upTo(t *testing.T, before string) fs.FS {
	t.Helper()
	some := make(fstest.MapFS)
	err := fs.WalkDir(store.Migrations(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() >= before {
			return err
		}
		text, err := fs.ReadFile(store.Migrations(), path)
		some[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return some
}

// secondSchema is what a database of the second version has in it: an application with all its parts, a third-party one,
// and requests of both, one of them finished.
var secondSchema = []string{
	`INSERT INTO applications (id, origin, ownership, name, description, logo_uri, type, enabled, initiate_login_uri, grant_types,
		auth_methods, require_pkce, id_token_lifetime, id_token_algorithm, refresh_rotating, refresh_leeway, refresh_lifetime, refresh_idle,
		metadata, extras, created_at, created_by, updated_at, updated_by, revision)
	VALUES ('app1', 'manual', 'first_party', 'Billing', 'sends bills', '', 'regular_web', TRUE, '', 'authorization_code refresh_token',
		'client_secret_basic', TRUE, 36000000000, 'RS256', TRUE, 0, 0, 0, '{"team":"money"}', '{"sso":true}', 1795255200000123, 'ada', 1795255200000123, 'ada', 7),
		('app2', 'registered', 'third_party', 'Agent', '', '', 'native', FALSE, '', 'authorization_code', 'none', TRUE, 36000000000, 'RS256',
		FALSE, 0, 0, 0, '', '', 1795255200000123, 'ada', 1795255200000123, 'ada', 1)`,
	`INSERT INTO application_uris (application_id, kind, value, position, source, added_at, added_by, last_used)
		VALUES ('app1', 'redirect', 'https://app.example.com/cb', 0, 'operator', 1795255200000123, 'ada', 1795219200000000)`,
	`INSERT INTO application_secrets (id, application_id, position, name, hash, last_four, created_at, created_by)
		VALUES ('sec_1', 'app1', 0, 'first', 'k1:h', 'abcd', 1795255200000123, 'ada')`,
	`INSERT INTO application_tags (application_id, tag, position) VALUES ('app1', 'prod', 0)`,
	`INSERT INTO application_terms (term, place) SELECT 'billing', place FROM applications WHERE id = 'app1'`,
	`INSERT INTO requests (hash, application_id, session_id, user_id, parameters, auth_time, ask, document_hash, created_at, expires_at, finished_at)
		VALUES ('k1:open', 'app1', 'ses_1', 'usr_1', '{"scope":["openid"]}', 1795255200000123, '{}', 'dh', 1795255200000123, 1795258800000123, NULL),
		('k1:done', 'app2', 'ses_1', 'usr_1', '{}', NULL, '{}', '', 1795255200000123, 1795258800000123, 1795255300000123)`,
}

func TestADatabaseOfTheSecondVersionIsBroughtUpToDateWithWhatIsInIt(t *testing.T) {
	for _, engine := range storetest.Engines(t) {
		t.Run(engine.Name, func(t *testing.T) {
			dsn := engine.DSN(t)
			if engine.Name == "postgres" {
				empty(t, dsn)
			}
			fillSecond(t, dsn)
			s, err := store.Open(ctx, dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()

			at := time.UnixMicro(1795255200000123).UTC()
			got := applicationOf(t, s, "app1")
			want := registry.Application{
				ID: "app1", Origin: registry.Manual, Ownership: registry.FirstParty, Name: "Billing", Description: "sends bills", Type: registry.RegularWeb,
				Enabled: true, Tags: []string{"prod"}, GrantTypes: got.GrantTypes, AuthMethods: got.AuthMethods, RequirePKCE: true,
				RedirectURIs: []registry.URI{{
					Value: "https://app.example.com/cb", Source: registry.FromOperator, AddedAt: at, AddedBy: "ada",
					LastUsed: time.UnixMicro(1795219200000000).UTC(),
				}},
				IDToken: registry.IDTokenPolicy{Lifetime: 10 * time.Hour, Algorithm: "RS256"}, Refresh: registry.RefreshPolicy{Rotating: true},
				Metadata: map[string]string{"team": "money"}, Extras: []byte(`{"sso":true}`),
				Secrets:   []registry.ClientSecret{{ID: "sec_1", Name: "first", Hash: "k1:h", LastFour: "abcd", CreatedAt: at, CreatedBy: "ada"}},
				CreatedAt: at, CreatedBy: "ada", UpdatedAt: at, Revision: 7,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"app2", "app1"}, find(t, s, registry.Query{})); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"app1"}, find(t, s, registry.Query{Search: "bill"})); diff != "" {
				t.Error(diff)
			}
			checkSecondRequests(t, s, at)
		})
	}
}

// fillSecond makes a database of the second version.
func fillSecond(t *testing.T, dsn string) {
	t.Helper()
	db, err := sqldb.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(ctx, upTo(t, "00003")); err != nil {
		t.Fatal(err)
	}
	if err := db.Update(ctx, func(c *sqldb.Conn) error {
		for _, text := range secondSchema {
			if _, err := c.Exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func checkSecondRequests(t *testing.T, s *store.Store, at time.Time) {
	t.Helper()
	r, err := s.Request(ctx, []secret.Hash{"k1:open"})
	if err != nil || r.ApplicationID != "app1" || r.UserID != "usr_1" || !r.AuthTime.Equal(at) || !r.Open(at) || r.Parameters["scope"][0] != "openid" {
		t.Errorf("the open request is %+v, %v", r, err)
	}
	r.ConsentedAt = at.Add(time.Minute)
	if err := s.SaveRequest(ctx, r); err != nil {
		t.Errorf("it does not go on: %v", err)
	}
	if r, err = s.Request(ctx, []secret.Hash{"k1:done"}); err != nil || r.FinishedAt.IsZero() {
		t.Errorf("the finished request is %+v, %v", r, err)
	}
	if err := s.DeleteApplication(ctx, "app1", at, event("application.deleted", "application", "app1")); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT COUNT(*) FROM requests"); n != 1 {
		t.Errorf("%d requests are left; that of the deleted application goes with it", n)
	}
}
