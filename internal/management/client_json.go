package management

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// Client is an application in Auth0's JSON. A setting that was never made is left out. The members from enabled on are
// extensions of this server.
type Client struct {
	ClientID     string `json:"client_id,omitempty" doc:"Identifies the application in this API; fixed." example:"tXObxxumnvL9Yy47AplBTdqKOwMhqBIJ"`
	ClientSecret string `json:"client_secret,omitempty" doc:"Only in the answer that minted it: it is kept as a hash and cannot be read again."`
	Global       bool   `json:"global" doc:"Always false: there is no client for all applications."`
	Name         string `json:"name,omitempty"`
	Description  string `json:"description,omitempty"`
	AppType      string `json:"app_type,omitempty" enum:"native,spa,regular_web,non_interactive"`
	LogoURI      string `json:"logo_uri,omitempty"`

	IsFirstParty           bool   `json:"is_first_party"`
	ThirdPartySecurityMode string `json:"third_party_security_mode,omitempty" enum:"strict"`

	Callbacks         []string `json:"callbacks,omitempty" nullable:"false" doc:"Redirect URIs."`
	AllowedLogoutURLs []string `json:"allowed_logout_urls,omitempty" nullable:"false"`
	WebOrigins        []string `json:"web_origins,omitempty" nullable:"false"`
	AllowedOrigins    []string `json:"allowed_origins,omitempty" nullable:"false"`
	InitiateLoginURI  string   `json:"initiate_login_uri,omitempty"`

	GrantTypes                  []string                     `json:"grant_types" nullable:"false"`
	TokenEndpointAuthMethod     string                       `json:"token_endpoint_auth_method,omitempty" enum:"none,client_secret_post,client_secret_basic" doc:"Left out when client_secret_basic and client_secret_post both work."`
	ClientAuthenticationMethods *ClientAuthenticationMethods `json:"client_authentication_methods,omitempty"`
	JWTConfiguration            *JWTConfiguration            `json:"jwt_configuration,omitempty"`
	RefreshToken                *RefreshToken                `json:"refresh_token,omitempty"`
	ClientMetadata              map[string]string            `json:"client_metadata,omitempty"`

	ExternalClientID          string     `json:"external_client_id,omitempty" doc:"The client ID on the wire of an application that was imported from its metadata URL."`
	ExternalMetadataType      string     `json:"external_metadata_type,omitempty" enum:"cimd,dcr"`
	ExternalMetadataCreatedBy string     `json:"external_metadata_created_by,omitempty" enum:"admin,client"`
	JWKSURI                   string     `json:"jwks_uri,omitempty" doc:"Where an imported application publishes its keys."`
	CreatedAt                 *time.Time `json:"created_at,omitempty"`
	UpdatedAt                 *time.Time `json:"updated_at,omitempty"`

	Enabled     bool     `json:"enabled" doc:"Extension. A disabled application can do nothing at all."`
	RequirePKCE bool     `json:"require_pkce" doc:"Extension. RFC 7636 is required in the code flow."`
	Tags        []string `json:"tags,omitempty" nullable:"false" doc:"Extension."`
	LastUsed    string   `json:"last_used,omitempty" format:"date" doc:"Extension. The last day, in UTC, on which the application was used."`

	MetadataDocument *MetadataDocument `json:"metadata_document,omitempty" doc:"Extension. The state of an imported application's metadata document."`

	extras json.RawMessage
	view   *view // nil = everything
}

// JWTConfiguration is how ID tokens are made.
type JWTConfiguration struct {
	LifetimeInSeconds int64  `json:"lifetime_in_seconds"`
	SecretEncoded     bool   `json:"secret_encoded" doc:"Always false."`
	Alg               string `json:"alg" enum:"RS256,ES256,PS256,EdDSA,Ed25519"`
}

// RefreshToken is how refresh tokens rotate and end.
type RefreshToken struct {
	RotationType              string `json:"rotation_type" enum:"rotating,non-rotating"`
	ExpirationType            string `json:"expiration_type" enum:"expiring,non-expiring"`
	Leeway                    int64  `json:"leeway"`
	TokenLifetime             int64  `json:"token_lifetime,omitempty"`
	IdleTokenLifetime         int64  `json:"idle_token_lifetime,omitempty"`
	InfiniteTokenLifetime     bool   `json:"infinite_token_lifetime"`
	InfiniteIdleTokenLifetime bool   `json:"infinite_idle_token_lifetime"`
}

// ClientJSON is the application as the Management API and the command line's --json give it. The secret stands in it only
// where one was minted just now; pass the zero Secret otherwise.
func ClientJSON(app *registry.Application, minted secret.Secret) Client {
	c := Client{
		ClientID:     app.ID,
		ClientSecret: minted.Reveal(),
		Name:         app.Name,
		Description:  app.Description,
		AppType:      string(app.Type),
		LogoURI:      app.LogoURI,
		IsFirstParty: app.Ownership != registry.ThirdParty,

		Callbacks:         values(app.RedirectURIs),
		AllowedLogoutURLs: values(app.LogoutURIs),
		WebOrigins:        values(app.WebOrigins),
		AllowedOrigins:    values(app.CORSOrigins),
		InitiateLoginURI:  app.InitiateLoginURI,

		GrantTypes:                  words(app.GrantTypes),
		TokenEndpointAuthMethod:     authMethod(app.AuthMethods),
		ClientAuthenticationMethods: methodsJSON(app),
		JWTConfiguration:            &JWTConfiguration{LifetimeInSeconds: seconds(app.IDToken.Lifetime), Alg: app.IDToken.Algorithm},
		RefreshToken:                refreshJSON(app.Refresh),
		ClientMetadata:              app.Metadata,

		ExternalClientID: app.ExternalID,
		CreatedAt:        date(app.CreatedAt),
		UpdatedAt:        date(app.UpdatedAt),
		Enabled:          app.Enabled,
		RequirePKCE:      app.RequirePKCE,
		Tags:             app.Tags,
		extras:           app.Extras,
	}
	if app.Ownership == registry.ThirdParty {
		c.ThirdPartySecurityMode = "strict"
	}
	switch app.Origin {
	case registry.Imported:
		c.ExternalMetadataType, c.ExternalMetadataCreatedBy = "cimd", string(registry.ByOperator)
		if app.Import != nil {
			c.ExternalMetadataCreatedBy, c.JWKSURI = string(app.Import.By), app.Import.JWKSURI
			c.MetadataDocument = documentJSON(app)
		}
	case registry.Registered:
		c.ExternalMetadataType, c.ExternalMetadataCreatedBy = "dcr", "client"
	}
	if !app.LastUsed.IsZero() {
		c.LastUsed = app.LastUsed.UTC().Format(time.DateOnly)
	}
	return c
}

// MarshalJSON adds the remembered settings and leaves out what the caller may not see or did not ask for.
func (c Client) MarshalJSON() ([]byte, error) {
	type plain Client
	object, err := json.Marshal(plain(c))
	if err != nil {
		return nil, err
	}
	object = withRemembered(object, clientExtras, c.extras)
	if c.view == nil {
		return object, nil
	}
	return c.view.pick(object, clientProperties)
}

// TransformSchema adds the remembered settings.
func (Client) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	describe(clientExtras, s)
	s.Required = nil // fields= may leave out any of them
	return s
}

func refreshJSON(p registry.RefreshPolicy) *RefreshToken {
	r := RefreshToken{
		RotationType:              "non-rotating",
		ExpirationType:            "non-expiring",
		Leeway:                    seconds(p.Leeway),
		TokenLifetime:             seconds(p.Lifetime),
		IdleTokenLifetime:         seconds(p.IdleLifetime),
		InfiniteTokenLifetime:     p.Lifetime == 0,
		InfiniteIdleTokenLifetime: p.IdleLifetime == 0,
	}
	if p.Rotating {
		r.RotationType = "rotating"
	}
	if p.Expires() {
		r.ExpirationType = "expiring"
	}
	return &r
}

// authMethod is the one word Auth0 has for the set. Both secret methods together are what it calls by leaving it out.
func authMethod(set []oauth.AuthMethod) string {
	if len(set) == 1 && set[0] != oauth.AuthPrivateKeyJWT {
		return string(set[0])
	}
	return ""
}

func values(uris []registry.URI) []string {
	all := make([]string, len(uris))
	for i, u := range uris {
		all[i] = u.Value
	}
	return all
}

func words[T ~string](set []T) []string {
	all := make([]string, len(set))
	for i, w := range set {
		all[i] = string(w)
	}
	return all
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func date(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}
