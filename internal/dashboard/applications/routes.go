package applications

import (
	"slices"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
)

// Routes are the list, creating, and the pages of one application that no other room has.
func (d *Pages) Routes() []frame.Route {
	return slices.Concat(d.listRoutes(), d.oneRoutes(), d.advancedRoutes(), d.duplicateRoutes(), d.findingRoutes())
}

func (d *Pages) oneRoutes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications/{id}/settings", account.ActView, d.applicationSettings),
		frame.On("POST /dashboard/applications/{id}/settings", account.ActEdit, d.saveApplicationSettings),
		frame.On("GET /dashboard/applications/{id}/credentials", account.ActView, d.credentials),
		frame.OnFresh("POST /dashboard/applications/{id}/method", account.ActEdit, d.saveMethod),
		frame.OnFresh("POST /dashboard/applications/{id}/secrets", account.ActEdit, d.addSecret),
		frame.OnFresh("POST /dashboard/applications/{id}/secrets/replace", account.ActEdit, d.replaceSecret),
		frame.OnFresh("POST /dashboard/applications/{id}/secrets/{secret}/revoke", account.ActEdit, d.revokeSecret),
		frame.OnFresh("POST /dashboard/applications/{id}/keys", account.ActEdit, d.addKey),
		frame.OnFresh("POST /dashboard/applications/{id}/keys/{key}/switch", account.ActEdit, d.switchKey),
		frame.OnFresh("POST /dashboard/applications/{id}/keys/{key}/delete", account.ActEdit, d.deleteKey),
		frame.On("GET /dashboard/applications/{id}/danger", account.ActView, d.danger),
		frame.On("POST /dashboard/applications/{id}/switch", account.ActEdit, d.switchApplication),
		frame.OnFresh("POST /dashboard/applications/{id}/delete", account.ActEdit, d.deleteApplication),
	}
}
