package management

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/registry"
)

var anAPI = noun{
	missing: "The resource server does not exist", missingCode: "inexistent_resource_server",
	conflict: "A resource server with the same identifier already exists.", fields: apiField,
}

func (a *API) mountResourceServers(api huma.API) {
	create := schemaOf[resourceServerCreate](a)
	patch := schemaOf[resourceServerPatch](a)
	register(a, api, operation{
		id: "getResourceServers", method: http.MethodGet, path: "/resource-servers", tag: "resource-servers", noun: anAPI,
		summary: "List APIs", scopes: []string{"read:resource_servers"},
	}, a.listAPIs)
	register(a, api, operation{
		id: "postResourceServers", method: http.MethodPost, path: "/resource-servers", tag: "resource-servers", noun: anAPI, body: create,
		summary: "Create an API", scopes: []string{"create:resource_servers"}, status: http.StatusCreated,
	}, a.createAPI)
	register(a, api, operation{
		id: "getResourceServersById", method: http.MethodGet, path: "/resource-servers/{id}", tag: "resource-servers", noun: anAPI,
		summary: "Read an API", scopes: []string{"read:resource_servers"},
	}, a.getAPI)
	register(a, api, operation{
		id: "patchResourceServersById", method: http.MethodPatch, path: "/resource-servers/{id}", tag: "resource-servers", noun: anAPI, body: patch,
		summary: "Change an API", scopes: []string{"update:resource_servers"},
	}, a.patchAPI)
	register(a, api, operation{
		id: "deleteResourceServersById", method: http.MethodDelete, path: "/resource-servers/{id}", tag: "resource-servers", noun: anAPI,
		summary: "Delete an API", scopes: []string{"delete:resource_servers"}, status: http.StatusNoContent,
	}, a.deleteAPI)
}

// ResourceServerAnswer is an answer with one API.
type ResourceServerAnswer struct {
	ETag string `header:"ETag"`
	Body ResourceServer
}

func resourceServerAnswer(api *registry.API) *ResourceServerAnswer {
	return &ResourceServerAnswer{ETag: etag(api.Revision), Body: ResourceServerJSON(api)}
}

// ResourceServersAnswer is an answer with several.
type ResourceServersAnswer struct{ Body List[ResourceServer] }

// ByIDOrIdentifier names one API.
type ByIDOrIdentifier struct {
	ID string `path:"id" maxLength:"600" doc:"The id, or the identifier, URL-encoded."`
}

type listAPIsInput struct {
	Paging
	Identifiers   []string       `query:"identifiers,explode" maxItems:"100" doc:"Only these identifiers."`
	IncludeFields optional[bool] `query:"include_fields" doc:"Has no effect: there is no fields here."`
}

func (a *API) listAPIs(ctx context.Context, in *listAPIsInput) (*ResourceServersAnswer, error) {
	w, err := in.window((ResourceServer{}).plural())
	if err != nil {
		return nil, err
	}
	q := registry.APIQuery{Identifiers: split(in.Identifiers), After: w.after, Offset: w.offset, Limit: w.atLeastOne(), Total: w.totals}
	page, err := a.Registry.APIs(ctx, q)
	if err != nil {
		return nil, err
	}
	items := make([]ResourceServer, len(page.Items))
	for i := range page.Items {
		items[i] = ResourceServerJSON(&page.Items[i])
	}
	return &ResourceServersAnswer{listOf(w, items, page.Next, page.Total)}, nil
}

// split takes lists apart, because tools send identifiers as a comma-separated list too.
func split(identifiers []string) []string {
	var all []string
	for _, list := range identifiers {
		for id := range strings.SplitSeq(list, ",") {
			if id != "" {
				all = append(all, id)
			}
		}
	}
	return all
}

func (a *API) createAPI(ctx context.Context, in *bodyInput) (*ResourceServerAnswer, error) {
	body, err := read[resourceServerCreate](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	body.raw = in.RawBody
	if strings.HasPrefix(registry.CanonicalAudience(body.Identifier.Value)+"/", a.Issuer) {
		return nil, refuse(http.StatusBadRequest, "invalid_body", "The selected identifier is reserved.")
	}
	var draft registry.API
	if faults := (*apiBody)(body).apply(&draft); len(faults) > 0 {
		return nil, invalidBody(faults)
	}
	if draft.Name == "" {
		draft.Name = draft.Identifier // Auth0 lets it out; a list without a name helps nobody
	}
	api, err := a.Registry.CreateAPI(ctx, callerOf(ctx).Actor(), draft)
	if err != nil {
		return nil, err
	}
	return resourceServerAnswer(&api), nil
}

func (a *API) getAPI(ctx context.Context, in *ByIDOrIdentifier) (*ResourceServerAnswer, error) {
	api, err := FindAPI(ctx, a.Registry, in.ID)
	if err != nil {
		return nil, err
	}
	return resourceServerAnswer(&api), nil
}

// FindAPI finds an API by its id or its identifier. It fails with registry.ErrNotFound.
func FindAPI(ctx context.Context, r *registry.Registry, idOrIdentifier string) (registry.API, error) {
	api, err := r.API(ctx, idOrIdentifier)
	if isNotFound(err) {
		return r.APIByIdentifier(ctx, idOrIdentifier)
	}
	return api, err
}

type patchAPIInput struct {
	ByIDOrIdentifier
	Conditional
	RawBody []byte `contentType:"application/json"`
}

func (a *API) patchAPI(ctx context.Context, in *patchAPIInput) (*ResourceServerAnswer, error) {
	body, err := read[resourceServerPatch](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	body.raw = in.RawBody
	api, err := FindAPI(ctx, a.Registry, in.ID)
	if err != nil {
		return nil, err
	}
	if api.System {
		return nil, refuse(http.StatusBadRequest, "operation_not_supported", "System resource servers cannot be patched.")
	}
	api, _, err = a.Registry.UpdateAPI(ctx, callerOf(ctx).Actor(), api.ID, revision, func(api *registry.API) error {
		if faults := (*apiBody)(body).apply(api); len(faults) > 0 {
			return invalidBody(faults)
		}
		return nil
	})
	if err != nil {
		return nil, in.moved(err)
	}
	return resourceServerAnswer(&api), nil
}

func (a *API) deleteAPI(ctx context.Context, in *ByIDOrIdentifier) (*struct{}, error) {
	api, err := FindAPI(ctx, a.Registry, in.ID)
	if err != nil {
		return nil, err
	}
	if api.System {
		return nil, refuse(http.StatusBadRequest, "operation_not_supported", "System resource servers cannot be deleted.")
	}
	return nil, a.Registry.DeleteAPI(ctx, callerOf(ctx).Actor(), api.ID)
}
