package cimd

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"clientele/internal/oauth"
)

// rule is where a finding belongs: a row of the checklist, and the section that says so.
type rule struct {
	row, spec string
}

// rules are the findings about a document, by their stable names. Those of redirect URIs have the names that the registry
// gives them; redirectRule places them.
var rules = map[string]rule{
	"client_id_missing":         {"CM-01", "CIMD-02 §4"},
	"client_id_mismatch":        {"CM-01", "CIMD-02 §4"},
	"client_secret":             {"CM-02", "CIMD-02 §4.1"},
	"auth_method_shared_secret": {"CM-03", "CIMD-02 §4.1"},
	"auth_alg_symmetric":        {"CM-03", "CIMD-02 §4.1"},
	"private_key":               {"CM-04", "CIMD-02 §4.1"},
	"software_statement_secret": {"CM-05", "CIMD-02 §4.1"},
	"software_statement_unread": {"CM-05", "RFC 7591 §2.3"},
	"member_unknown":            {"CM-06", "CIMD-02 §4"},
	"member_case":               {"CM-06", "RFC 8259 §4"},
	"client_name_missing":       {"CM-07", "MCP 2026-07-28"},
	"redirect_uris_missing":     {"CM-07", "MCP 2026-07-28"},
	"member_type":               {"CM-08", "RFC 7591 §2"},
	"member_null":               {"CM-08", "RFC 7591 §2"},
	"grant_type_unsupported":    {"CM-09", "RFC 7591 §2"},
	"grant_types_none":          {"CM-09", "RFC 7591 §2"},
	"response_type_unsupported": {"CM-09", "RFC 7591 §2"},
	"response_types_none":       {"CM-09", "RFC 7591 §2"},
	"scope_syntax":              {"CM-09", "RFC 6749 §3.3"},
	"application_type_unknown":  {"CM-09", "OpenID Connect Dynamic Client Registration 1.0 §2"},
	"application_type_loopback": {"CM-09", "OpenID Connect Dynamic Client Registration 1.0 §2"},
	"member_server_owned":       {"CM-10", ""},
	"jwks_both":                 {"CM-11", "RFC 7591 §2"},
	"keys_missing":              {"CM-12", "CIMD-03 §6"},
	"keys_unusable":             {"CM-12", "CIMD-03 §6"},
	"key_unusable":              {"CM-12", "RFC 7517 §5"},
	"auth_alg_unsupported":      {"CM-12", "CIMD-03 §6"},
	"auth_alg_key":              {"CM-12", "CIMD-03 §6"},
	"jwks_uri_origin":           {"CM-12", ""},
	"uri_member":                {"CM-13", "CIMD-02 §8.6"},
	"uri_member_dropped":        {"CM-13", "CIMD-02 §8.6"},
	"localised_name":            {"CM-14", "RFC 7591 §2.2"},
	"confidential_only":         {"CM-15", "CIMD-02 §4"},
	"client_expired":            {"CM-16", "CIMD-02 §4"},
	"auth_method_not_listed":    {"CA-03", "OpenID RP Metadata Choices 1.0 §2"},
	"auth_method_unsupported":   {"CA-04", "CIMD-03 §6"},
	"auth_method_none_common":   {"CA-05", "CIMD-03 §6"},
	"redirect_uris_none":        {"CX-06", "CIMD-02 §4.2"},
	"client_name_cleaned":       {"CP-05", "CIMD-02 §8.5"},
	"client_uri_origin":         {"CL-06", "CIMD-02 §8.1"},
}

// redirectRule places a rule about one redirect URI.
func redirectRule(name string) rule {
	switch name {
	case "redirect_uri_wildcard", "redirect_uri_wildcard_form", "redirect_uri_wildcard_suffix":
		return rule{"CX-05", "RFC 9700 §2.1"}
	case "redirect_uri_private_scheme", "redirect_uri_scheme", "redirect_uri_scheme_host":
		return rule{"CX-07", "RFC 8252 §7.1"}
	case "uri_scheme_dangerous", "uri_userinfo", "uri_backslash", "uri_escape_control", "uri_host_escaped", "uri_host_address":
		return rule{"CX-08", "RFC 9700 §2.1"}
	case "uri_fragment":
		return rule{"CX-09", "RFC 6749 §3.1.2"}
	case "redirect_uri_host_policy":
		return rule{"CX-10", "CIMD-02 §8.1"}
	}
	return rule{"CX-06", "RFC 8252 §7.1"}
}

// place finds the rule of a finding by its name.
func place(name string) rule {
	if r, known := rules[name]; known {
		return r
	}
	return redirectRule(name)
}

// urlRows are the rows of the checklist that the rules of client URLs belong to.
var urlRows = map[string]string{
	"client_url_scheme": "CU-01", "client_url_userinfo": "CU-02", "client_url_path": "CU-03", "client_url_root": "CU-03", "client_url_dot_segment": "CU-04",
	"client_url_fragment": "CU-05", "client_url_query": "CU-06", "client_url_port": "CU-07", "client_url_empty": "CU-09", "client_url_length": "CU-09",
	"client_url_characters": "CU-11", "client_url_backslash": "CU-11", "client_url_escape": "CU-11", "client_url_host_escaped": "CU-11", "client_url_host": "CU-12",
	"client_url_address": "CU-12", "client_url_single_label": "CU-12", "client_url_special_name": "CU-12", "client_url_trailing_dot": "CU-12",
	"client_url_case": "CU-13", "client_url_punycode": "CU-13",
}

// URLFinding is the refusal of a client URL as a finding.
func URLFinding(value string, refused *oauth.URIError) Finding {
	return Finding{
		Rule: refused.Rule, Row: urlRows[refused.Rule], Field: "url", Value: display(value), Message: refused.Message,
		Mend: "publish the document at an ordinary https URL with a path, and write that URL into client_id byte by byte", Spec: "CIMD-02 §3",
	}
}

// sentence makes one of what follows a name elsewhere.
func sentence(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if s == "" || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + strings.TrimSuffix(s[size:], ".") + "."
}

// display is a value from outside as it may be shown: short, in one line, with nothing that moves other text about.
func display(s string) string {
	var sb strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > 200 {
			sb.WriteString("…")
			break
		}
		if r == utf8.RuneError || hidden(r) || r != ' ' && unicode.IsSpace(r) {
			fmt.Fprintf(&sb, "\\u{%x}", r)
			continue
		}
		sb.WriteRune(r)
	}
	return sb.String()
}
