package settings

import (
	"time"

	"github.com/a-h/templ"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/dashboard/frame/frametest"
	"clientele/internal/registry"
)

// AdmissionPages are the page of the admission rules for those who may change them and those who may not.
func AdmissionPages(now time.Time) map[string]templ.Component {
	return map[string]templ.Component{
		"admission":        admissionPage(frametest.Visit(now, account.Owner), exampleAdmission(now)),
		"admission-viewer": admissionPage(frametest.Visit(now, account.Viewer), exampleAdmission(now)),
	}
}

func exampleAdmission(now time.Time) admissionForm {
	d := &registry.Decision{Verdict: registry.Admit, Mode: registry.AdmitApproval, Rule: &registry.AdmissionRule{Pattern: "agent.example.net", Effect: registry.Allow}, Why: "the host is allowed"}
	f := admissionForm{instanceForm: instanceForm{values: map[string][]string{"cimd_admission": {"approval"}, "cimd_profile": {"draft"}, "cimd_redirect_hosts": {"any"}}, Wrong: frame.Faults{}}, Effect: "allow", Test: frametest.ClientURL, Decided: d}
	f.Rules = []registry.AdmissionRule{
		{ID: "rul_1", Pattern: "*.example.net", Effect: registry.Allow, Note: "our partner", CreatedAt: now.Add(-time.Hour), CreatedBy: "ops@example.com"},
		{ID: "rul_2", Pattern: "https://bad.example.org/apps/", Effect: registry.Deny, CreatedAt: now.Add(-time.Hour), CreatedBy: "ops@example.com"},
	}
	return f
}
