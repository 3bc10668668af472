package applications

import (
	"errors"
	"net/http"
	"strings"

	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/secret"
	"clientele/internal/ui"
)

// createForm is the form as it was and as it is shown again.
type createForm struct {
	Name      string
	Type      string
	Ownership string
	Once      string
	Wrong     frame.Faults
}

var createLabels = map[string]string{"name": "The name", "type": "The type", "ownership": "The owner"}

func (d *Pages) newApplication(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := createForm{Type: r.URL.Query().Get("type"), Ownership: string(registry.FirstParty), Once: d.NewOnce()}
	return v.Write(w, r, http.StatusOK, createApplicationPage(v, f))
}

// createApplication makes the application. One that keeps a secret shows it by answering this very request, because it is kept
// nowhere; the form works once, so that loading the page again makes no second application.
func (d *Pages) createApplication(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	first, err := d.UseOnce(r)
	if err != nil {
		return err
	}
	if !first {
		return d.shownBefore(w, r, v, "/dashboard/applications")
	}
	f := createForm{
		Name: strings.TrimSpace(r.PostForm.Get("name")), Type: r.PostForm.Get("type"), Ownership: r.PostForm.Get("ownership"),
		Wrong: frame.Faults{},
	}
	if !knownType(f.Type) {
		f.Wrong.Add("type", "Choose what it is: the choice decides which safety settings are switched on.")
	}
	a, minted, err := d.draftApplication(r, v, &f)
	switch {
	case err != nil:
		return err
	case len(f.Wrong) > 0:
		f.Once = d.NewOnce()
		return v.Write(w, r, http.StatusUnprocessableEntity, createApplicationPage(v, f))
	case len(minted) == 0:
		return d.Done(w, r, frame.AppPath(&a, ""), "Application created.")
	}
	return d.showSecret(w, r, v, secretPage{
		App: a, Value: minted[0].Value, Title: "Application created",
		Text: "Store its secret now, where your server reads its configuration.", Next: nextAfterCreate(&a),
	})
}

// draftApplication creates unless the form has faults; with a fault it still asks for all others, so that they show at once.
func (d *Pages) draftApplication(r *http.Request, v *frame.Visit, f *createForm) (registry.Application, []registry.Minted, error) {
	draft := registry.Draft{Name: f.Name, Type: registry.Type(f.Type), Ownership: registry.Ownership(f.Ownership)}
	var a registry.Application
	var minted []registry.Minted
	var err error
	if len(f.Wrong) > 0 {
		draft.Type = registry.RegularWeb // stands in for the one that is missing
		err = d.Registry.Check(v.Actor(), draft)
	} else {
		a, minted, err = d.Registry.Create(r.Context(), v.Actor(), draft)
	}
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		f.Wrong.AddInvalid(invalid, createLabels, nil)
		return registry.Application{}, nil, nil
	}
	return a, minted, err
}

func knownType(t string) bool {
	for _, w := range frame.Types {
		if string(w.Type) == t {
			return true
		}
	}
	return false
}

// nextAfterCreate is where the person goes on: a machine-to-machine application can do nothing before it has an API.
func nextAfterCreate(a *registry.Application) ui.Link {
	if a.Type == registry.MachineToMachine {
		return ui.Link{Label: "I have stored it, choose an API", Href: frame.AppPath(a, "apis")}
	}
	return ui.Link{Label: "I have stored it", Href: frame.AppPath(a, "")}
}

// secretPage is the only page a secret is ever on.
type secretPage struct {
	App   registry.Application
	Value secret.Secret
	Title string
	Text  string
	Next  ui.Link
}

// showSecret answers with the secret. Nothing of it is kept, here or in a cache.
func (d *Pages) showSecret(w http.ResponseWriter, r *http.Request, v *frame.Visit, p secretPage) error {
	w.Header().Set("Cache-Control", "no-store")
	once := ui.SecretOnce{
		Value: p.Value.Reveal(), File: fileName(p.App.Name),
		Env: []ui.Hidden{{Name: "ISSUER", Value: d.Issuer}, {Name: "CLIENT_ID", Value: string(p.App.ClientID())}, {Name: "CLIENT_SECRET", Value: p.Value.Reveal()}},
	}
	return v.Write(w, r, http.StatusOK, secretShownPage(v, p, once, d.Issuer))
}

// fileName makes the name of a file of an application's: orders-web.env.
func fileName(application string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		case r == ' ', r == '-', r == '_', r == '.':
			return '-'
		}
		return -1
	}, strings.ToLower(application))
	if name = strings.Trim(name, "-"); name == "" {
		name = "application"
	}
	return name + ".env"
}

// shownBefore answers a form that was sent a second time.
func (d *Pages) shownBefore(w http.ResponseWriter, r *http.Request, v *frame.Visit, back string) error {
	return v.Write(w, r, http.StatusConflict, shownBeforePage(v, back))
}
