package management

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/registry"
)

var aCredential = noun{missing: "Credential does not exist", missingCode: "inexistent_credential", conflict: "The same key is there already.", fields: credentialField}

// credentialField is what a field of the registry is called here.
func credentialField(field string) string {
	switch field {
	case "key":
		return "pem"
	case "algorithm":
		return "alg"
	}
	return field
}

// CredentialBody is the body of POST /clients/{id}/credentials.
type CredentialBody struct {
	CredentialType      string              `json:"credential_type,omitempty" enum:"public_key,cert_subject_dn,x509_cert"`
	Name                string              `json:"name,omitempty" maxLength:"128"`
	PEM                 string              `json:"pem,omitempty" maxLength:"8192" doc:"A public key (SPKI or PKCS#1) or an X.509 certificate."`
	SubjectDN           string              `json:"subject_dn,omitempty" maxLength:"256" doc:"For mutual TLS, which is not supported yet."`
	Alg                 string              `json:"alg,omitempty" enum:"RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512,EdDSA,Ed25519" doc:"Default: RS256 for an RSA key, else the one that fits."`
	KID                 string              `json:"kid,omitempty" pattern:"^[0-9a-zA-Z-_]{10,64}$" doc:"Default: the thumbprint of the key."`
	ParseExpiryFromCert bool                `json:"parse_expiry_from_cert,omitempty"`
	ExpiresAt           Nullable[time.Time] `json:"expires_at,omitzero"`
}

// credentialPatch is the body of PATCH /clients/{id}/credentials/{credential_id}.
type credentialPatch struct {
	ExpiresAt Nullable[time.Time] `json:"expires_at" nullable:"true"`
}

func (a *API) mountCredentials(api huma.API) {
	add := func(method, path, summary, scope string, status int, body *huma.Schema) operation {
		return operation{
			id: map[string]string{"GET": "get", "POST": "post", "PATCH": "patch", "DELETE": "delete"}[method] + "ClientCredentials", method: method,
			path: "/clients/{id}/credentials" + path, tag: "clients", noun: aCredential, summary: summary, scopes: []string{scope}, status: status, body: body,
		}
	}
	register(a, api, add(http.MethodGet, "", "List the keys of an application", "read:client_credentials", http.StatusOK, nil), a.listCredentials)
	register(a, api, add(http.MethodPost, "", "Add a key to an application", "create:client_credentials", http.StatusCreated, schemaOf[CredentialBody](a)), a.createCredential)
	one := add(http.MethodGet, "/{credential_id}", "Read a key of an application", "read:client_credentials", http.StatusOK, nil)
	one.id += "ById"
	register(a, api, one, a.getCredential)
	register(a, api, add(http.MethodPatch, "/{credential_id}", "Change when a key ends", "update:client_credentials", http.StatusOK, schemaOf[credentialPatch](a)), a.patchCredential)
	register(a, api, add(http.MethodDelete, "/{credential_id}", "Remove a key from an application", "delete:client_credentials", http.StatusNoContent, nil), a.deleteCredential)
}

// CredentialAnswer is an answer with one key.
type CredentialAnswer struct{ Body ClientCredential }

// CredentialsAnswer is an answer with all keys of an application.
type CredentialsAnswer struct{ Body []ClientCredential }

// ByCredentialID names one key of one client.
type ByCredentialID struct {
	ByID
	CredentialID string `path:"credential_id" maxLength:"128"`
}

func (a *API) listCredentials(ctx context.Context, in *ByID) (*CredentialsAnswer, error) {
	app, err := a.credentialsOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	all := []ClientCredential{}
	for i := range app.Keys {
		if app.Keys[i].RetiredAt.IsZero() {
			all = append(all, ClientCredentialJSON(&app.Keys[i]))
		}
	}
	return &CredentialsAnswer{all}, nil
}

// credentialsOf finds the application. That there is none is said in the client's words.
func (a *API) credentialsOf(ctx context.Context, id string) (registry.Application, error) {
	app, err := a.Registry.Application(ctx, id)
	if isNotFound(err) {
		return app, refuse(http.StatusNotFound, aClient.missingCode, aClient.missing)
	}
	return app, err
}

func (a *API) getCredential(ctx context.Context, in *ByCredentialID) (*CredentialAnswer, error) {
	app, err := a.credentialsOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return credentialAnswer(&app, in.CredentialID)
}

func credentialAnswer(app *registry.Application, id string) (*CredentialAnswer, error) {
	i := slices.IndexFunc(app.Keys, func(k registry.Key) bool { return k.ID == id && k.RetiredAt.IsZero() })
	if i < 0 {
		return nil, registry.ErrNotFound
	}
	return &CredentialAnswer{ClientCredentialJSON(&app.Keys[i])}, nil
}

type credentialInput struct {
	ByID
	RawBody []byte `contentType:"application/json"`
}

// createCredential keeps a key. It authenticates nobody before client_authentication_methods of the client names it. Whoever
// holds the private part can then do what the application can, so the caller must hold every scope of this API it has.
func (a *API) createCredential(ctx context.Context, in *credentialInput) (*CredentialAnswer, error) {
	body, err := read[CredentialBody](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	draft, faults := body.draft("")
	if len(faults) > 0 {
		return nil, invalidBody(faults)
	}
	app, err := a.credentialsOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.coveredBy(ctx, callerOf(ctx), app.ID); err != nil {
		return nil, err
	}
	_, key, err := a.Registry.AddKey(ctx, callerOf(ctx).Actor(), app.ID, draft)
	if err != nil {
		return nil, err
	}
	return &CredentialAnswer{ClientCredentialJSON(&key)}, nil
}

// draft is the key that the body describes. path is where the body stands in a larger one.
func (b *CredentialBody) draft(path string) (registry.KeyDraft, []Violation) {
	var faults []Violation
	add := func(property, message string) {
		faults = append(faults, Violation{Property: join(path, property), Message: message})
	}
	switch b.CredentialType {
	case credentialPublicKey:
	case "":
		add("credential_type", "is missing; public_key is the type there is")
	default:
		add("credential_type", "mutual TLS is not supported yet; public_key is")
	}
	if b.SubjectDN != "" {
		add("subject_dn", "is for mutual TLS, which is not supported yet")
	}
	if b.PEM == "" {
		add("pem", "is missing: a public key or a certificate")
	}
	if b.ParseExpiryFromCert && b.ExpiresAt.Present && !b.ExpiresAt.Null {
		add("expires_at", "goes without parse_expiry_from_cert; send one of the two")
	}
	return registry.KeyDraft{
		Name: b.Name, PEM: b.PEM, KID: b.KID, Algorithm: b.Alg, ExpiresAt: b.ExpiresAt.Value, ExpiryFromCertificate: b.ParseExpiryFromCert,
	}, faults
}

type credentialPatchInput struct {
	ByCredentialID
	RawBody []byte `contentType:"application/json"`
}

func (a *API) patchCredential(ctx context.Context, in *credentialPatchInput) (*CredentialAnswer, error) {
	body, err := read[credentialPatch](a, in.RawBody)
	if err != nil {
		return nil, err
	}
	app, err := a.credentialsOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	app, err = a.Registry.UpdateKey(ctx, callerOf(ctx).Actor(), app.ID, in.CredentialID, func(k *registry.Key) error {
		k.ExpiresAt = body.ExpiresAt.Value // null: never
		return nil
	})
	if err != nil {
		return nil, err
	}
	return credentialAnswer(&app, in.CredentialID)
}

func (a *API) deleteCredential(ctx context.Context, in *ByCredentialID) (*struct{}, error) {
	app, err := a.credentialsOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	_, err = a.Registry.DeleteKey(ctx, callerOf(ctx).Actor(), app.ID, in.CredentialID)
	return nil, err
}
