package cimd

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/strictjson"
)

// identity holds client_id to be the URL itself, byte by byte. Otherwise whoever copies a document to another host has a
// client of the same name there. CIMD-02 §4.
func (r *reader) identity() {
	const name, mend = "client_id", "write the URL of the document into client_id, exactly as clients send it"
	raw, found := r.raw[name]
	var id string
	switch {
	case !found:
		r.refuse("client_id_missing", name, "", "is missing", mend)
	case json.Unmarshal(raw, &id) != nil || raw[0] != '"':
		r.refuse("client_id_missing", name, string(raw), "is not a string", mend)
	case id != r.URL.String():
		r.refuse("client_id_mismatch", name, id, "is not the URL of the document, "+r.URL.String()+difference(id, r.URL.String()), mend)
	default:
		r.take(name, id, "client ID")
	}
}

// difference names what two URLs that mean the same to people differ in.
func difference(a, b string) string {
	switch {
	case strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/"):
		return "; they differ in the slash at the end"
	case strings.EqualFold(a, b):
		return "; they differ in upper and lower case"
	case strings.Replace(a, "://www.", "://", 1) == strings.Replace(b, "://www.", "://", 1):
		return "; they differ in www."
	case strings.Replace(a, ":443/", "/", 1) == strings.Replace(b, ":443/", "/", 1):
		return "; they differ in the port, which is part of the name"
	case strings.HasPrefix(a, "http://") && a[len("http"):] == b[len("https"):]:
		return "; it has http where https should stand"
	}
	return ""
}

// nullRefused are the members in which null is not taken for an absent member.
var nullRefused = map[string]bool{"client_id": true, "redirect_uris": true, "jwks": true, "jwks_uri": true, "token_endpoint_auth_method": true, "token_endpoint_auth_methods_supported": true}

// types reads every member that is known by name, and sorts out the others.
func (r *reader) types(members []member) {
	for _, m := range members {
		if m.name == "client_id" {
			continue
		}
		known, language, ok := oauth.FindClientMember(m.name)
		switch {
		case !ok:
			r.unknown(m.name, known)
		case string(m.raw) == "null" && known.Kind != oauth.MemberAny && !nullRefused[known.Name]:
			r.note(m.name, "null", "", "null counts as absent")
		default:
			if err := r.meta.Read(known, language, m.raw); err != nil {
				r.refuse("member_type", m.name, r.shown(m.name), err.Error(), "write "+string(known.Kind)+", or leave the member out")
				continue
			}
			r.given[m.name] = true
		}
	}
}

// serverOwned are members that some servers give meaning to, and that would be dangerous to take from a stranger.
var serverOwned = map[string]bool{
	"skip_consent": true, "first_party": true, "is_first_party": true, "trusted": true, "trust_level": true, "enabled": true, "disabled": true, "owner": true,
	"allowed_scopes": true, "allowed_resources": true, "resources": true, "audience": true, "audiences": true, "access_token_lifetime": true, "refresh_token_lifetime": true,
	"id_token_lifetime": true, "require_pkce": true, "roles": true, "permissions": true, "auto_approve": true, "implicit_consent": true,
}

func (r *reader) unknown(name string, near oauth.ClientMember) {
	r.Unknown = append(r.Unknown, name)
	text := r.shown(name)
	switch folded, _, known := oauth.FindClientMember(strings.ToLower(name)); {
	case serverOwned[name]:
		r.row(name).Owner = ownerOperator
		why := "is this server's to decide; a document cannot"
		r.ignore(name, text, why)
		r.warn("member_server_owned", name, text, why, "leave it out")
	case near.Name != "":
		why := "is no form of " + near.Name + " for a language; it is ignored"
		r.ignore(name, text, why)
		r.warn("localised_name", name, text, why, "write the language behind the # as in client_name#fr, for members that people read")
	case known && folded.Name != name:
		why := "differs from " + folded.Name + " in upper and lower case, so nobody reads it"
		r.ignore(name, text, why)
		r.warn("member_case", name, text, why, "write "+folded.Name)
	default:
		r.ignore(name, text, "not known here; kept and ignored")
	}
}

// forbidden refuses a shared secret, which a public document cannot have. CIMD-02 §4.1.
func (r *reader) forbidden() {
	for _, name := range []string{"client_secret", "client_secret_expires_at"} {
		if _, found := r.raw[name]; found {
			r.refuse("client_secret", name, "", "must not be in a public document, whatever its value",
				"remove it; if it was a real secret, it is known to everybody now. Use private_key_jwt instead")
		}
	}
}

// statement looks into the software statement for what a document must not have. Its signature is not checked and nothing
// is taken from it: nobody here knows its issuer. RFC 7591 §2.3, CIMD-02 §4.1.
func (r *reader) statement() {
	const name = "software_statement"
	if !r.has(name) {
		return
	}
	text := r.meta.SoftwareStatement
	payload, ok := statementPayload(text)
	if !ok {
		why := "is no signed JWT; it is ignored"
		r.ignore(name, text, why)
		r.warn("software_statement_unread", name, text, why, "leave it out, or publish a JWS in compact form")
		return
	}
	if why := secretIn(payload); why != "" {
		r.refuse("software_statement_secret", name, "", why, "have the statement made again without it")
		return
	}
	r.ignore(name, text, "its issuer is nobody that this server trusts; nothing is taken from it")
}

func statementPayload(text string) (map[string]json.RawMessage, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, false
	}
	object, err := strictjson.Object(payload, strictjson.MaxDepth(maxDepth), strictjson.MaxMembers(maxMembers))
	return object, err == nil
}

// secretIn says which credential the metadata of a software statement carries.
func secretIn(object map[string]json.RawMessage) string {
	for _, name := range []string{"client_secret", "client_secret_expires_at"} {
		if _, found := object[name]; found {
			return "carries " + name + ", which must not be public"
		}
	}
	var method string
	var methods []string
	_ = json.Unmarshal(object["token_endpoint_auth_method"], &method)
	_ = json.Unmarshal(object["token_endpoint_auth_methods_supported"], &methods)
	for _, m := range append(methods, method) {
		if sharedSecret(m) {
			return "names " + display(m) + ", a method with a shared secret"
		}
	}
	if raw, found := object["jwks"]; found {
		if private(raw) {
			return "carries a private or symmetric key"
		}
	}
	return ""
}

// expiry: the draft has the member as a maybe. A document that says it is over is.
func (r *reader) expiry() {
	const name = "client_id_expires_at"
	if !r.has(name) {
		return
	}
	text := string(r.raw[name])
	end := time.Unix(r.meta.ExpiresAt, 0).UTC()
	switch {
	case r.meta.ExpiresAt == 0:
		r.note(name, text, "", "never")
	case !r.policy.Now.IsZero() && !r.policy.Now.Before(end):
		r.refuse("client_expired", name, text, "is in the past, "+end.Format(time.DateOnly), "publish a document that is still valid, or take it down")
	default:
		r.note(name, text, "", "the client ends on "+end.Format(time.DateOnly)+"; after that its document is refused")
	}
}

// scopes keeps what the client says it may ask for. It is a wish: what it gets is decided by its permissions. RFC 7591 §2.
func (r *reader) scopes() {
	const name = "scope"
	if !r.has(name) {
		return
	}
	for text := range strings.FieldsSeq(r.meta.Scope) {
		switch {
		case r.Mapped.Scopes.Has(text):
		case !oauth.ValidScope(text) || len(r.Mapped.Scopes) == oauth.MaxScopes:
			r.drop("scope_syntax", name, text, "is no scope", "write scopes in printable ASCII, separated by spaces")
		default:
			r.Mapped.Scopes = append(r.Mapped.Scopes, text)
			r.note(name, text, text, "what it may ask for; what it gets is decided by its API permissions here")
		}
	}
}

// rest writes the rows of what is known and not acted on, and of what only people read.
func (r *reader) rest() {
	for _, name := range r.order {
		if len(r.rows[name].Values) > 0 || !r.has(name) {
			continue
		}
		switch m, _, _ := oauth.FindClientMember(name); {
		case name == "contacts" && len(r.meta.Contacts) > 0:
			for _, text := range r.meta.Contacts {
				r.note(name, text, "", "for the operator to read")
			}
		case strings.Contains(name, "#"):
			r.ignore(name, r.shown(name), "checked; forms for languages are not shown here")
		case m.Used():
			r.ignore(name, r.shown(name), "counts as absent")
		default:
			r.ignore(name, r.shown(name), "known; this server does not use it")
		}
	}
}

// limits of what a document says to people.
const (
	maxNameGraphemes = 64
	maxDescription   = registry.MaxDescription
)
