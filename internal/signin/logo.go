package signin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"clientele/internal/registry"
)

// Logos keeps the logos of applications, re-encoded by us, by the hash of their bytes. The store does.
type Logos interface {
	// Logo is a PNG. It fails with registry.ErrNotFound.
	Logo(ctx context.Context, hash string) ([]byte, error)
}

// logo serves a logo. It never changes under its hash, and whatever a browser takes it for, nothing in it runs.
func (h *Handler) logo(w http.ResponseWriter, r *http.Request) {
	hash := r.PathValue("hash")
	if h.Logos == nil || len(hash) != 43 {
		http.NotFound(w, r)
		return
	}
	png, err := h.Logos.Logo(r.Context(), hash)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		http.NotFound(w, r)
		return
	case err != nil:
		h.Log.ErrorContext(r.Context(), "a logo could not be read", slog.Any("error", err))
		http.Error(w, "the logo cannot be shown right now", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "image/png")
	header.Set("Content-Length", strconv.Itoa(len(png)))
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	_, _ = w.Write(png)
}
