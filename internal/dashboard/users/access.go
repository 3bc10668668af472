package users

import (
	"context"
	"errors"
	"net/http"
	"time"

	"clientele/internal/account"
	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// Reader is what the pages of users ask beyond the accounts. The store is one.
type Reader interface {
	GrantsOfUser(ctx context.Context, q grant.ConnectionQuery) (grant.ConnectionPage, error)
	EndGrant(ctx context.Context, userID, id string, now time.Time, e audit.Event) error
	EndGrants(ctx context.Context, userID, applicationID string, now time.Time, e audit.Event) error
	Consents(ctx context.Context, userID, applicationID string) ([]grant.Consent, error)
	ApplicationRows(ctx context.Context, ids []string) (map[string]registry.Application, error)
}

// The kinds of event that ending what a person's applications have leaves.
const (
	eventConnectionEnded  = "grant.revoked"
	eventConnectionsEnded = "consent.revoked"
)

// userAccess is everywhere a person is signed in, and everything that has access in their name.
type userAccess struct {
	User     account.User
	Sessions []account.Session
	Passkeys []account.Passkey
	Apps     []connectedApp
	More     bool   // there is more than the page shows
	Fault    string // why a passkey was not removed
	Asked    bool   // the page itself asks whether everything is to end, where no dialog opens
}

// ends are what ends with everything a person is signed in with.
func (x *userAccess) ends() []string {
	connections := 0
	for _, a := range x.Apps {
		connections += len(a.Connections)
	}
	var list []string
	if n := len(x.Sessions); n > 0 {
		list = append(list, frame.CountWords(n, "session ends.", "sessions end."))
	}
	if connections > 0 {
		list = append(list, frame.CountWords(connections, "connection of an application ends, with its refresh tokens.", "connections of applications end, with their refresh tokens."))
	}
	return append(list, "Access tokens that are out count until they end.")
}

// connectedApp is one application with access in a person's name.
type connectedApp struct {
	App         registry.Application
	Connections []grant.Connection
	Scopes      oauth.Scopes // that the person allowed
	Since       time.Time
}

func (d *Pages) accessOfUser(r *http.Request) (x userAccess, err error) {
	ctx := r.Context()
	if x.User, err = d.Accounts.User(ctx, r.PathValue("id")); err != nil {
		return x, err
	}
	if x.Sessions, err = d.Accounts.Sessions(ctx, x.User.ID, ""); err != nil {
		return x, err
	}
	if x.Passkeys, err = d.Accounts.Passkeys(ctx, x.User.ID); err != nil {
		return x, err
	}
	page, err := d.People.GrantsOfUser(ctx, grant.ConnectionQuery{UserID: x.User.ID, Now: d.Now(), Limit: registry.MaxPageSize})
	if err != nil {
		return x, err
	}
	consents, err := d.People.Consents(ctx, x.User.ID, "")
	if err != nil {
		return x, err
	}
	x.More = page.Next != ""
	x.Apps, err = d.byApplication(ctx, page.Connections, consents)
	return x, err
}

// byApplication sorts connections and consents by the application they are for, the newest first. An application that a person
// allowed something, and that has no connection, is there too: the next sign-in would not ask.
func (d *Pages) byApplication(ctx context.Context, connections []grant.Connection, consents []grant.Consent) ([]connectedApp, error) {
	var list []connectedApp
	at := map[string]int{}
	place := func(id string, since time.Time) *connectedApp {
		i, there := at[id]
		if !there {
			i = len(list)
			at[id] = i
			list = append(list, connectedApp{App: registry.Application{ID: id, Name: id}, Since: since})
		}
		if since.Before(list[i].Since) {
			list[i].Since = since
		}
		return &list[i]
	}
	for _, c := range connections {
		a := place(c.ApplicationID, c.CreatedAt)
		a.Connections = append(a.Connections, c)
	}
	for _, c := range consents {
		a := place(c.ApplicationID, c.CreatedAt)
		a.Scopes = a.Scopes.Or(c.Scopes)
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].App.ID
	}
	apps, err := d.People.ApplicationRows(ctx, ids)
	for i := range list {
		if a, there := apps[list[i].App.ID]; there {
			list[i].App = a
		}
	}
	return list, err
}

func (d *Pages) userAccess(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	x, err := d.accessOfUser(r)
	if err != nil {
		return err
	}
	x.Asked = r.URL.Query().Get("end") == "all"
	return v.Write(w, r, http.StatusOK, userAccessPage(v, x))
}

// endUserSession signs the person out of one browser. One that has ended already was ended by the same form before.
func (d *Pages) endUserSession(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	err = d.Accounts.EndOneSession(r.Context(), v.Actor(), u, r.PathValue("session"))
	if err != nil && !errors.Is(err, account.ErrNotFound) {
		return err
	}
	return d.Done(w, r, frame.UserPath(&u, "access"), "Signed out there. Applications that are connected stay connected.")
}

// endUserSessions ends everything: sessions, grants and refresh tokens.
func (d *Pages) endUserSessions(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	if err := d.Accounts.EndSessions(r.Context(), v.Actor(), u); err != nil {
		return err
	}
	return d.Done(w, r, frame.UserPath(&u, "access"), "Everything the person was signed in with has ended.")
}

// disconnect ends one connection of an application, or all of them with what the person allowed it.
func (d *Pages) disconnect(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	now := d.Now().UTC().Truncate(time.Microsecond)
	e := audit.Event{At: now, Kind: eventConnectionsEnded, Actor: v.Actor(), TargetKind: "user", TargetID: u.ID, TargetName: u.Email}
	e.Changes = []audit.FieldChange{{Field: "application", Before: r.PathValue("app")}}
	said := "Disconnected. The application has to ask the person again."
	if id := r.PostForm.Get("connection"); id != "" {
		e.Kind, said = eventConnectionEnded, "Disconnected there. Other devices stay connected."
		err = d.People.EndGrant(r.Context(), u.ID, id, now, e)
	} else {
		err = d.People.EndGrants(r.Context(), u.ID, r.PathValue("app"), now, e)
	}
	if err != nil && !errors.Is(err, grant.ErrNotFound) { // ended by the same form before
		return err
	}
	return d.Done(w, r, frame.UserPath(&u, "access"), said)
}

func (d *Pages) removePasskeyOf(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	u, err := d.touchable(r, v)
	if err != nil {
		return err
	}
	err = d.Accounts.RemovePasskey(r.Context(), v.Actor(), u, r.PathValue("passkey"))
	if errors.Is(err, account.ErrLastPasskey) {
		x, readErr := d.accessOfUser(r)
		if readErr != nil {
			return readErr
		}
		x.Fault = "The passkey was not removed: it is the only way to sign in that is left. Set a password first."
		return v.Write(w, r, http.StatusUnprocessableEntity, userAccessPage(v, x))
	}
	if err != nil && !errors.Is(err, account.ErrNoPasskey) {
		return err
	}
	return d.Done(w, r, frame.UserPath(&u, "access"), "Passkey removed.")
}

// sessionDoor says which of our two doors a session is at.
func sessionDoor(s *account.Session) ui.Badge {
	if s.Kind == account.OperatorSession {
		return ui.Badge{Kind: ui.Note, Text: "dashboard"}
	}
	return ui.Badge{Text: "applications"}
}

// expiresWord is when a connection ends by itself.
func expiresWord(c *grant.Connection) string {
	if !c.Stays {
		return "no refresh token: ends with its access tokens"
	}
	if c.Expires.IsZero() {
		return "stays until it is ended"
	}
	return ""
}
