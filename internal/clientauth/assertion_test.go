package clientauth_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

func TestRFC7523_3_AnAssertionProvesItsClient(t *testing.T) {
	for name, test := range map[string]struct {
		draft draft
		id    string
		key   string
	}{
		"RS256": {draft{key: "rsa", alg: "RS256"}, "tpc_1", "cred_rsa"}, "RS384": {draft{key: "rsa", alg: "RS384"}, "tpc_1", "cred_rsa"},
		"RS512": {draft{key: "rsa", alg: "RS512"}, "tpc_1", "cred_rsa"}, "PS256": {draft{key: "rsa", alg: "PS256"}, "tpc_1", "cred_rsa"},
		"PS384": {draft{key: "rsa", alg: "PS384"}, "tpc_1", "cred_rsa"}, "PS512": {draft{key: "rsa", alg: "PS512"}, "tpc_1", "cred_rsa"},
		"ES256": {draft{key: "p256", alg: "ES256"}, "tpc_1", "cred_p256"}, "ES384": {draft{key: "p384", alg: "ES384"}, "tpc_1", "cred_p384"},
		"ES512": {draft{key: "p521", alg: "ES512"}, "tpc_1", "cred_p521"}, "EdDSA": {draft{key: "ed", alg: "EdDSA"}, "tpc_1", "cred_ed"},
		"Ed25519":                          {draft{key: "ed", alg: "Ed25519"}, "tpc_1", "cred_ed"},
		"without kid":                      {draft{key: "ed", alg: "EdDSA", header: map[string]any{"kid": nil}}, "tpc_1", "cred_ed"},
		"a thumbprint as kid":              {draft{header: map[string]any{"kid": pairs["p256"]().public.Thumbprint}}, "tpc_1", "cred_p256"},
		"an aud of one element":            {draft{claims: map[string]any{"aud": []string{issuer}}}, "tpc_1", "cred_p256"},
		"without iat":                      {draft{claims: map[string]any{"iat": nil}}, "tpc_1", "cred_p256"},
		"iat 10 seconds ahead":             {draft{claims: map[string]any{"iat": now.Unix() + 10}}, "tpc_1", "cred_p256"},
		"nbf 10 seconds ahead":             {draft{claims: map[string]any{"nbf": now.Unix() + 10}}, "tpc_1", "cred_p256"},
		"nbf 0":                            {draft{claims: map[string]any{"nbf": 0}}, "tpc_1", "cred_p256"},
		"exp 5 minutes and a clock ahead":  {draft{claims: map[string]any{"exp": now.Unix() + 310}}, "tpc_1", "cred_p256"},
		"exp in a second, with a fraction": {draft{claims: map[string]any{"exp": float64(now.Unix()) + 0.5}}, "tpc_1", "cred_p256"},
		"a jti of 255 bytes":               {draft{claims: map[string]any{"jti": strings.Repeat("x", 255)}}, "tpc_1", "cred_p256"},
		"claims that nobody asked for":     {draft{claims: map[string]any{"scope": "x", "n": map[string]any{"a": 1}}}, "tpc_1", "cred_p256"},
		"a hand-made application":          {draft{claims: map[string]any{"iss": handMade, "sub": handMade}}, handMade, "cred_p256"},
		"headers that name another key":    {draft{header: map[string]any{"jku": "https://evil.example/jwks", "x5u": "https://evil.example/x"}}, "tpc_1", "cred_p256"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			caller, err := d.Authenticate(t.Context(), presenting(test.draft.sign(t)))
			if err != nil {
				t.Fatal(err)
			}
			if caller.Application.ID != test.id || caller.Method != oauth.AuthPrivateKeyJWT || caller.KeyID != test.key || caller.KeyThumbprint == "" || caller.SecretID != "" {
				t.Errorf("got %+v", caller)
			}
			if len(d.uses.uses)+len(d.traces.traces) != 0 {
				t.Errorf("recorded %v, %v", d.uses.uses, d.traces.traces)
			}
		})
	}
}

// Another kind of JWT never passes for an assertion, though the same key may have signed it.
func TestCIMD03_6_TheTypeOfAnAssertion(t *testing.T) {
	for typ, accepted := range map[string]bool{
		"JWT": true, "jwt": true, "application/jwt": true, "oauth-client-auth+jwt": true, "client-authentication+jwt": true,
		"Client-Authentication+JWT": true, "application/oauth-client-auth+jwt": true, "application/client-authentication+jwt": true,
		"at+jwt": false, "application/at+jwt": false, "dpop+jwt": false, "oauth-id-jag+jwt": false, "logout+jwt": false, "secevent+jwt": false,
		"token-introspection+jwt": false, "oauth-authz-req+jwt": false, "oauth-client-attestation+jwt": false, "oauth-client-attestation-pop+jwt": false,
		"openid4vci-proof+jwt": false, "vc+sd-jwt": false, "kb+jwt": false, "entity-statement+jwt": false, "wit+jwt": false, "JOSE": false, "JWS": false,
		"": false, "text/jwt": false, "application/": false, "application/application/jwt": false, " JWT": false, "JWT ": false,
	} {
		d := newDesk(t)
		_, err := d.Authenticate(t.Context(), presenting(draft{header: map[string]any{"typ": typ}}.sign(t)))
		if (err == nil) != accepted {
			t.Errorf("typ %q: %v", typ, err)
		}
		if err != nil && (len(d.traces.traces) != 1 || d.traces.traces[0].Rule != "assertion_typ" || d.traces.traces[0].Value != typ) {
			t.Errorf("typ %q left %+v", typ, d.traces.traces)
		}
	}
}

func TestWhatProvesNothingIsRefusedAlikeAndTraced(t *testing.T) {
	with := func(name string, value any) string { return draft{claims: map[string]any{name: value}}.sign(t) }
	good := draft{}.sign(t)
	parts := strings.Split(good, ".")
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	hs256, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("k", 32))}, nil)
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	signed, _ := hs256.Sign(payload)
	shared, _ := signed.CompactSerialize()
	embedded := draft{key: "another", header: map[string]any{"kid": nil, "jwk": pairs["another"]().public.Public}}
	for name, test := range map[string]struct {
		text string
		rule string
	}{
		"alg none":                    {encode(`{"alg":"none"}`) + "." + parts[1] + ".", "assertion_alg"},
		"alg None":                    {encode(`{"alg":"None"}`) + "." + parts[1] + ".", "assertion_alg"},
		"no alg":                      {encode(`{}`) + "." + parts[1] + "." + parts[2], "assertion_alg"},
		"HS256":                       {shared, "assertion_alg"},
		"RS1":                         {encode(`{"alg":"RS1"}`) + "." + parts[1] + "." + parts[2], "assertion_alg"},
		"ES256K":                      {encode(`{"alg":"ES256K"}`) + "." + parts[1] + "." + parts[2], "assertion_alg"},
		"alg twice":                   {encode(`{"alg":"none","alg":"ES256"}`) + "." + parts[1] + "." + parts[2], "assertion_header"},
		"Alg":                         {encode(`{"Alg":"ES256"}`) + "." + parts[1] + "." + parts[2], "assertion_header"},
		"a header that is a list":     {encode(`[]`) + "." + parts[1] + "." + parts[2], "assertion_header"},
		"a kid that is a number":      {encode(`{"alg":"ES256","kid":1}`) + "." + parts[1] + "." + parts[2], "assertion_header"},
		"a kid of 256 bytes":          {draft{header: map[string]any{"kid": strings.Repeat("k", 256)}}.sign(t), "assertion_header"},
		"a typ that is a number":      {encode(`{"alg":"ES256","typ":1}`) + "." + parts[1] + "." + parts[2], "assertion_header"},
		"crit":                        {encode(`{"alg":"ES256","crit":["exp"],"exp":1}`) + "." + parts[1] + "." + parts[2], "assertion_crit"},
		"crit of what is understood":  {encode(`{"alg":"ES256","b64":true,"crit":["b64"]}`) + "." + parts[1] + "." + parts[2], "assertion_crit"},
		"crit null":                   {encode(`{"alg":"ES256","crit":null}`) + "." + parts[1] + "." + parts[2], "assertion_crit"},
		"a signature that is no text": {parts[0] + "." + parts[1] + ".%%", "assertion_form"},
		"no signature":                {parts[0] + "." + parts[1] + ".", "assertion_signature"},
		"a signature of something":    {parts[0] + "." + parts[1] + "." + encode(strings.Repeat("x", 64)), "assertion_signature"},
		"a signature of another key":  {draft{key: "another", header: map[string]any{"kid": "p256"}}.sign(t), "assertion_signature"},
		"its own key in the header":   {embedded.sign(t), "assertion_signature"},
		"an unknown kid":              {draft{header: map[string]any{"kid": "nobody"}}.sign(t), "assertion_key"},
		"a kid of another algorithm":  {draft{header: map[string]any{"kid": "rsa"}}.sign(t), "assertion_key"},
		"another issuer's audience":   {with("aud", "https://other.example.com/"), "assertion_aud"},
		"the issuer without slash":    {with("aud", strings.TrimSuffix(issuer, "/")), "assertion_aud"},
		"the issuer in capitals":      {with("aud", strings.ToUpper(issuer)), "assertion_aud"},
		"the token endpoint":          {with("aud", endpoint), "assertion_aud_token_endpoint"},
		"the revocation endpoint":     {with("aud", issuer+"oauth/revoke"), "assertion_aud"},
		"both audiences":              {with("aud", []string{issuer, endpoint}), "assertion_aud"},
		"the issuer twice":            {with("aud", []string{issuer, issuer}), "assertion_aud"},
		"no audience":                 {with("aud", nil), "assertion_aud"},
		"an empty list as audience":   {with("aud", []string{}), "assertion_aud"},
		"a number as audience":        {with("aud", 1), "assertion_aud"},
		"a list of lists as audience": {with("aud", [][]string{{issuer}}), "assertion_aud"},
		"another iss":                 {with("iss", "https://client.example.com/ID.json"), "assertion_client"},
		"no iss":                      {with("iss", nil), "assertion_client"},
		"an ID token of ours":         {draft{claims: map[string]any{"iss": issuer, "aud": keyed, "nonce": "n"}}.sign(t), "assertion_client"},
		"exp missing":                 {with("exp", nil), "assertion_exp"},
		"exp 0":                       {with("exp", 0), "assertion_expired"},
		"exp now":                     {with("exp", now.Unix()), "assertion_expired"},
		"exp null":                    {draft{}.signRaw(t, []byte(`{"iss":"`+keyed+`","sub":"`+keyed+`","aud":"`+issuer+`","exp":null,"jti":"j"}`)), "assertion_exp"},
		"exp as text":                 {with("exp", "1772366460"), "assertion_claims"},
		"exp as true":                 {with("exp", true), "assertion_claims"},
		"exp negative":                {with("exp", -1), "assertion_claims"},
		"exp beyond every calendar":   {draft{}.signRaw(t, []byte(`{"iss":"`+keyed+`","sub":"`+keyed+`","aud":"`+issuer+`","exp":1e300,"jti":"j"}`)), "assertion_claims"},
		"exp twice":                   {draft{}.signRaw(t, []byte(`{"iss":"`+keyed+`","sub":"`+keyed+`","aud":"`+issuer+`","exp":0,"exp":1772366460,"jti":"j"}`)), "assertion_claims"},
		"Exp":                         {draft{}.signRaw(t, []byte(`{"iss":"`+keyed+`","sub":"`+keyed+`","aud":"`+issuer+`","Exp":1772366460,"jti":"j"}`)), "assertion_claims"},
		"exp an hour ahead":           {with("exp", now.Add(time.Hour).Unix()), "assertion_lifetime"},
		"exp 311 seconds ahead":       {with("exp", now.Unix()+311), "assertion_lifetime"},
		"iat 11 seconds ahead":        {with("iat", now.Unix()+11), "assertion_future"},
		"nbf 61 seconds ahead":        {with("nbf", now.Unix()+61), "assertion_future"},
		"jti missing":                 {with("jti", nil), "assertion_jti"},
		"jti empty":                   {with("jti", ""), "assertion_jti"},
		"a jti of 256 bytes":          {with("jti", strings.Repeat("x", 256)), "assertion_jti"},
		"a jti that is a number":      {with("jti", 1), "assertion_claims"},
		"claims that are a list":      {draft{}.signRaw(t, []byte(`[]`)), "assertion_claims"},
		"two parts":                   {parts[0] + "." + parts[1], "assertion_form"},
		"four parts":                  {good + ".x", "assertion_form"},
		"longer than 8 kB":            {with("filler", strings.Repeat("x", 8<<10)), "assertion_too_long"},
		"JSON serialization":          {`{"payload":"` + parts[1] + `","signatures":[]}`, "assertion_form"},
		"a JWE":                       {"a.b.c.d.e", "assertion_form"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			credentials := presenting(test.text)
			credentials.ClientID = keyed
			caller, err := d.Authenticate(t.Context(), credentials)
			if err == nil || err.Code != oauth.CodeInvalidClient || caller.Application != nil ||
				err.Description != "the client is unknown, or its assertion does not prove it; the operator finds the reason under 7KQ2-MD4F" {
				t.Fatalf("got %v, %v", caller, err)
			}
			if len(d.traces.traces) != 1 || len(d.uses.uses) != 1 {
				t.Fatalf("left %v and %v", d.traces.traces, d.uses.uses)
			}
			trace, use := d.traces.traces[0], d.uses.uses[0]
			if trace.Rule != test.rule || trace.Message == "" || trace.Mend == "" || trace.ClientID != keyed || trace.ApplicationID != "tpc_1" ||
				trace.Door != "token" || trace.Address != "192.0.2.1" || !trace.At.Equal(now) || trace.Side != audit.SideClient {
				t.Errorf("traced %+v", trace)
			}
			if use.Reason != trace.Message || use.Reference != "7KQ2-MD4F" || use.ApplicationID != "tpc_1" {
				t.Errorf("recorded %+v", use)
			}
			if len(d.once.seen) != 0 {
				t.Error("the jti was spent")
			}
			holdsNothing(t, test.text, trace, use)
		})
	}
}

// holdsNothing fails if a part of an assertion that proves something is kept.
func holdsNothing(t *testing.T, text string, kept ...any) {
	t.Helper()
	raw, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(text, ".") {
		if len(part) > 20 && strings.Contains(string(raw), part) {
			t.Errorf("%s holds a part of the assertion", raw)
		}
	}
	if strings.Contains(string(raw), "jti-1") {
		t.Errorf("%s holds the jti", raw)
	}
}

func TestTheTraceSaysWhatToChange(t *testing.T) {
	d := newDesk(t)
	if _, err := d.Authenticate(t.Context(), presenting(draft{claims: map[string]any{"aud": endpoint}}.sign(t))); err == nil {
		t.Fatal("it went through")
	}
	got := d.traces.traces[0]
	if got.Message != "aud is the token endpoint; must be the issuer" || got.Value != endpoint || got.Spec != "rfc7523bis-11 §4" ||
		got.Mend != "set aud to the issuer "+issuer+", exactly as the metadata writes it; an operator can allow the token endpoint for this client until a date" {
		t.Errorf("traced %+v", got)
	}
}

func TestRFC7521_4_2_ClientIDBesideAnAssertion(t *testing.T) {
	for id, accepted := range map[string]bool{"": true, keyed: true, handMade: false, "nobody": false, keyed + "/": false, "tpc_1": false} {
		credentials := presenting(draft{}.sign(t))
		credentials.ClientID = id
		if _, err := newDesk(t).Authenticate(t.Context(), credentials); (err == nil) != accepted {
			t.Errorf("client_id %q: %v", id, err)
		}
	}
}

func TestAnAssertionOfAnUnknownClientIsRefusedLikeABadOne(t *testing.T) {
	for _, id := range []string{"https://client.example.com/other.json", "nobody", "tpc_1"} {
		d := newDesk(t)
		_, err := d.Authenticate(t.Context(), presenting(draft{claims: map[string]any{"iss": id, "sub": id}}.sign(t)))
		if err == nil || err.Code != oauth.CodeInvalidClient || !strings.HasPrefix(err.Description, "the client is unknown, or its assertion does not prove it") {
			t.Errorf("%s: %v", id, err)
		}
		if traced := len(d.traces.traces) == 1; traced != strings.HasPrefix(id, "https://") {
			t.Errorf("%s left %+v", id, d.traces.traces)
		}
	}
}

func TestOnlyTheAlgorithmThatWasSetIsAccepted(t *testing.T) {
	for name, test := range map[string]struct {
		change   func(*desk)
		draft    draft
		accepted bool
	}{
		"of the key":                        {func(d *desk) { d.url.Keys[0].Algorithm = "PS256" }, draft{key: "rsa", alg: "PS256"}, true},
		"another than of the key":           {func(d *desk) { d.url.Keys[0].Algorithm = "PS256" }, draft{key: "rsa", alg: "RS256"}, false},
		"of the JWK":                        {func(d *desk) { d.url.Keys[0].Public.Algorithm = "RS512" }, draft{key: "rsa", alg: "RS512"}, true},
		"another than of the JWK":           {func(d *desk) { d.url.Keys[0].Public.Algorithm = "RS512" }, draft{key: "rsa", alg: "RS256"}, false},
		"of the document":                   {func(d *desk) { d.url.Import.Algorithm = "ES256" }, draft{}, true},
		"another than of the document":      {func(d *desk) { d.url.Import.Algorithm = "ES256" }, draft{key: "rsa", alg: "RS256"}, false},
		"the other name of the same of key": {func(d *desk) { d.url.Keys[4].Algorithm = "Ed25519" }, draft{key: "ed", alg: "EdDSA"}, true},
		"the other name of the JWK":         {func(d *desk) { d.url.Keys[4].Public.Algorithm = "EdDSA" }, draft{key: "ed", alg: "Ed25519"}, true},
		"the other name of the document":    {func(d *desk) { d.url.Import.Algorithm = "EdDSA" }, draft{key: "ed", alg: "Ed25519"}, true},
	} {
		d := newDesk(t)
		test.change(d)
		if _, err := d.Authenticate(t.Context(), presenting(test.draft.sign(t))); (err == nil) != test.accepted {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAKeyThatIsNotInUseIsRecognisedAndRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*registry.Key)
		kind   string
		rule   string
	}{
		"retired":  {func(k *registry.Key) { k.RetiredAt = now.Add(-time.Hour) }, "key.retired_used", "key_retired"},
		"expired":  {func(k *registry.Key) { k.ExpiresAt = now }, "key.expired_used", "key_expired"},
		"inactive": {func(k *registry.Key) { k.Active = false }, "client.refused", "key_inactive"},
	} {
		d := newDesk(t)
		test.change(&d.url.Keys[1])
		_, err := d.Authenticate(t.Context(), presenting(draft{}.sign(t)))
		if err == nil || err.Code != oauth.CodeInvalidClient || d.uses.uses[0].Kind != test.kind || d.uses.uses[0].SecretID != "cred_p256" || d.traces.traces[0].Rule != test.rule {
			t.Errorf("%s: %v, %+v, %+v", name, err, d.uses.uses, d.traces.traces)
		}
	}
}

func TestTheRegisteredMethodsDecide(t *testing.T) {
	d := newDesk(t)
	d.url.AuthMethods = []oauth.AuthMethod{oauth.AuthNone}
	if _, err := d.Authenticate(t.Context(), presenting(draft{}.sign(t))); err == nil || err.Description != "the application is not registered for private_key_jwt" {
		t.Errorf("an assertion where none is registered: %v", err)
	}
	if _, err := d.Authenticate(t.Context(), body(keyed, "")); err != nil {
		t.Errorf("none: %v", err)
	}
	d.url.AuthMethods = []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}
	_, err := d.Authenticate(t.Context(), body(keyed, ""))
	if last := d.traces.traces[len(d.traces.traces)-1]; err == nil || last.Rule != "auth_method" || last.Value != "none" || last.Mend != "authenticate with private_key_jwt" {
		t.Errorf("none where a key is needed: %v, %+v", err, last)
	}
	if _, err := d.Authenticate(t.Context(), basic(handMade, "clts_x")); err == nil {
		t.Error("a secret where a key is needed went through")
	}
	d.url.Enabled = false
	if _, err := d.Authenticate(t.Context(), presenting(draft{}.sign(t))); err == nil || len(d.once.seen) != 0 {
		t.Errorf("a disabled application: %v", err)
	}
}

func TestAnAssertionIsGoodOncePerClient(t *testing.T) {
	d := newDesk(t)
	text := draft{}.sign(t)
	if _, err := d.Authenticate(t.Context(), presenting(text)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Authenticate(t.Context(), presenting(text)); err == nil || d.uses.uses[0].Kind != "assertion.replayed" || d.traces.traces[0].Rule != "assertion_replayed" {
		t.Errorf("again: %v", err)
	}
	if _, err := d.Authenticate(t.Context(), presenting(draft{claims: map[string]any{"iss": handMade, "sub": handMade}}.sign(t))); err != nil {
		t.Errorf("the jti of another client: %v", err)
	}
}

func TestTroubleWithTheMemoryIsNeverInvalidClient(t *testing.T) {
	d := newDesk(t)
	d.once.err = context.DeadlineExceeded
	if _, err := d.Authenticate(t.Context(), presenting(draft{}.sign(t))); err == nil || err.Code == oauth.CodeInvalidClient || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestTheTokenEndpointAsAudienceIsAnExceptionWithADate(t *testing.T) {
	for name, test := range map[string]struct {
		until    time.Time
		place    string
		client   string
		accepted bool
	}{
		"while it lasts":                        {now.Add(time.Second), endpoint, keyed, true},
		"when it is over":                       {now, endpoint, keyed, false},
		"when there never was one":              {time.Time{}, endpoint, keyed, false},
		"where there can be none":               {now.Add(time.Hour), "", keyed, false},
		"for an application without a document": {now.Add(time.Hour), endpoint, handMade, false},
	} {
		d := newDesk(t)
		d.url.Import.AudienceUntil = test.until
		credentials := presenting(draft{claims: map[string]any{"aud": endpoint, "iss": test.client, "sub": test.client}}.sign(t))
		credentials.TokenEndpoint = test.place
		_, err := d.Authenticate(t.Context(), credentials)
		if (err == nil) != test.accepted {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if len(d.uses.uses) != 1 || d.uses.uses[0].Kind != "assertion.audience_exception" || d.uses.uses[0].Detail["aud"] != endpoint || d.uses.uses[0].SecretID != "cred_p256" {
			t.Errorf("%s: recorded %+v", name, d.uses.uses)
		}
	}
}

func TestAStrangerThatExpiredIsUnknown(t *testing.T) {
	d := newDesk(t)
	d.url.ExpiresAt = now
	if _, err := d.Authenticate(t.Context(), body(keyed, "")); err == nil || d.traces.traces[0].Rule != "client_unknown" {
		t.Errorf("got %v", err)
	}
	d.url.ExpiresAt = now.Add(time.Second)
	if _, err := d.Authenticate(t.Context(), body(keyed, "")); err != nil {
		t.Error(err)
	}
}
