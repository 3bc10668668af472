package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// Audience is the identifier of the sample API.
const Audience = "https://orders.example/"

// Login is a user of the demo with the password that is printed.
type Login struct {
	Email    string
	Password secret.Secret
}

// Sample is what Seed made.
type Sample struct {
	Operator Login
	Person   Login
	API      registry.API
	Web      Credentials
	SPA      Credentials
	Native   Credentials
	Machine  Credentials
}

var system = audit.Actor{Kind: audit.ActorSystem, Name: "demo", Door: "system"}

// Seed fills an empty server: an operator and a person with random passwords, the API Orders, and one application of each
// type, those for the browser with their home at origin.
func Seed(ctx context.Context, accounts *account.Accounts, reg *registry.Registry, origin string) (Sample, error) {
	s := Sample{
		Operator: Login{"operator@example.com", password()},
		Person:   Login{"ada@example.com", password()},
	}
	for _, u := range []account.NewUser{
		{Email: s.Operator.Email, Name: "Olga Operator", EmailVerified: true, Password: s.Operator.Password.Reveal(), Role: account.Owner},
		{Email: s.Person.Email, Name: "Ada Lovelace", EmailVerified: true, Password: s.Person.Password.Reveal()},
	} {
		if _, err := accounts.Create(ctx, system, u); err != nil {
			return Sample{}, fmt.Errorf("making the user %s: %w", u.Email, err)
		}
	}
	if err := s.makeAPI(ctx, reg); err != nil {
		return Sample{}, fmt.Errorf("making the API: %w", err)
	}
	if err := s.makeApplications(ctx, reg, origin); err != nil {
		return Sample{}, fmt.Errorf("making the applications: %w", err)
	}
	return s, nil
}

func (s *Sample) makeAPI(ctx context.Context, reg *registry.Registry) (err error) {
	s.API, err = reg.CreateAPI(ctx, system, registry.API{
		Name: "Orders", Identifier: Audience, TokenLifetime: time.Hour, AllowOfflineAccess: true, SkipConsent: true,
		Scopes: []registry.APIScope{
			{Value: "read:orders", Description: "See your orders"},
			{Value: "write:orders", Description: "Place and change orders"},
		},
	})
	return err
}

func (s *Sample) makeApplications(ctx context.Context, reg *registry.Registry, origin string) error {
	for _, a := range []struct {
		draft registry.Draft
		into  *Credentials
	}{
		{registry.Draft{
			Name: "Orders web", Type: registry.RegularWeb, Description: "The regular web application of the sample client",
			RedirectURIs: []string{origin + "/web/callback"}, InitiateLoginURI: "",
		}, &s.Web},
		{registry.Draft{
			Name: "Orders single page", Type: registry.SinglePage, Description: "The single-page application of the sample client",
			RedirectURIs: []string{origin + "/spa/"}, WebOrigins: []string{origin},
		}, &s.SPA},
		{registry.Draft{
			Name: "Orders app", Type: registry.Native, Description: "Runs on a person's device and takes a port when it starts",
			RedirectURIs: []string{"http://127.0.0.1/callback", "com.example.orders:/callback"},
		}, &s.Native},
		{registry.Draft{
			Name: "Orders nightly job", Type: registry.MachineToMachine, Description: "Gets tokens for itself",
		}, &s.Machine},
	} {
		app, minted, err := reg.Create(ctx, system, a.draft)
		if err != nil {
			return fmt.Errorf("%s: %w", a.draft.Name, err)
		}
		a.into.ID = app.ID
		if len(minted) > 0 {
			a.into.Secret = minted[0].Value
		}
	}
	_, err := reg.CreateClientGrant(ctx, system, registry.ClientGrant{
		ApplicationID: s.Machine.ID, APIID: s.API.ID, SubjectType: registry.ForClient, Scopes: oauth.Scopes{"read:orders"},
	})
	return err
}

// password is random, and short enough to type: 80 bits.
func password() secret.Secret {
	var b [10]byte
	rand.Read(b[:])
	text := hex.EncodeToString(b[:])
	return secret.New(text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:])
}
