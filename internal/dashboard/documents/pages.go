package documents

import (
	"clientele/internal/account"
	"clientele/internal/advisor"
	"clientele/internal/dashboard/access"
	"clientele/internal/dashboard/frame"
)

// Pages is the room. All fields must be set.
type Pages struct {
	*frame.Base
	Access  *access.Pages
	Import  Importer
	Advisor *advisor.Service
}

// Routes are importing, the queue of those that wait, and the document of an application.
func (d *Pages) Routes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications/{id}/document", account.ActView, d.Document),
		frame.On("POST /dashboard/applications/{id}/document/refresh", account.ActEdit, d.refreshDocument),
		frame.OnFresh("POST /dashboard/applications/{id}/document/apply", account.ActEdit, d.applyDocument),
		frame.OnFresh("POST /dashboard/applications/{id}/document/approve", account.ActEdit, d.approveDocument),
		frame.OnFresh("POST /dashboard/applications/{id}/document/mode", account.ActEdit, d.saveFollow),
		frame.OnFresh("POST /dashboard/applications/{id}/document/pin", account.ActEdit, d.savePin),
		frame.OnFresh("POST /dashboard/applications/{id}/document/client-credentials", account.ActEdit, d.saveClientCredentials),
		frame.OnFresh("POST /dashboard/applications/{id}/document/audience", account.ActEdit, d.saveAudience),
		frame.On("GET /dashboard/applications/import", account.ActEdit, d.newImport),
		frame.On("POST /dashboard/applications/import", account.ActEdit, d.previewImport),
		frame.OnFresh("POST /dashboard/applications/import/create", account.ActEdit, d.createImport),
		frame.On("GET /dashboard/applications/waiting", account.ActView, d.listWaiting),
		frame.On("GET /dashboard/waiting/{id}", account.ActView, d.waiting),
		frame.OnFresh("POST /dashboard/waiting/{id}/approve", account.ActEdit, d.approveWaiting),
		frame.On("POST /dashboard/waiting/{id}/refuse", account.ActEdit, d.refuseWaiting),
		frame.OnFresh("POST /dashboard/waiting/{id}/block", account.ActEdit, d.blockWaiting),
		frame.On("GET /dashboard/waiting/{id}/block-host", account.ActEdit, d.askBlockHost),
		frame.OnFresh("POST /dashboard/waiting/{id}/block-host", account.ActEdit, d.blockHost),
	}
}
