package discovery_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"clientele/internal/discovery"
	"clientele/internal/endpoint"
	"clientele/internal/signing"
)

type keys struct{ algorithms []signing.Algorithm }

func (k *keys) JWKS() []byte                    { return []byte(`{"keys":[]}`) }
func (k *keys) JWKSTag() string                 { return `"tag"` }
func (k *keys) Algorithms() []signing.Algorithm { return k.algorithms }

type room struct{ keys *keys }

func (r room) Capabilities() endpoint.Capabilities {
	names := []string{}
	for _, a := range r.keys.algorithms {
		names = append(names, string(a))
	}
	return endpoint.Capabilities{"algorithms": names, "grant_types_supported": []string{"a"}}
}

type other endpoint.Capabilities

func (o other) Capabilities() endpoint.Capabilities { return endpoint.Capabilities(o) }

func get(t *testing.T, h *discovery.Handler, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	h.Mount(mux)
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func TestRFC8414_3_TheIssuerIsTheConfiguredOneToTheLetter(t *testing.T) {
	h := &discovery.Handler{Issuer: "https://id.example/", Keys: &keys{}}
	r := httptest.NewRequest(http.MethodGet, "http://other.example/.well-known/openid-configuration", nil)
	mux := http.NewServeMux()
	h.Mount(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	var metadata map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &metadata); err != nil {
		t.Fatal(err)
	}
	if metadata["issuer"] != "https://id.example/" || metadata["jwks_uri"] != "https://id.example/.well-known/jwks.json" {
		t.Errorf("got %v", metadata)
	}
}

func TestBothNamesServeIdenticalBytes(t *testing.T) {
	k := &keys{algorithms: []signing.Algorithm{"RS256"}}
	h := &discovery.Handler{Issuer: "https://id.example/", Keys: k, Rooms: []discovery.Room{room{k}}}
	a, b := get(t, h, "/.well-known/openid-configuration"), get(t, h, "/.well-known/oauth-authorization-server")
	if a.Body.String() != b.Body.String() || a.Header().Get("ETag") != b.Header().Get("ETag") || a.Body.Len() == 0 {
		t.Errorf("got %s and %s", a.Body, b.Body)
	}
}

func TestTheMetadataFollowsTheAlgorithms(t *testing.T) {
	k := &keys{algorithms: []signing.Algorithm{"RS256"}}
	h := &discovery.Handler{Issuer: "https://id.example/", Keys: k, Rooms: []discovery.Room{room{k}}}
	before := get(t, h, "/.well-known/openid-configuration")
	k.algorithms = []signing.Algorithm{"RS256", "EdDSA"}
	after := get(t, h, "/.well-known/openid-configuration", "If-None-Match", before.Header().Get("ETag"))
	if after.Code != http.StatusOK || after.Header().Get("ETag") == before.Header().Get("ETag") {
		t.Errorf("got %d %s", after.Code, after.Body)
	}
}

func TestCIMD02_6_TheFlagForClientURLsFollowsTheSettings(t *testing.T) {
	allowed := false
	h := &discovery.Handler{Issuer: "https://id.example/", Keys: &keys{}, ClientURLs: func(context.Context) bool { return allowed }}
	tags := map[string]bool{}
	for _, allowed = range []bool{false, true, false} {
		w := get(t, h, "/.well-known/oauth-authorization-server")
		var metadata map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &metadata); err != nil {
			t.Fatal(err)
		}
		if flag, there := metadata["client_id_metadata_document_supported"]; there != allowed || there && flag != true {
			t.Errorf("allowed %v: got %s", allowed, w.Body)
		}
		tags[w.Header().Get("ETag")] = true
	}
	if len(tags) != 2 {
		t.Errorf("got the tags %v", tags)
	}
}

func TestWhatDidNotChangeIsNotSentAgain(t *testing.T) {
	h := &discovery.Handler{Issuer: "https://id.example/", Keys: &keys{}}
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/jwks.json"} {
		first := get(t, h, path)
		if first.Code != http.StatusOK || first.Header().Get("Content-Type") != "application/json" || first.Header().Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%s: %d %v", path, first.Code, first.Header())
		}
		if again := get(t, h, path, "If-None-Match", first.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: %d", path, again.Code)
		}
	}
}

func TestRoomsThatDisagreeKeepTheServerFromStarting(t *testing.T) {
	h := &discovery.Handler{Issuer: "https://id.example/", Keys: &keys{}, Rooms: []discovery.Room{other{"issuer": "https://evil.example/"}}}
	if h.Check() == nil {
		t.Error("another issuer went through")
	}
}
