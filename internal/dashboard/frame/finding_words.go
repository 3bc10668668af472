package frame

import (
	"slices"

	"clientele/internal/advisor"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// findingTabs says where a field of a finding is changed: the tab and its label.
var findingTabs = map[string]ui.Link{
	"grant_types": {Label: "Advanced", Href: "advanced"}, "require_pkce": {Label: "Advanced", Href: "advanced"},
	"secrets": {Label: "Credentials", Href: "credentials"}, "keys": {Label: "Credentials", Href: "credentials"},
	"auth_methods": {Label: "Credentials", Href: "credentials"}, "client_grants": {Label: "APIs", Href: "apis"},
	"apis": {Label: "APIs", Href: "apis"}, "document": {Label: "Document", Href: "document"}, "enabled": {Label: "Danger zone", Href: "danger"},
}

// findingTab is the link to where a finding is mended. What the document owns is looked at there; what an API decides is changed
// at the API, the first one if there are several, as each has a link of its own.
func findingTab(a *registry.Application, f advisor.Finding) ui.Link {
	if a == nil {
		return ui.Link{}
	}
	field := f.Field
	if i := slices.IndexFunc(f.Evidence, func(e advisor.Evidence) bool { return e.APIID != "" }); i >= 0 && field == "apis" {
		return ui.Link{Label: "Open the API", Href: "/dashboard/apis/" + f.Evidence[i].APIID}
	}
	if field == "default_api" {
		return ui.Link{Label: "Open the settings", Href: "/dashboard/settings"}
	}
	tab, other := findingTabs[field]
	if a.FieldOwner(field) == registry.FromDocument {
		tab, other = findingTabs["document"], true
	}
	if !other {
		tab = ui.Link{Label: "Settings", Href: "settings"}
	}
	return ui.Link{Label: "Open " + tab.Label, Href: AppPath(a, tab.Href)}
}

// RiskOf puts a finding on a page. a is nil for what is only typed: then nothing leads anywhere.
func RiskOf(v *Visit, a *registry.Application, f advisor.Finding) ui.Risk {
	risk := ui.Risk{
		Severity: string(f.Severity), Title: f.Title, Why: f.Why, Written: f.Spec, Fix: f.Fix, Now: v.Now, Short: a == nil,
		Where: findingTab(a, f), Mend: oneClick(v, a, f.Mend),
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

func oneClick(v *Visit, a *registry.Application, mend string) ui.OneClick {
	change, known := advisor.MendFor(mend)
	if a == nil || !known || !v.CanEdit() {
		return ui.OneClick{}
	}
	action := "security/mend"
	if change.Sensitive {
		action = "security/mend-credential"
	}
	return ui.OneClick{Label: change.Label, Effect: change.Effect, Action: AppPath(a, action), Value: mend}
}
