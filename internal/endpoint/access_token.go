package endpoint

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/strictjson"
)

// AccessToken is what a JWT access token that we signed says, as far as our own endpoints ask. RFC 9068 §2.2.
type AccessToken struct {
	Audience  []string
	Subject   string
	Client    oauth.ClientID
	Scopes    oauth.Scopes
	Handle    string // of the grant, or of the client grant if Machine: the beginning of the jti
	Machine   bool   // a client got it for itself
	ExpiresAt time.Time
}

// ReadAccessToken reads the claims of a token whose signature and type were verified. It reports false for claims that no
// access token of ours has, an ID token's among them. Whether the token has expired is the caller's to ask.
func ReadAccessToken(claims []byte) (AccessToken, bool) {
	var c struct {
		Audience audience `json:"aud"`
		Subject  string   `json:"sub"`
		Client   string   `json:"azp"`
		Scope    string   `json:"scope"`
		ID       string   `json:"jti"`
		Grantee  string   `json:"gty"`
		Expires  int64    `json:"exp"`
	}
	if strictjson.Decode(claims, &c) != nil {
		return AccessToken{}, false
	}
	scopes, refused := oauth.ParseScope(c.Scope)
	handle, _, ok := strings.Cut(c.ID, ".")
	if refused != nil || !ok || handle == "" || c.Client == "" || c.Subject == "" || len(c.Audience) == 0 {
		return AccessToken{}, false
	}
	return AccessToken{
		Audience: c.Audience, Subject: c.Subject, Client: oauth.ClientID(c.Client), Scopes: scopes, Handle: handle,
		Machine: c.Grantee == "client-credentials", ExpiresAt: time.Unix(c.Expires, 0),
	}, true
}

// IsFor reports whether the token is meant for audience.
func (t AccessToken) IsFor(audience string) bool { return slices.Contains(t.Audience, audience) }

// audience is a string or an array of strings. RFC 7519 §4.1.3.
type audience []string

func (a *audience) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*a = audience{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(text, &many)
	*a = many
	return err
}
