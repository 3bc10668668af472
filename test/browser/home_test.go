package browser

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/store"
)

func TestHome(t *testing.T) {
	s, b, page := withApplication(t)
	b.visit(s.URL + "/dashboard")
	b.see("First steps")
	b.judge("home-first-steps")
	id := page[strings.LastIndex(page, "/")+1:]
	s.lived(id)
	s.cli(password+"\n", "users", "create", person)
	s.cli("", "apis", "create", "--name", "Orders", "--identifier", "https://orders.example.com/")
	b.visit(s.URL + "/dashboard")
	b.see("Nothing needs you now")
	b.judge("home-calm")

	s.troubled(id)
	b.visit(s.URL + "/dashboard")
	b.see("waits for approval")
	b.judge("home")
	b.visit(s.URL + "/dashboard/attention/secrets_expiring")
	b.see("Orders web")
	b.judge("attention")
}

// troubled puts things into an instance that need somebody.
func (s *instance) troubled(applicationID string) {
	s.t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(s.data, "clientele.db"), store.WithoutMigrating())
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	now := time.Now().UTC().Truncate(time.Microsecond)
	a, err := db.Application(ctx, applicationID)
	if err != nil || len(a.Secrets) == 0 {
		s.t.Fatal(err, "the application has no secret")
	}
	was := a.Revision
	a.Secrets[0].ExpiresAt, a.UpdatedAt, a.Revision = now.Add(3*24*time.Hour), now, was+1
	if err := db.SaveApplication(ctx, a, was, audit.Event{At: now, Kind: "application.updated", TargetKind: registry.KindApplication, TargetID: a.ID, TargetName: a.Name}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := db.Enqueue(ctx, registry.Waiting{ID: "wtg_1", URL: "https://agent.example.com/client.json", Hash: "h", Reference: "7KQ2-MD4F", Door: "authorize", FirstAt: now, LastAt: now}, "usr_1", now); err != nil {
		s.t.Fatal(err)
	}
}
