package endpoint

import (
	"net/http"
	"strconv"
	"strings"

	"clientele/internal/oauth"
)

// Header values that never change. They are shared between answers, so nothing may write into them.
var (
	jsonAnswer = []string{"application/json"}
	noStore    = []string{"no-store"}
	noCache    = []string{"no-cache"}
)

// WriteJSON answers with body, which must not be stored anywhere on the way. RFC 6749 §5.1.
func WriteJSON(w http.ResponseWriter, status int, body []byte) {
	header := w.Header()
	header["Content-Type"] = jsonAnswer
	header["Cache-Control"] = noStore
	header["Pragma"] = noCache
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away is nobody's error
}

// What browsers on other origins may send and read.
var (
	anyOrigin      = []string{"*"}
	allowedHeaders = []string{"Authorization, Content-Type, DPoP, MCP-Protocol-Version, Auth0-Client"}
	exposedHeaders = []string{"WWW-Authenticate, DPoP-Nonce, Retry-After"}
	preflightAge   = []string{"7200"}
)

// CrossOrigin lets pages of every origin call next with one of methods, without the browser's credentials: what answers
// here takes none from cookies. Errors are readable too. Any other method is refused. GET includes HEAD.
func CrossOrigin(next http.HandlerFunc, methods ...string) http.Handler {
	allowed := strings.Join(methods, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header["Access-Control-Allow-Origin"] = anyOrigin
		header["Access-Control-Expose-Headers"] = exposedHeaders
		if r.Method == http.MethodOptions {
			header.Set("Access-Control-Allow-Methods", allowed)
			header["Access-Control-Allow-Headers"] = allowedHeaders
			header["Access-Control-Max-Age"] = preflightAge
			w.WriteHeader(http.StatusNoContent)
			return
		}
		for _, method := range methods {
			if r.Method == method || r.Method == http.MethodHead && method == http.MethodGet {
				next(w, r)
				return
			}
		}
		header.Set("Allow", allowed+", OPTIONS")
		writeMethodNotAllowed(w, allowed)
	})
}

func writeMethodNotAllowed(w http.ResponseWriter, allowed string) {
	body := NewObject(128)
	body.String("error", string(oauth.CodeInvalidRequest))
	body.String("error_description", "this endpoint answers to "+allowed)
	WriteJSON(w, http.StatusMethodNotAllowed, body.Bytes())
}
