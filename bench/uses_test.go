package bench

import (
	"context"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

// usesAtOnce is how many use events the recorder writes at once when it is busy.
const usesAtOnce = 512

// BenchmarkAppendUses is a full batch of the record of uses, of few applications and of many. Every token of such a batch was
// signed before it is written, so a batch must not take longer than they did.
func BenchmarkAppendUses(b *testing.B) {
	ctx := context.Background()
	onEveryEngine(b, func(b *testing.B, s *store.Store) {
		storetest.Fill(b, s, usesAtOnce)
		page, err := s.Applications(ctx, registry.Query{Limit: usesAtOnce})
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range []struct {
			name string
			many int
			step time.Duration // from one batch to the next
		}{
			{"of-1-application", 1, time.Second},
			{"of-50-applications", 50, time.Second},
			{"of-512-applications", usesAtOnce, time.Second},
			{"of-512-applications-first-of-the-day", usesAtOnce, 24 * time.Hour},
		} {
			uses := make([]audit.Use, usesAtOnce)
			begin := at
			b.Run(c.name, func(b *testing.B) {
				percentiles(b, func(int) error {
					begin = begin.Add(c.step)
					for i := range uses {
						app := &page.Items[i%c.many]
						uses[i] = audit.Use{
							At: begin.Add(time.Duration(i) * time.Millisecond), Kind: "token.issued", ApplicationID: app.ID,
							SecretID: app.Secrets[0].ID, Address: "192.0.2.1", Detail: map[string]string{"grant_type": "client_credentials"},
						}
					}
					return s.AppendUses(ctx, uses)
				})
			})
		}
	})
}
