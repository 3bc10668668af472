package endpoint

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"clientele/internal/oauth"
)

// MaxBody is how long the body of a protocol request may be, in bytes.
const MaxBody = 64 << 10

// ErrTooLarge is the cause of a refusal that is answered with 413.
var ErrTooLarge = errors.New("the body is larger than 64 kB")

// ReadForm reads the parameters of a POST request with a form body. Parameters in the URL are refused if the endpoint knows
// them: credentials and codes in a URL end up in logs. RFC 6749 §2.3.1, §3.2.
func ReadForm(r *http.Request, known Names) (Form, *oauth.Error) {
	kind, err := contentType(r)
	if err != nil {
		return Form{}, err
	}
	if kind != formType {
		return Form{}, oauth.InvalidRequest("the body must be application/x-www-form-urlencoded")
	}
	return read(r, known, ParseForm)
}

// ReadBody reads the parameters of a POST request whose body is a form, or a JSON object with a string for each parameter.
// JSON is an extension that Auth0's clients rely on; the same parameters mean the same.
func ReadBody(r *http.Request, known Names) (Form, *oauth.Error) {
	kind, err := contentType(r)
	if err != nil {
		return Form{}, err
	}
	switch kind {
	case formType:
		return read(r, known, ParseForm)
	case jsonType:
		return read(r, known, parseJSON)
	}
	return Form{}, oauth.InvalidRequest("the body must be application/x-www-form-urlencoded or application/json")
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

func read(r *http.Request, known Names, parse func(string, Names) (Form, *oauth.Error)) (Form, *oauth.Error) {
	if r.URL.RawQuery != "" {
		inURL, err := ParseForm(r.URL.RawQuery, known)
		if err != nil || len(inURL.values) > 0 {
			return Form{}, oauth.InvalidRequest("parameters belong in the body of the request, never in its URL")
		}
	}
	body, err := readAll(r)
	if err != nil {
		return Form{}, err
	}
	return parse(body, known)
}

func contentType(r *http.Request) (string, *oauth.Error) {
	values := r.Header["Content-Type"]
	if len(values) == 1 && values[0] == formType {
		return formType, checkEncoding(r)
	}
	if len(values) != 1 {
		return "", oauth.InvalidRequest("the request needs one Content-Type header: application/x-www-form-urlencoded")
	}
	kind, parameters, err := mime.ParseMediaType(values[0])
	if err != nil {
		return "", oauth.InvalidRequest("the Content-Type header cannot be read")
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return "", oauth.InvalidRequest("the body must be in UTF-8")
	}
	return kind, checkEncoding(r)
}

func checkEncoding(r *http.Request) *oauth.Error {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return oauth.InvalidRequest("the body must not be compressed")
	}
	return nil
}

// readAll reads at most MaxBody bytes.
func readAll(r *http.Request) (string, *oauth.Error) {
	if r.ContentLength > MaxBody {
		return "", tooLarge()
	}
	if r.Body == nil || r.ContentLength == 0 {
		return "", nil
	}
	var raw []byte
	var err error
	if r.ContentLength > 0 {
		raw = make([]byte, r.ContentLength)
		_, err = io.ReadFull(r.Body, raw)
	} else {
		raw, err = io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	}
	if _, capped := errors.AsType[*http.MaxBytesError](err); capped || len(raw) > MaxBody {
		return "", tooLarge()
	}
	if err != nil {
		return "", oauth.InvalidRequest("the body ended early").Because(err)
	}
	return string(raw), nil
}

func tooLarge() *oauth.Error {
	return oauth.InvalidRequest("the body is larger than 64 kB").Because(ErrTooLarge)
}
