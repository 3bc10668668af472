package quickstart

import (
	"clientele/internal/account"
	"clientele/internal/dashboard/access"
	"clientele/internal/dashboard/frame"
)

// Pages is the room. All fields must be set.
type Pages struct {
	*frame.Base
	Access   *access.Pages
	Document frame.Page // comes first of an application from a URL: nobody here writes its code
}

// Routes are the quick start of an application and the callback URL that it adds.
func (d *Pages) Routes() []frame.Route {
	return []frame.Route{
		frame.On("GET /dashboard/applications/{id}", account.ActView, d.quickStart),
		frame.On("GET /dashboard/applications/{id}/guides", account.ActView, d.guides),
		frame.On("POST /dashboard/applications/{id}/callback", account.ActEdit, d.addCallback),
	}
}
