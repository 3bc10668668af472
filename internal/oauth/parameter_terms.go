package oauth

// parameters explains what travels in the authorization request, its answer, the token request and its answer.
var parameters = map[string]Term{
	"response_type":         {"What the application wants back. code is the only one here: tokens never travel through the browser.", "RFC 6749 §3.1.1"},
	"response_mode":         {"How the answer travels: in the query, in the fragment, or as a form.", "OAuth 2.0 Multiple Response Type Encoding Practices §2.1"},
	"client_id":             {"Which application asks.", "RFC 6749 §2.2"},
	"redirect_uri":          {"Where the answer goes. It has to be one that is registered, to the letter.", "RFC 6749 §3.1.2"},
	"scope":                 {"What the application asks for: openid for an ID token, profile and email about the person, and the permissions of the API.", "RFC 6749 §3.3"},
	"state":                 {"A value that comes back as it is. The application compares it, so that nobody can slip it another answer.", "RFC 6749 §10.12"},
	"nonce":                 {"A value that comes back in the ID token, which binds the two.", "OpenID Connect Core 1.0 §3.1.2.1"},
	"code_challenge":        {"The hash of a secret that the application made for this one request. Only who has the secret can redeem the code.", "RFC 7636 §4.2"},
	"code_challenge_method": {"How the challenge was made. S256 is the only one here.", "RFC 7636 §4.3"},
	"audience":              {"Which API the access token is for, by its identifier.", ""},
	"resource":              {"Which API the access token is for, by its URL.", "RFC 8707 §2"},
	"prompt":                {"Whether to ask the person: login always asks to sign in, consent always asks for consent, none asks nothing.", "OpenID Connect Core 1.0 §3.1.2.1"},
	"max_age":               {"How many seconds ago the person may have signed in.", "OpenID Connect Core 1.0 §3.1.2.1"},
	"login_hint":            {"Who will probably sign in.", "OpenID Connect Core 1.0 §3.1.2.1"},
	"id_token_hint":         {"An earlier ID token: the same person has to sign in.", "OpenID Connect Core 1.0 §3.1.2.1"},
	"screen_hint":           {"signup shows the page to make an account first.", ""},

	"code":              {"A ticket for the tokens: good once, for 60 seconds, and only for this application.", "RFC 6749 §4.1.2"},
	"iss":               {"Which server answered. The application compares it, so that nobody can mix up two servers.", "RFC 9207 §2"},
	"error":             {"Why there is no code, as a word for programs.", "RFC 6749 §4.1.2.1"},
	"error_description": {"The same in a sentence, for developers.", "RFC 6749 §4.1.2.1"},

	"grant_type":            {"What the application holds: authorization_code is a code, client_credentials is nothing but its own credential.", "RFC 6749 §4.1.3"},
	"code_verifier":         {"The secret that code_challenge is the hash of.", "RFC 7636 §4.5"},
	"client_secret":         {"The application's secret.", "RFC 6749 §2.3.1"},
	"client_assertion":      {"A token that the application signed with its key, in the place of a secret.", "RFC 7523 §2.2"},
	"client_assertion_type": {"Which kind of assertion it is.", "RFC 7523 §2.2"},

	"access_token":  {"What the application sends to the API with each call.", "RFC 6749 §5.1"},
	"token_type":    {"How the token is presented: Bearer is good for whoever holds it.", "RFC 6750 §6.1.1"},
	"expires_in":    {"How many seconds the access token lives.", "RFC 6749 §5.1"},
	"id_token":      {"Who signed in, for the application itself. It is never sent to an API.", "OpenID Connect Core 1.0 §3.1.3.3"},
	"refresh_token": {"What the application gets new tokens with, without the person.", "RFC 6749 §6"},
}
