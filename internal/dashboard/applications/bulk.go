package applications

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// What is done with several applications at once. The list leads to a page that names them and says what stops working; only
// that page changes anything.
const (
	bulkPath = "/dashboard/applications/several"
	bulkForm = "several" // id of the form on the list
)

// bulk is the page that confirms.
type bulk struct {
	Verb  string // on, off or delete
	Apps  []registry.Application
	Typed string
	Wrong frame.Faults
	Back  string // the list it came from
}

// bulkWords are the words of a verb, for one and for more.
type bulkWords struct {
	button string
	stops  []string
}

var bulkVerbs = map[string]bulkWords{
	"on":  {"Switch on", []string{"Everything works again as it did before they were switched off."}},
	"off": {"Switch off", []string{"Nobody can sign in with them, and they get no new tokens.", "Access tokens they have work until they end.", "Can be undone: switch them on again."}},
	"delete": {"Delete", []string{
		"Sign-ins with them stop, and their refresh tokens end.", "Their secrets, keys and API permissions go.",
		"Access tokens they have work until they end.", "There is no undo, and their client IDs never come back.",
	}},
}

// title is the page's: Delete 3 applications.
func (b *bulk) title() string { return bulkVerbs[b.Verb].button + " " + applicationsWord(len(b.Apps)) }

// recent is how many were used in the last 30 days: people notice when those stop.
func (b *bulk) recent(now time.Time) (n int) {
	for i := range b.Apps {
		if now.Sub(b.Apps[i].LastUsed) < 30*24*time.Hour {
			n++
		}
	}
	return n
}

func applicationsWord(n int) string {
	if n == 1 {
		return "1 application"
	}
	return strconv.Itoa(n) + " applications"
}

// readBulk reads which applications are meant. Those that are gone are left out.
func (d *Pages) readBulk(r *http.Request, form url.Values) (b bulk, err error) {
	b = bulk{Verb: form.Get("verb"), Back: backToList(form.Get("back")), Wrong: frame.Faults{}}
	ids := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(form["id"]))), func(id string) bool { return id == "" })
	if _, ok := bulkVerbs[b.Verb]; !ok || len(ids) > registry.MaxPageSize {
		return b, registry.ErrNotFound
	}
	if len(ids) == 0 {
		return b, nil
	}
	page, err := d.Registry.Applications(r.Context(), registry.Query{IDs: ids, Sort: registry.ByName, Limit: registry.MaxPageSize, Unfinished: true, Bare: true})
	b.Apps = page.Items
	return b, err
}

// backToList is the list to come back to. Anything else is the whole list.
func backToList(back string) string {
	if strings.HasPrefix(back, frame.ToApplications.Href+"?") {
		return back
	}
	return frame.ToApplications.Href
}

func (d *Pages) confirmBulk(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	b, err := d.readBulk(r, r.URL.Query())
	if err != nil {
		return err
	}
	if len(b.Apps) == 0 {
		return d.Sent(w, r, b.Back, ui.Warn, "No application was ticked.")
	}
	return v.Write(w, r, http.StatusOK, bulkPage(v, &b))
}

func (d *Pages) switchSeveral(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	b, err := d.readBulk(r, r.PostForm)
	if err != nil {
		return err
	}
	if b.Verb == "delete" {
		return registry.ErrNotFound
	}
	did, err := each(b.Apps, func(a *registry.Application) error {
		_, err := d.Registry.SetEnabled(r.Context(), v.Actor(), a.ID, b.Verb == "on")
		return err
	})
	if err != nil {
		return err
	}
	return d.Done(w, r, b.Back, applicationsWord(did)+" switched "+b.Verb+".")
}

// deleteSeveral asks for the number, because there is no undo and nobody types that many names.
func (d *Pages) deleteSeveral(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	b, err := d.readBulk(r, r.PostForm)
	if err != nil {
		return err
	}
	if b.Verb != "delete" {
		return registry.ErrNotFound
	}
	if len(b.Apps) == 0 {
		return d.Sent(w, r, b.Back, ui.Warn, "They are gone already.")
	}
	if b.Typed = strings.TrimSpace(r.PostForm.Get("typed")); b.Typed != strconv.Itoa(len(b.Apps)) {
		b.Wrong.Add("typed", "Type how many stand in the list: "+strconv.Itoa(len(b.Apps)))
		return v.Write(w, r, http.StatusUnprocessableEntity, bulkPage(v, &b))
	}
	did, err := each(b.Apps, func(a *registry.Application) error { return d.Registry.Delete(r.Context(), v.Actor(), a.ID) })
	if err != nil {
		return err
	}
	return d.Done(w, r, b.Back, applicationsWord(did)+" deleted.")
}

// each does something with every application and counts. One that is gone meanwhile is not counted.
func each(apps []registry.Application, do func(*registry.Application) error) (did int, err error) {
	for i := range apps {
		err := do(&apps[i])
		if errors.Is(err, registry.ErrNotFound) {
			continue
		}
		if err != nil {
			return did, err
		}
		did++
	}
	return did, nil
}
