package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"clientele/internal/account"
	"clientele/internal/dashboard/frame"
)

// behindSignIn lets operators through whose role allows the route, and sends everybody else to the sign-in page. What a form
// carried when the session ended, or when it is no longer fresh, is kept until after the sign-in.
func (d *Dashboard) behindSignIn(rt frame.Route) http.Handler {
	return d.open(func(w http.ResponseWriter, r *http.Request) error {
		v, err := d.VisitOf(r)
		switch {
		case errors.Is(err, account.ErrNoSession):
			return d.askWhoItIs(w, r, nil)
		case err != nil:
			return err
		case d.OwesPasskey(v) && !beforePasskey[rt.Pattern]:
			return d.demandPasskey(w, r, v)
		case !v.May(rt.Needs):
			return d.refuseRole(w, r, v)
		case rt.Fresh && !v.Fresh():
			return d.askWhoItIs(w, r, v)
		}
		v.Flash = d.TakeFlash(w, r)
		v.Waiting = d.waitingCount(r.Context())
		return d.failedInside(w, r, v, rt.Page(w, r, v))
	})
}

// open wraps a page that anybody may ask for.
func (d *Dashboard) open(page func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.Method == http.MethodPost {
			if err := frame.ParseForm(r); err != nil {
				d.failed(w, r, err)
				return
			}
		}
		if err := page(w, r); err != nil {
			d.failed(w, r, err)
		}
	}
}

// waitingCount is how many clients wait, for the rail. A page is worth more than the number on it, so trouble means none.
func (d *Dashboard) waitingCount(ctx context.Context) int {
	n, err := d.Concerns.CountWaiting(ctx)
	if err != nil {
		d.Log.WarnContext(ctx, "the queue could not be counted", slog.Any("error", err))
		return 0
	}
	return n
}
