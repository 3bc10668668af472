package grant_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/secret"
)

func TestAUserInfoTokenSaysWhatItWasMadeOf(t *testing.T) {
	keys := userInfoKeys(t)
	want := grant.UserInfoToken{GrantID: secret.ID(22), ExpiresAt: time.Unix(1_800_000_000, 0), Scopes: oauth.Scopes{"openid", "email"}}
	text, err := grant.MintUserInfo(keys, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := grant.ParseUserInfo(keys, text.Reveal())
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAUserInfoTokenThatWasTouchedIsNone(t *testing.T) {
	keys := userInfoKeys(t)
	minted, err := grant.MintUserInfo(keys, grant.UserInfoToken{GrantID: "abc", ExpiresAt: time.Unix(1_800_000_000, 0), Scopes: oauth.Scopes{"openid"}})
	if err != nil {
		t.Fatal(err)
	}
	text := minted.Reveal()
	for name, bad := range map[string]string{
		"nothing":        "",
		"another prefix": strings.Replace(text, secret.PrefixUserInfo, secret.PrefixRefresh, 1),
		"another grant":  strings.Replace(text, "abc", "abd", 1),
		"more scopes":    strings.Replace(text, ".o.", ".oe.", 1),
		"no key":         strings.Join(append(strings.Split(text, ".")[:3], "", "x"), "."),
		"a part more":    text + ".x",
		"a byte more":    text + "A",
		"far too long":   text + strings.Repeat("A", 500),
		"of other keys":  mintElsewhere(t),
	} {
		if _, err := grant.ParseUserInfo(keys, bad); !errors.Is(err, grant.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func mintElsewhere(t *testing.T) string {
	t.Helper()
	minted, err := grant.MintUserInfo(userInfoKeys(t), grant.UserInfoToken{GrantID: "abc", ExpiresAt: time.Unix(1_800_000_000, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return minted.Reveal()
}

func userInfoKeys(t *testing.T) *secret.Keyring {
	t.Helper()
	master, err := secret.NewMaster(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.OpenKeyring(master, []secret.DataKey{secret.NewDataKey(master, time.Unix(1, 0))})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
