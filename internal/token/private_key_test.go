package token_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/clientauth"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
	"clientele/internal/token"
)

// machine makes the client an imported one that authenticates with a key and may get tokens for itself.
func (h *hall) machine() {
	h.imported(func(a *registry.Application) {
		h.withKey(oauth.AuthPrivateKeyJWT)(a)
		a.GrantTypes = append(a.GrantTypes, oauth.ClientCredentials)
		a.Import.ClientCredentials = true
	})
	h.Grant(h.app, h.api, registry.ForClient)
}

func TestOfTheSameAssertionAtOnceOneWins(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		h := newHall(t, on)
		h.machine()
		form := h.key.Asserting(h.wire, machine())
		var wins, losses int
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				status, body := h.send("/oauth/token", form)
				mu.Lock()
				defer mu.Unlock()
				switch outcome(status, body) {
				case "":
					wins++
				case "invalid_client":
					losses++
				}
			})
		}
		all.Wait()
		if wins != 1 || losses != 31 {
			t.Errorf("%d got a token and %d were refused", wins, losses)
		}
	})
}

// An assertion can be used again after it expired only if it is made again, and then it is another one.
func TestTheMemoryOfAssertionsLastsAsLongAsTheyDo(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		h := newHall(t, on)
		h.machine()
		form := h.key.Asserting(h.wire, machine())
		for i, want := range []string{"", "invalid_client", "invalid_client", "invalid_client"} {
			if status, body := h.send("/oauth/token", form); outcome(status, body) != want {
				t.Errorf("after %d times 29.9 s: %d %v", i, status, body)
			}
			h.Clock.Advance(29900 * time.Millisecond)
		}
	})
}

func TestTheTokenEndpointAsAudienceCountsWhereSomethingElseBindsTheRequest(t *testing.T) {
	h := newHall(t)
	h.machine()
	ask := func(path string, form url.Values) string {
		form.Set("client_assertion_type", clientauth.AssertionType)
		form.Set("client_assertion", h.key.Assertion(h.wire, map[string]any{"aud": h.Issuer() + "oauth/token"}))
		return outcome(h.send(path, form))
	}
	code := h.code()
	if got := ask("/oauth/token", redemption(code)); got != "invalid_client" {
		t.Errorf("without the exception: %q", got)
	}
	h.ChangeImported(h.app.ID, func(a *registry.Application) { a.Import.AudienceUntil = h.Clock.Now().Add(30 * time.Second) })
	if got := ask("/oauth/token", redemption(code)); got != "" {
		t.Errorf("a code: %q", got)
	}
	_, tokens := h.ask("/oauth/token", redemption(h.code()))
	for what, form := range map[string]url.Values{
		"a code without its verifier": {"grant_type": {"authorization_code"}, "code": {h.code()}},
		"client_credentials":          machine(),
	} {
		if got := ask("/oauth/token", form); got != "invalid_client" {
			t.Errorf("%s: %q", what, got)
		}
	}
	if got := ask("/oauth/revoke", url.Values{"token": {"x"}}); got != "invalid_client" {
		t.Errorf("revocation: %q", got)
	}
	if got := ask("/oauth/token", refreshing(tokens["refresh_token"])); got != "" {
		t.Errorf("a refresh token: %q", got)
	}
	code = h.code()
	h.Clock.Advance(30 * time.Second)
	if got := ask("/oauth/token", redemption(code)); got != "invalid_client" {
		t.Errorf("after the date: %q", got)
	}
}

func TestAGrantRemembersHowTheClientProvedItself(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		h := newHall(t, on)
		h.imported(h.withKey(oauth.AuthNone, oauth.AuthPrivateKeyJWT))
		for prove, want := range map[string]string{"key": h.key.Public.Thumbprint, "": ""} {
			h.prove = prove
			code := h.code()
			if got := outcome(h.ask("/oauth/token", redemption(code))); got != "" {
				t.Fatal(got)
			}
			_, g, err := h.Store.Code(t.Context(), h.Keys.Hashes(secret.ForCode, code))
			if err != nil || g.KeyThumbprint != want || (g.AuthMethod == oauth.AuthPrivateKeyJWT) != (prove == "key") {
				t.Errorf("by %q the grant has %q and %q, %v", prove, g.AuthMethod, g.KeyThumbprint, err)
			}
		}
		h.FlushUses()
		app, err := h.Store.Application(t.Context(), h.app.ID)
		if err != nil || app.Keys[0].LastUsed.IsZero() {
			t.Errorf("the key was never used: %+v, %v", app.Keys, err)
		}
	})
}

// tracer keeps traces.
type tracer struct{ traces []audit.Trace }

func (t *tracer) Trace(_ context.Context, trace audit.Trace) string {
	t.traces = append(t.traces, trace)
	return "7KQ2-MD4F"
}

func TestWhatAnImportedApplicationIsRefusedIsTraced(t *testing.T) {
	h := newHall(t)
	h.machine()
	traces, uses, mux := &tracer{}, &recorder{}, http.NewServeMux()
	room := &token.Handler{
		Policy: func() registry.Policy { return registry.Policy{} },
		Issuer: h.Issuer(), Directory: h.Directory(), Store: h.Store, Users: h.Accounts, Signer: h.Signing, Keys: h.Keys,
		Clients: &clientauth.Authenticator{
			Issuer: h.Issuer(), Clients: h.Directory(), Keys: h.Keys, Once: h.Store, Now: h.Clock.Now, Uses: uses, Traces: traces,
		},
		Settings: h.Settings.Current, Uses: uses, Traces: traces, Now: h.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	room.Mount(mux)
	post := func(path string, form url.Values) (*httptest.ResponseRecorder, audit.Trace) {
		traces.traces = nil
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if len(traces.traces) != 1 {
			t.Fatalf("%s left %+v after %d %s", path, traces.traces, w.Code, w.Body)
		}
		return w, traces.traces[0]
	}
	code := h.code()
	h.ChangeImported(h.app.ID, func(a *registry.Application) { a.RedirectURIs[0].Value += "/elsewhere" })
	form := h.key.Asserting(h.wire, redemption(code))
	w, trace := post("/oauth/token", form)
	if !strings.Contains(w.Body.String(), "7KQ2-MD4F") || trace.Rule != "invalid_grant" || trace.ApplicationID != h.app.ID || trace.UserID != h.user ||
		trace.ClientID != clientURL || trace.Door != "token" || !strings.Contains(trace.Message, "not registered any more") || trace.Mend == "" {
		t.Errorf("%s left %+v", w.Body, trace)
	}
	for _, kept := range []string{code, form.Get("client_assertion"), servertest.Verifier} {
		if strings.Contains(trace.Message+trace.Value+trace.Mend, kept) {
			t.Errorf("%+v holds what must not be kept", trace)
		}
	}
	if last := uses.uses[len(uses.uses)-1]; last.Reference != "7KQ2-MD4F" || last.SecretID != h.key.Public.ID {
		t.Errorf("recorded %+v", last)
	}
	_, trace = post("/oauth/revoke", url.Values{"client_id": {clientURL}, "token": {"x"}})
	if trace.Rule != "auth_method" || trace.Door != "revoke" || trace.ApplicationID != h.app.ID {
		t.Errorf("left %+v", trace)
	}
	_, trace = post("/oauth/token", url.Values{"client_id": {"https://unknown.example.com/x"}, "grant_type": {"refresh_token"}, "refresh_token": {"x"}})
	if trace.Rule != "client_unknown" || trace.ApplicationID != "" || trace.ClientID != "https://unknown.example.com/x" {
		t.Errorf("left %+v", trace)
	}
}
