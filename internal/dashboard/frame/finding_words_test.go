package frame

import (
	"testing"

	"clientele/internal/advisor"
	"clientele/internal/registry"
)

func TestAFindingLeadsToWhereItIsChanged(t *testing.T) {
	own := registry.Application{ID: "own", Type: registry.RegularWeb}
	imported := registry.Application{ID: "tpc_1", Origin: registry.Imported, Import: &registry.Import{}}
	of := []advisor.Evidence{{Label: "Lifetime", Value: "8 days", APIID: "api1"}, {APIID: "api2"}}
	for name, c := range map[string]struct {
		a    *registry.Application
		f    advisor.Finding
		want string
	}{
		"a setting of the application":         {&own, advisor.Finding{Field: "refresh.lifetime"}, "/dashboard/applications/own/settings"},
		"a grant type":                         {&own, advisor.Finding{Field: "grant_types"}, "/dashboard/applications/own/advanced"},
		"what the document owns":               {&imported, advisor.Finding{Field: "redirect_uris"}, "/dashboard/applications/tpc_1/document"},
		"what an API decides":                  {&own, advisor.Finding{Field: "apis", Evidence: of}, "/dashboard/apis/api1"},
		"a permission of the application":      {&own, advisor.Finding{Field: "client_grants", Evidence: of}, "/dashboard/applications/own/apis"},
		"a setting of the instance":            {&own, advisor.Finding{Field: "default_api"}, "/dashboard/settings"},
		"what is typed and not yet there":      {nil, advisor.Finding{Field: "apis", Evidence: of}, ""},
		"an API's setting without any API":     {&own, advisor.Finding{Field: "apis"}, "/dashboard/applications/own/apis"},
		"what keeps it from being used at all": {&own, advisor.Finding{Field: "enabled"}, "/dashboard/applications/own/danger"},
	} {
		if got := findingTab(c.a, c.f).Href; got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}
