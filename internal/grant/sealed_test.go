package grant_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/grant"
	"clientele/internal/secret"
)

func TestASealedRequestOpensInItsBrowserInTime(t *testing.T) {
	keys := keyring(t)
	begun := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	in := grant.Sealed{ApplicationID: "app", Parameters: map[string][]string{"state": {"x y"}, "resource": {"a", "b"}}, Choose: true, CreatedAt: begun}
	token, err := grant.Seal(keys, in, "cookie")
	if err != nil || strings.Contains(token, "state") {
		t.Fatalf("Seal: %q, %v", token, err)
	}
	out, err := grant.Unseal(keys, token, "cookie", begun.Add(grant.RequestLifetime-time.Second))
	if err != nil || !cmp.Equal(out.Parameters, in.Parameters) || out.ApplicationID != "app" || !out.Choose || !out.CreatedAt.Equal(begun) {
		t.Errorf("Unseal = %+v, %v", out, err)
	}
	for name, c := range map[string]struct {
		token, browser string
		at             time.Time
		want           error
	}{
		"another browser": {token, "another", begun, grant.ErrElsewhere},
		"no cookie":       {token, "", begun, grant.ErrElsewhere},
		"too late":        {token, "cookie", begun.Add(grant.RequestLifetime), grant.ErrNotFound},
		"damaged":         {token[:len(token)-2] + "AA", "cookie", begun, grant.ErrNotFound},
		"made up":         {"hello", "cookie", begun, grant.ErrNotFound},
		"far too long":    {strings.Repeat("A", 1<<20), "cookie", begun, grant.ErrNotFound},
		"of another kind": {keys.SealToken(secret.ForForm, []byte("{}"), begun.Add(time.Hour)), "cookie", begun, grant.ErrNotFound},
	} {
		if _, err := grant.Unseal(keys, c.token, c.browser, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestARequestIsKeptUnderAHashOfItsHandle(t *testing.T) {
	keys := keyring(t)
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	row, handle := grant.Sealed{ApplicationID: "app"}.Row(keys, now)
	if !grant.WellFormedHandle(handle.Reveal()) || strings.Contains(string(row.Hash), handle.Reveal()) {
		t.Errorf("handle %q, hash %q", handle.Reveal(), row.Hash)
	}
	if !keys.Verify(secret.ForRequest, row.Hash, handle.Reveal()) {
		t.Error("the handle does not find its row")
	}
	if !row.Open(now) || row.Open(now.Add(grant.RequestLifetime)) {
		t.Error("a request is open for fifteen minutes")
	}
	row.FinishedAt = now
	if row.Open(now) {
		t.Error("a finished request is open")
	}
	for _, wrong := range []string{"", "short", strings.Repeat("A", 31), strings.Repeat("A", 33), strings.Repeat("A", 31) + "-", strings.Repeat("A", 31) + "\x00"} {
		if grant.WellFormedHandle(wrong) {
			t.Errorf("%q could be a handle", wrong)
		}
	}
}
