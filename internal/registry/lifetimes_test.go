package registry_test

import (
	"testing"
	"time"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// What there is keeps what it has; what is new begins with what the instance says, unless somebody says otherwise.
func TestNewThingsBeginWithTheLifetimesOfTheInstance(t *testing.T) {
	s := servertest.New(t)
	old, _ := s.CreateApplication(registry.Draft{Name: "Old", Type: registry.RegularWeb})
	for name, value := range map[string]string{"id_token_lifetime": "2h", "refresh_lifetime": "20d", "refresh_idle_lifetime": "3d", "api_token_lifetime": "5m"} {
		if err := s.Settings.Set(t.Context(), servertest.Actor, name, value); err != nil {
			t.Fatal(err)
		}
	}
	const day = 24 * time.Hour
	app, _ := s.CreateApplication(registry.Draft{Name: "New", Type: registry.RegularWeb})
	if app.IDToken.Lifetime != 2*time.Hour || app.Refresh.Lifetime != 20*day || app.Refresh.IdleLifetime != 3*day {
		t.Errorf("%+v %+v", app.IDToken, app.Refresh)
	}
	theirs, _ := s.CreateApplication(registry.Draft{Name: "Theirs", Type: registry.RegularWeb, Ownership: registry.ThirdParty})
	if theirs.IDToken.Lifetime != time.Hour {
		t.Errorf("%+v", theirs.IDToken)
	}
	chosen, _ := s.CreateApplication(registry.Draft{Name: "Chosen", Type: registry.RegularWeb, IDToken: registry.IDTokenPolicy{Lifetime: time.Minute}, Refresh: &registry.RefreshPolicy{Lifetime: day}})
	if chosen.IDToken.Lifetime != time.Minute || chosen.Refresh.Lifetime != day {
		t.Errorf("%+v %+v", chosen.IDToken, chosen.Refresh)
	}
	if api := s.CreateAPI("https://orders.example.com/", "read:orders"); api.TokenLifetime != 5*time.Minute {
		t.Error(api.TokenLifetime)
	}
	if now, err := s.Registry.Application(t.Context(), old.ID); err != nil || now.IDToken.Lifetime != registry.DefaultIDTokenLifetime {
		t.Error(err, now.IDToken)
	}
}
