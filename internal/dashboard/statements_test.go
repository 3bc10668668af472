package dashboard_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// crowd makes n of everything that lists show: applications made by hand and from a URL, APIs that they may call, people who are
// connected to one of them, uses and refusals.
func crowd(t *testing.T, s *servertest.Server, app registry.Application, api registry.API, from, to int) {
	t.Helper()
	var uses []audit.Use
	for i := from; i < to; i++ {
		a, _ := s.CreateApplication(registry.Draft{Name: fmt.Sprint("Orders service ", i), Type: registry.RegularWeb})
		s.Grant(a, api, registry.ForClient)
		own := s.CreateAPI(fmt.Sprintf("https://api%d.example.com/", i), "read:orders", "write:orders")
		s.Grant(app, own, registry.ForClient, "read:orders")
		imported := s.PutImported(fmt.Sprintf("https://app%d.example.com/client.json", i), func(a *registry.Application) {
			a.Import.SuspendedAt, a.Import.SuspendedWhy = s.Clock.Now(), registry.SuspendedGone
		})
		u := s.CreateUser(fmt.Sprintf("person%d@example.com", i), account.NoRole)
		at := s.Clock.Now().Add(-time.Duration(i) * time.Minute)
		reference := fmt.Sprintf("7KQ2-MD%02d", i)
		uses = append(uses,
			audit.Use{At: at, Kind: "token.issued", ApplicationID: a.ID, UserID: u.ID},
			audit.Use{At: at, Kind: "token.issued", ApplicationID: app.ID, UserID: u.ID},
			audit.Use{At: at, Kind: "token.refused", ApplicationID: app.ID, Reason: "invalid_grant", Reference: reference},
			audit.Use{At: at, Kind: "signin.succeeded", ApplicationID: imported.ID, UserID: u.ID})
		trace := audit.Trace{Reference: reference, At: at, Door: "token", Rule: "A1", Message: "refused", ApplicationID: app.ID, UserID: u.ID}
		if err := s.Store.SaveTraces(t.Context(), []audit.Trace{trace}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Store.AppendUses(t.Context(), uses); err != nil {
		t.Fatal(err)
	}
}

func TestAPageAsksAsManyQuestionsOfManyRowsAsOfFew(t *testing.T) {
	s := servertest.New(t)
	app, api := newWeb(s), s.CreateAPI("https://orders.example.com/", "read:orders")
	person := s.CreateUser("person@example.com", account.NoRole)
	b := signedIn(t, s, account.Owner)
	paths := []string{
		"", "/applications", "/applications?sort=name", "/applications?sort=last_used", "/applications?type=regular_web", "/applications?state=held",
		"/applications?origin=imported&unused=30", "/applications?q=orders", "/applications?q=orders+service&sort=name", "/applications/waiting",
		"/apis", "/apis?q=api", "/apis/" + api.ID, "/apis/" + api.ID + "/applications", "/apis/" + api.ID + "/permissions", "/apis/" + api.ID + "/third-parties",
		"/users", "/users?q=person", "/users/" + person.ID, "/users/" + person.ID + "/access",
		"/activity", "/activity?show=use", "/activity?show=refused", "/activity?kind=token.issued", "/activity/refusals", "/attention/suspended",
		"/applications/" + app.ID, "/applications/" + app.ID + "/settings", "/applications/" + app.ID + "/credentials", "/applications/" + app.ID + "/apis",
		"/applications/" + app.ID + "/security", "/applications/" + app.ID + "/activity", "/applications/" + app.ID + "/advanced",
		"/applications/" + app.ID + "/danger", "/settings/operators", "/settings/applications",
	}
	few := make(map[string][]string)
	crowd(t, s, app, api, 0, 3)
	for _, path := range paths {
		b.Get("/dashboard" + path) // what is kept in memory is there
		few[path] = b.Statements("/dashboard" + path)
	}
	crowd(t, s, app, api, 3, 70)
	for _, path := range paths {
		b.Get("/dashboard" + path)
		many := b.Statements("/dashboard" + path)
		if len(many) > len(few[path]) { // a page that is full without one of the records does not ask for it
			t.Errorf("%s: %d statements for many rows, and %d for few; these are more:\n%s", path, len(many), len(few[path]), repeated(many))
		}
	}
}

// repeated are the texts that are there several times.
func repeated(texts []string) string {
	times := make(map[string]int)
	for _, text := range texts {
		times[text]++
	}
	maps.DeleteFunc(times, func(_ string, n int) bool { return n < 2 })
	return fmt.Sprint(times)
}
