package documents

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// documentTab is the state of an imported application's metadata document.
type documentTab struct {
	Standing registry.Standing
	Why      string
	Versions []registry.DocumentVersion // newest first
	KeySets  []registry.KeySetVersion
	Waiting  []registry.Difference // from what is approved to what the document says now
	HeldKeys bool                  // a replacement of the key set waits
	From, To int64                 // the versions that are compared; 0 = none
	Compared []registry.Difference
	Preview  *cimd.Preview // after a refresh
	Moved    bool
	Wrong    []string
	Pin      dayForm
	Audience dayForm
}

// dayForm is a day that came back, as it was typed and what is wrong with it; the zero value is what is in force.
type dayForm struct{ Typed, Wrong string }

// shown is what stands in the field.
func (f dayForm) shown(now time.Time) string {
	if f.Wrong != "" {
		return f.Typed
	}
	return dayText(now)
}

// importedApplication is the application of a request, which must have come from a URL.
func (d *Pages) importedApplication(r *http.Request) (registry.Application, error) {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err == nil && a.Import == nil {
		err = registry.ErrNotFound
	}
	return a, err
}

// Document is the first page of an application from a URL.
func (d *Pages) Document(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.importedApplication(r)
	if err != nil {
		return err
	}
	return d.writeDocument(w, r, v, &a, documentTab{}, http.StatusOK)
}

// writeDocument answers with the tab; t has what just happened.
func (d *Pages) writeDocument(w http.ResponseWriter, r *http.Request, v *frame.Visit, a *registry.Application, t documentTab, status int) error {
	var err error
	if t.Versions, err = d.Registry.Documents(r.Context(), a.ID); err != nil {
		return err
	}
	if t.KeySets, err = d.Registry.KeySets(r.Context(), a.ID); err != nil {
		return err
	}
	t.Standing, t.Why = a.Standing(v.Now)
	t.Waiting = waiting(t.Versions, a.Import)
	t.HeldKeys = a.Import.KeysHeld()
	t.From, _ = strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	t.To, _ = strconv.ParseInt(r.URL.Query().Get("to"), 10, 64)
	t.Compared = between(t.Versions, t.From, t.To)
	return v.Write(w, r, status, documentPage(v, a, t))
}

// between is what differs between two versions; nothing if one of them is not kept any more.
func between(list []registry.DocumentVersion, from, to int64) []registry.Difference {
	before, after, ok := two(list, from, to)
	if !ok {
		return nil
	}
	return registry.Compare(before, after)
}

// waiting is what differs between what newer documents left of the approved one, and the newest.
func waiting(list []registry.DocumentVersion, m *registry.Import) []registry.Difference {
	approved, live, ok := two(list, m.Approved.Version, m.Live.Version)
	if !ok {
		return nil
	}
	return registry.Compare(m.Left(approved), live)
}

// two finds two different versions.
func two(list []registry.DocumentVersion, from, to int64) (before, after registry.Mapped, ok bool) {
	find := func(version int64) int {
		return slices.IndexFunc(list, func(x registry.DocumentVersion) bool { return x.Version == version })
	}
	i, j := find(from), find(to)
	if i < 0 || j < 0 || i == j {
		return before, after, false
	}
	return list[i].Mapped, list[j].Mapped, true
}

// refreshDocument looks at the document now and shows what would change. Nothing is stored.
func (d *Pages) refreshDocument(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.importedApplication(r)
	if err != nil {
		return err
	}
	p, err := d.Import.Preview(r.Context(), v.Actor(), a.ExternalID)
	if retry, busy := frame.BusyFor(err); busy {
		return d.Sent(w, r, frame.AppPath(&a, "document"), ui.Warn, "Too many documents were fetched just now. Try again in "+retry+".")
	}
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !p.Usable() {
		status = http.StatusUnprocessableEntity
	}
	return d.writeDocument(w, r, v, &a, documentTab{Preview: &p}, status)
}

// applyDocument approves what a refresh showed, if the document still says it.
func (d *Pages) applyDocument(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.importedApplication(r)
	if err != nil {
		return err
	}
	made, err := d.Import.Refresh(r.Context(), v.Actor(), a.ID, r.PostForm.Get("hash"), r.PostForm.Get("keyset"))
	if declined, ok := errors.AsType[*cimd.Declined](err); ok {
		return d.writeDocument(w, r, v, &a, documentTab{Preview: &declined.Preview, Moved: declined.Moved}, http.StatusConflict)
	}
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		t := documentTab{}
		for _, violation := range invalid.Violations {
			t.Wrong = append(t.Wrong, frame.Sentence("", violation))
		}
		return d.writeDocument(w, r, v, &a, t, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return d.imported(w, r, v, made, "", "Applied. What the document says now is in force.")
}

// approveDocument approves the additions that wait, as they were seen; nothing is fetched.
func (d *Pages) approveDocument(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	id := r.PathValue("id")
	_, _, err := d.Registry.ApproveDocument(r.Context(), v.Actor(), id, r.PostForm.Get("hash"), r.PostForm.Get("keyset"))
	return d.documentDone(w, r, err, "Approved. The additions are in force.")
}

func (d *Pages) saveFollow(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	_, err := d.Registry.SetFollow(r.Context(), v.Actor(), r.PathValue("id"), registry.FollowMode(r.PostForm.Get("mode")))
	return d.documentDone(w, r, err, "Saved. It counts from the next version on.")
}

func (d *Pages) saveClientCredentials(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	_, err := d.Registry.SetClientCredentials(r.Context(), v.Actor(), r.PathValue("id"), frame.Ticked(r.PostForm, "client_credentials"))
	return d.documentDone(w, r, err, "Saved. The change is in force.")
}

// savePin keeps the copy in force until a day although its host cannot be reached; without a day it ends that.
func (d *Pages) savePin(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	until, err := frame.DayFrom(r, "until", v.Now)
	if err == nil {
		_, err = d.Registry.SetPinned(r.Context(), v.Actor(), r.PathValue("id"), until)
	}
	return d.dayDone(w, r, v, err, func(t *documentTab, f dayForm) { t.Pin = f })
}

// saveAudience accepts the token endpoint's URL as aud of the application's assertions until a day.
func (d *Pages) saveAudience(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	until, err := frame.DayFrom(r, "until", v.Now)
	if err == nil {
		_, err = d.Registry.SetAudienceException(r.Context(), v.Actor(), r.PathValue("id"), until)
	}
	return d.dayDone(w, r, v, err, func(t *documentTab, f dayForm) { t.Audience = f })
}

// dayDone ends a change of a day. One that cannot be stands in its field again, with the reason under it.
func (d *Pages) dayDone(w http.ResponseWriter, r *http.Request, v *frame.Visit, err error, put func(*documentTab, dayForm)) error {
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	if !wrong {
		return d.documentDone(w, r, err, "Saved. The change is in force.")
	}
	a, err := d.importedApplication(r)
	if err != nil {
		return err
	}
	t := documentTab{}
	put(&t, dayForm{r.PostForm.Get("until"), frame.Sentence("This", invalid.Violations[0])})
	return d.writeDocument(w, r, v, &a, t, http.StatusUnprocessableEntity)
}

// documentDone ends a change of the tab.
func (d *Pages) documentDone(w http.ResponseWriter, r *http.Request, err error, said string) error {
	back := "/dashboard/applications/" + r.PathValue("id") + "/document"
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case wrong:
		sentences := make([]string, len(invalid.Violations))
		for i, violation := range invalid.Violations {
			sentences[i] = frame.Sentence("This", violation)
		}
		return d.Sent(w, r, back, ui.Danger, strings.Join(sentences, " "))
	case errors.Is(err, registry.ErrStale):
		return d.Sent(w, r, back, ui.Warn, "The document changed in the meantime. Nothing was approved; look again and decide once more.")
	case err != nil:
		return err
	}
	return d.Done(w, r, back, said)
}

// suspendedWords say what a suspension is about and what ends it.
var suspendedWords = map[registry.SuspendReason]string{
	registry.SuspendedGone:      "The document is not there any more, or names another client ID. Nobody can begin a sign-in with it. It goes on by itself if the document comes back before it counts as withdrawn.",
	registry.SuspendedInvalid:   "The document breaks a rule now. Nobody can begin a sign-in with it until its owner mends the document.",
	registry.SuspendedDowngrade: "It had keys and now says it has none: whoever controls the URL could take over without them. Refresh, look, and apply only if its owner says that this is meant.",
	registry.SuspendedReturn:    "It was withdrawn and is there again. Refresh, look whether it is still the same application, and apply what it says to let it go on.",
}
