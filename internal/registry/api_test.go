package registry_test

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store/storetest"
)

func (b *bench) api(t *testing.T, identifier string, scopes ...string) registry.API {
	t.Helper()
	a := registry.API{Identifier: identifier, Name: "Orders"}
	for _, s := range scopes {
		a.Scopes = append(a.Scopes, registry.APIScope{Value: s})
	}
	a, err := b.CreateAPI(t.Context(), olga, a)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestDefaultsOfAnAPI(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.api(t, "https://api.example.com/", "read:orders", "write:orders")
		if !regexp.MustCompile(`^[0-9a-f]{24}$`).MatchString(a.ID) || a.SigningAlgorithm != "RS256" || a.TokenLifetime != time.Hour || a.TokenProfile != registry.RFC9068 ||
			a.UserPolicy != registry.AllowAll || a.ClientPolicy != registry.RequireGrant || a.AllowOfflineAccess || a.SkipConsent || a.System {
			t.Errorf("%+v", a)
		}
		kept, err := b.APIByIdentifier(t.Context(), "https://api.example.com")
		if err != nil || kept.ID != a.ID || len(kept.Scopes) != 2 {
			t.Errorf("kept %+v, %v", kept, err)
		}
		if e := b.lastEvent(t, "api", a.ID); e.Kind != "api.created" || e.Actor != olga {
			t.Errorf("the event is %+v", e)
		}
	})
}

func TestRulesOfAnAPI(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	scopes := func(values ...string) []registry.APIScope {
		list := make([]registry.APIScope, len(values))
		for i, v := range values {
			list[i].Value = v
		}
		return list
	}
	var many []registry.APIScope
	for i := range registry.MaxAPIScopes + 1 {
		many = append(many, registry.APIScope{Value: "s" + strconv.Itoa(i)})
	}
	for _, c := range []struct {
		says string
		a    registry.API
		want string
	}{
		{"an identifier is needed", registry.API{}, "identifier identifier"},
		{"an identifier has at most 600 characters", registry.API{Identifier: "https://" + strings.Repeat("a", 600)}, "identifier identifier"},
		{"an identifier has no fragment", registry.API{Identifier: "https://api.example.com/#x"}, "identifier identifier"},
		{"an identifier is visible", registry.API{Identifier: "https://api.example.com/a b"}, "identifier identifier"},
		{"an identifier is not the issuer", registry.API{Identifier: "https://id.example.com"}, "identifier identifier"},
		{"an identifier is not below the issuer", registry.API{Identifier: "https://id.example.com/userinfo"}, "identifier identifier"},
		{"an identifier is not the system API", registry.API{Identifier: "https://id.example.com/api/v2"}, "identifier identifier"},
		{"a name is needed", registry.API{Identifier: "orders", Name: " "}, "name name"},
		{"a name has at most 200 characters", registry.API{Identifier: "orders", Name: strings.Repeat("n", 201)}, "name name"},
		{"there are at most 1000 scopes", registry.API{Identifier: "orders", Scopes: many}, "scopes scopes"},
		{"a scope has no blanks", registry.API{Identifier: "orders", Scopes: scopes("ok", "two words")}, "scopes[1] scopes"},
		{"a scope has at most 280 characters", registry.API{Identifier: "orders", Scopes: scopes(strings.Repeat("s", 281))}, "scopes[0] scopes"},
		{"a scope is there once", registry.API{Identifier: "orders", Scopes: scopes("a", "a")}, "scopes[1] scopes"},
		{"a scope is not OpenID Connect's", registry.API{Identifier: "orders", Scopes: scopes("openid", "offline_access")}, "scopes[0] scopes, scopes[1] scopes"},
		{"a description has at most 500 characters", registry.API{Identifier: "orders", Scopes: []registry.APIScope{{Value: "a", Description: strings.Repeat("d", 501)}}}, "scopes[0].description scopes"},
		{"tokens are signed with a key pair", registry.API{Identifier: "orders", SigningAlgorithm: "HS256"}, "signing_algorithm signing_algorithm"},
		{"tokens live at most 30 days", registry.API{Identifier: "orders", TokenLifetime: 2592001 * time.Second}, "token_lifetime token_lifetime"},
		{"tokens live", registry.API{Identifier: "orders", TokenLifetime: -time.Second}, "token_lifetime token_lifetime"},
		{"the profile is known", registry.API{Identifier: "orders", TokenProfile: "saml"}, "token_profile token_profile"},
		{"the user policy is known", registry.API{Identifier: "orders", UserPolicy: "maybe"}, "user_policy policies"},
		{"machines always need a grant", registry.API{Identifier: "orders", ClientPolicy: registry.AllowAll}, "client_policy policies"},
	} {
		t.Run(c.says, func(t *testing.T) {
			if c.a.Name == "" {
				c.a.Name = "Orders"
			}
			if _, err := b.CreateAPI(t.Context(), olga, c.a); rules(err) != c.want {
				t.Errorf("gives %v", err)
			}
		})
	}
}

func TestATrailingSlashMakesNoOtherAPI(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.api(t, "https://api.example.com/")
		if _, err := b.CreateAPI(t.Context(), olga, registry.API{Identifier: "https://api.example.com", Name: "Again"}); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("gives %v", err)
		}
	})
}

// A token for a client could otherwise be taken for one for the API.
func TestAnIdentifierIsNoClientsURL(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	app := registry.Application{
		ID: "tpc_0123456789abcdefghijkl", ExternalID: "https://app.example.com/client/", Origin: registry.Imported, Ownership: registry.ThirdParty,
		Name: "App", CreatedAt: morning, UpdatedAt: morning, Revision: 1,
	}
	if err := b.store.CreateApplication(t.Context(), app, audit.Event{At: morning, Kind: "application.created", Actor: olga, TargetKind: "application", TargetID: app.ID}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"https://app.example.com/client/", "https://app.example.com/client"} {
		if _, err := b.CreateAPI(t.Context(), olga, registry.API{Identifier: id, Name: "App"}); rules(err) != "identifier identifier_client" {
			t.Errorf("%s gives %v", id, err)
		}
	}
}

func TestAnAPIIsChangedAndDeleted(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := b.api(t, "https://api.example.com/", "read:orders")
		b.now = morning.Add(time.Hour)
		got, change, err := b.UpdateAPI(t.Context(), paul, a.ID, 1, func(a *registry.API) error {
			a.TokenLifetime = 10 * time.Minute
			a.Scopes = append(a.Scopes, registry.APIScope{Value: "write:orders", Description: " Change orders ", Default: true})
			return nil
		})
		if err != nil || got.Revision != 2 || !change.Touches("token_lifetime") || !change.Touches("scopes") || len(change.Fields) != 2 {
			t.Fatalf("%+v, %+v, %v", got, change, err)
		}
		kept, err := b.API(t.Context(), a.ID)
		if err != nil || len(kept.Scopes) != 2 || kept.Scopes[1] != (registry.APIScope{Value: "write:orders", Description: "Change orders", Default: true}) {
			t.Errorf("kept %+v, %v", kept, err)
		}
		if _, _, err := b.UpdateAPI(t.Context(), paul, a.ID, 1, func(a *registry.API) error { a.Name = "X"; return nil }); !errors.Is(err, registry.ErrStale) {
			t.Errorf("a stale edit gives %v", err)
		}
		if _, _, err := b.UpdateAPI(t.Context(), paul, a.ID, 0, func(a *registry.API) error { a.Identifier = "other"; return nil }); rules(err) != "identifier immutable" {
			t.Errorf("another identifier gives %v", err)
		}
		if err := b.DeleteAPI(t.Context(), olga, a.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.API(t.Context(), a.ID); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("reading it gives %v", err)
		}
	})
}

func manage(t *testing.T, b *bench, scopes ...string) registry.API {
	t.Helper()
	list := make([]registry.APIScope, len(scopes))
	for i, s := range scopes {
		list[i].Value = s
	}
	if err := b.EnsureManagementAPI(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	a, err := b.API(t.Context(), registry.ManagementAPIID)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheSystemAPIGoesByTheIssuersName(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := manage(t, b, "read:clients")
		if !a.System || a.Identifier != issuer+"api/v2/" || a.UserPolicy != registry.DenyAll {
			t.Errorf("%+v", a)
		}
		if again := manage(t, b, "read:clients"); again.Revision != a.Revision {
			t.Errorf("starting again wrote revision %d", again.Revision)
		}
		if more := manage(t, b, "read:clients", "update:clients"); len(more.Scopes) != 2 || more.Revision != a.Revision+1 {
			t.Errorf("a newer version gives %+v", more)
		}
		for _, id := range []string{issuer + "api/v2/", issuer + "api/v2"} {
			if got, err := b.APIByIdentifier(t.Context(), id); err != nil || got.ID != registry.ManagementAPIID {
				t.Errorf("%s is %+v, %v", id, got, err)
			}
			page, err := b.APIs(t.Context(), registry.APIQuery{Identifiers: []string{id}})
			if err != nil || len(page.Items) != 1 || page.Items[0].Identifier != issuer+"api/v2/" {
				t.Errorf("listing %s gives %+v, %v", id, page, err)
			}
		}
		if _, err := b.APIByIdentifier(t.Context(), "/"); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("a slash gives %v", err)
		}
	})
}

func TestTheSystemAPICannotBeChangedOrDeleted(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a := manage(t, b, "read:clients")
	if _, _, err := b.UpdateAPI(t.Context(), olga, a.ID, 0, func(a *registry.API) error { a.UserPolicy = registry.AllowAll; return nil }); rules(err) != "id api_system" {
		t.Errorf("changing it gives %v", err)
	}
	if err := b.DeleteAPI(t.Context(), olga, a.ID); rules(err) != "id api_system" {
		t.Errorf("deleting it gives %v", err)
	}
}

func TestRulesOfAClientGrant(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	orders, system := b.api(t, "orders", "read:orders", "write:orders"), manage(t, b, "read:clients")
	ours, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine})
	theirs, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine, Ownership: registry.ThirdParty})
	read := oauth.Scopes{"read:orders"}
	for _, c := range []struct {
		says string
		g    registry.ClientGrant
		want string
	}{
		{"it is for somebody", registry.ClientGrant{APIID: orders.ID, Scopes: read}, "application client_grant_party"},
		{"it is not for one and for all", registry.ClientGrant{APIID: orders.ID, Scopes: read, ApplicationID: ours.ID, ThirdParties: true}, "application client_grant_party"},
		{"it is not for one and for strangers", registry.ClientGrant{APIID: orders.ID, Scopes: read, ApplicationID: ours.ID, Strangers: true}, "application client_grant_party"},
		{"it is not for third parties and for strangers", registry.ClientGrant{APIID: orders.ID, Scopes: read, ThirdParties: true, Strangers: true}, "application client_grant_party"},
		{"the system API is not for strangers", registry.ClientGrant{APIID: system.ID, Scopes: oauth.Scopes{"read:clients"}, Strangers: true}, "api client_grant_system_third_party"},
		{"the application exists", registry.ClientGrant{APIID: orders.ID, Scopes: read, ApplicationID: "other"}, "application client_grant_party"},
		{"the API exists", registry.ClientGrant{APIID: "other", Scopes: read, ApplicationID: ours.ID}, "api client_grant_api"},
		{"the subject type is known", registry.ClientGrant{APIID: orders.ID, Scopes: read, ApplicationID: ours.ID, SubjectType: "anonymous_user"}, "subject_type client_grant_subject"},
		{"scopes are the API's", registry.ClientGrant{APIID: orders.ID, Scopes: oauth.Scopes{"read:orders", "read:bills"}, ApplicationID: ours.ID}, "scopes[1] client_grant_scopes"},
		{"all scopes or some", registry.ClientGrant{APIID: orders.ID, Scopes: read, AllScopes: true, ApplicationID: ours.ID}, "scopes client_grant_scopes"},
		{"the system API is not for third parties", registry.ClientGrant{APIID: system.ID, Scopes: oauth.Scopes{"read:clients"}, ApplicationID: theirs.ID}, "api client_grant_system_third_party"},
		{"the system API is not for all third parties", registry.ClientGrant{APIID: system.ID, Scopes: oauth.Scopes{"read:clients"}, ThirdParties: true}, "api client_grant_system_third_party"},
		{"the system API is granted scope by scope", registry.ClientGrant{APIID: system.ID, AllScopes: true, ApplicationID: ours.ID}, "all_scopes client_grant_system_all"},
		{"the system API is for machines", registry.ClientGrant{APIID: system.ID, Scopes: oauth.Scopes{"read:clients"}, ApplicationID: ours.ID, SubjectType: registry.ForUser}, "subject_type client_grant_system_user"},
	} {
		t.Run(c.says, func(t *testing.T) {
			if _, err := b.CreateClientGrant(t.Context(), olga, c.g); rules(err) != c.want {
				t.Errorf("gives %v", err)
			}
		})
	}
}

func TestAClientGrantIsMadeChangedAndTakenBack(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		orders := b.api(t, "orders", "read:orders", "write:orders")
		app, _ := b.create(t, registry.Draft{Type: registry.MachineToMachine})
		g, err := b.CreateClientGrant(t.Context(), olga, registry.ClientGrant{ApplicationID: app.ID, APIID: orders.ID, Scopes: oauth.Scopes{"read:orders", "read:orders"}})
		if err != nil || !regexp.MustCompile(`^cgr_[A-Za-z0-9]{16}$`).MatchString(g.ID) || g.SubjectType != registry.ForClient || len(g.Scopes) != 1 {
			t.Fatalf("%+v, %v", g, err)
		}
		if _, err := b.CreateClientGrant(t.Context(), olga, registry.ClientGrant{ApplicationID: app.ID, APIID: orders.ID}); !errors.Is(err, registry.ErrConflict) {
			t.Errorf("a second one gives %v", err)
		}
		if _, err := b.CreateClientGrant(t.Context(), olga, registry.ClientGrant{ApplicationID: app.ID, APIID: orders.ID, SubjectType: registry.ForUser}); err != nil {
			t.Errorf("one for people gives %v", err)
		}
		got, change, err := b.UpdateClientGrant(t.Context(), olga, g.ID, 1, func(g *registry.ClientGrant) error { g.Scopes, g.AllScopes = nil, true; return nil })
		if err != nil || got.Revision != 2 || !change.Touches("all_scopes") || !change.Touches("scopes") {
			t.Errorf("%+v, %+v, %v", got, change, err)
		}
		if _, _, err := b.UpdateClientGrant(t.Context(), olga, g.ID, 1, func(g *registry.ClientGrant) error { g.AllScopes = false; return nil }); !errors.Is(err, registry.ErrStale) {
			t.Errorf("a stale edit gives %v", err)
		}
		if _, _, err := b.UpdateClientGrant(t.Context(), olga, g.ID, 0, func(g *registry.ClientGrant) error { g.SubjectType = registry.ForUser; return nil }); rules(err) != "id immutable" {
			t.Errorf("another subject type gives %v", err)
		}
		if err := b.DeleteClientGrant(t.Context(), olga, g.ID); err != nil {
			t.Fatal(err)
		}
		if err := b.DeleteClientGrant(t.Context(), olga, g.ID); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("taking it back again gives %v", err)
		}
	})
}
