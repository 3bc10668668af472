package token_test

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"clientele/internal/cimd"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/outbound/outboundtest"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

const keySet = "/jwks.json"

// publishing is a hall whose client was imported from a document with a key set, at a host that anybody can change.
func publishing(t *testing.T, on ...servertest.Option) (*hall, *outboundtest.Host) {
	t.Helper()
	net := servertest.NewInternet(t)
	host := net.Host("app.example.com")
	h := newHall(t, append(on, servertest.WithInternet(net))...)
	t.Cleanup(h.Documents().Close)
	host.JSON("/client.json", map[string]any{
		"client_id": clientURL, "client_name": "App", "redirect_uris": []string{callback}, "grant_types": []string{"authorization_code", "refresh_token"},
		"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example.com" + keySet,
	})
	publish(host, h.key)
	made, err := h.Documents().Register(t.Context(), servertest.Actor, clientURL, cimd.RegisterOptions{Mode: registry.Follow})
	if err != nil {
		t.Fatal(err)
	}
	h.app, h.wire, h.prove = made.Application, clientURL, "key"
	return h, host
}

func publish(host *outboundtest.Host, keys ...servertest.ClientKey) {
	set := make([]jwk.Key, len(keys))
	for i, k := range keys {
		set[i] = k.Public.Public
	}
	host.JSON(keySet, map[string]any{"keys": set})
}

func (h *hall) redeem() string {
	h.t.Helper()
	return outcome(h.ask("/oauth/token", redemption(h.code())))
}

// A key that was published since is found by the request that needs it, and nobody can make this server ask all the time.
func TestAKeyThatWasPublishedSinceIsFound(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		h, host := publishing(t, on)
		seen := host.Count(keySet)
		asked := func(what string, got, want string, times int) {
			t.Helper()
			if now := host.Count(keySet); got != want || now != seen+times {
				t.Errorf("%s: %q after %d looks, not %q after %d", what, got, now-seen, want, times)
			}
		}
		asked("the key that is known", h.redeem(), "", 0)
		first, second, third := h.key, h.NewClientKey(), h.NewClientKey()
		publish(host, first, second)
		h.key = second
		asked("a key published since", h.redeem(), "", 1)
		asked("the same key again", h.redeem(), "", 1)
		h.key = third
		asked("a key that nobody published", h.redeem(), "invalid_client", 1)
		h.Clock.Advance(31 * time.Second)
		host.Status(keySet, http.StatusServiceUnavailable)
		asked("while the key set is out of reach", h.redeem(), "temporarily_unavailable", 2)
		h.key = first
		asked("a known key meanwhile", h.redeem(), "", 2)
		h.Clock.Advance(31 * time.Second)
		publish(host, first, second, third)
		h.key = third
		asked("when it is back", h.redeem(), "", 3)
	})
}

func TestOfManyRequestsWithANewKeyOneLooks(t *testing.T) {
	h, host := publishing(t)
	seen := host.Count(keySet)
	h.key = h.NewClientKey()
	publish(host, h.key)
	forms := make([]url.Values, 16)
	for i := range forms {
		forms[i] = h.key.Asserting(h.wire, redemption(h.code()))
	}
	var all sync.WaitGroup
	for _, form := range forms {
		all.Go(func() {
			if status, body := h.send("/oauth/token", form); status != http.StatusOK {
				t.Errorf("got %d %v", status, body)
			}
		})
	}
	all.Wait()
	if looks := host.Count(keySet) - seen; looks != 1 {
		t.Errorf("the key set was asked for %d times", looks)
	}
}

// The document drops its keys: what was granted with a key does not go on with none, and what is asked of an operator is said.
func TestADocumentThatDropsItsKeysEndsWhatTheyBegan(t *testing.T) {
	h, host := publishing(t)
	_, tokens := h.ask("/oauth/token", redemption(h.code()))
	host.JSON("/client.json", map[string]any{
		"client_id": clientURL, "client_name": "App", "redirect_uris": []string{callback}, "grant_types": []string{"authorization_code", "refresh_token"},
		"token_endpoint_auth_method": "none",
	})
	h.Clock.Advance(25 * time.Hour)
	h.Documents().RefreshDue(t.Context())
	app, err := h.Store.Application(t.Context(), h.app.ID)
	if err != nil || app.Import.SuspendedWhy != registry.SuspendedDowngrade {
		t.Fatalf("the application is %+v, %v", app.Import, err)
	}
	for _, prove := range []string{"key", ""} {
		h.prove = prove
		if status, body := h.ask("/oauth/token", refreshing(tokens["refresh_token"])); outcome(status, body) != "invalid_client" {
			t.Errorf("by %q: %d %v", prove, status, body)
		}
	}
	if app.Accepts(oauth.AuthPrivateKeyJWT) {
		t.Errorf("it still authenticates by %v", app.AuthMethods)
	}
}

// What is not published any more proves nothing, although nobody published another.
func TestAKeySetThatRanEmptyEndsWhatItsKeysBegan(t *testing.T) {
	h, host := publishing(t)
	_, tokens := h.ask("/oauth/token", redemption(h.code()))
	publish(host)
	h.Clock.Advance(10 * time.Minute)
	h.Documents().RefreshDue(t.Context())
	if got := h.redeem(); got != "invalid_client" {
		t.Errorf("a code: %q", got)
	}
	if got := outcome(h.ask("/oauth/token", refreshing(tokens["refresh_token"]))); got != "invalid_client" {
		t.Errorf("a refresh token: %q", got)
	}
	h.Clock.Advance(time.Minute)
	publish(host, h.key)
	if got := h.redeem(); got != "" {
		t.Errorf("when it is back: %q", got)
	}
}

// A rotation that keeps its kid: the signature is wrong by the keys that are known, and right by those that are published.
func TestAKeyThatTookTheNameOfAnotherIsFound(t *testing.T) {
	h, host := publishing(t)
	name := h.key.Public.KID
	h.key = h.NewClientKey()
	h.key.Public.KID, h.key.Public.Public.ID = name, name
	publish(host, h.key)
	if got := h.redeem(); got != "" {
		t.Errorf("got %q", got)
	}
}

// Nobody keeps a key alive by keeping this server from its key set; and trouble on the way is not called the client's.
func TestKeysThatNobodyCouldSeeForADayAreLookedAtBeforeTheyCount(t *testing.T) {
	h, host := publishing(t)
	host.Status(keySet, http.StatusServiceUnavailable)
	h.Clock.Advance(registry.LastKnownGood - time.Hour)
	h.Documents().RefreshDue(t.Context())
	if got := h.redeem(); got != "" {
		t.Errorf("within a day: %q", got)
	}
	h.Clock.Advance(2 * time.Hour)
	h.Documents().RefreshDue(t.Context())
	if got := h.redeem(); got != "temporarily_unavailable" {
		t.Errorf("after a day: %q", got)
	}
	h.Clock.Advance(time.Minute)
	publish(host, h.key)
	if got := h.redeem(); got != "" {
		t.Errorf("when it is back: %q", got)
	}
}
