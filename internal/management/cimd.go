package management

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Documents imports applications from their metadata URL. cimd.Service is one.
type Documents interface {
	Preview(ctx context.Context, actor audit.Actor, url string) (cimd.Preview, error)
	Register(ctx context.Context, actor audit.Actor, url string, o cimd.RegisterOptions) (cimd.Registered, error)
}

// cimdBody names a metadata URL.
type cimdBody struct {
	ExternalClientID string `json:"external_client_id" minLength:"1" maxLength:"512" doc:"The URL of a Client ID Metadata Document, which is the client ID on the wire."`
}

func (a *API) mountCIMD(api huma.API) {
	body := schemaOf[cimdBody](a)
	register(a, api, operation{
		id: "postClientsCimdPreview", method: http.MethodPost, path: "/clients/cimd/preview", tag: "clients", noun: aClient, body: body,
		summary: "Preview an import from a metadata URL; nothing is stored", scopes: []string{"create:clients", "update:clients"}, status: http.StatusOK,
	}, a.previewCIMD)
	register(a, api, operation{
		id: "postClientsCimdRegister", method: http.MethodPost, path: "/clients/cimd/register", tag: "clients", noun: aClient, body: body,
		summary: "Import an application from its metadata URL, or refresh it", scopes: []string{"create:clients", "update:clients"}, status: http.StatusCreated,
	}, a.registerCIMD)
}

// CIMDPreviewAnswer is an answer with a preview.
type CIMDPreviewAnswer struct{ Body CIMDPreview }

// CIMDRegisteredAnswer is 201 for a new application and 200 for one that was there.
type CIMDRegisteredAnswer struct {
	Status   int
	Location string `header:"Location"`
	Body     CIMDRegistered
}

// previewCIMD answers 200 whatever the URL answers, and 400 if it can be no client's URL at all.
func (a *API) previewCIMD(ctx context.Context, in *bodyInput) (*CIMDPreviewAnswer, error) {
	body, err := read[cimdBody](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	preview, err := a.Documents.Preview(ctx, callerOf(ctx).Actor(), body.ExternalClientID)
	if err != nil {
		return nil, a.cimdRefusal(ctx, body.ExternalClientID, err)
	}
	if f := preview.Failure; f != nil && f.Kind == audit.FailureURL {
		return nil, badClientURL(f)
	}
	return &CIMDPreviewAnswer{CIMDPreviewJSON(&preview)}, nil
}

func badClientURL(f *cimd.Failure) *Error {
	return invalidBody([]Violation{{Property: "external_client_id", Message: sentences(f.Message, f.Mend), Rule: string(f.Kind)}})
}

// registerCIMD is an upsert by URL. Creating needs the one scope, updating the other.
func (a *API) registerCIMD(ctx context.Context, in *bodyInput) (*CIMDRegisteredAnswer, error) {
	body, err := read[cimdBody](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := a.mayRegister(ctx, body.ExternalClientID); err != nil {
		return nil, err
	}
	done, err := a.Documents.Register(ctx, callerOf(ctx).Actor(), body.ExternalClientID, cimd.RegisterOptions{})
	if err != nil {
		return nil, a.cimdRefusal(ctx, body.ExternalClientID, err)
	}
	answer := &CIMDRegisteredAnswer{Status: http.StatusOK, Body: CIMDRegisteredJSON(&done)}
	if done.Created {
		answer.Status = http.StatusCreated
	}
	answer.Location = "/api/v2/clients/" + url.PathEscape(done.Application.ID)
	return answer, nil
}

// mayRegister holds the caller's scopes against what registering would do.
func (a *API) mayRegister(ctx context.Context, external string) error {
	needed := "update:clients"
	_, err := a.Registry.ApplicationByClientID(ctx, oauth.ClientID(external))
	if errors.Is(err, registry.ErrNotFound) {
		needed = "create:clients"
	} else if err != nil {
		return err
	}
	if !callerOf(ctx).has(needed) {
		return insufficientScope([]string{needed})
	}
	return nil
}

// cimdRefusal puts what is wrong with a document into the words Auth0's tools know, with every fault after them.
func (a *API) cimdRefusal(ctx context.Context, external string, err error) error {
	declined, ok := errors.AsType[*cimd.Declined](err)
	if !ok {
		return a.refusal(ctx, aClient, err)
	}
	p := &declined.Preview
	if p.Failure != nil && p.Failure.Kind == audit.FailureURL {
		return badClientURL(p.Failure)
	}
	shown := short(external)
	if p.Reading == nil {
		refused := refuse(http.StatusBadRequest, "cimd_not_retrieved", "The Client Metadata at "+shown+" could not be retrieved.")
		if p.Failure != nil {
			refused.Violations = []Violation{{Message: sentences(p.Failure.Message, p.Failure.Mend), Rule: string(p.Failure.Kind)}}
		}
		return refused
	}
	refused := refuse(http.StatusBadRequest, "cimd_not_applicable", "The Client Metadata document at "+shown+" cannot be applied.")
	for _, f := range p.Reading.Violations {
		refused.Violations = append(refused.Violations, Violation{Property: f.Field, Message: sentences(f.Message, f.Mend), Rule: f.Rule})
	}
	if len(refused.Violations) == 0 && p.Failure != nil {
		refused.Violations = []Violation{{Message: sentences(p.Failure.Message, p.Failure.Mend), Rule: string(p.Failure.Kind)}}
	}
	return refused
}
