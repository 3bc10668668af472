package authorize

import (
	"testing"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Whatever grants may say one day: a run is refused the APIs that change this server before anybody asks what is granted.
func TestARunOfTryItIsForNoSystemAPI(t *testing.T) {
	orders, system := &registry.API{ID: "api_orders"}, &registry.API{ID: registry.ManagementAPIID, System: true}
	for name, c := range map[string]struct {
		run     *grant.Trial
		apis    []*registry.API
		refused bool
	}{
		"a run for the Management API":             {&grant.Trial{}, []*registry.API{system}, true},
		"a run for it beside another API":          {&grant.Trial{}, []*registry.API{orders, system}, true},
		"a run for an API":                         {&grant.Trial{}, []*registry.API{orders}, false},
		"a run for no API":                         {&grant.Trial{}, nil, false},
		"an application, to which this is no rule": {nil, []*registry.API{system}, false},
	} {
		err := (&Handler{}).checkTrial(t.Context(), &Request{trial: c.run, apis: c.apis})
		switch {
		case c.refused != (err != nil):
			t.Errorf("%s: %v", name, err)
		case err != nil && err.public.Code != oauth.CodeAccessDenied:
			t.Errorf("%s is refused with %s", name, err.public.Code)
		}
	}
}
