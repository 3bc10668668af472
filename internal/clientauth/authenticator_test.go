package clientauth_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/clientauth"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/secret"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clients is a directory of a few applications.
type clients map[oauth.ClientID]*registry.Application

func (c clients) Find(_ context.Context, id oauth.ClientID) (*registry.Application, error) {
	switch {
	case id == "trouble":
		return nil, context.DeadlineExceeded
	case c[id] == nil:
		return nil, registry.ErrNotFound
	}
	return c[id], nil
}

// recorder keeps what was recorded.
type recorder struct{ uses []audit.Use }

func (r *recorder) Record(_ context.Context, u audit.Use) { r.uses = append(r.uses, u) }

type fixture struct {
	*clientauth.Authenticator
	uses *recorder
}

const (
	good    = "clts_good"
	second  = "clts_second"
	retired = "clts_retired"
	expired = "clts_expired"
)

func newFixture(t *testing.T) fixture {
	t.Helper()
	master, err := secret.NewMaster(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.OpenKeyring(master, []secret.DataKey{secret.NewDataKey(master, now)})
	if err != nil {
		t.Fatal(err)
	}
	hash := func(s string) secret.Hash { return keys.Hash(secret.ForClientSecret, s) }
	secrets := []registry.ClientSecret{
		{ID: "sec_expired", Hash: hash(expired), ExpiresAt: now},
		{ID: "sec_retired", Hash: hash(retired), RetiredAt: now.Add(-time.Hour)},
		{ID: "sec_good", Hash: hash(good), ExpiresAt: now.Add(time.Second)},
		{ID: "sec_second", Hash: hash(second)},
	}
	app := func(id string, enabled bool, methods ...oauth.AuthMethod) *registry.Application {
		return &registry.Application{ID: id, Enabled: enabled, AuthMethods: methods, Secrets: secrets}
	}
	uses := &recorder{}
	return fixture{&clientauth.Authenticator{
		Clients: clients{
			"both":     app("both", true, oauth.AuthClientSecretBasic, oauth.AuthClientSecretPost),
			"basic":    app("basic", true, oauth.AuthClientSecretBasic),
			"post":     app("post", true, oauth.AuthClientSecretPost),
			"public":   {ID: "public", Enabled: true, AuthMethods: []oauth.AuthMethod{oauth.AuthNone}},
			"mixed":    app("mixed", true, oauth.AuthNone, oauth.AuthClientSecretBasic),
			"disabled": app("disabled", false, oauth.AuthClientSecretBasic, oauth.AuthNone),
			"https://client.example/id.json": {
				ID: "tpc_1", ExternalID: "https://client.example/id.json", Enabled: true,
				AuthMethods: []oauth.AuthMethod{oauth.AuthNone},
			},
		},
		Keys: keys, Now: func() time.Time { return now }, Uses: uses,
	}, uses}
}

func basic(id, password string) clientauth.Credentials {
	return clientauth.Credentials{Authorization: []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+password))}}
}

func body(id, password string) clientauth.Credentials {
	return clientauth.Credentials{ClientID: id, ClientSecret: password}
}

func TestRFC6749_2_3_WhoIsCalling(t *testing.T) {
	for name, test := range map[string]struct {
		credentials clientauth.Credentials
		id          string
		method      oauth.AuthMethod
		secret      string
	}{
		"basic":                                {basic("both", good), "both", oauth.AuthClientSecretBasic, "sec_good"},
		"post":                                 {body("both", good), "both", oauth.AuthClientSecretPost, "sec_good"},
		"a second secret":                      {body("both", second), "both", oauth.AuthClientSecretPost, "sec_second"},
		"basic only":                           {basic("basic", good), "basic", oauth.AuthClientSecretBasic, "sec_good"},
		"none":                                 {body("public", ""), "public", oauth.AuthNone, ""},
		"none, where none is one of several":   {body("mixed", ""), "mixed", oauth.AuthNone, ""},
		"basic, where none is one of several":  {basic("mixed", good), "mixed", oauth.AuthClientSecretBasic, "sec_good"},
		"a URL as client ID":                   {body("https://client.example/id.json", ""), "tpc_1", oauth.AuthNone, ""},
		"basic with encoding":                  {basic("b%6Fth", "clts%5Fgood"), "both", oauth.AuthClientSecretBasic, "sec_good"},
		"basic, its scheme in other letters":   {clientauth.Credentials{Authorization: []string{"bASIC " + base64.StdEncoding.EncodeToString([]byte("both:"+good))}}, "both", oauth.AuthClientSecretBasic, "sec_good"},
		"basic with the same client_id beside": {clientauth.Credentials{Authorization: basic("both", good).Authorization, ClientID: "both"}, "both", oauth.AuthClientSecretBasic, "sec_good"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			caller, err := f.Authenticate(t.Context(), test.credentials)
			if err != nil {
				t.Fatal(err)
			}
			if caller.Application.ID != test.id || caller.Method != test.method || caller.SecretID != test.secret {
				t.Errorf("got %s by %s with %q", caller.Application.ID, caller.Method, caller.SecretID)
			}
			if len(f.uses.uses) != 0 {
				t.Errorf("recorded %v", f.uses.uses)
			}
		})
	}
}

func TestRFC6749_5_2_WhoCannotProveItIsRefused(t *testing.T) {
	const unknownOrWrong, unknownOrNone = "the client is unknown, or its secret is wrong", "the client is unknown, or it has to authenticate and did not"
	for name, test := range map[string]struct {
		credentials clientauth.Credentials
		description string
		record      string
	}{
		"an unknown client":                     {basic("nobody", good), unknownOrWrong, ""},
		"an unknown client without secret":      {body("nobody", ""), unknownOrNone, ""},
		"a wrong secret":                        {basic("both", "clts_bad"), unknownOrWrong, "client.refused"},
		"a wrong secret in the body":            {body("both", "clts_bad"), unknownOrWrong, "client.refused"},
		"a retired secret":                      {basic("both", retired), unknownOrWrong, "secret.retired_used"},
		"a secret at the moment it expires":     {basic("both", expired), unknownOrWrong, "secret.expired_used"},
		"a secret of an application with none":  {body("public", good), unknownOrWrong, "client.refused"},
		"a wrong secret where none would do":    {basic("mixed", "clts_bad"), unknownOrWrong, "client.refused"},
		"no secret where one is needed":         {body("both", ""), unknownOrNone, "client.refused"},
		"a disabled application":                {basic("disabled", good), unknownOrWrong, "client.refused"},
		"a disabled public application":         {body("disabled", ""), unknownOrNone, "client.refused"},
		"the internal id of an imported client": {body("tpc_1", ""), unknownOrNone, ""},
		"basic where only post is registered":   {basic("post", good), "the application is not registered for client_secret_basic", "client.refused"},
		"post where only basic is registered":   {body("basic", good), "the application is not registered for client_secret_post", "client.refused"},
		"post where none and basic are":         {body("mixed", good), "the application is not registered for client_secret_post", "client.refused"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			caller, err := f.Authenticate(t.Context(), test.credentials)
			if err == nil || err.Code != "invalid_client" || err.Description != test.description || caller.Application != nil {
				t.Fatalf("got %v, %v", caller, err)
			}
			kinds := ""
			for _, u := range f.uses.uses {
				kinds += u.Kind
				if u.Reason == "" || u.ApplicationID == "" {
					t.Errorf("recorded %+v", u)
				}
			}
			if kinds != test.record {
				t.Errorf("recorded %q", kinds)
			}
		})
	}
}

func TestRFC6749_2_3_OneCredentialPerRequest(t *testing.T) {
	for name, credentials := range map[string]clientauth.Credentials{
		"header and body":          {Authorization: basic("both", good).Authorization, ClientSecret: good},
		"header and body, matched": {Authorization: basic("both", good).Authorization, ClientID: "both", ClientSecret: good},
		"two headers":              {Authorization: []string{basic("both", good).Authorization[0], basic("both", good).Authorization[0]}},
		"assertion and secret":     {ClientID: "both", ClientSecret: good, Assertion: "x", AssertionType: "y"},
		"assertion and header":     {Authorization: basic("both", good).Authorization, Assertion: "x"},
		"another client_id":        {Authorization: basic("both", good).Authorization, ClientID: "basic"},
	} {
		if _, err := newFixture(t).Authenticate(t.Context(), credentials); err == nil || err.Code != "invalid_request" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACredentialThatCannotBeReadIsInvalidClient(t *testing.T) {
	header := func(s string) clientauth.Credentials { return clientauth.Credentials{Authorization: []string{s}} }
	encoded := func(s string) clientauth.Credentials {
		return header("Basic " + base64.StdEncoding.EncodeToString([]byte(s)))
	}
	for name, credentials := range map[string]clientauth.Credentials{
		"nothing":             {},
		"a secret alone":      {ClientSecret: good},
		"another scheme":      header("Bearer abc"),
		"an empty header":     header(""),
		"a scheme alone":      header("Basic"),
		"no base64":           header("Basic %%%"),
		"no colon":            encoded("both"),
		"no client":           encoded(":" + good),
		"no secret":           encoded("both:"),
		"a NUL in the client": encoded("bo%00th:" + good),
		"not UTF-8":           encoded("\xff\xfe:" + good),
		"an assertion":        {ClientID: "both", Assertion: "x", AssertionType: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"only its type":       {ClientID: "both", AssertionType: "x"},
	} {
		if _, err := newFixture(t).Authenticate(t.Context(), credentials); err == nil || err.Code != "invalid_client" || strings.Contains(err.Error(), good) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTroubleOnOurSideIsNeverInvalidClient(t *testing.T) {
	_, err := newFixture(t).Authenticate(t.Context(), basic("trouble", good))
	if err == nil || err.Code == "invalid_client" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
