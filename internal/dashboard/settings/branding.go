package settings

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"clientele/internal/cimd"
	"clientele/internal/dashboard/frame"
	"clientele/internal/registry"
	"clientele/internal/ui"
)

// Logos keeps pictures, re-encoded by us, by the hash of their bytes. They are served at /logos/{hash}.
type Logos struct {
	Keep func(ctx context.Context, picture []byte) (hash string, err error) // a *cimd.Failure says what is wrong with the picture
	Read func(ctx context.Context, hash string) (png []byte, err error)
}

// maxLogoUpload is how large a picture may be, in bytes.
const maxLogoUpload = 256 << 10

// branding is what the page shows beside the settings.
type branding struct {
	Accent  string // that is previewed
	Words   string // what becomes of the colour so that text can be read; empty without a colour
	Preview string // query of the preview
	Fault   string // what is wrong with the picture
}

// brandingOf previews what stands in the form, if it can be read, else what is in force.
func (d *Pages) brandingOf(r *http.Request, f instanceForm) branding {
	b := branding{Accent: f.get("accent")}
	if typed := r.URL.Query().Get("accent"); typed != "" && r.Method == http.MethodGet {
		b.Accent = typed
		f.values.Set("accent", typed)
	}
	if use, ok := ui.UseOfAccent(b.Accent); ok {
		b.Words = contrastWords(use)
	} else {
		b.Accent = ""
	}
	b.Preview = url.Values{"accent": {b.Accent}}.Encode()
	return b
}

func contrastWords(u ui.AccentUse) string {
	ratio := strconv.FormatFloat(u.Contrast, 'f', 1, 64)
	text := "White on it has a contrast of " + ratio + " : 1."
	if u.Contrast >= 4.5 {
		return text + " Text can be read (4.5 : 1 is needed). On dark pages links are " + u.DarkText + "."
	}
	return text + " Text needs 4.5 : 1, so light pages use " + u.Light + " and dark ones " + u.DarkText + " instead."
}

// uploadLogo takes a picture, keeps what we make of it and names it in the settings.
func (d *Pages) uploadLogo(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	p := settingPages[1]
	refuse := func(status int, why string) error {
		f := d.currentSettings(p.names())
		b := d.brandingOf(r, f)
		b.Fault = why
		return v.Write(w, r, status, brandingPage(v, p, f, b))
	}
	picture, err := readUpload(w, r)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge || len(picture) > maxLogoUpload {
		return refuse(http.StatusRequestEntityTooLarge, "The picture is larger than 256 kB. Make it smaller: it is shown at 28 pixels.")
	}
	if err != nil || len(picture) == 0 {
		return refuse(http.StatusUnprocessableEntity, "Choose a picture first: a PNG, JPEG, WebP or GIF of at most 256 kB.")
	}
	hash, err := d.Logos.Keep(r.Context(), picture)
	if failure, ok := errors.AsType[*cimd.Failure](err); ok {
		return refuse(http.StatusUnprocessableEntity, failure.Message+" "+failure.Mend)
	}
	if err != nil {
		return err
	}
	if err := d.Settings.Set(r.Context(), v.Actor(), "logo_url", "/logos/"+hash); err != nil {
		return err
	}
	return d.Done(w, r, brandingPath, "The logo is in place.")
}

// removeLogo leaves the name with our mark.
func (d *Pages) removeLogo(w http.ResponseWriter, r *http.Request, v *frame.Visit) error {
	if err := d.Settings.Set(r.Context(), v.Actor(), "logo_url", ""); err != nil {
		return err
	}
	return d.Done(w, r, brandingPath, "The logo is gone. Pages show the name with our mark.")
}

func readUpload(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := r.ParseMultipartForm(maxLogoUpload + 4<<10); err != nil {
		return nil, err
	}
	file, _, err := r.FormFile("logo")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(http.MaxBytesReader(w, file, maxLogoUpload))
}

// brandingPreview draws the sign-in card as it would look. A picture runs nothing, wherever it is opened.
func (d *Pages) brandingPreview(w http.ResponseWriter, r *http.Request, _ *frame.Visit) error {
	now, q := d.Settings.Current(), r.URL.Query()
	p := ui.SignInPreview{Name: now.InstanceName, Accent: q.Get("accent"), Dark: q.Get("theme") == "dark"}
	if hash, ours := strings.CutPrefix(now.LogoURL, "/logos/"); ours {
		png, err := d.Logos.Read(r.Context(), hash)
		if err != nil && !errors.Is(err, registry.ErrNotFound) {
			return err
		}
		p.Logo = png
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; sandbox")
	_, err := w.Write(p.SVG())
	return err
}
