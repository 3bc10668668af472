package applications

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/account"
	"clientele/internal/advisor"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// findingRoutes are the security check of an application, and of what is typed.
func (d *Pages) findingRoutes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications/{id}/security", account.ActView, d.applicationFindings),
		frame.On("POST /dashboard/applications/{id}/security/draft", account.ActEdit, d.draftedFindings),
		frame.On("POST /dashboard/applications/new/security/draft", account.ActEdit, d.newFindings),
		frame.On("POST /dashboard/applications/{id}/security/mend", account.ActEdit, d.mendFinding),
		frame.OnFresh("POST /dashboard/applications/{id}/security/mend-credential", account.ActEdit, d.mendCredential),
	}
}

func (d *Pages) applicationFindings(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	report, err := d.Advisor.Report(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	a, err := d.Registry.Application(r.Context(), report.ApplicationID)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, findingsPage(v, &a, report))
}

// draftedFindings answers what the check says of the settings as they are typed: a piece of a page.
func (d *Pages) draftedFindings(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	draft, _ := settingsDraft(r, a)
	return v.Write(w, r, http.StatusOK, findingsPiece(v, d.Advisor.Draft(r.Context(), draft)))
}

// newFindings does the same for an application that is about to be made.
func (d *Pages) newFindings(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	form := r.PostForm
	draft := registry.Defaults(registry.Type(form.Get("type")), registry.Ownership(form.Get("ownership")), nil)
	draft.Name = form.Get("name")
	found := d.Advisor.Draft(r.Context(), draft)
	found = slices.DeleteFunc(found, func(f advisor.Finding) bool { return f.Severity == advisor.Info })
	return v.Write(w, r, http.StatusOK, newFindingsPiece(v, form.Get("type") != "", found))
}

func (d *Pages) mendFinding(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	if change, known := advisor.MendFor(r.PostForm.Get("mend")); !known || change.Sensitive {
		return registry.ErrNotFound
	}
	return d.mend(w, r, v)
}

func (d *Pages) mendCredential(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return d.mend(w, r, v)
}

// mend makes the change that a button offered. A second press, or one after somebody else was faster, finds nothing to mend and
// says so.
func (d *Pages) mend(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	to := frame.AppPath(&a, "security")
	err = d.Advisor.Mend(r.Context(), v.Actor(), a.ID, r.PostForm.Get("mend"))
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		var said []string
		for _, one := range invalid.Violations {
			said = append(said, frame.Sentence(settingLabels[one.Field], one)+".")
		}
		return d.Sent(w, r, to, ui.Danger, "It cannot be changed so. "+strings.Join(said, " "))
	}
	if errors.Is(err, registry.ErrNotFound) {
		return d.Sent(w, r, to, ui.Note, "There was nothing left to change.")
	}
	if err != nil {
		return err
	}
	return d.Done(w, r, to, "Changed. The check ran again.")
}

// severityWords head the groups of findings.
var severityWords = map[advisor.Severity][2]string{
	advisor.High:     {"High", "Somebody could take over a sign-in, or get tokens that are not theirs."},
	advisor.Moderate: {"Moderate", "A mistake somewhere else would make it one of those."},
	advisor.Low:      {"Low", "Good practice that is missing."},
	advisor.Info:     {"Worth knowing", "Costs nothing of the score."},
}

func withSeverity(list []advisor.Finding, s advisor.Severity) []advisor.Finding {
	var some []advisor.Finding
	for _, f := range list {
		if f.Severity == s {
			some = append(some, f)
		}
	}
	return some
}

// countBadges say how many findings there are of each severity that has any.
func countBadges(n registry.FindingCounts) []ui.Badge {
	var badges []ui.Badge
	for _, c := range []struct {
		n    int
		word string
		kind ui.Meaning
	}{{n.High, "high", ui.Danger}, {n.Moderate, "moderate", ui.Warn}, {n.Low, "low", ui.Note}, {n.Info, "info", ui.Neutral}} {
		if c.n > 0 {
			badges = append(badges, ui.Badge{Kind: c.kind, Text: strconv.Itoa(c.n) + " " + c.word})
		}
	}
	return badges
}

// countWords are the same numbers in a line: 1 high, 2 low.
func countWords(list []advisor.Finding) string {
	report := advisor.Report{Findings: list}
	counts := report.Counts()
	counts.Info = 0 // worth knowing, but nothing to stop at
	badges := countBadges(counts)
	words := make([]string, len(badges))
	for i, b := range badges {
		words[i] = b.Text
	}
	return strings.Join(words, ", ")
}

func scoreOf(r advisor.Report) ui.Score {
	words := "Nothing was found. " + strconv.Itoa(len(r.Passed)) + " checks passed."
	if len(r.Findings) > 0 {
		words = "Checked just now, as it is stored and used. A finding takes 30, 12 or 4 from 100, by its severity."
	}
	return ui.Score{Of: r.Score(), Words: words, Badges: countBadges(r.Counts())}
}
