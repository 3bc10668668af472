package registry

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

// Draft is what somebody asks for when creating an application. What is left out (empty, nil) gets the default of the type;
// a list that is empty but not nil stays empty.
type Draft struct {
	Name        string
	Description string
	LogoURI     string
	Type        Type
	Ownership   Ownership // empty = FirstParty
	Enabled     *bool     // nil = true
	Tags        []string

	RedirectURIs     []string
	LogoutURIs       []string
	WebOrigins       []string
	CORSOrigins      []string
	InitiateLoginURI string

	GrantTypes  []oauth.GrantType
	AuthMethods []oauth.AuthMethod
	RequirePKCE *bool      // nil = true
	Keys        []KeyDraft // to authenticate with from the beginning

	IDToken IDTokenPolicy  // each zero field gets its default
	Refresh *RefreshPolicy // nil = the default of the type; a zero lifetime means none

	Metadata map[string]string
	Extras   json.RawMessage
}

// application fills the draft up with the defaults of its type.
func (d Draft) application(actor audit.Actor, now time.Time) Application {
	a := Defaults(d.Type, d.Ownership, d.AuthMethods)
	a.Name = strings.TrimSpace(d.Name)
	a.Description = strings.TrimSpace(d.Description)
	a.LogoURI = strings.TrimSpace(d.LogoURI)
	a.InitiateLoginURI = strings.TrimSpace(d.InitiateLoginURI)
	a.Tags = slices.Clone(d.Tags)
	a.RedirectURIs = URIs(d.RedirectURIs...)
	a.LogoutURIs = URIs(d.LogoutURIs...)
	a.WebOrigins = URIs(d.WebOrigins...)
	a.CORSOrigins = URIs(d.CORSOrigins...)
	a.Metadata = d.Metadata
	a.Extras = d.Extras
	if d.GrantTypes != nil {
		a.GrantTypes = slices.Clone(d.GrantTypes)
		a.Refresh.Rotating = a.Refresh.Rotating && a.Allows(oauth.RefreshToken)
	}
	if d.Enabled != nil {
		a.Enabled = *d.Enabled
	}
	if d.RequirePKCE != nil {
		a.RequirePKCE = *d.RequirePKCE
	}
	if d.Refresh != nil {
		a.Refresh = *d.Refresh
	}
	if d.IDToken.Lifetime != 0 {
		a.IDToken.Lifetime = d.IDToken.Lifetime
	}
	if d.IDToken.Algorithm != "" {
		a.IDToken.Algorithm = d.IDToken.Algorithm
	}
	a.CreatedAt, a.UpdatedAt, a.CreatedBy = now, now, actor.Name
	return a
}

// URIs makes a list of URIs out of their values. The registry fills in who added them, and keeps what it knew of those that
// were there before.
func URIs(values ...string) []URI {
	list := make([]URI, len(values))
	for i, v := range values {
		list[i].Value = v
	}
	return list
}

// Values are the values of a list of URIs.
func Values(list []URI) []string {
	values := make([]string, len(list))
	for i, u := range list {
		values[i] = u.Value
	}
	return values
}
