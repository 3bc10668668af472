package authorize_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/cimd"
	"clientele/internal/outbound/outboundtest"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// internet is a whole server with one person, and around it an internet where the client at clientURL publishes a document.
func internet(t *testing.T, mode registry.AdmissionMode, on ...servertest.Option) (*servertest.Server, *outboundtest.Host) {
	t.Helper()
	n := servertest.NewInternet(t)
	s := servertest.New(t, append(on, servertest.WithInternet(n))...)
	t.Cleanup(s.Documents().Close)
	if err := s.Settings.Set(t.Context(), servertest.Actor, "cimd_admission", string(mode)); err != nil {
		t.Fatal(err)
	}
	s.CreateUser(person, "")
	host := n.Host("agent.example.net")
	host.JSON("/client.json", document(nil))
	return s, host
}

// document is what the client publishes.
func document(change map[string]any) map[string]any {
	all := map[string]any{
		"client_id": clientURL, "client_name": "Agent", "redirect_uris": []string{agentBack, "http://localhost/callback"}, "grant_types": []string{"authorization_code", "refresh_token"},
		"token_endpoint_auth_method": "none",
	}
	maps.Copy(all, change)
	return all
}

// here is a browser in which the person is signed in.
func here(t *testing.T, s *servertest.Server) *servertest.Browser {
	t.Helper()
	return signedIn(t, s.Browser)
}

// From first sight to a token and its successor, in open mode, on both engines.
func TestAStrangerGetsATokenWhenThePersonAllowsIt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s, host := internet(t, registry.AdmitOpen, on)
		b := s.Browser()
		page := at(t, b.Get(agentRequest(nil)), "/signin")
		if host.Count("/client.json") != 0 || strings.Contains(page.Body, "agent") {
			t.Fatalf("before sign-in: %d fetches\n%s", host.Count("/client.json"), page.Body)
		}
		page = at(t, submitPassword(page), "/consent")
		if !has(page.Body, "agent.example.net", "“<bdi>Agent</bdi>”", "nobody here has used it before") || host.Count("/client.json") != 1 {
			t.Errorf("%d fetches:\n%s", host.Count("/client.json"), page.Body)
		}
		servertest.CheckMarkup(t, "consent", page.Body)
		answer := answered(t, decide(page, "allow"))
		s.Follow(t.Context())
		app, err := s.Directory().Find(t.Context(), clientURL)
		if err != nil || !app.ExpiresAt.IsZero() {
			t.Fatalf("after the code the application is %+v, %v", app, err)
		}
		form := url.Values{
			"grant_type": {"authorization_code"}, "client_id": {clientURL}, "code": {answer.Get("code")}, "code_verifier": {servertest.Verifier}, "redirect_uri": {agentBack},
		}
		resp, err := s.Client().PostForm(s.URL+"/oauth/token", form)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var body map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || resp.StatusCode != http.StatusOK || body["access_token"] == nil {
			t.Errorf("the token endpoint answers %d %v, %v", resp.StatusCode, body, err)
		}
		page = at(t, here(t, s).Get(agentRequest(url.Values{"scope": {"openid email"}})), "/consent")
		if strings.Contains(page.Body, "nobody here has used it") || host.Count("/client.json") != 1 {
			t.Errorf("the second time: %d fetches\n%s", host.Count("/client.json"), page.Body)
		}
	})
}

// In approval mode the person waits with a reference, an operator approves, and the same request goes on.
func TestAnOperatorApprovesWhileThePersonWaits(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s, _ := internet(t, registry.AdmitApproval, on)
		b := s.Browser()
		page := submitPassword(at(t, b.Get(agentRequest(nil)), "/signin"))
		if page.Status != http.StatusForbidden || page.Left != nil || !has(page.Body, "agent.example.net is waiting for approval", "Check again") || strings.Contains(page.Body, "“") {
			t.Fatalf("%d, left for %v:\n%s", page.Status, page.Left, page.Body)
		}
		waiting, err := s.Registry.WaitingClients(t.Context(), "", 10)
		if err != nil || len(waiting.Items) != 1 || !strings.Contains(page.Body, waiting.Items[0].Reference) {
			t.Fatalf("the queue is %+v, %v", waiting, err)
		}
		one := waiting.Items[0]
		if _, err := s.Documents().Approve(t.Context(), servertest.Actor, one.ID, one.Hash, one.KeySetHash); err != nil {
			t.Fatal(err)
		}
		page = at(t, checkAgain(t, b, page), "/consent")
		if !strings.Contains(page.Body, "which let it in") {
			t.Errorf("the page is\n%s", page.Body)
		}
		if answer := answered(t, decide(page, "allow")); answer.Get("code") == "" || answer.Get("state") != "a state" {
			t.Errorf("the answer is %v", answer)
		}
	})
}

// What was let in once is held to the rules and the mode of today, and what an operator imported is not.
func TestAStrangerThatIsKeptOutByNowBeginsNothing(t *testing.T) {
	for name, keepOut := range map[string]func(*servertest.Server) error{
		"its host is denied": func(s *servertest.Server) error {
			_, err := s.Registry.CreateAdmissionRule(t.Context(), servertest.Actor, "agent.example.net", registry.Deny, "")
			return err
		},
		"only imported applications are admitted": func(s *servertest.Server) error {
			return s.Settings.Set(t.Context(), servertest.Actor, "cimd_admission", string(registry.AdmitImported))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, host := internet(t, registry.AdmitOpen)
			b := here(t, s)
			consent := at(t, b.Get(agentRequest(nil)), "/consent")
			if err := keepOut(s); err != nil {
				t.Fatal(err)
			}
			for _, page := range []servertest.Page{b.Get(agentRequest(nil)), decide(consent, "allow")} {
				if page.Status != http.StatusForbidden || page.Left != nil || !has(page.Body, "agent.example.net is not admitted here", "Reference <code>") {
					t.Errorf("%d, left for %v:\n%s", page.Status, page.Left, page.Body)
				}
			}
			if _, err := s.Documents().Register(t.Context(), servertest.Actor, clientURL, cimd.RegisterOptions{}); err != nil {
				t.Fatal(err)
			}
			at(t, b.Get(agentRequest(nil)), "/consent")
			if host.Count("/client.json") != 2 {
				t.Errorf("%d fetches", host.Count("/client.json"))
			}
		})
	}
}

// Whatever is wrong, the person sees one of the reasons and the operator finds the rest under the reference.
func TestWhatIsWrongIsOnlyForTheOperator(t *testing.T) {
	for name, c := range map[string]struct {
		mode   registry.AdmissionMode
		spoil  func(*servertest.Server, *outboundtest.Host)
		status int
		says   string
		never  string
		rule   string
	}{
		"not imported": {registry.AdmitImported, func(*servertest.Server, *outboundtest.Host) {}, 403, "is not admitted here", "imported", "admission_imported"},
		"denied": {registry.AdmitOpen, func(s *servertest.Server, _ *outboundtest.Host) {
			if _, err := s.Registry.CreateAdmissionRule(t.Context(), servertest.Actor, "agent.example.net", registry.Deny, ""); err != nil {
				t.Fatal(err)
			}
		}, 403, "is not admitted here", "rule", "admission_rule"},
		"gone":         {registry.AdmitOpen, func(_ *servertest.Server, h *outboundtest.Host) { h.Status("/client.json", 404) }, 400, "cannot be verified", "404", ""},
		"broken there": {registry.AdmitOpen, func(_ *servertest.Server, h *outboundtest.Host) { h.Status("/client.json", 502) }, 503, "cannot be reached", "502", ""},
		"a page": {registry.AdmitOpen, func(_ *servertest.Server, h *outboundtest.Host) {
			h.JSON("/client.json", "<html>", "Content-Type", "text/html")
		}, 400, "cannot be verified", "html>hello", ""},
		"another client": {registry.AdmitOpen, func(_ *servertest.Server, h *outboundtest.Host) {
			h.JSON("/client.json", document(map[string]any{"client_id": "https://evil.example.org/c"}))
		}, 400, "cannot be verified", "evil.example.org", ""},
		"a shared secret": {registry.AdmitApproval, func(_ *servertest.Server, h *outboundtest.Host) {
			h.JSON("/client.json", document(map[string]any{"client_secret": "hunter2"}))
		}, 400, "cannot be verified", "hunter2", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, host := internet(t, c.mode)
			c.spoil(s, host)
			page := submitPassword(at(t, s.Browser().Get(agentRequest(nil)), "/signin"))
			if page.Left != nil || page.Status != c.status || !strings.Contains(page.Body, c.says) || strings.Contains(page.Body, c.never) {
				t.Fatalf("%d, left for %v:\n%s", page.Status, page.Left, page.Body)
			}
			_, rest, _ := strings.Cut(page.Body, "Reference <code>")
			reference, _, _ := strings.Cut(rest, "<")
			s.Traces().Flush(context.WithoutCancel(t.Context()))
			traces, err := s.Registry.Traces(t.Context(), registry.TraceQuery{Reference: reference, Limit: 2})
			if err != nil || len(traces.Items) != 1 || traces.Items[0].ClientID != clientURL || traces.Items[0].Message == "" || c.rule != "" && traces.Items[0].Rule != c.rule {
				t.Errorf("under %q there is %+v, %v", reference, traces.Items, err)
			}
			if c.mode == registry.AdmitImported && len(host.Requests()) != 0 {
				t.Errorf("%d fetches", len(host.Requests()))
			}
		})
	}
}

// The document is another one when the person comes back from the consent page: a redirect that is gone is nobody's any more.
func TestADocumentSwappedWhileThePersonReads(t *testing.T) {
	s, host := internet(t, registry.AdmitOpen)
	b := here(t, s)
	page := at(t, b.Get(agentRequest(nil)), "/consent")
	host.JSON("/client.json", document(map[string]any{"redirect_uris": []string{"https://agent.example.net/other"}}))
	s.Clock.Advance(10 * time.Minute) // the kept document is not fresh any more
	page = decide(page, "allow")
	if page.Left != nil || page.Status != http.StatusBadRequest || !strings.Contains(page.Body, "Callback URL mismatch") {
		t.Errorf("a redirect that is gone: %d, left for %v:\n%s", page.Status, page.Left, page.Body)
	}
	if consents, err := s.Store.Consents(t.Context(), userID(t, s), ""); err != nil || len(consents) != 0 {
		t.Errorf("remembered: %+v, %v", consents, err)
	}

	host.JSON("/client.json", document(nil))
	s.Clock.Advance(10 * time.Minute)
	page = at(t, b.Get(agentRequest(nil)), "/consent")
	host.JSON("/client.json", document(map[string]any{"client_name": "Your Bank"}))
	s.Clock.Advance(10 * time.Minute)
	page = at(t, decide(page, "allow"), "/consent")
	if !strings.Contains(page.Body, "Your Bank") {
		t.Errorf("another name:\n%s", page.Body)
	}
	if answer := answered(t, decide(page, "allow")); answer.Get("code") == "" {
		t.Errorf("allowed once more: %v", answer)
	}
}

// One document with redirects of two kinds: what the page warns of depends on the one that is used.
func TestTheRedirectInUseDecidesWhatThePageWarnsOf(t *testing.T) {
	s, host := internet(t, registry.AdmitOpen)
	host.JSON("/client.json", document(map[string]any{"redirect_uris": []string{agentBack, "http://localhost/callback", "https://other.example.org/cb"}}))
	b := here(t, s)
	for redirect, says := range map[string]string{
		agentBack:                         "",
		"http://localhost:49152/callback": "Any program on this device",
		"https://other.example.org/cb":    "That is not agent.example.net",
	} {
		page := at(t, b.Get(agentRequest(url.Values{"redirect_uri": {redirect}})), "/consent")
		for _, warning := range []string{"Any program on this device", "That is not agent.example.net"} {
			if strings.Contains(page.Body, warning) != (warning == says) {
				t.Errorf("%s: %q:\n%s", redirect, warning, page.Body)
			}
		}
		servertest.CheckMarkup(t, redirect, page.Body)
	}
}
