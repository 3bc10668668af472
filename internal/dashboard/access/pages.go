package access

import (
	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
)

// Pages is the room. All fields must be set.
type Pages struct {
	*frame.Base
}

// Routes are the APIs of an application.
func (d *Pages) Routes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications/{id}/apis", account.ActView, d.applicationAPIs),
		frame.On("GET /dashboard/applications/{id}/apis/{api}", account.ActView, d.applicationAPI),
		frame.OnFresh("POST /dashboard/applications/{id}/apis/{api}", account.ActEdit, d.saveApplicationAPI),
	}
}
