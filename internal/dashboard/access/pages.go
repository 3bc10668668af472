package access

import (
	"net/url"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
)

// Pages is the room. All fields must be set.
type Pages struct {
	*frame.Base
}

// NewAPIFor is the page that makes an API for an application: it comes back to what the application may do there.
func NewAPIFor(a *registry.Application) string {
	return "/dashboard/apis/new?for=" + url.QueryEscape(a.ID)
}

// Routes are the APIs of an application.
func (d *Pages) Routes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications/{id}/apis", account.ActView, d.applicationAPIs),
		frame.On("GET /dashboard/applications/{id}/apis/{api}", account.ActView, d.applicationAPI),
		frame.OnFresh("POST /dashboard/applications/{id}/apis/{api}", account.ActEdit, d.saveApplicationAPI),
	}
}
