package management

import (
	"bytes"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
)

// remembered is a setting of Auth0's that this server does not act on. It is kept as it came and given back, so that tools
// that compare what they sent with what they read are content. If believing in the setting would be dangerous, refuse says
// which values are turned away, and why.
type remembered struct {
	name     string
	kind     string // JSON type; empty = any
	nullable bool
	fallback string                    // what is answered while nothing is remembered; empty = the field is left out
	refuse   func(value string) string // why this JSON text is refused; empty = it is not
}

// clientExtras are the remembered settings of an application, in the order in which they are answered.
var clientExtras = []remembered{
	{name: "oidc_conformant", kind: "boolean", fallback: "true"},
	{name: "is_token_endpoint_ip_header_trusted", kind: "boolean", fallback: "false"},
	{name: "sso", kind: "boolean"},
	{name: "sso_disabled", kind: "boolean", fallback: "false", refuse: unless("false", "single sign-on cannot be switched off for one application; ask for prompt=login in the authorization request")},
	{name: "cross_origin_authentication", kind: "boolean", fallback: "false", refuse: unless("false", "cross-origin authentication does not exist here; use the authorization code flow")},
	{name: "cross_origin_loc", kind: "string", nullable: true},
	{name: "custom_login_page_on", kind: "boolean"},
	{name: "custom_login_page", kind: "string"},
	{name: "custom_login_page_preview", kind: "string"},
	{name: "form_template", kind: "string"},
	{name: "addons", kind: "object"},
	{name: "mobile", kind: "object"},
	{name: "allowed_clients", kind: "array"},
	{name: "client_aliases", kind: "array"},
	{name: "native_social_login", kind: "object"},
	{name: "fedcm_login", kind: "object"},
	{name: "organization_usage", kind: "string", nullable: true, refuse: only("organizations do not exist here, so this application could not be kept to their members", `"deny"`, `"allow"`)},
	{name: "organization_require_behavior", kind: "string", nullable: true},
	{name: "organization_discovery_methods", kind: "array", nullable: true},
	{name: "default_organization", kind: "object", nullable: true},
	{name: "par_request_expiry", kind: "integer", nullable: true},
	{name: "require_pushed_authorization_requests", kind: "boolean", refuse: unless("false", "pushed authorization requests are not supported yet, so nothing would be required")},
	{name: "require_proof_of_possession", kind: "boolean", refuse: unless("false", "sender-constrained tokens are not supported yet, so nothing would be required")},
	{name: "signed_request_object", kind: "object", nullable: true, refuse: unlessEmpty("required", "signed request objects are not supported yet, so nothing would be required")},
	{name: "compliance_level", kind: "string", nullable: true, refuse: only("this profile is not supported yet, so nothing of it would be enforced", `"none"`)},
	{name: "encryption_key", kind: "object", nullable: true, refuse: always("tokens are not encrypted yet")},
	{name: "token_vault_privileged_access", kind: "object", nullable: true, refuse: always("there is no token vault here")},
	{name: "skip_non_verifiable_callback_uri_confirmation_prompt", kind: "boolean", nullable: true},
	{name: "token_exchange", kind: "object", nullable: true},
	{name: "token_quota", kind: "object", nullable: true, refuse: always("token quotas are not supported, so nothing would be limited")},
	{name: "identity_assertion_authorization_grant", kind: "object", nullable: true},
	{name: "anonymous_sessions", kind: "object", nullable: true},
	{name: "session_transfer", kind: "object", nullable: true},
	{name: "oidc_logout", kind: "object"},
	{name: "oidc_backchannel_logout", kind: "object"},
	{name: "redirection_policy", kind: "string"},
	{name: "express_configuration", kind: "object", nullable: true},
	{name: "my_organization_configuration", kind: "object", nullable: true},
	{name: "b2b_integration_configuration", kind: "object", nullable: true},
	{name: "async_approval_notification_channels", kind: "array", nullable: true},
}

// apiExtras are the remembered settings of an API.
var apiExtras = []remembered{
	{name: "allow_online_access", kind: "boolean"},
	{name: "allow_online_access_with_ephemeral_sessions", kind: "boolean"},
	{name: "token_lifetime_for_web", kind: "integer"},
	{name: "enforce_policies", kind: "boolean", refuse: unless("false", "permissions by role do not exist here, so nothing would be enforced; use client grants")},
	{name: "signing_secret", kind: "string", refuse: always("tokens are never signed with a shared secret here; use RS256, ES256, PS256 or EdDSA")},
	{name: "token_encryption", kind: "object", nullable: true, refuse: always("access tokens are not encrypted yet")},
	{name: "consent_policy", kind: "string", nullable: true, refuse: always("transactional authorization is not supported, so nobody would be asked")},
	{name: "authorization_details", kind: "array", nullable: true},
	{name: "authorization_policy", kind: "object", nullable: true, refuse: always("authorization policies are not supported, so nothing would be enforced")},
	{name: "proof_of_possession", kind: "object", nullable: true, refuse: unlessEmpty("required", "sender-constrained tokens are not supported yet, so nothing would be required")},
}

func always(why string) func(string) string { return func(string) string { return why } }

func unless(harmless, why string) func(string) string { return only(why, harmless) }

func only(why string, harmless ...string) func(string) string {
	return func(value string) string {
		for _, h := range harmless {
			if value == h {
				return ""
			}
		}
		return why
	}
}

// unlessEmpty refuses an object whose member is anything but absent or false.
func unlessEmpty(member, why string) func(string) string {
	return func(value string) string {
		var object map[string]json.RawMessage
		if json.Unmarshal([]byte(value), &object) != nil {
			return why
		}
		if v, ok := object[member]; ok && !bytes.Equal(v, []byte("false")) {
			return why
		}
		return ""
	}
}

// describe adds the remembered settings to a schema.
func describe(table []remembered, s *huma.Schema) {
	for _, row := range table {
		property := &huma.Schema{Type: row.kind, Nullable: row.nullable, Description: "Remembered and given back; this server does not act on it."}
		if row.kind == "array" {
			property.Items = &huma.Schema{}
		}
		if row.refuse != nil {
			property.Description = "Not supported: only the value that asks for nothing is accepted."
		}
		property.PrecomputeMessages()
		s.Properties[row.name] = property
	}
}

// remember merges what a body says into what was remembered before; null forgets. It also returns the faults.
func remember(table []remembered, before json.RawMessage, body []byte) (json.RawMessage, []Violation) {
	var said map[string]json.RawMessage
	if err := json.Unmarshal(body, &said); err != nil {
		return before, []Violation{{Message: err.Error()}}
	}
	kept := recall(before)
	var faults []Violation
	for _, row := range table {
		value, ok := said[row.name]
		switch text := compact(value); {
		case !ok:
		case text == "null":
			delete(kept, row.name)
		case row.refuse != nil && row.refuse(text) != "":
			faults = append(faults, Violation{Property: row.name, Rule: "not_supported", Message: row.refuse(text)})
		default:
			kept[row.name] = json.RawMessage(text)
		}
	}
	if len(kept) == 0 {
		return nil, faults
	}
	all, err := json.Marshal(kept)
	if err != nil {
		return before, append(faults, Violation{Message: err.Error()})
	}
	return all, faults
}

func compact(value json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, value); err != nil {
		return string(value)
	}
	return b.String()
}

func recall(kept json.RawMessage) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	if len(kept) > 0 {
		_ = json.Unmarshal(kept, &all) // ours, or nothing
	}
	return all
}

// withRemembered appends the remembered settings to an encoded object.
func withRemembered(object []byte, table []remembered, kept json.RawMessage) []byte {
	values := recall(kept)
	out := bytes.TrimSuffix(object, []byte("}"))
	for _, row := range table {
		value, ok := values[row.name]
		if !ok {
			value, ok = json.RawMessage(row.fallback), row.fallback != ""
		}
		if !ok {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, `"`+row.name+`":`...)
		out = append(out, value...)
	}
	return append(out, '}')
}
