package token_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"testing"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/token"
)

// An application that manages this server gets its token as ever, and a run of it none.
func TestARunOfAnApplicationThatManagesThisServerGetsNothing(t *testing.T) {
	h := newHall(t)
	h.handMade(registry.Draft{Type: registry.MachineToMachine})
	system := h.Issuer() + "api/v2/"
	h.Grant(h.app, registry.API{ID: registry.ManagementAPIID}, registry.ForClient, "read:clients")
	status, answer := h.ask("/oauth/token", url.Values{"grant_type": {"client_credentials"}, "audience": {system}})
	if status != http.StatusOK {
		t.Fatalf("the application itself gets %d %v", status, answer)
	}
	room := &token.Handler{
		Policy: func() registry.Policy { return registry.Policy{} },
		Issuer: h.Issuer(), Directory: h.Directory(), Store: h.Store, Users: h.Accounts, Signer: h.Signing, Keys: h.Keys,
		Settings: h.Settings.Current, Uses: &recorder{}, Now: h.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	app, err := h.Directory().ByID(t.Context(), h.app.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := room.TryForItself(t.Context(), app, "try_"+secret.ID(22), system, nil)
	if refused, ok := errors.AsType[*oauth.Error](err); !ok || refused.Code != oauth.CodeInvalidTarget || got.AccessToken != (secret.Secret{}) {
		t.Errorf("the run ends with %v", err)
	}
}
