package management

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"clientele/internal/advisor"
	"clientele/internal/registry"
)

// maxBody is how long a body may be, in bytes.
const maxBody = 1 << 20

// API is the door.
type API struct {
	Issuer    string // ends in a slash
	Registry  *registry.Registry
	Documents Documents
	Clients   Clients
	Keys      Verifier
	Advisor   *advisor.Service
	Now       func() time.Time
	Log       *slog.Logger // nil = slog.Default

	schemas huma.Registry
}

// Audience is the identifier that tokens for this API carry.
func (a *API) Audience() string { return a.Issuer + "api/v2/" }

// Mount adds the routes of the room to mux.
func (a *API) Mount(mux *http.ServeMux) {
	speakAuth0()
	api := humago.New(mux, a.config())
	a.schemas = api.OpenAPI().Components.Schemas
	a.mountClients(api)
	a.mountCIMD(api)
	a.mountDocuments(api)
	a.mountFindings(api)
	a.mountCredentials(api)
	a.mountResourceServers(api)
	a.mountClientGrants(api)
	mux.HandleFunc("GET /api/v2/openapi.json", a.serveOpenAPI(api))
	mux.HandleFunc("/api/v2/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, refuse(http.StatusNotFound, "", "There is nothing here. /api/v2/openapi.json lists what there is."))
	})
}

func (a *API) config() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Clientele Management API",
				Version:     "2",
				Description: "Applications, APIs and client grants, in the JSON of Auth0's Management API v2.",
			},
			Servers: []*huma.Server{{URL: strings.TrimSuffix(a.Issuer, "/")}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "oauth2", Flows: &huma.OAuthFlows{
						ClientCredentials: &huma.OAuthFlow{TokenURL: a.Issuer + "oauth/token", Scopes: describedScopes()},
					}},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": {Marshal: marshal}},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

func marshal(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// speakAuth0 makes huma's own refusals (of query parameters and bodies that are too long) read like all others. huma keeps
// this in variables of its package, and this room is the only one that uses it.
var speakAuth0 = sync.OnceFunc(func() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return fromHuma(status, message, errs)
	}
})

func fromHuma(status int, message string, errs []error) *Error {
	var faults []Violation
	for _, err := range errs {
		detail, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		d := detail.ErrorDetail()
		name, inQuery := strings.CutPrefix(d.Location, "query.")
		switch {
		case inQuery && d.Message == "unknown query parameter":
			faults = append(faults, Violation{Message: "Additional properties not allowed: " + short(name)})
		case inQuery:
			faults = append(faults, Violation{Property: name, Message: d.Message})
		default:
			faults = append(faults, Violation{Message: d.Message})
		}
	}
	slices.SortFunc(faults, func(a, b Violation) int { return strings.Compare(a.Property+a.Message, b.Property+b.Message) })
	if status == http.StatusUnprocessableEntity && len(faults) > 0 {
		return invalidQuery(faults...)
	}
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return refuse(status, "payload_too_large", "The body is longer than 1 MB.")
	case message == "cannot read request body":
		return refuse(http.StatusBadRequest, "invalid_body", "The body ended before it was complete.")
	case message == "request body is required":
		return invalidBody([]Violation{{Message: "The body is empty"}})
	}
	return refuse(status, "", message)
}

// operation is one row of the API: a route, who may use it and what it answers.
type operation struct {
	id      string
	method  string
	path    string
	summary string
	tag     string
	scopes  []string // any of them
	status  int
	body    *huma.Schema
	noun    noun
}

// register adds an operation: the caller is identified and his scopes are checked before anything is read of the body.
func register[I, O any](a *API, api huma.API, o operation, handle func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: "/api/v2" + o.path, Summary: o.summary, Tags: []string{o.tag},
		Description:   "Needs any of the scopes " + strings.Join(o.scopes, ", ") + ".",
		DefaultStatus: o.status, MaxBodyBytes: maxBody, BodyReadTimeout: 10 * time.Second, SkipValidateBody: true,
		Security:    anyOf(o.scopes),
		Responses:   a.refusals(api, o),
		Middlewares: huma.Middlewares{a.guard(o)},
	}
	if o.body != nil {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: o.body}}}
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.refusal(ctx, o.noun, err)
		}
		return out, nil
	})
}

// anyOf is the security requirement that any of the scopes meets.
func anyOf(scopes []string) []map[string][]string {
	all := make([]map[string][]string, len(scopes))
	for i, s := range scopes {
		all[i] = map[string][]string{"token": {s}}
	}
	return all
}

func describedScopes() map[string]string {
	all := map[string]string{}
	for _, s := range Scopes() {
		all[s.Value] = s.Description
	}
	return all
}

// refusals describes the answers that are not the wished one.
func (a *API) refusals(api huma.API, o operation) map[string]*huma.Response {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Error](), true, "Error")
	all := map[string]*huma.Response{}
	add := func(status, what string) {
		all[status] = &huma.Response{Description: what, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
	}
	add("400", "The body or the query is wrong.")
	add("401", "There is no token, or it is not good (any more).")
	add("403", "The token lacks a scope.")
	if strings.Contains(o.path, "{") {
		add("404", o.noun.missing)
	}
	if o.method == http.MethodPatch {
		add("412", "If-Match names an older revision.")
	}
	if o.body != nil {
		add("409", "There is one like it already, or somebody else changed it in the meantime.")
		add("413", "The body is longer than 1 MB.")
		add("415", "The body is not application/json.")
	}
	if strings.Contains(o.path, "/cimd/") {
		add("429", "Too many metadata documents were asked for; Retry-After says when to try again.")
	}
	return all
}

// guard lets in whoever may use the operation, with a query and a body of the right kind.
func (a *API) guard(o operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		w.Header().Set("Cache-Control", "no-store")
		caller, err := a.identify(r)
		if err != nil {
			writeError(w, err)
			return
		}
		if !caller.has(o.scopes...) {
			writeError(w, insufficientScope(o.scopes))
			return
		}
		if fault := repeatedParameter(r.URL); fault != nil {
			writeError(w, fault)
			return
		}
		if o.body != nil && !isJSON(r.Header.Get("Content-Type")) {
			writeError(w, refuse(http.StatusUnsupportedMediaType, "", "The body must be application/json."))
			return
		}
		next(huma.WithValue(ctx, callerKey{}, caller))
	}
}

// isJSON reports whether a body is JSON. One without a type is taken for it.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

// repeatedParameter refuses a query parameter that is there twice: two readers could see two different ones.
func repeatedParameter(u *url.URL) *Error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return invalidQuery(Violation{Message: "The query is not well-formed"})
	}
	for name, values := range query {
		if len(values) > 1 && name != "identifiers" {
			return invalidQuery(Violation{Property: short(name), Message: "The parameter was sent more than once"})
		}
	}
	return nil
}

func writeError(w http.ResponseWriter, err error) {
	e, ok := err.(*Error) //nolint:errorlint // only this room's own errors come here
	if !ok {
		e = refuse(http.StatusInternalServerError, "internal_error", "Something went wrong on our side.")
	}
	if e.challenge != "" {
		w.Header().Set("WWW-Authenticate", e.challenge)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(e.StatusCode)
	_ = marshal(w, e) // the caller may have gone
}

// serveOpenAPI answers with the description of the API, made from the code once.
func (a *API) serveOpenAPI(api huma.API) http.HandlerFunc {
	document := sync.OnceValues(func() ([]byte, error) {
		var b bytes.Buffer
		err := marshal(&b, api.OpenAPI())
		return b.Bytes(), err
	})
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := document()
		if err != nil {
			writeError(w, a.failure(r.Context(), err))
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(body) // the caller may have gone
	}
}
