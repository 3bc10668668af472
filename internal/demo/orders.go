package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// orders is the Orders API. It believes nothing but the token: signature and type, issuer, audience, expiry, scope.
// RFC 9068 §4, RFC 6750 §3.
func (c *Client) orders(w http.ResponseWriter, r *http.Request) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		challenge(w, http.StatusUnauthorized, `Bearer realm="orders"`, "send an access token: Authorization: Bearer …")
		return
	}
	who, err := c.admit(token)
	if err != nil {
		challenge(w, http.StatusUnauthorized, `Bearer realm="orders", error="invalid_token"`, err.Error())
		return
	}
	if !slices.Contains(strings.Fields(who.Scope), "read:orders") {
		challenge(w, http.StatusForbidden, `Bearer realm="orders", error="insufficient_scope", scope="read:orders"`, "the token lacks read:orders")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"for":    who.Subject,
		"orders": []map[string]any{{"id": "A-1001", "what": "Two chairs"}, {"id": "A-1002", "what": "A lamp"}},
	})
}

type caller struct {
	Issuer   string          `json:"iss"`
	Subject  string          `json:"sub"`
	Audience json.RawMessage `json:"aud"`
	Expires  int64           `json:"exp"`
	Scope    string          `json:"scope"`
}

func (c *Client) admit(token string) (caller, error) {
	raw, err := c.Verify(token)
	if err != nil {
		return caller{}, fmt.Errorf("the token's signature does not hold: %w", err)
	}
	var who caller
	if err := json.Unmarshal(raw, &who); err != nil {
		return caller{}, err
	}
	switch {
	case who.Issuer != c.Issuer:
		return caller{}, fmt.Errorf("the token was issued by %s", who.Issuer)
	case !slices.Contains(audiences(who.Audience), c.Audience):
		return caller{}, fmt.Errorf("the token is for %s, not for this API", who.Audience)
	case c.Now().Unix() >= who.Expires:
		return caller{}, fmt.Errorf("the token has expired")
	}
	return who, nil
}

// audiences reads aud, which is a string or a list. RFC 7519 §4.1.3.
func audiences(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var several []string
	_ = json.Unmarshal(raw, &several)
	return several
}

func challenge(w http.ResponseWriter, status int, authenticate, why string) {
	w.Header().Set("WWW-Authenticate", authenticate)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": why})
}
