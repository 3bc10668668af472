package singleuse

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/store"
)

// workers is how many goroutines of the helper write at once.
const workers = 4

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func event(kind, target, id string) audit.Event {
	return audit.Event{At: noon, Kind: kind, TargetKind: target, TargetID: id, Actor: audit.Actor{Kind: audit.ActorSystem}}
}

// write is the helper process: it writes for as long as it lives, and says one line for each write after the store has
// returned. Round tells the lives apart.
func write(dsn, round string) error {
	s, err := store.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	say := func(kind, id string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(os.Stdout, "%s %s\n", kind, id)
	}
	say("ready", round)
	failed := make(chan error)
	for w := range workers {
		go func() {
			for i := 0; ; i++ {
				if err := writeOne(s, fmt.Sprintf("%s_%d_%d", round, w, i), say); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// writeOne makes an application and a user, signs the user in, and lets the refresh token rotate twice: everything whose
// loss would bring back something used, or lose something given.
func writeOne(s *store.Store, id string, say func(kind, id string)) error {
	ctx := context.Background()
	app := registry.Application{ID: id, Origin: registry.Manual, Ownership: registry.FirstParty, Name: id, CreatedAt: noon, UpdatedAt: noon, Revision: 1}
	if err := s.CreateApplication(ctx, app, event("application.created", "application", id)); err != nil {
		return err
	}
	say("application", id)
	user := account.User{ID: "usr_" + id, Email: id, EmailKey: id, CreatedAt: noon, UpdatedAt: noon, Revision: 1}
	if err := s.CreateUser(ctx, user, event("user.created", "user", user.ID)); err != nil {
		return err
	}
	say("user", user.ID)
	g := grant.Grant{ID: id, ApplicationID: id, UserID: user.ID, CreatedAt: noon}
	c := grant.Code{Hash: secret.Hash("k:" + id), GrantID: id, ApplicationID: id, CreatedAt: noon, ExpiresAt: noon.Add(time.Minute)}
	if err := s.IssueCode(ctx, "", g, c); err != nil {
		return err
	}
	say("code", id)
	f := grant.Family{ID: id, GrantID: id, ApplicationID: id, UserID: user.ID, KeyID: "k", Generation: 1, Rotating: true, CreatedAt: noon}
	if won, err := s.RedeemCode(ctx, c.Hash, noon, oauth.AuthNone, "", &f); err != nil || !won {
		return fmt.Errorf("redeem %s: %v, %w", id, won, err)
	}
	say("redeemed", id)
	for generation := int64(1); generation <= 2; generation++ {
		outcome, _, err := s.Rotate(ctx, grant.Rotation{FamilyID: id, Generation: generation, Now: noon, Rotating: true})
		if err != nil || outcome != grant.Rotated {
			return fmt.Errorf("rotate %s: %d, %w", id, outcome, err)
		}
		say(fmt.Sprint("rotated", generation+1), id)
	}
	if err := s.RevokeGrant(ctx, id, "done", noon); err != nil {
		return err
	}
	say("revoked", id)
	return nil
}

// helper turns the test binary into the writer if it was started as one.
func helper() {
	dsn := os.Getenv("CLIENTELE_DURABILITY_DSN")
	if dsn == "" {
		return
	}
	err := write(dsn, os.Getenv("CLIENTELE_DURABILITY_ROUND"))
	io.WriteString(os.Stderr, err.Error()+"\n")
	os.Exit(1)
}
