package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/store"
)

// together runs do n times at once and counts how often it reported success.
func together(n int, do func(i int) bool) int {
	var ready, done sync.WaitGroup
	var won atomic.Int64
	begin := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-begin
			if do(i) {
				won.Add(1)
			}
		})
	}
	ready.Wait()
	close(begin)
	done.Wait()
	return int(won.Load())
}

func user(id string) account.User {
	return account.User{
		ID: id, Email: "Ada." + id + "@Example.com", EmailKey: "ada." + id + "@example.com", EmailVerified: true, Name: "Ada Lovelace",
		PasswordHash: "$argon2id$…", CreatedAt: noon, UpdatedAt: noon, Revision: 1,
	}
}

func createUser(t *testing.T, s *store.Store, u account.User) account.User {
	t.Helper()
	if err := s.CreateUser(ctx, u, event("user.created", "user", u.ID)); err != nil {
		t.Fatal(err)
	}
	return u
}

func session(id, user string) account.Session {
	return account.Session{
		ID: id, Kind: account.PersonSession, UserID: user, AuthTime: noon, AMR: []string{"pwd", "otp"}, CreatedAt: noon, SeenAt: noon,
		IdleExpires: noon.Add(72 * time.Hour), Expires: noon.Add(168 * time.Hour), UserAgent: "Firefox", Address: "192.0.2.7",
	}
}

func apiOf(t *testing.T, s *store.Store, id string) registry.API {
	t.Helper()
	a := registry.API{
		ID: id, Identifier: "https://" + id + ".example.com/", Name: "Orders " + id,
		Scopes:           []registry.APIScope{{Value: "read:orders", Description: "Read orders", Default: true}, {Value: "write:orders"}},
		SigningAlgorithm: "ES256", TokenLifetime: time.Hour, TokenProfile: registry.RFC9068, AllowOfflineAccess: true,
		UserPolicy: registry.AllowAll, ClientPolicy: registry.RequireGrant, Extras: []byte(`{"token_encryption":null}`),
		CreatedAt: noon, UpdatedAt: noon, Revision: 1,
	}
	if err := s.CreateAPI(ctx, a, event("api.created", "api", id)); err != nil {
		t.Fatal(err)
	}
	return a
}

func clientGrant(t *testing.T, s *store.Store, g registry.ClientGrant) registry.ClientGrant {
	t.Helper()
	g.CreatedAt, g.UpdatedAt, g.Revision = noon, noon, 1
	if err := s.CreateClientGrant(ctx, g, event("client_grant.created", "client_grant", g.ID)); err != nil {
		t.Fatal(err)
	}
	return g
}

// grantOf is a grant with something in every field that is kept.
func grantOf(id, application, user string) grant.Grant {
	return grant.Grant{
		ID: id, ApplicationID: application, ClientID: oauth.ClientID(application), UserID: user, SessionID: "ses_1",
		RedirectURI: "http://127.0.0.1:4711/callback", Device: "Firefox on Linux", Scopes: oauth.Scopes{"openid", "read:orders"},
		Targets:   []grant.Target{{APIID: "api1", Audience: "https://api1.example.com/", Scopes: oauth.Scopes{"read:orders"}}},
		Resources: true, ACR: "urn:acr", AMR: []string{"pwd"}, AuthTime: noon.Add(-time.Minute), Nonce: "n", KeyThumbprint: "kt",
		Confirmation: "cnf", DocumentHash: "dh", KeySetVersion: "3", AdmissionRule: "rule", CreatedAt: noon,
	}
}

func codeOf(g grant.Grant) grant.Code {
	return grant.Code{
		Hash: secret.Hash("k1:code-" + g.ID), GrantID: g.ID, ApplicationID: g.ApplicationID, RedirectURI: g.RedirectURI,
		Challenge: "challenge", CreatedAt: noon, ExpiresAt: noon.Add(grant.CodeLifetime),
	}
}

func familyOf(g grant.Grant) grant.Family {
	return grant.Family{
		ID: "fam_" + g.ID, GrantID: g.ID, ApplicationID: g.ApplicationID, UserID: g.UserID, KeyID: "k1", Generation: 1, Rotating: true,
		CreatedAt: noon, ExpiresAt: noon.Add(720 * time.Hour), IdleExpiresAt: noon.Add(24 * time.Hour),
	}
}

// coded makes an application, a user and a code that is not redeemed yet.
func coded(t *testing.T, s *store.Store, client string) grant.Grant {
	t.Helper()
	create(t, s, application(client))
	u := createUser(t, s, user("usr_"+client))
	g := grantOf("grant_"+client, client, u.ID)
	if err := s.IssueCode(ctx, "", g, codeOf(g)); err != nil {
		t.Fatal(err)
	}
	return g
}

// issued goes on from coded: the code is redeemed, and there is a refresh family.
func issued(t *testing.T, s *store.Store, application string) grant.Grant {
	t.Helper()
	g := coded(t, s, application)
	f := familyOf(g)
	if won, err := s.RedeemCode(ctx, codeOf(g).Hash, noon, oauth.AuthClientSecretBasic, "kt", &f); err != nil || !won {
		t.Fatalf("redeem: %v, %v", won, err)
	}
	g.AuthMethod = oauth.AuthClientSecretBasic
	return g
}
