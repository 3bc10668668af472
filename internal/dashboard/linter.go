package dashboard

import (
	"net/http"
	"strings"

	"clientele/internal/cimd"
)

const linterPath = "/dashboard/tools/metadata-linter"

// linterForm is the page as it was and as it is shown again.
type linterForm struct {
	URL     string
	Text    string
	Fault   string
	Preview *cimd.Preview
}

func (d *Dashboard) linter(w http.ResponseWriter, r *http.Request, v *visit) error {
	return v.write(w, r, http.StatusOK, linterPage(v, linterForm{URL: r.URL.Query().Get("url")}))
}

func (d *Dashboard) lint(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := linterForm{URL: strings.TrimSpace(r.PostForm.Get("url")), Text: strings.TrimSpace(r.PostForm.Get("document"))}
	if f.URL == "" {
		f.Fault = "Write the URL at which the document is, or will be: it must be the client_id in it."
		return v.write(w, r, http.StatusUnprocessableEntity, linterPage(v, f))
	}
	p, err := d.Import.Preview(r.Context(), f.URL)
	if err != nil {
		return err
	}
	f.Preview = &p
	return v.write(w, r, http.StatusOK, linterPage(v, f))
}
