package servertest_test

import (
	"net/http"
	"testing"

	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func TestAServerStartsAndAnswers(t *testing.T) {
	s := servertest.New(t)
	resp, err := s.Client().Get(s.Path("/readyz"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("readyz answered %d", resp.StatusCode)
	}
	app, secret := s.CreateApplication(registry.Draft{Name: "Job", Type: registry.MachineToMachine})
	if app.ID == "" || secret.IsZero() {
		t.Errorf("application %q, secret %v", app.ID, secret.IsZero())
	}
}
