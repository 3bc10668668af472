package management

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

type listClientsInput struct {
	Paging
	Projection
	AppType          string         `query:"app_type" doc:"Types, separated by commas."`
	IsFirstParty     optional[bool] `query:"is_first_party"`
	IsGlobal         optional[bool] `query:"is_global" doc:"There is no global client: true finds nothing."`
	ExternalClientID string         `query:"external_client_id" maxLength:"512"`
	Query            string         `query:"q" maxLength:"200" doc:"Extension: words, each of which begins a word of the name, an id, a tag or the host of a redirect URI."`
}

func (a *API) listClients(ctx context.Context, in *listClientsInput) (*ClientsAnswer, error) {
	w, err := in.window((Client{}).plural())
	if err != nil {
		return nil, err
	}
	v, err := clientView(callerOf(ctx), in.Fields, in.IncludeFields.pointer())
	if err != nil {
		return nil, err
	}
	q, err := in.query(w)
	if err != nil {
		return nil, err
	}
	page, err := a.findClients(ctx, in, q)
	if err != nil {
		return nil, err
	}
	items := make([]Client, len(page.Items))
	for i := range page.Items {
		items[i] = ClientJSON(&page.Items[i], secret.Secret{})
		items[i].view = v
	}
	return &ClientsAnswer{listOf(w, items, page.Next, page.Total)}, nil
}

// query turns the filters into a query of the registry.
func (in *listClientsInput) query(w window) (registry.Query, error) {
	q := registry.Query{Search: in.Query, After: w.after, Offset: w.offset, Limit: w.atLeastOne(), Total: w.totals}
	if strings.HasPrefix(in.Query, "client_grant.") {
		return q, refuse(http.StatusBadRequest, "operation_not_supported", "Organizations do not exist here; q searches by words of the name, ids, tags and redirect hosts.")
	}
	if in.IsFirstParty.Set {
		q.Ownership = registry.ThirdParty
		if in.IsFirstParty.Value {
			q.Ownership = registry.FirstParty
		}
	}
	if in.AppType == "" {
		return q, nil
	}
	for t := range strings.SplitSeq(in.AppType, ",") {
		known := []registry.Type{registry.Native, registry.SinglePage, registry.RegularWeb, registry.MachineToMachine}
		if !slices.Contains(known, registry.Type(t)) {
			return q, invalidQuery(Violation{Property: "app_type", Message: "No enum match for: " + short(t)})
		}
		q.Types = append(q.Types, registry.Type(t))
	}
	return q, nil
}

// findClients asks the registry, except where the answer is at most one or none.
func (a *API) findClients(ctx context.Context, in *listClientsInput, q registry.Query) (registry.Page[registry.Application], error) {
	var none registry.Page[registry.Application]
	if in.IsGlobal.Set && in.IsGlobal.Value {
		return none, nil
	}
	if in.ExternalClientID == "" {
		return a.Registry.Applications(ctx, q)
	}
	app, err := a.Registry.ApplicationByClientID(ctx, oauth.ClientID(in.ExternalClientID))
	switch {
	case err == nil && app.ExternalID == in.ExternalClientID && q.Offset == 0 && q.After == "":
		return registry.Page[registry.Application]{Items: []registry.Application{app}, Total: 1}, nil
	case isNotFound(err):
		return none, nil
	}
	return none, err
}
