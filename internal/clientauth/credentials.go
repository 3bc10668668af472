package clientauth

import (
	"encoding/base64"
	"net/url"
	"strings"

	"clientele/internal/oauth"
)

// Credentials are what a request says about its client, as a door read it. Empty is absent.
type Credentials struct {
	Authorization []string // the values of the Authorization header
	ClientID      string   // from the body, as is all that follows
	ClientSecret  string
	AssertionType string
	Assertion     string
	Address       string // where the request came from, for the record
	Door          string // which endpoint asks: token, revoke, par; for the record

	// TokenEndpoint is the URL of the token endpoint, if this request is one for which it may stand as the aud of an assertion
	// while an operator's exception for the client lasts. It is empty for every other.
	TokenEndpoint string
}

// claim is who a client says it is, and by what it would prove that.
type claim struct {
	client oauth.ClientID
	method oauth.AuthMethod
	secret string

	assertion assertion
	flaw      *reason // why the assertion could not be read
}

// read finds the one credential of a request. Two are an error, even if both are right: nobody may be able to choose which
// of them another reader looks at. RFC 6749 §2.3.
func (c Credentials) read() (claim, *oauth.Error) {
	if len(c.Authorization) > 1 {
		return claim{}, oauth.InvalidRequest("the request has more than one Authorization header")
	}
	if c.Assertion != "" || c.AssertionType != "" {
		if len(c.Authorization) > 0 || c.ClientSecret != "" {
			return claim{}, twoCredentials()
		}
		return c.readAssertion()
	}
	if len(c.Authorization) == 1 {
		return c.readBasic(c.Authorization[0])
	}
	switch {
	case c.ClientID == "":
		return claim{}, oauth.InvalidClient("the request names no client: client_id is missing")
	case c.ClientSecret != "":
		return claim{client: oauth.ClientID(c.ClientID), method: oauth.AuthClientSecretPost, secret: c.ClientSecret}, nil
	}
	return claim{client: oauth.ClientID(c.ClientID), method: oauth.AuthNone}, nil
}

func twoCredentials() *oauth.Error {
	return oauth.InvalidRequest("the request carries two credentials; authenticate in one way only")
}

// readAssertion reads a client assertion. It names its client by itself; client_id may say the same beside it. One that cannot
// be read is refused later, when it is known whom that concerns. RFC 7521 §4.2, RFC 7523 §2.2.
func (c Credentials) readAssertion() (claim, *oauth.Error) {
	switch {
	case c.Assertion == "":
		return claim{}, oauth.InvalidClient("client_assertion is missing beside client_assertion_type")
	case c.AssertionType == "":
		return claim{}, oauth.InvalidClient("client_assertion_type is missing; it must be %s", AssertionType)
	}
	made := claim{client: oauth.ClientID(c.ClientID), method: oauth.AuthPrivateKeyJWT}
	made.assertion, made.flaw = readAssertion(c.Assertion)
	if c.AssertionType != AssertionType {
		made.flaw = assertionKind.of(c.AssertionType)
	}
	if made.client == "" {
		made.client = oauth.ClientID(made.assertion.subject)
	}
	if made.client == "" || !plainText(string(made.client)) {
		return claim{}, oauth.InvalidClient("client_assertion is no JWT that names its client; send a signed JWT whose iss and sub are the client ID").Because(made.cause())
	}
	return made, nil
}

func (c claim) cause() error {
	if c.flaw == nil {
		return assertionClient
	}
	return c.flaw
}

// readBasic reads HTTP Basic. Beside it the body may repeat the client_id, but say nothing else. RFC 6749 §2.3.1.
func (c Credentials) readBasic(header string) (claim, *oauth.Error) {
	if c.ClientSecret != "" {
		return claim{}, twoCredentials()
	}
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return claim{}, oauth.InvalidClient("clients authenticate with Basic here; the Authorization header has another scheme")
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimLeft(encoded, " "))
	if err != nil {
		return claim{}, oauth.InvalidClient("the Authorization header is not base64 after Basic")
	}
	user, password, ok := strings.Cut(string(plain), ":")
	if !ok {
		return claim{}, oauth.InvalidClient("the Authorization header must hold client ID, colon and secret")
	}
	client := oauth.ClientID(decoded(user))
	switch {
	case client == "" || !plainText(string(client)):
		return claim{}, oauth.InvalidClient("the Authorization header names no client")
	case password == "":
		return claim{}, oauth.InvalidClient("the Authorization header has no secret; a client without one sends client_id in the body")
	case c.ClientID != "" && c.ClientID != string(client):
		return claim{}, oauth.InvalidRequest("client_id is another one than in the Authorization header")
	}
	return claim{client: client, method: oauth.AuthClientSecretBasic, secret: decoded(password)}, nil
}

// decoded undoes the form encoding that RFC 6749 §2.3.1 wants inside Basic. Many clients leave it out, so what cannot be
// decoded is taken as it is. That is safe: ids and secrets made here have letters, digits and underscores only, and read
// the same both ways.
func decoded(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

// plainText reports whether s is printable ASCII, which every client id is.
func plainText(s string) bool {
	for i := range len(s) {
		if s[i] <= 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
