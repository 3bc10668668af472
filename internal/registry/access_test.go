package registry

import (
	"strings"
	"testing"

	"clientele/internal/oauth"
)

// Who may get tokens of an API, for whom, and with which scopes at most.
func TestAccess(t *testing.T) {
	api := func(user, client AccessPolicy) *API {
		return &API{ID: "orders", Identifier: "https://api.example.com/", UserPolicy: user, ClientPolicy: client, Scopes: []APIScope{{Value: "read"}, {Value: "write"}}}
	}
	open, perApp, closed := api(AllowAll, RequireGrant), api(RequireGrant, RequireGrant), api(DenyAll, DenyAll)
	system := api(DenyAll, RequireGrant)
	system.System = true
	ours, theirs := &Application{ID: "ours", Name: "Ours", Ownership: FirstParty}, &Application{ID: "tpc_1", Name: "Theirs", Ownership: ThirdParty}
	grant := func(id string, subject SubjectType, scopes ...string) ClientGrant {
		return ClientGrant{ID: id, APIID: "orders", SubjectType: subject, Scopes: scopes}
	}
	all := ClientGrant{ID: "cgr_all", APIID: "orders", SubjectType: ForClient, AllScopes: true}
	elsewhere := ClientGrant{ID: "cgr_else", APIID: "bills", SubjectType: ForUser, Scopes: oauth.Scopes{"read"}}
	for _, c := range []struct {
		says        string
		a           *Application
		api         *API
		subject     SubjectType
		own, common []ClientGrant
		scopes      string // of an access that is allowed
		by          string // the grant that allows it
		why         string // part of the reason if it is refused
	}{
		{"an open API is for every application of ours", ours, open, ForUser, nil, nil, "read write", "", ""},
		{"an open API takes no notice of grants of ours", ours, open, ForUser, []ClientGrant{grant("cgr_1", ForUser, "read")}, nil, "read write", "", ""},
		{"a third party needs a grant even for an open API", theirs, open, ForUser, nil, nil, "", "", "no client grant"},
		{"a grant of its own opens it", theirs, open, ForUser, []ClientGrant{grant("cgr_1", ForUser, "write")}, nil, "write", "cgr_1", ""},
		{"the default grant opens it", theirs, open, ForUser, nil, []ClientGrant{grant("cgr_d", ForUser, "read")}, "read", "cgr_d", ""},
		{"its own grant beats the default, without merging", theirs, open, ForUser, []ClientGrant{grant("cgr_1", ForUser, "write")}, []ClientGrant{grant("cgr_d", ForUser, "read")}, "write", "cgr_1", ""},
		{"a grant for itself is none for a person", theirs, open, ForUser, []ClientGrant{grant("cgr_1", ForClient, "write")}, nil, "", "", "no client grant"},
		{"a grant for another API is none for this", theirs, open, ForUser, []ClientGrant{elsewhere}, nil, "", "", "no client grant"},
		{"per application: none without a grant", ours, perApp, ForUser, nil, nil, "", "", "no client grant"},
		{"per application: what the grant says", ours, perApp, ForUser, []ClientGrant{grant("cgr_1", ForUser, "read")}, nil, "read", "cgr_1", ""},
		{"a grant without scopes allows the API and no scope", ours, perApp, ForUser, []ClientGrant{grant("cgr_1", ForUser)}, nil, "", "cgr_1", ""},
		{"denied is denied, grant or not", ours, closed, ForUser, []ClientGrant{grant("cgr_1", ForUser, "read")}, nil, "", "", "denies"},
		{"denied is denied for third parties", theirs, closed, ForUser, []ClientGrant{grant("cgr_1", ForUser, "read")}, nil, "", "", "denies"},
		{"a machine needs a grant", ours, open, ForClient, nil, nil, "", "", "no client grant"},
		{"a machine has what the grant says", ours, open, ForClient, []ClientGrant{grant("cgr_1", ForClient, "write", "read")}, nil, "read write", "cgr_1", ""},
		{"a grant of all scopes", ours, open, ForClient, []ClientGrant{all}, nil, "read write", "cgr_all", ""},
		{"a scope the API lost is no longer granted", ours, open, ForClient, []ClientGrant{grant("cgr_1", ForClient, "gone", "read")}, nil, "read", "cgr_1", ""},
		{"machines can be denied", ours, closed, ForClient, []ClientGrant{all}, nil, "", "", "denies"},
		{"third parties as machines use the default grant", theirs, open, ForClient, nil, []ClientGrant{all}, "read write", "cgr_all", ""},
		{"our own API is for machines", ours, system, ForClient, []ClientGrant{grant("cgr_1", ForClient, "read")}, nil, "read", "cgr_1", ""},
		{"our own API is not for people", ours, system, ForUser, []ClientGrant{grant("cgr_1", ForUser, "read")}, nil, "", "", "for themselves only"},
		{"our own API is not for third parties", theirs, system, ForClient, []ClientGrant{grant("cgr_1", ForClient, "read")}, nil, "", "", "third-party"},
		{"our own API is not opened by all scopes", ours, system, ForClient, []ClientGrant{all}, nil, "", "", "all scopes"},
		{"an unknown subject type has nothing", ours, open, "", []ClientGrant{all}, nil, "", "", "subject type"},
	} {
		t.Run(c.says, func(t *testing.T) {
			got := decideAccess(c.a, c.api, c.subject, c.own, c.common)
			if got.Allowed != (c.why == "") || got.Scopes.String() != c.scopes || got.GrantID != c.by || !strings.Contains(got.Why, c.why) || got.Allowed && got.Why != "" {
				t.Errorf("%+v", got)
			}
		})
	}
}
