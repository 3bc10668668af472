package token_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/clientauth"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
	"clientele/internal/token"
)

const (
	callback = "https://app.example.com/cb"
	audience = "https://api.example.com/"
	person   = "ada@example.com"
)

// failing is a store that fails at one method.
type failing struct {
	token.Store
	at  string
	err error
}

func (f *failing) Code(ctx context.Context, h []secret.Hash) (grant.Code, grant.Grant, error) {
	if f.at == "Code" {
		return grant.Code{}, grant.Grant{}, f.err
	}
	return f.Store.Code(ctx, h)
}

func (f *failing) RedeemCode(ctx context.Context, h secret.Hash, now time.Time, m oauth.AuthMethod, thumbprint string, fam *grant.Family) (bool, error) {
	if f.at == "RedeemCode" {
		return false, f.err
	}
	return f.Store.RedeemCode(ctx, h, now, m, thumbprint, fam)
}

func (f *failing) Family(ctx context.Context, id string) (grant.Family, grant.Grant, error) {
	if f.at == "Family" {
		return grant.Family{}, grant.Grant{}, f.err
	}
	return f.Store.Family(ctx, id)
}

func (f *failing) Rotate(ctx context.Context, r grant.Rotation) (grant.RotateOutcome, grant.Family, error) {
	if f.at == "Rotate" {
		return grant.RotateRefused, grant.Family{}, f.err
	}
	return f.Store.Rotate(ctx, r)
}

func (f *failing) Grant(ctx context.Context, id string) (grant.Grant, error) {
	if f.at == "Grant" {
		return grant.Grant{}, f.err
	}
	return f.Store.Grant(ctx, id)
}

func (f *failing) RevokeGrant(ctx context.Context, id, why string, now time.Time) error {
	if f.at == "RevokeGrant" {
		return f.err
	}
	return f.Store.RevokeGrant(ctx, id, why, now)
}

// recorder keeps what was recorded.
type recorder struct{ uses []audit.Use }

func (r *recorder) Record(_ context.Context, u audit.Use) { r.uses = append(r.uses, u) }

func (r *recorder) kinds() string {
	kinds := make([]string, len(r.uses))
	for i, u := range r.uses {
		kinds[i] = u.Kind
	}
	return strings.Join(kinds, " ")
}

// desk is the token room of a server under test, with a store that can fail and a record that can be read.
type desk struct {
	*servertest.Server
	t      *testing.T
	store  *failing
	uses   *recorder
	mux    *http.ServeMux
	app    registry.Application
	secret string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	s := servertest.New(t)
	s.CreateAPI(audience, "read:orders")
	s.CreateUser(person, "")
	app, minted := s.CreateApplication(registry.Draft{
		Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback},
		Refresh: &registry.RefreshPolicy{Rotating: true, Lifetime: time.Hour},
	})
	d := &desk{Server: s, t: t, store: &failing{Store: s.Store}, uses: &recorder{}, mux: http.NewServeMux(), app: app, secret: minted.Reveal()}
	room := &token.Handler{
		Policy: func() registry.Policy { return registry.Policy{} },
		Issuer: s.Issuer(), Directory: s.Directory(), Store: d.store, Users: s.Accounts, Signer: s.Signing, Keys: s.Keys,
		Clients:  &clientauth.Authenticator{Issuer: s.Issuer(), Clients: s.Directory(), Keys: s.Keys, Once: s.Store, Now: s.Clock.Now, Uses: d.uses},
		Settings: s.Settings.Current, Uses: d.uses, Now: s.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	room.Mount(d.mux)
	return d
}

func (d *desk) post(path string, form url.Values) (*httptest.ResponseRecorder, map[string]any) {
	d.t.Helper()
	form.Set("client_id", d.app.ID)
	form.Set("client_secret", d.secret)
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	var body map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			d.t.Fatal(err)
		}
	}
	return w, body
}

func (d *desk) code() string {
	d.t.Helper()
	return d.Browser().Authorize(person, url.Values{
		"client_id": {d.app.ID}, "redirect_uri": {callback}, "audience": {audience}, "scope": {"openid offline_access"},
	}).Get("code")
}

func redemption(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {servertest.Verifier}}
}

func refreshing(token any) url.Values {
	text, _ := token.(string)
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text}}
}

// Trouble on our side is said to be ours: never invalid_grant or invalid_client, on which clients throw away what they hold.
func TestTroubleWithTheStoreIsNeverTheClients(t *testing.T) {
	d := newDesk(t)
	_, first := d.post("/oauth/token", redemption(d.code()))
	used := d.code()
	d.post("/oauth/token", redemption(used))
	fresh := d.code()
	for _, test := range []struct {
		at, path string
		form     url.Values
	}{
		{"Code", "/oauth/token", redemption(fresh)},
		{"RedeemCode", "/oauth/token", redemption(fresh)},
		{"RevokeGrant", "/oauth/token", redemption(used)},
		{"Family", "/oauth/token", refreshing(first["refresh_token"])},
		{"Rotate", "/oauth/token", refreshing(first["refresh_token"])},
		{"Family", "/oauth/revoke", url.Values{"token": {first["refresh_token"].(string)}}},
		{"Grant", "/oauth/revoke", url.Values{"token": {first["access_token"].(string)}}},
		{"RevokeGrant", "/oauth/revoke", url.Values{"token": {first["access_token"].(string)}}},
	} {
		d.store.at, d.store.err = test.at, context.DeadlineExceeded
		w, body := d.post(test.path, test.form)
		if w.Code != http.StatusServiceUnavailable || body["error"] != "temporarily_unavailable" || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s at %s: %d %v", test.at, test.path, w.Code, body)
		}
		d.store.err = errors.New("disk on fire")
		w, body = d.post(test.path, test.form)
		description, _ := body["error_description"].(string)
		if w.Code != http.StatusInternalServerError || body["error"] != "server_error" || strings.Contains(description, "fire") ||
			!regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}`).MatchString(description) {
			t.Errorf("%s at %s: %d %v", test.at, test.path, w.Code, body)
		}
	}
	d.store.at = ""
	if w, body := d.post("/oauth/token", redemption(fresh)); w.Code != http.StatusOK {
		t.Errorf("the code was spent by trouble: %d %v", w.Code, body)
	}
}

// What happened is on record with who, for whom and why, and without anything that opens anything.
func TestWhatHappenedIsOnRecord(t *testing.T) {
	d := newDesk(t)
	code := d.code()
	d.uses.uses = nil
	_, first := d.post("/oauth/token", redemption(code))
	d.post("/oauth/token", redemption(code))
	_, second := d.post("/oauth/token", redemption(d.code()))
	d.post("/oauth/token", refreshing(second["refresh_token"]))
	d.post("/oauth/token", refreshing(second["refresh_token"]))
	d.post("/oauth/revoke", url.Values{"token": {first["access_token"].(string)}})
	_, third := d.post("/oauth/token", redemption(d.code()))
	d.post("/oauth/revoke", url.Values{"token": {third["access_token"].(string)}})
	d.post("/oauth/token", url.Values{"grant_type": {"client_credentials"}})
	want := "token.issued code.replayed token.refused token.issued token.issued refresh.reused token.refused token.revoke_ignored token.issued token.revoked token.refused"
	if got := d.uses.kinds(); got != want {
		t.Errorf("recorded %s\n    want %s", got, want)
	}
	for _, u := range d.uses.uses {
		if u.ApplicationID != d.app.ID || u.SecretID != d.app.Secrets[0].ID || u.Address == "" || u.At.IsZero() {
			t.Errorf("%s: %+v", u.Kind, u)
		}
		refused := u.Kind != "token.issued" && u.Kind != "token.revoked"
		if (u.Reason != "") != refused {
			t.Errorf("%s has the reason %q", u.Kind, u.Reason)
		}
		text, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []any{code, d.secret, first["access_token"], first["refresh_token"], second["refresh_token"], servertest.Verifier} {
			if strings.Contains(string(text), value.(string)) {
				t.Errorf("%s holds a secret: %s", u.Kind, text)
			}
		}
	}
}

// A grant that was revoked between the code and its redemption gives nothing.
func TestACodeOfARevokedGrantGivesNothing(t *testing.T) {
	d := newDesk(t)
	code := d.code()
	_, g, err := d.Store.Code(t.Context(), d.Keys.Hashes(secret.ForCode, code))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Store.RevokeGrant(t.Context(), g.ID, "test", d.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	if w, body := d.post("/oauth/token", redemption(code)); w.Code != http.StatusBadRequest || body["error"] != "invalid_grant" {
		t.Errorf("got %d %v", w.Code, body)
	}
}
