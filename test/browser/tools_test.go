package browser

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The tools: a token of this server is taken apart and verified, one that is none says where it is wrong, and the discovery
// documents stand there as they are served.
func TestToolsLookIntoTokensAndDocuments(t *testing.T) {
	s, b, _ := withApplication(t)
	s.cli("", "apis", "create", "--identifier", audience, "--name", "Orders", "--scope", "read:orders=See your orders")
	var made struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	if err := json.Unmarshal([]byte(s.cli("", "apps", "create", "--name", "Nightly job", "--type", "m2m", "--json")), &made); err != nil || made.Secret == "" {
		t.Fatalf("%v: %+v", err, made.ID)
	}
	s.cli("", "grants", "create", "--app", made.ID, "--api", audience, "--all-scopes")
	b.visit(s.URL + "/dashboard/tools")
	b.see("Token decoder")
	b.judge("tools")

	t.Run("a good token", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/tools/token")
		b.judge("tool-token-empty")
		b.fill("token", machineToken(t, s, made.ID, made.Secret))
		b.press("Decode")
		b.see("Valid")
		b.see("Application Nightly job")
		b.see("API Orders")
		b.judge("tool-token")
		if strings.Contains(b.eval("location.href"), "eyJ") {
			t.Error("the token is in the address")
		}
	})
	t.Run("a token that was changed", func(t *testing.T) {
		b := b.in(t)
		parts := strings.Split(machineToken(t, s, made.ID, made.Secret), ".")
		parts[1] = base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"` + s.URL + `/","sub":"admin","exp":9999999999}`))
		b.visit(s.URL + "/dashboard/tools/token")
		b.fill("token", strings.Join(parts, "."))
		b.press("Decode")
		b.see("wrong signature")
		b.judge("tool-token-changed")
	})
	t.Run("what is no token", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/tools/token")
		b.fill("token", "eyJhbGciOiJub25lIn0.e30!.x")
		b.press("Decode")
		b.see("Character 24, in the payload")
		b.judge("tool-token-refused")
	})
	t.Run("discovery", func(t *testing.T) {
		b := b.in(t)
		b.visit(s.URL + "/dashboard/tools/discovery")
		b.see("authorization_endpoint")
		b.see("RFC 8414")
		b.see("ES256")
		b.judge("tool-discovery")
	})
}

func machineToken(t *testing.T, s *instance, id, secret string) string {
	t.Helper()
	resp, err := http.PostForm(s.URL+"/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}, "audience": {audience},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Token == "" {
		t.Fatalf("no token: %s", body)
	}
	return answer.Token
}
