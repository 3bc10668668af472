package token_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/servertest"
)

// clientURL is the URL of every imported client here; nothing answers there.
const clientURL = "https://app.example.com/client.json"

// hall is a server with a person, an API, and one client of some kind.
type hall struct {
	*servertest.Server
	t      *testing.T
	api    registry.API
	user   string
	app    registry.Application
	wire   string
	secret string
	key    servertest.ClientKey
	prove  string // secret, key or nothing
}

func newHall(t *testing.T, opts ...servertest.Option) *hall {
	t.Helper()
	s := servertest.New(t, opts...)
	return &hall{Server: s, t: t, api: s.CreateAPI(audience, "read:orders"), user: s.CreateUser(person, "").ID, key: s.NewClientKey()}
}

// imported makes the client an imported one.
func (h *hall) imported(change func(*registry.Application)) {
	h.app = h.PutImported(clientURL, change)
	h.wire = clientURL
}

// withKey lets the client authenticate with its key, beside or instead of what it did.
func (h *hall) withKey(methods ...oauth.AuthMethod) func(*registry.Application) {
	return func(a *registry.Application) {
		a.AuthMethods, a.Keys = methods, []registry.Key{h.key.Public}
		h.prove = "key"
	}
}

// handMade makes the client one that an operator made.
func (h *hall) handMade(d registry.Draft) {
	d.Name = "App"
	if d.Type != registry.MachineToMachine {
		d.RedirectURIs = []string{callback}
	}
	app, minted := h.CreateApplication(d)
	h.app, h.wire = app, app.ID
	if !minted.IsZero() {
		h.secret, h.prove = minted.Reveal(), "secret"
	}
}

// keyInsteadOfSecret gives a hand-made client a key.
func (h *hall) keyInsteadOfSecret() {
	a := h.app
	a.AuthMethods, a.Keys, a.Secrets = []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}, []registry.Key{h.key.Public}, nil
	a.Keys[0].Source = registry.FromOperator
	event := audit.Event{At: h.Clock.Now(), Kind: "application.updated", Actor: servertest.Actor, TargetKind: registry.KindApplication, TargetID: a.ID}
	if err := h.Store.SaveApplication(h.t.Context(), a, a.Revision, event); err != nil {
		h.t.Fatal(err)
	}
	h.Directory().Forget(registry.KindApplication, a.ID)
	h.app, h.prove = a, "key"
}

// code issues a code as the authorization endpoint does.
func (h *hall) code() string {
	h.t.Helper()
	now, value := h.Clock.Now(), secret.Mint(secret.PrefixCode)
	g := grant.Grant{
		ID: secret.ID(22), ApplicationID: h.app.ID, ClientID: h.app.ClientID(), UserID: h.user, RedirectURI: callback,
		Scopes: oauth.Scopes{"openid", "offline_access"}, AMR: []string{"pwd"}, AuthTime: now, CreatedAt: now,
	}
	code := grant.Code{
		Hash: h.Keys.Hash(secret.ForCode, value.Reveal()), GrantID: g.ID, ApplicationID: h.app.ID, RedirectURI: callback,
		Challenge: oauth.Challenge(servertest.Challenge()), CreatedAt: now, ExpiresAt: now.Add(time.Minute),
	}
	if err := h.Store.IssueCode(h.t.Context(), "", g, code); err != nil {
		h.t.Fatal(err)
	}
	h.Directory().Forget(registry.KindApplication, h.app.ID)
	return value.Reveal()
}

// ask sends the request as the client, and returns the status and the body.
func (h *hall) ask(path string, form url.Values) (int, map[string]any) {
	h.t.Helper()
	form.Set("client_id", h.wire)
	switch h.prove {
	case "secret":
		form.Set("client_secret", h.secret)
	case "key":
		form = h.key.Asserting(h.wire, form)
	}
	return h.send(path, form)
}

func (h *hall) send(path string, form url.Values) (int, map[string]any) {
	h.t.Helper()
	resp, err := h.Client().PostForm(h.Path(path), form)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	var body map[string]any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &body); err != nil {
			h.t.Fatal(err)
		}
	}
	return resp.StatusCode, body
}

// outcome is an error with its status; "" is success.
func outcome(status int, body map[string]any) string {
	if status == http.StatusOK {
		return ""
	}
	code, _ := body["error"].(string)
	if wants := code == "invalid_client"; wants != (status == http.StatusUnauthorized) {
		return code + " with another status"
	}
	return code
}

func machine() url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "audience": {audience}}
}

// Every endpoint that takes a client ID knows every kind of client in the same way: by who it is, how it proves that, and how
// its metadata document stands.
func TestEndpointsAndKindsOfClient(t *testing.T) {
	none := []oauth.AuthMethod{oauth.AuthNone}
	onlyKey, both := []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}, []oauth.AuthMethod{oauth.AuthNone, oauth.AuthPrivateKeyJWT}
	machines := func(a *registry.Application) {
		a.GrantTypes = append(a.GrantTypes, oauth.ClientCredentials)
		a.Import.ClientCredentials = true
	}
	keyed := func(h *hall) {
		h.imported(func(a *registry.Application) {
			h.withKey(onlyKey...)(a)
			machines(a)
		})
	}
	const unauthorized, invalidClient, invalidGrant, unavailable = "unauthorized_client", "invalid_client", "invalid_grant", "temporarily_unavailable"
	for name, test := range map[string]struct {
		make                           func(*hall)
		then                           func(*hall) // after a code was issued and another redeemed
		code, refresh, machine, revoke string
	}{
		"hand-made, public":       {make: func(h *hall) { h.handMade(registry.Draft{Type: registry.Native}) }, machine: unauthorized},
		"hand-made with a secret": {make: func(h *hall) { h.handMade(registry.Draft{Type: registry.RegularWeb}) }, machine: unauthorized},
		"hand-made with a key": {make: func(h *hall) {
			h.handMade(registry.Draft{Type: registry.RegularWeb})
			h.keyInsteadOfSecret()
		}, machine: unauthorized},
		"imported, public":                               {make: func(h *hall) { h.imported(nil) }, machine: unauthorized},
		"imported with a key":                            {make: keyed},
		"imported with a key, switched off for machines": {make: func(h *hall) { h.imported(h.withKey(onlyKey...)) }, machine: unauthorized},
		"imported with both, by key":                     {make: func(h *hall) { h.imported(h.withKey(both...)) }, machine: unauthorized},
		"imported with both, by nothing": {make: func(h *hall) {
			h.imported(h.withKey(both...))
			h.prove = ""
		}, machine: unauthorized},
		"imported with both, granted by key, then by nothing": {
			make: func(h *hall) { h.imported(h.withKey(both...)) }, then: func(h *hall) { h.prove = "" }, refresh: invalidClient, machine: unauthorized,
		},
		"imported with both, granted by nothing, then by key": {
			make: func(h *hall) {
				h.imported(h.withKey(both...))
				h.prove = ""
			}, then: func(h *hall) { h.prove = "key" }, machine: unauthorized,
		},
		"imported with a key, without it": {
			make: keyed, then: func(h *hall) { h.prove = "" }, code: invalidClient, refresh: invalidClient, machine: invalidClient, revoke: invalidClient,
		},
		"imported with a key, with a secret": {
			make: keyed, then: func(h *hall) { h.prove, h.secret = "secret", "clts_whatever" }, code: invalidClient, refresh: invalidClient, machine: invalidClient, revoke: invalidClient,
		},
		"imported, public, with a secret": {
			make: func(h *hall) { h.imported(nil) }, then: func(h *hall) { h.prove, h.secret = "secret", "clts_whatever" },
			code: invalidClient, refresh: invalidClient, machine: invalidClient, revoke: invalidClient,
		},
		"a key that was replaced, by the new one": {make: keyed, then: func(h *hall) {
			h.key = h.NewClientKey()
			h.ChangeImported(h.app.ID, h.withKey(onlyKey...))
		}},
		"a key that was replaced, by the old one": {
			make: keyed, then: func(h *hall) {
				other := h.NewClientKey()
				h.ChangeImported(h.app.ID, func(a *registry.Application) { a.Keys = []registry.Key{other.Public} })
			}, code: invalidClient, refresh: invalidClient, machine: invalidClient, revoke: invalidClient,
		},
		"a key beside an older one": {make: keyed, then: func(h *hall) {
			old := h.key.Public
			h.key = h.NewClientKey()
			h.ChangeImported(h.app.ID, func(a *registry.Application) { a.Keys = []registry.Key{old, h.key.Public} })
		}},
		"the redirect URI was taken out": {make: keyed, then: func(h *hall) {
			h.ChangeImported(h.app.ID, func(a *registry.Application) { a.RedirectURIs[0].Value += "/elsewhere" })
		}, code: invalidGrant},
		"a stranger": {make: func(h *hall) {
			h.imported(func(a *registry.Application) {
				a.Import.By, a.Import.Mode, a.ExpiresAt = registry.ByClient, registry.Follow, h.Clock.Now().Add(registry.UnfinishedLifetime)
			})
		}, machine: unauthorized},
		"disabled": {make: keyed, then: func(h *hall) {
			h.ChangeImported(h.app.ID, func(a *registry.Application) { a.Enabled = false })
		}, code: invalidClient, refresh: invalidClient, machine: invalidClient, revoke: invalidClient},
		"suspended: the document is gone": {make: keyed, then: func(h *hall) {
			h.ChangeImported(h.app.ID, func(a *registry.Application) {
				a.Import.SuspendedAt, a.Import.SuspendedWhy = h.Clock.Now(), registry.SuspendedGone
			})
		}, machine: unauthorized},
		"suspended: the document says none where it had keys": {make: keyed, then: func(h *hall) {
			h.ChangeImported(h.app.ID, func(a *registry.Application) {
				a.Import.SuspendedAt, a.Import.SuspendedWhy = h.Clock.Now(), registry.SuspendedDowngrade
			})
		}, code: invalidClient, refresh: invalidClient, machine: invalidClient},
		"suspended: its keys are gone, too": {make: keyed, then: func(h *hall) {
			h.ChangeImported(h.app.ID, func(a *registry.Application) {
				a.Import.SuspendedAt, a.Import.SuspendedWhy = h.Clock.Now(), registry.SuspendedDowngrade
				a.AuthMethods, a.Keys = none, nil
			})
			h.prove = ""
		}, code: invalidClient, refresh: invalidClient, machine: invalidClient},
		"withdrawn": {make: keyed, then: func(h *hall) {
			h.ChangeImported(h.app.ID, func(a *registry.Application) { a.Import.WithdrawnAt = h.Clock.Now() })
		}, code: invalidGrant, refresh: invalidGrant, machine: invalidClient},
		"out of reach for a day": {make: keyed, then: func(h *hall) {
			h.ChangeImported(h.app.ID, func(a *registry.Application) {
				a.Import.Failures, a.Import.Failure = 9, audit.FailureTimeout
				a.Import.FetchedAt, a.Import.FailedAt = h.Clock.Now().Add(-25*time.Hour), h.Clock.Now().Add(-time.Hour)
			})
		}, code: unavailable, refresh: unavailable, machine: unavailable},
		"invalid since just now": {make: keyed, then: func(h *hall) {
			h.ChangeImported(h.app.ID, func(a *registry.Application) {
				a.Import.SuspendedAt, a.Import.SuspendedWhy = h.Clock.Now(), registry.SuspendedInvalid
			})
		}, machine: unauthorized},
		"invalid for a day": {make: keyed, then: func(h *hall) {
			h.ChangeImported(h.app.ID, func(a *registry.Application) {
				a.Import.SuspendedAt, a.Import.SuspendedWhy = h.Clock.Now().Add(-registry.LastKnownGood), registry.SuspendedInvalid
			})
		}, code: invalidGrant, refresh: invalidGrant, machine: unauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			servertest.Each(t, func(t *testing.T, on servertest.Option) {
				h := newHall(t, on)
				test.make(h)
				h.Grant(h.app, h.api, registry.ForClient)
				status, first := h.ask("/oauth/token", redemption(h.code()))
				if status != http.StatusOK || first["refresh_token"] == nil {
					t.Fatalf("the first code gave %d %v", status, first)
				}
				code := h.code()
				if test.then != nil {
					test.then(h)
				}
				for _, ask := range []struct {
					what, path string
					form       url.Values
					want       string
				}{
					{"code", "/oauth/token", redemption(code), test.code},
					{"refresh", "/oauth/token", refreshing(first["refresh_token"]), test.refresh},
					{"client_credentials", "/oauth/token", machine(), test.machine},
					{"revoke", "/oauth/revoke", url.Values{"token": {first["refresh_token"].(string)}}, test.revoke},
				} {
					status, body := h.ask(ask.path, ask.form)
					if got := outcome(status, body); got != ask.want {
						t.Errorf("%s gave %d %v, not %q", ask.what, status, body, ask.want)
					}
				}
			})
		})
	}
}

// Who is not registered is refused at once, and nothing is fetched to find out: only a person who signed in can cause that.
func TestAnUnknownClientIsRefusedWithoutALookOutside(t *testing.T) {
	net := servertest.NewInternet(t)
	host := net.Host("app.example.com")
	host.JSON("/unknown.json", map[string]any{"client_id": "https://app.example.com/unknown.json", "redirect_uris": []string{callback}})
	h := newHall(t, servertest.WithInternet(net))
	h.imported(h.withKey(oauth.AuthPrivateKeyJWT))
	for name, id := range map[string]string{
		"a URL that nobody imported": "https://app.example.com/unknown.json",
		"one more slash":             clientURL + "/",
		"a query":                    clientURL + "?x",
		"a fragment":                 clientURL + "#x",
		"capitals in the host":       "https://App.example.com/client.json",
		"the port that goes without": "https://app.example.com:443/client.json",
		"http":                       "http://app.example.com/client.json",
		"dots":                       "https://app.example.com/x/../client.json",
		"an address":                 "https://127.0.0.1/client.json",
		"too long":                   "https://app.example.com/" + strings.Repeat("x", 600),
		"the internal id":            h.app.ID,
		"no URL at all":              "https:",
	} {
		t.Run(name, func(t *testing.T) {
			h.wire = id
			for _, prove := range []string{"", "key", "secret"} {
				h.prove, h.secret = prove, "clts_whatever"
				for path, form := range map[string]url.Values{
					"/oauth/token":  redemption(secret.Mint(secret.PrefixCode).Reveal()),
					"/oauth/revoke": {"token": {"x"}},
				} {
					status, body := h.ask(path, form)
					if outcome(status, body) != "invalid_client" {
						t.Errorf("%s by %q gave %d %v", path, prove, status, body)
					}
				}
			}
		})
	}
	if n := len(host.Requests()); n > 0 {
		t.Errorf("%d requests left the server", n)
	}
}
