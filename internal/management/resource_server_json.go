package management

import (
	"encoding/json"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/registry"
)

// ResourceServer is an API in Auth0's JSON.
type ResourceServer struct {
	ID         string  `json:"id"`
	Name       string  `json:"name,omitempty"`
	IsSystem   bool    `json:"is_system"`
	Identifier string  `json:"identifier"`
	Scopes     []Scope `json:"scopes,omitempty" nullable:"false"`

	SigningAlg         string `json:"signing_alg" enum:"RS256,ES256,PS256,EdDSA,Ed25519"`
	TokenLifetime      int64  `json:"token_lifetime"`
	TokenDialect       string `json:"token_dialect" enum:"access_token,rfc9068_profile"`
	AllowOfflineAccess bool   `json:"allow_offline_access"`
	SkipConsent        bool   `json:"skip_consent_for_verifiable_first_party_clients"`

	Authorization SubjectTypeAuthorization `json:"subject_type_authorization"`

	extras json.RawMessage
}

// Scope is one permission of an API.
type Scope struct {
	Value       string `json:"value" minLength:"1" maxLength:"280"`
	Description string `json:"description,omitempty" maxLength:"500"`
	Default     bool   `json:"default,omitempty" doc:"Extension. Granted when a request names no scope."`
}

// SubjectTypeAuthorization says which applications may get tokens of an API, for a person and for themselves.
type SubjectTypeAuthorization struct {
	User   *UserPolicy   `json:"user,omitempty"`
	Client *ClientPolicy `json:"client,omitempty"`
}

// UserPolicy is the policy for applications that act for a person.
type UserPolicy struct {
	Policy string `json:"policy" enum:"allow_all,require_client_grant,deny_all"`
}

// ClientPolicy is the policy for applications that act for themselves.
type ClientPolicy struct {
	Policy string `json:"policy" enum:"require_client_grant,deny_all"`
}

// ResourceServerJSON is the API as the Management API and the command line's --json give it.
func ResourceServerJSON(api *registry.API) ResourceServer {
	r := ResourceServer{
		ID: api.ID, Name: api.Name, IsSystem: api.System, Identifier: api.Identifier, Scopes: make([]Scope, len(api.Scopes)),
		SigningAlg: api.SigningAlgorithm, TokenLifetime: seconds(api.TokenLifetime), TokenDialect: string(api.TokenProfile),
		AllowOfflineAccess: api.AllowOfflineAccess, SkipConsent: api.SkipConsent,
		Authorization: SubjectTypeAuthorization{User: &UserPolicy{string(api.UserPolicy)}, Client: &ClientPolicy{string(api.ClientPolicy)}},
		extras:        api.Extras,
	}
	for i, s := range api.Scopes {
		r.Scopes[i] = Scope{Value: s.Value, Description: s.Description, Default: s.Default}
	}
	return r
}

// MarshalJSON adds the remembered settings.
func (r ResourceServer) MarshalJSON() ([]byte, error) {
	type plain ResourceServer
	object, err := json.Marshal(plain(r))
	if err != nil {
		return nil, err
	}
	return withRemembered(object, apiExtras, r.extras), nil
}

// TransformSchema adds the remembered settings.
func (ResourceServer) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	describe(apiExtras, s)
	return s
}

func (ResourceServer) plural() string { return "resource_servers" }

// apiBody is what a caller says about an API.
type apiBody struct {
	Name               Nullable[string]                   `json:"name,omitzero" pattern:"^[^<>]+$" maxLength:"200"`
	Identifier         Nullable[string]                   `json:"identifier,omitzero" minLength:"1" maxLength:"600" doc:"Fixed at creation."`
	Scopes             Nullable[[]Scope]                  `json:"scopes,omitzero"`
	SigningAlg         Nullable[string]                   `json:"signing_alg,omitzero" doc:"RS256, ES256, PS256, EdDSA or Ed25519."`
	TokenLifetime      Nullable[int64]                    `json:"token_lifetime,omitzero" minimum:"0" maximum:"2592000"`
	TokenDialect       Nullable[string]                   `json:"token_dialect,omitzero" enum:"access_token,access_token_authz,rfc9068_profile,rfc9068_profile_authz"`
	AllowOfflineAccess Nullable[bool]                     `json:"allow_offline_access,omitzero"`
	SkipConsent        Nullable[bool]                     `json:"skip_consent_for_verifiable_first_party_clients,omitzero"`
	Authorization      Nullable[SubjectTypeAuthorization] `json:"subject_type_authorization,omitzero"`

	raw []byte
}

// resourceServerCreate is the body of POST /resource-servers.
type resourceServerCreate apiBody

// TransformSchema adds the remembered settings, and says what is required.
func (resourceServerCreate) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	describe(apiExtras, s)
	s.Required = []string{"identifier"}
	return s
}

// resourceServerPatch is the body of PATCH /resource-servers/{id}.
type resourceServerPatch apiBody

// TransformSchema adds the remembered settings and the properties that are ignored, and refuses an empty change.
func (resourceServerPatch) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	describe(apiExtras, s)
	for _, name := range []string{"id", "is_system", "client_id"} {
		s.Properties[name] = &huma.Schema{Description: "Ignored: it cannot be changed.", ReadOnly: true}
		s.Properties[name].PrecomputeMessages()
	}
	s.MinProperties = new(1)
	return s
}

// apply changes api as the body says.
func (b *apiBody) apply(api *registry.API) []Violation {
	b.Name.set(&api.Name)
	b.Identifier.set(&api.Identifier)
	b.SigningAlg.set(&api.SigningAlgorithm)
	b.AllowOfflineAccess.set(&api.AllowOfflineAccess)
	b.SkipConsent.set(&api.SkipConsent)
	if b.TokenLifetime.Present {
		api.TokenLifetime = duration(b.TokenLifetime.Value)
	}
	if b.TokenDialect.Present {
		api.TokenProfile = registry.TokenProfile(b.TokenDialect.Value)
	}
	if u := b.Authorization.Value.User; u != nil {
		api.UserPolicy = registry.AccessPolicy(u.Policy)
	}
	if c := b.Authorization.Value.Client; c != nil {
		api.ClientPolicy = registry.AccessPolicy(c.Policy)
	}
	if b.Scopes.Present {
		api.Scopes = make([]registry.APIScope, len(b.Scopes.Value))
		for i, s := range b.Scopes.Value {
			api.Scopes[i] = registry.APIScope{Value: s.Value, Description: s.Description, Default: s.Default}
		}
	}
	var faults []Violation
	if strings.HasSuffix(b.TokenDialect.Value, "_authz") {
		faults = append(faults, Violation{Property: "token_dialect", Rule: "not_supported", Message: "permissions by role do not exist here, so the tokens would carry none; use " + strings.TrimSuffix(b.TokenDialect.Value, "_authz")})
	}
	if b.TokenLifetime.Present && b.TokenLifetime.Value == 0 {
		faults = append(faults, Violation{Property: "token_lifetime", Rule: "token_lifetime", Message: "must be at least 1 second"})
	}
	extras, more := remember(apiExtras, api.Extras, b.raw)
	api.Extras = extras
	return append(faults, more...)
}

// apiFields maps the registry's names of fields to Auth0's.
var apiFields = map[string]string{
	"signing_algorithm": "signing_alg", "token_profile": "token_dialect", "skip_consent": "skip_consent_for_verifiable_first_party_clients",
	"user_policy": "subject_type_authorization.user.policy", "client_policy": "subject_type_authorization.client.policy",
}

func apiField(field string) string { return renamed(apiFields, field) }
