package discovery

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"clientele/internal/endpoint"
	"clientele/internal/signing"
)

// Room is a door that says what it can do.
type Room interface {
	Capabilities() endpoint.Capabilities
}

// Keys are the public signing keys.
type Keys interface {
	JWKS() []byte
	JWKSTag() string // a strong ETag, with its quotes
	Algorithms() []signing.Algorithm
}

// Handler is the room's door. Every field is needed, except ClientURLs and Log.
type Handler struct {
	Issuer     string // ends in a slash
	Keys       Keys
	Rooms      []Room
	ClientURLs func(ctx context.Context) bool // whether a client ID may be a URL at this moment; nil = never
	Log        *slog.Logger

	metadata atomic.Pointer[document]
}

// document is the metadata as it was last put together.
type document struct {
	algorithms []signing.Algorithm // that it was made with
	clientURLs bool
	body       []byte
	tag        string
}

// maxAge is how long answers may be kept. A key is published long before it signs, so only a revocation has to hurry.
const maxAge = "public, max-age=300"

// The two names of the metadata below /.well-known. RFC 8414 §3, OpenID Connect Discovery 1.0 §4.
var names = []string{"openid-configuration", "oauth-authorization-server"}

// Mount puts the room's routes on mux, which sees paths without the issuer's own.
func (h *Handler) Mount(mux *http.ServeMux) {
	for _, name := range names {
		mux.Handle("/.well-known/"+name, endpoint.CrossOrigin(h.serveMetadata, http.MethodGet))
	}
	mux.Handle("/.well-known/jwks.json", endpoint.CrossOrigin(h.serveKeys, http.MethodGet))
}

func (h *Handler) serveMetadata(w http.ResponseWriter, r *http.Request) {
	d, err := h.current(r.Context())
	if err != nil {
		log := h.Log
		if log == nil {
			log = slog.Default()
		}
		endpoint.WriteError(w, r, log, err)
		return
	}
	serve(w, r, d.body, d.tag)
}

func (h *Handler) serveKeys(w http.ResponseWriter, r *http.Request) {
	serve(w, r, h.Keys.JWKS(), h.Keys.JWKSTag())
}

func serve(w http.ResponseWriter, r *http.Request, body []byte, tag string) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", maxAge)
	header.Set("ETag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// current is the metadata of this moment. It is put together anew when the algorithms have changed, or whether client IDs
// may be URLs, which is all about it that can change while the server runs.
func (h *Handler) current(ctx context.Context) (*document, error) {
	algorithms := h.Keys.Algorithms()
	clientURLs := h.ClientURLs != nil && h.ClientURLs(ctx)
	if d := h.metadata.Load(); d != nil && d.clientURLs == clientURLs && slices.Equal(d.algorithms, algorithms) {
		return d, nil
	}
	d, err := h.compose(algorithms, clientURLs)
	if err != nil {
		return nil, err
	}
	h.metadata.Store(d)
	return d, nil
}

// Metadata is the document of this moment as it is served, for a page that shows it.
func (h *Handler) Metadata(ctx context.Context) ([]byte, error) {
	d, err := h.current(ctx)
	if err != nil {
		return nil, err
	}
	return bytes.Clone(d.body), nil
}

// Check reports whether the rooms' capabilities fit together. The roof asks once, at the start.
func (h *Handler) Check() error {
	_, err := h.current(context.Background())
	return err
}

func (h *Handler) compose(algorithms []signing.Algorithm, clientURLs bool) (*document, error) {
	all := make([]endpoint.Capabilities, 0, len(h.Rooms)+2)
	all = append(all, h.Capabilities())
	if clientURLs {
		// Absent means false, so that a client looks for another way to register. CIMD-02 §6.
		all = append(all, endpoint.Capabilities{"client_id_metadata_document_supported": true})
	}
	for _, room := range h.Rooms {
		all = append(all, room.Capabilities())
	}
	merged, err := endpoint.Merge(all...)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(merged)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return &document{algorithms: algorithms, clientURLs: clientURLs, body: body, tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}, nil
}

// Capabilities is the room's own part of the metadata. RFC 8414 §2.
func (h *Handler) Capabilities() endpoint.Capabilities {
	return endpoint.Capabilities{
		"issuer":   h.Issuer,
		"jwks_uri": h.Issuer + ".well-known/jwks.json",
	}
}
