package grant_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"clientele/internal/grant"
	"clientele/internal/secret"
)

func keyring(tb testing.TB) *secret.Keyring {
	tb.Helper()
	master, err := secret.NewMaster(make([]byte, 32))
	if err != nil {
		tb.Fatal(err)
	}
	start := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	ring, err := secret.OpenKeyring(master, []secret.DataKey{secret.NewDataKey(master, start), secret.NewDataKey(master, start.Add(time.Hour))})
	if err != nil {
		tb.Fatal(err)
	}
	return ring
}

func TestARefreshTokenCarriesItsFamilyAndGeneration(t *testing.T) {
	keys := keyring(t)
	f := grant.Family{ID: secret.ID(22), Generation: 7}
	token, keyID, err := grant.MintRefresh(keys, f)
	if err != nil || keyID == "" {
		t.Fatalf("MintRefresh: key %q, %v", keyID, err)
	}
	id, generation, err := grant.ParseRefresh(keys, token.Reveal())
	if err != nil || id != f.ID || generation != 7 {
		t.Fatalf("ParseRefresh = %q, %d, %v", id, generation, err)
	}
	if !strings.HasPrefix(token.Reveal(), secret.PrefixRefresh) || strings.Contains(fmt.Sprint(token), f.ID) {
		t.Errorf("the token has no prefix, or prints itself: %v", token)
	}
}

func TestTheSameGenerationGivesTheSameRefreshToken(t *testing.T) {
	keys := keyring(t)
	f := grant.Family{ID: secret.ID(22), Generation: 2}
	first, keyID, _ := grant.MintRefresh(keys, f)
	f.KeyID = keyID
	again, _, _ := grant.MintRefresh(keys, f)
	if first.Reveal() != again.Reveal() {
		t.Error("a retry got another successor")
	}
	f.Generation++
	if next, _, _ := grant.MintRefresh(keys, f); next.Reveal() == first.Reveal() {
		t.Error("two generations share a token")
	}
}

func TestARefreshTokenWeDidNotMakeIsNotFound(t *testing.T) {
	keys := keyring(t)
	minted, _, _ := grant.MintRefresh(keys, grant.Family{ID: secret.ID(22), Generation: 12})
	good := minted.Reveal()
	parts := strings.Split(good, ".")
	other, _, _ := grant.MintRefresh(keyring(t), grant.Family{ID: secret.ID(22), Generation: 12})
	for name, token := range map[string]string{
		"empty":                     "",
		"another prefix":            "clac_" + strings.TrimPrefix(good, secret.PrefixRefresh),
		"another family":            strings.Join([]string{secret.PrefixRefresh + secret.ID(22), parts[1], parts[2], parts[3]}, "."),
		"a later generation":        strings.Join([]string{parts[0], "13", parts[2], parts[3]}, "."),
		"a generation respelled":    strings.Join([]string{parts[0], "012", parts[2], parts[3]}, "."),
		"a generation with a sign":  strings.Join([]string{parts[0], "+12", parts[2], parts[3]}, "."),
		"generation zero":           strings.Join([]string{parts[0], "0", parts[2], parts[3]}, "."),
		"an unknown key":            strings.Join([]string{parts[0], parts[1], "kAAAAAAA", parts[3]}, "."),
		"no key":                    strings.Join([]string{parts[0], parts[1], "", parts[3]}, "."),
		"a cut MAC":                 good[:len(good)-1],
		"a longer MAC":              good + "A",
		"a part too many":           good + ".x",
		"padding":                   good + "=",
		"another server's":          other.Reveal(),
		"more than anybody sends":   good + strings.Repeat("A", 1000),
		"something else altogether": "clrt_hello",
	} {
		if _, _, err := grant.ParseRefresh(keys, token); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("%s: ParseRefresh answers %v, want ErrNotFound", name, err)
		}
	}
}

func FuzzParseRefresh(f *testing.F) {
	keys := keyring(f)
	minted, _, _ := grant.MintRefresh(keys, grant.Family{ID: "0123456789abcdefghijkl", Generation: 1})
	f.Add(minted.Reveal())
	f.Add("clrt_a.1.k.")
	f.Fuzz(func(t *testing.T, token string) {
		id, generation, err := grant.ParseRefresh(keys, token)
		if err != nil {
			return
		}
		_, rest, _ := strings.Cut(token, ".")
		keyID := strings.Split(rest, ".")[1]
		back, _, err := grant.MintRefresh(keys, grant.Family{ID: id, Generation: generation, KeyID: keyID})
		if err != nil || back.Reveal() != token {
			t.Errorf("%q is accepted but is not what we mint", token)
		}
	})
}
