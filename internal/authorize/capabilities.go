package authorize

import (
	"clientele/internal/endpoint"
	"clientele/internal/oauth"
)

// Capabilities is the room's part of the server's metadata. What has a default that would not be true is said out loud:
// request_uri_parameter_supported is true for whoever is silent. RFC 8414 §2, OpenID Connect Discovery 1.0 §3, RFC 9207 §3.
func (h *Handler) Capabilities() endpoint.Capabilities {
	return endpoint.Capabilities{
		"authorization_endpoint":                         h.Issuer + "authorize",
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{string(oauth.ResponseModeQuery), string(oauth.ResponseModeFragment), string(oauth.ResponseModeFormPost)},
		"code_challenge_methods_supported":               []string{"S256"},
		"prompt_values_supported":                        []string{"none", "login", "consent", "select_account"},
		"authorization_response_iss_parameter_supported": true,
		"claims_parameter_supported":                     false,
		"request_parameter_supported":                    false,
		"request_uri_parameter_supported":                false,
	}
}
