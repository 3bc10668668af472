package endpoint_test

import (
	"testing"

	"clientele/internal/endpoint"
)

func TestAnAccessTokenIsReadWithOneAudienceOrMany(t *testing.T) {
	for _, aud := range []string{`"https://api"`, `["https://api","https://id/userinfo"]`} {
		token, ok := endpoint.ReadAccessToken([]byte(`{"aud":` + aud + `,"sub":"usr_1","azp":"app","jti":"g1.r","scope":"openid a","exp":7}`))
		if !ok || !token.IsFor("https://api") || token.IsFor("https://other") || token.Handle != "g1" || token.ExpiresAt.Unix() != 7 || token.Machine {
			t.Errorf("%s: got %+v, %v", aud, token, ok)
		}
	}
}

func TestWhatIsNoAccessTokenIsRefused(t *testing.T) {
	for name, claims := range map[string]string{
		"an ID token":         `{"aud":"app","sub":"usr_1","exp":7,"sid":"s"}`,
		"a handle without id": `{"aud":"x","sub":"u","azp":"a","jti":"nodot","exp":7}`,
		"an empty handle":     `{"aud":"x","sub":"u","azp":"a","jti":".r","exp":7}`,
		"no audience":         `{"aud":[],"sub":"u","azp":"a","jti":"g.r","exp":7}`,
		"a numeric audience":  `{"aud":7,"sub":"u","azp":"a","jti":"g.r","exp":7}`,
		"a claim twice":       `{"aud":"x","sub":"u","sub":"v","azp":"a","jti":"g.r","exp":7}`,
		"no object":           `[]`,
	} {
		if _, ok := endpoint.ReadAccessToken([]byte(claims)); ok {
			t.Errorf("%s was read", name)
		}
	}
}
