package management_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"clientele/internal/servertest"
)

// publicPEM is the public part of a fresh key.
func publicPEM(t *testing.T, public any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func ecPEM(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return publicPEM(t, key.Public())
}

func credential(pem string, more ...string) string {
	return fmt.Sprintf(`{"credential_type":"public_key","pem":%q%s}`, pem, strings.Join(more, ""))
}

func TestAKeyIsKeptFirstAndSwitchedOnByTheClient(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	id, _ := p.call(http.MethodPost, "/clients", `{"name":"Web","app_type":"regular_web"}`).want(http.StatusCreated).json["client_id"].(string)
	path := "/clients/" + id + "/credentials"
	first := p.call(http.MethodPost, path, credential(ecPEM(t), `,"name":"one"`)).want(http.StatusCreated)
	key, _ := first.json["id"].(string)
	if !strings.HasPrefix(key, "cred_") || len(first.json["kid"].(string)) != 43 || first.json["alg"] != "ES256" || first.json["pem"] != nil {
		t.Fatalf("%s", first.body)
	}
	if before := p.call(http.MethodGet, "/clients/"+id).want(http.StatusOK); before.json["client_authentication_methods"] != nil {
		t.Errorf("a key that is only kept authenticates: %s", before.body)
	}
	on := fmt.Sprintf(`{"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":%q}]}},"token_endpoint_auth_method":null}`, key)
	a := p.call(http.MethodPatch, "/clients/"+id, on).want(http.StatusOK)
	if !strings.Contains(a.body, key) || a.json["token_endpoint_auth_method"] != nil {
		t.Errorf("%s", a.body)
	}
	p.call(http.MethodDelete, path+"/"+key).want(http.StatusBadRequest)
	second, _ := p.call(http.MethodPost, path, credential(ecPEM(t))).want(http.StatusCreated).json["id"].(string)
	p.call(http.MethodPatch, "/clients/"+id, strings.Replace(on, key, second, 1)).want(http.StatusOK)
	p.call(http.MethodDelete, path+"/"+key).want(http.StatusNoContent)
	if left := p.call(http.MethodGet, path).want(http.StatusOK); len(left.list) != 1 {
		t.Errorf("left: %s", left.body)
	}
	p.call(http.MethodGet, path+"/"+key).refused(http.StatusNotFound, "inexistent_credential", "")
}

func TestAClientCanBeCreatedWithItsKeys(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	a := p.call(http.MethodPost, "/clients", fmt.Sprintf(`{"name":"Web","app_type":"regular_web","client_authentication_methods":{"private_key_jwt":{"credentials":[%s]}}}`, credential(ecPEM(t), `,"kid":"november-2026"`))).want(http.StatusCreated)
	if a.json["client_secret"] != nil || !strings.Contains(a.body, "cred_") {
		t.Errorf("%s", a.body)
	}
	id, _ := a.json["client_id"].(string)
	if kept := p.call(http.MethodGet, "/clients/"+id+"/credentials").want(http.StatusOK); !strings.Contains(kept.body, "november-2026") {
		t.Errorf("%s", kept.body)
	}
	back := p.call(http.MethodPatch, "/clients/"+id, `{"client_authentication_methods":null,"token_endpoint_auth_method":"client_secret_post"}`).want(http.StatusOK)
	if back.json["token_endpoint_auth_method"] != "client_secret_post" {
		t.Errorf("%s", back.body)
	}
}

func TestKeysThatProveNothingAreRefused(t *testing.T) {
	p := newProgram(t, servertest.New(t))
	id, _ := p.call(http.MethodPost, "/clients", `{"name":"Web","app_type":"regular_web"}`).want(http.StatusCreated).json["client_id"].(string)
	path := "/clients/" + id + "/credentials"
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	leaked := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	once := ecPEM(t)
	p.call(http.MethodPost, path, credential(once)).want(http.StatusCreated)
	for name, body := range map[string]string{
		"a private key":           credential(leaked),
		"an RSA key of 1024 bits": credential(publicPEM(t, weak.Public())),
		"the same key again":      credential(once),
		"no key":                  credential("hello"),
		"another algorithm":       credential(ecPEM(t), `,"alg":"RS256"`),
		"mutual TLS":              `{"credential_type":"x509_cert","pem":"x"}`,
	} {
		a := p.call(http.MethodPost, path, body)
		if a.status != http.StatusBadRequest && a.status != http.StatusConflict || strings.Contains(a.body, "MIG") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestNobodyGivesAKeyToAClientThatMayDoMore(t *testing.T) {
	s := servertest.New(t)
	strong := newProgram(t, s)
	weak := newProgram(t, s, "create:client_credentials")
	weak.call(http.MethodPost, "/clients/"+strong.app.ID+"/credentials", credential(ecPEM(t))).refused(http.StatusForbidden, "insufficient_scope", "")
}
