package management_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

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
	if a.text("client_id") != app.ID || a.text("name") != "Shop" || a.json["score"].(float64) >= 100 || len(a.json["passed"].([]any)) == 0 { //nolint:forcetypeassert // fails the test
		t.Errorf("%s", a.body)
	}
	kept, err := s.Registry.Application(t.Context(), app.ID)
	if err != nil || kept.Findings.Low == 0 || kept.Findings.CheckedAt.IsZero() {
		t.Errorf("not counted: %+v, %v", kept.Findings, err)
	}
}

// What the scope read:clients does not show of an application, its findings do not show either: no secret, no hash of one.
func TestFindingsHoldNothingThatAuthenticates(t *testing.T) {
	s := servertest.New(t)
	app, value := s.CreateApplication(registry.Draft{Name: "Shop", Type: registry.RegularWeb, RedirectURIs: []string{"https://shop.example.com/cb"}})
	s.Clock.Advance(200 * 24 * time.Hour)
	a := newProgram(t, s).call(http.MethodGet, "/clients/"+app.ID+"/findings").want(http.StatusOK)
	if !strings.Contains(a.body, "secret_old") {
		t.Fatalf("nothing about the old secret: %s", a.body)
	}
	for _, leak := range []string{value.Reveal(), string(app.Secrets[0].Hash)} {
		if leak == "" || strings.Contains(a.body, leak) {
			t.Errorf("%q stands in %s", leak, a.body)
		}
	}
}

// Of an application without a finding everything is there, and the lists are lists.
func TestAnApplicationWithoutAFindingHasAReportToo(t *testing.T) {
	s := servertest.New(t)
	app, _ := s.CreateApplication(registry.Draft{Name: "Phone", Type: registry.Native, RedirectURIs: []string{"http://127.0.0.1/cb"}})
	a := newProgram(t, s).call(http.MethodGet, "/clients/"+app.ID+"/findings").want(http.StatusOK)
	found, isList := a.json["findings"].([]any)
	if !isList || len(found) != 0 || a.json["score"] != 100.0 || a.text("checked_at") == "" {
		t.Errorf("%s", a.body)
	}
}

func TestFindingsNeedTheScopeThatReadsClients(t *testing.T) {
	s := servertest.New(t)
	p := newProgram(t, s, "read:client_summary")
	p.call(http.MethodGet, "/clients/"+p.app.ID+"/findings").refused(http.StatusForbidden, "insufficient_scope", "read:clients")
	newProgram(t, s, "read:clients").call(http.MethodGet, "/clients/none/findings").refused(http.StatusNotFound, "inexistent_client", "does not exist")
}
