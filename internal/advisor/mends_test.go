package advisor_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele/internal/advisor"
	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// atOnce presses n buttons together, and counts what took effect and what found nothing to mend.
func atOnce(t *testing.T, n int, press func(i int) error) (done, late int64) {
	t.Helper()
	var won, lost atomic.Int64
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-begin
			switch err := press(i); {
			case err == nil:
				won.Add(1)
			case errors.Is(err, registry.ErrNotFound):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	close(begin)
	all.Wait()
	return won.Load(), lost.Load()
}

// offered are the one-click changes that the check proposes for an application.
func offered(t *testing.T, s *servertest.Server, id string) (mends []string) {
	t.Helper()
	report, err := s.Advisor().Report(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		for _, e := range append(f.Evidence, advisor.Evidence{Mend: f.Mend}) {
			if e.Mend != "" {
				mends = append(mends, e.Mend)
			}
		}
	}
	return mends
}

// careless are applications with something to mend, by the verb that mends it, and what the event of the change is about.
var careless = map[string]struct {
	make   func(t *testing.T, s *servertest.Server) registry.Application
	target string
}{
	"shorten_id_tokens": {func(t *testing.T, s *servertest.Server) registry.Application {
		t.Helper()
		app, _ := s.CreateApplication(registry.Draft{Name: "A", Type: registry.RegularWeb, IDToken: registry.IDTokenPolicy{Lifetime: 240 * time.Hour}})
		return app
	}, registry.KindApplication},
	"remove_uri": {func(t *testing.T, s *servertest.Server) registry.Application {
		t.Helper()
		app, _ := s.CreateApplication(registry.Draft{Name: "B", Type: registry.RegularWeb, RedirectURIs: []string{"https://b.example.com/cb", "http://localhost:3000/cb"}})
		return app
	}, registry.KindApplication},
	"revoke_secret": {func(t *testing.T, s *servertest.Server) registry.Application {
		t.Helper()
		app, _ := s.CreateApplication(registry.Draft{Name: "C", Type: registry.RegularWeb})
		s.Clock.Advance(91 * 24 * time.Hour)
		return app
	}, registry.KindApplication},
	"switch_off": {func(t *testing.T, s *servertest.Server) registry.Application {
		t.Helper()
		app, _ := s.CreateApplication(registry.Draft{Name: "D", Type: registry.Native})
		s.Clock.Advance(91 * 24 * time.Hour)
		return app
	}, registry.KindApplication},
	"name_scopes": {func(t *testing.T, s *servertest.Server) registry.Application {
		t.Helper()
		return permitted(t, s, registry.ClientGrant{AllScopes: true})
	}, registry.KindClientGrant},
	"delete_client_grant": {func(t *testing.T, s *servertest.Server) registry.Application {
		t.Helper()
		return permitted(t, s, registry.ClientGrant{SubjectType: registry.ForUser, Scopes: oauth.Scopes{"read:orders"}})
	}, registry.KindClientGrant},
	"drop_scopes": {func(t *testing.T, s *servertest.Server) registry.Application {
		t.Helper()
		app := permitted(t, s, registry.ClientGrant{Scopes: oauth.Scopes{"read:orders", "write:orders"}})
		if err := s.Store.NoteScopes(t.Context(), []string{app.ID}, s.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		s.Clock.Advance(31 * 24 * time.Hour)
		use := audit.Use{
			At: s.Clock.Now(), Kind: "token.issued", ApplicationID: app.ID,
			Detail: map[string]string{"grant_type": "client_credentials", "audience": "https://api.example.com/", "scope": "read:orders"},
		}
		if err := s.Store.AppendUses(t.Context(), []audit.Use{use}); err != nil {
			t.Fatal(err)
		}
		return app
	}, registry.KindClientGrant},
}

// permitted is a machine-to-machine application with a permission for an API.
func permitted(t *testing.T, s *servertest.Server, g registry.ClientGrant) registry.Application {
	t.Helper()
	api, err := s.Registry.CreateAPI(t.Context(), servertest.Actor, registry.API{
		Identifier: "https://api.example.com/", Name: "Orders", Scopes: []registry.APIScope{{Value: "read:orders"}, {Value: "write:orders"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	app, _ := s.CreateApplication(registry.Draft{Name: "Night job", Type: registry.MachineToMachine})
	g.ApplicationID, g.APIID = app.ID, api.ID
	if _, err := s.Registry.CreateClientGrant(t.Context(), servertest.Actor, g); err != nil {
		t.Fatal(err)
	}
	return app
}

// events counts the changes of a kind of thing.
func events(t *testing.T, s *servertest.Server, kind string) int {
	t.Helper()
	list, err := s.Store.Events(t.Context(), audit.Query{TargetKind: kind, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestOfTenPressesOfOneMendExactlyOneTakesEffect(t *testing.T) {
	for verb, c := range careless {
		t.Run(verb, func(t *testing.T) {
			servertest.Each(t, func(t *testing.T, on servertest.Option) {
				s := servertest.New(t, on)
				app := c.make(t, s)
				mend := ""
				for _, m := range offered(t, s, app.ID) {
					if head, _, _ := strings.Cut(m, " "); head == verb {
						mend = m
					}
				}
				if mend == "" {
					t.Fatalf("not offered among %q", offered(t, s, app.ID))
				}
				before := events(t, s, c.target)
				done, late := atOnce(t, 10, func(int) error { return s.Advisor().Mend(t.Context(), servertest.Actor, app.ID, mend) })
				if done != 1 || late != 9 {
					t.Errorf("%d took effect, %d found nothing to mend", done, late)
				}
				if after := events(t, s, c.target); after != before+1 {
					t.Errorf("%d changes are on record", after-before)
				}
			})
		})
	}
}

func TestTwoMendsOfOneApplicationAtOnceBothTakeEffect(t *testing.T) {
	servertest.Each(t, func(t *testing.T, on servertest.Option) {
		s := servertest.New(t, on)
		app, _ := s.CreateApplication(registry.Draft{
			Name: "Shop", Type: registry.RegularWeb, IDToken: registry.IDTokenPolicy{Lifetime: 240 * time.Hour},
			RedirectURIs: []string{"https://shop.example.com/cb", "http://localhost:3000/a", "http://localhost:3000/b"},
		})
		mends := offered(t, s, app.ID)
		if len(mends) != 3 {
			t.Fatalf("offered are %q", mends)
		}
		if done, _ := atOnce(t, 3, func(i int) error { return s.Advisor().Mend(t.Context(), servertest.Actor, app.ID, mends[i]) }); done != 3 {
			t.Errorf("%d of 3 took effect", done)
		}
		if left := offered(t, s, app.ID); len(left) != 0 {
			t.Errorf("left are %q", left)
		}
	})
}

// What somebody else changes meanwhile is checked again: no mend is made for a finding that is gone.
func TestAMendIsNotMadeAfterItsFindingIsGone(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Shop", Type: registry.RegularWeb, RedirectURIs: []string{"https://shop.example.com/cb", "http://localhost:3000/cb"}})
	mend := offered(t, s, app.ID)[0]
	if _, _, err := s.Registry.Update(t.Context(), servertest.Actor, app.ID, 0, func(a *registry.Application) error {
		a.Type, a.AuthMethods = registry.Native, []oauth.AuthMethod{oauth.AuthNone}
		a.Refresh.Rotating = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Advisor().Mend(t.Context(), servertest.Actor, app.ID, mend); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	kept, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || len(kept.RedirectURIs) != 2 {
		t.Errorf("%+v, %v", kept.RedirectURIs, err)
	}
	for _, nonsense := range []string{"", "delete_everything", "switch_off", "revoke_secret", "remove_uri redirect_uris"} {
		if err := s.Advisor().Mend(t.Context(), servertest.Actor, app.ID, nonsense); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("%q gives %v", nonsense, err)
		}
	}
}
