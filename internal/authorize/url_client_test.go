package authorize_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// The way of a client that nobody here knows: sign-in without a word of it, then a look at its document, then consent, then
// a code that knows the document. CIMD-02 §5.
func TestAnUnknownClientIsLookedAtAfterSignIn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s, p, _, open := urlServer(t, on)
		b := open()
		page := at(t, b.Get(agentRequest(url.Values{"login_hint": {"eve@agent.example.net"}, "screen_hint": {"signup"}})), "/signin")
		for _, word := range []string{"agent.example.net", "Agent", "eve", "continue to"} {
			if strings.Contains(page.Body, word) {
				t.Errorf("the sign-in page of an unknown client says %q:\n%s", word, page.Body)
			}
		}
		if len(p.resolved) != 0 {
			t.Fatal("the document was fetched before anybody signed in")
		}
		page = at(t, submitPassword(page), "/consent")
		servertest.CheckMarkup(t, "consent", page.Body)
		if len(p.resolved) != 1 || p.resolved[0].UserID == "" || p.resolved[0].Email != person || p.resolved[0].Address != "192.0.2.1" || p.resolved[0].Door != "authorize" {
			t.Fatalf("who came with it: %+v", p.resolved)
		}
		g := grantOf(t, s, answered(t, decide(page, "allow")))
		if g.DocumentHash != strings.Repeat("h", 43) || g.KeySetVersion != "3" || g.AdmissionRule != "rul_first" || string(g.ClientID) != clientURL || g.ApplicationID != p.names.ID {
			t.Errorf("the grant is %+v", g)
		}
		consents, err := s.Store.Consents(t.Context(), userID(t, s), p.names.ID)
		if err != nil || len(consents) != 1 || consents[0].DocumentIdentity != "identity-1" {
			t.Errorf("remembered: %+v, %v", consents, err)
		}
		at(t, b.Get("/authorize/resume?request="+page.URL.Query().Get("request")), "/authorize/resume")
	})
}

func TestSomebodyWhoIsSignedInAlreadyIsNotAskedToSignIn(t *testing.T) {
	_, p, _, open := urlServer(t)
	b := signedIn(t, open)
	at(t, b.Get(agentRequest(nil)), "/consent")
	if len(p.resolved) != 1 {
		t.Errorf("it was looked up %d times", len(p.resolved))
	}
}

// prompt=login and select_account come to an end, too, when the client is unknown.
func TestPromptLoginOfAnUnknownClientAsksOnce(t *testing.T) {
	_, _, _, open := urlServer(t)
	b := signedIn(t, open)
	for _, prompt := range []string{"login", "select_account", "login consent"} {
		page := at(t, b.Get(agentRequest(url.Values{"prompt": {prompt}})), "/signin")
		if prompt == "select_account" {
			page = page.Submit(nil, "account")
		} else {
			page = submitPassword(page)
		}
		at(t, page, "/consent")
	}
}

// What costs nothing is checked before anything else, and its refusals have nowhere to go but a page.
func TestARequestThatCouldNotBeAnsweredIsNotWorthAFetch(t *testing.T) {
	_, p, traces, open := urlServer(t)
	b := signedIn(t, open)
	for name, c := range map[string]struct {
		change url.Values
		says   string
	}{
		"no response_type":       {url.Values{"response_type": nil}, "response_type is missing"},
		"a token":                {url.Values{"response_type": {"token"}}, "response_type must be code"},
		"no redirect":            {url.Values{"redirect_uri": nil, "scope": nil}, "redirect_uri is missing"},
		"two redirects":          {url.Values{"redirect_uri": {agentBack, agentBack}}, "redirect_uri is there more than once"},
		"a script":               {url.Values{"redirect_uri": {"javascript:alert(1)"}}, "can run code"},
		"no PKCE":                {url.Values{"code_challenge": nil, "code_challenge_method": nil}, "code_challenge is missing"},
		"plain PKCE":             {url.Values{"code_challenge_method": {"plain"}}, "must be S256"},
		"none":                   {url.Values{"prompt": {"none"}}, "prompt=none forbids"},
		"two states":             {url.Values{"state": {"a", "b"}}, "state is there more than once"},
		"a request object":       {url.Values{"request": {"e30.e30."}}, "not supported"},
		"a max_age in words":     {url.Values{"max_age": {"soon"}}, "max_age must be"},
		"a strange scope":        {url.Values{"scope": {`a"b`}}, "not allowed"},
		"another response_mode":  {url.Values{"response_mode": {"query.jwt"}}, "response_mode must be"},
		"a fragment":             {url.Values{"client_id": {clientURL + "#x"}}, "fragment"},
		"another case":           {url.Values{"client_id": {"HTTPS://agent.example.net/client.json"}}, "not canonical"},
		"plain http":             {url.Values{"client_id": {"http://agent.example.net/client.json"}}, "must begin with https://"},
		"an address":             {url.Values{"client_id": {"https://127.0.0.1/client.json"}}, "address"},
		"a query":                {url.Values{"client_id": {clientURL + "?a=b"}}, "query"},
		"a host with user names": {url.Values{"client_id": {"https://agent.example.net@evil.example.org/c"}}, "user name"},
	} {
		t.Run(name, func(t *testing.T) {
			page := at(t, b.Get(agentRequest(c.change)), "/authorize")
			if page.Status != http.StatusBadRequest || !strings.Contains(page.Body, c.says) {
				t.Fatalf("%d:\n%s", page.Status, page.Body)
			}
			trace := traces.last(t)
			if !strings.Contains(page.Body, trace.Reference) || trace.Door != "authorize" || trace.Side != audit.SideClient || !strings.Contains(trace.Message, strings.TrimPrefix(c.says, "can run")) {
				t.Errorf("the trace is %+v", trace)
			}
		})
	}
	if len(p.resolved) != 0 {
		t.Errorf("it was looked up for %+v", p.resolved)
	}
}

// After the look the checks run from the start: what the document says decides. CIMD-02 §4.2, RFC 8252 §7.3.
func TestAfterTheLookTheDocumentDecides(t *testing.T) {
	_, p, traces, open := urlServer(t)
	b := signedIn(t, open)
	p.change(func(a *registry.Application, _ *registry.Import) {
		a.RedirectURIs = []registry.URI{{Value: agentBack}, {Value: "http://127.0.0.1:33418/"}, {Value: "http://localhost/callback"}}
	})
	for redirect, says := range map[string]string{
		"https://evil.example.org/callback":        "is not among the callback URLs",
		"http://127.0.0.1:33418":                   "The registered one ends in a slash, and this one does not.",
		agentBack + "/":                            "The registered one has no slash at its end.",
		"http://[::1]/callback":                    "is not among",
		"https://localhost/callback":               "is not among",
		"http://localhost/callback/aaaaaaaaaaaaaa": "is not among",
	} {
		page := b.Get(agentRequest(url.Values{"redirect_uri": {redirect}}))
		if page.Left != nil || page.Status != http.StatusBadRequest || !strings.Contains(page.Body, says) || traces.last(t).Value != redirect {
			t.Errorf("%s: %d, left for %v, trace %+v\n%s", redirect, page.Status, page.Left, traces.last(t), page.Body)
		}
	}
	for _, redirect := range []string{"http://127.0.0.1:51001/", "http://localhost:49152/callback", agentBack} {
		at(t, b.Get(agentRequest(url.Values{"redirect_uri": {redirect}})), "/consent")
	}
	page := b.Get(agentRequest(url.Values{"redirect_uri": nil, "scope": nil}))
	if page.Left != nil || !strings.Contains(page.Body, "redirect_uri is missing") {
		t.Errorf("without redirect_uri: %v (%d)", page.Left, page.Status)
	}
}

func TestThePortOfLocalhostCanBeMadeToCount(t *testing.T) {
	s, p, _, open := urlServer(t)
	b := signedIn(t, open)
	p.change(func(a *registry.Application, _ *registry.Import) {
		a.RedirectURIs = []registry.URI{{Value: "http://localhost/callback"}}
	})
	if err := s.Settings.Set(t.Context(), servertest.Actor, "localhost_port", "false"); err != nil {
		t.Fatal(err)
	}
	if page := b.Get(agentRequest(url.Values{"redirect_uri": {"http://localhost:49152/callback"}})); page.Status != http.StatusBadRequest {
		t.Errorf("another port: %d at %s", page.Status, page.URL)
	}
}

// The person is told one of four reasons, the host and a reference. Nobody is sent anywhere.
func TestTheReasonsWhyAClientIsNotLetIn(t *testing.T) {
	_, p, _, open := urlServer(t)
	for reason, c := range map[cimd.Reason]struct {
		status int
		retry  string
		says   string
		again  bool
	}{
		cimd.Unreachable: {503, "30", "cannot be reached", true},
		cimd.Busy:        {503, "45", "Too much at once", true},
		cimd.Invalid:     {400, "", "cannot be verified", false},
		cimd.NotAdmitted: {403, "", "is not admitted here", false},
		cimd.Waiting:     {403, "", "is waiting for approval", true},
	} {
		t.Run(string(reason), func(t *testing.T) {
			p.refusal = &cimd.Refusal{Reason: reason, Host: "agent.example.net", Reference: "7KQ2-MD4F", Kind: audit.FailureTimeout}
			if reason == cimd.Busy {
				p.refusal.Retry = 45 * time.Second
			}
			page := submitPassword(at(t, open().Get(agentRequest(nil)), "/signin"))
			if page.Left != nil || page.Status != c.status || page.Header.Get("Retry-After") != c.retry || !has(page.Body, c.says, "7KQ2-MD4F") {
				t.Fatalf("%d, retry %q, left for %v:\n%s", page.Status, page.Header.Get("Retry-After"), page.Left, page.Body)
			}
			if reason != cimd.Busy && !strings.Contains(page.Body, "agent.example.net") {
				t.Errorf("the page does not name the host:\n%s", page.Body)
			}
			if strings.Contains(page.Body, "timeout") || strings.Contains(page.Body, "callback") || strings.Contains(page.Body, "/authorize/resume?request=") != c.again {
				t.Errorf("the page says too much, or has no way on:\n%s", page.Body)
			}
			servertest.CheckMarkup(t, string(reason), page.Body)
		})
	}
}

// Whoever waits goes on where they stopped, in the same browser, for ten minutes.
func TestAPersonWhoWaitsGoesOnWhenTheClientIsApproved(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		for name, opened := range map[string]func(*testing.T, func() *servertest.Browser) (*servertest.Browser, servertest.Page){
			"just signed in": func(t *testing.T, open func() *servertest.Browser) (*servertest.Browser, servertest.Page) {
				b := open()
				return b, submitPassword(at(t, b.Get(agentRequest(nil)), "/signin"))
			},
			"signed in before": func(t *testing.T, open func() *servertest.Browser) (*servertest.Browser, servertest.Page) {
				b := signedIn(t, open)
				return b, b.Get(agentRequest(nil))
			},
		} {
			t.Run(name, func(t *testing.T) {
				s, p, _, open := urlServer(t, on)
				p.refusal = &cimd.Refusal{Reason: cimd.Waiting, Host: "agent.example.net", Reference: "7KQ2-MD4F"}
				b, page := opened(t, open)
				s.Clock.Advance(9 * time.Minute)
				page = checkAgain(t, b, page)
				if page.Status != http.StatusForbidden || !strings.Contains(page.Body, "Check again") {
					t.Fatalf("after nine minutes: %d\n%s", page.Status, page.Body)
				}
				p.refusal = nil
				answer := answered(t, decide(at(t, checkAgain(t, b, page), "/consent"), "allow"))
				if answer.Get("code") == "" || answer.Get("state") != "a state" {
					t.Errorf("the answer is %v", answer)
				}
			})
		}
	})
}

func TestAfterTenMinutesAPersonWhoWaitsBeginsAgain(t *testing.T) {
	s, p, _, open := urlServer(t)
	p.refusal = &cimd.Refusal{Reason: cimd.Waiting, Host: "agent.example.net", Reference: "7KQ2-MD4F"}
	b := open()
	page := submitPassword(at(t, b.Get(agentRequest(nil)), "/signin"))
	s.Clock.Advance(10 * time.Minute)
	page = checkAgain(t, b, page)
	if page.Status != http.StatusForbidden || strings.Contains(page.Body, "/authorize/resume") || !strings.Contains(page.Body, "begin again") {
		t.Errorf("after ten minutes: %d\n%s", page.Status, page.Body)
	}
}

func checkAgain(t *testing.T, b *servertest.Browser, page servertest.Page) servertest.Page {
	t.Helper()
	_, rest, found := strings.Cut(page.Body, `href="/authorize/resume?`)
	query, _, _ := strings.Cut(rest, `"`)
	if !found {
		t.Fatalf("there is no way to check again:\n%s", page.Body)
	}
	return b.Get("/authorize/resume?" + query)
}

// Two tabs with one request: one code.
func TestTwoTabsOfOneUnknownClientGiveOneCode(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		_, _, _, open := urlServer(t, on)
		b := open()
		page := submitPassword(at(t, b.Get(agentRequest(nil)), "/signin"))
		handle := page.URL.Query().Get("request")
		var mu sync.Mutex
		codes := map[string]bool{}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				tab := b.Get("/authorize/resume?request=" + handle)
				for tab.Left == nil && tab.Status == http.StatusOK && tab.URL.Path == "/consent" { // asked once more if another tab opened the page meanwhile
					tab = decide(tab, "allow")
				}
				if tab.Left != nil {
					mu.Lock()
					codes[tab.Left.Query().Get("code")] = true
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if len(codes) != 1 || codes[""] {
			t.Errorf("one request gave %d codes", len(codes))
		}
	})
}

// Many people at once with the same unknown client: each gets a code, and there is one application.
func TestManyPeopleMeetAnUnknownClientAtOnce(t *testing.T) {
	s, _, _, open := urlServer(t)
	var all sync.WaitGroup
	for _, email := range []string{"a@example.com", "b@example.com", "c@example.com", "d@example.com"} {
		s.CreateUser(email, "")
		b := open()
		b.Get("/signin").Submit(url.Values{"email": {email}, "password": {servertest.Password}}, "email")
		all.Go(func() {
			if answer := answered(t, decide(at(t, b.Get(agentRequest(nil)), "/consent"), "allow")); answer.Get("code") == "" {
				t.Errorf("the answer is %v", answer)
			}
		})
	}
	all.Wait()
	if _, err := s.Directory().Find(t.Context(), clientURL); err != nil {
		t.Error(err)
	}
}
