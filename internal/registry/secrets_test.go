package registry_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/store/storetest"
)

func (b *bench) state(t *testing.T, id string, m registry.Minted) registry.SecretState {
	t.Helper()
	a := b.load(t, id)
	s, state := a.VerifySecret(b.Keys, m.Value.Reveal(), b.now)
	if state != registry.SecretUnknown && s.ID != m.Secret.ID {
		t.Errorf("%s was taken for %s", m.Secret.ID, s.ID)
	}
	return state
}

func TestReplacingASecretEndsTheOldOnesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, minted := b.create(t, registry.Draft{Type: registry.MachineToMachine})
		_, second, err := b.ReplaceSecret(t.Context(), olga, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.state(t, a.ID, minted[0]); got != registry.SecretRetired {
			t.Errorf("the old secret is %s", got)
		}
		if got := b.state(t, a.ID, second); got != registry.SecretUsable {
			t.Errorf("the new secret is %s", got)
		}
		if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.secret_replaced" {
			t.Errorf("the event is %s", e.Kind)
		}
	})
}

func TestAddingASecretLetsTheOldOnesLiveADay(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, minted := b.create(t, registry.Draft{Type: registry.MachineToMachine})
		_, second, err := b.AddSecret(t.Context(), olga, a.ID, " deploy ", 0, time.Time{})
		if err != nil || second.Secret.Name != "deploy" {
			t.Fatalf("%+v, %v", second, err)
		}
		b.now = morning.Add(24*time.Hour - time.Second)
		if got := b.state(t, a.ID, minted[0]); got != registry.SecretUsable {
			t.Errorf("the old secret is %s within the day", got)
		}
		b.now = morning.Add(24 * time.Hour)
		if got := b.state(t, a.ID, minted[0]); got != registry.SecretExpired {
			t.Errorf("the old secret is %s after the day", got)
		}
		if got := b.state(t, a.ID, second); got != registry.SecretUsable {
			t.Errorf("the new secret is %s", got)
		}
	})
}

func TestAddingAgainNeverLengthensAnOlderSecret(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, minted := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	add := func(overlap time.Duration) registry.Minted {
		t.Helper()
		_, m, err := b.AddSecret(t.Context(), olga, a.ID, "", overlap, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	second := add(time.Hour)
	add(registry.MaxSecretOverlap)
	b.now = morning.Add(time.Hour)
	if got := b.state(t, a.ID, minted[0]); got != registry.SecretExpired {
		t.Errorf("the first secret is %s after its hour", got)
	}
	if got := b.state(t, a.ID, second); got != registry.SecretUsable {
		t.Errorf("the second secret is %s", got)
	}
}

func TestWhatAddingASecretRefuses(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	for _, c := range []struct {
		name    string
		overlap time.Duration
		expires time.Time
		want    string
	}{
		{"", -time.Second, time.Time{}, "overlap secret_overlap"},
		{"", registry.MaxSecretOverlap + time.Second, time.Time{}, "overlap secret_overlap"},
		{"", 0, morning, "expires_at secret_expiry"},
		{strings.Repeat("n", 65), 0, time.Time{}, "name secret_name"},
		{"a\x00b", 0, time.Time{}, "name secret_name"},
	} {
		if _, m, err := b.AddSecret(t.Context(), olga, a.ID, c.name, c.overlap, c.expires); rules(err) != c.want || !m.Value.IsZero() {
			t.Errorf("%+v gives %v", c, err)
		}
	}
	for range registry.MaxLiveSecrets - 1 {
		if _, _, err := b.AddSecret(t.Context(), olga, a.ID, "", 0, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := b.AddSecret(t.Context(), olga, a.ID, "", 0, time.Time{}); rules(err) != "secrets secret_count" {
		t.Errorf("the sixth secret gives %v", err)
	}
}

func TestASecretEndsWhenItWasToldTo(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	_, m, err := b.AddSecret(t.Context(), olga, a.ID, "", 0, morning.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	b.now = morning.Add(time.Minute)
	if got := b.state(t, a.ID, m); got != registry.SecretExpired {
		t.Errorf("the secret is %s", got)
	}
}

func TestRevokingOneSecretLeavesTheOthers(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, minted := b.create(t, registry.Draft{Type: registry.MachineToMachine})
		_, second, err := b.AddSecret(t.Context(), olga, a.ID, "", 0, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.RevokeSecret(t.Context(), olga, a.ID, second.Secret.ID); err != nil {
			t.Fatal(err)
		}
		if first, last := b.state(t, a.ID, minted[0]), b.state(t, a.ID, second); first != registry.SecretUsable || last != registry.SecretRetired {
			t.Errorf("the first is %s, the revoked one %s", first, last)
		}
		if _, err := b.RevokeSecret(t.Context(), olga, a.ID, "sec_other"); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("revoking an unknown secret gives %v", err)
		}
		if got, err := b.RevokeSecret(t.Context(), olga, a.ID, second.Secret.ID); err != nil || got.Revision != 3 {
			t.Errorf("revoking again gives revision %d, %v", got.Revision, err)
		}
	})
}

func TestOnlySoManyEndedSecretsAreKept(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, first := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	var last registry.Minted
	for range 12 {
		var err error
		if _, last, err = b.ReplaceSecret(t.Context(), olga, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.load(t, a.ID); len(got.Secrets) != 11 || got.Secrets[10].ID != last.Secret.ID {
		t.Errorf("%d secrets are kept", len(got.Secrets))
	}
	if got := b.state(t, a.ID, first[0]); got != registry.SecretUnknown {
		t.Errorf("the first secret is %s", got)
	}
}

func TestASecretOfAnotherApplicationIsUnknown(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	_, other := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	for _, value := range []string{"", "x", other[0].Value.Reveal(), string(a.Secrets[0].Hash), strings.Repeat("x", 1<<16)} {
		if s, state := a.VerifySecret(b.Keys, value, b.now); state != registry.SecretUnknown || s.ID != "" {
			t.Errorf("%.20q is %s", value, state)
		}
	}
}

// A secret hashed under an older data key still verifies after a newer one was added.
func TestASecretOutlivesANewDataKey(t *testing.T) {
	master, err := secret.NewMaster(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	older, newer := secret.NewDataKey(master, morning), secret.NewDataKey(master, morning.Add(time.Hour))
	before, err := secret.OpenKeyring(master, []secret.DataKey{older})
	if err != nil {
		t.Fatal(err)
	}
	after, err := secret.OpenKeyring(master, []secret.DataKey{newer, older})
	if err != nil {
		t.Fatal(err)
	}
	a := registry.Application{Secrets: []registry.ClientSecret{
		{ID: "sec_new", Hash: after.Hash(secret.ForClientSecret, "new")},
		{ID: "sec_old", Hash: before.Hash(secret.ForClientSecret, "old")},
	}}
	for value, want := range map[string]string{"old": "sec_old", "new": "sec_new"} {
		if s, state := a.VerifySecret(after, value, morning); state != registry.SecretUsable || s.ID != want {
			t.Errorf("%s is %s %s", value, s.ID, state)
		}
	}
}

func TestNoSecretAppearsInAnEventOrAPrint(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, minted := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	_, second, err := b.AddSecret(t.Context(), olga, a.ID, "", 0, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	a, third, err := b.ReplaceSecret(t.Context(), olga, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	events, err := b.store.Events(t.Context(), audit.Query{TargetKind: "application", TargetID: a.ID, Limit: 10})
	if err != nil || len(events) != 3 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	all := fmt.Sprintf("%+v %+v %+v", events, a, []registry.Minted{minted[0], second, third})
	for _, m := range []registry.Minted{minted[0], second, third} {
		if strings.Contains(all, m.Value.Reveal()) {
			t.Error("a secret is printed")
		}
		if strings.Contains(fmt.Sprintf("%+v", events), string(m.Secret.Hash)) {
			t.Error("the hash of a secret is in an event")
		}
	}
}
