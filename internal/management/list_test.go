package management_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// manyClients makes n clients beside the program's own.
func manyClients(t *testing.T, n int) *program {
	t.Helper()
	p := newProgram(t, servertest.New(t))
	for i := range n {
		p.s.CreateApplication(registry.Draft{Name: fmt.Sprintf("App %03d", i), Type: registry.RegularWeb})
	}
	return p
}

func TestWithoutPagingTheListIsABareArrayOfTheFirstFifty(t *testing.T) {
	p := manyClients(t, 55)
	if a := p.call(http.MethodGet, "/clients").want(http.StatusOK); len(a.list) != 50 {
		t.Errorf("%d clients", len(a.list))
	}
}

func TestPageNumbersReachEveryClientOnce(t *testing.T) {
	p := manyClients(t, 9)
	seen := map[string]bool{}
	for page := range 4 {
		a := p.call(http.MethodGet, fmt.Sprintf("/clients?page=%d&per_page=3&include_totals=true", page)).want(http.StatusOK)
		if a.json["total"] != 10.0 || a.json["start"] != float64(3*page) || a.json["limit"] != 3.0 {
			t.Errorf("page %d: start %v, limit %v, total %v", page, a.json["start"], a.json["limit"], a.json["total"])
		}
		note(t, seen, a.json["clients"])
	}
	if len(seen) != 10 {
		t.Errorf("%d clients in all, want 10", len(seen))
	}
	if a := p.call(http.MethodGet, "/clients?page=2&per_page=4").want(http.StatusOK); len(a.list) != 2 {
		t.Errorf("the last page has %d clients", len(a.list))
	}
	if a := p.call(http.MethodGet, "/clients?per_page=0&include_totals=true").want(http.StatusOK); a.json["total"] != 10.0 {
		t.Errorf("per_page=0 does not count: %s", a.body)
	}
}

func TestCheckpointsReachEveryClientOnce(t *testing.T) {
	p := manyClients(t, 9)
	seen := map[string]bool{}
	path := "/clients?take=4&include_totals=true"
	for range 5 {
		a := p.call(http.MethodGet, path).want(http.StatusOK)
		note(t, seen, a.json["clients"])
		next, more := a.json["next"].(string)
		if !more {
			break
		}
		path = "/clients?take=4&from=" + next
	}
	if len(seen) != 10 {
		t.Errorf("%d clients in all, want 10", len(seen))
	}
}

// note marks clients as seen, each once.
func note(t *testing.T, seen map[string]bool, clients any) {
	t.Helper()
	list, _ := clients.([]any)
	for _, c := range list {
		object, _ := c.(map[string]any)
		id, _ := object["client_id"].(string)
		if id == "" || seen[id] {
			t.Errorf("client %q is there twice", id)
		}
		seen[id] = true
	}
}

func TestAQueryThatMakesNoSenseIsRefused(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	for query, want := range map[string]string{
		"per_page=101":                      "per_page",
		"page=-1":                           "page",
		"page=x":                            "page",
		"page=99999&per_page=9":             "from and take",
		"take=0":                            "take",
		"take=5&page=1":                     "cannot be used together",
		"from=nonsense":                     "not a checkpoint",
		"from=client_grants.abc":            "not a checkpoint",
		"unknown=1":                         "Additional properties not allowed: unknown",
		"fields=name,nonsense":              "nonsense",
		"fields=jwt_configuration.nonsense": "jwt_configuration.nonsense",
		"app_type=rms":                      "No enum match for: rms",
		"page=1&page=2":                     "more than once",
		"is_first_party=maybe":              "is_first_party",
		"q=%":                               "not well-formed",
	} {
		p.call(http.MethodGet, "/clients?"+query).refused(http.StatusBadRequest, "invalid_query_string", want)
	}
	p.call(http.MethodGet, "/clients?q=client_grant.organization_id:org_1&take=1").refused(http.StatusBadRequest, "operation_not_supported", "Organizations")
}

func TestFiltersSelectClients(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	for _, body := range []string{
		`{"name":"Orders shop","app_type":"regular_web","tags":["team-a"]}`,
		`{"name":"Orders phone","app_type":"native"}`,
		`{"name":"Partner","app_type":"spa","is_first_party":false}`,
	} {
		p.call(http.MethodPost, "/clients", body).want(http.StatusCreated)
	}
	for query, want := range map[string][]string{
		"app_type=native,spa":                   {"Orders phone", "Partner"},
		"is_first_party=false":                  {"Partner"},
		"is_first_party=true&app_type=native":   {"Orders phone"},
		"is_global=true":                        nil,
		"q=orders":                              {"Orders phone", "Orders shop"},
		"q=orders+shop":                         {"Orders shop"},
		"q=team-a":                              {"Orders shop"},
		"external_client_id=https://a.example/": nil,
	} {
		a := p.call(http.MethodGet, "/clients?"+query).want(http.StatusOK)
		var names []string
		for _, c := range a.list {
			object, _ := c.(map[string]any)
			name, _ := object["name"].(string)
			names = append(names, name)
		}
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("%s: %v, want %v", query, names, want)
		}
	}
}

func TestFieldsNarrowWhatIsAnswered(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	path := "/clients/" + p.app.ID
	keys := func(query string) []string {
		t.Helper()
		a := p.call(http.MethodGet, path+"?"+query).want(http.StatusOK)
		var all []string
		for name := range a.json {
			all = append(all, name)
		}
		slices.Sort(all)
		return all
	}
	if got := keys("fields=name,client_id"); !slices.Equal(got, []string{"client_id", "name"}) {
		t.Errorf("%v", got)
	}
	if got := keys("fields=name&include_fields=false"); slices.Contains(got, "name") || !slices.Contains(got, "grant_types") {
		t.Errorf("%v", got)
	}
	a := p.call(http.MethodGet, path+"?fields=jwt_configuration.alg").want(http.StatusOK)
	if a.body != "{\"jwt_configuration\":{\"alg\":\"RS256\"}}\n" {
		t.Errorf("%s", a.body)
	}
	a = p.call(http.MethodGet, path+"?fields=jwt_configuration.alg&include_fields=false").want(http.StatusOK)
	if jwt, _ := a.json["jwt_configuration"].(map[string]any); jwt["alg"] != nil || jwt["lifetime_in_seconds"] == nil {
		t.Errorf("%s", a.body)
	}
}
