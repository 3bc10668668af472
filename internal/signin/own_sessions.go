package signin

import (
	"errors"
	"net/http"
	"slices"

	"clientele/internal/account"
	"clientele/internal/ui"
)

func (h *Handler) sessionsPage(w http.ResponseWriter, r *http.Request, o owner) {
	all, err := h.Own.Sessions(r.Context(), o.ID, account.PersonSession)
	if err != nil {
		h.failed(w, r, err)
		return
	}
	list := ui.SessionList{Action: "/" + ownSessions, Now: h.Now()}
	for _, s := range all {
		list.Rows = append(list.Rows, ui.SessionRow{
			ID: s.ID, Agent: s.UserAgent, Address: s.Address, Since: s.CreatedAt, Seen: s.SeenAt, Passkey: s.ByPasskey(), This: s.ID == o.session.ID,
		})
	}
	slices.SortStableFunc(list.Rows, func(a, b ui.SessionRow) int { return first(b.This) - first(a.This) })
	h.write(w, r, http.StatusOK, sessionsPage(h.own(r, o, ownSessions, "Where you are signed in. Applications you use may keep a session of their own."), list))
}

// first puts the browser that asks before the others, which stay in their order.
func first(this bool) int {
	if this {
		return 1
	}
	return 0
}

func (h *Handler) endSessions(w http.ResponseWriter, r *http.Request, o owner) {
	which := r.PostForm.Get("session")
	var err error
	done := "ended"
	if which == "others" {
		err, done = h.Own.EndOtherSessions(r.Context(), o.actor(r), o.User, o.session.ID), "others"
	} else {
		err = h.Own.EndOneSession(r.Context(), o.actor(r), o.User, which)
	}
	switch {
	case errors.Is(err, account.ErrNotFound):
		h.seeOther(w, ownSessions+"?said=gone")
	case err != nil:
		h.failed(w, r, err)
	default:
		h.seeOther(w, ownSessions+"?said="+done)
	}
}
