package management_test

import (
	"net/http"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestTheFindingsOfAClientCarryTheirEvidenceAndTheirReason(t *testing.T) {
	s := servertest.New(t)
	p := newProgram(t, s)
	off := false
	app, _ := s.CreateApplication(registry.Draft{Name: "Shop", Type: registry.RegularWeb, RequirePKCE: &off, RedirectURIs: []string{"https://shop.example.com/cb"}})
	a := p.call(http.MethodGet, "/clients/"+app.ID+"/findings").want(http.StatusOK)
	found, _ := a.json["findings"].([]any)
	var pkce map[string]any
	for _, f := range found {
		if one, ok := f.(map[string]any); ok && one["check"] == "pkce_off" {
			pkce = one
		}
	}
	if pkce == nil {
		t.Fatalf("nothing about PKCE: %s", a.body)
	}
	for _, member := range []string{"severity", "title", "why", "spec", "fix", "field", "evidence"} {
		if pkce[member] == nil || pkce[member] == "" {
			t.Errorf("%s is missing", member)
		}
	}
	if a.text("client_id") != app.ID || a.json["score"].(float64) >= 100 || len(a.json["passed"].([]any)) == 0 { //nolint:forcetypeassert // fails the test
		t.Errorf("%s", a.body)
	}
	kept, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || kept.Findings.Low == 0 || kept.Findings.CheckedAt.IsZero() {
		t.Errorf("not counted: %+v, %v", kept.Findings, err)
	}
}

func TestFindingsNeedTheScopeThatReadsClients(t *testing.T) {
	s := servertest.New(t)
	p := newProgram(t, s, "read:client_summary")
	p.call(http.MethodGet, "/clients/"+p.app.ID+"/findings").refused(http.StatusForbidden, "insufficient_scope", "read:clients")
	newProgram(t, s, "read:clients").call(http.MethodGet, "/clients/none/findings").refused(http.StatusNotFound, "inexistent_client", "does not exist")
}
