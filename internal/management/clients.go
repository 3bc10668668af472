package management

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

var aClient = noun{
	missing: "The client does not exist", missingCode: "inexistent_client",
	conflict: "Another client exists with the same alias.", fields: clientField,
}

var readClients = []string{"read:clients", "read:client_keys", "read:client_credentials", "read:client_summary"}

func (a *API) mountClients(api huma.API) {
	create := schemaOf[clientCreate](a)
	patch := schemaOf[clientPatch](a)
	register(a, api, operation{
		id: "getClients", method: http.MethodGet, path: "/clients", tag: "clients", noun: aClient,
		summary: "List applications", scopes: readClients,
	}, a.listClients)
	register(a, api, operation{
		id: "postClients", method: http.MethodPost, path: "/clients", tag: "clients", noun: aClient, body: create,
		summary: "Create an application", scopes: []string{"create:clients"}, status: http.StatusCreated,
	}, a.createClient)
	register(a, api, operation{
		id: "getClientsById", method: http.MethodGet, path: "/clients/{id}", tag: "clients", noun: aClient,
		summary: "Read an application", scopes: readClients,
	}, a.getClient)
	register(a, api, operation{
		id: "patchClientsById", method: http.MethodPatch, path: "/clients/{id}", tag: "clients", noun: aClient, body: patch,
		summary: "Change an application", scopes: []string{"update:clients", "update:client_keys", "update:client_credentials"},
	}, a.patchClient)
	register(a, api, operation{
		id: "deleteClientsById", method: http.MethodDelete, path: "/clients/{id}", tag: "clients", noun: aClient,
		summary: "Delete an application", scopes: []string{"delete:clients"}, status: http.StatusNoContent,
	}, a.deleteClient)
	register(a, api, operation{
		id: "postRotateSecret", method: http.MethodPost, path: "/clients/{id}/rotate-secret", tag: "clients", noun: aClient,
		summary: "Replace the client secret at once", scopes: []string{"update:client_keys"}, status: http.StatusOK,
	}, a.rotateSecret)
}

// ClientAnswer is an answer with one client.
type ClientAnswer struct {
	ETag string `header:"ETag"`
	Body Client
}

func clientAnswer(app *registry.Application, minted secret.Secret) *ClientAnswer {
	return &ClientAnswer{ETag: etag(app.Revision), Body: ClientJSON(app, minted)}
}

// ClientsAnswer is an answer with several.
type ClientsAnswer struct{ Body List[Client] }

func (Client) plural() string { return "clients" }

// ByID names one client.
type ByID struct {
	ID string `path:"id" maxLength:"512" doc:"The client_id."`
}

// Projection narrows what is answered.
type Projection struct {
	Fields        string         `query:"fields" maxLength:"4000" doc:"Names of properties, separated by commas."`
	IncludeFields optional[bool] `query:"include_fields" doc:"false leaves the named properties out instead."`
}

type bodyInput struct {
	RawBody []byte `contentType:"application/json"`
}

func (a *API) createClient(ctx context.Context, in *bodyInput) (*ClientAnswer, error) {
	body, err := read[clientCreate](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	body.raw = in.RawBody
	draft, faults := (*clientBody)(body).draft()
	if len(faults) > 0 {
		return nil, invalidBody(faults)
	}
	app, minted, err := a.Registry.Create(ctx, callerOf(ctx).Actor(), draft)
	if err != nil {
		return nil, err
	}
	var value secret.Secret
	if len(minted) > 0 {
		value = minted[0].Value
	}
	return clientAnswer(&app, value), nil
}

type getClientInput struct {
	ByID
	Projection
}

func (a *API) getClient(ctx context.Context, in *getClientInput) (*ClientAnswer, error) {
	v, err := clientView(callerOf(ctx), in.Fields, in.IncludeFields.pointer())
	if err != nil {
		return nil, err
	}
	app, err := a.Registry.Application(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	answer := clientAnswer(&app, secret.Secret{})
	answer.Body.view = v
	return answer, nil
}

type patchInput struct {
	ByID
	Conditional
	RawBody []byte `contentType:"application/json"`
}

func (a *API) patchClient(ctx context.Context, in *patchInput) (*ClientAnswer, error) {
	caller := callerOf(ctx)
	body, err := read[clientPatch](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	if !caller.has("update:clients") {
		return nil, refuse(http.StatusForbidden, "insufficient_scope", "Some fields cannot be updated with the permissions granted by the bearer token scopes.")
	}
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	body.raw = in.RawBody
	app, _, err := a.Registry.Update(ctx, caller.Actor(), in.ID, revision, func(app *registry.Application) error {
		if faults := (*clientBody)(body).apply(app); len(faults) > 0 {
			return invalidBody(faults)
		}
		return nil
	})
	if err != nil {
		return nil, in.moved(err)
	}
	return clientAnswer(&app, secret.Secret{}), nil
}

func (a *API) deleteClient(ctx context.Context, in *ByID) (*struct{}, error) {
	return nil, a.Registry.Delete(ctx, callerOf(ctx).Actor(), in.ID)
}

// rotateSecret replaces the secret at once: the older ones die with the call. Whoever holds the new secret can do what the
// application can, so the caller must hold every scope of this API that the application has.
func (a *API) rotateSecret(ctx context.Context, in *ByID) (*ClientAnswer, error) {
	caller := callerOf(ctx)
	if err := a.coveredBy(ctx, caller, in.ID); err != nil {
		return nil, err
	}
	app, minted, err := a.Registry.ReplaceSecret(ctx, caller.Actor(), in.ID)
	if err != nil {
		return nil, err
	}
	return clientAnswer(&app, minted.Value), nil
}

// coveredBy refuses if the application may do more with this API than the caller. It asks the store and no cache: what was
// granted a moment ago counts.
func (a *API) coveredBy(ctx context.Context, caller *Caller, id string) error {
	q := registry.ClientGrantQuery{ApplicationID: id, APIID: registry.ManagementAPIID, Limit: registry.MaxPageSize}
	page, err := a.Registry.ClientGrants(ctx, q)
	if err != nil {
		return err
	}
	var held oauth.Scopes
	for _, g := range page.Items {
		held = held.Or(g.Scopes)
	}
	return caller.mayGive(held)
}

// mayGive refuses to hand on a scope of this API that the caller lacks himself.
func (c *Caller) mayGive(scopes oauth.Scopes) error {
	if missing := scopes.Without(c.Scopes); len(missing) > 0 {
		return refuse(http.StatusForbidden, "insufficient_scope", "Nobody can hand on a scope of this API that his own token lacks: "+strings.Join(missing, ","))
	}
	return nil
}

// clientFields maps the registry's names of fields to Auth0's.
var clientFields = map[string]string{
	"type": "app_type", "ownership": "is_first_party", "redirect_uris": "callbacks", "logout_uris": "allowed_logout_urls",
	"cors_origins": "allowed_origins", "auth_methods": "token_endpoint_auth_method", "external_id": "external_client_id",
	"id_token": "jwt_configuration", "id_token.lifetime": "jwt_configuration.lifetime_in_seconds", "id_token.algorithm": "jwt_configuration.alg",
	"refresh": "refresh_token", "refresh.rotating": "refresh_token.rotation_type", "refresh.leeway": "refresh_token.leeway",
	"refresh.lifetime": "refresh_token.token_lifetime", "refresh.idle_lifetime": "refresh_token.idle_token_lifetime",
	"metadata": "client_metadata", "secrets": "client_secret", "metadata.": "client_metadata.",
}

// clientField is the path of a property for a field of the registry: redirect_uris[0] is callbacks[0].
func clientField(field string) string { return renamed(clientFields, field) }

func renamed(names map[string]string, field string) string {
	head, tail := field, ""
	if i := strings.IndexByte(field, '['); i >= 0 {
		head, tail = field[:i], field[i:]
	}
	if name, ok := names[head]; ok {
		if name == "token_endpoint_auth_method" {
			return name // one word there, a set here
		}
		return name + tail
	}
	first, rest, nested := strings.Cut(head, ".")
	if name, ok := names[first]; ok && nested {
		return name + "." + rest + tail
	}
	return field
}
