package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/sqldb"
	"clientele/internal/store"
)

// Fill creates n applications as a large instance has them, one a minute: "Orders service 17 of team 3" with a tag of its
// environment, a redirect URI on a host of its team, and a secret.
func Fill(t testing.TB, s *store.Store, n int) {
	t.Helper()
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for from := 0; from < n; from += batch(s) {
		err := s.Import(context.Background(), func(create func(registry.Application, audit.Event) error) error {
			for i := from; i < min(from+batch(s), n); i++ {
				a := sample(i, begin.Add(time.Duration(i)*time.Minute))
				e := audit.Event{At: a.CreatedAt, Kind: "application.created", TargetKind: "application", TargetID: a.ID, TargetName: a.Name}
				if err := create(a, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatalf("fill the store: %v", err)
		}
	}
}

// atOnce is how many applications one transaction creates. PostgreSQL keeps every version of the record's head until the
// transaction ends, and walks through them each time.
const atOnce = 200

// atOnceInFile is how many it creates in SQLite, where a transaction that is large writes each page of an index less often.
const atOnceInFile = 5000

func batch(s *store.Store) int {
	if s.Engine() == sqldb.SQLite {
		return atOnceInFile
	}
	return atOnce
}

// filled is the last image that Filled made.
var filled struct {
	sync.Mutex
	n     int
	image []byte
}

// Filled opens a store on SQLite that Fill has filled with n applications. It is filled once for a test binary: a copy costs a
// hundredth.
func Filled(t testing.TB, n int) *store.Store {
	t.Helper()
	filled.Lock()
	defer filled.Unlock()
	if filled.n != n {
		s := Open(t)
		Fill(t, s, n)
		image, err := s.Image(context.Background())
		if err != nil {
			t.Fatalf("keep the filled store: %v", err)
		}
		filled.n, filled.image = n, image
	}
	s, err := store.OpenCopy(context.Background(), filled.image)
	return closing(t, s, err)
}

var (
	subjects     = []string{"Orders", "Billing", "Search", "Login", "Reports", "Catalog", "Shipping", "Chat", "Photos", "Payroll"}
	environments = []string{"production", "staging", "development"}
	types        = []registry.Type{registry.Native, registry.SinglePage, registry.RegularWeb, registry.MachineToMachine}
)

func sample(i int, at time.Time) registry.Application {
	team := i * 7919 % 400
	id := secret.ID(32)
	return registry.Application{
		ID: id, Origin: registry.Manual, Ownership: registry.FirstParty,
		Name: fmt.Sprintf("%s service %d of team %d", subjects[i%len(subjects)], i, team), Type: types[i%len(types)], Enabled: i%17 != 0,
		Tags: []string{environments[i%len(environments)]},
		RedirectURIs: []registry.URI{{
			Value: fmt.Sprintf("https://app%d.team%d.example.com/callback", i, team), Source: registry.FromOperator, AddedAt: at, AddedBy: "ada@example.com",
		}},
		GrantTypes: []oauth.GrantType{oauth.AuthorizationCode}, AuthMethods: []oauth.AuthMethod{oauth.AuthClientSecretBasic},
		RequirePKCE: true, IDToken: registry.IDTokenPolicy{Lifetime: 10 * time.Hour, Algorithm: "RS256"},
		Secrets:   []registry.ClientSecret{{ID: "sec_" + secret.ID(16), Name: "first", Hash: secret.Hash("k:" + id), LastFour: "abcd", CreatedAt: at}},
		CreatedAt: at, UpdatedAt: at, Revision: 1,
	}
}
