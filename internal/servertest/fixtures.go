package servertest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"clientele/internal/account"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// Password is the password of the people that CreateUser makes.
const Password = "correct horse battery staple"

// Verifier is the PKCE verifier that Authorize uses, and Challenge what is made of it. RFC 7636 §4.1, §4.2.
const Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

// Challenge is the S256 challenge of Verifier.
func Challenge() string {
	sum := sha256.Sum256([]byte(Verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// CreateApplication registers an application and returns its secret, which is zero for a public one.
func (s *Server) CreateApplication(d registry.Draft) (registry.Application, secret.Secret) {
	s.t.Helper()
	app, minted, err := s.Registry.Create(s.t.Context(), Actor, d)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(minted) == 0 {
		return app, secret.Secret{}
	}
	return app, minted[0].Value
}

// CreateAPI registers an API with the scopes.
func (s *Server) CreateAPI(identifier string, scopes ...string) registry.API {
	s.t.Helper()
	api := registry.API{Name: identifier, Identifier: identifier, AllowOfflineAccess: true}
	for _, value := range scopes {
		api.Scopes = append(api.Scopes, registry.APIScope{Value: value, Description: "May " + value})
	}
	made, err := s.Registry.CreateAPI(s.t.Context(), Actor, api)
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

// Grant lets an application have scopes of an API; without scopes, all of them.
func (s *Server) Grant(app registry.Application, api registry.API, subject registry.SubjectType, scopes ...string) registry.ClientGrant {
	s.t.Helper()
	g := registry.ClientGrant{ApplicationID: app.ID, APIID: api.ID, SubjectType: subject, Scopes: oauth.Scopes(scopes), AllScopes: len(scopes) == 0}
	made, err := s.Registry.CreateClientGrant(s.t.Context(), Actor, g)
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

// CreateUser makes a person whose password is Password; with a role, an operator.
func (s *Server) CreateUser(email string, role account.Role) account.User {
	s.t.Helper()
	name, _, _ := strings.Cut(email, "@")
	u, err := s.Accounts.Create(s.t.Context(), Actor, account.NewUser{Email: email, Name: name, Password: Password, Role: role})
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// Authorize sends the browser to the authorization endpoint, signs the person in where a page asks for it, allows what a
// consent page asks, and returns the parameters with which the browser went back to the application. What the request does
// not say is filled in: response_type, state, and a PKCE challenge for Verifier.
func (b *Browser) Authorize(email string, request url.Values) url.Values {
	b.t.Helper()
	page := b.Get("/authorize?" + filled(request).Encode())
	for range 5 {
		switch {
		case page.Left != nil:
			return answer(page.Left)
		case strings.Contains(page.Body, `name="password"`):
			page = page.Submit(url.Values{"email": {email}, "password": {Password}}, "password")
		case strings.Contains(page.Body, `value="allow"`):
			page = page.Submit(url.Values{"decision": {"allow"}})
		default:
			b.t.Fatalf("the authorization stops at %s (%d):\n%s", page.URL, page.Status, page.Body)
		}
	}
	b.t.Fatal("the authorization goes in a circle")
	return nil
}

func filled(request url.Values) url.Values {
	all := url.Values{"response_type": {"code"}, "state": {"a state"}, "code_challenge": {Challenge()}, "code_challenge_method": {"S256"}}
	for name, list := range request {
		all[name] = list
		if len(list) == 0 {
			delete(all, name)
		}
	}
	return all
}

// answer is what came back in the query or in the fragment.
func answer(u *url.URL) url.Values {
	if u.Fragment != "" {
		values, _ := url.ParseQuery(u.EscapedFragment())
		return values
	}
	return u.Query()
}
