package documents

import (
	"errors"
	"net/http"
	"strconv"

	"clientele/internal/cimd"
	"clientele/internal/dashboard/access"
	"clientele/internal/dashboard/frame"
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
	Permissions []access.PermissionSet
	Wrong       []string
}

// changed reports whether the document is another one than when somebody first came with it.
func (e waitingEntry) changed() bool {
	return e.Preview != nil && e.Preview.Usable() && e.Preview.Hash != e.Client.Hash
}

func (d *Pages) listWaiting(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	page, err := d.Registry.WaitingClients(r.Context(), r.URL.Query().Get("after"), registry.DefaultPageSize)
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, waitingListPage(v, page, r.URL.Query().Get("after")))
}

func (d *Pages) waiting(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	client, err := d.Registry.WaitingClient(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	e := waitingEntry{Client: client}
	if !v.CanEdit() {
		return v.Write(w, r, http.StatusOK, waitingPage(v, e))
	}
	p, err := d.Import.Preview(r.Context(), v.Actor(), client.URL)
	if retry, busy := frame.BusyFor(err); busy {
		e.Busy = "Too many documents were fetched just now. Look again in " + retry + "."
		return v.Write(w, r, http.StatusOK, waitingPage(v, e))
	}
	if err != nil {
		return err
	}
	return d.writeWaiting(w, r, v, e, p, http.StatusOK)
}

func (d *Pages) writeWaiting(w http.ResponseWriter, r *http.Request, v *frame.Visit, e waitingEntry, p cimd.Preview, status int) error {
	e.Preview = &p
	if p.Usable() {
		var err error
		if e.Permissions, err = d.Access.PermissionStep(r.Context(), p.ApplicationID, r.PostForm); err != nil {
			return err
		}
	}
	return v.Write(w, r, status, waitingPage(v, e))
}

// approveWaiting lets the client in as it was looked at, with the permissions of the step.
func (d *Pages) approveWaiting(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	client, err := d.Registry.WaitingClient(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	e := waitingEntry{Client: client}
	made, err := d.Import.Approve(r.Context(), v.Actor(), client.ID, r.PostForm.Get("hash"), r.PostForm.Get("keyset"))
	if declined, ok := errors.AsType[*cimd.Declined](err); ok {
		e.Moved = declined.Moved
		return d.writeWaiting(w, r, v, e, declined.Preview, http.StatusConflict)
	}
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		for _, violation := range invalid.Violations {
			e.Wrong = append(e.Wrong, frame.Sentence("", violation))
		}
		return v.Write(w, r, http.StatusUnprocessableEntity, waitingPage(v, e))
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
func (d *Pages) refuseWaiting(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	if err := d.Registry.RefuseWaiting(r.Context(), v.Actor(), r.PathValue("id")); err != nil {
		return err
	}
	return d.Done(w, r, frame.ToWaiting, "Refused. If somebody comes with it again, it waits again.")
}

// blockWaiting keeps the client's URL out from now on.
func (d *Pages) blockWaiting(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return d.blockAs(w, r, v, cimd.BlockURL)
}

// askBlockHost is the second step before a whole host is kept out.
func (d *Pages) askBlockHost(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	client, err := d.Registry.WaitingClient(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.Write(w, r, http.StatusOK, blockHostPage(v, client))
}

func (d *Pages) blockHost(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return d.blockAs(w, r, v, cimd.BlockHost)
}

func (d *Pages) blockAs(w http.ResponseWriter, r *http.Request, v *frame.Visit, block cimd.Block) error {
	rule, err := d.Import.DenyAndBlock(r.Context(), v.Actor(), r.PathValue("id"), block)
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		return d.Sent(w, r, frame.ToWaiting, ui.Danger, invalid.Error())
	}
	if err != nil {
		return err
	}
	return d.Done(w, r, frame.ToWaiting, "Refused and blocked: "+rule.Pattern+". The rule stands under Settings.")
}

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
				host = frame.HostOfURL(uri)
			}
		}
		if !seen[host] {
			seen[host] = true
			list = append(list, host)
		}
	}
	return list
}
