package management

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/registry"
)

var aGrant = noun{
	missing: "The client grant does not exist.", missingCode: "inexistent_client_grant",
	conflict: "A client grant for the same client, audience and subject type already exists.", fields: grantField,
}

func (a *API) mountClientGrants(api huma.API) {
	create := schemaOf[clientGrantCreate](a)
	patch := schemaOf[clientGrantPatch](a)
	register(a, api, operation{
		id: "getClientGrants", method: http.MethodGet, path: "/client-grants", tag: "client-grants", noun: aGrant,
		summary: "List client grants", scopes: []string{"read:client_grants"},
	}, a.listGrants)
	register(a, api, operation{
		id: "postClientGrants", method: http.MethodPost, path: "/client-grants", tag: "client-grants", noun: aGrant, body: create,
		summary: "Let an application get tokens of an API", scopes: []string{"create:client_grants"}, status: http.StatusCreated,
	}, a.createGrant)
	register(a, api, operation{
		id: "getClientGrantsById", method: http.MethodGet, path: "/client-grants/{id}", tag: "client-grants", noun: aGrant,
		summary: "Read a client grant", scopes: []string{"read:client_grants"},
	}, a.getGrant)
	register(a, api, operation{
		id: "patchClientGrantsById", method: http.MethodPatch, path: "/client-grants/{id}", tag: "client-grants", noun: aGrant, body: patch,
		summary: "Change the scopes of a client grant", scopes: []string{"update:client_grants"},
	}, a.patchGrant)
	register(a, api, operation{
		id: "deleteClientGrantsById", method: http.MethodDelete, path: "/client-grants/{id}", tag: "client-grants", noun: aGrant,
		summary: "Take a client grant back", scopes: []string{"delete:client_grants"}, status: http.StatusNoContent,
	}, a.deleteGrant)
}

// ClientGrantAnswer is an answer with one client grant.
type ClientGrantAnswer struct {
	ETag string `header:"ETag"`
	Body ClientGrant
}

// ClientGrantsAnswer is an answer with several.
type ClientGrantsAnswer struct{ Body List[ClientGrant] }

// ByGrantID names one client grant.
type ByGrantID struct {
	ID string `path:"id" maxLength:"100" doc:"The id of the client grant."`
}

type listGrantsInput struct {
	Paging
	Audience             string         `query:"audience" maxLength:"600"`
	ClientID             string         `query:"client_id" maxLength:"512"`
	SubjectType          string         `query:"subject_type" enum:"client,user,anonymous_user"`
	DefaultFor           string         `query:"default_for" enum:"third_party_clients"`
	AllowAnyOrganization optional[bool] `query:"allow_any_organization" doc:"Organizations do not exist here: true finds nothing."`
}

func (a *API) listGrants(ctx context.Context, in *listGrantsInput) (*ClientGrantsAnswer, error) {
	w, err := in.window((ClientGrant{}).plural())
	if err != nil {
		return nil, err
	}
	q := registry.ClientGrantQuery{
		ApplicationID: in.ClientID, ThirdParties: in.DefaultFor != "", SubjectType: registry.SubjectType(in.SubjectType),
		After: w.after, Offset: w.offset, Limit: w.atLeastOne(), Total: w.totals,
	}
	if in.AllowAnyOrganization.Value || in.SubjectType == "anonymous_user" {
		return &ClientGrantsAnswer{listOf[ClientGrant](w, nil, "", 0)}, nil
	}
	if in.Audience != "" {
		api, err := a.Registry.APIByIdentifier(ctx, in.Audience)
		if isNotFound(err) {
			return &ClientGrantsAnswer{listOf[ClientGrant](w, nil, "", 0)}, nil
		}
		if err != nil {
			return nil, err
		}
		q.APIID = api.ID
	}
	page, err := a.Registry.ClientGrants(ctx, q)
	if err != nil {
		return nil, err
	}
	items, err := a.grantList(ctx, page.Items)
	if err != nil {
		return nil, err
	}
	return &ClientGrantsAnswer{listOf(w, items, page.Next, page.Total)}, nil
}

// grantList names the API of each grant, asking for each API once.
func (a *API) grantList(ctx context.Context, grants []registry.ClientGrant) ([]ClientGrant, error) {
	audiences := map[string]string{}
	items := make([]ClientGrant, len(grants))
	for i := range grants {
		id := grants[i].APIID
		if _, known := audiences[id]; !known {
			api, err := a.Registry.API(ctx, id)
			if err != nil && !isNotFound(err) {
				return nil, err
			}
			audiences[id] = api.Identifier
		}
		items[i] = ClientGrantJSON(&grants[i], audiences[id])
	}
	return items, nil
}

func (a *API) createGrant(ctx context.Context, in *bodyInput) (*ClientGrantAnswer, error) {
	body, err := read[clientGrantCreate](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	if faults := body.faults(); len(faults) > 0 {
		return nil, invalidBody(faults)
	}
	api, err := a.Registry.APIByIdentifier(ctx, body.Audience.Value)
	if isNotFound(err) {
		return nil, refuse(http.StatusNotFound, "inexistent_resource_server", "Resource server not found")
	}
	if err != nil {
		return nil, err
	}
	if err := a.mayBeGranted(ctx, body, &api); err != nil {
		return nil, err
	}
	g, err := a.Registry.CreateClientGrant(ctx, callerOf(ctx).Actor(), registry.ClientGrant{
		ApplicationID: body.ClientID.Value, ThirdParties: body.DefaultFor.Present, APIID: api.ID,
		SubjectType: registry.SubjectType(body.SubjectType.Value), Scopes: body.Scope.Value, AllScopes: body.AllowAllScopes.Value,
	})
	if err != nil {
		return nil, err
	}
	return &ClientGrantAnswer{ETag: etag(g.Revision), Body: ClientGrantJSON(&g, api.Identifier)}, nil
}

// mayBeGranted answers, in the words that tools know, what the registry would say in its own: no such client, and no system
// API for third parties. Of this API nobody hands on what he lacks himself.
func (a *API) mayBeGranted(ctx context.Context, body *clientGrantCreate, api *registry.API) error {
	if id := body.ClientID.Value; id != "" {
		app, err := a.Registry.Application(ctx, id)
		if isNotFound(err) {
			return refuse(http.StatusNotFound, "inexistent_client", "Client not found")
		}
		if err != nil {
			return err
		}
		if api.System && app.Ownership == registry.ThirdParty {
			return refuse(http.StatusBadRequest, "invalid_body", "Client grants for this API cannot be created for third-party clients.")
		}
	}
	if !api.System {
		return nil
	}
	return callerOf(ctx).mayGive(body.Scope.Value)
}

func (a *API) getGrant(ctx context.Context, in *ByGrantID) (*ClientGrantAnswer, error) {
	g, err := a.Registry.ClientGrant(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.grantAnswer(ctx, g)
}

func (a *API) grantAnswer(ctx context.Context, g registry.ClientGrant) (*ClientGrantAnswer, error) {
	items, err := a.grantList(ctx, []registry.ClientGrant{g})
	if err != nil {
		return nil, err
	}
	return &ClientGrantAnswer{ETag: etag(g.Revision), Body: items[0]}, nil
}

type patchGrantInput struct {
	ByGrantID
	Conditional
	RawBody []byte `contentType:"application/json"`
}

func (a *API) patchGrant(ctx context.Context, in *patchGrantInput) (*ClientGrantAnswer, error) {
	caller := callerOf(ctx)
	body, err := read[clientGrantPatch](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	if faults := (*grantBody)(body).faults(); len(faults) > 0 {
		return nil, invalidBody(faults)
	}
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	g, _, err := a.Registry.UpdateClientGrant(ctx, caller.Actor(), in.ID, revision, func(g *registry.ClientGrant) error {
		before := g.Scopes
		(*grantBody)(body).apply(g)
		if g.APIID != registry.ManagementAPIID {
			return nil
		}
		return caller.mayGive(g.Scopes.Without(before))
	})
	if err != nil {
		return nil, in.moved(err)
	}
	return a.grantAnswer(ctx, g)
}

func (a *API) deleteGrant(ctx context.Context, in *ByGrantID) (*struct{}, error) {
	return nil, a.Registry.DeleteClientGrant(ctx, callerOf(ctx).Actor(), in.ID)
}
