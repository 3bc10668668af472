package dashboard_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/account"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestTheAPIsOfAnApplicationAreSearchedAndPaged(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Viewer)
	app := newWeb(s)
	for i := range registry.MaxPageSize / 2 {
		s.CreateAPI(fmt.Sprintf("https://api-%03d.example.com/", i), "read:orders")
	}
	path := "/dashboard/applications/" + app.ID + "/apis"
	first := b.Get(path)
	wants(t, first, http.StatusOK, "Next page", "For people", "client_credentials is off")
	if strings.Contains(first.Body, `data-label="For itself"`) {
		t.Error("a way of acting that the application has not got has a column")
	}
	servertest.CheckMarkup(t, "apis", first.Body)
	wants(t, b.Get(path+"?find=api-007"), http.StatusOK, "https://api-007.example.com/")
	wants(t, b.Get(path+"?find=nothing-like-it"), http.StatusOK, "No API fits")
}

func TestWhatAThirdPartyInheritsIsShownAsSuch(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	app, _ := s.CreateApplication(registry.Draft{Name: "Partner", Type: registry.RegularWeb, Ownership: registry.ThirdParty, RedirectURIs: []string{"https://partner.example.net/cb"}})
	path := "/dashboard/applications/" + app.ID + "/apis"
	wants(t, b.Get(path), http.StatusOK, "no access", "It needs a permission of its own here")
	if _, err := s.Registry.CreateClientGrant(t.Context(), servertest.Actor, registry.ClientGrant{ThirdParties: true, APIID: api.ID, SubjectType: registry.ForUser, Scopes: oauth.Scopes{"read:orders"}}); err != nil {
		t.Fatal(err)
	}
	wants(t, b.Get(path), http.StatusOK, "As every third party", ">read:orders<")
	page := b.Get(path + "/" + api.ID)
	wants(t, page, http.StatusOK, "No permission of its own: read:orders")
	wants(t, page.Submit(url.Values{"access": {"some"}, "scope": {"write:orders"}}, "subject"), http.StatusOK, ">write:orders<", "Its own permissions")
}

// Where the API decides, the page says so once, with where it is changed, and offers nothing to edit.
func TestWhatAnAPIDecidesIsSaidOnceAndNotEdited(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	for policy, want := range map[registry.AccessPolicy][]string{
		registry.AllowAll: {"All permissions", "lets every first-party application act for people"},
		registry.DenyAll:  {"No access", "lets no application act for people"},
	} {
		api := s.CreateAPI("https://"+string(policy)+".example.com/", "read:orders")
		if _, _, err := s.Registry.UpdateAPI(t.Context(), servertest.Actor, api.ID, 0, func(a *registry.API) error {
			a.UserPolicy = policy
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		page := b.Get("/dashboard/applications/" + app.ID + "/apis/" + api.ID)
		wants(t, page, http.StatusOK, append(want, "Change it under", `href="/dashboard/apis/`+api.ID+`"`)...)
		if strings.Contains(page.Body, "Save permissions") || strings.Count(page.Body, want[1]) != 1 {
			t.Errorf("%s: %s", policy, page.Body)
		}
		servertest.CheckMarkup(t, string(policy), page.Body)
	}
	list := b.Get("/dashboard/applications/" + app.ID + "/apis")
	wants(t, list, http.StatusOK, ">View<")
	if strings.Contains(list.Body, ">Edit<") {
		t.Error("what cannot be edited is called so")
	}
}

func TestAGrantThatSomebodyElseChangedIsNotOverwrittenUnseen(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	api := s.CreateAPI("https://orders.example.com/", "read:orders", "write:orders")
	app, _ := s.CreateApplication(registry.Draft{Name: "Nightly", Type: registry.MachineToMachine})
	open := b.Get("/dashboard/applications/" + app.ID + "/apis/" + api.ID)
	if _, err := s.Registry.CreateClientGrant(t.Context(), servertest.Actor, registry.ClientGrant{ApplicationID: app.ID, APIID: api.ID, AllScopes: true}); err != nil {
		t.Fatal(err)
	}
	page := open.Submit(url.Values{"access": {"some"}, "scope": {"read:orders"}}, "subject")
	wants(t, page, http.StatusConflict, "Now it is: all permissions")
	if form := page.Form("subject").Values; form.Get("access") != "some" || strings.Join(form["scope"], " ") != "read:orders" {
		t.Error("the choice was lost:", form)
	}
	wants(t, page.Submit(url.Values{}, "subject"), http.StatusOK, "Saved.", ">read:orders<")
	wants(t, page.Submit(url.Values{}, "subject"), http.StatusOK, "Saved.")
}

func TestTheDangerZoneSaysWhatStops(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Owner)
	app := newWeb(s)
	path := "/dashboard/applications/" + app.ID
	wants(t, b.Get(path+"/danger"), http.StatusOK, "nobody is cut off", "It has none now", "1 secret stops working", "It has no API permissions to lose")
	page := b.Get(path+"/danger").Submit(url.Values{"typed": {app.Name}}, "typed")
	wants(t, page, http.StatusOK, "was deleted")
	wants(t, b.Post(path+"/delete", url.Values{"typed": {app.Name}}), http.StatusOK, "gone already")
}

func TestACopyMayHaveAnotherOwner(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app := newWeb(s)
	page := b.Get("/dashboard/applications/" + app.ID + "/duplicate")
	wants(t, page, http.StatusOK, `value="Copy of Orders web"`)
	servertest.CheckMarkup(t, "duplicate", page.Body)
	wants(t, page.Submit(url.Values{"ownership": {"third_party"}}, "once"), http.StatusOK, "Application copied", "only time")
	wants(t, page.Submit(url.Values{"ownership": {"third_party"}}, "once"), http.StatusConflict, "sent before")
	list, err := s.Registry.Applications(t.Context(), registry.Query{Ownership: registry.ThirdParty})
	if err != nil || len(list.Items) != 1 || registry.Values(list.Items[0].RedirectURIs)[0] != "https://orders.example.com/callback" {
		t.Errorf("%v %+v", err, list)
	}
	wants(t, page.Submit(url.Values{"name": {""}, "type": {"spa"}}, "once"), http.StatusConflict)
}
