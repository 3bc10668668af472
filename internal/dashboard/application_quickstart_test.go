package dashboard_test

import (
	"net/http"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// A guide's code asks for what it names, so it names what the application gets in the end.
func TestAGuideOfAThirdPartyNamesTheAPIThatEveryThirdPartyMayCall(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	defaults := registry.ClientGrant{ThirdParties: true, APIID: api.ID, SubjectType: registry.ForUser, Scopes: oauth.Scopes{"read:orders"}}
	if _, err := s.Registry.CreateClientGrant(t.Context(), servertest.Actor, defaults); err != nil {
		t.Fatal(err)
	}
	app, _ := s.CreateApplication(registry.Draft{Name: "Partner", Type: registry.RegularWeb, Ownership: registry.ThirdParty, RedirectURIs: []string{"https://partner.example.net/cb"}})
	page := b.Get("/dashboard/applications/" + app.ID + "?guide=express")
	wants(t, page, http.StatusOK, api.Identifier, "read:orders", "Somebody else runs this application")
	if strings.Contains(page.Body, "write:orders") {
		t.Error("the guide asks for what no third party gets")
	}
}

func TestAGuideForPeopleNamesNoAPIThatTheApplicationMayCallForItselfOnly(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	api, err := s.Registry.CreateAPI(t.Context(), servertest.Actor, registry.API{Name: "Orders", Identifier: "https://orders.example.com/", UserPolicy: registry.RequireGrant, Scopes: []registry.APIScope{{Value: "read:orders"}}})
	if err != nil {
		t.Fatal(err)
	}
	app := newWeb(s)
	s.Grant(app, api, registry.ForClient, "read:orders")
	if page := b.Get("/dashboard/applications/" + app.ID + "?guide=express"); strings.Contains(page.Body, api.Identifier) {
		t.Error("the sign-in of the guide asks for an API that it gets no tokens for")
	}
}

func TestEveryWayToAnAPIThatIsMissingComesBackToTheApplication(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app, _ := s.CreateApplication(registry.Draft{Name: "Nightly", Type: registry.MachineToMachine})
	link := `href="/dashboard/apis/new?for=` + app.ID + `"`
	path := "/dashboard/applications/" + app.ID + "/apis"
	wants(t, b.Get(path), http.StatusOK, "No API of yours yet", link)
	s.CreateAPI("https://orders.example.com/", "read:orders")
	wants(t, b.Get(path), http.StatusOK, "Choose the API it calls", link)
	wants(t, b.Get(path+"?find=another"), http.StatusOK, "No API fits", link)
	if viewer := signedIn(t, s, account.Viewer).Get(path); strings.Contains(viewer.Body, "apis/new") {
		t.Error("a viewer is led to a page that is not theirs")
	}
}

func TestTheWindowOfAnApplicationSaysWhichTabItShows(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app := newWeb(s)
	for tab, title := range map[string]string{
		"": "Quick start", "/settings": "Settings", "/credentials": "Credentials", "/apis": "APIs", "/security": "Security", "/advanced": "Advanced", "/danger": "Danger zone",
	} {
		page := b.Get("/dashboard/applications/" + app.ID + tab)
		wants(t, page, http.StatusOK, "<title>"+title+" · Orders web – ", `<span aria-current="page">Orders web</span>`)
	}
}
