package management

import (
	"maps"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// clientBody is what a caller says about an application: all of it optional here, because a change names only what it
// changes.
type clientBody struct {
	Name        Nullable[string] `json:"name,omitzero" pattern:"^[^<>]+$" minLength:"1"`
	Description Nullable[string] `json:"description,omitzero" maxLength:"140"`
	AppType     Nullable[string] `json:"app_type,omitzero" enum:"native,spa,regular_web,non_interactive"`
	LogoURI     Nullable[string] `json:"logo_uri,omitzero"`

	IsFirstParty           Nullable[bool]   `json:"is_first_party,omitzero" doc:"Fixed at creation."`
	ThirdPartySecurityMode Nullable[string] `json:"third_party_security_mode,omitzero" enum:"strict,permissive" doc:"Third parties are always strict here; permissive is refused."`

	Callbacks         Nullable[[]string] `json:"callbacks,omitzero"`
	AllowedLogoutURLs Nullable[[]string] `json:"allowed_logout_urls,omitzero"`
	WebOrigins        Nullable[[]string] `json:"web_origins,omitzero"`
	AllowedOrigins    Nullable[[]string] `json:"allowed_origins,omitzero"`
	InitiateLoginURI  Nullable[string]   `json:"initiate_login_uri,omitzero"`

	GrantTypes                  Nullable[[]string]           `json:"grant_types,omitzero" minLength:"1"`
	TokenEndpointAuthMethod     Nullable[string]             `json:"token_endpoint_auth_method,omitzero" nullable:"true" enum:"none,client_secret_post,client_secret_basic" doc:"null lets client_secret_basic and client_secret_post both work."`
	ClientAuthenticationMethods Nullable[methodsBody]        `json:"client_authentication_methods,omitzero" nullable:"true" doc:"Keys to authenticate with: whole ones at creation, ids of credentials later. Goes without token_endpoint_auth_method."`
	JWTConfiguration            Nullable[jwtBody]            `json:"jwt_configuration,omitzero"`
	RefreshToken                Nullable[refreshBody]        `json:"refresh_token,omitzero" nullable:"true" doc:"null restores the defaults of the type."`
	ClientMetadata              Nullable[map[string]*string] `json:"client_metadata,omitzero" doc:"A change merges; null or an empty text removes one key."`
	ClientSecret                Nullable[string]             `json:"client_secret,omitzero" doc:"Refused: secrets are minted here. See rotate-secret."`

	Enabled     Nullable[bool]     `json:"enabled,omitzero" doc:"Extension."`
	RequirePKCE Nullable[bool]     `json:"require_pkce,omitzero" doc:"Extension."`
	Tags        Nullable[[]string] `json:"tags,omitzero" doc:"Extension."`

	raw []byte // the body itself, for the remembered settings
}

// clientCreate is the body of POST /clients.
type clientCreate clientBody

// TransformSchema adds the remembered settings, and says what is required.
func (clientCreate) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	describe(clientExtras, s)
	s.Required = []string{"name"}
	allowNull(s, "client_metadata")
	return s
}

// clientPatch is the body of PATCH /clients/{id}.
type clientPatch clientBody

// echoes are properties that an answer has and a change cannot set. Tools send back what they read, so they are ignored.
var echoes = []string{
	"client_id", "tenant", "global", "signing_keys", "callback_url_template", "external_client_id", "external_metadata_type",
	"external_metadata_created_by", "jwks_uri", "created_at", "updated_at", "last_used", "owners",
}

// TransformSchema adds the remembered settings and the properties that are ignored, and refuses an empty change.
func (clientPatch) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	describe(clientExtras, s)
	for _, name := range echoes {
		s.Properties[name] = &huma.Schema{Description: "Ignored: it cannot be changed.", ReadOnly: true}
		s.Properties[name].PrecomputeMessages()
	}
	s.MinProperties = new(1)
	allowNull(s, "client_metadata")
	return s
}

// allowNull lets the values of a map property be null.
func allowNull(s *huma.Schema, property string) {
	if values, ok := s.Properties[property].AdditionalProperties.(*huma.Schema); ok {
		values.Nullable = true
	}
}

// draft is the application that a create body asks for.
func (b *clientBody) draft() (registry.Draft, []Violation) {
	d := registry.Draft{
		Name: b.Name.Value, Description: b.Description.Value, LogoURI: b.LogoURI.Value, Type: registry.Type(b.AppType.Value),
		Ownership: registry.FirstParty, InitiateLoginURI: b.InitiateLoginURI.Value,
		RedirectURIs: b.Callbacks.Value, LogoutURIs: b.AllowedLogoutURLs.Value, WebOrigins: b.WebOrigins.Value, CORSOrigins: b.AllowedOrigins.Value,
		Tags: b.Tags.Value, Metadata: merged(nil, b.ClientMetadata.Value),
	}
	if b.IsFirstParty.Present && !b.IsFirstParty.Value {
		d.Ownership = registry.ThirdParty
	}
	if b.GrantTypes.Present {
		d.GrantTypes = grantTypes(b.GrantTypes.Value)
	}
	if b.TokenEndpointAuthMethod.Value != "" {
		d.AuthMethods = authMethods(b.TokenEndpointAuthMethod)
	}
	var faults []Violation
	if b.ClientAuthenticationMethods.Present && !b.ClientAuthenticationMethods.Null {
		d.AuthMethods = []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}
		d.Keys, faults = b.keyDrafts()
	}
	if b.Enabled.Present {
		d.Enabled = &b.Enabled.Value
	}
	if b.RequirePKCE.Present {
		d.RequirePKCE = &b.RequirePKCE.Value
	}
	b.JWTConfiguration.Value.apply(&d.IDToken)
	if b.RefreshToken.Value.RotationType != "" {
		policy := registry.Defaults(d.Type, d.Ownership, d.AuthMethods).Refresh
		b.RefreshToken.Value.apply(&policy)
		d.Refresh = &policy
	}
	faults = append(b.faults(d.Ownership), faults...)
	var more []Violation
	d.Extras, more = remember(clientExtras, nil, b.raw)
	return d, append(faults, more...)
}

// apply changes app as the body says. What it does not name stays.
func (b *clientBody) apply(app *registry.Application) []Violation {
	b.Name.set(&app.Name)
	b.Description.set(&app.Description)
	b.LogoURI.set(&app.LogoURI)
	b.InitiateLoginURI.set(&app.InitiateLoginURI)
	b.Tags.set(&app.Tags)
	b.Enabled.set(&app.Enabled)
	b.RequirePKCE.set(&app.RequirePKCE)
	if b.AppType.Present {
		app.Type = registry.Type(b.AppType.Value)
	}
	if b.IsFirstParty.Present {
		app.Ownership = registry.FirstParty
		if !b.IsFirstParty.Value {
			app.Ownership = registry.ThirdParty
		}
	}
	setURIs(b.Callbacks, &app.RedirectURIs)
	setURIs(b.AllowedLogoutURLs, &app.LogoutURIs)
	setURIs(b.WebOrigins, &app.WebOrigins)
	setURIs(b.AllowedOrigins, &app.CORSOrigins)
	if b.GrantTypes.Present {
		app.GrantTypes = grantTypes(b.GrantTypes.Value)
	}
	if b.TokenEndpointAuthMethod.Present {
		app.AuthMethods = authMethods(b.TokenEndpointAuthMethod)
	}
	b.JWTConfiguration.Value.apply(&app.IDToken)
	if b.RefreshToken.Present && b.RefreshToken.Null {
		app.Refresh = registry.Defaults(app.Type, app.Ownership, app.AuthMethods).Refresh
	} else if b.RefreshToken.Present {
		b.RefreshToken.Value.apply(&app.Refresh)
	}
	app.Metadata = merged(app.Metadata, b.ClientMetadata.Value)
	faults := append(b.faults(app.Ownership), b.switchKeys(app)...)
	var more []Violation
	app.Extras, more = remember(clientExtras, app.Extras, b.raw)
	return append(faults, more...)
}

// faults are what only this door can say: about properties the registry has no notion of.
func (b *clientBody) faults(o registry.Ownership) []Violation {
	faults := b.methodFaults()
	add := func(property, message string) {
		faults = append(faults, Violation{Property: property, Rule: "not_supported", Message: message})
	}
	if b.ClientSecret.Present {
		add("client_secret", "secrets are minted here and cannot be chosen; POST /api/v2/clients/{id}/rotate-secret mints one")
	}
	switch mode := b.ThirdPartySecurityMode; {
	case mode.Value == "permissive":
		add("third_party_security_mode", "permissive would let a third party skip consent, leave out PKCE and use grants made for your own applications; use strict")
	case mode.Present && o != registry.ThirdParty:
		add("third_party_security_mode", "is for third-party applications only; send is_first_party false with it")
	}
	if encoded := b.JWTConfiguration.Value.SecretEncoded; encoded != nil && *encoded {
		add("jwt_configuration.secret_encoded", "client secrets are plain text here and sign nothing; use false")
	}
	if len(b.JWTConfiguration.Value.Scopes) > 0 {
		add("jwt_configuration.scopes", "is a legacy setting that does not exist here")
	}
	if len(b.RefreshToken.Value.Policies.Value) > 0 {
		add("refresh_token.policies", "refresh tokens for several APIs are not supported yet; use an empty array")
	}
	if b.RefreshToken.Value.endless() {
		add("refresh_token.expiration_type", "is expiring, but both lifetimes are infinite; use non-expiring, or end one of them")
	}
	return faults
}

func setURIs(n Nullable[[]string], target *[]registry.URI) {
	if n.Present {
		*target = registry.URIs(n.Value...)
	}
}

func grantTypes(values []string) []oauth.GrantType {
	all := make([]oauth.GrantType, len(values))
	for i, v := range values {
		all[i] = oauth.GrantType(v)
	}
	return all
}

// authMethods is the set behind Auth0's one word; null means both ways of sending a secret.
func authMethods(n Nullable[string]) []oauth.AuthMethod {
	if n.Null {
		return []oauth.AuthMethod{oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost}
	}
	return []oauth.AuthMethod{oauth.AuthMethod(n.Value)}
}

// merged lays said over before: null and the empty text remove a key.
func merged(before map[string]string, said map[string]*string) map[string]string {
	all := maps.Clone(before)
	for _, key := range slices.Sorted(maps.Keys(said)) {
		if value := said[key]; value == nil || *value == "" {
			delete(all, key)
			continue
		}
		if all == nil {
			all = map[string]string{}
		}
		all[key] = *said[key]
	}
	return all
}
