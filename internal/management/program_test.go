package management_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clientele/internal/management"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/servertest"
)

// program is an application with a token for the Management API.
type program struct {
	t      *testing.T
	s      *servertest.Server
	app    registry.Application
	grant  registry.ClientGrant
	secret string
	token  string
}

// newProgram makes one with the scopes; without scopes it has all of them.
func newProgram(t *testing.T, s *servertest.Server, scopes ...string) *program {
	t.Helper()
	app, value := s.CreateApplication(registry.Draft{Name: "Program", Type: registry.MachineToMachine})
	if len(scopes) == 0 {
		for _, scope := range management.Scopes() {
			scopes = append(scopes, scope.Value)
		}
	}
	p := &program{t: t, s: s, app: app, secret: value.Reveal()}
	var err error
	p.grant, err = s.Registry.CreateClientGrant(t.Context(), servertest.Actor, registry.ClientGrant{
		ApplicationID: app.ID, APIID: registry.ManagementAPIID, SubjectType: registry.ForClient, Scopes: oauth.Scopes(scopes),
	})
	if err != nil {
		t.Fatal(err)
	}
	p.token = p.newToken()
	return p
}

// newToken gets a token the way programs do.
func (p *program) newToken() string {
	p.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "audience": {p.s.URL + "/api/v2/"}}
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.s.Path("/oauth/token"), strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(p.app.ID, p.secret)
	a := send(p.t, p.s, req)
	token, _ := a.json["access_token"].(string)
	if a.status != http.StatusOK || token == "" {
		p.t.Fatalf("no token: %d %s", a.status, a.body)
	}
	return token
}

// answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
	json   map[string]any // if it is an object
	list   []any          // if it is an array
}

// call sends a request to a path below /api/v2. A body that is no string is encoded.
func (p *program) call(method, path string, body ...any) answer {
	p.t.Helper()
	return send(p.t, p.s, p.request(method, path, body...))
}

func (p *program) request(method, path string, body ...any) *http.Request {
	p.t.Helper()
	var reader io.Reader
	if len(body) > 0 {
		text, ok := body[0].(string)
		if !ok {
			encoded, err := json.Marshal(body[0])
			if err != nil {
				p.t.Fatal(err)
			}
			text = string(encoded)
		}
		reader = strings.NewReader(text)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.s.Path("/api/v2"+path), reader)
	if err != nil {
		p.t.Fatal(err)
	}
	if reader != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	return req
}

func send(t *testing.T, s *servertest.Server, req *http.Request) answer {
	t.Helper()
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{t: t, status: resp.StatusCode, header: resp.Header, body: string(body)}
	_ = json.Unmarshal(body, &a.json)
	_ = json.Unmarshal(body, &a.list)
	return a
}

// want fails the test unless the status is as wished.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// refused fails the test unless the answer is an error of Auth0's shape with the status, the code and the message in it.
func (a answer) refused(status int, code, message string) {
	a.t.Helper()
	a.want(status)
	if got, _ := a.json["statusCode"].(float64); int(got) != status {
		a.t.Errorf("statusCode is %v: %s", a.json["statusCode"], a.body)
	}
	if a.json["error"] != http.StatusText(status) {
		a.t.Errorf("error is %v, want the reason phrase: %s", a.json["error"], a.body)
	}
	if got, _ := a.json["errorCode"].(string); got != code {
		a.t.Errorf("errorCode is %q, want %q: %s", got, code, a.body)
	}
	if got, _ := a.json["message"].(string); !strings.Contains(got, message) {
		a.t.Errorf("message is %q, want %q in it", got, message)
	}
	if strings.Contains(a.body, "$schema") {
		a.t.Errorf("the answer has a $schema member: %s", a.body)
	}
}

func (a answer) text(name string) string {
	a.t.Helper()
	text, ok := a.json[name].(string)
	if !ok {
		a.t.Fatalf("%s is no text: %s", name, a.body)
	}
	return text
}

func (a answer) texts(name string) []string {
	values, _ := a.json[name].([]any)
	var all []string
	for _, v := range values {
		text, _ := v.(string)
		all = append(all, text)
	}
	return all
}
