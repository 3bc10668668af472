package authorize_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// OAuth 2.0 Form Post Response Mode §2: the answer is a form that sends itself, or is sent by its button.
func TestFormPost2_TheAnswerIsAForm(t *testing.T) {
	s, app, b := web(t)
	state := `"><script>alert(1)</script>&amp;`
	page := b.Get("/authorize?" + request(app, url.Values{"response_mode": {"form_post"}, "state": {state}}).Encode())
	forms := page.Forms()
	if page.Status != http.StatusOK || len(forms) != 1 || forms[0].Action != callback || forms[0].Method != http.MethodPost {
		t.Fatalf("the page (%d) has %+v:\n%s", page.Status, forms, page.Body)
	}
	values := forms[0].Values
	if values.Get("code") == "" || values.Get("state") != state || values.Get("iss") != s.URL+"/" || len(values) != 3 {
		t.Errorf("the form carries %v", values)
	}
	if strings.Contains(page.Body, "<script>alert") || page.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page runs the state, or may be stored: %v\n%s", page.Header, page.Body)
	}
	policy := page.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe-inline") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the policy is %s", policy)
	}
	page = b.Get("/authorize?" + request(app, url.Values{"response_mode": {"form_post"}, "response_type": {"token"}}).Encode())
	if values := page.Forms()[0].Values; values.Get("error") != "unsupported_response_type" || values.Get("iss") == "" || values.Get("state") != "a state" {
		t.Errorf("an error carries %v", values)
	}
}

func TestFormPostNeedsAWebAddress(t *testing.T) {
	s, _, b := web(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "App", Type: registry.Native, RedirectURIs: []string{"com.example.app:/callback"}})
	answer := answered(t, b.Get("/authorize?"+request(app, url.Values{"redirect_uri": {"com.example.app:/callback"}, "response_mode": {"form_post"}}).Encode()))
	if answer.Get("error") != "invalid_request" {
		t.Errorf("the answer is %v", answer)
	}
}

// OAuth 2.0 Multiple Response Type Encoding Practices §2.1.
func TestMultipleResponseTypes2_1_Fragment(t *testing.T) {
	s, app, b := web(t)
	page := b.Get("/authorize?" + request(app, url.Values{"response_mode": {"fragment"}}).Encode())
	if page.Left == nil || page.Left.RawQuery != "" {
		t.Fatalf("the answer is %v", page.Left)
	}
	answer, err := url.ParseQuery(page.Left.EscapedFragment())
	if err != nil || answer.Get("code") == "" || answer.Get("iss") != s.URL+"/" {
		t.Errorf("the fragment is %v, %v", answer, err)
	}
}

// The query of a redirect URI stays. RFC 6749 §3.1.2.
func TestRFC6749_3_1_2_TheQueryOfTheRedirectURIStays(t *testing.T) {
	s, _, b := web(t)
	redirect := "https://app.example.com/callback?tenant=a%20b&x"
	app, _ := s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb, RedirectURIs: []string{redirect}})
	page := b.Get("/authorize?" + request(app, url.Values{"redirect_uri": {redirect}}).Encode())
	if page.Left == nil || !strings.HasPrefix(page.Left.String(), redirect+"&code=") {
		t.Errorf("the answer is %v", page.Left)
	}
}

// A form from another site carries no cookies; the 303 to the GET gets them back. OpenID Connect Core 1.0 §3.1.2.1.
func TestOIDC_3_1_2_1_ThePostIsAnsweredWithTheGet(t *testing.T) {
	s, app, b := web(t)
	form := request(app, url.Values{"resource": {"https://a.example/", "https://b.example/"}, "unknown": {"x"}, "scope": {"openid", ""}})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/authorize", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://app.example.com")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := b.Client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	to, err := resp.Location()
	if err != nil || resp.StatusCode != http.StatusSeeOther || to.Path != "/authorize" || len(resp.Cookies()) != 0 {
		t.Fatalf("the answer is %d to %v, %v", resp.StatusCode, to, err)
	}
	query := to.Query()
	if query.Has("unknown") || len(query["resource"]) != 2 || len(query["scope"]) != 2 || query.Get("state") != "a state" {
		t.Errorf("the GET has %v", query)
	}
	if answer := answered(t, b.Post("/authorize", request(app, nil))); answer.Get("code") == "" {
		t.Errorf("a form answers %v", answer)
	}
}

func TestAPostThatIsNoFormIsAPage(t *testing.T) {
	s, _, _ := web(t)
	for kind, body := range map[string]string{"application/json": `{"client_id":"x"}`, "application/x-www-form-urlencoded": "client_id=%zz", "": "x"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/authorize", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest && resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%q answers %d", kind, resp.StatusCode)
		}
	}
	if page := s.Browser().Get("/authorize?client_id=%zz"); page.Status != http.StatusBadRequest {
		t.Errorf("broken percent-encoding answers %d", page.Status)
	}
}

// A confidential application may have PKCE switched off; then the nonce binds the code. RFC 9700 §2.1.1.
func TestRFC9700_2_1_1_WithoutPKCEANonceIsNeeded(t *testing.T) {
	s, _, b := web(t)
	no := false
	app, _ := s.CreateApplication(registry.Draft{Name: "Old", Type: registry.RegularWeb, RedirectURIs: []string{callback}, RequirePKCE: &no})
	without := url.Values{"code_challenge": nil, "code_challenge_method": nil}
	answer := answered(t, b.Get("/authorize?"+request(app, without).Encode()))
	if answer.Get("error") != "invalid_request" || !strings.Contains(answer.Get("error_description"), "nonce") {
		t.Errorf("without nonce: %v", answer)
	}
	without.Set("nonce", "n-0S6_WzA2Mj")
	if g := granted(t, s, answered(t, b.Get("/authorize?"+request(app, without).Encode()))); g.Nonce != "n-0S6_WzA2Mj" {
		t.Errorf("the nonce is %q", g.Nonce)
	}
	without.Set("scope", "profile")
	if answer := answered(t, b.Get("/authorize?"+request(app, without).Encode())); answer.Get("error") != "invalid_request" {
		t.Errorf("without openid nobody sees the nonce: %v", answer)
	}
}

// RFC 6749 §3.1.2.3: a client with one redirect URI may leave it out.
func TestRFC6749_3_1_2_3_TheOnlyRedirectURIMayBeLeftOut(t *testing.T) {
	s, app, b := web(t)
	left := b.Get("/authorize?" + request(app, url.Values{"redirect_uri": nil, "scope": nil}).Encode())
	if g := granted(t, s, answered(t, left)); g.RedirectURI != callback {
		t.Errorf("the redirect is %q", g.RedirectURI)
	}
	two, _ := s.CreateApplication(registry.Draft{Name: "Two", Type: registry.RegularWeb, RedirectURIs: []string{callback, callback + "2"}})
	if page := b.Get("/authorize?" + request(two, url.Values{"redirect_uri": nil, "scope": nil}).Encode()); page.Left != nil || page.Status != 400 {
		t.Errorf("with two it answers %v (%d)", page.Left, page.Status)
	}
}

// The port of a loopback redirect does not count for native applications, and does for those with a server. RFC 8252 §7.3.
func TestRFC8252_7_3_TheLoopbackPort(t *testing.T) {
	s, _, _ := web(t)
	for kind, leaves := range map[registry.Type]bool{registry.Native: true, registry.SinglePage: false, registry.RegularWeb: false} {
		app, _ := s.CreateApplication(registry.Draft{Name: "App", Type: kind, RedirectURIs: []string{"http://localhost:3000/callback"}})
		page := s.Browser().Get("/authorize?" + request(app, url.Values{"redirect_uri": {"http://localhost:3001/callback"}}).Encode())
		if (page.URL.Path == "/signin") != leaves {
			t.Errorf("%s: another port leads to %s (%d)", kind, page.URL.Path, page.Status)
		}
		page = s.Browser().Get("/authorize?" + request(app, url.Values{"redirect_uri": {"http://127.0.0.1:3000/callback"}}).Encode())
		if page.URL.Path == "/signin" {
			t.Errorf("%s: 127.0.0.1 counts as localhost", kind)
		}
	}
}

func TestAMachineCannotSendPeople(t *testing.T) {
	s, _, _ := web(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Job", Type: registry.MachineToMachine})
	if page := s.Browser().Get("/authorize?" + request(app, nil).Encode()); page.Left != nil || page.Status != 400 {
		t.Errorf("it answers %v (%d)", page.Left, page.Status)
	}
	generic, _ := s.CreateApplication(registry.Draft{Name: "Generic", RedirectURIs: []string{callback}, GrantTypes: []oauth.GrantType{oauth.ClientCredentials}})
	answer := answered(t, s.Browser().Get("/authorize?"+request(generic, nil).Encode()))
	if answer.Get("error") != "unauthorized_client" {
		t.Errorf("without the grant type it answers %v", answer)
	}
}
