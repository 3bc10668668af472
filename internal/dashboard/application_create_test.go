package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestADoubleSubmitMakesOneApplication(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		b := signedIn(t, s, account.Editor)
		form := b.Get("/dashboard/applications/new").Form("once", "name").Values
		form.Set("name", "Orders web")
		form.Set("type", string(registry.RegularWeb))
		var both sync.WaitGroup
		status := make([]int, 2)
		for i := range status {
			both.Go(func() {
				answer, err := b.Client.PostForm(s.Path("/dashboard/applications/new"), form)
				if err != nil {
					t.Error(err)
					return
				}
				_ = answer.Body.Close()
				status[i] = answer.StatusCode
			})
		}
		both.Wait()
		page, err := s.Registry.Applications(t.Context(), registry.Query{})
		if err != nil || len(page.Items) != 1 {
			t.Errorf("%d applications, %v", len(page.Items), err)
		}
		if status[0]+status[1] != http.StatusOK+http.StatusConflict {
			t.Errorf("answers %v, want one %d and one %d", status, http.StatusOK, http.StatusConflict)
		}
	})
}

func TestCreatingWithFaultsSaysAllOfThemAndLosesNothing(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	long := strings.Repeat("n", registry.MaxName+1)
	for name, c := range map[string]struct {
		form url.Values
		has  []string
	}{
		"nothing":          {url.Values{}, []string{`id="f-name-error"`, `id="f-type-error"`, "2 things to correct"}},
		"no type":          {url.Values{"name": {"Orders web"}}, []string{`value="Orders web"`, `id="f-type-error"`}},
		"a long name":      {url.Values{"name": {long}, "type": {""}}, []string{long, `id="f-name-error"`, `id="f-type-error"`}},
		"no owner we know": {url.Values{"name": {"Orders web"}, "type": {"spa"}, "ownership": {"nobody"}}, []string{`value="Orders web"`, `id="f-ownership-error"`, `value="spa" checked`}},
		"third party kept": {url.Values{"name": {""}, "type": {"native"}, "ownership": {"third_party"}}, []string{`value="third_party" checked`, `value="native" checked`, `id="f-name-error"`}},
	} {
		page := b.Get("/dashboard/applications/new").Submit(c.form, "once", "name")
		wants(t, page, http.StatusUnprocessableEntity, c.has...)
		servertest.CheckMarkup(t, name, page.Body)
	}
	if page, err := s.Registry.Applications(t.Context(), registry.Query{}); err != nil || len(page.Items) != 0 {
		t.Error("something was created:", page.Items, err)
	}
}

func TestEachTypeSaysWhatChoosingItSwitchesOn(t *testing.T) {
	s := servertest.New(t)
	page := signedIn(t, s, account.Editor).Get("/dashboard/applications/new")
	wants(t, page, http.StatusOK, "Native", "Single page", "Regular web", "Machine to machine", "Keeps a secret", "No secret", "Import from URL")
	if n := strings.Count(page.Body, "Switches on:"); n != 4 {
		t.Errorf("%d of four types say it", n)
	}
}

func TestACopyOfAnotherTypeLeavesOutWhatDoesNotFitAndSaysSo(t *testing.T) {
	s := servertest.New(t)
	b := signedIn(t, s, account.Editor)
	app, _ := s.CreateApplication(registry.Draft{Name: "Phone", Type: registry.Native, RedirectURIs: []string{"com.example.phone:/cb", "https://phone.example.com/cb"}})
	open := b.Get("/dashboard/applications/" + app.ID + "/duplicate")
	wants(t, open.Submit(url.Values{"name": {strings.Repeat("n", registry.MaxName+1)}}, "ownership"), http.StatusUnprocessableEntity, "Nothing was created yet.", `id="f-name-error"`)
	page := b.Get("/dashboard/applications/"+app.ID+"/duplicate").Submit(url.Values{"name": {"Phone on the web"}, "type": {string(registry.SinglePage)}}, "ownership")
	wants(t, page, http.StatusOK, "Copied.", "com.example.phone:/cb", `value="https://phone.example.com/cb"`, "Left out")
	list, err := s.Registry.Applications(t.Context(), registry.Query{Search: "web"})
	if err != nil || len(list.Items) != 1 || len(list.Items[0].RedirectURIs) != 1 {
		t.Error(list.Items, err)
	}
}
