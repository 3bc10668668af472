package userinfo_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
	"clientele/internal/signing"
	"clientele/internal/userinfo"
)

const callback = "https://app.example.com/cb"

// counter is UserInfo with what it stands on in the test's hands.
type counter struct {
	*servertest.Server
	t     *testing.T
	room  *userinfo.Handler
	app   registry.Application
	user  account.User
	grant grant.Grant
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	s := servertest.New(t)
	c := &counter{Server: s, t: t, user: s.CreateUser("ada@example.com", "")}
	c.app, _ = s.CreateApplication(registry.Draft{Name: "App", Type: registry.Native, RedirectURIs: []string{"com.example.app:/cb"}})
	now := s.Clock.Now()
	c.grant = grant.Grant{
		ID: secret.ID(22), ApplicationID: c.app.ID, ClientID: c.app.ClientID(), UserID: c.user.ID, RedirectURI: callback,
		Scopes: oauth.Scopes{"openid"}, AuthTime: now, CreatedAt: now,
	}
	code := grant.Code{Hash: s.Keys.Hash(secret.ForCode, secret.ID(30)), GrantID: c.grant.ID, ApplicationID: c.app.ID, CreatedAt: now, ExpiresAt: now.Add(time.Minute)}
	if err := s.Store.IssueCode(t.Context(), "", c.grant, code); err != nil {
		t.Fatal(err)
	}
	c.room = &userinfo.Handler{
		Issuer: s.Issuer(), Grants: s.Store, Applications: s.Directory(), Users: s.Accounts, Verifier: s.Signing, Keys: s.Keys,
		Now: s.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	return c
}

func (c *counter) opaque(scopes ...string) string {
	c.t.Helper()
	minted, err := grant.MintUserInfo(c.Keys, grant.UserInfoToken{GrantID: c.grant.ID, ExpiresAt: c.Clock.Now().Add(time.Hour), Scopes: scopes})
	if err != nil {
		c.t.Fatal(err)
	}
	return minted.Reveal()
}

func (c *counter) signed(typ, claims string) string {
	c.t.Helper()
	claims = strings.NewReplacer("ISSUER", c.Issuer(), "GRANT", c.grant.ID, "SUB", c.user.ID, "CLIENT", c.app.ID).Replace(claims)
	token, err := c.Signing.Sign(c.t.Context(), signing.ES256, typ, []byte(claims))
	if err != nil {
		c.t.Fatal(err)
	}
	return token
}

func (c *counter) ask(token string) *httptest.ResponseRecorder {
	c.t.Helper()
	mux := http.NewServeMux()
	c.room.Mount(mux)
	r := httptest.NewRequest(http.MethodGet, "/userinfo", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func TestOnlyTokensForThisEndpointOpenIt(t *testing.T) {
	c := newCounter(t)
	const good = `{"iss":"ISSUER","aud":["https://api.example/","ISSUERuserinfo"],"sub":"SUB","azp":"CLIENT","jti":"GRANT.x","scope":"openid","exp":99999999999}`
	if w := c.ask(c.signed("at+jwt", good)); w.Code != http.StatusOK {
		t.Fatalf("a good token: %d %s", w.Code, w.Body)
	}
	if w := c.ask(c.signed("JWT", good)); w.Code != http.StatusOK {
		t.Errorf("a good token of the other profile: %d %s", w.Code, w.Body)
	}
	for name, token := range map[string]string{
		"an ID token":                c.signed("JWT", `{"iss":"ISSUER","aud":"CLIENT","sub":"SUB","exp":99999999999}`),
		"a token for an API":         c.signed("at+jwt", strings.Replace(good, "ISSUERuserinfo", "https://other.example/", 1)),
		"a token of a machine":       c.signed("at+jwt", strings.Replace(good, `"jti"`, `"gty":"client-credentials","jti"`, 1)),
		"a token that has expired":   c.signed("at+jwt", strings.Replace(good, "99999999999", "1", 1)),
		"a token about somebody":     c.signed("at+jwt", strings.Replace(good, "SUB", "usr_other", 1)),
		"a token of another client":  c.signed("at+jwt", strings.Replace(good, "CLIENT", "other", 1)),
		"a token of no grant":        c.signed("at+jwt", strings.Replace(good, "GRANT", "nothing", 1)),
		"a token of another type":    c.signed("logout+jwt", good),
		"a token nobody signed":      strings.Join(append(strings.Split(c.signed("at+jwt", good), ".")[:2], ""), "."),
		"a refresh token":            "clrt_x.1.k.m",
		"a client secret":            "clts_" + strings.Repeat("0", 49),
		"an opaque token cut in two": c.opaque("openid")[:40],
	} {
		if w := c.ask(token); w.Code != http.StatusUnauthorized || !strings.Contains(w.Header().Get("WWW-Authenticate"), "invalid_token") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestATokenIsOverWhenWhatItStandsOnIs(t *testing.T) {
	now := func(c *counter) time.Time { return c.Clock.Now() }
	for name, end := range map[string]func(*counter) error{
		"the grant was revoked": func(c *counter) error {
			return c.Store.RevokeGrant(c.t.Context(), c.grant.ID, "test", now(c))
		},
		"the application was deleted": func(c *counter) error {
			return c.Registry.Delete(c.t.Context(), servertest.Actor, c.app.ID)
		},
		"the person was deleted": func(c *counter) error {
			return c.Accounts.Delete(c.t.Context(), servertest.Actor, c.user.ID)
		},
		"an hour has passed": func(c *counter) error {
			c.Clock.Advance(time.Hour)
			return nil
		},
	} {
		c := newCounter(t)
		token := c.opaque("openid")
		if w := c.ask(token); w.Code != http.StatusOK {
			t.Fatalf("%s: it did not work before: %d %s", name, w.Code, w.Body)
		}
		if err := end(c); err != nil {
			t.Fatal(err)
		}
		if w := c.ask(token); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// broken fails whatever it is asked.
type broken struct{ err error }

func (b broken) Grant(context.Context, string) (grant.Grant, error) { return grant.Grant{}, b.err }
func (b broken) User(context.Context, string) (account.User, error) { return account.User{}, b.err }
func (b broken) ByID(context.Context, string) (*registry.Application, error) {
	return nil, b.err
}

func TestTroubleOnOurSideIsNotTheTokens(t *testing.T) {
	c := newCounter(t)
	sound := *c.room
	for name, put := range map[string]func(*userinfo.Handler, broken){
		"grants":       func(h *userinfo.Handler, b broken) { h.Grants = b },
		"applications": func(h *userinfo.Handler, b broken) { h.Applications = b },
		"people":       func(h *userinfo.Handler, b broken) { h.Users = b },
	} {
		room := sound
		c.room = &room
		put(c.room, broken{context.DeadlineExceeded})
		if w := c.ask(c.opaque("openid")); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		put(c.room, broken{errors.New("disk on fire")})
		if w := c.ask(c.opaque("openid")); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "fire") || w.Header().Get("WWW-Authenticate") != "" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestAFormMayCarryTheToken(t *testing.T) {
	c := newCounter(t)
	mux := http.NewServeMux()
	c.room.Mount(mux)
	r := httptest.NewRequest(http.MethodPost, "/userinfo", strings.NewReader(url.Values{"access_token": {c.opaque("openid")}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.String() != `{"sub":"`+c.user.ID+`"}` {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
