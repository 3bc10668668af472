package dashboard

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/account"
	"clientele/internal/advisor"
	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// findingRoutes are the security check of an application, and of what is typed.
func (d *Dashboard) findingRoutes() []route {
	return []route{
		{"GET /dashboard/applications/{id}/security", account.ActView, false, d.applicationFindings},
		{"POST /dashboard/applications/{id}/security/draft", account.ActEdit, false, d.draftedFindings},
		{"POST /dashboard/applications/new/security/draft", account.ActEdit, false, d.newFindings},
		{"POST /dashboard/applications/{id}/security/mend", account.ActEdit, false, d.mendFinding},
		{"POST /dashboard/applications/{id}/security/mend-credential", account.ActEdit, true, d.mendCredential},
	}
}

func (d *Dashboard) applicationFindings(w http.ResponseWriter, r *http.Request, v *visit) error {
	report, err := d.Advisor.Report(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	a, err := d.Registry.Application(r.Context(), report.ApplicationID)
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, findingsPage(v, &a, report))
}

// draftedFindings answers what the check says of the settings as they are typed: a piece of a page.
func (d *Dashboard) draftedFindings(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	draft, _ := settingsDraft(r, a)
	return v.write(w, r, http.StatusOK, findingsPiece(v, nil, d.Advisor.Draft(r.Context(), draft)))
}

// newFindings does the same for an application that is about to be made.
func (d *Dashboard) newFindings(w http.ResponseWriter, r *http.Request, v *visit) error {
	form := r.PostForm
	draft := registry.Defaults(registry.Type(form.Get("type")), registry.Ownership(form.Get("ownership")), nil)
	draft.Name = form.Get("name")
	found := d.Advisor.Draft(r.Context(), draft)
	found = slices.DeleteFunc(found, func(f advisor.Finding) bool { return f.Severity == advisor.Info })
	return v.write(w, r, http.StatusOK, newFindingsPiece(v, form.Get("type") != "", found))
}

// importFindings is what the check says of the application that a preview would make.
func (d *Dashboard) importFindings(r *http.Request, p *cimd.Preview) []advisor.Finding {
	m := p.Reading.Mapped
	a := registry.Defaults(m.Type, registry.ThirdParty, m.AuthMethods)
	a.ID, a.ExternalID, a.Origin = p.ApplicationID, p.URL, registry.Imported
	a.Name, a.LogoURI, a.AuthMethods = m.Name, m.LogoURI, m.AuthMethods
	a.RedirectURIs, a.Keys = registry.URIs(m.RedirectURIs...), p.Keys
	a.Import = &registry.Import{By: registry.ByOperator, Mode: registry.Review, JWKSURI: m.JWKSURI, Scopes: m.Scopes}
	a.GrantTypes = nil
	for _, g := range m.GrantTypes {
		if g != oauth.ClientCredentials { // behind a switch of its own
			a.GrantTypes = append(a.GrantTypes, g)
		}
	}
	return d.Advisor.Draft(r.Context(), a)
}

func (d *Dashboard) mendFinding(w http.ResponseWriter, r *http.Request, v *visit) error {
	if change, known := advisor.MendFor(r.PostForm.Get("mend")); !known || change.Sensitive {
		return registry.ErrNotFound
	}
	return d.mend(w, r, v)
}

func (d *Dashboard) mendCredential(w http.ResponseWriter, r *http.Request, v *visit) error {
	return d.mend(w, r, v)
}

// mend makes the change that a button offered. A second press, or one after somebody else was faster, finds nothing to mend and
// says so.
func (d *Dashboard) mend(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	to := appPath(&a, "security")
	err = d.Advisor.Mend(r.Context(), v.actor(), a.ID, r.PostForm.Get("mend"))
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		var said []string
		for _, one := range invalid.Violations {
			said = append(said, sentence(settingLabels[one.Field], one)+".")
		}
		return d.sent(w, r, to, ui.Danger, "It cannot be changed so. "+strings.Join(said, " "))
	}
	if errors.Is(err, registry.ErrNotFound) {
		return d.sent(w, r, to, ui.Note, "There was nothing left to change.")
	}
	if err != nil {
		return err
	}
	return d.done(w, r, to, "Changed. The check ran again.")
}

// findingTabs says where a field of a finding is changed: the tab and its label.
var findingTabs = map[string]ui.Link{
	"grant_types": {Label: "Advanced", Href: "advanced"}, "require_pkce": {Label: "Advanced", Href: "advanced"},
	"secrets": {Label: "Credentials", Href: "credentials"}, "keys": {Label: "Credentials", Href: "credentials"},
	"auth_methods": {Label: "Credentials", Href: "credentials"}, "client_grants": {Label: "APIs", Href: "apis"},
	"apis": {Label: "APIs", Href: "apis"}, "document": {Label: "Document", Href: "document"}, "enabled": {Label: "Danger zone", Href: "danger"},
}

// findingTab is the link to where a finding is mended. What the document owns is looked at there.
func findingTab(a *registry.Application, field string) ui.Link {
	if a == nil {
		return ui.Link{}
	}
	tab, other := findingTabs[field]
	if a.FieldOwner(field) == registry.FromDocument {
		tab, other = findingTabs["document"], true
	}
	if !other {
		tab = ui.Link{Label: "Settings", Href: "settings"}
	}
	return ui.Link{Label: "Open " + tab.Label, Href: appPath(a, tab.Href)}
}

// riskOf puts a finding on a page. a is nil for what is only typed: then nothing leads anywhere.
func riskOf(v *visit, a *registry.Application, f advisor.Finding) ui.Risk {
	risk := ui.Risk{
		Severity: string(f.Severity), Title: f.Title, Why: f.Why, Written: f.Spec, Fix: f.Fix, Now: v.now, Short: a == nil,
		Where: findingTab(a, f.Field), Mend: oneClick(v, a, f.Mend),
	}
	for _, e := range f.Evidence {
		seen := ui.Seen{Label: e.Label, Value: e.Value, At: e.At, Mend: oneClick(v, a, e.Mend)}
		if e.APIID != "" && a != nil {
			seen.Link = "/dashboard/apis/" + e.APIID
		}
		risk.Seen = append(risk.Seen, seen)
	}
	return risk
}

func oneClick(v *visit, a *registry.Application, mend string) ui.OneClick {
	change, known := advisor.MendFor(mend)
	if a == nil || !known || !v.canEdit() {
		return ui.OneClick{}
	}
	action := "security/mend"
	if change.Sensitive {
		action = "security/mend-credential"
	}
	return ui.OneClick{Label: change.Label, Effect: change.Effect, Action: appPath(a, action), Value: mend}
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

func scoreOf(r advisor.Report) ui.Score {
	words := "Nothing was found. " + strconv.Itoa(len(r.Passed)) + " checks passed."
	if len(r.Findings) > 0 {
		words = "Checked just now, as it is stored and used. A finding takes 30, 12 or 4 from 100, by its severity."
	}
	return ui.Score{Of: r.Score(), Words: words, Badges: countBadges(r.Counts())}
}
