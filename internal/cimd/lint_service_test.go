package cimd_test

import (
	"slices"
	"testing"

	"clientele/internal/cimd"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

func verdictOf(t *testing.T, r cimd.Report, id string) cimd.LintVerdict {
	t.Helper()
	i := slices.IndexFunc(r.Rows, func(row cimd.LintRow) bool { return row.ID == id })
	if i < 0 {
		t.Fatalf("there is no row %s", id)
	}
	return r.Rows[i].Verdict
}

func clientOf(t *testing.T, r cimd.Report, name string) cimd.ClientVerdict {
	t.Helper()
	i := slices.IndexFunc(r.Clients, func(v cimd.ClientVerdict) bool { return v.Client == name })
	if i < 0 {
		t.Fatalf("nothing is said of %s", name)
	}
	return r.Clients[i]
}

func TestAServerLintsByItsOwnSettingsAndRules(t *testing.T) {
	w := newWorld(t, registry.AdmitApproval)
	lint := func() cimd.Report {
		t.Helper()
		r, err := w.svc.Lint(t.Context(), servertest.Actor, appURL)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := lint(); r.Failed() || verdictOf(t, r, "CU-16") != cimd.LintPass || clientOf(t, r, "this client").Verdict != registry.Wait || clientOf(t, r, "Claude Code").Verdict != registry.Wait {
		t.Errorf("under approval: %+v", r.Clients)
	}
	w.imported()
	if v := clientOf(t, lint(), "this client"); v.Verdict != registry.Admit {
		t.Errorf("after an import: %+v", v)
	}
	w.set("cimd_admission", string(registry.AdmitOpen))
	if _, err := w.Registry.CreateAdmissionRule(t.Context(), servertest.Actor, "chatgpt.com", registry.Deny, ""); err != nil {
		t.Fatal(err)
	}
	if r := lint(); clientOf(t, r, "ChatGPT").Verdict != registry.Refuse || clientOf(t, r, "opencode").Verdict != registry.Admit {
		t.Errorf("in the open with a rule: %+v", r.Clients)
	}
	w.set("cimd_confidential_only", "on")
	if r := lint(); verdictOf(t, r, "CM-15") != cimd.LintFail || clientOf(t, r, "opencode").Verdict != registry.Refuse || clientOf(t, r, "this client").Verdict != registry.Refuse {
		t.Errorf("with keys only: %+v", r.Clients)
	}
}

func TestTheIdentifierOfAnAPIIsNoClient(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	const taken = "https://app.example.com/orders"
	if _, err := w.Registry.CreateAPI(t.Context(), servertest.Actor, registry.API{Name: "Orders", Identifier: taken}); err != nil {
		t.Fatal(err)
	}
	r, err := w.svc.Lint(t.Context(), servertest.Actor, taken)
	if err != nil || verdictOf(t, r, "CU-16") != cimd.LintFail || verdictOf(t, r, "CU-01") != cimd.LintPass || verdictOf(t, r, "CF-01") != cimd.LintSkipped {
		t.Errorf("%v %+v", err, r)
	}
	if n := w.host.Count("/orders"); n > 0 {
		t.Errorf("it was fetched %d times", n)
	}
}

func TestADocumentThatIsNotPublishedIsLintedByTheServersSettings(t *testing.T) {
	w := newWorld(t, registry.AdmitOpen)
	before := len(w.host.Requests())
	r, err := w.svc.LintBytes(t.Context(), "", []byte(`{"client_id":"`+appURL+`","redirect_uris":["https://app.example.com/cb"]}`))
	if err != nil || r.Failed() || verdictOf(t, r, "CF-01") != cimd.LintSkipped || clientOf(t, r, "this client").Verdict != registry.Admit {
		t.Errorf("%v %+v", err, r)
	}
	if len(w.host.Requests()) != before {
		t.Error("it was fetched")
	}
}
