package oauth

// ClientID is a client identifier as it travels on the wire: 32 alphanumerics, tpc_ and 22 of them, or an https URL.
// RFC 6749 §2.2.
type ClientID string

// ClientSubject is the subject of a token that a client got for itself. No user's subject ends like this, so the two can
// never be mistaken for each other. RFC 9068 §5.
func ClientSubject(id ClientID) string { return string(id) + "@clients" }

// GrantType is a value of grant_type. RFC 6749 §4, §6.
type GrantType string

// The grant types this server knows.
const (
	AuthorizationCode GrantType = "authorization_code"
	RefreshToken      GrantType = "refresh_token"
	ClientCredentials GrantType = "client_credentials"
)

// AuthMethod is how a client authenticates at the token endpoint. RFC 7591 §2.
type AuthMethod string

// The client authentication methods this server knows.
const (
	AuthNone              AuthMethod = "none"
	AuthClientSecretBasic AuthMethod = "client_secret_basic"
	AuthClientSecretPost  AuthMethod = "client_secret_post"
	AuthPrivateKeyJWT     AuthMethod = "private_key_jwt"
)

// ResponseMode is how the authorization response travels back.
// OAuth 2.0 Multiple Response Type Encoding Practices §2.1, OAuth 2.0 Form Post Response Mode §2.
type ResponseMode string

// The response modes this server knows. Query is the default of the code flow.
const (
	ResponseModeQuery    ResponseMode = "query"
	ResponseModeFragment ResponseMode = "fragment"
	ResponseModeFormPost ResponseMode = "form_post"
)
