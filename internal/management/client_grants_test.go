package management_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

const orders = "https://orders.example/"

func TestAClientGrantIsMadeReadChangedAndTakenBack(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	p.s.CreateAPI(orders, "read", "write")
	made := p.call(http.MethodPost, "/client-grants", map[string]any{"client_id": p.app.ID, "audience": orders, "scope": []string{"read"}}).want(http.StatusCreated)
	id := made.text("id")
	want := map[string]any{"id": id, "client_id": p.app.ID, "audience": orders, "scope": []any{"read"}, "subject_type": "client"}
	if diff := cmp.Diff(want, made.json); diff != "" {
		t.Error(diff)
	}
	path := "/client-grants/" + id
	if diff := cmp.Diff(want, p.call(http.MethodGet, path).want(http.StatusOK).json); diff != "" {
		t.Error(diff)
	}
	all := p.call(http.MethodPatch, path, `{"allow_all_scopes":true}`).want(http.StatusOK)
	if _, has := all.json["scope"]; has || all.json["allow_all_scopes"] != true {
		t.Errorf("%s", all.body)
	}
	some := p.call(http.MethodPatch, path, `{"scope":["write"]}`).want(http.StatusOK)
	if diff := cmp.Diff([]string{"write"}, some.texts("scope")); diff != "" || some.json["allow_all_scopes"] != nil {
		t.Errorf("%s", some.body)
	}
	none := p.call(http.MethodPatch, path, `{"scope":[]}`).want(http.StatusOK)
	if list, ok := none.json["scope"].([]any); !ok || len(list) != 0 {
		t.Errorf("%s", none.body)
	}
	p.call(http.MethodDelete, path).want(http.StatusNoContent)
	p.call(http.MethodGet, path).refused(http.StatusNotFound, "inexistent_client_grant", "does not exist")
}

func TestADefaultGrantIsForEveryThirdParty(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	p.s.CreateAPI(orders, "read")
	a := p.call(http.MethodPost, "/client-grants", map[string]any{"default_for": "third_party_clients", "audience": orders, "scope": []string{"read"}, "subject_type": "user"}).want(http.StatusCreated)
	if a.text("default_for") != "third_party_clients" || a.text("subject_type") != "user" || a.json["client_id"] != nil {
		t.Errorf("%s", a.body)
	}
}

func TestAClientGrantIsRefusedWithTheReason(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	p.s.CreateAPI(orders, "read")
	grant := map[string]any{"client_id": p.app.ID, "audience": orders, "scope": []string{"read"}}
	p.call(http.MethodPost, "/client-grants", grant).want(http.StatusCreated)
	p.call(http.MethodPost, "/client-grants", grant).refused(http.StatusConflict, "", "already exists")
	p.call(http.MethodPost, "/client-grants", map[string]any{"client_id": p.app.ID, "audience": "https://none.example/"}).
		refused(http.StatusNotFound, "inexistent_resource_server", "Resource server not found")
	p.call(http.MethodPost, "/client-grants", map[string]any{"client_id": "none", "audience": orders}).refused(http.StatusNotFound, "inexistent_client", "Client not found")
	for message, body := range map[string]map[string]any{
		"Missing required property: audience":  {"client_id": p.app.ID},
		"Missing required property: client_id": {"audience": orders},
		"cannot be used together":              {"audience": orders, "client_id": p.app.ID, "default_for": "third_party_clients"},
		"on property scope[0]":                 {"audience": orders, "client_id": p.app.ID, "scope": []string{"write"}, "subject_type": "user"},
		"on property organization_usage":       {"audience": orders, "client_id": p.app.ID, "organization_usage": "require"},
		"on property allow_any_organization":   {"audience": orders, "client_id": p.app.ID, "allow_any_organization": true},
		"on property subject_type":             {"audience": orders, "client_id": p.app.ID, "subject_type": "anonymous_user"},
	} {
		p.call(http.MethodPost, "/client-grants", body).refused(http.StatusBadRequest, "invalid_body", message)
	}
}

func TestClientGrantsAreFilteredAndListedInAllThreeShapes(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	api := p.s.CreateAPI(orders, "read")
	web, _ := p.s.CreateApplication(registry.Draft{Name: "Web", Type: registry.RegularWeb})
	p.s.Grant(web, api, registry.ForUser, "read")
	p.s.Grant(p.app, api, registry.ForClient)
	p.call(http.MethodPost, "/client-grants", map[string]any{"default_for": "third_party_clients", "audience": orders, "scope": []string{"read"}, "subject_type": "user"}).want(http.StatusCreated)
	for query, want := range map[string]int{
		"": 4, "audience=" + url.QueryEscape(orders): 3, "audience=" + url.QueryEscape(p.s.URL+"/api/v2/"): 1, "audience=https://none.example": 0,
		"client_id=" + web.ID: 1, "client_id=none": 0, "subject_type=user": 2, "subject_type=client": 2, "default_for=third_party_clients": 1,
		"allow_any_organization=true": 0, "subject_type=anonymous_user": 0, "client_id=" + web.ID + "&subject_type=client": 0,
	} {
		if a := p.call(http.MethodGet, "/client-grants?"+query).want(http.StatusOK); len(a.list) != want {
			t.Errorf("%s: %d grants, want %d: %s", query, len(a.list), want, a.body)
		}
	}
	a := p.call(http.MethodGet, "/client-grants?page=1&per_page=3&include_totals=true").want(http.StatusOK)
	if list, _ := a.json["client_grants"].([]any); len(list) != 1 || a.json["total"] != 4.0 || a.json["start"] != 3.0 {
		t.Errorf("%s", a.body)
	}
	a = p.call(http.MethodGet, "/client-grants?take=3").want(http.StatusOK)
	rest := p.call(http.MethodGet, "/client-grants?take=3&from="+url.QueryEscape(a.text("next"))).want(http.StatusOK)
	if list, _ := rest.json["client_grants"].([]any); len(list) != 1 || rest.json["next"] != nil {
		t.Errorf("%s", rest.body)
	}
}
