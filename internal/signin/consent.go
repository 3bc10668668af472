package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"clientele/internal/account"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

// asked is a request at the consent page: whose it is, and what it wants.
type asked struct {
	handle string
	grant.Request
	app  *registry.Application
	user account.User
}

// consentView is what the consent page shows. Facts first: who answers at the other end, then what it calls itself.
type consentView struct {
	handle     string
	shown      string          // names what the page shows
	confirm    bool            // our own application, which only has to be confirmed
	caller     *caller         // who asks, if it is known by a URL
	trial      bool            // a run of Try it: the answer goes to our own page, and nothing to the application
	web        bool            // the person goes to a web server, whose host is proof
	place      oauth.ShownHost // where the person goes afterwards: host and port, or the private scheme
	app        string
	instance   string // whose server this is
	thirdParty bool
	who        string
	another    string // the way to another account
	groups     []permissions
}

// permissions are what is wanted of one API, or of this server itself.
type permissions struct {
	of    string // name of the API; empty for who the person is
	items []permission
}

type permission struct {
	words string // in words; empty if the API has none for it
	scope string // as the API calls it
	had   bool   // allowed before
}

func (h *Handler) consentPage(w http.ResponseWriter, r *http.Request) {
	a, ok := h.asked(w, r, r.URL.Query().Get("request"))
	if !ok {
		return
	}
	view, err := h.view(r.Context(), a)
	if err != nil {
		h.failed(w, r, err)
		return
	}
	h.write(w, r, http.StatusOK, consentPage(view))
}

// consent writes the decision into the request. Whether it still fits what is registered is for the checks on the way
// back, which run before anything is given.
func (h *Handler) consent(w http.ResponseWriter, r *http.Request) {
	if !h.readForm(w, r) {
		return
	}
	a, ok := h.asked(w, r, r.PostForm.Get("request"))
	if !ok {
		return
	}
	decision, shown := r.PostForm.Get("decision"), r.PostForm.Get("shown") == a.Ask.Fingerprint()
	switch {
	case decision == "allow" && shown:
		a.ConsentedAt = h.Now()
	case decision == "deny":
		a.DeniedAt = h.Now()
	default: // no decision, or one about a page that showed something else
		h.seeOther(w, "consent?"+url.Values{"request": {a.handle}}.Encode())
		return
	}
	err := h.Store.SaveRequest(r.Context(), a.Request)
	switch {
	case errors.Is(err, grant.ErrNotFound):
		h.expired(w, r)
	case err != nil:
		h.failed(w, r, err)
	default:
		h.resume(w, a.handle)
	}
}

// asked finds the request. What is not this person's to decide, or is decided already, goes back to where the next step is
// chosen; it answers, and returns false.
func (h *Handler) asked(w http.ResponseWriter, r *http.Request, handle string) (asked, bool) {
	if !grant.WellFormedHandle(handle) {
		h.expired(w, r)
		return asked{}, false
	}
	row, err := h.Store.Request(r.Context(), h.Keys.Hashes(secret.ForRequest, handle))
	if errors.Is(err, grant.ErrNotFound) || err == nil && !row.Open(h.Now()) {
		h.expired(w, r)
		return asked{}, false
	}
	if err != nil {
		h.failed(w, r, err)
		return asked{}, false
	}
	_, user, err := h.Current(r)
	if err != nil && !errors.Is(err, account.ErrNoSession) {
		h.failed(w, r, err)
		return asked{}, false
	}
	app, errApp := h.Clients.ByID(r.Context(), row.ApplicationID)
	if errApp != nil && !errors.Is(errApp, registry.ErrNotFound) {
		h.failed(w, r, errApp)
		return asked{}, false
	}
	if err != nil || errApp != nil || user.ID != row.UserID || row.Ask.Reason == "" || !row.ConsentedAt.IsZero() || !row.DeniedAt.IsZero() {
		h.resume(w, handle)
		return asked{}, false
	}
	return asked{handle: handle, Request: row, app: app, user: user}, true
}

func (h *Handler) view(ctx context.Context, a asked) (consentView, error) {
	v := consentView{
		handle:     a.handle,
		shown:      a.Ask.Fingerprint(),
		confirm:    a.Ask.Reason == grant.AskConfirmation,
		caller:     h.callerOf(a.app, a.Ask),
		trial:      a.Ask.RedirectURI == grant.TrialURI(h.Issuer),
		web:        a.Ask.RedirectClass == oauth.RedirectHTTPS,
		place:      placeOf(a.Ask),
		app:        displayName(a.app.Name),
		instance:   h.Settings().InstanceName,
		thirdParty: a.app.Ownership == registry.ThirdParty,
		who:        a.user.Email,
		another:    h.Issuer + "authorize?" + anotherAccount(a.Parameters).Encode(),
	}
	for _, part := range a.Ask.Parts() {
		group, err := h.permissions(ctx, part, a.Ask.Before)
		if err != nil {
			return v, err
		}
		v.groups = append(v.groups, group)
	}
	return v, nil
}

// placeOf is where the person goes: host and port as they stand in the redirect URI, or the private scheme.
func placeOf(ask grant.Ask) oauth.ShownHost {
	uri, err := oauth.ParseRedirectURI(ask.RedirectURI)
	if err != nil {
		return oauth.ShownHost{Domain: ask.RedirectURI}
	}
	_, origin, found := strings.Cut(uri.Origin(), "://")
	switch {
	case !found:
		return oauth.ShownHost{Domain: uri.Scheme()}
	case uri.Class() == oauth.RedirectLoopback:
		return oauth.ShownHost{Domain: origin}
	}
	return oauth.ShowHost(origin)
}

// permissions puts one part of what is asked into words.
func (h *Handler) permissions(ctx context.Context, part grant.Target, before []grant.Target) (permissions, error) {
	had := func(scope string) bool {
		for _, b := range before {
			if b.Audience == part.Audience && b.Scopes.Has(scope) {
				return true
			}
		}
		return false
	}
	var group permissions
	words := identityWords
	if part.APIID != "" {
		api, err := h.Clients.APIByID(ctx, part.APIID)
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return group, err
		}
		group.of, words = part.Audience, map[string]string{}
		if err == nil {
			group.of = displayName(api.Name)
			for _, s := range api.Scopes {
				words[s.Value] = s.Description
			}
		}
	}
	for _, scope := range part.Scopes {
		group.items = append(group.items, permission{words: words[scope], scope: scope, had: had(scope)})
	}
	return group, nil
}

// anotherAccount is the same request once more, with a sign-in.
func anotherAccount(parameters map[string][]string) url.Values {
	again := url.Values{}
	for name, values := range parameters {
		again[name] = values
	}
	prompt := "login"
	if strings.Contains(" "+again.Get("prompt")+" ", " consent ") {
		prompt = "login consent"
	}
	again.Set("prompt", prompt)
	return again
}
