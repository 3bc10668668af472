package quickstart

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"clientele/internal/dashboard/access"
	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// quickStart is what the page shows: every guide for the application, and one of them filled with its values.
type quickStart struct {
	Values    guideValues
	Guides    []guide
	Guide     guide
	Missing   []missingURL // what the guide needs registered and is not
	Endpoints []namedURL
	Typed     string // a callback URL that was refused
	Fault     string
}

// namedURL is an address of this server.
type namedURL struct{ Name, URL string }

// missingURL is a URL that the guide's code uses and the application does not have yet.
type missingURL struct {
	What string // Callback URL
	URL  string
	add  func(*registry.Application)
}

func (d *Pages) endpoints() []namedURL {
	return []namedURL{
		{"Discovery", d.Issuer + ".well-known/openid-configuration"},
		{"Authorization", d.Issuer + "authorize"},
		{"Token", d.Issuer + "oauth/token"},
		{"User info", d.Issuer + "userinfo"},
		{"Revocation", d.Issuer + "oauth/revoke"},
		{"Keys", d.Issuer + ".well-known/jwks.json"},
	}
}

func (d *Pages) quickStart(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if a.Import != nil {
		return d.Document(w, r, v)
	}
	return d.writeQuickStart(w, r, v, &a, typedCallback{Guide: r.URL.Query().Get("guide")}, http.StatusOK)
}

// guides is the gallery under an address of its own, which an application from a URL has too.
func (d *Pages) guides(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.writeQuickStart(w, r, v, &a, typedCallback{Guide: r.URL.Query().Get("guide")}, http.StatusOK)
}

// typedCallback is what a form for a callback URL carried, and what is wrong with it.
type typedCallback struct {
	Guide string
	URL   string
	Fault string
}

func (d *Pages) writeQuickStart(w http.ResponseWriter, r *http.Request, v *frame.Visit, a *registry.Application, typed typedCallback, status int) error {
	all, err := allGuides()
	if err != nil {
		return err
	}
	list, err := d.Access.List(r, a)
	if err != nil {
		return err
	}
	q := quickStart{Endpoints: d.endpoints(), Guides: guidesFor(all, a), Typed: typed.URL, Fault: typed.Fault}
	g := theGuide(q.Guides, typed.Guide)
	q.Values = d.valuesFor(&g, a, list)
	q.Missing = g.missing(a)
	if q.Guide, err = g.fill(q.Values); err != nil {
		return err
	}
	return v.Write(w, r, status, quickStartPage(v, a, q))
}

// valuesFor are the application's and this server's own values.
func (d *Pages) valuesFor(g *guide, a *registry.Application, list []access.APIAccess) guideValues {
	values := guideValues{Issuer: d.Issuer, ClientID: string(a.ClientID()), Callback: g.callbackFor(a), Confident: !a.Public()}
	x := apiFor(a, list)
	if g.Kind == guideKinds["protect"] {
		x = protectable(list, x)
	}
	if x != nil {
		values.Audience, values.Scopes, values.Offline = x.API.Identifier, scopesFor(a, *x), x.API.AllowOfflineAccess
	}
	return values
}

// apiFor is an API the application may call, where it can be one that is not this server's own.
func apiFor(a *registry.Application, list []access.APIAccess) *access.APIAccess {
	for _, own := range []bool{false, true} {
		for i, x := range list {
			if x.API.System == own && mayCall(a, x) {
				return &list[i]
			}
		}
	}
	return nil
}

// mayCall reports whether code of a guide gets tokens for an API: for the people who sign in, where people do, else for itself.
func mayCall(a *registry.Application, x access.APIAccess) bool {
	if frame.SignsPeopleIn(a) {
		return x.ByPolicy(a) || x.ForPeople() != nil && x.API.UserPolicy != registry.DenyAll
	}
	return x.ForItself() != nil && x.API.ClientPolicy != registry.DenyAll
}

// protectable is the API that a guide for a server protects: the one at hand, else any whose identifier is a URL to listen at.
func protectable(list []access.APIAccess, at *access.APIAccess) *access.APIAccess {
	if at != nil && originOf(at.API.Identifier) != "" && !at.API.System {
		return at
	}
	for i, x := range list {
		if !x.API.System && originOf(x.API.Identifier) != "" {
			return &list[i]
		}
	}
	return nil
}

// manyScopes is how many permissions code of a guide names. It is to be read, not to be complete.
const manyScopes = 6

// scopesFor are the permissions that the application may ask for.
func scopesFor(a *registry.Application, x access.APIAccess) []string {
	grant := x.ForItself()
	if frame.SignsPeopleIn(a) {
		grant = x.ForPeople()
	}
	var list []string
	if grant != nil && !grant.AllScopes && !(frame.SignsPeopleIn(a) && x.ByPolicy(a)) {
		list = slices.Clone([]string(grant.Scopes))
	} else {
		for _, s := range x.API.Scopes {
			list = append(list, s.Value)
		}
	}
	return list[:min(len(list), manyScopes)]
}

// missing are the URLs of the guide that are not registered.
func (g guide) missing(a *registry.Application) []missingURL {
	if g.Callback == "" || !a.Allows(oauth.AuthorizationCode) {
		return nil
	}
	callback := g.callbackFor(a)
	var list []missingURL
	need := func(what, value string, to func(*registry.Application) *[]registry.URI) {
		if value == "" || slices.Contains(registry.Values(*to(a)), value) {
			return
		}
		list = append(list, missingURL{what, value, func(a *registry.Application) {
			if have := to(a); !slices.Contains(registry.Values(*have), value) {
				*have = append(*have, registry.URI{Value: value})
			}
		}})
	}
	need("Callback URL", callback, func(a *registry.Application) *[]registry.URI { return &a.RedirectURIs })
	if slices.Contains(g.Types, registry.SinglePage) {
		need("Web origin", originOf(callback), func(a *registry.Application) *[]registry.URI { return &a.WebOrigins })
	}
	return list
}

// addCallback registers what a guide says, or the one URL that was typed.
func (d *Pages) addCallback(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	typed := typedCallback{Guide: r.PostForm.Get("guide"), URL: strings.TrimSpace(r.PostForm.Get("callback"))}
	all, err := allGuides()
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	a, _, err := d.Registry.Update(r.Context(), v.Actor(), id, 0, func(a *registry.Application) error {
		if typed.URL == "" {
			for _, m := range theGuide(guidesFor(all, a), typed.Guide).missing(a) {
				m.add(a)
			}
			return nil
		}
		addTyped(a, typed.URL)
		return nil
	})
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		was, err := d.Registry.Application(r.Context(), id)
		if err != nil {
			return err
		}
		typed.Fault = callbackFault(invalid)
		return d.writeQuickStart(w, r, v, &was, typed, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	said := "Callback URL added."
	if a.Type == registry.SinglePage {
		said = "Callback URL added, and its origin may fetch tokens."
	}
	return d.Done(w, r, guidePath(&a, typed.Guide), said)
}

// addTyped registers a callback URL, and for a page in the browser its origin, which fetches the tokens.
func addTyped(a *registry.Application, callback string) {
	if !slices.Contains(registry.Values(a.RedirectURIs), callback) {
		a.RedirectURIs = append(a.RedirectURIs, registry.URI{Value: callback})
	}
	origin := originOf(callback)
	if a.Type == registry.SinglePage && origin != "" && !slices.Contains(registry.Values(a.WebOrigins), origin) {
		a.WebOrigins = append(a.WebOrigins, registry.URI{Value: origin})
	}
}

// guidePath is the page with that guide open.
func guidePath(a *registry.Application, key string) string {
	if key == "" {
		return frame.AppPath(a, "")
	}
	if a.Import != nil {
		return frame.AppPath(a, "guides") + "?guide=" + url.QueryEscape(key)
	}
	return frame.AppPath(a, "") + "?guide=" + url.QueryEscape(key)
}

func callbackFault(invalid *registry.Invalid) string {
	for _, violation := range invalid.Violations {
		if field, _ := frame.SplitField(violation.Field); field == "redirect_uris" {
			return frame.Sentence("This URL", violation)
		}
	}
	return invalid.Error()
}
