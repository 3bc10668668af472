package management

import (
	"strings"

	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// CIMDPreview is what would be registered from a metadata URL. Errors are why the document could not be had; without them
// validation says whether it can be applied.
type CIMDPreview struct {
	ClientID     string          `json:"client_id,omitempty" doc:"Of the application that has this URL already."`
	Errors       []string        `json:"errors,omitempty" nullable:"false"`
	Validation   *CIMDValidation `json:"validation,omitempty"`
	MappedFields *CIMDFields     `json:"mapped_fields,omitempty"`
	Failure      *CIMDFailure    `json:"failure,omitempty" doc:"Extension. The same as errors, for programs."`
	Differences  []CIMDChange    `json:"differences,omitempty" nullable:"false" doc:"Extension. What registering would change."`
}

// CIMDRegistered is what was registered.
type CIMDRegistered struct {
	ClientID     string         `json:"client_id" doc:"The id in this API; on the wire the URL is the client ID."`
	MappedFields CIMDFields     `json:"mapped_fields"`
	Validation   CIMDValidation `json:"validation"`
	Differences  []CIMDChange   `json:"differences,omitempty" nullable:"false" doc:"Extension. What registering changed."`
}

// CIMDValidation is the verdict on a document.
type CIMDValidation struct {
	Valid      bool     `json:"valid"`
	Violations []string `json:"violations" nullable:"false"`
	Warnings   []string `json:"warnings" nullable:"false"`
}

// CIMDFields are the members of a document as properties of a client.
type CIMDFields struct {
	ExternalClientID            string                 `json:"external_client_id"`
	Name                        string                 `json:"name,omitempty"`
	AppType                     string                 `json:"app_type,omitempty"`
	Callbacks                   []string               `json:"callbacks,omitempty" nullable:"false"`
	LogoURI                     string                 `json:"logo_uri,omitempty"`
	Description                 string                 `json:"description,omitempty"`
	GrantTypes                  []string               `json:"grant_types,omitempty" nullable:"false"`
	TokenEndpointAuthMethod     string                 `json:"token_endpoint_auth_method,omitempty"`
	JWKSURI                     string                 `json:"jwks_uri,omitempty"`
	ClientAuthenticationMethods *CIMDKeyAuthentication `json:"client_authentication_methods,omitempty"`
}

// CIMDKeyAuthentication is authentication with the keys of a document.
type CIMDKeyAuthentication struct {
	PrivateKeyJWT struct {
		Credentials []CIMDKey `json:"credentials" nullable:"false"`
	} `json:"private_key_jwt"`
}

// CIMDKey is one key of a document's key set.
type CIMDKey struct {
	CredentialType string `json:"credential_type" enum:"public_key"`
	KID            string `json:"kid"`
	Alg            string `json:"alg"`
}

// CIMDFailure says why a document could not be had or applied, and what would mend it.
type CIMDFailure struct {
	Kind    string `json:"kind" doc:"One of the thirteen kinds, as in dns, tls, redirect."`
	Message string `json:"message"`
	Mend    string `json:"mend,omitempty"`
	Spec    string `json:"spec,omitempty"`
}

// CIMDChange is one field before and after.
type CIMDChange struct {
	Field   string   `json:"field"`
	Class   string   `json:"class" enum:"cosmetic,identity,widening,narrowing,key,auth_downgrade"`
	Added   []string `json:"added,omitempty" nullable:"false"`
	Removed []string `json:"removed,omitempty" nullable:"false"`
	Applies bool     `json:"applies" doc:"At once; otherwise it waits for an operator."`
}

// CIMDPreviewJSON is a preview as the Management API and the command line's --json give it.
func CIMDPreviewJSON(p *cimd.Preview) CIMDPreview {
	out := CIMDPreview{ClientID: p.ApplicationID, Differences: changesJSON(p.Differences)}
	if p.Failure != nil {
		out.Failure = &CIMDFailure{Kind: string(p.Failure.Kind), Message: p.Failure.Message, Mend: p.Failure.Mend, Spec: p.Failure.Spec}
	}
	if p.Reading == nil {
		if p.Failure != nil {
			out.Errors = []string{sentences(p.Failure.Message, p.Failure.Mend)}
		}
		return out
	}
	validation, fields := validationJSON(p), mappedJSON(p)
	out.Validation, out.MappedFields = &validation, &fields
	return out
}

// CIMDRegisteredJSON is what an import or a refresh came to.
func CIMDRegisteredJSON(r *cimd.Registered) CIMDRegistered {
	return CIMDRegistered{
		ClientID: r.Application.ID, MappedFields: mappedJSON(&r.Preview), Validation: validationJSON(&r.Preview),
		Differences: changesJSON(r.Preview.Differences),
	}
}

func validationJSON(p *cimd.Preview) CIMDValidation {
	v := CIMDValidation{Valid: p.Usable(), Violations: []string{}, Warnings: []string{}}
	if p.Reading == nil {
		return v
	}
	for _, f := range p.Reading.Violations {
		v.Violations = append(v.Violations, findingText(f))
	}
	if p.Failure != nil && len(v.Violations) == 0 {
		v.Violations = append(v.Violations, sentences(p.Failure.Message, p.Failure.Mend))
	}
	for _, f := range p.Reading.Warnings {
		v.Warnings = append(v.Warnings, findingText(f))
	}
	if len(p.Reading.Unknown) > 0 {
		v.Warnings = append(v.Warnings, "Ignoring unsupported properties: "+strings.Join(p.Reading.Unknown, ", ")+". They are kept and mean nothing here.")
	}
	for _, bad := range p.BadKeys {
		v.Warnings = append(v.Warnings, "jwks: "+bad)
	}
	if p.KeysFailure != nil {
		v.Warnings = append(v.Warnings, "jwks_uri: "+sentences(p.KeysFailure.Message, p.KeysFailure.Mend))
	}
	return v
}

func findingText(f cimd.Finding) string {
	text := sentences(f.Message, f.Mend)
	if f.Field == "" {
		return text
	}
	return f.Field + ": " + text
}

// sentences puts what is wrong and what to change into one text.
func sentences(message, mend string) string {
	message = strings.TrimSuffix(message, ".") + "."
	if mend == "" {
		return message
	}
	return message + " " + strings.TrimSuffix(mend, ".") + "."
}

func mappedJSON(p *cimd.Preview) CIMDFields {
	f := CIMDFields{ExternalClientID: p.URL}
	if p.Reading == nil {
		return f
	}
	m := &p.Reading.Mapped
	f.Name, f.AppType, f.Callbacks, f.LogoURI, f.Description = m.Name, string(m.Type), m.RedirectURIs, m.LogoURI, m.Description
	f.GrantTypes, f.TokenEndpointAuthMethod, f.JWKSURI = words(m.GrantTypes), authMethod(m.AuthMethods), m.JWKSURI
	for _, method := range m.AuthMethods {
		if method == oauth.AuthPrivateKeyJWT {
			f.ClientAuthenticationMethods = keysJSON(p.Keys)
		}
	}
	return f
}

func keysJSON(keys []registry.Key) *CIMDKeyAuthentication {
	out := &CIMDKeyAuthentication{}
	out.PrivateKeyJWT.Credentials = []CIMDKey{}
	for _, k := range keys {
		key := CIMDKey{CredentialType: credentialPublicKey, KID: k.KID, Alg: keyAlgorithm(k)}
		if key.KID == "" {
			key.KID = k.Thumbprint
		}
		out.PrivateKeyJWT.Credentials = append(out.PrivateKeyJWT.Credentials, key)
	}
	return out
}

func changesJSON(list []registry.Difference) []CIMDChange {
	var all []CIMDChange
	for _, d := range list {
		all = append(all, CIMDChange{Field: d.Field, Class: string(d.Class), Added: d.Added, Removed: d.Removed, Applies: d.Applies})
	}
	return all
}
