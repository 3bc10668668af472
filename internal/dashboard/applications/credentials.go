package applications

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// credentialsForm is the two forms of the page: adding a secret, and choosing how the application authenticates.
type credentialsForm struct {
	Name      string
	Overlap   string // hours
	Expires   string // days; empty = never, custom = on a day
	ExpiresOn string // the day
	Method    string
	Stale     []frame.StaleField // the method, if somebody else chose another one meanwhile
	Open      string             // what is open on the page: secret, replace, key, or revoke, switch and remove followed by an id; without scripts
	Once      string
	Key       keyForm
	Wrong     frame.Faults
}

func (d *Pages) credentials(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := newCredentialsForm(&a)
	f.Open = r.URL.Query().Get("open")
	return d.writeCredentials(w, r, v, &a, f, http.StatusOK)
}

func newCredentialsForm(a *registry.Application) credentialsForm {
	return credentialsForm{Overlap: "24", Expires: "180", Method: chosenMethod(a)}
}

func (d *Pages) writeCredentials(w http.ResponseWriter, r *http.Request, v *frame.Visit, a *registry.Application, f credentialsForm, status int) error {
	f.Once = d.NewOnce()
	return v.Write(w, r, status, credentialsPage(v, a, f))
}

// addSecret adds one beside the others, which live on for the overlap: rotation without a meeting.
func (d *Pages) addSecret(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	id := r.PathValue("id")
	first, err := d.UseOnce(r)
	if err != nil {
		return err
	}
	if !first {
		return d.shownBefore(w, r, v, "/dashboard/applications/"+id+"/credentials")
	}
	f := credentialsForm{
		Name: strings.TrimSpace(r.PostForm.Get("name")), Overlap: r.PostForm.Get("overlap"), Expires: strings.TrimSpace(r.PostForm.Get("expires")),
		ExpiresOn: strings.TrimSpace(r.PostForm.Get("expires_on")), Open: "secret", Wrong: frame.Faults{},
	}
	overlap := hoursOf(f.Wrong, f.Overlap)
	expires := f.expiry(r, v.Now)
	if len(f.Wrong) == 0 {
		a, minted, err := d.Registry.AddSecret(r.Context(), v.Actor(), id, f.Name, overlap, expires)
		invalid, wrong := errors.AsType[*registry.Invalid](err)
		switch {
		case wrong:
			f.Wrong.AddInvalid(invalid, map[string]string{"name": "The name", "overlap": "The overlap", "expires_at": "The end", "secrets": "Secrets", "auth_methods": "The authentication method"}, nil)
		case err != nil:
			return err
		default:
			return d.showSecret(w, r, v, secretPage{
				App: a, Value: minted.Value, Title: "Secret added", Text: addedWords(&a, v.Now, overlap),
				Next: ui.Link{Label: "I have stored it", Href: frame.AppPath(&a, "credentials")},
			})
		}
	}
	a, err := d.Registry.Application(r.Context(), id)
	if err != nil {
		return err
	}
	f.Method = chosenMethod(&a)
	return d.writeCredentials(w, r, v, &a, f, http.StatusUnprocessableEntity)
}

// replaceSecret ends every secret at once and shows a new one: what to do when one leaked.
func (d *Pages) replaceSecret(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	id := r.PathValue("id")
	first, err := d.UseOnce(r)
	if err != nil {
		return err
	}
	if !first {
		return d.shownBefore(w, r, v, "/dashboard/applications/"+id+"/credentials")
	}
	a, minted, err := d.Registry.ReplaceSecret(r.Context(), v.Actor(), id)
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		return d.Sent(w, r, "/dashboard/applications/"+id+"/credentials", ui.Danger, invalid.Error())
	}
	if err != nil {
		return err
	}
	text := "Every older secret stopped working just now. Put this one in place."
	if frame.Ticked(r.PostForm, "families") {
		ended, err := d.endConnections(r, v, &a)
		if err != nil {
			return err
		}
		text += " " + endedWords(ended)
	}
	return d.showSecret(w, r, v, secretPage{
		App: a, Value: minted.Value, Title: "Secret replaced", Text: text,
		Next: ui.Link{Label: "I have stored it", Href: frame.AppPath(&a, "credentials")},
	})
}

// endConnections ends every refresh token of an application: whoever had the secret may have used it to get some.
func (d *Pages) endConnections(r *http.Request, v *frame.Visit, a *registry.Application) (int, error) {
	e := audit.Event{
		At: v.Now, Kind: "application.connections_ended", Actor: v.Actor(),
		TargetKind: registry.KindApplication, TargetID: a.ID, TargetName: a.Name,
	}
	return d.Tokens.RevokeFamilies(r.Context(), a.ID, v.Now, e)
}

func endedWords(n int) string {
	switch n {
	case 0:
		return "There was no refresh token to end."
	case 1:
		return "1 refresh token ended; that person signs in again."
	}
	return strconv.Itoa(n) + " refresh tokens ended; those people sign in again."
}

func (d *Pages) revokeSecret(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.RevokeSecret(r.Context(), v.Actor(), r.PathValue("id"), r.PathValue("secret"))
	if err != nil {
		return err
	}
	return d.Done(w, r, frame.AppPath(&a, "credentials"), "Secret revoked. It stopped working just now.")
}

// hoursOf reads the overlap; the registry checks how long it may be.
func hoursOf(wrong frame.Faults, text string) time.Duration {
	if text == "" {
		return registry.DefaultSecretOverlap
	}
	n, ok := frame.WholeNumber(text)
	if !ok || n < 1 || n > int64(registry.MaxSecretOverlap/time.Hour) {
		wrong.Add("overlap", "Choose one of the list; an older secret lives on for 7 days at most.")
		return 0
	}
	return time.Duration(n) * time.Hour
}

// expiry reads when the new secret ends: after a number of days, on a day, or never.
func (f *credentialsForm) expiry(r *http.Request, now time.Time) time.Time {
	switch f.Expires {
	case "":
		return time.Time{}
	case "custom":
		day, err := time.Parse(time.DateOnly, f.ExpiresOn)
		if end := day.Add(24*time.Hour - time.Second); err == nil && end.After(now) {
			return end
		}
		f.Wrong.Add("expires_on", "Write a day in the future, as in 2026-12-31.")
		return time.Time{}
	}
	n, ok := frame.WholeNumber(f.Expires)
	if !ok || n < 1 || n > 3650 {
		f.Wrong.Add("expires_at", "Choose one of the list, or a day.")
		return time.Time{}
	}
	return now.Add(time.Duration(n) * 24 * time.Hour)
}

var expiryOptions = []ui.Option{
	{Value: "30", Label: "After 30 days"},
	{Value: "60", Label: "After 60 days"},
	{Value: "90", Label: "After 90 days"},
	{Value: "180", Label: "After 180 days"},
	{Value: "custom", Label: "On a day that I choose"},
	{Label: "Never"},
}

func addedWords(a *registry.Application, now time.Time, overlap time.Duration) string {
	if len(liveSecrets(a, now)) < 2 {
		return "Put it in place; the application gets tokens with it from now on."
	}
	return "The older ones work for another " + ui.Span(overlap) + " at most. Put this one in place before."
}

// liveSecrets are those that work now, oldest first.
func liveSecrets(a *registry.Application, now time.Time) []registry.ClientSecret {
	return slices.DeleteFunc(slices.Clone(a.Secrets), func(s registry.ClientSecret) bool { return !s.Usable(now) })
}

func liveKeys(a *registry.Application, now time.Time) []registry.Key {
	return slices.DeleteFunc(slices.Clone(a.Keys), func(k registry.Key) bool { return !k.Usable(now) })
}

// expiresSoon is how long before its end a secret or key is marked.
const expiresSoon = 14 * 24 * time.Hour

// secretState is where a secret stands: in use, on its way out beside a newer one, or gone.
func secretState(a *registry.Application, s registry.ClientSecret, now time.Time) ui.Badge {
	live := liveSecrets(a, now)
	switch {
	case !s.RetiredAt.IsZero():
		return ui.Badge{Text: "revoked"}
	case !s.Usable(now):
		return ui.Badge{Kind: ui.Danger, Text: "expired"}
	case live[len(live)-1].ID != s.ID:
		return ui.Badge{Kind: ui.Warn, Text: "being replaced", Dot: true}
	}
	return ui.Badge{Kind: ui.Good, Text: "works", Dot: true}
}

// revokeWords say what revoking a secret or key stops.
func revokeWords(last bool, used time.Time, what string) []string {
	stops := []string{"Whatever still sends it is refused from then on."}
	if last {
		stops = append(stops, "It is the only "+what+" that works: the application gets no tokens until it has another. Add that one first.")
	}
	if used.IsZero() {
		return append(stops, "It was never used.")
	}
	return append(stops, "It was last used on "+used.UTC().Format("2 January 2006")+".")
}
