package applications

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// The ways to authenticate that the page offers. Both is what an application starts with: libraries differ in what they send.
const (
	methodBoth  = "both"
	methodBasic = string(oauth.AuthClientSecretBasic)
	methodPost  = string(oauth.AuthClientSecretPost)
	methodNone  = string(oauth.AuthNone)
	methodKey   = string(oauth.AuthPrivateKeyJWT)
	methodMove  = "secret_or_key" // while an application moves from the one to the other
)

func chosenMethod(a *registry.Application) string {
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

// usesKeys reports whether an application may prove itself with a key.
func usesKeys(a *registry.Application) bool { return a.Accepts(oauth.AuthPrivateKeyJWT) }

var methodOptions = []ui.Option{
	{Value: methodBoth, Label: "Secret, sent either way", Text: "In the Authorization header or in the body. Fits every library.", Note: "client_secret_basic, client_secret_post", Says: "The application sends its secret with every request for tokens."},
	{Value: methodBasic, Label: "Secret in the header", Text: "What the specification asks every library to be able to do.", Note: "client_secret_basic", Says: "The secret travels in the Authorization header only; one in the body is refused."},
	{Value: methodPost, Label: "Secret in the body", Text: "For libraries that send it as a field of the form.", Note: "client_secret_post", Says: "The secret travels in the body only; one in the header is refused."},
	{Value: methodKey, Label: "Signed with a key", Text: "The safest: nothing secret ever travels.", Note: "private_key_jwt", Says: "Add the public key first. Choosing this retires every secret at once."},
	{Value: methodMove, Label: "Secret or key", Text: "While you move from the one to the other.", Note: "both of them", Says: "Either is taken. Choose the key alone when every program has moved."},
	{Value: methodNone, Label: "Nothing", Text: "For programs that cannot keep a secret.", Note: "none", Says: "PKCE and the callback URL are all that protects it. Choosing this retires every secret and key at once."},
}

// saveMethod changes how the application authenticates. Going public retires the secrets, which the page says beforehand; a new
// confidential application has none until one is added.
func (d *Pages) saveMethod(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	id := r.PathValue("id")
	was, err := d.Registry.Application(r.Context(), id)
	if err != nil {
		return err
	}
	now := methodForm(&was)
	frame.TakeTheirs(r.PostForm, now, methodFields)
	choice := r.PostForm.Get("method")
	if !slices.ContainsFunc(methodOptions, func(o ui.Option) bool { return o.Value == choice }) {
		return d.methodRefused(w, r, v, choice, "Choose one of the list.")
	}
	revision := frame.RevisionOf(r)
	if revision > 0 && r.PostForm.Get("seen") == now.Get("seen") {
		revision = was.Revision // what changed since is not the method
	}
	a, _, err := d.Registry.Update(r.Context(), v.Actor(), id, revision, func(a *registry.Application) error {
		a.AuthMethods = methodsFrom(choice)
		return nil
	})
	invalid, wrong := errors.AsType[*registry.Invalid](err)
	switch {
	case wrong:
		sentences := make([]string, len(invalid.Violations))
		for i, violation := range invalid.Violations {
			sentences[i] = frame.Sentence(settingLabels[violation.Field], violation)
		}
		return d.methodRefused(w, r, v, choice, sentences...)
	case errors.Is(err, registry.ErrStale):
		return d.methodStale(w, r, v)
	case err != nil:
		return err
	}
	return d.Done(w, r, frame.AppPath(&a, "credentials"), "Saved. The change is in force.")
}

// methodFields are those of the form for the method.
var methodFields = []string{"method"}

// methodForm is that form as an application fills it.
func methodForm(a *registry.Application) url.Values {
	f := url.Values{"method": {chosenMethod(a)}, "revision": {strconv.FormatInt(a.Revision, 10)}}
	f.Set("seen", frame.SeenOf(f, methodFields))
	return f
}

// methodStale answers a choice that was made before somebody else chose: both versions stand there. One that is in force already
// was sent twice.
func (d *Pages) methodStale(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	now := methodForm(&a)
	stale := frame.StaleFields(methodFields, r.PostForm, now, func(string) string { return "Authentication method" }, map[string]func(string) string{"method": methodLabel})
	if len(stale) == 0 {
		return d.Done(w, r, frame.AppPath(&a, "credentials"), "Saved. The change is in force.")
	}
	stale[0].Name = "auth_methods" // as the record of changes calls it
	if err := d.SayWho(r.Context(), registry.KindApplication, a.ID, a.Revision-frame.RevisionOf(r), stale); err != nil {
		return err
	}
	stale[0].Name = "method"
	frame.KeepTheirs(r.PostForm, now, stale)
	f := newCredentialsForm(&a)
	f.Method, f.Stale = r.PostForm.Get("method"), stale
	return d.writeCredentials(w, r, v, &a, f, http.StatusConflict)
}

func (d *Pages) methodRefused(w http.ResponseWriter, r *http.Request, v *frame.Visit, choice string, sentences ...string) error {
	a, err := d.Registry.Application(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f := newCredentialsForm(&a)
	f.Method, f.Wrong = choice, frame.Faults{"method": sentences}
	return d.writeCredentials(w, r, v, &a, f, http.StatusUnprocessableEntity)
}

func methodLabel(method string) string {
	for _, o := range methodOptions {
		if o.Value == method {
			return o.Label
		}
	}
	return method
}
