package dashboard

import (
	"clientele/internal/account"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// applicationRoutes are the pages of one application.
func (d *Dashboard) applicationRoutes() []route {
	return append(append(d.advancedRoutes(), d.duplicateRoutes()...), []route{
		{"GET /dashboard/applications/{id}", account.ActView, false, d.quickStart},
		{"GET /dashboard/applications/{id}/guides", account.ActView, false, d.guides},
		{"POST /dashboard/applications/{id}/callback", account.ActEdit, false, d.addCallback},
		{"GET /dashboard/applications/{id}/settings", account.ActView, false, d.applicationSettings},
		{"POST /dashboard/applications/{id}/settings", account.ActEdit, false, d.saveApplicationSettings},
		{"GET /dashboard/applications/{id}/credentials", account.ActView, false, d.credentials},
		{"POST /dashboard/applications/{id}/method", account.ActEdit, true, d.saveMethod},
		{"POST /dashboard/applications/{id}/secrets", account.ActEdit, true, d.addSecret},
		{"POST /dashboard/applications/{id}/secrets/replace", account.ActEdit, true, d.replaceSecret},
		{"POST /dashboard/applications/{id}/secrets/{secret}/revoke", account.ActEdit, true, d.revokeSecret},
		{"POST /dashboard/applications/{id}/keys", account.ActEdit, true, d.addKey},
		{"POST /dashboard/applications/{id}/keys/{key}/switch", account.ActEdit, true, d.switchKey},
		{"POST /dashboard/applications/{id}/keys/{key}/delete", account.ActEdit, true, d.deleteKey},
		{"GET /dashboard/applications/{id}/apis", account.ActView, false, d.applicationAPIs},
		{"GET /dashboard/applications/{id}/apis/{api}", account.ActView, false, d.applicationAPI},
		{"POST /dashboard/applications/{id}/apis/{api}", account.ActEdit, true, d.saveApplicationAPI},
		{"GET /dashboard/applications/{id}/document", account.ActView, false, d.document},
		{"POST /dashboard/applications/{id}/document/refresh", account.ActEdit, false, d.refreshDocument},
		{"POST /dashboard/applications/{id}/document/apply", account.ActEdit, true, d.applyDocument},
		{"POST /dashboard/applications/{id}/document/approve", account.ActEdit, true, d.approveDocument},
		{"POST /dashboard/applications/{id}/document/mode", account.ActEdit, true, d.saveFollow},
		{"POST /dashboard/applications/{id}/document/pin", account.ActEdit, true, d.savePin},
		{"POST /dashboard/applications/{id}/document/client-credentials", account.ActEdit, true, d.saveClientCredentials},
		{"POST /dashboard/applications/{id}/document/audience", account.ActEdit, true, d.saveAudience},
		{"GET /dashboard/applications/{id}/danger", account.ActView, false, d.danger},
		{"POST /dashboard/applications/{id}/switch", account.ActEdit, false, d.switchApplication},
		{"POST /dashboard/applications/{id}/delete", account.ActEdit, true, d.deleteApplication},
	}...)
}

// appTab is one page of an application and whether an application has it.
type appTab struct {
	label string
	path  string // below the application; empty is its first page
	shown func(*registry.Application) bool
}

// The tabs in their order. The page of an imported application that comes first is its document: nobody here writes its code.
var appTabList = []appTab{
	{"Document", "document", imported},
	{"Quick start", "guides", imported}, // how to protect the API it calls
	{"Quick start", "", notImported},
	{"Settings", "settings", always},
	{"Credentials", "credentials", always},
	{"APIs", "apis", always},
	{"Security", "security", always},
	{"Activity", "activity", always},
	{"Advanced", "advanced", always},
	{"Danger zone", "danger", always},
}

func always(*registry.Application) bool        { return true }
func imported(a *registry.Application) bool    { return a.Import != nil }
func notImported(a *registry.Application) bool { return a.Import == nil }

// appTabs are the tabs that an application has, by its type and where it comes from.
func appTabs(a *registry.Application, current string) ui.Tabs {
	var links []ui.Link
	for _, t := range appTabList {
		if t.shown(a) {
			links = append(links, ui.Link{Label: t.label, Href: appPath(a, t.path), Current: t.label == current})
		}
	}
	return ui.Tabs{Label: a.Name, Links: links}
}

// originWord says where an application comes from, for those that were not made by hand.
func originWord(a *registry.Application) string {
	switch a.Origin {
	case registry.Imported:
		return "from a URL"
	case registry.Registered:
		return "registered itself"
	}
	return ""
}

// triable reports whether an authorization can be tried from the application's page.
func triable(v *visit, a *registry.Application) bool { return v.canEdit() && a.Enabled }

// applicationMenu is what can be done with an application from each of its pages.
func applicationMenu(a *registry.Application) ui.Menu {
	var items []ui.MenuItem
	if a.Import == nil {
		items = append(items, ui.MenuItem{Label: "Duplicate as…", Icon: "copy", Href: appPath(a, "duplicate")})
	}
	if a.Enabled {
		items = append(items, ui.MenuItem{Label: "Switch off", Post: appPath(a, "switch"), Fields: []ui.Hidden{{Name: "enabled", Value: "no"}}})
	} else {
		items = append(items, ui.MenuItem{Label: "Switch on", Post: appPath(a, "switch"), Fields: []ui.Hidden{{Name: "enabled", Value: "yes"}}})
	}
	if usesSecrets(a) {
		items = append(items, ui.MenuItem{Label: "Replace the secret…", Icon: "refresh", Href: appPath(a, "credentials?open=replace")})
	}
	items = append(items, ui.MenuItem{Label: "Delete…", Icon: "trash", Href: appPath(a, "danger"), Danger: true, Apart: true})
	return ui.Menu{ID: "application-menu", Label: "Actions for " + a.Name, Items: items}
}
