package dashboard

import "clientele/internal/account"

// applicationRoutes are the pages of one application.
func (d *Dashboard) applicationRoutes() []route {
	return []route{
		{"GET /dashboard/applications/{id}", account.ActView, false, d.quickStart},
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
	}
}
