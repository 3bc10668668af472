package clientauth

import (
	"strings"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// reason is why a client was not let in, in words for operators. Outside all reasons of one method read alike.
type reason struct {
	rule    string // stable name
	message string // what is wrong
	mend    string // what to change
	spec    string
	side    audit.Side // who can change it; empty = the client
	kind    string     // of the use event; empty = client.refused
	value   string     // what was refused; never a secret
}

// of is r about one value.
func (r *reason) of(value string) *reason {
	with := *r
	with.value = value
	return &with
}

// naming is r whose mend says what the issuer is.
func (r *reason) naming(issuer string) *reason {
	with := *r
	with.mend = strings.Replace(r.mend, "the issuer", "the issuer "+issuer, 1)
	return &with
}

// methodReason is reasonMethod with what would have been right.
func methodReason(used oauth.AuthMethod, app *registry.Application) *reason {
	names := make([]string, len(app.AuthMethods))
	for i, m := range app.AuthMethods {
		names[i] = string(m)
	}
	why := reasonMethod.of(string(used))
	if len(names) > 0 {
		why.mend = "authenticate with " + strings.Join(names, " or ")
	}
	return why
}

func (r *reason) Error() string { return r.message }

// Why a client was refused, whatever it authenticates with.
var (
	reasonUnknown = &reason{
		rule: "client_unknown", message: "no application with this client ID is registered here",
		mend: "check client_id; a client that is known by a URL begins at the authorization endpoint, or an operator imports the URL", spec: "RFC 6749 §5.2",
	}
	reasonDisabled = &reason{
		rule: "application_disabled", message: "the application is disabled",
		mend: "enable it in the dashboard", side: audit.SideOperator,
	}
	reasonMethod = &reason{
		rule: "auth_method", message: "the application is not registered for this authentication method",
		mend: "authenticate with one of the methods that are registered", spec: "RFC 6749 §2.3",
	}
	reasonWrong   = &reason{rule: "secret_wrong", message: "the client secret is wrong", mend: "send the secret that was shown when it was made"}
	reasonRetired = &reason{rule: "secret_retired", message: "the client secret was retired", mend: "use the newer secret", kind: "secret.retired_used"}
	reasonExpired = &reason{rule: "secret_expired", message: "the client secret has expired", mend: "use the newer secret", kind: "secret.expired_used"}
)

// Why an assertion proves nothing.
var (
	assertionKind = &reason{
		rule: "assertion_kind", message: "client_assertion_type is not " + AssertionType,
		mend: "send this type with a JWT in client_assertion", spec: "RFC 7523 §2.2",
	}
	assertionTooLong = &reason{rule: "assertion_too_long", message: "the assertion is longer than 8 kB", mend: "leave out what is not needed"}
	assertionForm    = &reason{
		rule: "assertion_form", message: "the assertion is no signed JWT of three parts",
		mend: "send a JWS in compact form", spec: "RFC 7515 §3.1",
	}
	assertionHeader = &reason{
		rule: "assertion_header", message: "the assertion's header cannot be read",
		mend: "send a JSON object with alg, and with kid as text", spec: "RFC 7515 §4.1",
	}
	assertionAlgorithm = &reason{
		rule: "assertion_alg", message: "the assertion's alg is not accepted",
		mend: "sign with one of token_endpoint_auth_signing_alg_values_supported of the metadata", spec: "RFC 8725 §3.1",
	}
	assertionType = &reason{
		rule: "assertion_typ", message: "the assertion's typ belongs to another kind of JWT",
		mend: "set typ to client-authentication+jwt, or leave it out", spec: "rfc7523bis-11 §4",
	}
	assertionCritical = &reason{
		rule: "assertion_crit", message: "the assertion's header has crit",
		mend: "leave it out: no extension is understood here", spec: "RFC 7515 §4.1.11",
	}
	assertionClaimsForm = &reason{
		rule: "assertion_claims", message: "the assertion's claims cannot be read: they must be a JSON object without repeated members, with exp, iat and nbf as numbers",
		mend: "write each claim once and as RFC 7519 has it", spec: "RFC 7519 §4.1",
	}
	assertionClient = &reason{
		rule: "assertion_client", message: "iss and sub are not both the client ID, or client_id is another one",
		mend: "set iss and sub to the client ID exactly as it is registered", spec: "RFC 7523 §3",
	}
	assertionAudienceForm = &reason{
		rule: "assertion_aud", message: "aud is not one string: it is missing, or names several",
		mend: "set aud to the issuer alone", spec: "rfc7523bis-11 §4",
	}
	assertionAudience = &reason{
		rule: "assertion_aud", message: "aud is not the issuer",
		mend: "set aud to the issuer, exactly as the metadata writes it", spec: "rfc7523bis-11 §4",
	}
	assertionTokenEndpoint = &reason{
		rule: "assertion_aud_token_endpoint", message: "aud is the token endpoint; must be the issuer",
		mend: "set aud to the issuer, exactly as the metadata writes it; an operator can allow the token endpoint for this client until a date", spec: "rfc7523bis-11 §4",
	}
	assertionNoExpiry = &reason{rule: "assertion_exp", message: "exp is missing", mend: "set exp to at most 5 minutes ahead", spec: "RFC 7523 §3"}
	assertionExpired  = &reason{
		rule: "assertion_expired", message: "the assertion has expired", mend: "make a new one for each request; check the clock", spec: "RFC 7523 §3",
	}
	assertionLifetime = &reason{
		rule: "assertion_lifetime", message: "exp is more than 5 minutes ahead", mend: "set exp to at most 5 minutes ahead; check the clock", spec: "RFC 7523 §3",
	}
	assertionFuture = &reason{
		rule: "assertion_future", message: "iat or nbf is more than 10 seconds ahead", mend: "check the clock", spec: "FAPI 2.0 §5.3.2.1",
	}
	assertionJTI = &reason{
		rule: "assertion_jti", message: "jti is missing or longer than 255 bytes", mend: "give each assertion a random jti", spec: "OpenID Connect Core 1.0 §9",
	}
	assertionReplayed = &reason{
		rule: "assertion_replayed", message: "the assertion was used before", mend: "make a new one, with a new jti, for each request",
		spec: "OpenID Connect Core 1.0 §9", kind: "assertion.replayed",
	}
	assertionNoKey = &reason{
		rule: "assertion_key", message: "no key of the application has this kid and fits this alg",
		mend: "sign with a registered key, or publish the key first", spec: "RFC 7523 §3",
	}
	assertionSignature = &reason{
		rule: "assertion_signature", message: "the signature is not of any key of the application",
		mend: "sign with a registered key, or publish the key first, and name it in kid", spec: "RFC 7523 §3",
	}
	keyRetired = &reason{
		rule: "key_retired", message: "the key was retired", mend: "sign with a newer key", kind: "key.retired_used",
	}
	keyExpired = &reason{
		rule: "key_expired", message: "the key has expired", mend: "sign with a newer key, or register a new one", kind: "key.expired_used",
	}
	keyInactive = &reason{
		rule: "key_inactive", message: "the key is not switched on", mend: "switch it on in the dashboard", side: audit.SideOperator,
	}
	keysUnavailable = &reason{
		rule: "jwks_unusable", message: "the key set at jwks_uri could not be used", mend: "publish a JWK Set that answers 200 with public keys", spec: "RFC 7517 §5",
	}
)
