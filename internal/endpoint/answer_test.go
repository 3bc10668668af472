package endpoint_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"clientele/internal/endpoint"
	"clientele/internal/oauth"
)

func TestPagesOfEveryOriginMayCallWithoutCredentials(t *testing.T) {
	h := endpoint.CrossOrigin(func(w http.ResponseWriter, r *http.Request) {
		endpoint.WriteError(w, r, nil, oauth.InvalidGrant("x"))
	}, http.MethodPost)
	for _, method := range []string{http.MethodPost, http.MethodOptions, http.MethodGet} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(method, "/oauth/token", nil)
		r.Header.Set("Origin", "https://app.example")
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("%s: Access-Control-Allow-Origin is %q", method, got)
		}
		if got := w.Header().Get("Access-Control-Allow-Credentials"); got != "" {
			t.Errorf("%s: Access-Control-Allow-Credentials is %q", method, got)
		}
		if got := w.Header().Get("Access-Control-Expose-Headers"); !strings.Contains(got, "WWW-Authenticate") || !strings.Contains(got, "DPoP-Nonce") || !strings.Contains(got, "Retry-After") {
			t.Errorf("%s: exposes %q", method, got)
		}
	}
}

func TestAPreflightSaysWhatMayBeSent(t *testing.T) {
	h := endpoint.CrossOrigin(func(http.ResponseWriter, *http.Request) { t.Error("the preflight was served as a request") }, http.MethodGet, http.MethodPost)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodOptions, "/userinfo", nil))
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Methods") != "GET, POST" {
		t.Errorf("got %d, %v", w.Code, w.Header())
	}
	for _, name := range []string{"Authorization", "Content-Type", "DPoP", "MCP-Protocol-Version", "Auth0-Client"} {
		if !strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), name) {
			t.Errorf("%s may not be sent", name)
		}
	}
}

func TestAnotherMethodIsNotAllowed(t *testing.T) {
	h := endpoint.CrossOrigin(func(http.ResponseWriter, *http.Request) { t.Error("it was served") }, http.MethodPost)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, "BREW"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/oauth/token", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST, OPTIONS" {
			t.Errorf("%s: got %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
}

func TestSharedHeaderValuesAreNotWrittenInto(t *testing.T) {
	first := httptest.NewRecorder()
	endpoint.WriteJSON(first, http.StatusOK, []byte("{}"))
	first.Header().Add("Cache-Control", "private")
	second := httptest.NewRecorder()
	endpoint.WriteJSON(second, http.StatusOK, []byte("{}"))
	if got := second.Header().Values("Cache-Control"); len(got) != 1 || got[0] != "no-store" {
		t.Errorf("got %v", got)
	}
}
