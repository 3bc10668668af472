package dashboard

import (
	"errors"
	"log/slog"
	"net/http"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
	"clientele/internal/endpoint"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// failedInside answers an error of a page whose operator is known: what is not there is said inside of the frame.
func (d *Dashboard) failedInside(w http.ResponseWriter, r *http.Request, v *frame.Visit, err error) error {
	switch {
	case errors.Is(err, registry.ErrNotFound), errors.Is(err, account.ErrNotFound):
		return v.Write(w, r, http.StatusNotFound, notFoundPage(v.Page("Not found", "")))
	case errors.Is(err, frame.ErrForbidden):
		return d.refuseRole(w, r, v)
	case errors.Is(err, frame.ErrNotFresh):
		return d.askWhoItIs(w, r, v)
	}
	return err
}

func (d *Dashboard) refuseRole(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return v.Write(w, r, http.StatusForbidden, forbiddenPage(v.Page("Not allowed", ""), string(v.User.Role)))
}

// failed answers every other error. What went wrong is for the log; the page has a reference.
func (d *Dashboard) failed(w http.ResponseWriter, r *http.Request, err error) {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		d.writeError(w, r, http.StatusRequestEntityTooLarge, ui.ErrorPage{Title: "That is too much at once", Text: "The form is larger than 64 kB. Shorten it and send it again."})
		return
	}
	if r.Method == http.MethodPost && r.PostForm == nil {
		d.writeError(w, r, http.StatusBadRequest, ui.ErrorPage{Title: "The form could not be read", Text: "Go back, load the page again and send it once more."})
		return
	}
	reference := endpoint.NewReference()
	d.Log.ErrorContext(r.Context(), "a page of the dashboard failed", slog.String("reference", reference), slog.String("path", r.URL.Path), slog.Any("error", err))
	d.writeError(w, r, http.StatusInternalServerError, ui.ErrorPage{
		Title: "Something went wrong on our side", Text: "Nothing more was changed. Try again; if it happens again, give this reference to whoever runs the server.", Reference: reference,
	})
}

func (d *Dashboard) writeError(w http.ResponseWriter, r *http.Request, status int, page ui.ErrorPage) {
	page.Action = ui.LinkButton{Label: "To the dashboard", Href: "/dashboard"}
	if err := d.Site().Write(w, r, status, ui.Plain, page); err != nil {
		d.Log.ErrorContext(r.Context(), "an error page could not be written", slog.Any("error", err))
	}
}
