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

// TokenTypeBearer is the token_type of every token that is not bound to a key. RFC 6750 §6.1.1.
const TokenTypeBearer = "Bearer"

// ResponseTypeCode is the only response type: implicit and hybrid responses put tokens into URLs. RFC 9700 §2.1.2.
const ResponseTypeCode = "code"

// ChallengeS256 is the only code challenge method. RFC 7636 §4.2.
const ChallengeS256 = "S256"

// Prompt is one value of the prompt parameter.
type Prompt string

// The values of prompt. OpenID Connect Core 1.0 §3.1.2.1; create is of Initiating User Registration via OpenID Connect 1.0.
const (
	PromptNone          Prompt = "none"
	PromptLogin         Prompt = "login"
	PromptConsent       Prompt = "consent"
	PromptSelectAccount Prompt = "select_account"
	PromptCreate        Prompt = "create"
)
