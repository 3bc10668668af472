package management_test

import (
	"net/http"
	"strings"
	"testing"

	"clientele/internal/servertest"
)

func TestABodyIsReadStrictlyAndEveryFaultIsNamed(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	path := "/clients/" + p.app.ID
	for _, c := range []struct{ method, path, body, message string }{
		{http.MethodPost, "/clients", `{}`, "Payload validation error: 'Missing required property: name'."},
		{http.MethodPost, "/clients", `{"name":"X","x":1}`, "Payload validation error: 'Additional properties not allowed: x'."},
		{http.MethodPost, "/clients", `{"name":"X","Callbacks":[]}`, "'Additional properties not allowed: Callbacks'"},
		{http.MethodPost, "/clients", `{"name":"X","callbacks":null}`, "'Expected type array but found type null' on property callbacks."},
		{http.MethodPost, "/clients", `{"name":"X","callbacks":"https://a"}`, "'Expected type array but found type string' on property callbacks."},
		{http.MethodPost, "/clients", `{"name":"X","callbacks":[1]}`, "'Expected type string but found type integer' on property callbacks[0]."},
		{http.MethodPost, "/clients", `{"name":1}`, "'Expected type string but found type integer' on property name."},
		{http.MethodPost, "/clients", `{"name":""}`, "'String is too short (0 chars), minimum 1' on property name"},
		{http.MethodPost, "/clients", `{"name":"<b>"}`, "'String does not match pattern ^[^<>]+$: <b>' on property name."},
		{http.MethodPost, "/clients", `{"name":"X","description":"` + strings.Repeat("d", 141) + `"}`, "'String is too long (141 chars), maximum 140' on property description."},
		{http.MethodPost, "/clients", `{"name":"X","app_type":"rms"}`, "'No enum match for: rms' on property app_type."},
		{http.MethodPost, "/clients", `{"name":"X","client_id":"chosen"}`, "'Additional properties not allowed: client_id'"},
		{http.MethodPost, "/clients", `{"name":"X","jwt_configuration":{"lifetime_in_seconds":1.5}}`, "'Expected type integer but found type number' on property jwt_configuration.lifetime_in_seconds."},
		{http.MethodPost, "/clients", `{"name":"X","jwt_configuration":{"lifetime_in_seconds":0}}`, "'Value 0 is less than minimum 1' on property jwt_configuration.lifetime_in_seconds."},
		{http.MethodPost, "/clients", `{"name":"X","refresh_token":{"rotation_type":"rotating"}}`, "'Missing required property: expiration_type' on property refresh_token."},
		{http.MethodPost, "/clients", `{"name":"X","refresh_token":{"rotation_type":"rotating","expiration_type":"expiring","ROTATION_TYPE":"x"}}`, "Additional properties not allowed: ROTATION_TYPE"},
		{http.MethodPost, "/clients", `{"name":"X","client_metadata":{"a":1}}`, "'Expected type string but found type integer' on property client_metadata.a."},
		{http.MethodPost, "/clients", `{"name":"X","sso":null}`, "'Expected type boolean but found type null' on property sso."},
		{http.MethodPost, "/clients", `{"name":"X","addons":[]}`, "'Expected type object but found type array' on property addons."},
		{http.MethodPatch, path, `{}`, "Payload validation error: 'Too few properties defined (0), minimum 1'."},
		{http.MethodPatch, path, `{"name":null}`, "'Expected type string but found type null' on property name."},
		{http.MethodPost, "/clients", `[]`, "'Expected type object but found type array'"},
		{http.MethodPost, "/clients", ``, "empty"},
		{http.MethodPost, "/clients", `{`, "the JSON"},
		{http.MethodPost, "/clients", `{"name":"X"} {}`, "the JSON"},
		{http.MethodPost, "/clients", `{"name":"X","name":"Y"}`, "twice"},
		{http.MethodPost, "/clients", `{"name":"X","n\u0061me":"Y"}`, "twice"},
		{http.MethodPost, "/clients", "{\"name\":\"\xff\"}", "UTF-8"},
		{http.MethodPost, "/clients", `{"name":"X","addons":` + strings.Repeat(`{"a":`, 50) + "1" + strings.Repeat("}", 51), "nested"},
	} {
		p.call(c.method, c.path, c.body).refused(http.StatusBadRequest, "invalid_body", c.message)
	}
}

func TestAllFaultsAreListedOneByOne(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	a := p.call(http.MethodPost, "/clients", `{"name":"X","app_type":"regular_web","callbacks":["javascript:x","https://a.example/cb","http://b.example/"],"logo_uri":"nonsense"}`)
	a.refused(http.StatusBadRequest, "invalid_body", "on property callbacks[0]")
	list, _ := a.json["violations"].([]any)
	var properties []string
	for _, v := range list {
		violation, _ := v.(map[string]any)
		property, _ := violation["property"].(string)
		properties = append(properties, property)
	}
	if got := strings.Join(properties, " "); got != "logo_uri callbacks[0] callbacks[2]" {
		t.Errorf("%s: %s", got, a.body)
	}
}

func TestABodyThatIsTooLongIsRefused(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	long := `{"name":"X","custom_login_page":"` + strings.Repeat("x", 1<<20) + `"}`
	p.call(http.MethodPost, "/clients", long).refused(http.StatusRequestEntityTooLarge, "payload_too_large", "1 MB")
}

func TestABodyThatIsNoJSONIsRefused(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	req := p.request(http.MethodPost, "/clients", "name=X")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	send(t, p.s, req).refused(http.StatusUnsupportedMediaType, "", "application/json")
}

func TestATokenIsTakenFromTheHeaderOnly(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	token := p.token
	p.token = ""
	p.call(http.MethodGet, "/clients?access_token="+token).refused(http.StatusBadRequest, "invalid_request", "never in the URL")
	req := p.request(http.MethodGet, "/clients")
	req.Header.Add("Authorization", "Bearer "+token)
	req.Header.Add("Authorization", "Bearer "+token)
	send(t, p.s, req).refused(http.StatusBadRequest, "invalid_request", "more than one")
}

func TestOtherSitesMayNotCall(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	req := p.request(http.MethodGet, "/clients")
	req.Header.Set("Origin", "https://evil.example")
	a := send(t, p.s, req).want(http.StatusOK)
	if got := a.header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("Access-Control-Allow-Origin is %q", got)
	}
}

func TestWhatDoesNotExistIsNotFoundInTheSameWords(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	p.call(http.MethodGet, "/nothing").refused(http.StatusNotFound, "", "openapi.json")
	p.call(http.MethodPut, "/clients").refused(http.StatusNotFound, "", "openapi.json")
}
