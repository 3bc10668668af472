package management

import (
	"slices"
	"strconv"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// methodsBody is client_authentication_methods of a body: with whole keys when an application is created, and with the ids of
// keys that are there already when it is changed.
type methodsBody struct {
	PrivateKeyJWT           *keysBody `json:"private_key_jwt,omitempty"`
	TLSClientAuth           *struct{} `json:"tls_client_auth,omitempty" doc:"Not supported yet."`
	SelfSignedTLSClientAuth *struct{} `json:"self_signed_tls_client_auth,omitempty" doc:"Not supported yet."`
}

type keysBody struct {
	Credentials []keyBody `json:"credentials" minItems:"1" maxItems:"16"`
}

// keyBody is a key in full, or the id of one.
type keyBody struct {
	ID string `json:"id,omitempty" maxLength:"128" doc:"Of a credential of this application; when it is changed."`
	CredentialBody
}

// methodFaults are those of client_authentication_methods itself.
func (b *clientBody) methodFaults() []Violation {
	const property = "client_authentication_methods"
	m := b.ClientAuthenticationMethods
	if !m.Present || m.Null {
		return nil
	}
	switch method := b.TokenEndpointAuthMethod; {
	case method.Present && !method.Null:
		return []Violation{{Property: property, Message: "goes without token_endpoint_auth_method; set that to null"}}
	case m.Value.TLSClientAuth != nil || m.Value.SelfSignedTLSClientAuth != nil:
		return []Violation{{Property: property, Rule: "not_supported", Message: "mutual TLS is not supported yet; private_key_jwt is"}}
	case m.Value.PrivateKeyJWT == nil:
		return []Violation{{Property: property, Message: "names no method; private_key_jwt is the one there is"}}
	}
	return nil
}

// keyDrafts are the keys a new application comes with.
func (b *clientBody) keyDrafts() ([]registry.KeyDraft, []Violation) {
	if b.ClientAuthenticationMethods.Value.PrivateKeyJWT == nil {
		return nil, nil
	}
	var drafts []registry.KeyDraft
	var faults []Violation
	for i := range b.ClientAuthenticationMethods.Value.PrivateKeyJWT.Credentials {
		key := &b.ClientAuthenticationMethods.Value.PrivateKeyJWT.Credentials[i]
		path := keyPath(i)
		if key.ID != "" {
			faults = append(faults, Violation{Property: path + ".id", Message: "a new application has no credentials yet; send the key itself"})
			continue
		}
		draft, more := key.draft(path)
		draft.Active = true
		drafts, faults = append(drafts, draft), append(faults, more...)
	}
	return drafts, faults
}

// switchKeys lets the application authenticate with the keys that the body names, and no other.
func (b *clientBody) switchKeys(app *registry.Application) []Violation {
	m := b.ClientAuthenticationMethods
	if !m.Present {
		return nil
	}
	if m.Null || m.Value.PrivateKeyJWT == nil {
		if !b.TokenEndpointAuthMethod.Present && app.Accepts(oauth.AuthPrivateKeyJWT) {
			app.AuthMethods = authMethods(Nullable[string]{Null: true})
		}
		return nil
	}
	app.AuthMethods = []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}
	for i := range app.Keys {
		app.Keys[i].Active = false
	}
	var faults []Violation
	for i, key := range m.Value.PrivateKeyJWT.Credentials {
		at := slices.IndexFunc(app.Keys, func(k registry.Key) bool { return k.ID == key.ID && k.RetiredAt.IsZero() })
		if key.ID == "" || at < 0 {
			faults = append(faults, Violation{Property: keyPath(i) + ".id", Message: "names no credential of this application; POST it to /api/v2/clients/{id}/credentials first"})
			continue
		}
		app.Keys[at].Active = true
	}
	return faults
}

func keyPath(i int) string {
	return "client_authentication_methods.private_key_jwt.credentials[" + strconv.Itoa(i) + "]"
}
