package management_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"clientele/internal/servertest"
)

const agent = "https://agent.example.net/client.json"

// published is a metadata document for the agent with more members, as JSON.
func published(more string) []byte {
	return fmt.Appendf(nil, `{"client_id":%q,"client_name":"Agent","redirect_uris":["https://agent.example.net/callback"],`+
		`"grant_types":["authorization_code","refresh_token"]%s}`, agent, more)
}

func importing(t *testing.T, document []byte, scopes ...string) (*program, *servertest.Host) {
	t.Helper()
	internet := servertest.NewInternet(t)
	host := internet.Host("agent.example.net")
	host.JSON("/client.json", document)
	return newProgram(t, servertest.New(t, servertest.WithInternet(internet)), scopes...), host
}

func body(url string) string { return fmt.Sprintf(`{"external_client_id":%q}`, url) }

func TestAPreviewMapsTheDocumentAndStoresNothing(t *testing.T) {
	p, _ := importing(t, published(`,"contacts":["ops@agent.example.net"],"made_up":1,"client_uri":"https://agent.example.net/"`))
	a := p.call(http.MethodPost, "/clients/cimd/preview", body(agent)).want(http.StatusOK)
	mapped, _ := a.json["mapped_fields"].(map[string]any)
	if mapped["name"] != "Agent" || mapped["external_client_id"] != agent || mapped["app_type"] != "regular_web" || mapped["token_endpoint_auth_method"] != "none" {
		t.Errorf("mapped_fields: %v", mapped)
	}
	validation, _ := a.json["validation"].(map[string]any)
	if validation["valid"] != true || !strings.Contains(fmt.Sprint(validation["warnings"]), "made_up") || a.json["client_id"] != nil || a.json["errors"] != nil {
		t.Errorf("%s", a.body)
	}
	if found := p.call(http.MethodGet, "/clients?external_client_id="+agent).want(http.StatusOK); len(found.list) != 0 {
		t.Errorf("the preview left %s", found.body)
	}
}

func TestAPreviewOfWhatCannotBeHadIsAnAnswerAndABadURLIsNot(t *testing.T) {
	p, _ := importing(t, published(""))
	a := p.call(http.MethodPost, "/clients/cimd/preview", body("https://agent.example.net/absent.json")).want(http.StatusOK)
	if errs, _ := a.json["errors"].([]any); len(errs) != 1 || a.json["validation"] != nil {
		t.Errorf("%s", a.body)
	}
	for _, url := range []string{"http://agent.example.net/client.json", "https://127.0.0.1/client.json", "https://agent.example.net", "https://agent.example.net/a/../b"} {
		p.call(http.MethodPost, "/clients/cimd/preview", body(url)).refused(http.StatusBadRequest, "invalid_body", "external_client_id")
		p.call(http.MethodPost, "/clients/cimd/register", body(url)).refused(http.StatusBadRequest, "invalid_body", "external_client_id")
	}
	p.call(http.MethodPost, "/clients/cimd/register", `{"external_client_id":"https://a.example.com/x","name":"X"}`).refused(http.StatusBadRequest, "invalid_body", "name")
}

func TestWhoLooksAtTooManyURLsIsToldWhenToTryAgain(t *testing.T) {
	p, _ := importing(t, published(""))
	for range 30 {
		p.call(http.MethodPost, "/clients/cimd/preview", body(agent)).want(http.StatusOK)
	}
	for _, path := range []string{"/clients/cimd/preview", "/clients/cimd/register"} {
		a := p.call(http.MethodPost, path, body(agent))
		a.refused(http.StatusTooManyRequests, "too_many_requests", "Try again")
		if a.header.Get("Retry-After") == "" {
			t.Errorf("%s does not say when", path)
		}
	}
}

func TestRegisteringIsAnUpsertByURL(t *testing.T) {
	p, host := importing(t, published(""))
	created := p.call(http.MethodPost, "/clients/cimd/register", body(agent)).want(http.StatusCreated)
	id, _ := created.json["client_id"].(string)
	if !strings.HasPrefix(id, "tpc_") || created.header.Get("Location") != "/api/v2/clients/"+id {
		t.Fatalf("client_id %q at %q", id, created.header.Get("Location"))
	}
	again := p.call(http.MethodPost, "/clients/cimd/register", body(agent)).want(http.StatusOK)
	if again.json["client_id"] != id {
		t.Errorf("registered again as %v", again.json["client_id"])
	}
	host.JSON("/client.json", published(`,"logo_uri":"https://agent.example.net/logo.png"`))
	changed := p.call(http.MethodPost, "/clients/cimd/register", body(agent)).want(http.StatusOK)
	if !strings.Contains(changed.body, "logo") {
		t.Errorf("the change is not told: %s", changed.body)
	}
	client := p.call(http.MethodGet, "/clients/"+id).want(http.StatusOK)
	for member, want := range map[string]any{
		"external_client_id": agent, "external_metadata_type": "cimd", "external_metadata_created_by": "admin", "is_first_party": false,
		"third_party_security_mode": "strict", "token_endpoint_auth_method": "none", "name": "Agent",
	} {
		if client.json[member] != want {
			t.Errorf("%s is %v, want %v", member, client.json[member], want)
		}
	}
	if client.json["client_secret"] != nil {
		t.Error("an imported application has a secret")
	}
}

func TestRegisteringNeedsTheScopeOfWhatItDoes(t *testing.T) {
	p, _ := importing(t, published(""), "update:clients")
	p.call(http.MethodPost, "/clients/cimd/register", body(agent)).refused(http.StatusForbidden, "insufficient_scope", "create:clients")
	creator := newProgram(t, p.s, "create:clients")
	creator.call(http.MethodPost, "/clients/cimd/register", body(agent)).want(http.StatusCreated)
	creator.call(http.MethodPost, "/clients/cimd/register", body(agent)).refused(http.StatusForbidden, "insufficient_scope", "update:clients")
	p.call(http.MethodPost, "/clients/cimd/register", body(agent)).want(http.StatusOK)
	reader := newProgram(t, p.s, "read:clients")
	reader.call(http.MethodPost, "/clients/cimd/preview", body(agent)).want(http.StatusForbidden)
}

func TestADocumentThatCannotBeAppliedIsRefusedWithEveryFault(t *testing.T) {
	p, host := importing(t, published(`,"client_secret":"x","token_endpoint_auth_method":"client_secret_post"`))
	a := p.call(http.MethodPost, "/clients/cimd/register", body(agent))
	a.refused(http.StatusBadRequest, "cimd_not_applicable", "cannot be applied")
	for _, field := range []string{"client_secret", "token_endpoint_auth_method"} {
		if !strings.Contains(a.body, field) {
			t.Errorf("the refusal does not name %s: %s", field, a.body)
		}
	}
	host.JSON("/client.json", []byte(`<html>`))
	p.call(http.MethodPost, "/clients/cimd/register", body(agent)).refused(http.StatusBadRequest, "cimd_not_retrieved", "could not be retrieved")
}

func TestWhatTheDocumentOwnsCannotBePatchedAndTheRestCan(t *testing.T) {
	p, _ := importing(t, published(""))
	id, _ := p.call(http.MethodPost, "/clients/cimd/register", body(agent)).want(http.StatusCreated).json["client_id"].(string)
	for _, change := range []string{
		`{"name":"Mine"}`, `{"callbacks":["https://evil.example.com/cb"]}`, `{"logo_uri":"https://evil.example.com/l.png"}`,
		`{"token_endpoint_auth_method":"client_secret_post"}`, `{"token_endpoint_auth_method":null}`, `{"is_first_party":true}`,
	} {
		a := p.call(http.MethodPatch, "/clients/"+id, change)
		if a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", change, a.status, a.body)
		}
	}
	p.call(http.MethodPost, "/clients/"+id+"/rotate-secret").want(http.StatusBadRequest)
	a := p.call(http.MethodPatch, "/clients/"+id, `{"description":"Runs the orders","client_metadata":{"team":"orders"}}`).want(http.StatusOK)
	if a.json["description"] != "Runs the orders" || a.json["name"] != "Agent" {
		t.Errorf("%s", a.body)
	}
	read := p.call(http.MethodGet, "/clients/"+id).want(http.StatusOK)
	p.call(http.MethodPatch, "/clients/"+id, echo(read.json)).want(http.StatusOK)
}

func TestTheHistoryOfADocumentTellsWhatEachVersionChanged(t *testing.T) {
	p, host := importing(t, published(""))
	id := p.call(http.MethodPost, "/clients/cimd/register", body(agent)).want(http.StatusCreated).text("client_id")
	host.JSON("/client.json", published(`,"client_uri":"https://agent.example.net/about"`))
	p.call(http.MethodPost, "/clients/cimd/register", body(agent)).want(http.StatusOK)
	a := p.call(http.MethodGet, "/clients/"+id+"/metadata-documents").want(http.StatusOK)
	documents, _ := a.json["documents"].([]any)
	if len(documents) != 2 {
		t.Fatalf("%s", a.body)
	}
	newest, _ := documents[0].(map[string]any)
	oldest, _ := documents[1].(map[string]any)
	if newest["version"] != 2.0 || newest["status"] != "approved" || oldest["status"] != "replaced" || oldest["differences"] != nil {
		t.Errorf("%s", a.body)
	}
	if !strings.Contains(fmt.Sprint(newest["differences"]), "about") || !strings.Contains(fmt.Sprint(newest["document"]), "/about") || len(fmt.Sprint(newest["hash"])) != 43 {
		t.Errorf("%v", newest)
	}
	byHand := p.call(http.MethodGet, "/clients/"+p.app.ID+"/metadata-documents").want(http.StatusOK)
	if none, ok := byHand.json["documents"].([]any); !ok || len(none) != 0 {
		t.Errorf("%s", byHand.body)
	}
	p.call(http.MethodGet, "/clients/nobody/metadata-documents").refused(http.StatusNotFound, "inexistent_client", "")
}

// echo is what a tool sends that writes back what it read.
func echo(client map[string]any) map[string]any {
	for _, extension := range []string{"metadata_document"} {
		delete(client, extension)
	}
	return client
}
