package management

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// FindingsAnswer is an answer with the findings of one client.
type FindingsAnswer struct{ Body Findings }

func (a *API) mountFindings(api huma.API) {
	register(a, api, operation{
		id: "getClientsFindings", method: http.MethodGet, path: "/clients/{id}/findings", tag: "clients", noun: aClient,
		summary: "Check an application for security risks", scopes: []string{"read:clients"}, status: http.StatusOK,
	}, a.clientFindings)
}

func (a *API) clientFindings(ctx context.Context, in *ByID) (*FindingsAnswer, error) {
	app, err := a.Registry.Application(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	report, err := a.Advisor.Report(ctx, app.ID)
	if err != nil {
		return nil, err
	}
	return &FindingsAnswer{FindingsJSON(&app, &report)}, nil
}
