package management

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func mounted(t *testing.T) (*API, *http.ServeMux) {
	t.Helper()
	a := &API{Issuer: "https://id.example/", Now: time.Now}
	mux := http.NewServeMux()
	a.Mount(mux)
	return a, mux
}

// openAPI is as much of the document as the tests look at.
type openAPI struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		OperationID string                     `json:"operationId"`
		Description string                     `json:"description"`
		Responses   map[string]json.RawMessage `json:"responses"`
		RequestBody json.RawMessage            `json:"requestBody"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]struct {
			Properties map[string]json.RawMessage `json:"properties"`
		} `json:"schemas"`
	} `json:"components"`
}

func document(t *testing.T) (openAPI, string) {
	t.Helper()
	_, mux := mounted(t)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v2/openapi.json", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	var d openAPI
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return d, w.Body.String()
}

func TestTheDocumentNeedsNoTokenAndListsEveryRoute(t *testing.T) {
	d, _ := document(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("openapi is %s", d.OpenAPI)
	}
	want := map[string][]string{
		"/api/v2/clients":                                  {"get", "post"},
		"/api/v2/clients/{id}":                             {"get", "patch", "delete"},
		"/api/v2/clients/{id}/rotate-secret":               {"post"},
		"/api/v2/clients/cimd/preview":                     {"post"},
		"/api/v2/clients/{id}/metadata-documents":          {"get"},
		"/api/v2/clients/{id}/findings":                    {"get"},
		"/api/v2/clients/cimd/register":                    {"post"},
		"/api/v2/clients/{id}/credentials":                 {"get", "post"},
		"/api/v2/clients/{id}/credentials/{credential_id}": {"get", "patch", "delete"},
		"/api/v2/resource-servers":                         {"get", "post"},
		"/api/v2/resource-servers/{id}":                    {"get", "patch", "delete"},
		"/api/v2/client-grants":                            {"get", "post"},
		"/api/v2/client-grants/{id}":                       {"get", "patch", "delete"},
	}
	for path, methods := range want {
		for _, method := range methods {
			op, ok := d.Paths[path][method]
			if !ok {
				t.Errorf("%s %s is not in the document", method, path)
				continue
			}
			if op.OperationID == "" || len(op.Responses) < 4 {
				t.Errorf("%s %s lacks its id or its refusals", method, path)
			}
			if (method == "post" && !strings.HasSuffix(path, "secret") || method == "patch") && len(op.RequestBody) == 0 {
				t.Errorf("%s %s says nothing of its body", method, path)
			}
		}
	}
	if len(d.Paths) != len(want) {
		t.Errorf("the document has %d paths, want %d", len(d.Paths), len(want))
	}
}

func TestEveryReferenceOfTheDocumentLeadsSomewhere(t *testing.T) {
	d, text := document(t)
	const prefix = `"$ref":"#/components/schemas/`
	for rest := text; ; {
		i := strings.Index(rest, prefix)
		if i < 0 {
			break
		}
		rest = rest[i+len(prefix):]
		name, _, _ := strings.Cut(rest, `"`)
		if _, ok := d.Components.Schemas[name]; !ok {
			t.Errorf("schema %s is referred to and missing", name)
		}
	}
	if strings.Contains(text, "$schema") {
		t.Error("the document has $schema members")
	}
}

func TestEveryScopeThatAnOperationNeedsIsAScopeOfTheAPI(t *testing.T) {
	d, _ := document(t)
	var known []string
	for _, s := range Scopes() {
		known = append(known, s.Value)
	}
	used := map[string]bool{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			list := strings.TrimSuffix(strings.TrimPrefix(op.Description, "Needs any of the scopes "), ".")
			for scope := range strings.SplitSeq(list, ", ") {
				used[scope] = true
				if !slices.Contains(known, scope) {
					t.Errorf("%s %s needs %s, which nobody can be granted", method, path, scope)
				}
			}
		}
	}
	if len(used) < 15 {
		t.Errorf("only %d scopes are used", len(used))
	}
}
