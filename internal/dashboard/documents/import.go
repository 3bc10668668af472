package documents

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"clientele/internal/advisor"
	"clientele/internal/audit"
	"clientele/internal/cimd"
	"clientele/internal/dashboard/access"
	"clientele/internal/dashboard/frame"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Importer is applications from a URL, as the dashboard asks for them. cimd.Service is one.
type Importer interface {
	Preview(ctx context.Context, actor audit.Actor, url string) (cimd.Preview, error)
	Register(ctx context.Context, actor audit.Actor, url string, o cimd.RegisterOptions) (cimd.Registered, error)
	Refresh(ctx context.Context, actor audit.Actor, id, hash, keySetHash string) (cimd.Registered, error)
	Approve(ctx context.Context, actor audit.Actor, waitingID, hash, keySetHash string) (cimd.Registered, error)
	DenyAndBlock(ctx context.Context, actor audit.Actor, waitingID string, block cimd.Block) (registry.AdmissionRule, error)
	MayLook(actor audit.Actor) error
}

// importForm is the page as it was and as it is shown again.
type importForm struct {
	URL         string
	Mode        string
	Fault       string        // why the URL cannot even be looked at
	Moved       bool          // the document is another one than the one that was looked at
	Preview     *cimd.Preview // nil before the first look
	Known       *registry.Application
	Permissions []access.PermissionSet
	Wrong       []string // what the registry has against it
	Findings    []advisor.Finding
}

func (d *Pages) newImport(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	return v.Write(w, r, http.StatusOK, importPage(v, importForm{URL: r.URL.Query().Get("url")}))
}

// previewImport fetches the document and shows what would become of it. Nothing is stored.
func (d *Pages) previewImport(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := importForm{URL: strings.TrimSpace(r.PostForm.Get("url")), Mode: string(registry.Review)}
	if f.URL == "" {
		f.Fault = "Write the URL of the application's metadata document."
		return v.Write(w, r, http.StatusUnprocessableEntity, importPage(v, f))
	}
	p, err := d.Import.Preview(r.Context(), v.Actor(), f.URL)
	if err != nil {
		return d.importBusy(w, r, v, f, err)
	}
	return d.showImport(w, r, v, f, p, http.StatusOK)
}

// showImport answers with a preview. A URL that is none is marked at its field.
func (d *Pages) showImport(w http.ResponseWriter, r *http.Request, v *frame.Visit, f importForm, p cimd.Preview, status int) error {
	f.Preview = &p
	if p.Failure != nil && p.Failure.Kind == audit.FailureURL {
		f.Fault, f.Preview = frame.FailureSentence(p.Failure), nil
		return v.Write(w, r, http.StatusUnprocessableEntity, importPage(v, f))
	}
	if p.ApplicationID != "" {
		a, err := d.Registry.Application(r.Context(), p.ApplicationID)
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return err
		}
		if err == nil {
			f.Known = &a
		}
	}
	if p.Usable() {
		f.Findings = d.importFindings(r, &p)
		var err error
		if f.Permissions, err = d.Access.PermissionStep(r.Context(), p.ApplicationID, r.PostForm); err != nil {
			return err
		}
	}
	if !p.Usable() && status == http.StatusOK {
		status = http.StatusUnprocessableEntity
	}
	return v.Write(w, r, status, importPage(v, f))
}

// importBusy answers when looking was not possible at all: this server fetches a bounded number of documents a minute.
func (d *Pages) importBusy(w http.ResponseWriter, r *http.Request, v *frame.Visit, f importForm, err error) error {
	if retry, busy := frame.BusyFor(err); busy {
		f.Fault = "Too many documents were fetched just now. Try again in " + retry + "."
		return v.Write(w, r, http.StatusTooManyRequests, importPage(v, f))
	}
	return err
}

// createImport registers what was looked at: the hashes bind it, so a document that changed meanwhile is shown again instead.
func (d *Pages) createImport(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	f := importForm{URL: strings.TrimSpace(r.PostForm.Get("url")), Mode: r.PostForm.Get("mode")}
	o := cimd.RegisterOptions{Mode: registry.FollowMode(f.Mode), Hash: r.PostForm.Get("hash"), KeySetHash: r.PostForm.Get("keyset")}
	made, err := d.Import.Register(r.Context(), v.Actor(), f.URL, o)
	if declined, ok := errors.AsType[*cimd.Declined](err); ok {
		f.Moved = declined.Moved
		return d.showImport(w, r, v, f, declined.Preview, http.StatusConflict)
	}
	if invalid, ok := errors.AsType[*registry.Invalid](err); ok {
		return d.importInvalid(w, r, v, f, invalid)
	}
	if err != nil {
		return d.importBusy(w, r, v, f, err)
	}
	return d.imported(w, r, v, made, "Application created.", "Saved. What was shown is in force.")
}

// imported ends an import, a refresh or an approval: the permissions of the step, then the application's page.
func (d *Pages) imported(w http.ResponseWriter, r *http.Request, v *frame.Visit, made cimd.Registered, created, changed string) error {
	said := changed
	if made.Created {
		said = created
	}
	if r.PostForm.Has("permissions") {
		list, err := d.Access.PermissionStep(r.Context(), made.Application.ID, r.PostForm)
		if err == nil {
			err = d.Access.SavePermissions(r.Context(), v, made.Application.ID, list)
		}
		if err != nil {
			return err
		}
	}
	return d.Done(w, r, frame.AppPath(&made.Application, "document"), said)
}

// importInvalid shows what the registry has against a document that is fine by itself.
func (d *Pages) importInvalid(w http.ResponseWriter, r *http.Request, v *frame.Visit, f importForm, invalid *registry.Invalid) error {
	for _, violation := range invalid.Violations {
		f.Wrong = append(f.Wrong, frame.Sentence("", violation))
	}
	p, err := d.Import.Preview(r.Context(), v.Actor(), f.URL)
	if err != nil {
		return d.importBusy(w, r, v, f, err)
	}
	return d.showImport(w, r, v, f, p, http.StatusUnprocessableEntity)
}

// importFindings is what the check says of the application that a preview would make.
func (d *Pages) importFindings(r *http.Request, p *cimd.Preview) []advisor.Finding {
	m := p.Reading.Mapped
	a := registry.Defaults(m.Type, registry.ThirdParty, m.AuthMethods)
	a.ID, a.ExternalID, a.Origin = p.ApplicationID, p.URL, registry.Imported
	a.Name, a.LogoURI, a.AuthMethods = m.Name, m.LogoURI, m.AuthMethods
	a.RedirectURIs, a.Keys = registry.URIs(m.RedirectURIs...), p.Keys
	a.Import = &registry.Import{By: registry.ByOperator, Mode: registry.Review, JWKSURI: m.JWKSURI, Scopes: m.Scopes}
	a.GrantTypes = nil
	for _, g := range m.GrantTypes {
		if g != oauth.ClientCredentials { // behind a switch of its own
			a.GrantTypes = append(a.GrantTypes, g)
		}
	}
	return d.Advisor.Draft(r.Context(), a)
}
