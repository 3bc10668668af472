package dashboard

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// credentialsForm is the two forms of the page: adding a secret, and choosing how the application authenticates.
type credentialsForm struct {
	Name    string
	Overlap string // hours
	Expires string // days; empty = never
	Method  string
	Once    string
	Key     keyForm
	Wrong   faults
}

// The ways to authenticate that the page offers. Both is what an application starts with: libraries differ in what they send.
const (
	methodBoth  = "both"
	methodBasic = string(oauth.AuthClientSecretBasic)
	methodPost  = string(oauth.AuthClientSecretPost)
	methodNone  = string(oauth.AuthNone)
	methodKey   = string(oauth.AuthPrivateKeyJWT)
	methodMove  = "secret_or_key" // while an application moves from the one to the other
)

func methodOf(a *registry.Application) string {
	basic, post := a.Accepts(oauth.AuthClientSecretBasic), a.Accepts(oauth.AuthClientSecretPost)
	switch {
	case a.Accepts(oauth.AuthPrivateKeyJWT) && (basic || post):
		return methodMove
	case a.Accepts(oauth.AuthPrivateKeyJWT):
		return methodKey
	case basic && post:
		return methodBoth
	case basic:
		return methodBasic
	case post:
		return methodPost
	}
	return methodNone
}

func methodsFrom(choice string) []oauth.AuthMethod {
	if choice == methodBoth {
		return []oauth.AuthMethod{oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost}
	}
	if choice == methodMove {
		return []oauth.AuthMethod{oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost, oauth.AuthPrivateKeyJWT}
	}
	return []oauth.AuthMethod{oauth.AuthMethod(choice)}
}

// usesKeys and usesSecrets say what an application may prove itself with.
func usesKeys(a *registry.Application) bool { return a.Accepts(oauth.AuthPrivateKeyJWT) }

func usesSecrets(a *registry.Application) bool {
	return a.Accepts(oauth.AuthClientSecretBasic) || a.Accepts(oauth.AuthClientSecretPost)
}

var methodOptions = []ui.Option{
	{Value: methodBoth, Label: "A secret, sent either way", Text: "In the Authorization header or in the body. Fits every library."},
	{Value: methodBasic, Label: "A secret in the header only", Text: "client_secret_basic"},
	{Value: methodPost, Label: "A secret in the body only", Text: "client_secret_post"},
	{Value: methodKey, Label: "What it signed with a key", Text: "private_key_jwt. The safest: nothing secret ever travels. Add a key first; choosing it retires every secret at once."},
	{Value: methodMove, Label: "Either, a secret or a key", Text: "While you move from the one to the other."},
	{Value: methodNone, Label: "Nothing", Text: "For programs that cannot keep a secret. Choosing it retires every secret at once."},
}

func (d *Dashboard) credentials(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return d.writeCredentials(w, r, v, &a, credentialsForm{Overlap: "24", Method: methodOf(&a)}, http.StatusOK)
}

func (d *Dashboard) writeCredentials(w http.ResponseWriter, r *http.Request, v *visit, a *registry.Application, f credentialsForm, status int) error {
	f.Once = d.newOnce()
	return v.write(w, r, status, credentialsPage(v, a, f))
}

// addSecret adds one beside the others, which live on for the overlap: rotation without a meeting.
func (d *Dashboard) addSecret(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	first, err := d.useOnce(r)
	if err != nil {
		return err
	}
	if !first {
		return d.shownBefore(w, r, v, "/dashboard/applications/"+id+"/credentials")
	}
	f := credentialsForm{Name: strings.TrimSpace(r.PostForm.Get("name")), Overlap: r.PostForm.Get("overlap"), Expires: strings.TrimSpace(r.PostForm.Get("expires")), Wrong: faults{}}
	overlap := f.Wrong.hours(f.Overlap)
	expires := f.Wrong.expiry(f.Expires, v.now)
	if len(f.Wrong) == 0 {
		a, minted, err := d.Registry.AddSecret(r.Context(), v.actor(), id, f.Name, overlap, expires)
		invalid, wrong := errors.AsType[*registry.Invalid](err)
		switch {
		case wrong:
			f.Wrong.addInvalid(invalid, map[string]string{"name": "The name", "overlap": "The overlap", "expires_at": "The end", "secrets": "Secrets", "auth_methods": "The authentication method"}, nil)
		case err != nil:
			return err
		default:
			return d.showSecret(w, r, v, secretPage{
				App: a, Value: minted.Value, Title: "Secret added", Text: "The older ones work for another " + ui.Span(overlap) + ". Put this one in place before.",
				Next: ui.Link{Label: "I have stored it", Href: appPath(&a, "credentials")},
			})
		}
	}
	a, err := d.Registry.Application(r.Context(), id)
	if err != nil {
		return err
	}
	f.Method = methodOf(&a)
	return d.writeCredentials(w, r, v, &a, f, http.StatusUnprocessableEntity)
}

// replaceSecret ends every secret at once and shows a new one: what to do when one leaked.
func (d *Dashboard) replaceSecret(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	first, err := d.useOnce(r)
	if err != nil {
		return err
	}
	if !first {
		return d.shownBefore(w, r, v, "/dashboard/applications/"+id+"/credentials")
	}
	a, minted, err := d.Registry.ReplaceSecret(r.Context(), v.actor(), id)
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		return d.sent(w, r, "/dashboard/applications/"+id+"/credentials", ui.Danger, invalid.Error())
	}
	if err != nil {
		return err
	}
	text := "Every older secret stopped working just now. Put this one in place."
	if on(r.PostForm, "families") {
		ended, err := d.endConnections(r, v, &a)
		if err != nil {
			return err
		}
		text += " " + endedWords(ended)
	}
	return d.showSecret(w, r, v, secretPage{
		App: a, Value: minted.Value, Title: "Secret replaced", Text: text,
		Next: ui.Link{Label: "I have stored it", Href: appPath(&a, "credentials")},
	})
}

// endConnections ends every refresh token of an application: whoever had the secret may have used it to get some.
func (d *Dashboard) endConnections(r *http.Request, v *visit, a *registry.Application) (int, error) {
	e := audit.Event{
		At: v.now, Kind: "application.connections_ended", Actor: v.actor(),
		TargetKind: registry.KindApplication, TargetID: a.ID, TargetName: a.Name,
	}
	return d.Store.RevokeFamilies(r.Context(), a.ID, v.now, e)
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

func (d *Dashboard) revokeSecret(w http.ResponseWriter, r *http.Request, v *visit) error {
	a, err := d.Registry.RevokeSecret(r.Context(), v.actor(), r.PathValue("id"), r.PathValue("secret"))
	if err != nil {
		return err
	}
	return d.done(w, r, appPath(&a, "credentials"), "Secret revoked. It stopped working just now.")
}

// saveMethod changes how the application authenticates. Going public retires the secrets, which the page says beforehand; a new
// confidential application has none until one is added.
func (d *Dashboard) saveMethod(w http.ResponseWriter, r *http.Request, v *visit) error {
	id, choice := r.PathValue("id"), r.PostForm.Get("method")
	f := credentialsForm{Overlap: "24", Method: choice, Wrong: faults{}}
	if !slices.ContainsFunc(methodOptions, func(o ui.Option) bool { return o.Value == choice }) {
		f.Wrong.add("method", "Choose one of the list.")
	} else {
		a, _, err := d.Registry.Update(r.Context(), v.actor(), id, revisionOf(r), func(a *registry.Application) error {
			a.AuthMethods = methodsFrom(choice)
			return nil
		})
		invalid, wrong := errors.AsType[*registry.Invalid](err)
		switch {
		case wrong:
			for _, violation := range invalid.Violations {
				f.Wrong.add("method", sentence(settingLabels[violation.Field], violation))
			}
		case errors.Is(err, registry.ErrStale):
			f.Wrong.add("method", "Somebody else saved in the meantime. Nothing was overwritten; look again and save once more.")
		case err != nil:
			return err
		default:
			return d.done(w, r, appPath(&a, "credentials"), "Saved. The change is in force.")
		}
	}
	a, err := d.Registry.Application(r.Context(), id)
	if err != nil {
		return err
	}
	return d.writeCredentials(w, r, v, &a, f, http.StatusUnprocessableEntity)
}

// hours reads the overlap; the registry checks how long it may be.
func (f faults) hours(text string) time.Duration {
	if text == "" {
		return registry.DefaultSecretOverlap
	}
	n, ok := wholeNumber(text)
	if !ok || n < 1 || n > int64(registry.MaxSecretOverlap/time.Hour) {
		f.add("overlap", "Choose one of the list; an older secret lives on for 7 days at most.")
		return 0
	}
	return time.Duration(n) * time.Hour
}

// expiry reads in how many days the new secret ends.
func (f faults) expiry(text string, now time.Time) time.Time {
	if text == "" {
		return time.Time{}
	}
	n, ok := wholeNumber(text)
	if !ok || n < 1 || n > 3650 {
		f.add("expires_at", "Write a number of days between 1 and 3650, or leave it empty for a secret that does not end.")
		return time.Time{}
	}
	return now.Add(time.Duration(n) * 24 * time.Hour)
}
