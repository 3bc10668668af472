package registry

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"clientele/internal/oauth"
)

// Limits of an API.
const (
	maxIdentifier       = oauth.MaxResourceLength
	MaxAPIName          = 200
	MaxAPIScopes        = 1000
	MaxScopeDescription = 500
	MaxAPITokenLifetime = 2592000 * time.Second // 30 days
)

// Scopes that mean something of their own in every request. OpenID Connect Core 1.0 §5.4, §11.
var reservedScopes = []string{oauth.ScopeOpenID, oauth.ScopeProfile, oauth.ScopeEmail, "address", "phone", oauth.ScopeOfflineAccess}

// inspectAPI runs the rules of an API that need nothing but the API.
func inspectAPI(a *API, issuer string) []Violation {
	i := &inspection{}
	for _, r := range []struct {
		name  string
		check func(*inspection, *API)
	}{
		{"identifier", func(i *inspection, a *API) { checkIdentifier(i, a.Identifier, issuer) }},
		{"name", func(i *inspection, a *API) { checkTitle(i, "name", a.Name, MaxAPIName) }},
		{"scopes", checkAPIScopes},
		{"signing_algorithm", checkAPIAlgorithm},
		{"token_lifetime", checkAPILifetime},
		{"token_profile", checkAPIProfile},
		{"policies", checkAPIPolicies},
		{"extras", checkAPIExtras},
	} {
		i.rule = r.name
		r.check(i, a)
	}
	return i.found
}

// checkIdentifier: it travels as audience and resource, so it is short, visible and without a fragment, and it is nobody's
// but the API's. RFC 8707 §2.
func checkIdentifier(i *inspection, id, issuer string) {
	switch {
	case id == "":
		i.refuse("identifier", "is empty; write the URL of the API, as in https://api.example.com/")
	case len(id) > maxIdentifier:
		i.refuse("identifier", "is longer than %d characters", maxIdentifier)
	case !printable(id) || strings.ContainsAny(id, "\"<>\\"):
		i.refuse("identifier", "has a blank or a character that is not allowed in a URL")
	case strings.Contains(id, "#"):
		i.refuse("identifier", "must not have a fragment (the part from #)")
	case issuer != "" && strings.HasPrefix(CanonicalAudience(id)+"/", issuer):
		i.refuse("identifier", "belongs to this server itself; write the URL of the API")
	}
}

func checkAPIScopes(i *inspection, a *API) {
	if len(a.Scopes) > MaxAPIScopes {
		i.refuse("scopes", "are more than %d", MaxAPIScopes)
		return
	}
	seen := make(map[string]bool, len(a.Scopes))
	for n, s := range a.Scopes {
		switch {
		case !oauth.ValidScope(s.Value):
			i.refuse(element("scopes", n), "must be 1 to %d visible ASCII characters without \" and \\, as in read:orders", oauth.MaxScopeLength)
		case slices.Contains(reservedScopes, s.Value):
			i.refuse(element("scopes", n), "%s is a scope of OpenID Connect and cannot be one of an API", s.Value)
		case seen[s.Value]:
			i.refuse(element("scopes", n), "%s is there twice", s.Value)
		}
		if utf8.RuneCountInString(s.Description) > MaxScopeDescription || !storable(s.Description) {
			i.refuse(element("scopes", n)+".description", "is longer than %d characters", MaxScopeDescription)
		}
		seen[s.Value] = true
	}
}

func checkAPIAlgorithm(i *inspection, a *API) {
	if !slices.Contains(Algorithms, a.SigningAlgorithm) {
		i.refuse("signing_algorithm", "must be one of %s", strings.Join(Algorithms, ", "))
	}
}

func checkAPILifetime(i *inspection, a *API) {
	if !wholeSeconds(a.TokenLifetime) || a.TokenLifetime < time.Second || a.TokenLifetime > MaxAPITokenLifetime {
		i.refuse("token_lifetime", "must be whole seconds between 1 and %d", int64(MaxAPITokenLifetime/time.Second))
	}
}

func checkAPIProfile(i *inspection, a *API) {
	if a.TokenProfile != RFC9068 && a.TokenProfile != Auth0Profile {
		i.refuse("token_profile", "must be %s or %s", RFC9068, Auth0Profile)
	}
}

func checkAPIPolicies(i *inspection, a *API) {
	if a.UserPolicy != AllowAll && a.UserPolicy != RequireGrant && a.UserPolicy != DenyAll {
		i.refuse("user_policy", "must be %s, %s or %s", AllowAll, RequireGrant, DenyAll)
	}
	if a.ClientPolicy != RequireGrant && a.ClientPolicy != DenyAll {
		i.refuse("client_policy", "must be %s or %s: an application acting for itself always needs a grant", RequireGrant, DenyAll)
	}
}

func checkAPIExtras(i *inspection, a *API) {
	if len(a.Extras) > maxExtras || !storable(string(a.Extras)) {
		i.refuse("extras", "are more than %d kB of settings that are only remembered", maxExtras>>10)
	}
}

// checkNoClient refuses an identifier that is the URL of an imported application: a token for one could be taken for a
// token of the other.
func (r *Registry) checkNoClient(ctx context.Context, identifier string) ([]Violation, error) {
	if !strings.HasPrefix(identifier, "https://") {
		return nil, nil
	}
	canonical := CanonicalAudience(identifier)
	for _, url := range []string{canonical, canonical + "/"} {
		_, err := r.ApplicationByClientID(ctx, oauth.ClientID(url))
		if err == nil {
			return []Violation{{"identifier", "identifier_client", "is the client ID of an application", Unusable}}, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return nil, nil
}
