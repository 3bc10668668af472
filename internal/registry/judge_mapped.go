package registry

import (
	"errors"
	"slices"
	"strings"

	"clientele/internal/oauth"
)

// Limits of what a document says.
const (
	maxDocumentURI    = oauth.MaxRedirectURILength
	maxDocumentScopes = 100
)

// documentMembers are the members of a metadata document behind the fields of this package. RFC 7591 §2.
var documentMembers = map[string]string{
	"name":         "client_name",
	"type":         "application_type",
	"auth_methods": memberMethods,
	"keys":         "jwks",
}

// JudgeMapped says what an import of m would refuse, by the rules for every application; the fields are named after the
// members of the document. Whoever reads a document asks JudgeRedirectURI for single values and drops what is unusable.
func JudgeMapped(m Mapped, p Policy) []Violation {
	a := m.application("https://client.invalid/")
	found := violationsOf(inspect(&a, nil, p))
	for n := range found {
		field, _, _ := strings.Cut(found[n].Field, "[")
		if member := documentMembers[field]; member != "" {
			found[n].Field = member + found[n].Field[len(field):]
		}
	}
	i := &inspection{app: &a, policy: p, found: found, rule: "document"}
	i.judgeDocument(m)
	return i.found
}

// application is what m would be as a new application of nobody in particular.
func (m Mapped) application(url string) Application {
	a := Defaults(m.Type, ThirdParty, m.AuthMethods)
	a.Origin, a.ExternalID, a.AuthMethods = Imported, url, slices.Clone(m.AuthMethods)
	a.Name, a.LogoURI, a.GrantTypes, a.RedirectURIs = m.Name, m.LogoURI, slices.Clone(m.GrantTypes), URIs(m.RedirectURIs...)
	a.Import = &Import{ClientCredentials: true}
	if a.Name == "" {
		a.Name = hostOf(url)
	}
	return a
}

// judgeDocument: what only documents say.
func (i *inspection) judgeDocument(m Mapped) {
	if len(m.AuthMethods) == 0 {
		i.refuse(memberMethods, "has no method of this server; offer none or private_key_jwt")
	}
	if slices.Contains(m.GrantTypes, oauth.RefreshToken) && !slices.Contains(m.GrantTypes, oauth.AuthorizationCode) {
		i.refuse("grant_types", "has refresh_token without authorization_code, which is what gives refresh tokens")
	}
	for _, f := range []struct{ member, value string }{
		{"client_uri", m.ClientURI}, {"tos_uri", m.TermsURI}, {"policy_uri", m.PolicyURI}, {"jwks_uri", m.JWKSURI},
	} {
		if f.value != "" && (len(f.value) > maxDocumentURI || !printable(f.value) || !strings.HasPrefix(f.value, "https://")) {
			i.refuse(f.member, "must be an https URL of at most %d characters", maxDocumentURI)
		}
	}
	if m.Algorithm != "" && (len(m.Algorithm) > 16 || !printable(m.Algorithm)) {
		i.refuse("token_endpoint_auth_signing_alg", "is no algorithm of signatures")
	}
	if len(m.Scopes) > maxDocumentScopes {
		i.refuse("scope", "has more than %d scopes", maxDocumentScopes)
		return
	}
	for _, s := range m.Scopes {
		if !oauth.ValidScope(s) {
			i.refuse("scope", "has a value that is no scope")
			return
		}
	}
}

func violationsOf(err error) []Violation {
	if invalid, ok := errors.AsType[*Invalid](err); ok {
		return invalid.Violations
	}
	return nil
}

// hostOf is the host of a client URL, without its port.
func hostOf(url string) string {
	rest := strings.TrimPrefix(url, "https://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	if colon := strings.LastIndexByte(rest, ':'); colon > strings.LastIndexByte(rest, ']') {
		rest = rest[:colon]
	}
	return rest
}
