package endpoint_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/endpoint"
)

const formType = "application/x-www-form-urlencoded"

func post(url, contentType, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

func TestABodyIsAFormOrFlatJSON(t *testing.T) {
	for name, test := range map[string]struct {
		kind, body string
		want       map[string][]string
	}{
		"a form":                              {formType, "code=a&scope=b+c", map[string][]string{"code": {"a"}, "scope": {"b c"}}},
		"a form in UTF-8":                     {formType + "; charset=UTF-8", "code=a", map[string][]string{"code": {"a"}}},
		"a form in other letters":             {"Application/X-WWW-Form-Urlencoded", "code=a", map[string][]string{"code": {"a"}}},
		"an empty form":                       {formType, "", map[string][]string{}},
		"JSON":                                {"application/json", `{"code":"a","scope":"b c"}`, map[string][]string{"code": {"a"}, "scope": {"b c"}}},
		"JSON in UTF-8":                       {"application/json; charset=utf-8", `{"code":"a"}`, map[string][]string{"code": {"a"}}},
		"JSON with null and empty":            {"application/json", `{"code":null,"scope":""}`, map[string][]string{}},
		"JSON with several resources":         {"application/json", `{"resource":["x","y"]}`, map[string][]string{"resource": {"x", "y"}}},
		"JSON with one resource":              {"application/json", `{"resource":"x"}`, map[string][]string{"resource": {"x"}}},
		"JSON with unknown members":           {"application/json", `{"code":"a","more":{"code":["b"]},"n":7}`, map[string][]string{"code": {"a"}}},
		"JSON with an array of one empty one": {"application/json", `{"resource":[""]}`, map[string][]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			form, err := endpoint.ReadBody(post("/oauth/token", test.kind, test.body), known)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, mapOf(form)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestABodyThatIsNeitherIsRefused(t *testing.T) {
	for name, test := range map[string]struct{ kind, body, want string }{
		"no content type":             {"", "code=a", "Content-Type"},
		"another content type":        {"text/plain", "code=a", "must be application/x-www-form-urlencoded or application/json"},
		"a multipart form":            {"multipart/form-data; boundary=x", "--x--", "must be application/x-www-form-urlencoded or application/json"},
		"a broken content type":       {"application/json; charset", `{}`, "cannot be read"},
		"another character set":       {formType + "; charset=iso-8859-1", "code=a", "UTF-8"},
		"JSON that is an array":       {"application/json", `[]`, "not an object"},
		"JSON with a member twice":    {"application/json", `{"code":"a","code":"b"}`, "twice"},
		"JSON that goes on":           {"application/json", `{"code":"a"} {}`, "after its end"},
		"JSON that ends early":        {"application/json", `{"code":`, "ends"},
		"JSON with a number":          {"application/json", `{"code":7}`, "must be a string"},
		"JSON with other letters":     {"application/json", `{"code":"a","Code":"b"}`, "other letters"},
		"JSON with two codes":         {"application/json", `{"code":["a","b"]}`, "must be a string"},
		"JSON with a list of numbers": {"application/json", `{"resource":[7]}`, "string or an array of strings"},
		"JSON with a NUL":             {"application/json", `{"code":"\u0000"}`, "U+0000"},
		"JSON with a newline":         {"application/json", `{"code":"a\nb"}`, "control"},
		"JSON that is too deep":       {"application/json", `{"x":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`, "deeper"},
		"nothing as JSON":             {"application/json", ``, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := endpoint.ReadBody(post("/oauth/token", test.kind, test.body), known)
			if err == nil || err.Code != "invalid_request" || !strings.Contains(err.Description, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestAFormEndpointTakesNoJSON(t *testing.T) {
	if _, err := endpoint.ReadForm(post("/x", "application/json", `{"code":"a"}`), known); err == nil {
		t.Error("JSON was read as a form")
	}
}

func TestACompressedBodyIsRefused(t *testing.T) {
	r := post("/oauth/token", formType, "code=a")
	r.Header.Set("Content-Encoding", "gzip")
	if _, err := endpoint.ReadBody(r, known); err == nil || !strings.Contains(err.Description, "compressed") {
		t.Errorf("got %v", err)
	}
}

func TestRFC6749_2_3_1_ParametersInTheURLAreRefused(t *testing.T) {
	for url, refused := range map[string]bool{
		"/oauth/token?code=a":           true,
		"/oauth/token?c%6fde=a":         true,
		"/oauth/token?code=a&code=b":    true,
		"/oauth/token?%zz":              true,
		"/oauth/token?":                 false,
		"/oauth/token?utm_source=x":     false,
		"/oauth/token?code=&utm_code=1": false,
	} {
		_, err := endpoint.ReadBody(post(url, formType, "code=a"), known)
		if (err != nil) != refused {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestABodyIsNeverReadBeyondTheCap(t *testing.T) {
	full := "code=" + strings.Repeat("a", endpoint.MaxBody-5)
	if form, err := endpoint.ReadBody(post("/x", formType, full), known); err != nil || len(form.Get("code")) != endpoint.MaxBody-5 {
		t.Errorf("a body of exactly the cap: %v", err)
	}
	announced := post("/x", formType, full+"a")
	if _, err := endpoint.ReadBody(announced, known); !errors.Is(err, endpoint.ErrTooLarge) {
		t.Errorf("announced: %v", err)
	}
	chunked := post("/x", formType, full+"a")
	chunked.ContentLength = -1
	if _, err := endpoint.ReadBody(chunked, known); !errors.Is(err, endpoint.ErrTooLarge) {
		t.Errorf("chunked: %v", err)
	}
	capped := post("/x", formType, full)
	capped.ContentLength = -1
	capped.Body = http.MaxBytesReader(nil, capped.Body, 100)
	if _, err := endpoint.ReadBody(capped, known); !errors.Is(err, endpoint.ErrTooLarge) {
		t.Errorf("capped before: %v", err)
	}
}

func TestABodyThatEndsEarlyIsTheClientsError(t *testing.T) {
	r := post("/x", formType, "code=a")
	r.ContentLength = 100
	if _, err := endpoint.ReadBody(r, known); err == nil || err.Code != "invalid_request" {
		t.Errorf("got %v", err)
	}
	r.Body = io.NopCloser(strings.NewReader(""))
	if _, err := endpoint.ReadBody(r, known); err == nil || err.Code != "invalid_request" {
		t.Errorf("got %v", err)
	}
}
