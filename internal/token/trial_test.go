package token

import (
	"errors"
	"testing"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Both ways to a token ask this before anything is signed: for a person, and for the application itself.
func TestARunGetsNoTokenForASystemAPI(t *testing.T) {
	orders, system := &registry.API{ID: "api_orders"}, &registry.API{ID: registry.ManagementAPIID, System: true}
	for name, c := range map[string]struct {
		run     string
		api     *registry.API
		refused bool
	}{
		"a run at the Management API":          {"try_1", system, true},
		"a run at another API":                 {"try_1", orders, false},
		"an application at the Management API": {"", system, false},
	} {
		err := (&visit{trial: c.run}).checkTrialAPI(c.api)
		if c.refused != (err != nil) {
			t.Errorf("%s: %v", name, err)
		}
		if refused, ok := errors.AsType[*oauth.Error](err); err != nil && (!ok || refused.Code != oauth.CodeInvalidTarget) {
			t.Errorf("%s is refused with %v", name, err)
		}
	}
}

func TestACodeIsWorthSomethingOnlyWhereItBelongs(t *testing.T) {
	for name, c := range map[string]struct {
		redeems, belongs string
		refused          bool
	}{
		"a run with its code":                          {"try_1", "try_1", false},
		"a run with another run's":                     {"try_1", "try_2", true},
		"a run with an application's":                  {"try_1", "", true},
		"the token endpoint with a run's":              {"", "try_1", true},
		"the token endpoint with an application's own": {"", "", false},
	} {
		if err := (&visit{trial: c.redeems}).checkTrial(&grant.Grant{TrialID: c.belongs}); c.refused != (err != nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
