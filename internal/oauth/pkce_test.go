package oauth

import (
	"strings"
	"testing"
)

// The example of RFC 7636 appendix B.
const (
	exampleVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	exampleChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func TestRFC7636_B_ExampleVerifies(t *testing.T) {
	c, err := ParseChallenge(exampleChallenge, "S256")
	if err != nil {
		t.Fatal(err)
	}
	if !c.Verify(exampleVerifier) {
		t.Error("the example of the specification does not verify")
	}
}

// RFC 7636 §4.2: plain is for those who cannot hash, and shows the verifier to whoever sees the request.
func TestRFC7636_4_3_PlainIsRefusedAlsoAsTheDefault(t *testing.T) {
	for _, method := range []string{"plain", "", "s256", "S512", "S256 "} {
		if _, err := ParseChallenge(exampleChallenge, method); err == nil || err.Code != CodeInvalidRequest {
			t.Errorf("method %q gives %v", method, err)
		}
	}
}

func TestRFC7636_4_2_ChallengeIs43CharactersOfBase64URL(t *testing.T) {
	for _, challenge := range []string{
		exampleChallenge[:42], exampleChallenge + "A", exampleChallenge + "=", strings.Replace(exampleChallenge, "-", "+", 1),
		exampleChallenge[:42] + "N" /* bits behind the hash are not zero */, exampleChallenge[:42] + "\n", " " + exampleChallenge,
	} {
		if _, err := ParseChallenge(challenge, "S256"); err == nil || err.Code != CodeInvalidRequest {
			t.Errorf("challenge %q gives %v", challenge, err)
		}
	}
}

func TestAMethodWithoutAChallengeIsRefusedAndNeitherIsNone(t *testing.T) {
	if _, err := ParseChallenge("", "S256"); err == nil {
		t.Error("a method without a challenge is accepted")
	}
	if c, err := ParseChallenge("", ""); err != nil || c != "" {
		t.Errorf("no PKCE gives %q, %v", c, err)
	}
}

func TestRFC7636_4_1_VerifierHas43To128UnreservedCharacters(t *testing.T) {
	for _, verifier := range []string{
		"", exampleVerifier[:42], strings.Repeat("a", 129), exampleVerifier + "\n", strings.Replace(exampleVerifier, "-", "+", 1),
		strings.Replace(exampleVerifier, "d", "é", 1), exampleVerifier + "=",
	} {
		if Challenge(exampleChallenge).Verify(verifier) {
			t.Errorf("verifier %q is accepted", verifier)
		}
	}
	if Challenge("").Verify(exampleVerifier) {
		t.Error("a verifier without a challenge is accepted")
	}
}
