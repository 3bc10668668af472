package endpoint

import (
	"clientele/internal/account"
	"clientele/internal/oauth"
)

// PersonClaims are the names of the claims that Person may add.
var PersonClaims = []string{"sub", "name", "updated_at", "email", "email_verified"}

// PersonScopes are the scopes that ask for them.
var PersonScopes = oauth.Scopes{oauth.ScopeOpenID, oauth.ScopeProfile, oauth.ScopeEmail}

// Person adds the claims about u that scopes ask for, sub first. An ID token and UserInfo say the same.
// OpenID Connect Core 1.0 §5.1, §5.4.
func (o *Object) Person(u account.User, scopes oauth.Scopes) {
	o.String("sub", u.ID)
	if scopes.Has(oauth.ScopeProfile) {
		if u.Name != "" {
			o.String("name", u.Name)
		}
		o.Int("updated_at", u.UpdatedAt.Unix())
	}
	if scopes.Has(oauth.ScopeEmail) && u.Email != "" {
		o.String("email", u.Email)
		o.Bool("email_verified", u.EmailVerified)
	}
}
