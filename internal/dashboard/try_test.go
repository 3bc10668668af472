package dashboard_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
)

// trying is an operator at the Try it page of an application.
type trying struct {
	*servertest.Server
	t       *testing.T
	browser *servertest.Browser
	app     registry.Application
	api     registry.API
	ada     account.User
}

func newTrying(t *testing.T, opts ...servertest.Option) *trying {
	t.Helper()
	s := servertest.New(t, opts...)
	x := &trying{Server: s, t: t, api: s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")}
	x.browser, x.app = signedIn(t, s, account.Editor), newWeb(s)
	x.ada = s.CreateUser("ada@example.com", "")
	return x
}

func (x *trying) page() string { return "/dashboard/applications/" + x.app.ID + "/try" }

// form is the choice of everything about the person and both permissions of the API.
func (x *trying) form() url.Values {
	return url.Values{
		"as": {"person"}, "api": {x.api.ID}, "identity": {"openid", "email"}, "scope": {x.api.ID + " read:orders", x.api.ID + " write:orders"}, "do": {"run"},
	}
}

// begun is the authorization request of a new run, as the browser is sent there, and not followed.
func (x *trying) begun() string {
	x.t.Helper()
	client := *x.browser.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, _ := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.URL+x.page(), strings.NewReader(x.form().Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := client.Do(req)
	if err != nil {
		x.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), x.URL+"/authorize?") {
		x.t.Fatalf("the run begins with %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	return resp.Header.Get("Location")
}

// finish signs Ada in where a page asks for it, decides, and returns where the browser ends.
func (x *trying) finish(page servertest.Page, decision string) servertest.Page {
	x.t.Helper()
	for range 5 {
		switch {
		case strings.Contains(page.URL.Path, "/signin") && strings.Contains(page.Body, `name="password"`):
			page = page.Submit(url.Values{"email": {"ada@example.com"}, "password": {servertest.Password}}, "password")
		case strings.Contains(page.Body, `value="allow"`):
			page = page.Submit(url.Values{"decision": {decision}})
		default:
			return page
		}
	}
	x.t.Fatal("the run goes in a circle")
	return page
}

func (x *trying) run() servertest.Page {
	x.t.Helper()
	return x.finish(x.browser.Post(x.page(), x.form()), "allow")
}

func TestARunShowsEveryStepOfARealAuthorization(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		x := newTrying(t, on)
		page := x.run()
		wants(t, page, http.StatusOK, "It works", "Authorization request", "Token request", "YOUR_CLIENT_SECRET", "Token response", "signature left out",
			"API https://orders.example.com/", "read:orders write:orders", "ada@example.com", "UserInfo", "RFC 7519 §4.1.4", "code_verifier")
		if strings.Contains(page.Body, "refresh_token") {
			t.Error("a run shows a refresh token")
		}
		if consents, err := x.Store.Consents(t.Context(), x.ada.ID, x.app.ID); err != nil || len(consents) != 0 {
			t.Errorf("the run left consents: %v, %v", consents, err)
		}
	})
}

func TestARunLeavesNothingBehind(t *testing.T) {
	x := newTrying(t)
	x.app, _ = x.CreateApplication(registry.Draft{Name: "Partner", Type: registry.RegularWeb, Ownership: registry.ThirdParty, RedirectURIs: []string{"https://partner.example.com/cb"}})
	x.Grant(x.app, x.api, registry.ForUser)
	page := x.finish(x.browser.Post(x.page(), x.form()), "allow")
	wants(t, page, http.StatusOK, "It works")
	consents, err := x.Store.Consents(t.Context(), x.ada.ID, x.app.ID)
	if err != nil || len(consents) != 0 {
		t.Errorf("the run left consents: %v, %v", consents, err)
	}
	grants, err := x.Store.UserGrants(t.Context(), x.ada.ID)
	if err != nil || len(grants) != 0 {
		t.Errorf("the run left grants: %v, %v", grants, err)
	}
	app, err := x.Registry.Application(t.Context(), x.app.ID)
	if err != nil || len(app.RedirectURIs) != 1 {
		t.Errorf("the run changed the callback URLs: %v, %v", app.RedirectURIs, err)
	}
	x.FlushUses()
	if app, _ = x.Registry.Application(t.Context(), x.app.ID); !app.LastUsed.IsZero() {
		t.Error("a run counts as use of the application")
	}
}

func TestAThirdPartyIsAlwaysAskedAboutInARun(t *testing.T) {
	x := newTrying(t)
	x.app, _ = x.CreateApplication(registry.Draft{Name: "Partner", Type: registry.RegularWeb, Ownership: registry.ThirdParty, RedirectURIs: []string{"https://partner.example.com/cb"}})
	x.Grant(x.app, x.api, registry.ForUser)
	for range 2 {
		page := x.browser.Post(x.page(), x.form())
		if strings.Contains(page.URL.Path, "/signin") {
			page = page.Submit(url.Values{"email": {"ada@example.com"}, "password": {servertest.Password}}, "password")
		}
		wants(t, page, http.StatusOK, `value="allow"`, "“Partner” wants access", "An operator tries it out")
		if strings.Contains(page.Body, "you go to") || strings.Contains(page.Body, "could be listening") {
			t.Error("the run warns of its own page:", page.Body)
		}
		wants(t, x.finish(page, "deny"), http.StatusOK, "access_denied", "User did not authorize the request", "the person chose Deny")
	}
}

func TestOnlyTheRunUsesOurOwnRedirect(t *testing.T) {
	x := newTrying(t)
	over := "This run is over"
	t.Run("nobody without a run", func(t *testing.T) {
		request := url.Values{
			"response_type": {"code"}, "client_id": {x.app.ID}, "redirect_uri": {x.URL + "/dashboard/try/callback"},
			"code_challenge": {servertest.Challenge()}, "code_challenge_method": {"S256"},
		}
		wants(t, x.browser.Get("/authorize?"+request.Encode()), http.StatusBadRequest, over)
		request.Set("state", strings.Repeat("a", 32))
		wants(t, x.browser.Get("/authorize?"+request.Encode()), http.StatusBadRequest, over)
	})
	t.Run("nobody without a run, if it is registered", func(t *testing.T) {
		app, _, err := x.Registry.Create(t.Context(), servertest.Actor, registry.Draft{Name: "Sly", Type: registry.RegularWeb, RedirectURIs: []string{x.URL + "/dashboard/try/callback"}})
		if err != nil {
			return // refused at registration, which is as good
		}
		request := url.Values{
			"response_type": {"code"}, "client_id": {app.ID}, "redirect_uri": {x.URL + "/dashboard/try/callback"},
			"code_challenge": {servertest.Challenge()}, "code_challenge_method": {"S256"},
		}
		wants(t, x.browser.Get("/authorize?"+request.Encode()), http.StatusBadRequest, over)
	})
	t.Run("no other browser", func(t *testing.T) {
		wants(t, x.Browser().Get(x.begun()), http.StatusBadRequest, over)
	})
	t.Run("no other operator", func(t *testing.T) {
		wants(t, signedIn(t, x.Server, account.Owner).Get(x.begun()), http.StatusBadRequest, over)
	})
	t.Run("no other client, challenge, scope or API", func(t *testing.T) {
		other, _ := x.CreateApplication(registry.Draft{Name: "Other", Type: registry.RegularWeb})
		for name, value := range map[string]string{
			"client_id": other.ID, "code_challenge": servertest.Challenge(), "scope": "openid", "audience": x.URL + "/api/v2/", "response_mode": "form_post",
		} {
			u, _ := url.Parse(x.begun())
			query := u.Query()
			query.Set(name, value)
			wants(t, x.browser.Get("/authorize?"+query.Encode()), http.StatusBadRequest, over)
		}
	})
	t.Run("nobody after five minutes", func(t *testing.T) {
		location := x.begun()
		x.Clock.Advance(5 * time.Minute)
		wants(t, x.browser.Get(location), http.StatusBadRequest, over)
	})
}

func TestARunIsGoodOnce(t *testing.T) {
	x := newTrying(t)
	location := x.begun()
	wants(t, x.finish(x.browser.Get(location), "allow"), http.StatusOK, "It works")
	wants(t, x.browser.Get(location), http.StatusBadRequest, "This run is over")
}

// answered goes through a run up to the answer, and returns that without following it.
func (x *trying) answered() *url.URL {
	x.t.Helper()
	var answer *url.URL
	transport := x.browser.Client.Transport
	x.browser.Client.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/dashboard/try/callback" {
			answer = r.URL
			return &http.Response{StatusCode: http.StatusTeapot, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
		}
		return transport.RoundTrip(r)
	})
	x.run()
	x.browser.Client.Transport = transport
	if answer == nil || answer.Query().Get("code") == "" {
		x.t.Fatalf("the run was not answered with a code: %v", answer)
	}
	return answer
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Everything else about the request is right: the client proves who it is, the redirect URI is its own too, and the verifier is
// the run's. It is refused for the run alone.
func TestTheTokenEndpointNeverRedeemsTheCodeOfARun(t *testing.T) {
	x := newTrying(t)
	ours := x.URL + "/dashboard/try/callback"
	app, minted := x.CreateApplication(registry.Draft{Name: "Known", Type: registry.RegularWeb, RedirectURIs: []string{"https://orders.example.com/callback", ours}})
	x.app = app
	answer := x.answered()
	verifier, _, err := x.Keys.Derive("", secret.ForTrial, answer.Query().Get("state"), "verifier")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := x.Client().PostForm(x.URL+"/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {answer.Query().Get("code")}, "client_id": {app.ID}, "client_secret": {minted.Reveal()},
		"redirect_uri": {ours}, "code_verifier": {base64.RawURLEncoding.EncodeToString(verifier)},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "the code is unknown, has expired or was issued to another client") {
		t.Errorf("the token endpoint answers %d %s", resp.StatusCode, body)
	}
	page := x.browser.Get(answer.RequestURI())
	wants(t, page, http.StatusOK, "It works", base64.RawURLEncoding.EncodeToString(verifier))
}

// The client ID is a URL, the document behind it is looked at as ever, and the person is asked about a third party.
func TestAnImportedApplicationIsRunByItsURL(t *testing.T) {
	s, host := agent(t)
	x := &trying{Server: s, t: t, api: s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")}
	x.browser, x.ada = signedIn(t, s, account.Owner), s.CreateUser("ada@example.com", "")
	x.app = imported(t, s, x.browser)
	x.Grant(x.app, x.api, registry.ForUser, "read:orders")
	form := x.form()
	form["scope"] = []string{x.api.ID + " read:orders"}
	asked := x.browser.Post(x.page(), form)
	if strings.Contains(asked.URL.Path, "/signin") {
		asked = asked.Submit(url.Values{"email": {"ada@example.com"}, "password": {servertest.Password}}, "password")
	}
	wants(t, asked, http.StatusOK, "agent.example.net", `value="allow"`)
	page := x.finish(asked, "allow")
	wants(t, page, http.StatusOK, "It works", agentURL, "Application Acme Agent", "API https://orders.example.com/", "read:orders")
	if host.Count("/client.json") == 0 {
		t.Error("the document was not looked at")
	}
	now, err := s.Registry.Application(t.Context(), x.app.ID)
	if err != nil || len(now.RedirectURIs) != len(x.app.RedirectURIs) {
		t.Errorf("the run changed the callback URLs: %v, %v", now.RedirectURIs, err)
	}
	if grants, err := s.Store.UserGrants(t.Context(), x.ada.ID); err != nil || len(grants) != 0 {
		t.Errorf("the run left grants: %v, %v", grants, err)
	}
}

func TestTheAnswerOfARunIsForItsOperatorOnly(t *testing.T) {
	x := newTrying(t)
	answer := x.answered()
	wants(t, signedIn(t, x.Server, account.Owner).Get(answer.RequestURI()), http.StatusNotFound)
	if page := x.Browser().Get(answer.RequestURI()); page.URL.Path != "/dashboard/signin" {
		t.Errorf("somebody who is not signed in ends at %s", page.URL)
	}
	other := x.answered()
	wants(t, x.browser.Get(answer.RequestURI()), http.StatusOK, "It works")
	page := x.browser.Get(other.RequestURI())
	wants(t, page, http.StatusOK, "It works")
	owner := x.Browser()
	owner.Get("/dashboard").Submit(url.Values{"email": {"owner@example.com"}, "password": {servertest.Password}}, "password")
	wants(t, owner.Get(page.URL.Path), http.StatusNotFound)
}

func TestTheCodeOfAnotherRunIsRefused(t *testing.T) {
	x := newTrying(t)
	first, second := x.answered(), x.answered()
	mixed := first.Query()
	mixed.Set("code", second.Query().Get("code"))
	wants(t, x.browser.Get("/dashboard/try/callback?"+mixed.Encode()), http.StatusOK, "invalid_grant")
}

func TestOf16ConcurrentAnswersOneRedeemsTheRun(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		x := newTrying(t, on)
		answer := x.answered()
		done := make(chan servertest.Page, 16)
		for range 16 {
			go func() { done <- x.browser.Get(answer.RequestURI()) }()
		}
		for range 16 {
			<-done
		}
		id := x.browser.Get(answer.RequestURI())
		wants(t, id, http.StatusOK, "It works")
	})
}

func TestWhyARunFailsStandsOnItsPage(t *testing.T) {
	t.Run("the application is switched off", func(t *testing.T) {
		x := newTrying(t)
		app, err := x.Registry.Application(t.Context(), x.app.ID)
		if err != nil {
			t.Fatal(err)
		}
		x.browser.Post("/dashboard/applications/"+app.ID+"/switch", url.Values{"enabled": {"no"}, "revision": {"1"}})
		page := x.browser.Post(x.page(), x.form())
		wants(t, page, http.StatusForbidden, "This application is switched off", "Back to Try it")
		wants(t, x.browser.Get("/dashboard/try/"+between(t, page, `href="/dashboard/try/`, `"`)), http.StatusOK, "client disabled", "Danger zone")
	})
	t.Run("prompt=none and nobody is signed in", func(t *testing.T) {
		x := newTrying(t)
		form := x.form()
		form.Set("prompt", "none")
		wants(t, x.browser.Post(x.page(), form), http.StatusOK, "login_required", "Sign in first")
	})
	t.Run("nothing that the page does not offer", func(t *testing.T) {
		x := newTrying(t)
		for name, value := range map[string]string{"as": "somebody", "api": "nothing", "prompt": "maybe"} {
			form := x.form()
			form.Set(name, value)
			wants(t, x.browser.Post(x.page(), form), http.StatusUnprocessableEntity, "Choose")
		}
	})
}

func TestARunIsNeverForTheManagementAPI(t *testing.T) {
	x := newTrying(t)
	page := x.browser.Get(x.page())
	apis, err := x.Registry.APIs(t.Context(), registry.APIQuery{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, api := range apis.Items {
		if api.System && strings.Contains(page.Body, api.ID) {
			t.Error("the page offers the Management API")
		}
		if api.System {
			form := x.form()
			form.Set("api", api.ID)
			wants(t, x.browser.Post(x.page(), form), http.StatusUnprocessableEntity)
		}
	}
}

func TestAProgramGetsATokenForItselfInARun(t *testing.T) {
	x := newTrying(t)
	x.app, _ = x.CreateApplication(registry.Draft{Name: "Nightly", Type: registry.MachineToMachine})
	wants(t, x.browser.Get(x.page()), http.StatusOK, "It may call no API for itself")
	x.Grant(x.app, x.api, registry.ForClient, "read:orders")
	page := x.browser.Post(x.page(), url.Values{"as": {"itself"}, "machine_api": {x.api.ID}, "scope": {x.api.ID + " read:orders"}, "do": {"run"}})
	wants(t, page, http.StatusOK, "It works", "client-credentials", "grant_type=client_credentials", "signature left out", "60 seconds")
	page = x.browser.Post(x.page(), url.Values{"as": {"itself"}, "machine_api": {x.api.ID}, "scope": {x.api.ID + " write:orders"}, "do": {"run"}})
	wants(t, page, http.StatusOK, "invalid_scope", "Permissions")
}

func TestARunWaitsForThePasskeyThatIsDemandedOfItsOperator(t *testing.T) {
	x := newTrying(t)
	begun := strings.TrimPrefix(x.begun(), x.URL)
	demandPasskeys(t, x.Server)
	wants(t, x.browser.Get(begun), http.StatusBadRequest, "This run is over")
}

func TestAViewerRunsNothing(t *testing.T) {
	x := newTrying(t)
	viewer := signedIn(t, x.Server, account.Viewer)
	wants(t, viewer.Get(x.page()), http.StatusOK, "Your role looks on")
	wants(t, viewer.Post(x.page(), x.form()), http.StatusForbidden)
}

func TestTheRequestCanBeLookedAtBeforeItIsMade(t *testing.T) {
	x := newTrying(t)
	form := x.form()
	form.Set("do", "show")
	form.Set("prompt", "consent")
	page := x.browser.Post(x.page(), form)
	wants(t, page, http.StatusOK, "code_challenge_method", "openid email read:orders write:orders", "consent")
	if page.URL.Path != x.page() {
		t.Errorf("the page is %s", page.URL)
	}
}
