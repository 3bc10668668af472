package endpoint_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"clientele/internal/endpoint"
	"clientele/internal/oauth"
)

func written(t *testing.T, authorization string, err error) (*http.Response, map[string]string, string) {
	t.Helper()
	var logged strings.Builder
	r := httptest.NewRequest(http.MethodPost, "/oauth/token", nil)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	endpoint.WriteError(w, r, slog.New(slog.NewTextHandler(&logged, nil)), err)
	var body map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type is %q", got)
	}
	return w.Result(), body, logged.String()
}

func TestRFC6749_5_2_StatusOfErrors(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"invalid_request":         {oauth.InvalidRequest("x"), 400, "invalid_request"},
		"invalid_grant":           {oauth.InvalidGrant("x"), 400, "invalid_grant"},
		"invalid_scope":           {oauth.Refuse(oauth.CodeInvalidScope, "x"), 400, "invalid_scope"},
		"invalid_target":          {oauth.Refuse(oauth.CodeInvalidTarget, "x"), 400, "invalid_target"},
		"unauthorized_client":     {oauth.Refuse(oauth.CodeUnauthorizedClient, "x"), 400, "unauthorized_client"},
		"unsupported_grant_type":  {oauth.Refuse(oauth.CodeUnsupportedGrantType, "x"), 400, "unsupported_grant_type"},
		"invalid_client":          {oauth.InvalidClient("x"), 401, "invalid_client"},
		"too large":               {oauth.InvalidRequest("x").Because(endpoint.ErrTooLarge), 413, "invalid_request"},
		"an unexpected error":     {errors.New("disk on fire"), 500, "server_error"},
		"a server error":          {oauth.Refuse(oauth.CodeServerError, "").Because(errors.New("disk on fire")), 500, "server_error"},
		"a deadline":              {fmt.Errorf("read: %w", context.DeadlineExceeded), 503, "temporarily_unavailable"},
		"the network":             {oauth.Refuse(oauth.CodeServerError, "").Because(&net.OpError{Op: "dial", Err: errors.New("refused")}), 503, "temporarily_unavailable"},
		"temporarily_unavailable": {oauth.Refuse(oauth.CodeTemporarilyUnavailable, "x"), 503, "temporarily_unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			res, body, _ := written(t, "", test.err)
			if res.StatusCode != test.status || body["error"] != test.code || body["error_description"] == "" {
				t.Errorf("got %d %v", res.StatusCode, body)
			}
			if got := res.Header.Get("Retry-After"); (got != "") != (test.status == 503) {
				t.Errorf("Retry-After is %q", got)
			}
		})
	}
}

func TestRFC6749_5_2_ChallengeOnlyIfTheHeaderWasTried(t *testing.T) {
	if res, _, _ := written(t, "Basic eDp5", oauth.InvalidClient("x")); !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("got %q", res.Header.Get("WWW-Authenticate"))
	}
	if res, _, _ := written(t, "", oauth.InvalidClient("x")); res.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("got %q", res.Header.Get("WWW-Authenticate"))
	}
}

func TestWhatWentWrongInsideStaysInside(t *testing.T) {
	_, body, logged := written(t, "", fmt.Errorf("open /var/secret: %w", errors.New("disk on fire")))
	reference := regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}`).FindString(body["error_description"])
	if reference == "" || strings.Contains(body["error_description"], "disk") {
		t.Errorf("got %v", body)
	}
	if !strings.Contains(logged, "disk on fire") || !strings.Contains(logged, reference) {
		t.Errorf("logged %q", logged)
	}
	_, body, _ = written(t, "", oauth.InvalidGrant("the code has expired").Because(errors.New("internal detail")))
	if body["error_description"] != "the code has expired" {
		t.Errorf("got %v", body)
	}
}

func TestRFC6749_5_2_DescriptionsAreOfPrintableASCII(t *testing.T) {
	_, body, _ := written(t, "", oauth.InvalidRequest("%s", "a \"b\" \\ \n é <script>"))
	if got, want := body["error_description"], "a 'b' ? ? ? <script>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
