package store_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/secret"
	"clientele/internal/store"
	"clientele/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func passkey(id, user string) account.Passkey {
	p := account.Passkey{ID: id, UserID: user, Name: "Laptop " + id, CreatedAt: noon}
	p.Credential.ID, p.Credential.PublicKey = []byte("credential-"+id), []byte{0xa5, 1, 2, 0}
	p.Credential.Transport = append(p.Credential.Transport, "internal", "hybrid")
	p.Credential.Authenticator.AAGUID = make([]byte, 16)
	p.SetFlagBits(0x1d)
	return p
}

func addPasskey(t *testing.T, s *store.Store, p account.Passkey) {
	t.Helper()
	if err := s.AddPasskey(ctx, p, event("user.passkey_added", "user", p.UserID)); err != nil {
		t.Fatal(err)
	}
}

func TestAPasskeyIsKeptAsItWasMade(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		want := passkey("psk_1", "usr_1")
		addPasskey(t, s, want)
		got, err := s.PasskeyByCredential(ctx, want.Credential.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(want.Credential.Flags)); diff != "" || got.FlagBits() != 0x1d || !got.Synced() {
			t.Errorf("%x %s", got.FlagBits(), diff)
		}
		if _, err := s.PasskeyByCredential(ctx, []byte("another")); !errors.Is(err, account.ErrNoPasskey) {
			t.Errorf("an unknown credential gives %v", err)
		}
	})
}

func TestACredentialBelongsToOnePersonInTheWholeInstance(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		createUser(t, s, user("usr_2"))
		addPasskey(t, s, passkey("psk_1", "usr_1"))
		theirs := passkey("psk_2", "usr_2")
		theirs.Credential.ID = passkey("psk_1", "usr_1").Credential.ID
		if err := s.AddPasskey(ctx, theirs, event("user.passkey_added", "user", "usr_2")); !errors.Is(err, account.ErrPasskeyTaken) {
			t.Errorf("got %v, want ErrPasskeyTaken", err)
		}
		if err := s.AddPasskey(ctx, passkey("psk_3", "usr_none"), event("user.passkey_added", "user", "usr_none")); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("for nobody: %v", err)
		}
	})
}

func TestOf24PasskeysMadeAtOnceTenAreKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		kept := together(24, func(i int) bool {
			err := s.AddPasskey(ctx, passkey(fmt.Sprint("psk_", i), "usr_1"), event("user.passkey_added", "user", "usr_1"))
			if err != nil && !errors.Is(err, account.ErrTooManyPasskeys) {
				t.Error(err)
			}
			return err == nil
		})
		if all, err := s.Passkeys(ctx, "usr_1"); err != nil || kept != account.MaxPasskeys || len(all) != account.MaxPasskeys {
			t.Errorf("%d were taken, %d are kept, %v", kept, len(all), err)
		}
	})
}

// Whoever has no password keeps a passkey, also if both are removed at once.
func TestTheLastPasskeyStaysWithoutAPassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := user("usr_1")
		u.PasswordHash = ""
		createUser(t, s, u)
		addPasskey(t, s, passkey("psk_0", "usr_1"))
		addPasskey(t, s, passkey("psk_1", "usr_1"))
		removed := together(2, func(i int) bool {
			err := s.RemovePasskey(ctx, "usr_1", fmt.Sprint("psk_", i), 0, event("user.passkey_removed", "user", "usr_1"))
			if err != nil && !errors.Is(err, account.ErrLastPasskey) {
				t.Error(err)
			}
			return err == nil
		})
		if all, err := s.Passkeys(ctx, "usr_1"); err != nil || removed != 1 || len(all) != 1 {
			t.Errorf("%d were removed, %d are left, %v", removed, len(all), err)
		}
	})
}

func TestAPasskeyIsRemovedByItsOwnerOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		createUser(t, s, user("usr_2"))
		addPasskey(t, s, passkey("psk_1", "usr_1"))
		if err := s.RemovePasskey(ctx, "usr_2", "psk_1", 0, event("user.passkey_removed", "user", "usr_2")); !errors.Is(err, account.ErrNoPasskey) {
			t.Errorf("somebody else: %v", err)
		}
		if err := s.RenamePasskey(ctx, "usr_2", "psk_1", "mine", event("user.passkey_renamed", "user", "usr_2")); !errors.Is(err, account.ErrNoPasskey) {
			t.Errorf("somebody else renames: %v", err)
		}
		if err := s.RemovePasskey(ctx, "usr_1", "psk_1", 1, event("user.passkey_removed", "user", "usr_1")); !errors.Is(err, account.ErrLastPasskey) {
			t.Errorf("where one must stay: %v", err)
		}
		if err := s.RemovePasskey(ctx, "usr_1", "psk_1", 0, event("user.passkey_removed", "user", "usr_1")); err != nil {
			t.Errorf("beside a password: %v", err)
		}
	})
}

// Web Authentication Level 3 §6.1.1: a counter that does not rise may mean a copy.
func TestACounterThatDoesNotRiseIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		addPasskey(t, s, passkey("psk_1", "usr_1"))
		use := func(count uint32) error {
			return s.UsePasskey(ctx, account.PasskeyUse{ID: "psk_1", SignCount: count, Flags: 0x1d, At: noon.Add(time.Hour)})
		}
		for _, step := range []struct {
			count uint32
			want  error
		}{{0, nil}, {0, nil}, {3, nil}, {3, account.ErrPasskeyCopied}, {2, account.ErrPasskeyCopied}, {0, account.ErrPasskeyCopied}, {4294967295, nil}} {
			if err := use(step.count); !errors.Is(err, step.want) {
				t.Errorf("%d gives %v, want %v", step.count, err, step.want)
			}
		}
		if err := s.UsePasskey(ctx, account.PasskeyUse{ID: "psk_none", SignCount: 1, At: noon}); !errors.Is(err, account.ErrNoPasskey) {
			t.Errorf("one that is gone: %v", err)
		}
	})
}

func TestOf24UsesWithOneCounterOneIsTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		addPasskey(t, s, passkey("psk_1", "usr_1"))
		var copied atomic.Int64
		taken := together(24, func(int) bool {
			err := s.UsePasskey(ctx, account.PasskeyUse{ID: "psk_1", SignCount: 7, At: noon})
			if errors.Is(err, account.ErrPasskeyCopied) {
				copied.Add(1)
			}
			return err == nil
		})
		if taken != 1 || copied.Load() != 23 {
			t.Errorf("%d were taken, %d seen as copies", taken, copied.Load())
		}
	})
}

func TestPasskeysLeaveWithTheirUser(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		addPasskey(t, s, passkey("psk_1", "usr_1"))
		if err := s.DeleteUser(ctx, "usr_1", noon, event("user.deleted", "user", "usr_1")); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, "SELECT COUNT(*) FROM passkeys"); n != 0 {
			t.Errorf("%d are left", n)
		}
	})
}

func TestOneSessionOfAUserEndsOrAllTheOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		createUser(t, s, user("usr_1"))
		createUser(t, s, user("usr_2"))
		for _, id := range []string{"ses_1", "ses_2", "ses_3"} {
			start(t, s, session(id, "usr_1"), "")
		}
		start(t, s, session("ses_4", "usr_2"), "")
		if err := s.EndOneSession(ctx, "usr_2", "ses_1", noon, event("user.session_ended", "user", "usr_2")); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("somebody else's: %v", err)
		}
		if err := s.EndOneSession(ctx, "usr_1", "ses_1", noon, event("user.session_ended", "user", "usr_1")); err != nil {
			t.Fatal(err)
		}
		if err := s.EndOtherSessions(ctx, "usr_1", "ses_2", noon, event("user.sessions_ended", "user", "usr_1")); err != nil {
			t.Fatal(err)
		}
		for id, alive := range map[string]bool{"ses_1": false, "ses_2": true, "ses_3": false, "ses_4": true} {
			if got := sessionOf(t, s, id).EndedAt.IsZero(); got != alive {
				t.Errorf("%s is alive: %v", id, got)
			}
		}
	})
}

// Web Authentication Level 3 §13.4.3: the database decides who answered a challenge first.
func TestOf32AnswersToOneChallengeOneIsTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		answer := func(challenge string) int {
			return together(32, func(int) bool {
				first, err := s.UseOnce(ctx, "passkey", secret.Hash("k1:"+challenge), noon, noon.Add(account.CeremonyLifetime))
				if err != nil {
					t.Error(err)
				}
				return first
			})
		}
		for _, challenge := range []string{"one", "two"} {
			if taken := answer(challenge); taken != 1 {
				t.Errorf("%s was answered %d times", challenge, taken)
			}
		}
		if again := answer("one"); again != 0 {
			t.Errorf("an answered one was answered %d times again", again)
		}
	})
}
