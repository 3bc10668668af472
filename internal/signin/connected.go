package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// Consents keeps what people allowed and what has access by it. The store does.
type Consents interface {
	Consents(ctx context.Context, userID, applicationID string) ([]grant.Consent, error)
	Grant(ctx context.Context, id string) (grant.Grant, error)
	GrantsOfUser(ctx context.Context, q grant.ConnectionQuery) (grant.ConnectionPage, error)
	EndGrant(ctx context.Context, userID, id string, now time.Time, e audit.Event) error
	EndGrants(ctx context.Context, userID, applicationID string, now time.Time, e audit.Event) error
}

// connection is one application that has access, or was allowed it.
type connection struct {
	id       string
	host     oauth.ShownHost // of one that is known by a URL
	app      string
	ours     bool      // a first party: nobody was asked
	last     time.Time // when it was allowed last
	now      time.Time
	may      []permissions
	installs []installation
}

// installation is one grant: the application in one browser, or on one device.
type installation struct {
	id     string
	device string
	place  string // where codes of it went, in words
	since  time.Time
	used   time.Time
	stays  bool // until it is ended
}

// called names the application for the button that disconnects it.
func (c connection) called() string {
	if c.host.Domain != "" {
		return c.host.String()
	}
	return c.app
}

// endLabel is what the button says that takes back everything.
func (c connection) endLabel() string {
	if len(c.installs) == 0 {
		return "Take it back"
	}
	return "Disconnect everywhere"
}

// connectedView is the page of all of them.
type connectedView struct {
	all  []connection
	next string // the page after this one; empty = last
}

// connectionsAtOnce is how many installations one page shows.
const connectionsAtOnce = 50

func (h *Handler) connectedPage(w http.ResponseWriter, r *http.Request, o owner) {
	v, err := h.connections(r.Context(), o, r.URL.Query().Get("after"))
	if err != nil {
		h.failed(w, r, err)
		return
	}
	h.write(w, r, http.StatusOK, connectedPage(h.own(r, o, ownApplications, "What has access in your name, and where. Disconnecting ends it; an application may ask again."), v))
}

// disconnect takes back all that one application was allowed, or ends it in one place, which touches no other. What an
// application fetched before stays with it, and an access token of it may still work elsewhere until it ends.
func (h *Handler) disconnect(w http.ResponseWriter, r *http.Request, o owner) {
	err, done := grant.ErrNotFound, "disconnected" // a form that names nothing
	if id := r.PostForm.Get("grant"); id != "" {
		err = h.endInstallation(r, o, id)
	} else if id := r.PostForm.Get("application"); id != "" {
		err, done = h.endApplication(r, o, id), "taken-back"
	}
	switch {
	case errors.Is(err, grant.ErrNotFound): // another tab was faster
		h.seeOther(w, ownApplications+"?said=gone")
	case err != nil:
		h.failed(w, r, err)
	default:
		h.seeOther(w, ownApplications+"?said="+done)
	}
}

func (h *Handler) endInstallation(r *http.Request, o owner, id string) error {
	g, err := h.Consents.Grant(r.Context(), id)
	if err != nil {
		return err
	}
	e := audit.Event{
		At: h.Now(), Kind: "grant.revoked", Actor: o.actor(r), TargetKind: "grant", TargetID: id, TargetName: h.nameByID(r.Context(), g.ApplicationID),
		Changes: []audit.FieldChange{{Field: "application", Before: g.ApplicationID}, {Field: "device", Before: g.Device}, {Field: "scope", Before: g.Scopes.String()}},
	}
	return h.Consents.EndGrant(r.Context(), o.ID, id, h.Now(), e)
}

func (h *Handler) endApplication(r *http.Request, o owner, id string) error {
	consents, err := h.Consents.Consents(r.Context(), o.ID, id)
	if err != nil {
		return err
	}
	e := audit.Event{
		At: h.Now(), Kind: "consent.revoked", Actor: o.actor(r), TargetKind: "consent", TargetID: id, TargetName: h.nameByID(r.Context(), id),
		Changes: []audit.FieldChange{{Field: "application", Before: id}},
	}
	for _, c := range consents {
		e.Changes = append(e.Changes, audit.FieldChange{Field: "scope", Before: strings.TrimSpace(c.Audience + " " + c.Scopes.String())})
	}
	if len(consents) == 0 { // nothing to take back but what has access, if anything has
		page, err := h.Consents.GrantsOfUser(r.Context(), grant.ConnectionQuery{UserID: o.ID, ApplicationID: id, Now: h.Now(), Limit: 1})
		if err != nil {
			return err
		}
		if len(page.Connections) == 0 {
			return grant.ErrNotFound
		}
	}
	return h.Consents.EndGrants(r.Context(), o.ID, id, h.Now(), e)
}

func (h *Handler) nameByID(ctx context.Context, id string) string {
	app, err := h.Clients.ByID(ctx, id)
	if err != nil {
		return ""
	}
	return app.Name
}

// connections are the applications of a person: those with installations first, the newest first, then what was allowed and has
// no access at the moment.
func (h *Handler) connections(ctx context.Context, o owner, after string) (connectedView, error) {
	page, err := h.Consents.GrantsOfUser(ctx, grant.ConnectionQuery{UserID: o.ID, Now: h.Now(), After: after, Limit: connectionsAtOnce})
	if err != nil {
		return connectedView{}, err
	}
	list := &connectionList{h: h, at: map[string]int{}}
	for i := range page.Connections {
		if err := list.addGrant(ctx, &page.Connections[i]); err != nil {
			return connectedView{}, err
		}
	}
	consents, err := h.Consents.Consents(ctx, o.ID, "")
	if err != nil {
		return connectedView{}, err
	}
	for _, c := range consents {
		if _, shown := list.at[c.ApplicationID]; !shown && after != "" {
			continue // on the first page
		}
		if err := list.addConsent(ctx, c); err != nil {
			return connectedView{}, err
		}
	}
	v := connectedView{all: list.all}
	if page.Next != "" {
		v.next = "/" + ownApplications + "?" + url.Values{"after": {page.Next}}.Encode()
	}
	return v, nil
}

// connectionList gathers by application.
type connectionList struct {
	h   *Handler
	all []connection
	at  map[string]int
}

// of is the entry of an application, or nil if that is gone.
func (l *connectionList) of(ctx context.Context, id string) (*connection, error) {
	if i, known := l.at[id]; known {
		return &l.all[i], nil
	}
	app, err := l.h.Clients.ByID(ctx, id)
	if errors.Is(err, registry.ErrNotFound) {
		return nil, nil //nolint:nilnil // nothing to show is no fault
	}
	if err != nil {
		return nil, err
	}
	one := connection{id: app.ID, app: displayName(app.Name), ours: app.Ownership == registry.FirstParty, now: l.h.Now()}
	if app.Import != nil {
		one.host = oauth.ShowHost(hostOf(app.ExternalID))
	}
	l.at[id] = len(l.all)
	l.all = append(l.all, one)
	return &l.all[len(l.all)-1], nil
}

func (l *connectionList) addGrant(ctx context.Context, g *grant.Connection) error {
	one, err := l.of(ctx, g.ApplicationID)
	if one == nil || err != nil {
		return err
	}
	one.installs = append(one.installs, installation{
		id: g.ID, device: ui.Device(g.Device), place: placeInWords(g.RedirectURI), since: g.CreatedAt, used: g.LastUsed, stays: g.Stays,
	})
	return l.allow(ctx, one, partsOf(&g.Grant), g.CreatedAt)
}

func (l *connectionList) addConsent(ctx context.Context, c grant.Consent) error {
	one, err := l.of(ctx, c.ApplicationID)
	if one == nil || err != nil {
		return err
	}
	if len(one.installs) > 0 { // what it has is in its grants
		one.last = later(one.last, c.UpdatedAt)
		return nil
	}
	part := grant.Target{Audience: c.Audience, Scopes: c.Scopes}
	if c.Audience != "" {
		part.APIID = c.Audience // an API that is gone has no words
		api, err := l.h.Clients.APIByAudience(ctx, c.Audience)
		switch {
		case err == nil:
			part.APIID = api.ID
		case !errors.Is(err, registry.ErrNotFound):
			return err
		}
	}
	return l.allow(ctx, one, []grant.Target{part}, c.UpdatedAt)
}

// allow adds parts to what one may do, each permission once.
func (l *connectionList) allow(ctx context.Context, one *connection, parts []grant.Target, at time.Time) error {
	one.last = later(one.last, at)
	for _, part := range parts {
		group, err := l.h.permissions(ctx, part, nil)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(one.may, func(p permissions) bool { return p.of == group.of })
		if i < 0 {
			one.may = append(one.may, group)
			continue
		}
		for _, item := range group.items {
			if !slices.ContainsFunc(one.may[i].items, func(p permission) bool { return p.scope == item.scope }) {
				one.may[i].items = append(one.may[i].items, item)
			}
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// partsOf are the permissions of a grant: OpenID Connect's own, then those of each API.
func partsOf(g *grant.Grant) []grant.Target {
	own := g.Scopes
	for _, t := range g.Targets {
		own = own.Without(t.Scopes)
	}
	parts := []grant.Target{}
	if len(own) > 0 {
		parts = append(parts, grant.Target{Scopes: own})
	}
	return append(parts, g.Targets...)
}

// placeInWords is where an authorization went, as people know it.
func placeInWords(redirectURI string) string {
	uri, err := oauth.ParseRedirectURI(redirectURI)
	switch {
	case err != nil:
		return ""
	case uri.Class() == oauth.RedirectLoopback:
		return "a program on the device"
	case uri.Class() == oauth.RedirectHTTPS:
		return uri.Host()
	}
	return "an app on the device"
}
