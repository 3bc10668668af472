package dashboard

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"clientele/internal/registry"
)

// quickStart is the values and the code somebody needs to get the application working.
type quickStart struct {
	Issuer    string
	Callback  string // the one the code uses
	Example   bool   // it is an example, because none is registered
	Audience  string // an API the application may call; empty if none
	Stacks    []stack
	Stack     stack
	Snippet   string
	Endpoints []namedURL
	Typed     string // a callback URL that was refused
	Fault     string
}

// endpoint is one address of the protocol.
type namedURL struct{ Name, URL string }

func (d *Dashboard) endpoints() []namedURL {
	return []namedURL{
		{"Discovery", d.Issuer + ".well-known/openid-configuration"},
		{"Authorization", d.Issuer + "authorize"},
		{"Token", d.Issuer + "oauth/token"},
		{"User info", d.Issuer + "userinfo"},
		{"Revocation", d.Issuer + "oauth/revoke"},
		{"Keys", d.Issuer + ".well-known/jwks.json"},
	}
}

func (d *Dashboard) quickStart(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if a.Import != nil { // nobody here writes its code; its first page is where it comes from
		return d.writeDocument(w, r, v, &a, documentTab{}, http.StatusOK)
	}
	return d.writeQuickStart(w, r, v, &a, "", "", http.StatusOK)
}

func (d *Dashboard) writeQuickStart(w http.ResponseWriter, r *http.Request, v *visit, a *registry.Application, typed, fault string, status int) error {
	q := quickStart{Issuer: d.Issuer, Endpoints: d.endpoints(), Typed: typed, Fault: fault, Stacks: stacksFor(a)}
	q.Callback, q.Example = callbackOf(a)
	list, err := d.accessList(r, a)
	if err != nil {
		return err
	}
	q.Audience = audienceFor(a, list)
	q.Stack = q.Stacks[0]
	for _, s := range q.Stacks {
		if s.Key == r.URL.Query().Get("stack") {
			q.Stack = s
		}
	}
	q.Snippet = q.Stack.fill(d.Issuer, string(a.ClientID()), q.Callback, q.Audience)
	return v.write(w, r, status, quickStartPage(v, a, q))
}

// callbackOf is the callback URL for the code, or an example that would be accepted.
func callbackOf(a *registry.Application) (url string, example bool) {
	if len(a.RedirectURIs) > 0 {
		return a.RedirectURIs[0].Value, false
	}
	if a.Type == registry.Native {
		return "http://127.0.0.1/callback", true
	}
	return "http://localhost:3000/callback", true
}

// audienceFor is the first API of ours that the application may call.
func audienceFor(a *registry.Application, list []apiAccess) string {
	for _, x := range list {
		if !x.API.System && (x.Itself != nil || x.People != nil || signsPeopleIn(a) && x.byPolicy(a)) {
			return x.API.Identifier
		}
	}
	for _, x := range list {
		if x.Itself != nil {
			return x.API.Identifier
		}
	}
	return ""
}

// addCallback adds one callback URL to those the application has, right from the quick start.
func (d *Dashboard) addCallback(w http.ResponseWriter, r *http.Request, v *visit) error {
	typed := strings.TrimSpace(r.PostForm.Get("callback"))
	id := r.PathValue("id")
	a, _, err := d.Registry.Update(r.Context(), v.actor(), id, 0, func(a *registry.Application) error {
		if !slices.Contains(registry.Values(a.RedirectURIs), typed) {
			a.RedirectURIs = append(a.RedirectURIs, registry.URI{Value: typed})
		}
		origin := originOf(typed)
		if a.Type == registry.SinglePage && origin != "" && !slices.Contains(registry.Values(a.WebOrigins), origin) {
			a.WebOrigins = append(a.WebOrigins, registry.URI{Value: origin})
		}
		return nil
	})
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		was, err := d.Registry.Application(r.Context(), id)
		if err != nil {
			return err
		}
		return d.writeQuickStart(w, r, v, &was, typed, callbackFault(invalid), http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	said := "Callback URL added."
	if a.Type == registry.SinglePage {
		said = "Callback URL added, and its origin may fetch tokens."
	}
	return d.done(w, r, appPath(&a, ""), said)
}

// callbackFault is the message about the URL itself; without one, whatever else was refused.
func callbackFault(invalid *registry.Invalid) string {
	for _, violation := range invalid.Violations {
		if field, _ := splitField(violation.Field); field == "redirect_uris" {
			return sentence("This URL", violation)
		}
	}
	return invalid.Error()
}
