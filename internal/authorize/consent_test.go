package authorize_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// thirdParty is a server with a person who is signed in, an API and a third-party application that may have all of it.
func thirdParty(t *testing.T, redirect string) (*servertest.Server, registry.Application, registry.API, *servertest.Browser) {
	t.Helper()
	s, _, b := web(t)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	app, _ := s.CreateApplication(registry.Draft{Name: "Acme Agent", Type: registry.RegularWeb, Ownership: registry.ThirdParty, RedirectURIs: []string{redirect}})
	s.Grant(app, api, registry.ForUser)
	return s, app, api, b
}

func decide(page servertest.Page, decision string) servertest.Page {
	return page.Submit(url.Values{"decision": {decision}}, "request", "shown")
}

func TestAThirdPartyIsAllowedOnceAndRemembered(t *testing.T) {
	s, app, api, b := thirdParty(t, callback)
	wants := func(scope string) servertest.Page {
		return b.Get("/authorize?" + request(app, url.Values{"scope": {scope}, "audience": {api.Identifier}}).Encode())
	}
	page := at(t, wants("openid read:orders"), "/consent")
	for _, says := range []string{"app.example.com", "Acme Agent", "May read:orders", "know who you are here", person} {
		if !strings.Contains(page.Body, says) {
			t.Errorf("the consent page does not say %q:\n%s", says, page.Body)
		}
	}
	if strings.Index(page.Body, "app.example.com") > strings.Index(page.Body, "Acme Agent") {
		t.Error("the name, which anybody can choose, stands before the host")
	}
	g := granted(t, s, answered(t, decide(page, "allow")))
	if g.Scopes.String() != "openid read:orders offline_access" {
		t.Errorf("granted %q", g.Scopes)
	}
	if answer := answered(t, wants("read:orders")); answer.Get("code") == "" {
		t.Errorf("a subset asks again: %v", answer)
	}
	page = at(t, wants("openid read:orders write:orders"), "/consent")
	if strings.Count(page.Body, "you allowed this before") != 3 {
		t.Errorf("the delta is not shown:\n%s", page.Body)
	}
	if answer := answered(t, decide(page, "allow")); answer.Get("code") == "" {
		t.Errorf("the delta answers %v", answer)
	}
}

// RFC 6749 §4.1.2.1: whoever denies sends the client access_denied, once.
func TestRFC6749_4_1_2_1_DenyIsAccessDenied(t *testing.T) {
	_, app, api, b := thirdParty(t, callback)
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"audience": {api.Identifier}}).Encode()), "/consent")
	answer := answered(t, decide(page, "deny"))
	if answer.Get("error") != "access_denied" || answer.Get("error_description") != "User did not authorize the request" || answer.Get("state") != "a state" {
		t.Errorf("the answer is %v", answer)
	}
	if again := decide(page, "allow"); again.Left != nil || again.Status != 400 {
		t.Errorf("after denying, allowing answers %v (%d)", again.Left, again.Status)
	}
}

func TestARequestGivesOneCode(t *testing.T) {
	_, app, api, b := thirdParty(t, callback)
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"audience": {api.Identifier}}).Encode()), "/consent")
	answered(t, decide(page, "allow"))
	if again := decide(page, "allow"); again.Left != nil || again.Status != 400 || !strings.Contains(again.Body, "answered already") {
		t.Errorf("the second press answers %v (%d)", again.Left, again.Status)
	}
	resume := strings.Replace(page.URL.String(), "/consent", "/authorize/resume", 1)
	if again := b.Get(resume); again.Left != nil || again.Status != 400 {
		t.Errorf("a reload answers %v (%d)", again.Left, again.Status)
	}
}

func TestConsentSkippedByHandIsNoConsent(t *testing.T) {
	_, app, api, b := thirdParty(t, callback)
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"audience": {api.Identifier}}).Encode()), "/consent")
	at(t, b.Get(strings.Replace(page.URL.String(), "/consent", "/authorize/resume", 1)), "/consent")
	at(t, page.Submit(url.Values{"decision": {"perhaps"}}, "shown"), "/consent")
	at(t, page.Submit(url.Values{"decision": {"allow"}, "shown": {"something else"}}, "shown"), "/consent")
}

// With prompt=none nobody is asked. OpenID Connect Core 1.0 §3.1.2.6.
func TestOIDC_3_1_2_6_ConsentRequired(t *testing.T) {
	_, app, api, b := thirdParty(t, callback)
	ask := url.Values{"audience": {api.Identifier}, "prompt": {"none"}}
	if answer := answered(t, b.Get("/authorize?"+request(app, ask).Encode())); answer.Get("error") != "consent_required" {
		t.Errorf("before consent: %v", answer)
	}
	b.Authorize(person, request(app, url.Values{"audience": {api.Identifier}}))
	if answer := answered(t, b.Get("/authorize?"+request(app, ask).Encode())); answer.Get("code") == "" {
		t.Errorf("after consent: %v", answer)
	}
}

// OpenID Connect Core 1.0 §3.1.2.1: prompt=consent asks even where everything is allowed, and it comes to an end.
func TestOIDC_3_1_2_1_PromptConsent(t *testing.T) {
	_, app, b := web(t)
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"prompt": {"consent"}}).Encode()), "/consent")
	if answer := answered(t, decide(page, "allow")); answer.Get("code") == "" {
		t.Errorf("the answer is %v", answer)
	}
	page = at(t, b.Get("/authorize?"+request(app, url.Values{"prompt": {"login consent"}}).Encode()), "/signin")
	page = at(t, submitPassword(page), "/consent")
	if answer := answered(t, decide(page, "allow")); answer.Get("code") == "" {
		t.Errorf("login and consent: %v", answer)
	}
}

// Loopback and private schemes prove nothing, so a third party there always asks. RFC 8252 §8.6.
func TestRFC8252_8_6_AThirdPartyOnLoopbackAlwaysAsks(t *testing.T) {
	_, app, api, b := thirdParty(t, "http://127.0.0.1/callback")
	ask := url.Values{"audience": {api.Identifier}, "redirect_uri": {"http://127.0.0.1:49152/callback"}}
	for range 2 {
		page := at(t, b.Get("/authorize?"+request(app, ask).Encode()), "/consent")
		if !strings.Contains(page.Body, "127.0.0.1:49152") || !strings.Contains(page.Body, "could be listening") {
			t.Errorf("the page does not warn:\n%s", page.Body)
		}
		left := decide(page, "allow")
		if answered(t, left).Get("code") == "" || left.Left.Host != "127.0.0.1:49152" {
			t.Errorf("the answer is %v", left.Left)
		}
	}
	ask.Set("prompt", "none")
	if answer := answered(t, b.Get("/authorize?"+request(app, ask).Encode())); answer.Get("error") != "consent_required" {
		t.Errorf("prompt=none answers %v", answer)
	}
}

// Our own application on such a redirect asks for confirmation, unless the person just signed in.
func TestRFC8252_8_6_OurOwnApplicationOnLoopbackIsConfirmed(t *testing.T) {
	s, _, b := web(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Orders CLI", Type: registry.Native, RedirectURIs: []string{"http://127.0.0.1/callback", "com.example.orders:/callback"}})
	for _, redirect := range []string{"http://127.0.0.1:1234/callback", "com.example.orders:/callback"} {
		ask := url.Values{"redirect_uri": {redirect}}
		page := at(t, b.Get("/authorize?"+request(app, ask).Encode()), "/consent")
		if !strings.Contains(page.Body, "wants to sign you in") {
			t.Errorf("the page does not ask for confirmation:\n%s", page.Body)
		}
		if left := decide(page, "allow"); answered(t, left).Get("code") == "" || !strings.HasPrefix(left.Left.String(), redirect) {
			t.Errorf("the answer is %v", left.Left)
		}
		ask.Set("prompt", "none")
		if left := b.Get("/authorize?" + request(app, ask).Encode()); answered(t, left).Get("error") != "interaction_required" {
			t.Errorf("prompt=none answers %v", left.Left)
		}
		fresh := s.Browser()
		page = at(t, fresh.Get("/authorize?"+request(app, url.Values{"redirect_uri": {redirect}}).Encode()), "/signin")
		if left := submitPassword(page); answered(t, left).Get("code") == "" {
			t.Errorf("somebody who just signed in is asked: %v", left.Left)
		}
	}
}

func TestAnAPIMayAskForConsentEvenForOurOwnApplications(t *testing.T) {
	s, app, b := web(t)
	asks := registry.API{Name: "Payroll", Identifier: "https://payroll.example.com/", Scopes: []registry.APIScope{{Value: "read:salary", Description: "Read your salary"}}}
	if _, err := s.Registry.CreateAPI(t.Context(), servertest.Actor, asks); err != nil {
		t.Fatal(err)
	}
	skips := asks
	skips.Identifier, skips.SkipConsent = "https://orders.example.com/", true
	if _, err := s.Registry.CreateAPI(t.Context(), servertest.Actor, skips); err != nil {
		t.Fatal(err)
	}
	get := func(audience string) servertest.Page {
		return b.Get("/authorize?" + request(app, url.Values{"audience": {audience}, "scope": {"openid read:salary"}}).Encode())
	}
	if answer := answered(t, get(skips.Identifier)); answer.Get("code") == "" {
		t.Errorf("an API that skips consent: %v", answer)
	}
	page := at(t, get(asks.Identifier), "/consent")
	if answer := answered(t, decide(page, "allow")); answer.Get("code") == "" {
		t.Errorf("an API that asks: %v", answer)
	}
	if answer := answered(t, get(asks.Identifier)); answer.Get("code") == "" {
		t.Errorf("it asks twice: %v", answer)
	}
}

// What an operator changes while the page is open counts when the form comes back.
func TestTheChecksRunAgainAfterConsent(t *testing.T) {
	s, app, api, b := thirdParty(t, callback)
	open := func() servertest.Page {
		return at(t, b.Get("/authorize?"+request(app, url.Values{"audience": {api.Identifier}}).Encode()), "/consent")
	}
	change := func(f func(*registry.Application) error) {
		t.Helper()
		if _, _, err := s.Registry.Update(t.Context(), servertest.Actor, app.ID, 0, f); err != nil {
			t.Fatal(err)
		}
	}
	page := open()
	change(func(a *registry.Application) error { a.Enabled = false; return nil })
	if off := decide(page, "allow"); off.Left != nil || off.Status != 403 {
		t.Errorf("an application that was switched off answers %v (%d)", off.Left, off.Status)
	}
	change(func(a *registry.Application) error { a.Enabled = true; return nil })
	page = open()
	change(func(a *registry.Application) error {
		a.RedirectURIs = registry.URIs("https://other.example.com/callback")
		return nil
	})
	if gone := decide(page, "allow"); gone.Left != nil || gone.Status != 400 || !strings.Contains(gone.Body, "not among") {
		t.Errorf("a redirect that was removed answers %v (%d)", gone.Left, gone.Status)
	}
	consents, err := s.Store.Consents(t.Context(), userID(t, s), app.ID)
	if err != nil || len(consents) != 0 {
		t.Errorf("something is remembered that was never given: %v, %v", consents, err)
	}
}

func TestAnotherPersonsHandleBringsNoDecisionAlong(t *testing.T) {
	s, app, api, b := thirdParty(t, callback)
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"audience": {api.Identifier}}).Encode()), "/consent")
	s.CreateUser("grace@example.com", "")
	other := s.Browser()
	signIn := other.Get("/signin").Submit(url.Values{"email": {"grace@example.com"}, "password": {servertest.Password}}, "email")
	at(t, signIn, "/signin")
	resume := strings.Replace(page.URL.String(), "/consent", "/authorize/resume", 1)
	hers := at(t, other.Get(resume), "/consent")
	if !strings.Contains(hers.Body, "grace@example.com") {
		t.Errorf("the page is not hers:\n%s", hers.Body)
	}
	if left := s.Browser().Get(page.URL.String()); left.Left != nil || left.URL.Path != "/signin" {
		t.Errorf("nobody in particular sees %s (%d)", left.URL, left.Status)
	}
}

func TestAConsentPageIsGoodForFifteenMinutes(t *testing.T) {
	s, app, api, b := thirdParty(t, callback)
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"audience": {api.Identifier}}).Encode()), "/consent")
	s.Clock.Advance(15 * time.Minute)
	if late := decide(page, "allow"); late.Left != nil || late.Status != 400 {
		t.Errorf("late: %v (%d)", late.Left, late.Status)
	}
}

func TestUseAnotherAccountFromTheConsentPage(t *testing.T) {
	s, app, api, b := thirdParty(t, callback)
	s.CreateUser("grace@example.com", "")
	page := at(t, b.Get("/authorize?"+request(app, url.Values{"audience": {api.Identifier}}).Encode()), "/consent")
	_, rest, _ := strings.Cut(page.Body, `href="`+s.URL+"/authorize?")
	query, _, _ := strings.Cut(rest, `"`)
	signIn := at(t, b.Get("/authorize?"+strings.ReplaceAll(query, "&amp;", "&")), "/signin")
	hers := at(t, signIn.Submit(url.Values{"email": {"grace@example.com"}, "password": {servertest.Password}}, "email"), "/consent")
	if !strings.Contains(hers.Body, "grace@example.com") {
		t.Errorf("the page is not hers:\n%s", hers.Body)
	}
}

func TestAThirdPartyNamesOneAPIAndAlwaysUsesPKCE(t *testing.T) {
	s, app, api, b := thirdParty(t, callback)
	s.CreateAPI("https://stock.example.com/", "read:stock")
	answer := answered(t, b.Get("/authorize?"+request(app, url.Values{"resource": {api.Identifier, "https://stock.example.com/"}}).Encode()))
	if answer.Get("error") != "invalid_target" {
		t.Errorf("two resources answer %v", answer)
	}
	answer = answered(t, b.Get("/authorize?"+request(app, url.Values{"resource": {"https://stock.example.com/"}}).Encode()))
	if answer.Get("error") != "invalid_target" {
		t.Errorf("an API without a grant answers %v", answer)
	}
	answer = answered(t, b.Get("/authorize?"+request(app, url.Values{"code_challenge": nil, "code_challenge_method": nil, "nonce": {"n"}}).Encode()))
	if answer.Get("error") != "invalid_request" || !strings.Contains(answer.Get("error_description"), "third-party") {
		t.Errorf("no PKCE answers %v", answer)
	}
}

func TestAnApplicationDeletedMeanwhileIsAPage(t *testing.T) {
	s, app, api, b := thirdParty(t, callback)
	ask := request(app, url.Values{"audience": {api.Identifier}}).Encode()
	consent := at(t, b.Get("/authorize?"+ask), "/consent")
	signIn := at(t, s.Browser().Get("/authorize?"+ask), "/signin")
	if err := s.Registry.Delete(t.Context(), servertest.Actor, app.ID); err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string]servertest.Page{"consent": decide(consent, "allow"), "sign-in": submitPassword(signIn)} {
		if page.Left != nil || page.Status != 400 {
			t.Errorf("%s answers %v (%d)", name, page.Left, page.Status)
		}
	}
}

func userID(t *testing.T, s *servertest.Server) string {
	t.Helper()
	u, err := s.Accounts.UserByEmail(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	return u.ID
}
