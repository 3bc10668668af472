package oauth_test

import (
	"slices"
	"strings"
	"testing"

	"clientele/internal/oauth"
)

func TestEveryMemberOfTheMetadataIsExplainedOnce(t *testing.T) {
	names := oauth.MetadataMembers()
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Error("a member stands in the order twice")
	}
	for _, name := range names {
		if term := oauth.MetadataMember(name); !term.Known() {
			t.Errorf("%s is not explained", name)
		}
	}
}

func TestExplanationsAreSentencesWithTheirPlace(t *testing.T) {
	look := map[string]oauth.Term{}
	for _, name := range strings.Fields("iss sub aud exp nbf iat jti azp client_id scope gty auth_time acr amr nonce sid at_hash name email email_verified updated_at") {
		look["claim "+name] = oauth.Claim(name)
	}
	for _, name := range strings.Fields("alg kid typ") {
		look["header "+name] = oauth.HeaderMember(name)
	}
	for _, name := range strings.Fields("response_type client_id redirect_uri scope state nonce code_challenge code_challenge_method audience prompt code iss error error_description grant_type code_verifier client_secret access_token token_type expires_in id_token") {
		look["parameter "+name] = oauth.Parameter(name)
	}
	for what, term := range look {
		if !strings.HasSuffix(term.Text, ".") || strings.ContainsAny(term.Text, "!") {
			t.Errorf("%s: %q", what, term.Text)
		}
	}
	if oauth.Claim("nobody_knows_this").Known() {
		t.Error("an unknown claim is explained")
	}
}
