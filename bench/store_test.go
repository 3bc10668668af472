package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// applications is how many the lists and searches run over.
const applications = 100_000

// onEveryEngine runs a benchmark on a store as it is in production: SQLite writes through to the disk. (The throw-away
// PostgreSQL does not; its numbers are the engine's own work.)
func onEveryEngine(b *testing.B, run func(b *testing.B, s *store.Store)) {
	for _, engine := range storetest.Engines(b) {
		b.Run(engine.Name, func(b *testing.B) {
			s, err := store.Open(context.Background(), engine.DSN(b))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { s.Close() })
			run(b, s)
		})
	}
}

// percentiles runs do once for each iteration, and reports the median and the 99th percentile in milliseconds; and the least, which
// says most on a machine that does other things as well.
func percentiles(b *testing.B, do func(i int) error) {
	b.Helper()
	took := make([]time.Duration, 0, 1024)
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		if err := do(i); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[0].Microseconds())/1000, "least-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

var (
	at    = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	actor = audit.Actor{Kind: audit.ActorOperator, ID: "usr_1", Name: "ada@example.com", Door: "dashboard"}
)

// BenchmarkStoreVerb is what each verb of a sign-in costs, one caller at a time.
func BenchmarkStoreVerb(b *testing.B) {
	ctx := context.Background()
	onEveryEngine(b, func(b *testing.B, s *store.Store) {
		storetest.Fill(b, s, 100)
		page, err := s.Applications(ctx, registry.Query{Limit: 1})
		if err != nil {
			b.Fatal(err)
		}
		app := page.Items[0]
		user := account.User{ID: "usr_1", Email: "a@example.com", EmailKey: "a@example.com", CreatedAt: at, UpdatedAt: at, Revision: 1}
		if err := s.CreateUser(ctx, user, audit.Event{At: at, Kind: "user.created", Actor: actor, TargetKind: "user", TargetID: user.ID}); err != nil {
			b.Fatal(err)
		}
		issue := func() (grant.Grant, grant.Code) {
			id := secret.ID(22)
			g := grant.Grant{ID: id, ApplicationID: app.ID, ClientID: app.ClientID(), UserID: user.ID, Scopes: oauth.Scopes{"openid"}, CreatedAt: at}
			c := grant.Code{Hash: secret.Hash("k:" + id), GrantID: id, ApplicationID: app.ID, CreatedAt: at, ExpiresAt: at.Add(time.Minute)}
			return g, c
		}
		family := func(g grant.Grant) *grant.Family {
			return &grant.Family{ID: g.ID, GrantID: g.ID, ApplicationID: app.ID, UserID: user.ID, KeyID: "k", Generation: 1, Rotating: true, CreatedAt: at}
		}

		b.Run("get-application", func(b *testing.B) {
			percentiles(b, func(int) error { _, err := s.Application(ctx, app.ID); return err })
		})
		b.Run("issue-and-redeem-code", func(b *testing.B) {
			percentiles(b, func(int) error {
				g, c := issue()
				if err := s.IssueCode(ctx, "", g, c); err != nil {
					return err
				}
				won, err := s.RedeemCode(ctx, c.Hash, at, oauth.AuthNone, "", family(g))
				if err == nil && !won {
					err = fmt.Errorf("the code was not redeemed")
				}
				return err
			})
		})
		b.Run("rotate", func(b *testing.B) {
			g, c := issue()
			if err := s.IssueCode(ctx, "", g, c); err != nil {
				b.Fatal(err)
			}
			if _, err := s.RedeemCode(ctx, c.Hash, at, oauth.AuthNone, "", family(g)); err != nil {
				b.Fatal(err)
			}
			generation := int64(0)
			percentiles(b, func(int) error {
				generation++
				outcome, _, err := s.Rotate(ctx, grant.Rotation{FamilyID: g.ID, Generation: generation, Now: at, Rotating: true})
				if err == nil && outcome != grant.Rotated {
					err = fmt.Errorf("outcome %d", outcome)
				}
				return err
			})
		})
		b.Run("save-application", func(b *testing.B) {
			changed := app
			percentiles(b, func(i int) error {
				changed.Name = fmt.Sprint("Name ", i)
				err := s.SaveApplication(ctx, changed, changed.Revision, audit.Event{At: at, Kind: "application.updated", Actor: actor, TargetKind: "application", TargetID: app.ID})
				changed.Revision++
				return err
			})
		})
		b.Run("append-100-uses", func(b *testing.B) {
			uses := make([]audit.Use, 100)
			for i := range uses {
				uses[i] = audit.Use{At: at, Kind: "token.issued", ApplicationID: app.ID, SecretID: app.Secrets[0].ID}
			}
			percentiles(b, func(int) error { return s.AppendUses(ctx, uses) })
		})
	})
}

// BenchmarkStoreContended is the code exchange with 8 callers at once.
func BenchmarkStoreContended(b *testing.B) {
	ctx := context.Background()
	onEveryEngine(b, func(b *testing.B, s *store.Store) {
		storetest.Fill(b, s, 1)
		page, err := s.Applications(ctx, registry.Query{Limit: 1})
		if err != nil {
			b.Fatal(err)
		}
		app := page.Items[0].ID
		var callers sync.WaitGroup
		work := make(chan struct{})
		for range 8 {
			callers.Go(func() {
				for range work {
					id := secret.ID(22)
					g := grant.Grant{ID: id, ApplicationID: app, CreatedAt: at}
					c := grant.Code{Hash: secret.Hash("k:" + id), GrantID: id, ApplicationID: app, CreatedAt: at, ExpiresAt: at.Add(time.Minute)}
					if err := s.IssueCode(ctx, "", g, c); err != nil {
						b.Error(err)
					}
					if won, err := s.RedeemCode(ctx, c.Hash, at, oauth.AuthNone, "", nil); err != nil || !won {
						b.Error(won, err)
					}
				}
			})
		}
		for b.Loop() {
			work <- struct{}{}
		}
		close(work)
		callers.Wait()
	})
}

// BenchmarkStoreList lists and searches 100 000 applications; the aim is p99 ≤ 20 ms.
func BenchmarkStoreList(b *testing.B) {
	for _, engine := range storetest.Engines(b) {
		b.Run(engine.Name, func(b *testing.B) {
			s := filled(b, engine)
			list(b, s)
			search(b, s)
		})
	}
}

// filled is a store with all the applications. On SQLite it is the one that pages are measured on: what is read is alike.
func filled(b *testing.B, engine storetest.Engine) *store.Store {
	b.Helper()
	if engine.Name == "sqlite" {
		return storetest.Filled(b, applications)
	}
	s := engine.Open(b)
	storetest.Fill(b, s, applications)
	return s
}

func list(b *testing.B, s *store.Store) {
	ctx := context.Background()
	yes := true
	for name, q := range map[string]registry.Query{
		"first-page":   {},
		"with-total":   {Total: true},
		"by-type":      {Types: []registry.Type{registry.Native}},
		"enabled-only": {Enabled: &yes},
		"page-20":      {Offset: 1000},
		"page-2000":    {Offset: 100_000 - 50, Total: true},
	} {
		b.Run(name, func(b *testing.B) {
			percentiles(b, func(int) error { _, err := s.Applications(ctx, q); return err })
		})
	}
	b.Run("by-cursor", func(b *testing.B) {
		q := registry.Query{}
		percentiles(b, func(int) error {
			page, err := s.Applications(ctx, q)
			q.After = page.Next
			return err
		})
	})
}

func search(b *testing.B, s *store.Store) {
	ctx := context.Background()
	for name, words := range map[string]func(i int) string{
		"one-rare-word":           func(i int) string { return fmt.Sprint("app", i*37%applications) },
		"whole-host":              func(i int) string { return fmt.Sprintf("team%d.example.com", i%400) },
		"word-of-a-team":          func(i int) string { return fmt.Sprint("team", i%400) },
		"two-words":               func(i int) string { return fmt.Sprintf("orders team%d", i%400) },
		"frequent-word":           func(int) string { return "service" },
		"frequent-prefix":         func(int) string { return "te" },
		"one-letter":              func(i int) string { return string(rune('a' + i%26)) },
		"two-frequent-words":      func(int) string { return "billing production" },
		"frequent-but-disjoint":   func(int) string { return "billing orders" },
		"nothing":                 func(i int) string { return fmt.Sprint("zzz", i) },
		"tenth-of-them-and-total": func(int) string { return "payroll" },
	} {
		b.Run("search/"+name, func(b *testing.B) {
			percentiles(b, func(i int) error {
				_, err := s.Applications(ctx, registry.Query{Search: words(i), Total: strings.HasSuffix(name, "total")})
				return err
			})
		})
	}
}
