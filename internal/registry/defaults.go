package registry

import (
	"time"

	"clientele/internal/oauth"
)

// The defaults of token lifetimes.
const (
	DefaultIDTokenLifetime           = 10 * time.Hour
	DefaultThirdPartyIDTokenLifetime = time.Hour
	DefaultRefreshLifetime           = 30 * 24 * time.Hour
	DefaultRefreshIdleLifetime       = 15 * 24 * time.Hour
	DefaultRefreshLeeway             = 30 * time.Second
	DefaultAlgorithm                 = "RS256"
	DefaultAPITokenLifetime          = time.Hour
)

// Defaults is an application of a type before anybody chose anything. methods are the authentication methods asked for, nil
// if none were; whether they make a public client decides rotation.
//
// They are meant to be safe rather than Auth0's: implicit and password grants do not exist, PKCE is required of every type,
// and refresh tokens end. Rotation is for public clients, whose refresh tokens are bound to nothing else (RFC 9700 §2.2.2),
// and for third parties.
func Defaults(t Type, o Ownership, methods []oauth.AuthMethod) Application {
	if o == "" {
		o = FirstParty
	}
	a := Application{
		Origin: Manual, Ownership: o, Type: t, Enabled: true, RequirePKCE: true,
		GrantTypes:  []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken},
		AuthMethods: append([]oauth.AuthMethod(nil), methods...),
		IDToken:     IDTokenPolicy{Lifetime: DefaultIDTokenLifetime, Algorithm: DefaultAlgorithm},
		Refresh:     RefreshPolicy{Lifetime: DefaultRefreshLifetime, IdleLifetime: DefaultRefreshIdleLifetime},
	}
	if len(methods) == 0 {
		a.AuthMethods = defaultMethods(t)
	}
	if t == MachineToMachine {
		a.GrantTypes = []oauth.GrantType{oauth.ClientCredentials}
	}
	if o == ThirdParty {
		a.IDToken.Lifetime = DefaultThirdPartyIDTokenLifetime
	}
	if a.Allows(oauth.RefreshToken) && (a.Public() || o == ThirdParty) {
		a.Refresh.Rotating, a.Refresh.Leeway = true, DefaultRefreshLeeway
	}
	return a
}

// defaultMethods: what runs on a person's device or in a browser cannot keep a secret; everything else may send its secret
// either way.
func defaultMethods(t Type) []oauth.AuthMethod {
	if t == Native || t == SinglePage {
		return []oauth.AuthMethod{oauth.AuthNone}
	}
	return []oauth.AuthMethod{oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost}
}

// begin gives a new application the lifetimes of the instance where its draft named none.
func (l Lifetimes) begin(a *Application, d *Draft) {
	if l.IDToken > 0 && d.IDToken.Lifetime == 0 {
		a.IDToken.Lifetime = l.IDToken
		if a.Ownership == ThirdParty {
			a.IDToken.Lifetime = min(l.IDToken, DefaultThirdPartyIDTokenLifetime)
		}
	}
	if l.Refresh > 0 && l.RefreshIdle > 0 && d.Refresh == nil {
		a.Refresh.Lifetime, a.Refresh.IdleLifetime = l.Refresh, l.RefreshIdle
	}
}
