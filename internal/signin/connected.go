package signin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Consents keeps what people allowed. The store does.
type Consents interface {
	Consents(ctx context.Context, userID, applicationID string) ([]grant.Consent, error)
	RevokeConsent(ctx context.Context, id string, now time.Time, e audit.Event) error
}

// connection is one application that the person allowed something.
type connection struct {
	id   string
	host oauth.ShownHost // of one that is known by a URL
	app  string
	last time.Time // when it was allowed last
	now  time.Time
}

// called names the application for the button that disconnects it.
func (c connection) called() string {
	if c.host.Domain != "" {
		return c.host.String()
	}
	return c.app
}

// connectedPage lists what the person allowed, so that it can be taken back.
func (h *Handler) connectedPage(w http.ResponseWriter, r *http.Request) {
	user, ok := h.visitor(w, r)
	if !ok {
		return
	}
	all, err := h.connections(r.Context(), user.ID)
	if err != nil {
		h.failed(w, r, err)
		return
	}
	h.write(w, r, http.StatusOK, connectedPage(user.Email, all))
}

// disconnect takes back all that the person allowed one application. Every grant that rests on it ends with it, on every
// device. RFC 7009 §2.
func (h *Handler) disconnect(w http.ResponseWriter, r *http.Request) {
	if !h.readForm(w, r) {
		return
	}
	user, ok := h.visitor(w, r)
	if !ok {
		return
	}
	id := r.PostForm.Get("application")
	var consents []grant.Consent
	var err error
	if id != "" {
		consents, err = h.Consents.Consents(r.Context(), user.ID, id)
	}
	for _, c := range consents {
		if err == nil {
			err = h.revoke(r, user, c)
		}
	}
	if err != nil {
		h.failed(w, r, err)
		return
	}
	h.seeOther(w, "connected")
}

func (h *Handler) revoke(r *http.Request, user account.User, c grant.Consent) error {
	event := audit.Event{
		At: h.Now(), Kind: "consent.revoked", TargetKind: "consent", TargetID: c.ID,
		Actor:   audit.Actor{Kind: audit.ActorPerson, ID: user.ID, Name: user.Email, Address: address(r), Door: "signin"},
		Changes: []audit.FieldChange{{Field: "application", Before: c.ApplicationID}, {Field: "audience", Before: c.Audience}, {Field: "scope", Before: c.Scopes.String()}},
	}
	if app, err := h.Clients.ByID(r.Context(), c.ApplicationID); err == nil {
		event.TargetName = app.Name
	}
	if err := h.Consents.RevokeConsent(r.Context(), c.ID, h.Now(), event); !errors.Is(err, grant.ErrNotFound) {
		return err
	}
	return nil // another tab was faster
}

// visitor is who is signed in. It leads to the sign-in page, and returns false, if nobody is.
func (h *Handler) visitor(w http.ResponseWriter, r *http.Request) (account.User, bool) {
	_, user, err := h.Current(r)
	switch {
	case err == nil:
		return user, true
	case errors.Is(err, account.ErrNoSession):
		h.seeOther(w, "signin")
	default:
		h.failed(w, r, err)
	}
	return user, false
}

// connections are the applications of a person, the one that was allowed last first.
func (h *Handler) connections(ctx context.Context, userID string) ([]connection, error) {
	consents, err := h.Consents.Consents(ctx, userID, "")
	if err != nil {
		return nil, err
	}
	var all []connection
	at := map[string]int{}
	for _, c := range consents {
		i, known := at[c.ApplicationID]
		if !known {
			app, err := h.Clients.ByID(ctx, c.ApplicationID)
			if errors.Is(err, registry.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			i = len(all)
			at[c.ApplicationID] = i
			all = append(all, h.connection(app, c))
		}
		if c.UpdatedAt.After(all[i].last) {
			all[i].last = c.UpdatedAt
		}
	}
	return all, nil
}

func (h *Handler) connection(app *registry.Application, c grant.Consent) connection {
	one := connection{id: app.ID, app: displayName(app.Name), last: c.UpdatedAt, now: h.Now()}
	if app.Import != nil {
		one.host = oauth.ShowHost(hostOf(app.ExternalID))
	}
	return one
}
