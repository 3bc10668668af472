package cimd

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// with is a document of clientURL with a callback URL and further members.
func with(members string) string {
	body := `{"client_id":"` + clientURL + `"`
	if !strings.Contains(members, `"redirect_uris"`) {
		body += `,"redirect_uris":["https://app.example.com/cb"]`
	}
	if members != "" {
		body += "," + members
	}
	return body + "}"
}

func brief(findings []Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Rule)
	}
	return all
}

func TestTextThatIsNoDocument(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 8) + "1" + strings.Repeat("}", 8)
	many := ""
	for i := range 64 {
		many += fmt.Sprintf(`,"m%d":1`, i)
	}
	for name, c := range map[string]struct {
		body string
		kind audit.FailureKind
	}{
		"nothing":                {"", audit.FailureNotJSON},
		"an HTML page":           {"<!doctype html><title>Claude</title>", audit.FailureNotJSON},
		"an array":               {`[{"client_id":"x"}]`, audit.FailureDocument},
		"a string":               {`"x"`, audit.FailureDocument},
		"null":                   {`null`, audit.FailureDocument},
		"a byte order mark":      {"\ufeff" + with(""), audit.FailureNotJSON},
		"bytes after the end":    {with("") + "x", audit.FailureNotJSON},
		"two documents":          {with("") + with(""), audit.FailureNotJSON},
		"a member twice":         {`{"client_id":"` + clientURL + `","client_id":"https://evil.example.net/c"}`, audit.FailureDocument},
		"a member twice in part": {with(`"x":{"a":1,"\u0061":2}`), audit.FailureDocument},
		"broken UTF-8":           {with("\"x\":\"\xff\""), audit.FailureDocument},
		"half a surrogate":       {with(`"x":"\ud800"`), audit.FailureDocument},
		"NaN":                    {with(`"x":NaN`), audit.FailureNotJSON},
		"a huge number":          {with(`"x":1e999`), audit.FailureDocument},
		"too deep":               {with(`"x":` + deep), audit.FailureDocument},
		"too many members":       {`{"client_id":"x"` + many + `}`, audit.FailureDocument},
		"a long string":          {with(`"x":"` + strings.Repeat("a", 2049) + `"`), audit.FailureDocument},
		"a long string in part":  {with(`"x":[{"y":"` + strings.Repeat("a", 2049) + `"}]`), audit.FailureDocument},
		"a long array":           {with(`"x":[1` + strings.Repeat(",1", 64) + `]`), audit.FailureDocument},
	} {
		_, err := ReadDocument(parsedURL(t), []byte(c.body), usual)
		if f, ok := errors.AsType[*Failure](err); !ok || f.Kind != c.kind || f.Mend == "" || f.Message == "" {
			t.Errorf("%s: %+v, want the kind %s", name, err, c.kind)
		}
	}
}

func TestLimitsOfADocumentAreReachable(t *testing.T) {
	many := ""
	for i := range 62 {
		many += fmt.Sprintf(`,"m%d":1`, i)
	}
	for _, body := range []string{
		with(`"x":"` + strings.Repeat("a", 2048) + `"`),
		with(`"x":[1` + strings.Repeat(",1", 63) + `]`),
		with(`"x":` + strings.Repeat(`{"a":`, 7) + "1" + strings.Repeat("}", 7)),
		strings.TrimSuffix(with(""), "}") + many + "}",
	} {
		if r := read(t, parsedURL(t), body, usual); !r.Usable() {
			t.Errorf("%+v", r.Violations)
		}
	}
}

// Twenty redirect URIs and 4.9 kB are a document like any other.
func TestALargeDocumentIsAccepted(t *testing.T) {
	var list []string
	for i := range 20 {
		list = append(list, fmt.Sprintf(`"https://app.example.com/callback/%d/%s"`, i, strings.Repeat("x", 205)))
	}
	body := with(`"redirect_uris":[` + strings.Join(list, ",") + `]`)
	r := read(t, parsedURL(t), body, usual)
	if !r.Usable() || len(r.Mapped.RedirectURIs) != 20 || len(body) < 4800 || len(body) > MaxDocument {
		t.Errorf("%d bytes, %d redirect URIs: %+v", len(body), len(r.Mapped.RedirectURIs), r.Violations)
	}
}

// What refuses a document, by rule and row. Each is refused for this and nothing else.
func TestWhatRefusesADocument(t *testing.T) {
	statement := func(payload string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
	}
	const private = `"token_endpoint_auth_method":"private_key_jwt"`
	const ed = `"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"`
	for _, c := range []struct{ name, body, rule, row string }{
		{"no client_id", `{"redirect_uris":["https://app.example.com/cb"]}`, "client_id_missing", "CM-01"},
		{"client_id is a number", `{"client_id":1,"redirect_uris":["https://app.example.com/cb"]}`, "client_id_missing", "CM-01"},
		{"client_id is an array", `{"client_id":["` + clientURL + `"],"redirect_uris":["https://app.example.com/cb"]}`, "client_id_missing", "CM-01"},
		{"client_id is null", `{"client_id":null,"redirect_uris":["https://app.example.com/cb"]}`, "client_id_missing", "CM-01"},
		{"client_secret", with(`"client_secret":"x"`), "client_secret", "CM-02"},
		{"client_secret is null", with(`"client_secret":null`), "client_secret", "CM-02"},
		{"client_secret is empty", with(`"client_secret":""`), "client_secret", "CM-02"},
		{"client_secret_expires_at", with(`"client_secret_expires_at":0`), "client_secret", "CM-02"},
		{"client_secret_post", with(`"token_endpoint_auth_method":"client_secret_post"`), "auth_method_shared_secret", "CM-03"},
		{"client_secret_basic", with(`"token_endpoint_auth_method":"client_secret_basic"`), "auth_method_shared_secret", "CM-03"},
		{"client_secret_jwt", with(`"token_endpoint_auth_method":"client_secret_jwt"`), "auth_method_shared_secret", "CM-03"},
		{"client_secret_basic among others", with(`"token_endpoint_auth_methods_supported":["none","client_secret_basic"]`), "auth_method_shared_secret", "CM-03"},
		{"HS256", with(private + `,"jwks":{"keys":[{` + ed + `}]},"token_endpoint_auth_signing_alg":"HS256"`), "auth_alg_symmetric", "CM-03"},
		{"a private key", with(private + `,"jwks":{"keys":[{` + ed + `,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}`), "private_key", "CM-04"},
		{"a private key nobody uses", with(`"jwks":{"keys":[{` + ed + `,"d":"x"}]}`), "private_key", "CM-04"},
		{"an RSA key with p", with(`"jwks":{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","p":"x"}]}`), "private_key", "CM-04"},
		{"a symmetric key", with(`"jwks":{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}]}`), "private_key", "CM-04"},
		{"a symmetric key without its value", with(`"jwks":{"keys":[{"kty":"oct"}]}`), "private_key", "CM-04"},
		{"a secret in the software statement", with(`"software_statement":"` + statement(`{"client_secret":"x"}`) + `"`), "software_statement_secret", "CM-05"},
		{"a secret method in the software statement", with(`"software_statement":"` + statement(`{"token_endpoint_auth_method":"client_secret_post"}`) + `"`), "software_statement_secret", "CM-05"},
		{"a secret method offered in the software statement", with(`"software_statement":"` + statement(`{"token_endpoint_auth_methods_supported":["client_secret_jwt"]}`) + `"`), "software_statement_secret", "CM-05"},
		{"a private key in the software statement", with(`"software_statement":"` + statement(`{"jwks":{"keys":[{"kty":"oct","k":"x"}]}}`) + `"`), "software_statement_secret", "CM-05"},
		{"a symmetric key where a set should stand", with(`"jwks":{"kty":"oct","k":"x"}`), "private_key", "CM-04"},
		{"a private key alone in the software statement", with(`"software_statement":"` + statement(`{"jwks":{"kty":"EC","d":"x"}}`) + `"`), "software_statement_secret", "CM-05"},
		{"redirect_uris is a string", with(`"redirect_uris":"https://app.example.com/cb"`), "member_type", "CM-08"},
		{"redirect_uris is null", with(`"redirect_uris":null`), "member_type", "CM-08"},
		{"redirect_uris has a number", with(`"redirect_uris":["https://app.example.com/cb",1]`), "member_type", "CM-08"},
		{"jwks is null", with(`"jwks":null`), "member_type", "CM-08"},
		{"client_name is an object", with(`"client_name":{"en":"x"}`), "member_type", "CM-08"},
		{"scope is an array", with(`"scope":["openid"]`), "member_type", "CM-08"},
		{"grant_types is a string", with(`"grant_types":"authorization_code"`), "member_type", "CM-08"},
		{"a flag is a string", with(`"dpop_bound_access_tokens":"true"`), "member_type", "CM-08"},
		{"no usable grant", with(`"grant_types":["implicit"]`), "grant_types_none", "CM-09"},
		{"no grant", with(`"grant_types":[]`), "grant_types_none", "CM-09"},
		{"refresh_token alone", with(`"grant_types":["refresh_token"]`), "grant_types_none", "CM-09"},
		{"client_credentials of a public client", with(`"grant_types":["client_credentials"]`), "grant_types_none", "CM-09"},
		{"response types without code", with(`"response_types":["token"]`), "response_types_none", "CM-09"},
		{"jwks and jwks_uri", with(private + `,"jwks":{"keys":[{` + ed + `}]},"jwks_uri":"https://app.example.com/jwks"`), "jwks_both", "CM-11"},
		{"private_key_jwt without keys", with(private), "keys_missing", "CM-12"},
		{"private_key_jwt offered without keys", with(`"token_endpoint_auth_methods_supported":["none","private_key_jwt"]`), "keys_missing", "CM-12"},
		{"private_key_jwt with an empty set", with(private + `,"jwks":{"keys":[]}`), "keys_unusable", "CM-12"},
		{"a set without keys", with(private + `,"jwks":{}`), "keys_unusable", "CM-12"},
		{"a set with unusable keys only", with(private + `,"jwks":{"keys":[{"kty":"EC","crv":"secp256k1","x":"x","y":"y"}]}`), "keys_unusable", "CM-12"},
		{"an algorithm that no key has", with(private + `,"jwks":{"keys":[{` + ed + `}]},"token_endpoint_auth_signing_alg":"RS256"`), "keys_unusable", "CM-12"},
		{"an unknown algorithm", with(private + `,"jwks":{"keys":[{` + ed + `}]},"token_endpoint_auth_signing_alg":"ES256K"`), "auth_alg_unsupported", "CM-12"},
		{"keys on another origin", with(private + `,"jwks_uri":"https://keys.example.net/jwks"`), "jwks_uri_origin", "CM-12"},
		{"keys on another port", with(private + `,"jwks_uri":"https://app.example.com:8443/jwks"`), "jwks_uri_origin", "CM-12"},
		{"keys without TLS", with(private + `,"jwks_uri":"http://app.example.com/jwks"`), "uri_member", "CM-13"},
		{"the preferred method is not offered", with(`"token_endpoint_auth_method":"none","token_endpoint_auth_methods_supported":["private_key_jwt"],"jwks_uri":"https://app.example.com/jwks"`), "auth_method_not_listed", "CA-03"},
		{"no common method", with(`"token_endpoint_auth_methods_supported":["tls_client_auth"]`), "auth_method_none_common", "CA-05"},
		{"no common method in the singular", with(`"token_endpoint_auth_method":"self_signed_tls_client_auth"`), "auth_method_none_common", "CA-05"},
		{"no method at all", with(`"token_endpoint_auth_methods_supported":[]`), "auth_method_none_common", "CA-05"},
		{"no redirect URI", `{"client_id":"` + clientURL + `"}`, "redirect_uris_none", "CX-06"},
		{"an empty list of redirect URIs", with(`"redirect_uris":[]`), "redirect_uris_none", "CX-06"},
		{"unusable redirect URIs only", with(`"redirect_uris":["http://app.example.com/cb","https://app.example.com/cb#x"]`), "redirect_uris_none", "CX-06"},
	} {
		r := read(t, parsedURL(t), c.body, usual)
		if d := cmp.Diff([]string{c.rule}, brief(r.Violations)); d != "" {
			t.Errorf("%s: %s", c.name, d)
			continue
		}
		if v := r.Violations[0]; v.Row != c.row || v.Message == "" || v.Mend == "" || v.Field == "" {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

func TestAClientIDThatIsNotTheURLIsToldWhatDiffers(t *testing.T) {
	for id, hint := range map[string]string{
		clientURL + "/": "slash", "https://APP.example.com/client.json": "upper and lower case", "https://www.app.example.com/client.json": "www.",
		"https://app.example.com:443/client.json": "port", "http://app.example.com/client.json": "http where https", "https://evil.example.net/client.json": "is not the URL",
		clientURL + "?": "is not the URL", "https://app.example.com/%63lient.json": "is not the URL",
	} {
		r := read(t, parsedURL(t), `{"client_id":"`+id+`","redirect_uris":["https://app.example.com/cb"]}`, usual)
		if len(r.Violations) != 1 || r.Violations[0].Rule != "client_id_mismatch" || !strings.Contains(r.Violations[0].Message, hint) {
			t.Errorf("%s: %+v", id, r.Violations)
		}
		if f := r.Failure(); f.Kind != audit.FailureMismatch {
			t.Errorf("%s: the kind %s", id, f.Kind)
		}
	}
}

// What is asked for and not granted leaves the rest of the document alone.
func TestWhatIsDroppedWithAReason(t *testing.T) {
	for _, c := range []struct {
		name, members, rule, row string
	}{
		{"jwt-bearer", `"grant_types":["authorization_code","urn:ietf:params:oauth:grant-type:jwt-bearer"]`, "grant_type_unsupported", "CM-09"},
		{"device_code", `"grant_types":["authorization_code","device_code"]`, "grant_type_unsupported", "CM-09"},
		{"implicit", `"grant_types":["implicit","authorization_code"]`, "grant_type_unsupported", "CM-09"},
		{"hybrid", `"response_types":["code","code id_token"]`, "response_type_unsupported", "CM-09"},
		{"a scope that is none", `"scope":"openid \"x"`, "scope_syntax", "CM-09"},
		{"an unknown type", `"application_type":"desktop"`, "application_type_unknown", "CM-09"},
		{"tls_client_auth", `"token_endpoint_auth_methods_supported":["none","tls_client_auth"]`, "auth_method_unsupported", "CA-04"},
		{"a logo without TLS", `"logo_uri":"http://app.example.com/logo.png"`, "uri_member_dropped", "CM-13"},
		{"a script as a logo", `"logo_uri":"javascript:alert(1)"`, "uri_member_dropped", "CM-13"},
		{"data as terms", `"tos_uri":"data:text/html,x"`, "uri_member_dropped", "CM-13"},
		{"a blob as policy", `"policy_uri":"blob:https://app.example.com/x"`, "uri_member_dropped", "CM-13"},
		{"a script as home page", `"client_uri":"JaVaScRiPt:alert(1)"`, "uri_member_dropped", "CM-13"},
		{"a logo for a language", `"logo_uri#fr":"http://app.example.com/logo.png"`, "uri_member_dropped", "CM-13"},
		{"a home page elsewhere", `"client_uri":"https://example.net/"`, "client_uri_origin", "CL-06"},
		{"a language that is none", `"client_name#f r":"x"`, "localised_name", "CM-14"},
		{"a member in other letters", `"Client_Name":"x"`, "member_case", "CM-06"},
		{"a member of the server", `"skip_consent":true`, "member_server_owned", "CM-10"},
		{"a statement that is none", `"software_statement":"x"`, "software_statement_unread", "CM-05"},
	} {
		r := read(t, parsedURL(t), with(`"client_name":"Example",`+c.members), usual)
		if d := cmp.Diff([]string{c.rule}, brief(r.Warnings)); d != "" || !r.Usable() {
			t.Errorf("%s: %s %+v", c.name, d, r.Violations)
			continue
		}
		if w := r.Warnings[0]; w.Row != c.row || w.Message == "" || w.Mend == "" {
			t.Errorf("%s: %+v", c.name, w)
		}
	}
}

func TestUnknownMembersAreIgnoredAndNamed(t *testing.T) {
	r := read(t, parsedURL(t), with(`"client_name":"x","code_challenge_methods_supported":["S256"],"@context":"https://www.w3.org/ns/solid/oidc-context.jsonld","ext":{"a":[null]}`), usual)
	want := []string{"code_challenge_methods_supported", "@context", "ext"}
	if d := cmp.Diff(want, r.Unknown); d != "" || !r.Usable() || len(r.Warnings) > 0 {
		t.Errorf("%s %+v %+v", d, r.Violations, r.Warnings)
	}
}

func TestNullCountsAsAbsentWhereNothingDependsOnIt(t *testing.T) {
	r := read(t, parsedURL(t), with(`"client_name":null,"logo_uri":null,"scope":null,"grant_types":null,"contacts":null`), usual)
	if !r.Usable() || r.Mapped.Name != "app.example.com" || !slices.Equal(r.Mapped.GrantTypes, []oauth.GrantType{oauth.AuthorizationCode}) {
		t.Errorf("%+v %+v", r.Mapped, r.Violations)
	}
}

// Every member that holds a URI is held to https, whether or not anybody here uses it. The table of members is the test's too.
func TestEveryURIMemberIsChecked(t *testing.T) {
	for _, m := range oauth.ClientMembers() {
		if m.URI == oauth.URINone || m.Name == "redirect_uris" {
			continue
		}
		for _, bad := range []string{"javascript:alert(1)", "file:///etc/passwd", "gopher://app.example.com/"} {
			value := `"` + bad + `"`
			if m.Kind == oauth.MemberTexts {
				value = `[` + value + `]`
			}
			r := read(t, parsedURL(t), with(`"client_name":"x","`+m.Name+`":`+value), usual)
			refused := m.URI == oauth.URIFetched || m.URI == oauth.URIRedirect && !strings.HasPrefix(bad, "gopher")
			if r.Usable() == refused || len(r.Violations)+len(r.Warnings) == 0 {
				t.Errorf("%s %s: violations %v, warnings %v", m.Name, bad, brief(r.Violations), brief(r.Warnings))
			}
			if row, _ := r.Row(m.Name); len(row.Values) != 1 || row.Values[0].Verdict == Taken {
				t.Errorf("%s %s: the row %+v", m.Name, bad, row)
			}
		}
	}
}

// Whatever a member holds, the preview has something to say about it.
func TestEveryMemberHasARowWhateverItHolds(t *testing.T) {
	for _, m := range oauth.ClientMembers() {
		for _, value := range []string{`""`, `"x"`, `[]`, `["x"]`, `{}`, `{"keys":[]}`, `true`, `0`, `1.5`, `null`, `[null]`, `" "`} {
			if m.Name == "client_id" {
				continue
			}
			body := with(`"client_name#fr":"x","` + m.Name + `":` + value)
			everyMemberHasARow(t, read(t, parsedURL(t), body, usual), []byte(body))
		}
	}
}

func TestWhatMayBeACredentialIsNotShown(t *testing.T) {
	for _, members := range []string{
		`"client_secret":"hunter2"`, `"jwks":"hunter2"`, `"jwks":{"keys":[{"kty":"oct","k":"hunter2"}]}`, `"jwks":{"kty":"oct","k":"hunter2"}`, `"private_key":"hunter2"`,
		`"registration_access_token":"hunter2"`, `"old_client_secret":["hunter2"]`, `"jwks":[{"d":"hunter2"}]`,
	} {
		text, err := json.Marshal(read(t, parsedURL(t), with(members), usual))
		if err != nil || strings.Contains(string(text), "hunter2") {
			t.Errorf("%s: %v %s", members, err, text)
		}
	}
}

func TestAuthenticationIsNegotiated(t *testing.T) {
	const keys = `,"jwks_uri":"https://app.example.com/jwks"`
	for _, c := range []struct {
		name, members string
		want          []oauth.AuthMethod
	}{
		{"neither member", `"client_name":"x"`, public},
		{"the singular none", `"token_endpoint_auth_method":"none"`, public},
		{"the singular private_key_jwt", `"token_endpoint_auth_method":"private_key_jwt"` + keys, []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}},
		{"both members", `"token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_methods_supported":["none","private_key_jwt"]` + keys, either},
		{"the plural only", `"token_endpoint_auth_methods_supported":["private_key_jwt"]` + keys, []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}},
		{"unsupported beside supported", `"token_endpoint_auth_methods_supported":["tls_client_auth","none"]`, public},
		{"a method twice", `"token_endpoint_auth_methods_supported":["none","none"]`, public},
	} {
		r := read(t, parsedURL(t), with(c.members), usual)
		if d := cmp.Diff(c.want, r.Mapped.AuthMethods); d != "" || !r.Usable() {
			t.Errorf("%s: %s %+v", c.name, d, r.Violations)
		}
	}
	public := read(t, parsedURL(t), with(`"client_name":"x"`+keys), usual)
	if public.Mapped.JWKSURI != "" || !public.Usable() {
		t.Errorf("a public client's keys are fetched from %s", public.Mapped.JWKSURI)
	}
}

func TestKeysOnAnotherOriginAreAllowedBehindASwitch(t *testing.T) {
	p := usual
	p.ForeignKeys = true
	const body = `"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://keys.example.net/jwks"`
	if r := read(t, parsedURL(t), with(body), p); !r.Usable() || r.Mapped.JWKSURI != "https://keys.example.net/jwks" {
		t.Errorf("%+v", r.Violations)
	}
}

// Where a key set lies is for the guard of outgoing requests to judge, at the moment it is fetched.
func TestKeysAtAPrivateAddressDoNotRefuseTheDocument(t *testing.T) {
	p := usual
	p.ForeignKeys = true
	r := read(t, parsedURL(t), with(`"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://10.0.0.1/jwks"`), p)
	if !r.Usable() {
		t.Errorf("%+v", r.Violations)
	}
}

func TestInlineKeysAreTakenWithTheirKids(t *testing.T) {
	const keys = `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"one"},{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"weak"}]}`
	r := read(t, parsedURL(t), with(`"client_name":"x","token_endpoint_auth_method":"private_key_jwt","jwks":`+keys), usual)
	if !r.Usable() || len(r.Mapped.Keys) != 1 || r.Mapped.Keys[0].KID != "one" || r.Mapped.Keys[0].Source != registry.FromDocument || !r.Mapped.Keys[0].Active {
		t.Errorf("%+v %+v", r.Mapped.Keys, r.Violations)
	}
	if d := cmp.Diff([]string{"key_unusable"}, brief(r.Warnings)); d != "" {
		t.Error(d)
	}
}

func TestADocumentEndsWhenItSaysSo(t *testing.T) {
	p := usual
	p.Now = time.Unix(1_800_000_000, 0)
	for at, usable := range map[string]bool{"1799999999": false, "1800000000": false, "1800000001": true, "0": true} {
		if r := read(t, parsedURL(t), with(`"client_id_expires_at":`+at), p); r.Usable() != usable {
			t.Errorf("%s: %+v", at, r.Violations)
		}
	}
}

func TestScopesAreReadWhateverTheSpacesBetweenThem(t *testing.T) {
	r := read(t, parsedURL(t), with(`"scope":"  openid   tools:read openid "`), usual)
	if d := cmp.Diff(oauth.Scopes{"openid", "tools:read"}, r.Mapped.Scopes); d != "" || !r.Usable() {
		t.Errorf("%s %+v", d, r.Violations)
	}
}

func TestMCPsProfileNeedsANameAndRedirectURIs(t *testing.T) {
	p := usual
	p.NeedName = true
	for body, want := range map[string][]string{
		with(`"client_name":"x"`):                             nil,
		with(`"scope":"a"`):                                   {"client_name_missing"},
		with(`"client_name":""`):                              {"client_name_missing"},
		`{"client_id":"` + clientURL + `","client_name":"x"}`: {"redirect_uris_missing"},
	} {
		if d := cmp.Diff(want, brief(read(t, parsedURL(t), body, p).Violations), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: %s", body, d)
		}
	}
}

func TestOnlyClientsWithAKeyWhereTheOperatorWantsThat(t *testing.T) {
	p := usual
	p.ConfidentialOnly = true
	for _, members := range []string{`"scope":"a"`, `"token_endpoint_auth_method":"none"`, `"token_endpoint_auth_methods_supported":["none"]`} {
		if d := cmp.Diff([]string{"confidential_only"}, brief(read(t, parsedURL(t), with(members), p).Violations)); d != "" {
			t.Errorf("%s: %s", members, d)
		}
	}
	r := read(t, parsedURL(t), with(`"token_endpoint_auth_methods_supported":["none","private_key_jwt"],"jwks_uri":"https://app.example.com/jwks"`), p)
	if !r.Usable() || !slices.Equal(r.Mapped.AuthMethods, []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}) {
		t.Errorf("%v %+v", r.Mapped.AuthMethods, r.Violations)
	}
}

// A name is a stranger's text.
func TestANameIsCleanedAndCut(t *testing.T) {
	for text, want := range map[string]string{
		"Claude": "Claude", "  Two  words ": "Two words", "Line\\nbreak\\tand\\u2028more": "Line break and more",
		"\\u202egnitset":                          "gnitset",
		"Go\\u200bog\\u200d\\ufeffle":             "Google",
		"Claude (claude.ai)" + spaces(200) + "x":  "Claude (claude.ai) x",
		"<b>Bold</b>":                             "bBold/b",
		strings.Repeat("a", 100):                  strings.Repeat("a", 64),
		strings.Repeat("e\\u0301", 64) + "f":      strings.Repeat("e\u0301", 64),
		"Z" + strings.Repeat("\\u0301", 50) + "o": "Z" + strings.Repeat("\u0301", 4) + "o",
		"\\u3164\\u115f":                          "app.example.com", "\\u200e": "app.example.com", "": "app.example.com", "\\u0301x": "x",
		strings.Repeat("é", 70): strings.Repeat("é", 64),
		"Déjà vu — 日本語":         "Déjà vu — 日本語",
		"\\u0007bell":           "bell",
	} {
		r := read(t, parsedURL(t), with(`"client_name":"`+text+`"`), usual)
		if r.Mapped.Name != want || !r.Usable() {
			t.Errorf("%q became %q, want %q", text, r.Mapped.Name, want)
		}
		if changed := brief(r.Warnings) != nil; changed != (text != want) {
			t.Errorf("%q: warnings %v", text, r.Warnings)
		}
	}
}

func spaces(n int) string { return strings.Repeat(" ", n) }

func TestADescriptionIsCutTo140Characters(t *testing.T) {
	r := read(t, parsedURL(t), with(`"description":"`+strings.Repeat("b ", 100)+`"`), usual)
	if len(r.Mapped.Description) > 140 || !r.Usable() {
		t.Errorf("%q", r.Mapped.Description)
	}
}
