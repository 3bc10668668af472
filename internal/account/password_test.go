package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"clientele/internal/account"
)

var cheap = account.Cost{Memory: 64, Time: 1, Threads: 1}

func hashOf(t *testing.T, p *account.Passwords, password string) string {
	t.Helper()
	hash, err := p.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func fits(t *testing.T, p *account.Passwords, hash, password string) bool {
	t.Helper()
	ok, err := p.Verify(t.Context(), hash, password)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestAPasswordFitsItsHashOnly(t *testing.T) {
	p := account.NewPasswordsAt(cheap)
	hash := hashOf(t, p, "tall grass, quiet bell")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") || hash == hashOf(t, p, "tall grass, quiet bell") {
		t.Errorf("got %s", hash)
	}
	if !fits(t, p, hash, "tall grass, quiet bell") || fits(t, p, hash, "tall grass, quiet bel") || fits(t, p, hash, "") {
		t.Error("the wrong one fits, or the right one does not")
	}
}

func TestAPasswordOfTheDefaultCostIsArgon2idWith19MiB(t *testing.T) {
	hash := hashOf(t, account.NewPasswords(), "tall grass, quiet bell")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("got %s", hash)
	}
}

func TestTheSameCharactersAreTheSamePassword(t *testing.T) { // NFKC, NIST SP 800-63B-4 §3.1.1.2
	p := account.NewPasswordsAt(cheap)
	hash := hashOf(t, p, "cafe\u0301 \ufb01ne ①")
	if !fits(t, p, hash, "caf\u00e9 fine 1") {
		t.Error("another keyboard, another password")
	}
}

func TestNothingFitsNoHash(t *testing.T) {
	p := account.NewPasswordsAt(cheap)
	for _, password := range []string{"", "anything"} {
		if fits(t, p, "", password) {
			t.Errorf("%q fits", password)
		}
	}
	if fits(t, p, hashOf(t, p, "tall grass"), strings.Repeat("x", 5000)) {
		t.Error("an endless password fits")
	}
}

func TestAHashThatWouldTakeTheMachineDownIsRefused(t *testing.T) {
	p := account.NewPasswordsAt(cheap)
	for _, hash := range []string{
		"$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1000000,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=0,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1,p=1$$", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "plain", "$$$$$", "$2a$10$abc",
	} {
		if ok, err := p.Verify(t.Context(), hash, ""); ok || err == nil {
			t.Errorf("%s: %v, %v", hash, ok, err)
		}
	}
}

func TestAHashOfAnotherCostIsOutdatedAndStillFits(t *testing.T) {
	old := account.NewPasswordsAt(account.Cost{Memory: 32, Time: 1, Threads: 1})
	p := account.NewPasswordsAt(cheap)
	hash := hashOf(t, old, "tall grass, quiet bell")
	if !p.Outdated(hash) || p.Outdated(hashOf(t, p, "x")) || !fits(t, p, hash, "tall grass, quiet bell") {
		t.Error("a change of the cost locks people out, or is never noticed")
	}
}

func TestWhoWaitsTooLongGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := account.NewPasswordsAt(cheap)
	for range 100 { // select picks at random when a slot is free too
		if _, err := p.Hash(ctx, "x"); errors.Is(err, context.Canceled) {
			return
		}
	}
	t.Error("an ended request was never turned away")
}

func TestRolesMayDoMoreTheHigherTheyAre(t *testing.T) {
	for _, test := range []struct {
		role account.Role
		may  []account.Action
		not  []account.Action
	}{
		{account.Owner, []account.Action{account.ActView, account.ActEdit, account.ActManageOperators, account.ActManageInstance}, []account.Action{"else", ""}},
		{account.Editor, []account.Action{account.ActView, account.ActEdit}, []account.Action{account.ActManageOperators, account.ActManageInstance}},
		{account.Viewer, []account.Action{account.ActView}, []account.Action{account.ActEdit, account.ActManageOperators, account.ActManageInstance}},
		{account.NoRole, nil, []account.Action{account.ActView, account.ActEdit, account.ActManageOperators, account.ActManageInstance}},
		{"root", nil, []account.Action{account.ActView, account.ActEdit}},
	} {
		for _, a := range test.may {
			if !test.role.May(a) {
				t.Errorf("%s may not %s", test.role, a)
			}
		}
		for _, a := range test.not {
			if test.role.May(a) {
				t.Errorf("%s may %s", test.role, a)
			}
		}
	}
}
