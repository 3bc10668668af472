package ui

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed assets
var files embed.FS

// The stylesheet is one file for the browser and several for its readers. Their order is the order of the cascade.
var stylesheets = []string{"base", "forms", "auth", "frame", "content", "data", "findings", "overlay", "figures", "chart", "log", "dashboard", "application", "quickstart", "tools", "own", "instance", "guide"}

// bundle is everything that is served, under a name that changes with the content.
type bundle struct {
	hash   string
	files  map[string][]byte
	zipped map[string][]byte // those that are smaller then
}

var assets = sync.OnceValue(loadAssets)

func loadAssets() bundle {
	b := bundle{files: map[string][]byte{}}
	css := "@layer reset, base, components, utilities;\n@layer base {\n" + paletteCSS(colours) + "}\n"
	for _, name := range stylesheets {
		css += string(mustRead("assets/css/" + name + ".css"))
	}
	b.files["style.css"] = []byte(css + swatchesCSS())
	b.files["icons.svg"] = mustRead("assets/icons.svg")
	b.files["favicon.svg"] = mustRead("assets/favicon.svg")
	modules, err := fs.Glob(files, "assets/js/*.js")
	if err != nil {
		panic(err)
	}
	for _, name := range modules {
		b.files[path.Base(name)] = mustRead(name)
	}
	b.hash = hashOf(b.files)
	b.zipped = make(map[string][]byte, len(b.files))
	for name, body := range b.files {
		if small := zip(body, gzip.BestCompression); small != nil {
			b.zipped[name] = small
		}
	}
	return b
}

func hashOf(files map[string][]byte) string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		h.Write([]byte(name))
		h.Write([]byte{0})
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// mustRead reads what was embedded at build time; a missing file is a fault of the build.
func mustRead(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return b
}

func assetPath(ctx context.Context, name string) string {
	return Path(ctx, "/ui/"+assets().hash+"/"+name)
}

// Mount adds the routes of the package. site is asked at every request, because an operator may change it.
func Mount(mux *http.ServeMux, site func() Site) {
	mux.HandleFunc("GET /ui/{hash}/{file}", serveAsset)
	mux.HandleFunc("POST /ui/theme", func(w http.ResponseWriter, r *http.Request) { chooseTheme(w, r, site()) })
	mux.HandleFunc("GET /styleguide", func(w http.ResponseWriter, r *http.Request) { serveStyleguide(w, r, site()) })
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	body, ok := assets().files[name]
	if name == "accent.css" {
		body, ok = accentCSS("#"+r.URL.Query().Get("c")), true
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Vary", "Accept-Encoding")
	if small := assets().zipped[name]; small != nil && acceptsGzip(r.Header) { // the same for everybody: there is nothing to find out
		h.Set("Content-Encoding", "gzip")
		body = small
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if r.PathValue("hash") != assets().hash { // an old page beside a new binary: serve, but do not keep
		h.Set("Cache-Control", "no-cache")
	}
	_, _ = w.Write(body)
}

func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return mime.TypeByExtension(ext)
	}
}

// themeCookie keeps the choice of light or dark. It says nothing about the person, so it needs no protection.
const themeCookie = "clientele_theme"

func chooseTheme(w http.ResponseWriter, r *http.Request, site Site) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	choice := r.PostFormValue("theme")
	cookie := &http.Cookie{Name: themeCookie, Value: choice, Path: "/", MaxAge: 365 * 24 * 3600, SameSite: http.SameSiteLaxMode}
	if choice != "light" && choice != "dark" {
		cookie.Value, cookie.MaxAge = "", -1
	}
	http.SetCookie(w, cookie)
	back := r.PostFormValue("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n\t") {
		back = site.Path("/dashboard")
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}
