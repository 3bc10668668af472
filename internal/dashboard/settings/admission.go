package settings

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// admissionNames are the settings that have a page of their own.
var admissionNames = []string{"cimd_admission", "cimd_profile", "cimd_redirect_hosts", "cimd_query", "cimd_foreign_keys", "cimd_confidential_only", "localhost_port"}

// admissionForm is the page as it was and as it is shown again.
type admissionForm struct {
	instanceForm
	Rules   []registry.AdmissionRule
	Pattern string
	Effect  string
	Note    string
	Test    string
	Decided *registry.Decision
	TestBad string
}

// settingsWrong reports whether the settings came back with faults; those of a rule are another form's.
func (f admissionForm) settingsWrong() bool {
	return slices.ContainsFunc(admissionNames, func(name string) bool { return len(f.Wrong[name]) > 0 })
}

var modeOptions = []ui.Option{
	{
		Value: string(registry.AdmitImported), Label: "Only imported", Text: "People with an application you did not import see that it is not admitted here.",
		Note: "Strictest", Says: "Nothing unknown is ever fetched. You import each application yourself.",
	},
	{
		Value: string(registry.AdmitApproval), Label: "Approval", Text: "People sign in, see that it waits for approval with a reference, and go on once you let it in.",
		Note: "Recommended", Says: "Unknown applications wait in a queue of at most 100, each for 14 days. Rules that allow let some in at once.",
	},
	{
		Value: string(registry.AdmitOpen), Label: "Open", Text: "People sign in, see which host it is from and where they are sent, and decide for themselves. What it may do is set at each API, under Applications nobody approved.",
		Note: "For MCP servers anybody may connect to", Says: "Whoever publishes a valid document gets to ask your people. Rules that deny keep some out.",
	},
}

var profileOptions = []ui.Option{
	{Value: "draft", Label: "What the specification asks", Text: "client_id is enough; a name is made from the host."},
	{Value: "mcp", Label: "What MCP asks", Text: "client_name and redirect_uris must be there, too."},
}

var redirectHostOptions = []ui.Option{
	{Value: "any", Label: "Anywhere", Text: "The consent page shows both hosts when they differ."},
	{Value: "same_site", Label: "The document's site", Text: "https callbacks must be below the same registered domain."},
	{Value: "same_origin", Label: "The document's origin", Text: "https callbacks must be on exactly the same host and port."},
}

func (d *Pages) admission(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := admissionForm{instanceForm: d.currentSettings(admissionNames), Effect: string(registry.Allow), Test: strings.TrimSpace(r.URL.Query().Get("test"))}
	return d.writeAdmission(w, r, v, f, http.StatusOK)
}

func (d *Pages) writeAdmission(w http.ResponseWriter, r *http.Request, v *frame.Visit, f admissionForm, status int) error {
	var err error
	if f.Rules, err = d.Registry.AdmissionRules(r.Context()); err != nil {
		return err
	}
	if f.Test != "" {
		if err := d.testURL(r, &f); err != nil {
			return err
		}
	}
	return v.Write(w, r, status, admissionPage(v, f))
}

// testURL asks what admission would say about a URL, without going there.
func (d *Pages) testURL(r *http.Request, f *admissionForm) error {
	decided, wrong, err := d.Admission.Decide(r.Context(), f.Test)
	switch {
	case err != nil:
		return err
	case wrong != nil:
		f.TestBad = frame.FailureSentence(wrong)
	default:
		f.Decided = &decided
	}
	return nil
}

// saveAdmission writes the settings of the page, all or none.
func (d *Pages) saveAdmission(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := admissionForm{instanceForm: instanceForm{values: r.PostForm, Wrong: frame.Faults{}}, Effect: string(registry.Allow)}
	status, err := d.saveNamed(r, v, admissionNames, &f.instanceForm)
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther {
		return d.writeAdmission(w, r, v, f, status)
	}
	return d.Done(w, r, frame.AdmissionPath, "Saved. The change is in force.")
}

func (d *Pages) addRule(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := admissionForm{
		instanceForm: d.currentSettings(admissionNames),
		Pattern:      strings.TrimSpace(r.PostForm.Get("pattern")), Effect: r.PostForm.Get("effect"), Note: strings.TrimSpace(r.PostForm.Get("note")),
	}
	rule, err := d.Registry.CreateAdmissionRule(r.Context(), v.Actor(), f.Pattern, registry.RuleEffect(f.Effect), f.Note)
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		f.Wrong.AddInvalid(invalid, map[string]string{"pattern": "The pattern", "effect": "The effect", "note": "The note"}, nil)
		return d.writeAdmission(w, r, v, f, http.StatusUnprocessableEntity)
	}
	if errors.Is(err, registry.ErrConflict) {
		f.Wrong.Add("pattern", "There is a rule with this pattern already; delete it first.")
		return d.writeAdmission(w, r, v, f, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return d.Done(w, r, frame.AdmissionPath+"#rules", "Rule added: "+string(rule.Effect)+" "+rule.Pattern+".")
}

func (d *Pages) deleteRule(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	if err := d.Registry.DeleteAdmissionRule(r.Context(), v.Actor(), r.PathValue("rule")); err != nil {
		return err
	}
	return d.Done(w, r, frame.AdmissionPath+"#rules", "Rule deleted.")
}

func effectBadge(e registry.RuleEffect) ui.Badge {
	if e == registry.Deny {
		return ui.Badge{Kind: ui.Danger, Text: "deny"}
	}
	return ui.Badge{Kind: ui.Good, Text: "allow"}
}

// patternKind says how much a pattern covers.
func patternKind(pattern string) string {
	switch {
	case strings.HasPrefix(pattern, "*."):
		return "every host below"
	case strings.HasPrefix(pattern, "https://") && strings.HasSuffix(pattern, "/"):
		return "every URL that begins so"
	case strings.HasPrefix(pattern, "https://"):
		return "this URL only"
	}
	return "every URL on this host"
}
