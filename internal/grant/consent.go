package grant

import (
	"slices"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/secret"
)

// Consent is what a person allowed a client, remembered.
type Consent struct {
	ID               string // con_ and 22 characters
	UserID           string
	ApplicationID    string
	RedirectClass    oauth.RedirectClass
	RedirectHost     string // for class https
	Audience         string // empty: OpenID Connect's own scopes
	DocumentIdentity string // for imported applications: hash of name, logo and client_uri
	Scopes           oauth.Scopes
	CreatedAt        time.Time
	UpdatedAt        time.Time
}

// Parts is a in the pieces a consent is remembered under: OpenID Connect's own scopes (Audience ""), then each API. An API
// without scopes is a part too: a token for it says who the person is.
func (a Ask) Parts() []Target {
	parts := make([]Target, 0, len(a.Targets)+1)
	if len(a.Scopes) > 0 {
		parts = append(parts, Target{Scopes: a.Scopes})
	}
	return append(parts, a.Targets...)
}

// Missing is what of a the remembered consents do not cover: for each part only the scopes that are new. A subset of what
// was allowed is covered; a superset leaves the delta. Nothing counts that was allowed for another redirect class, another
// host or another identity of the client.
func (a Ask) Missing(consents []Consent) []Target {
	var missing []Target
	for _, part := range a.Parts() {
		allowed, known := a.allowed(consents, part.Audience)
		if known && allowed.Covers(part.Scopes) {
			continue
		}
		part.Scopes = part.Scopes.Without(allowed)
		missing = append(missing, part)
	}
	return missing
}

// Known is what of a the remembered consents cover, by part.
func (a Ask) Known(consents []Consent) []Target {
	var known []Target
	for _, part := range a.Parts() {
		allowed, ok := a.allowed(consents, part.Audience)
		if !ok {
			continue
		}
		part.Scopes = part.Scopes.And(allowed)
		known = append(known, part)
	}
	return known
}

// KnownOtherwise reports whether the person allowed something to the client while it said otherwise who it is, and nothing
// since: its name, logo or address changed, or it wants more.
func (a Ask) KnownOtherwise(consents []Consent) bool {
	otherwise := false
	for _, c := range consents {
		if c.DocumentIdentity == a.Identity {
			return false
		}
		otherwise = otherwise || c.DocumentIdentity != ""
	}
	return otherwise
}

func (a Ask) allowed(consents []Consent, audience string) (scopes oauth.Scopes, known bool) {
	for _, c := range consents {
		if c.Audience == audience && c.RedirectClass == a.RedirectClass && c.RedirectHost == a.RedirectHost && c.DocumentIdentity == a.Identity {
			scopes, known = scopes.Or(c.Scopes), true
		}
	}
	return scopes, known
}

// Covers reports whether whoever allowed a allowed b too: the same redirect, the same identity, and in each part no scope
// more. It decides whether the consent of a request still stands when its code is issued.
func (a Ask) Covers(b Ask) bool {
	if a.RedirectURI != b.RedirectURI || a.Identity != b.Identity {
		return false
	}
	had := a.Parts()
	for _, part := range b.Parts() {
		i := slices.IndexFunc(had, func(t Target) bool { return t.Audience == part.Audience && t.APIID == part.APIID })
		if i < 0 || !had[i].Scopes.Covers(part.Scopes) {
			return false
		}
	}
	return true
}

// Remember is a as consents of one person for one application, to be united with what is remembered already.
func (a Ask) Remember(userID, applicationID string, now time.Time) []Consent {
	parts := a.Parts()
	consents := make([]Consent, len(parts))
	for i, part := range parts {
		consents[i] = Consent{
			ID:               "con_" + secret.ID(22),
			UserID:           userID,
			ApplicationID:    applicationID,
			RedirectClass:    a.RedirectClass,
			RedirectHost:     a.RedirectHost,
			Audience:         part.Audience,
			DocumentIdentity: a.Identity,
			Scopes:           part.Scopes,
			CreatedAt:        now,
			UpdatedAt:        now,
		}
	}
	return consents
}
