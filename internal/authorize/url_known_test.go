package authorize_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/cimd"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// A known client whose document is not fresh is looked at again before the person decides, and not before they signed in.
func TestAKnownClientIsLookedAtAgainWhenItsDocumentIsDue(t *testing.T) {
	s, p, _, open := urlServer(t)
	p.known(t)
	b := signedIn(t, open)
	at(t, b.Get(agentRequest(nil)), "/consent")
	if len(p.current) != 0 {
		t.Fatal("a fresh document was looked at again")
	}
	s.Clock.Advance(5 * time.Minute)
	at(t, open().Get(agentRequest(nil)), "/signin")
	if len(p.current) != 0 {
		t.Fatal("it was looked at for nobody")
	}
	p.change(func(a *registry.Application, i *registry.Import) {
		a.Name, i.Identity, i.Live.Hash = "Other", "identity-2", strings.Repeat("i", 43)
	})
	page := at(t, b.Get(agentRequest(nil)), "/consent")
	if len(p.current) != 1 || !strings.Contains(page.Body, "Other") {
		t.Errorf("looked at %d times:\n%s", len(p.current), page.Body)
	}
	if g := grantOf(t, s, answered(t, decide(page, "allow"))); g.DocumentHash != strings.Repeat("i", 43) {
		t.Errorf("the grant is under %s", g.DocumentHash)
	}
}

// A redirect URI that the document has since a minute ago works as soon as the kept one is not fresh any more.
func TestARedirectThatWasAddedWorksAfterALook(t *testing.T) {
	s, p, _, open := urlServer(t)
	p.known(t)
	b := signedIn(t, open)
	added := agentRequest(url.Values{"redirect_uri": {"https://agent.example.net/second"}})
	p.change(func(a *registry.Application, _ *registry.Import) {
		a.RedirectURIs = append(a.RedirectURIs, registry.URI{Value: "https://agent.example.net/second"})
	})
	if page := b.Get(added); page.Status != http.StatusBadRequest {
		t.Errorf("while the kept document is fresh: %d", page.Status)
	}
	s.Clock.Advance(5 * time.Minute)
	at(t, b.Get(added), "/consent")
}

// Whoever makes a link gets no room on our page for a message of theirs, before anybody has signed in.
func TestAPageRepeatsLittleOfWhatALinkNames(t *testing.T) {
	_, p, _, open := urlServer(t)
	if _, err := p.save(t.Context(), clientURL); err != nil {
		t.Fatal(err)
	}
	message := "https://orders.example.com/" + strings.Repeat("call-us-at-once-", 20) + "the-end"
	for _, name := range []string{"resource", "audience"} {
		page := open().Get(agentRequest(url.Values{name: {message}}))
		if page.Left != nil || page.Status != http.StatusBadRequest || strings.Count(page.Body, "call-us-at-once") == 0 {
			t.Fatalf("%s: %d, left for %v:\n%s", name, page.Status, page.Left, page.Body)
		}
		if shown := strings.Count(page.Body, "call-us-at-once-"); strings.Contains(page.Body, "the-end") || shown > 12 {
			t.Errorf("%s: shown %d times:\n%s", name, shown, page.Body)
		}
	}
}

func TestAKnownClientThatCannotBeLookedAtIsAPageWithAWayOn(t *testing.T) {
	s, p, _, open := urlServer(t)
	p.known(t)
	b := signedIn(t, open)
	s.Clock.Advance(time.Hour)
	p.refusal = &cimd.Refusal{Reason: cimd.Unreachable, Host: "agent.example.net", Reference: "7KQ2-MD4F"}
	page := b.Get(agentRequest(nil))
	if page.Left != nil || page.Status != http.StatusServiceUnavailable || !has(page.Body, "7KQ2-MD4F", "Try again") {
		t.Fatalf("%d, left for %v:\n%s", page.Status, page.Left, page.Body)
	}
	p.refusal = nil
	at(t, checkAgain(t, b, page), "/consent")
}

// A client whose document is gone or on hold begins nothing, and is told nothing. CIMD-02 §6.
func TestAClientThatIsNotInGoodStandingBeginsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		state  func(*registry.Import, time.Time)
		says   string
		status int
	}{
		"suspended": {func(i *registry.Import, now time.Time) {
			i.SuspendedAt, i.SuspendedWhy = now, registry.SuspendedDowngrade
		}, "is on hold", 403},
		"withdrawn": {func(i *registry.Import, now time.Time) { i.WithdrawnAt = now }, "has withdrawn", 403},
		"stale":     {func(i *registry.Import, now time.Time) { i.Failures, i.FailedAt = 3, now.Add(-48*time.Hour) }, "cannot be reached", 503},
	} {
		t.Run(name, func(t *testing.T) {
			s, p, traces, open := urlServer(t)
			p.change(func(_ *registry.Application, i *registry.Import) { c.state(i, s.Clock.Now()) })
			p.known(t)
			s.Clock.Advance(25 * time.Hour)
			p.silent = true
			b := signedIn(t, open)
			page := b.Get(agentRequest(url.Values{"prompt": {"none"}}))
			if page.Left != nil || page.Status != c.status || !has(page.Body, c.says, traces.last(t).Reference, "agent.example.net") {
				t.Errorf("%d, left for %v, trace %+v:\n%s", page.Status, page.Left, traces.last(t), page.Body)
			}
			if trace := traces.last(t); trace.Message == "" || trace.ApplicationID == "" || trace.UserID == "" {
				t.Errorf("the trace is %+v", trace)
			}
		})
	}
}

// A client that is on hold because its document was gone or broken comes back by itself, for somebody who is signed in; until
// then nothing leaves for it.
func TestAClientComesBackWithItsDocument(t *testing.T) {
	s, p, _, open := urlServer(t)
	p.change(func(_ *registry.Application, i *registry.Import) {
		i.SuspendedAt, i.SuspendedWhy = s.Clock.Now(), registry.SuspendedGone
	})
	p.known(t)
	if page := open().Get(agentRequest(url.Values{"prompt": {"none"}})); page.Left != nil || link(t, page).Query().Get("error") != "login_required" {
		t.Errorf("nobody signed in: %v", page.Left)
	}
	b := open()
	page := at(t, b.Get(agentRequest(nil)), "/signin")
	p.refusal = &cimd.Refusal{Reason: cimd.Invalid, Host: "agent.example.net", Reference: "7KQ2-MD4F"}
	page = submitPassword(page)
	if page.Left != nil || page.Status != http.StatusBadRequest || !strings.Contains(page.Body, "cannot be verified") {
		t.Errorf("while it is gone: %d, left for %v", page.Status, page.Left)
	}
	p.refusal = nil
	p.change(func(_ *registry.Application, i *registry.Import) { i.SuspendedAt, i.SuspendedWhy = time.Time{}, "" })
	at(t, b.Get(agentRequest(nil)), "/consent")
}

// The document is swapped between the consent page and the answer: what the person saw is not what they would allow.
func TestAConsentToAnotherIdentityIsAskedOnceMore(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s, p, _, open := urlServer(t, on)
		p.known(t)
		b := signedIn(t, open)
		page := at(t, b.Get(agentRequest(nil)), "/consent")
		p.change(func(a *registry.Application, i *registry.Import) { a.Name, i.Identity = "Your Bank", "identity-2" })
		if _, err := p.save(t.Context(), clientURL); err != nil {
			t.Fatal(err)
		}
		again := at(t, decide(page, "allow"), "/consent")
		if !strings.Contains(again.Body, "Your Bank") {
			t.Errorf("the page does not show who it is now:\n%s", again.Body)
		}
		if consents, _ := s.Store.Consents(t.Context(), userID(t, s), p.names.ID); len(consents) != 0 {
			t.Errorf("remembered: %+v", consents)
		}
		p.change(func(a *registry.Application, _ *registry.Import) {
			a.RedirectURIs = []registry.URI{{Value: "https://agent.example.net/other"}}
		})
		if _, err := p.save(t.Context(), clientURL); err != nil {
			t.Fatal(err)
		}
		if gone := decide(again, "allow"); gone.Left != nil || gone.Status != http.StatusBadRequest {
			t.Errorf("a redirect that is gone answers %v (%d)", gone.Left, gone.Status)
		}
	})
}

func TestWhoAllowedSomebodyElseIsToldSo(t *testing.T) {
	_, p, _, open := urlServer(t)
	p.known(t)
	b := signedIn(t, open)
	page := at(t, b.Get(agentRequest(nil)), "/consent")
	if strings.Contains(page.Body, "changed since") {
		t.Errorf("the first page speaks of a change:\n%s", page.Body)
	}
	answered(t, decide(page, "allow"))
	if answer := answered(t, b.Get(agentRequest(nil))); answer.Get("code") == "" {
		t.Errorf("an approved client on https that is remembered: %v", answer)
	}
	p.change(func(_ *registry.Application, i *registry.Import) { i.Identity = "identity-2" })
	if _, err := p.save(t.Context(), clientURL); err != nil {
		t.Fatal(err)
	}
	page = at(t, b.Get(agentRequest(nil)), "/consent")
	if !strings.Contains(page.Body, "It has changed since you allowed it") {
		t.Errorf("the page does not speak of the change:\n%s", page.Body)
	}
	answered(t, decide(page, "allow"))
	page = at(t, b.Get(agentRequest(url.Values{"scope": {"openid profile email"}})), "/consent")
	if strings.Contains(page.Body, "changed since") {
		t.Errorf("a wider request is no change of the client:\n%s", page.Body)
	}
}

// A consent is asked on demand, also for what is allowed, and scope may have spaces to spare.
func TestConsentOnDemandAndSpacesInScope(t *testing.T) {
	s, p, _, open := urlServer(t)
	p.known(t)
	b := signedIn(t, open)
	answered(t, decide(at(t, b.Get(agentRequest(nil)), "/consent"), "allow"))
	page := at(t, b.Get(agentRequest(url.Values{"prompt": {"consent"}, "scope": {"  openid   profile "}})), "/consent")
	if g := grantOf(t, s, answered(t, decide(page, "allow"))); g.Scopes.String() != "openid profile" {
		t.Errorf("granted %q", g.Scopes)
	}
}

// For a client that nobody approved no error leaves by itself. RFC 9700 §4.11.2.
func TestNoErrorLeavesForAStranger(t *testing.T) {
	_, p, traces, open := urlServer(t)
	b := signedIn(t, open)
	refused := url.Values{"resource": {"https://orders.example.com/"}}
	page := at(t, b.Get(agentRequest(refused)), "/authorize")
	to := link(t, page)
	if page.Status != http.StatusBadRequest || !has(page.Body, "This sign-in cannot go on", "invalid_target", "Continue to", traces.last(t).Reference) {
		t.Fatalf("%d:\n%s", page.Status, page.Body)
	}
	if !strings.HasPrefix(to.String(), agentBack+"?") || to.Query().Get("error") != "invalid_target" || to.Query().Get("state") != "a state" || to.Query().Get("iss") == "" {
		t.Errorf("the link leads to %s", to)
	}
	servertest.CheckMarkup(t, "offer", page.Body)

	page = decide(at(t, b.Get(agentRequest(nil)), "/consent"), "deny")
	if to = link(t, page); page.Status != http.StatusOK || !strings.Contains(page.Body, "Nothing was allowed") || to.Query().Get("error") != "access_denied" {
		t.Errorf("denied: %d, link %v:\n%s", page.Status, to, page.Body)
	}
	if page := b.Get(agentRequest(url.Values{"prompt": {"none"}})); page.Left != nil || link(t, page).Query().Get("error") != "consent_required" {
		t.Errorf("prompt=none: %v", page.Left)
	}
	if page := open().Get(agentRequest(url.Values{"prompt": {"none"}})); page.Left != nil || link(t, page).Query().Get("error") != "login_required" {
		t.Errorf("nobody signed in: %v", page.Left)
	}

	refused.Set("response_mode", "form_post")
	page = b.Get(agentRequest(refused))
	form := page.Forms()[0]
	if form.Action != agentBack || form.Values.Get("error") != "invalid_target" || form.Values.Get("state") != "a state" || strings.Contains(page.Body, "data-submit") {
		t.Errorf("the form is %+v:\n%s", form, page.Body)
	}
	if len(p.resolved) != 1 {
		t.Errorf("it was looked up %d times", len(p.resolved))
	}
}

// What an operator approved is answered as ever.
func TestErrorsLeaveForWhatAnOperatorApproved(t *testing.T) {
	_, p, traces, open := urlServer(t)
	p.known(t)
	b := signedIn(t, open)
	if answer := answered(t, b.Get(agentRequest(url.Values{"resource": {"https://orders.example.com/"}}))); answer.Get("error") != "invalid_target" {
		t.Errorf("the answer is %v", answer)
	}
	if trace := traces.last(t); trace.Rule != "authorize: invalid_target" || !strings.Contains(trace.Message, "orders.example.com") || trace.Value != "" {
		t.Errorf("the trace is %+v", trace)
	}
	if answer := answered(t, decide(at(t, b.Get(agentRequest(nil)), "/consent"), "deny")); answer.Get("error") != "access_denied" {
		t.Errorf("denied: %v", answer)
	}
	if len(traces.traces) != 1 {
		t.Errorf("a decision left a trace: %+v", traces.traces)
	}
}

// Nobody is let through in silence for a client that nobody approved, and on loopback nobody ever is.
func TestAStrangerIsNeverAllowedInSilence(t *testing.T) {
	_, p, _, open := urlServer(t)
	b := signedIn(t, open)
	answered(t, decide(at(t, b.Get(agentRequest(nil)), "/consent"), "allow"))
	if page := b.Get(agentRequest(url.Values{"prompt": {"none"}})); page.Left != nil {
		t.Errorf("a stranger, allowed before: %v", page.Left)
	}
	p.change(func(a *registry.Application, _ *registry.Import) {
		a.RedirectURIs = append(a.RedirectURIs, registry.URI{Value: "http://127.0.0.1/cb"})
	})
	p.known(t)
	local := url.Values{"redirect_uri": {"http://127.0.0.1:7777/cb"}}
	for range 2 {
		answered(t, decide(at(t, b.Get(agentRequest(local)), "/consent"), "allow"))
	}
}

// link is where the only link of an offered answer leads.
func link(t *testing.T, page servertest.Page) *url.URL {
	t.Helper()
	_, rest, found := strings.Cut(page.Body, `class="button wide" href="`)
	text, _, _ := strings.Cut(rest, `"`)
	to, err := url.Parse(strings.ReplaceAll(text, "&amp;", "&"))
	if !found || err != nil {
		t.Fatalf("there is no link (%v) at %s, left for %v:\n%s", err, page.URL, page.Left, page.Body)
	}
	return to
}
