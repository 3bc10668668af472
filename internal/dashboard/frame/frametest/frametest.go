// Package frametest has what tests of several rooms of the dashboard put on their pages.
package frametest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/a-h/templ"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// ClientURL is that of Imported.
const ClientURL = "https://agent.example.net/oauth/client.json"

// Visit is one of an operator with the role.
func Visit(now time.Time, role account.Role) *frame.Visit {
	return &frame.Visit{User: account.User{Email: "ops@example.com", Role: role}, Now: now, Here: "/dashboard", Site: ui.Site{Name: "Example"}, Waiting: 2}
}

// Rendered is a page as a browser gets it.
func Rendered(t *testing.T, page templ.Component) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := (ui.Site{Name: "Example"}).Write(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), http.StatusOK, ui.Plain, page); err != nil {
		t.Fatal(err)
	}
	return w.Body.String()
}

// Key is one of a document.
func Key() registry.Key {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	public, err := jwk.New(private.Public(), "ES256")
	if err != nil {
		panic(err)
	}
	return registry.Key{ID: public.ID, Public: public, KID: "2026-05", Thumbprint: public.ID, Algorithm: "ES256", Active: true, Source: registry.FromDocument}
}

// Imported is an application from a URL whose document changed, and which could not be fetched lately.
func Imported(now time.Time) registry.Application {
	a := registry.Application{
		ID: "tpc_Xk2mPq9LrTvWzYbNcDfGhJ", ExternalID: ClientURL, Origin: registry.Imported, Ownership: registry.ThirdParty, Name: "Acme Agent", Type: registry.Native, Enabled: true,
		RedirectURIs: registry.URIs("http://localhost/callback"), GrantTypes: []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken},
		AuthMethods: []oauth.AuthMethod{oauth.AuthNone, oauth.AuthPrivateKeyJWT}, Keys: []registry.Key{Key()}, CreatedBy: "ops@example.com", CreatedAt: now.Add(-72 * time.Hour), Revision: 3,
	}
	a.Import = &registry.Import{
		By: registry.ByOperator, Mode: registry.Review, Approved: registry.DocumentRef{Version: 1, Hash: "a"}, Live: registry.DocumentRef{Version: 2, Hash: "b"},
		ClientURI: "https://agent.example.net/", JWKSURI: "https://agent.example.net/keys", FetchedAt: now.Add(-2 * time.Hour), DueAt: now.Add(time.Hour), Failures: 2, Failure: audit.FailureTimeout,
		FailedAt: now.Add(-time.Hour), PinnedUntil: now.Add(48 * time.Hour), Keys: registry.KeySetRef{Version: 1}, LiveKeys: registry.KeySetRef{Version: 1},
	}
	return a
}
