package applications

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// keyForm is a public key as it is pasted.
type keyForm struct {
	Name      string
	Text      string // PEM or JWK
	KID       string
	Algorithm string
	Ends      string // a day; empty = never
	FromCert  bool
	Wrong     frame.Faults
}

var keyLabels = map[string]string{
	"name": "The name", "pem": "The key", "jwk": "The key", "kid": "The key ID", "algorithm": "The algorithm", "expires_at": "The end", "keys": "A key",
}

// keyAlgorithms are the algorithms of assertions that the page offers; the key decides which of them fit.
var keyAlgorithms = []ui.Option{
	{Label: "Any that fits the key"},
	{Value: "RS256", Label: "RS256"},
	{Value: "RS384", Label: "RS384"},
	{Value: "RS512", Label: "RS512"},
	{Value: "PS256", Label: "PS256"},
	{Value: "PS384", Label: "PS384"},
	{Value: "PS512", Label: "PS512"},
	{Value: "ES256", Label: "ES256"},
	{Value: "ES384", Label: "ES384"},
	{Value: "ES512", Label: "ES512"},
	{Value: "Ed25519", Label: "Ed25519"},
}

// addKey adds a public key beside the others, switched on, so that the application can move over before the old one goes.
func (d *Pages) addKey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	id := r.PathValue("id")
	first, err := d.UseOnce(r)
	if err != nil {
		return err
	}
	if !first && r.PostForm.Has("once") { // without one, the registry still takes no key twice
		return d.Sent(w, r, "/dashboard/applications/"+id+"/credentials", ui.Note, "This form was sent before. What it asked for was done once.")
	}
	f := keyForm{
		Name: strings.TrimSpace(r.PostForm.Get("key_name")), Text: strings.TrimSpace(r.PostForm.Get("key")), KID: strings.TrimSpace(r.PostForm.Get("kid")),
		Algorithm: r.PostForm.Get("algorithm"), Ends: strings.TrimSpace(r.PostForm.Get("key_ends")), FromCert: frame.Ticked(r.PostForm, "from_cert"), Wrong: frame.Faults{},
	}
	if file := strings.TrimSpace(r.PostForm.Get("key_file")); f.Text == "" {
		f.Text = file
	}
	draft := f.draft(r, v.Now)
	if len(f.Wrong) == 0 {
		a, k, err := d.Registry.AddKey(r.Context(), v.Actor(), id, draft)
		invalid, wrong := errors.AsType[*registry.Invalid](err)
		switch {
		case wrong:
			f.refused(invalid)
		case err != nil:
			return err
		default:
			return d.Done(w, r, frame.AppPath(&a, "credentials"), keyAdded(&a, k))
		}
	}
	a, err := d.Registry.Application(r.Context(), id)
	if err != nil {
		return err
	}
	form := newCredentialsForm(&a)
	form.Open, form.Key, form.Wrong = "key", f, f.Wrong
	return d.writeCredentials(w, r, v, &a, form, http.StatusUnprocessableEntity)
}

// draft reads the form: what begins with { is a JWK, everything else PEM.
func (f *keyForm) draft(r *http.Request, now time.Time) registry.KeyDraft {
	draft := registry.KeyDraft{Name: f.Name, KID: f.KID, Algorithm: f.Algorithm, ExpiryFromCertificate: f.FromCert, Active: true}
	switch {
	case f.Text == "":
		f.Wrong.Add("key", "Choose a file, or paste the public key or the certificate: PEM that begins with -----BEGIN, or a JWK that begins with {.")
	case strings.HasPrefix(f.Text, "{"):
		draft.JWK = []byte(f.Text)
	default:
		draft.PEM = f.Text
	}
	ends, err := frame.DayFrom(r, "key_ends", now)
	if err != nil {
		f.Wrong.Add("key_ends", "Write a day in the future, as in 2026-12-31, or leave it empty for a key that does not end.")
	}
	draft.ExpiresAt = ends
	return draft
}

// refused puts the registry's words where the page has them.
func (f *keyForm) refused(invalid *registry.Invalid) {
	for _, violation := range invalid.Violations {
		field, _ := frame.SplitField(violation.Field)
		label := keyLabels[field]
		switch field {
		case "pem", "jwk", "keys", "key":
			field, label = "key", "The key"
		case "name":
			field = "key_name"
		case "expires_at":
			if field = "key_ends"; f.FromCert && f.Ends == "" {
				field = "from_cert"
			}
		}
		if label == "" {
			label = field
		}
		f.Wrong.Add(field, label+" "+violation.Message)
	}
}

func keyAdded(a *registry.Application, k registry.Key) string {
	said := "Key " + frame.KeyName(k) + " added."
	if !usesKeys(a) {
		said += " Choose the method below, so that the application proves itself with it."
	}
	return said
}

// switchKey switches a key on or off; one that is off proves nothing.
func (d *Pages) switchKey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	active := r.PostForm.Get("active") == "yes"
	_, err := d.Registry.UpdateKey(r.Context(), v.Actor(), r.PathValue("id"), r.PathValue("key"), func(k *registry.Key) error {
		k.Active = active
		return nil
	})
	said := "Key switched off. It stopped working just now."
	if active {
		said = "Key switched on."
	}
	return d.keyDone(w, r, err, said)
}

func (d *Pages) deleteKey(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	_, err := d.Registry.DeleteKey(r.Context(), v.Actor(), r.PathValue("id"), r.PathValue("key"))
	return d.keyDone(w, r, err, "Key removed. It stopped working just now.")
}

// keyDone ends a change of a key: taking away the last one that the method needs is refused with words.
func (d *Pages) keyDone(w http.ResponseWriter, r *http.Request, err error, said string) error {
	back := "/dashboard/applications/" + r.PathValue("id") + "/credentials"
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		sentences := make([]string, len(invalid.Violations))
		for i, violation := range invalid.Violations {
			field, _ := frame.SplitField(violation.Field)
			label := keyLabels[field]
			if label == "" {
				label = settingLabels[field]
			}
			sentences[i] = frame.Sentence(label, violation)
		}
		return d.Sent(w, r, back, ui.Danger, strings.Join(sentences, " "))
	}
	if errors.Is(err, registry.ErrNotFound) {
		return d.Sent(w, r, back, ui.Note, "That key is gone already.")
	}
	if err != nil {
		return err
	}
	return d.Done(w, r, back, said)
}
