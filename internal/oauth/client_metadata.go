package oauth

import (
	"encoding/json"
	"fmt"
	"strings"
)

// ClientMetadata is what a client says about itself, in a metadata document or a registration request. Only what somebody
// here acts on has a field; ClientMembers knows the names and types of the rest. RFC 7591 §2, CIMD-02 §4.
type ClientMetadata struct {
	ClientID      string
	ClientName    string
	Description   string // not registered, but in use
	ClientURI     string
	LogoURI       string
	TermsURI      string // tos_uri
	PolicyURI     string
	Contacts      []string
	Type          string // application_type: web or native
	RedirectURIs  []string
	GrantTypes    []string
	ResponseTypes []string
	Scope         string

	AuthMethod     string   // token_endpoint_auth_method
	AuthMethods    []string // token_endpoint_auth_methods_supported
	AuthAlgorithm  string   // token_endpoint_auth_signing_alg
	AuthAlgorithms []string // token_endpoint_auth_signing_alg_values_supported
	JWKSURI        string
	JWKS           json.RawMessage

	SoftwareStatement string
	ExpiresAt         int64             // client_id_expires_at: seconds since 1970
	Localised         map[string]string // by their whole names, as in client_name#ja-Latn-JP. RFC 7591 §2.2
}

// MemberKind is the JSON type of a metadata member.
type MemberKind string

// The kinds.
const (
	MemberText   MemberKind = "a string"
	MemberTexts  MemberKind = "an array of strings"
	MemberFlag   MemberKind = "true or false"
	MemberNumber MemberKind = "a number"
	MemberObject MemberKind = "an object"
	MemberAny    MemberKind = "a value" // of any type
)

// URIUse is what is done with the URIs of a member.
type URIUse string

// The uses.
const (
	URINone     URIUse = ""         // the member has no URIs
	URIShown    URIUse = "shown"    // people see it and may follow it
	URIFetched  URIUse = "fetched"  // a server gets it, or calls it
	URIRedirect URIUse = "redirect" // a browser is sent there with an answer
)

// ClientMember is one registered member of client metadata.
type ClientMember struct {
	Name      string
	Kind      MemberKind
	URI       URIUse
	Localised bool // there may be forms of it for languages, as in client_name#fr. RFC 7591 §2.2
	Spec      string
	field     func(*ClientMetadata) any // nil if nobody here acts on it
}

// Used reports whether this server acts on the member.
func (m ClientMember) Used() bool { return m.field != nil }

// ClientMembers is every member we know by name: those of IANA's registry of OAuth client metadata, and a few in use beside
// it. It is the one table of URI members: what is checked, fetched or shown is read from it, so that none is forgotten.
func ClientMembers() []ClientMember { return clientMembers }

// FindClientMember finds the member that a name in a document stands for, and the language tag behind its #.
func FindClientMember(name string) (m ClientMember, language string, known bool) {
	base, language, localised := strings.Cut(name, "#")
	for _, m := range clientMembers {
		if m.Name == base {
			return m, language, !localised || m.Localised && languageTag(language)
		}
	}
	return ClientMember{}, "", false
}

// languageTag is the shape of one; which languages there are is not asked. RFC 7591 §2.2.
func languageTag(s string) bool {
	if s == "" || len(s) > 35 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

// Read checks the type of one member and keeps it if it has a field. The error says what should stand there; it follows the
// member's name. Null is no value of any type; who takes it for an absent member does so before.
func (c *ClientMetadata) Read(m ClientMember, language string, raw json.RawMessage) error {
	into := m.value()
	if m.field != nil && language == "" {
		into = m.field(c)
	}
	if string(raw) == "null" && m.Kind != MemberAny {
		return fmt.Errorf("is null where %s should stand", m.Kind)
	}
	if err := json.Unmarshal(raw, into); err != nil || hasNull(m.Kind, raw) {
		return fmt.Errorf("must be %s", m.Kind)
	}
	if m.Kind == MemberObject && (len(raw) == 0 || raw[0] != '{') {
		return fmt.Errorf("must be %s", m.Kind)
	}
	if language != "" {
		if c.Localised == nil {
			c.Localised = map[string]string{}
		}
		c.Localised[m.Name+"#"+language] = *into.(*string)
	}
	return nil
}

// hasNull finds a null among strings, which encoding/json takes for an empty one.
func hasNull(kind MemberKind, raw json.RawMessage) bool {
	if kind != MemberTexts {
		return false
	}
	var values []*string
	if json.Unmarshal(raw, &values) != nil {
		return true
	}
	for _, v := range values {
		if v == nil {
			return true
		}
	}
	return false
}

// value is a place for a member that has no field.
func (m ClientMember) value() any {
	switch m.Kind {
	case MemberText:
		return new(string)
	case MemberTexts:
		return new([]string)
	case MemberFlag:
		return new(bool)
	case MemberNumber:
		return new(float64)
	}
	return new(json.RawMessage)
}

// CheckMetadataURI says whether value may stand in a member whose URIs are shown or fetched: an absolute https URL without
// user information and fragment. The error is a *URIError. RFC 7591 §2, CIMD-02 §8.6.
func CheckMetadataURI(value string) error {
	u, err := ParseRedirectURI(value)
	if err != nil {
		return err
	}
	if u.Scheme() != "https" {
		return unusable("uri_https", "must be an https URL")
	}
	return nil
}
