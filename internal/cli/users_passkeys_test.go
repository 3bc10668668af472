package cli

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
)

// withPasskeys makes an operator who has two passkeys, and says where the data is.
func withPasskeys(t *testing.T, password string) (data string, u account.User) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	if code, text := command(t, "migrate", "--data", data); code != exitDone {
		t.Fatal(text)
	}
	work(t, data, func(ctx context.Context, o *opened) {
		var err error
		u, err = o.Accounts.Create(ctx, o.Actor, account.NewUser{Email: "ada@example.com", Role: account.Owner, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"psk_phone", "psk_key"} {
			p := account.Passkey{ID: id, UserID: u.ID, Name: "My " + id, CreatedAt: time.Now()}
			p.Credential.ID, p.Credential.PublicKey = []byte(id), []byte{1}
			if err := o.Store.AddPasskey(ctx, p, audit.Event{At: time.Now(), Kind: account.EventPasskeyAdded, Actor: o.Actor, TargetKind: "user", TargetID: u.ID}); err != nil {
				t.Fatal(err)
			}
		}
	})
	return data, u
}

func work(t *testing.T, data string, do func(ctx context.Context, o *opened)) {
	t.Helper()
	g := &Globals{Data: data, Listen: "127.0.0.1:8080"}
	o, err := g.openStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	do(t.Context(), o)
}

func TestALostPasskeyIsRemovedInTheNameOfWhoRunsTheProgram(t *testing.T) {
	data, u := withPasskeys(t, "tall grass, quiet bell")
	code, text := command(t, "users", "passkeys", "list", "ada@example.com", "--data", data)
	if code != exitDone || !strings.Contains(text, "psk_phone") || !strings.Contains(text, "My psk_key") {
		t.Fatalf("%d: %s", code, text)
	}
	if code, text := command(t, "users", "passkeys", "remove", "ada@example.com", "psk_phone", "--yes", "--data", data); code != exitDone || !strings.Contains(text, "Removed 1 passkey of ada@example.com.") {
		t.Fatalf("%d: %s", code, text)
	}
	work(t, data, func(ctx context.Context, o *opened) {
		held, err := o.Accounts.Passkeys(ctx, u.ID)
		if err != nil || len(held) != 1 || held[0].ID != "psk_key" {
			t.Errorf("%+v, %v", held, err)
		}
		events, err := o.Store.Events(ctx, audit.Query{TargetKind: "user", TargetID: u.ID, Limit: 1})
		if err != nil || len(events) != 1 || events[0].Kind != account.EventPasskeyRemoved || events[0].Actor != osUser() {
			t.Errorf("%+v, %v", events, err)
		}
	})
	if code, text := command(t, "users", "passkeys", "remove", "ada@example.com", "--all", "--yes", "--data", data); code != exitDone {
		t.Errorf("all: %d: %s", code, text)
	}
	if code, text := command(t, "users", "passkeys", "list", "ada@example.com", "--json", "--data", data); code != exitDone || strings.TrimSpace(text) != "[]" {
		t.Errorf("afterwards: %d: %s", code, text)
	}
}

func TestTheLastWayToSignInIsNotRemoved(t *testing.T) {
	data, _ := withPasskeys(t, "")
	for _, which := range []string{"--all", "psk_key"} {
		_, _ = command(t, "users", "passkeys", "remove", "ada@example.com", "psk_phone", "--yes", "--data", data)
		if code, text := command(t, "users", "passkeys", "remove", "ada@example.com", which, "--yes", "--data", data); code != exitFailed || !strings.Contains(text, "the only way to sign in") {
			t.Errorf("%s: %d: %s", which, code, text)
		}
	}
}
