package authorize_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// Before client and redirect URI are proven nobody is sent anywhere. RFC 6749 §4.1.2.1, RFC 9700 §4.11.
func TestRFC6749_4_1_2_1_BeforeTheRedirectIsProvenThereIsAPage(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	no := false
	off, _ := s.CreateApplication(registry.Draft{Name: "Off", Type: registry.RegularWeb, RedirectURIs: []string{callback}, Enabled: &no})
	b := s.Browser()
	for name, c := range map[string]struct {
		change url.Values
		says   string
		status int
	}{
		"no client_id":                    {url.Values{"client_id": nil}, "client_id is missing", 400},
		"an empty client_id":              {url.Values{"client_id": {""}}, "client_id is missing", 400},
		"two client_ids":                  {url.Values{"client_id": {app.ID, app.ID}}, "client_id is there more than once", 400},
		"a client_id and an empty one":    {url.Values{"client_id": {app.ID, ""}}, "client_id is there more than once", 400},
		"an unknown client":               {url.Values{"client_id": {strings.Repeat("A", 32)}}, "Unknown client: AAAA", 400},
		"a client URL of nowhere":         {url.Values{"client_id": {"https://client.example/metadata.json"}}, "has a host under .example, which is not on the public internet", 400},
		"a client_id with NUL":            {url.Values{"client_id": {"a\x00b"}}, "client_id is missing", 400},
		"a client_id that is not UTF-8":   {url.Values{"client_id": {"a\xff"}}, "client_id is missing", 400},
		"a very long client_id":           {url.Values{"client_id": {strings.Repeat("A", 5000)}}, "Unknown client", 400},
		"markup as client_id":             {url.Values{"client_id": {"<script>alert(1)</script>"}}, "&lt;script&gt;", 400},
		"a client that is switched off":   {url.Values{"client_id": {off.ID}}, "switched off", 403},
		"no redirect_uri with openid":     {url.Values{"redirect_uri": nil}, "redirect_uri is missing", 400},
		"two redirect_uris":               {url.Values{"redirect_uri": {callback, callback}}, "redirect_uri is there more than once", 400},
		"another redirect_uri":            {url.Values{"redirect_uri": {"https://evil.example/callback"}}, "not among the callback URLs", 400},
		"a longer path":                   {url.Values{"redirect_uri": {callback + "/more"}}, "not among the callback URLs", 400},
		"a query added":                   {url.Values{"redirect_uri": {callback + "?x=1"}}, "not among the callback URLs", 400},
		"another case":                    {url.Values{"redirect_uri": {"https://APP.example.com/callback"}}, "not among the callback URLs", 400},
		"a default port spelled out":      {url.Values{"redirect_uri": {"https://app.example.com:443/callback"}}, "not among the callback URLs", 400},
		"a fragment":                      {url.Values{"redirect_uri": {callback + "#x"}}, "not among the callback URLs", 400},
		"a user in front":                 {url.Values{"redirect_uri": {"https://app.example.com@evil.example/callback"}}, "not among the callback URLs", 400},
		"a backslash":                     {url.Values{"redirect_uri": {`https://app.example.com\@evil.example/callback`}}, "not among the callback URLs", 400},
		"a script":                        {url.Values{"redirect_uri": {"javascript:alert(1)"}}, "not among the callback URLs", 400},
		"a line break in redirect_uri":    {url.Values{"redirect_uri": {callback + "\r\nX: y"}}, "characters that must not be in a URL", 400},
		"parameters of more than 8 kB":    {url.Values{"state": {strings.Repeat("s", 9000)}}, "longer than 8192 bytes", 400},
		"everything wrong, no client":     {url.Values{"client_id": nil, "response_type": {"token"}, "scope": {"\x01"}}, "client_id is missing", 400},
		"prompt=none does not change it":  {url.Values{"client_id": nil, "prompt": {"none"}}, "client_id is missing", 400},
		"form_post does not change it":    {url.Values{"redirect_uri": {"https://evil.example/"}, "response_mode": {"form_post"}}, "not among", 400},
		"a request object does not, too":  {url.Values{"redirect_uri": {"https://evil.example/"}, "request": {"e30.e30."}}, "not among", 400},
		"a redirect of another client is": {url.Values{"client_id": {off.ID}, "redirect_uri": {"https://evil.example/"}}, "switched off", 403},
	} {
		t.Run(name, func(t *testing.T) {
			page := b.Get("/authorize?" + request(app, c.change).Encode())
			if page.Left != nil || page.Status != c.status || !strings.Contains(page.Body, c.says) || page.URL.Path != "/authorize" {
				t.Fatalf("status %d at %s, left for %v, want %d and %q:\n%s", page.Status, page.URL, page.Left, c.status, c.says, page.Body)
			}
			if !strings.Contains(page.Body, "Reference <code>") || page.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("the page has no reference, or may be stored: %v", page.Header)
			}
		})
	}
}

// After that every refusal goes to the client, with state as it came and the issuer. RFC 6749 §4.1.2.1, RFC 9207 §2.
func TestRFC6749_4_1_2_1_AfterItRefusalsGoToTheClient(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser(person, "")
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	b := s.Browser()
	for name, c := range map[string]struct {
		change url.Values
		code   oauth.ErrorCode
		says   string
	}{
		"no response_type":            {url.Values{"response_type": nil}, oauth.CodeInvalidRequest, "response_type is missing"},
		"an empty response_type":      {url.Values{"response_type": {""}}, oauth.CodeInvalidRequest, "response_type is missing"},
		"the implicit flow":           {url.Values{"response_type": {"token"}}, oauth.CodeUnsupportedResponseType, "must be code"},
		"an ID token directly":        {url.Values{"response_type": {"id_token"}}, oauth.CodeUnsupportedResponseType, "must be code"},
		"a hybrid flow":               {url.Values{"response_type": {"code id_token"}}, oauth.CodeUnsupportedResponseType, "must be code"},
		"code in another case":        {url.Values{"response_type": {"Code"}}, oauth.CodeUnsupportedResponseType, "must be code"},
		"two response_types":          {url.Values{"response_type": {"code", "code"}}, oauth.CodeInvalidRequest, "response_type is there more than once"},
		"two scopes":                  {url.Values{"scope": {"openid", "email"}}, oauth.CodeInvalidRequest, "scope is there more than once"},
		"a scope and an empty one":    {url.Values{"scope": {"openid", ""}}, oauth.CodeInvalidRequest, "scope is there more than once"},
		"two audiences":               {url.Values{"audience": {"a", "b"}}, oauth.CodeInvalidRequest, "audience is there more than once"},
		"a NUL in nonce":              {url.Values{"nonce": {"\x00"}}, oauth.CodeInvalidRequest, "nonce is not UTF-8 text"},
		"a login_hint not in UTF-8":   {url.Values{"login_hint": {"\xff\xfe"}}, oauth.CodeInvalidRequest, "login_hint is not UTF-8 text"},
		"a request object":            {url.Values{"request": {"e30.e30."}}, oauth.CodeRequestNotSupported, "not supported"},
		"a request_uri":               {url.Values{"request_uri": {"https://a.example/r"}}, oauth.CodeRequestURINotSupported, "not supported"},
		"a registration":              {url.Values{"registration": {"{}"}}, "registration_not_supported", "not supported"},
		"an unknown response_mode":    {url.Values{"response_mode": {"web_message"}}, oauth.CodeInvalidRequest, "response_mode must be"},
		"a JWT response_mode":         {url.Values{"response_mode": {"query.jwt"}}, oauth.CodeInvalidRequest, "response_mode must be"},
		"no PKCE":                     {url.Values{"code_challenge": nil, "code_challenge_method": nil}, oauth.CodeInvalidRequest, "require_pkce"},
		"plain PKCE":                  {url.Values{"code_challenge_method": {"plain"}}, oauth.CodeInvalidRequest, "must be S256"},
		"PKCE without its method":     {url.Values{"code_challenge_method": nil}, oauth.CodeInvalidRequest, "must be S256"},
		"a method without challenge":  {url.Values{"code_challenge": nil}, oauth.CodeInvalidRequest, "without a code_challenge"},
		"a short challenge":           {url.Values{"code_challenge": {"abc"}}, oauth.CodeInvalidRequest, "43 characters"},
		"a padded challenge":          {url.Values{"code_challenge": {servertest.Challenge() + "="}}, oauth.CodeInvalidRequest, "43 characters"},
		"a quote in scope":            {url.Values{"scope": {`a"b`}}, oauth.CodeInvalidScope, "not allowed"},
		"an unknown prompt":           {url.Values{"prompt": {"create"}}, oauth.CodeInvalidRequest, "prompt has a value"},
		"none beside login":           {url.Values{"prompt": {"none login"}}, oauth.CodeInvalidRequest, "none stands alone"},
		"a negative max_age":          {url.Values{"max_age": {"-1"}}, oauth.CodeInvalidRequest, "max_age must be"},
		"a max_age in words":          {url.Values{"max_age": {"soon"}}, oauth.CodeInvalidRequest, "max_age must be"},
		"a hint that is no token":     {url.Values{"id_token_hint": {"hello"}}, oauth.CodeInvalidRequest, "id_token_hint"},
		"an unknown audience":         {url.Values{"audience": {"https://api.example/"}}, oauth.CodeAccessDenied, "Service not found: https://api.example/"},
		"an unknown resource":         {url.Values{"resource": {"https://api.example/"}}, oauth.CodeInvalidTarget, "no API is registered"},
		"a resource that is no URI":   {url.Values{"resource": {"orders"}}, oauth.CodeInvalidTarget, "absolute URI"},
		"a resource with a fragment":  {url.Values{"resource": {"https://api.example/#x"}}, oauth.CodeInvalidTarget, "fragment"},
		"the server's own API":        {url.Values{"audience": {s.URL + "/api/v2/"}}, oauth.CodeAccessDenied, "not authorized"},
		"nobody signed in, and none":  {url.Values{"prompt": {"none"}}, oauth.CodeLoginRequired, "nobody is signed in"},
		"an audience that has quotes": {url.Values{"audience": {`x"y\z`}}, oauth.CodeAccessDenied, "Service not found: x'y?z"},
	} {
		t.Run(name, func(t *testing.T) {
			page := b.Get("/authorize?" + request(app, c.change).Encode())
			if page.Left == nil || page.Status != http.StatusSeeOther {
				t.Fatalf("the person stays at %s (%d):\n%s", page.URL, page.Status, page.Body)
			}
			answer := page.Left.Query()
			if answer.Get("error") != string(c.code) || !strings.Contains(answer.Get("error_description"), c.says) {
				t.Errorf("the answer is %v, want %s with %q", answer, c.code, c.says)
			}
			if answer.Get("state") != "a state" || answer.Get("iss") != s.URL+"/" || answer.Has("code") {
				t.Errorf("state, iss or a code: %v", answer)
			}
			if !strings.HasPrefix(page.Left.String(), callback+"?") || page.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("it goes to %s with %v", page.Left, page.Header)
			}
		})
	}
}

func TestAStateThatCameTwiceIsNotEchoed(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	page := s.Browser().Get("/authorize?" + request(app, url.Values{"state": {"one", "two"}}).Encode())
	if page.Left == nil || page.Left.Query().Get("error") != "invalid_request" || page.Left.Query().Has("state") {
		t.Errorf("the answer is %v (%d)", page.Left, page.Status)
	}
}

// Unknown parameters are ignored, however often they come; empty ones are absent. RFC 6749 §3.1.
func TestRFC6749_3_1_UnknownParametersAreIgnored(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser(person, "")
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	answer := s.Browser().Authorize(person, request(app, url.Values{
		"foo": {"1", "2"}, "ui_locales": {"de", "fr"}, "ext-theme": {"\x00\xff"}, "ext;semicolon": {"a;b"}, "max_age": {""}, "nonce": {""}, "prompt": {""}, "response_mode": {""},
	}))
	if answer.Get("code") == "" {
		t.Errorf("the answer is %v", answer)
	}
}

// State is echoed exactly. RFC 6749 §4.1.2.
func TestRFC6749_4_1_2_StateComesBackExactly(t *testing.T) {
	s := servertest.New(t)
	s.CreateUser(person, "")
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	for _, state := range []string{"a b+c%20d", `{"to":"/ä?x=1&y=2#z"}`, "=&;,/?:@", "日本語", strings.Repeat("s", 4000), " leading and trailing "} {
		for _, mode := range []string{"query", "fragment"} {
			answer := s.Browser().Authorize(person, request(app, url.Values{"state": {state}, "response_mode": {mode}}))
			if answer.Get("state") != state || answer.Get("code") == "" {
				t.Errorf("%s: state %q came back as %q", mode, state, answer.Get("state"))
			}
		}
	}
}

func TestASemicolonSeparatesNothing(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{callback}})
	page := s.Browser().Get("/authorize?" + request(app, url.Values{"state": nil, "prompt": {"none"}}).Encode() + "&state=a;b&lang=de;q=1")
	if page.Left == nil || page.Left.Query().Get("state") != "a;b" {
		t.Errorf("the answer is %v (%d)", page.Left, page.Status)
	}
}
