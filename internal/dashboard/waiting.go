package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"clientele/internal/account"
	"clientele/internal/cimd"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// waitingEntry is one unknown client that waits, with what its document says now.
type waitingEntry struct {
	Client      registry.Waiting
	Preview     *cimd.Preview // nil if it was not looked at
	Busy        string        // why it was not
	Moved       bool          // the document is another one than the one that was looked at
	Permissions []permissionSet
	Wrong       []string
}

// changed reports whether the document is another one than when somebody first came with it.
func (e waitingEntry) changed() bool {
	return e.Preview != nil && e.Preview.Usable() && e.Preview.Hash != e.Client.Hash
}

// Where the queue and one of it are.
const (
	toWaiting  = "/dashboard/applications/waiting"
	waitingOne = "/dashboard/waiting/"
)

func (d *Dashboard) listWaiting(w http.ResponseWriter, r *http.Request, v *visit) error {
	page, err := d.Registry.WaitingClients(r.Context(), r.URL.Query().Get("after"), registry.DefaultPageSize)
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, waitingListPage(v, page, r.URL.Query().Get("after")))
}

// waitingCount is how many clients wait, for the rail. A page is worth more than the number on it, so trouble means none.
func (d *Dashboard) waitingCount(ctx context.Context) int {
	n, err := d.Store.CountWaiting(ctx)
	if err != nil {
		d.Log.WarnContext(ctx, "the queue could not be counted", slog.Any("error", err))
		return 0
	}
	return n
}

func (d *Dashboard) waiting(w http.ResponseWriter, r *http.Request, v *visit) error {
	client, err := d.Registry.WaitingClient(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	e := waitingEntry{Client: client}
	if !v.canEdit() {
		return v.write(w, r, http.StatusOK, waitingPage(v, e))
	}
	p, err := d.Import.Preview(r.Context(), v.actor(), client.URL)
	if retry, busy := busyFor(err); busy {
		e.Busy = "Too many documents were fetched just now. Look again in " + retry + "."
		return v.write(w, r, http.StatusOK, waitingPage(v, e))
	}
	if err != nil {
		return err
	}
	return d.writeWaiting(w, r, v, e, p, http.StatusOK)
}

func (d *Dashboard) writeWaiting(w http.ResponseWriter, r *http.Request, v *visit, e waitingEntry, p cimd.Preview, status int) error {
	e.Preview = &p
	if p.Usable() {
		var err error
		if e.Permissions, err = d.permissionStep(r.Context(), p.ApplicationID, r.PostForm); err != nil {
			return err
		}
	}
	return v.write(w, r, status, waitingPage(v, e))
}

// approveWaiting lets the client in as it was looked at, with the permissions of the step.
func (d *Dashboard) approveWaiting(w http.ResponseWriter, r *http.Request, v *visit) error {
	client, err := d.Registry.WaitingClient(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	e := waitingEntry{Client: client}
	made, err := d.Import.Approve(r.Context(), v.actor(), client.ID, r.PostForm.Get("hash"), r.PostForm.Get("keyset"))
	if declined, ok := errors.AsType[*cimd.Declined](err); ok {
		e.Moved = declined.Moved
		return d.writeWaiting(w, r, v, e, declined.Preview, http.StatusConflict)
	}
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		for _, violation := range invalid.Violations {
			e.Wrong = append(e.Wrong, sentence("", violation))
		}
		return v.write(w, r, http.StatusUnprocessableEntity, waitingPage(v, e))
	}
	if err != nil {
		return err
	}
	said := "Approved. " + peopleWaited(client.People) + " can go on now."
	return d.imported(w, r, v, made, said, said)
}

func peopleWaited(n int) string {
	switch {
	case n < 1:
		return "Whoever waited"
	case n == 1:
		return "The person who waited"
	}
	return "The " + strconv.Itoa(n) + " people who waited"
}

// refuseWaiting takes a client out of the queue; it may come back.
func (d *Dashboard) refuseWaiting(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := d.Registry.RefuseWaiting(r.Context(), v.actor(), r.PathValue("id")); err != nil {
		return err
	}
	return d.done(w, r, toWaiting, "Refused. If somebody comes with it again, it waits again.")
}

// blockWaiting keeps the client's URL out from now on.
func (d *Dashboard) blockWaiting(w http.ResponseWriter, r *http.Request, v *visit) error {
	return d.blockAs(w, r, v, cimd.BlockURL)
}

// askBlockHost is the second step before a whole host is kept out.
func (d *Dashboard) askBlockHost(w http.ResponseWriter, r *http.Request, v *visit) error {
	client, err := d.Registry.WaitingClient(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.write(w, r, http.StatusOK, blockHostPage(v, client))
}

func (d *Dashboard) blockHost(w http.ResponseWriter, r *http.Request, v *visit) error {
	return d.blockAs(w, r, v, cimd.BlockHost)
}

func (d *Dashboard) blockAs(w http.ResponseWriter, r *http.Request, v *visit, block cimd.Block) error {
	rule, err := d.Import.DenyAndBlock(r.Context(), v.actor(), r.PathValue("id"), block)
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		return d.sent(w, r, toWaiting, ui.Danger, invalid.Error())
	}
	if err != nil {
		return err
	}
	return d.done(w, r, toWaiting, "Refused and blocked: "+rule.Pattern+". The rule stands under Settings.")
}

// hostOfURL is the host of a client URL; the URL is known to be one.
func hostOfURL(u string) string { return hostOf(&registry.Application{ExternalID: u}) }

// redirectHosts are the hosts that people would be sent to, each once. This device stands for loopback.
func redirectHosts(uris []string) []string {
	var list []string
	seen := map[string]bool{}
	for _, uri := range uris {
		host := uri
		if u, err := oauth.ParseRedirectURI(uri); err == nil {
			switch u.Class() {
			case oauth.RedirectLoopback:
				host = "this device"
			case oauth.RedirectPrivateScheme:
				host = "an app on this device"
			default:
				host = hostOfURL(uri)
			}
		}
		if !seen[host] {
			seen[host] = true
			list = append(list, host)
		}
	}
	return list
}

// importRoutes are applications that wait for approval.
func (d *Dashboard) importRoutes() []route {
	return []route{
		{"GET /dashboard/applications/import", account.ActEdit, false, d.newImport},
		{"POST /dashboard/applications/import", account.ActEdit, false, d.previewImport},
		{"POST /dashboard/applications/import/create", account.ActEdit, true, d.createImport},
		{"GET /dashboard/applications/waiting", account.ActView, false, d.listWaiting},
		{"GET /dashboard/waiting/{id}", account.ActView, false, d.waiting},
		{"POST /dashboard/waiting/{id}/approve", account.ActEdit, true, d.approveWaiting},
		{"POST /dashboard/waiting/{id}/refuse", account.ActEdit, false, d.refuseWaiting},
		{"POST /dashboard/waiting/{id}/block", account.ActEdit, true, d.blockWaiting},
		{"GET /dashboard/waiting/{id}/block-host", account.ActEdit, false, d.askBlockHost},
		{"POST /dashboard/waiting/{id}/block-host", account.ActEdit, true, d.blockHost},
	}
}
