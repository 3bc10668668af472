package oauth

import (
	"encoding/json"
	"strings"
	"testing"
)

// A member whose name says URI must say what is done with it, or it would escape the checks that are made from the table.
func TestEveryMemberNamedURIIsInTheTableOfURIs(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range ClientMembers() {
		named := strings.HasSuffix(m.Name, "_uri") || strings.HasSuffix(m.Name, "_uris") || strings.HasSuffix(m.Name, "_endpoint")
		if named && !strings.HasPrefix(m.Name, "tls_") != (m.URI != URINone) {
			t.Errorf("%s has the use %q", m.Name, m.URI)
		}
		if seen[m.Name] || m.Kind == "" {
			t.Errorf("%s is there twice or has no type", m.Name)
		}
		seen[m.Name] = true
	}
}

func TestALocalisedNameStandsForItsMember(t *testing.T) {
	for name, known := range map[string]bool{
		"client_name": true, "client_name#ja-Latn-JP": true, "logo_uri#fr": true, "client_name#": false, "client_name#a b": false, "client_name#-": false,
		"redirect_uris#fr": false, "jwks_uri#fr": false, "Client_Name": false, "ext": false,
	} {
		if m, _, ok := FindClientMember(name); ok != known {
			t.Errorf("%s: known %v as %q", name, ok, m.Name)
		}
	}
}

func TestAMemberOfAnotherTypeIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, good string
		bad        []string
	}{
		{"client_id", `"x"`, []string{`1`, `null`, `["x"]`, `{}`, `true`}},
		{"redirect_uris", `["x"]`, []string{`"x"`, `[1]`, `[null]`, `null`, `{}`, `["x",null]`}},
		{"jwks", `{"keys":[]}`, []string{`[]`, `"x"`, `null`, `1`}},
		{"client_id_expires_at", `1790000000`, []string{`"1"`, `null`, `1.5`, `1e40`}},
		{"require_auth_time", `true`, []string{`"true"`, `1`, `null`}},
		{"default_max_age", `3.5`, []string{`"1"`}},
		{"client_secret", `null`, nil},
	} {
		m, _, _ := FindClientMember(c.name)
		if err := new(ClientMetadata).Read(m, "", json.RawMessage(c.good)); err != nil {
			t.Errorf("%s: %s %v", c.name, c.good, err)
		}
		for _, bad := range c.bad {
			if err := new(ClientMetadata).Read(m, "", json.RawMessage(bad)); err == nil {
				t.Errorf("%s: %s is accepted", c.name, bad)
			}
		}
	}
}

func TestLocalisedValuesAreKeptBesideTheirMember(t *testing.T) {
	var c ClientMetadata
	m, language, _ := FindClientMember("client_name#fr")
	if err := c.Read(m, language, json.RawMessage(`"Éditeur"`)); err != nil || c.ClientName != "" || c.Localised["client_name#fr"] != "Éditeur" {
		t.Errorf("%+v, %v", c, err)
	}
	if err := c.Read(m, language, json.RawMessage(`1`)); err == nil {
		t.Error("a number is accepted as a name")
	}
}

func TestURIsOfMetadataAreHTTPSWithoutUserAndFragment(t *testing.T) {
	for _, good := range []string{"https://app.example.com/logo.png", "https://cdn.example.net:8443/a?b=c", "https://192.0.2.1/jwks"} {
		if err := CheckMetadataURI(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "/logo.png", "http://app.example.com/", "http://localhost/", "javascript:alert(1)", "data:image/png;base64,", "blob:x", "file:///etc/passwd", "gopher://x/", "jar:http://x!/",
		"https://u@h.example.com/", "https://h.example.com/#x", "com.example.app:/logo", "https:///x", "HTTPS://h.example.com/", "mailto:a@example.com",
	} {
		if err := CheckMetadataURI(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
