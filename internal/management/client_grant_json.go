package management

import (
	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// ClientGrant is a client grant in Auth0's JSON.
type ClientGrant struct {
	ID             string   `json:"id"`
	ClientID       string   `json:"client_id,omitempty"`
	DefaultFor     string   `json:"default_for,omitempty" enum:"third_party_clients,unapproved_clients" doc:"unapproved_clients is an extension: clients with a metadata document that nobody approved."`
	Audience       string   `json:"audience"`
	Scope          []string `json:"scope,omitzero" nullable:"false" doc:"Left out when all scopes are granted."`
	SubjectType    string   `json:"subject_type" enum:"client,user"`
	AllowAllScopes bool     `json:"allow_all_scopes,omitempty"`
}

// ClientGrantJSON is the client grant as the Management API and the command line's --json give it. audience is the
// identifier of its API.
func ClientGrantJSON(g *registry.ClientGrant, audience string) ClientGrant {
	c := ClientGrant{ID: g.ID, ClientID: g.ApplicationID, Audience: audience, SubjectType: string(g.SubjectType), AllowAllScopes: g.AllScopes}
	switch {
	case g.ThirdParties:
		c.DefaultFor = "third_party_clients"
	case g.Strangers:
		c.DefaultFor = "unapproved_clients"
	}
	if !g.AllScopes {
		c.Scope = words(g.Scopes)
	}
	return c
}

func (ClientGrant) plural() string { return "client_grants" }

// grantBody is what a caller says about a client grant. Whom it is for, which API and which subject type are said once.
type grantBody struct {
	Scope                     Nullable[[]string] `json:"scope,omitzero" nullable:"true" minLength:"1" maxLength:"280"`
	AllowAllScopes            Nullable[bool]     `json:"allow_all_scopes,omitzero" nullable:"true"`
	OrganizationUsage         Nullable[string]   `json:"organization_usage,omitzero" nullable:"true" enum:"deny,allow,require" doc:"Only deny: organizations do not exist here."`
	AllowAnyOrganization      Nullable[bool]     `json:"allow_any_organization,omitzero" nullable:"true" doc:"Only false: organizations do not exist here."`
	AuthorizationDetailsTypes Nullable[[]string] `json:"authorization_details_types,omitzero" doc:"Only the empty array: authorization details are not supported."`
}

// clientGrantPatch is the body of PATCH /client-grants/{id}.
type clientGrantPatch grantBody

// TransformSchema refuses an empty change.
func (clientGrantPatch) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.MinProperties = new(1)
	return s
}

// clientGrantCreate is the body of POST /client-grants.
type clientGrantCreate struct {
	ClientID    Nullable[string] `json:"client_id,omitzero" minLength:"1"`
	DefaultFor  Nullable[string] `json:"default_for,omitzero" enum:"third_party_clients"`
	Audience    Nullable[string] `json:"audience,omitzero" minLength:"1" maxLength:"600"`
	SubjectType Nullable[string] `json:"subject_type,omitzero" enum:"client,user"`

	Scope                     Nullable[[]string] `json:"scope,omitzero" minLength:"1" maxLength:"280"`
	AllowAllScopes            Nullable[bool]     `json:"allow_all_scopes,omitzero"`
	OrganizationUsage         Nullable[string]   `json:"organization_usage,omitzero" enum:"deny,allow,require" doc:"Only deny: organizations do not exist here."`
	AllowAnyOrganization      Nullable[bool]     `json:"allow_any_organization,omitzero" doc:"Only false: organizations do not exist here."`
	AuthorizationDetailsTypes Nullable[[]string] `json:"authorization_details_types,omitzero" doc:"Only the empty array: authorization details are not supported."`
}

// TransformSchema says what is required.
func (clientGrantCreate) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = []string{"audience"}
	return s
}

func (c *clientGrantCreate) faults() []Violation {
	b := grantBody{c.Scope, c.AllowAllScopes, c.OrganizationUsage, c.AllowAnyOrganization, c.AuthorizationDetailsTypes}
	faults := b.faults()
	switch {
	case c.ClientID.Present && c.DefaultFor.Present:
		faults = append(faults, Violation{Property: "default_for", Message: "cannot be used together with client_id"})
	case !c.ClientID.Present && !c.DefaultFor.Present:
		faults = append(faults, Violation{Message: "Missing required property: client_id"})
	}
	return faults
}

// faults refuses what would be dangerous to believe in.
func (b *grantBody) faults() []Violation {
	var faults []Violation
	add := func(property, message string) {
		faults = append(faults, Violation{Property: property, Rule: "not_supported", Message: message})
	}
	if u := b.OrganizationUsage.Value; u != "" && u != "deny" {
		add("organization_usage", "organizations do not exist here; use deny")
	}
	if b.AllowAnyOrganization.Value {
		add("allow_any_organization", "organizations do not exist here; use false")
	}
	if len(b.AuthorizationDetailsTypes.Value) > 0 {
		add("authorization_details_types", "authorization details are not supported yet; use an empty array")
	}
	return faults
}

// apply changes g. Naming all scopes drops the list, and naming a list drops all scopes, because tools send only the one.
func (b *grantBody) apply(g *registry.ClientGrant) {
	if b.Scope.Present {
		g.Scopes = oauth.Scopes(b.Scope.Value)
		g.AllScopes = g.AllScopes && b.Scope.Null
	}
	if !b.AllowAllScopes.Present {
		return
	}
	if g.AllScopes = b.AllowAllScopes.Value; g.AllScopes && len(b.Scope.Value) == 0 {
		g.Scopes = nil
	}
}

// grantFields maps the registry's names of fields to Auth0's.
var grantFields = map[string]string{
	"application": "client_id", "third_parties": "default_for", "api": "audience", "scopes": "scope", "all_scopes": "allow_all_scopes",
}

func grantField(field string) string { return renamed(grantFields, field) }
