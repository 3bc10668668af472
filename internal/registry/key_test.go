package registry_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/jwk"
	"clientele/internal/oauth"
	"clientele/internal/registry"
	"clientele/internal/store/storetest"
)

func pemOf(t *testing.T, kind string, der []byte) string {
	t.Helper()
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func spki(t *testing.T, public any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf(t, "PUBLIC KEY", der)
}

func curveKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func certificate(t *testing.T, key *ecdsa.PrivateKey, until time.Time) (text, fingerprint string) {
	t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "orders"}, NotBefore: morning.Add(-time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	return pemOf(t, "CERTIFICATE", der), hex.EncodeToString(sum[:])
}

func jwkText(t *testing.T, n byte, edit func(map[string]any)) []byte {
	t.Helper()
	text, err := json.Marshal(publicKey(n).Public)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(members)
	}
	text, err = json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (b *bench) addKey(t *testing.T, id string, d registry.KeyDraft) registry.Key {
	t.Helper()
	_, k, err := b.AddKey(t.Context(), olga, id, d)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (b *bench) method(t *testing.T, id string, methods ...oauth.AuthMethod) error {
	t.Helper()
	_, _, err := b.Update(t.Context(), olga, id, 0, func(a *registry.Application) error { a.AuthMethods = methods; return nil })
	return err
}

func TestAKeyIsKeptAsItCame(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, _ := b.create(t, registry.Draft{Type: registry.RegularWeb})
		private := curveKey(t)
		until := morning.Add(90 * 24 * time.Hour).Truncate(time.Second)
		text, fingerprint := certificate(t, private, until)
		k := b.addKey(t, a.ID, registry.KeyDraft{Name: " laptop ", PEM: text, Algorithm: "ES256", ExpiryFromCertificate: true, Active: true})
		j := b.addKey(t, a.ID, registry.KeyDraft{JWK: jwkText(t, 1, func(m map[string]any) { m["kid"] = "first" })})
		kept := b.load(t, a.ID).Keys
		if len(kept) != 2 {
			t.Fatal(kept)
		}
		if got := kept[0]; got.ID != k.ID || !strings.HasPrefix(k.ID, "cred_") || got.Name != "laptop" || got.KID != got.Thumbprint || len(got.KID) != 43 || got.Algorithm != "ES256" ||
			got.Certificate != fingerprint || !got.ExpiresAt.Equal(until) || !got.Active || got.Source != registry.FromOperator || got.CreatedBy != olga.Name {
			t.Errorf("the certificate is kept as %+v", got)
		}
		if !private.PublicKey.Equal(kept[0].Public.Public) {
			t.Error("the key is another one")
		}
		if got := kept[1]; got.ID != j.ID || got.KID != "first" || got.Thumbprint != thumbprint(1) || got.Active || !got.ExpiresAt.IsZero() {
			t.Errorf("the JWK is kept as %+v", got)
		}
		if e := b.lastEvent(t, "application", a.ID); e.Kind != "application.key_added" || !slices.ContainsFunc(e.Changes, func(f audit.FieldChange) bool {
			return f.Field == "keys" && strings.Contains(f.After, thumbprint(1))
		}) {
			t.Errorf("the event is %+v", e)
		}
	})
}

func TestWhatIsNoKeyForAnApplication(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.RegularWeb})
	b.addKey(t, a.ID, registry.KeyDraft{JWK: jwkText(t, 9, nil), KID: "taken", Active: true})
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	private := curveKey(t)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	expired, _ := certificate(t, private, morning.Add(-time.Minute))
	curve := spki(t, &private.PublicKey)
	for says, c := range map[string]struct {
		d    registry.KeyDraft
		want string
	}{
		"nothing":                          {registry.KeyDraft{}, "pem key_form"},
		"both":                             {registry.KeyDraft{PEM: curve, JWK: jwkText(t, 1, nil)}, "pem key_form"},
		"no PEM":                           {registry.KeyDraft{PEM: "hello"}, "pem key_form"},
		"a private key in PEM":             {registry.KeyDraft{PEM: pemOf(t, "PRIVATE KEY", der)}, "pem key_form"},
		"a private key in JWK":             {registry.KeyDraft{JWK: jwkText(t, 1, func(m map[string]any) { m["d"] = "AAAA" })}, "jwk key_form"},
		"a shared secret":                  {registry.KeyDraft{JWK: []byte(`{"kty":"oct","k":"AAAA"}`)}, "jwk key_form"},
		"a short RSA key":                  {registry.KeyDraft{PEM: spki(t, &small.PublicKey)}, "pem key_form"},
		"an algorithm of another key":      {registry.KeyDraft{PEM: curve, Algorithm: "RS256"}, "algorithm key"},
		"an algorithm with a shared key":   {registry.KeyDraft{PEM: curve, Algorithm: "HS256"}, "algorithm key"},
		"an end in the past":               {registry.KeyDraft{PEM: curve, ExpiresAt: morning}, "expires_at key_expiry"},
		"a certificate that ended":         {registry.KeyDraft{PEM: expired, ExpiryFromCertificate: true}, "expires_at key_expiry"},
		"the end of no certificate":        {registry.KeyDraft{PEM: curve, ExpiryFromCertificate: true}, "expires_at key_expiry"},
		"the same key again":               {registry.KeyDraft{JWK: jwkText(t, 9, nil)}, "keys key_duplicate"},
		"a kid that is taken":              {registry.KeyDraft{PEM: curve, KID: "taken"}, "kid key_kid"},
		"a kid with a blank":               {registry.KeyDraft{PEM: curve, KID: "a b"}, "kid key"},
		"a name that cannot be seen":       {registry.KeyDraft{PEM: curve, Name: "\u202e"}, "name key"},
		"an end that is said in two ways":  {registry.KeyDraft{PEM: expired, ExpiryFromCertificate: true, ExpiresAt: morning.Add(time.Hour)}, "expires_at key_expiry"},
		"a key for encryption, not for us": {registry.KeyDraft{JWK: jwkText(t, 1, func(m map[string]any) { m["use"] = "enc" })}, "jwk key_form"},
	} {
		if _, _, err := b.AddKey(t.Context(), olga, a.ID, c.d); rules(err) != c.want {
			t.Errorf("%s gives %v", says, err)
		}
	}
	for n := range byte(registry.MaxKeys - 1) {
		b.addKey(t, a.ID, registry.KeyDraft{JWK: jwkText(t, 20+n, nil)})
	}
	if _, _, err := b.AddKey(t.Context(), olga, a.ID, registry.KeyDraft{PEM: curve}); rules(err) != "keys key_count" {
		t.Errorf("one too many gives %v", err)
	}
	spa, _ := b.create(t, registry.Draft{Type: registry.SinglePage})
	if _, _, err := b.AddKey(t.Context(), olga, spa.ID, registry.KeyDraft{PEM: curve}); rules(err) != "keys key_public" {
		t.Errorf("a single page application gives %v", err)
	}
}

func TestAuthenticatingWithAKeyNeedsOneThatWorks(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a, minted := b.create(t, registry.Draft{Type: registry.RegularWeb})
		if err := b.method(t, a.ID, oauth.AuthPrivateKeyJWT); rules(err) != "auth_methods auth_method_key" {
			t.Errorf("without a key: %v", err)
		}
		k := b.addKey(t, a.ID, registry.KeyDraft{JWK: jwkText(t, 1, nil)})
		if err := b.method(t, a.ID, oauth.AuthPrivateKeyJWT); rules(err) != "auth_methods auth_method_key" {
			t.Errorf("with one that is off: %v", err)
		}
		if _, err := b.UpdateKey(t.Context(), olga, a.ID, k.ID, func(k *registry.Key) error { k.Active = true; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := b.method(t, a.ID, oauth.AuthPrivateKeyJWT, oauth.AuthNone); !strings.Contains(rules(err), "auth_method_none_alone") {
			t.Errorf("beside none: %v", err)
		}
		if err := b.method(t, a.ID, oauth.AuthPrivateKeyJWT); err != nil {
			t.Fatal(err)
		}
		kept := b.load(t, a.ID)
		if _, state := kept.VerifySecret(b.Keys, minted[0].Value.Reveal(), b.now); state != registry.SecretRetired {
			t.Errorf("the secret of before is %s", state)
		}
		if _, _, err := b.ReplaceSecret(t.Context(), olga, a.ID); rules(err) != "auth_methods secret_method" {
			t.Errorf("a secret beside it: %v", err)
		}
		if _, err := b.DeleteKey(t.Context(), olga, a.ID, k.ID); rules(err) != "keys key_last" {
			t.Errorf("deleting the last key: %v", err)
		}
		if _, err := b.UpdateKey(t.Context(), olga, a.ID, k.ID, func(k *registry.Key) error { k.Active = false; return nil }); rules(err) != "keys key_last" {
			t.Errorf("switching the last key off: %v", err)
		}
		b.addKey(t, a.ID, registry.KeyDraft{JWK: jwkText(t, 2, nil), Active: true})
		if _, err := b.DeleteKey(t.Context(), olga, a.ID, k.ID); err != nil {
			t.Fatal(err)
		}
		if got := working(b.load(t, a.ID), b.now); !slices.Equal(got, []string{thumbprint(2)}) {
			t.Errorf("after the rotation %v work", got)
		}
		if again := b.addKey(t, a.ID, registry.KeyDraft{JWK: jwkText(t, 1, nil), Active: true}); again.ID == k.ID || len(b.load(t, a.ID).Keys) != 2 {
			t.Errorf("the key came back as %+v", again)
		}
	})
}

func TestAnApplicationCanBeginWithAKey(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	draft := registry.Draft{Name: "Orders", Type: registry.MachineToMachine, AuthMethods: []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}}
	if _, _, err := b.Create(t.Context(), olga, draft); rules(err) != "auth_methods auth_method_key" {
		t.Errorf("without one: %v", err)
	}
	draft.Keys = []registry.KeyDraft{{JWK: jwkText(t, 1, nil), Active: true}, {PEM: "x"}}
	if _, _, err := b.Create(t.Context(), olga, draft); rules(err) != "keys[1].pem key_form" {
		t.Errorf("with a bad one: %v", err)
	}
	draft.Keys = draft.Keys[:1]
	a, minted, err := b.Create(t.Context(), olga, draft)
	if err != nil || len(minted) != 0 || len(working(b.load(t, a.ID), b.now)) != 1 {
		t.Errorf("%+v, %v, %v", a, minted, err)
	}
}

func TestWhatNeverChangesOfAKey(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.RegularWeb})
	k := b.addKey(t, a.ID, registry.KeyDraft{JWK: jwkText(t, 1, nil), Active: true})
	for says, edit := range map[string]func(*registry.Key){
		"kid":       func(k *registry.Key) { k.KID = "other" },
		"algorithm": func(k *registry.Key) { k.Algorithm = "Ed25519" },
		"source":    func(k *registry.Key) { k.Source = registry.FromDocument },
		"retired":   func(k *registry.Key) { k.RetiredAt = morning },
	} {
		if _, err := b.UpdateKey(t.Context(), olga, a.ID, k.ID, func(k *registry.Key) error { edit(k); return nil }); rules(err) != "id key" {
			t.Errorf("%s: %v", says, err)
		}
	}
	end := morning.Add(time.Hour)
	got, err := b.UpdateKey(t.Context(), olga, a.ID, k.ID, func(k *registry.Key) error {
		k.Name, k.ExpiresAt, k.Public = "laptop", end, jwk.Key{}
		return nil
	})
	if err != nil || got.Keys[0].Name != "laptop" || !got.Keys[0].ExpiresAt.Equal(end) || b.load(t, a.ID).Keys[0].Thumbprint != thumbprint(1) {
		t.Errorf("%+v, %v", got.Keys, err)
	}
	for says, err := range map[string]error{
		"updating": second(b.UpdateKey(t.Context(), olga, a.ID, "cred_x", func(*registry.Key) error { return nil })),
		"deleting": second(b.DeleteKey(t.Context(), olga, a.ID, "cred_x")),
	} {
		if !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("%s what is not there: %v", says, err)
		}
	}
}

func TestGoingPublicRetiresTheKeys(t *testing.T) {
	b := newBench(t, storetest.Open(t))
	a, _ := b.create(t, registry.Draft{Type: registry.RegularWeb})
	b.addKey(t, a.ID, registry.KeyDraft{JWK: jwkText(t, 1, nil), Active: true})
	_, change, err := b.Update(t.Context(), olga, a.ID, 0, func(a *registry.Application) error {
		a.AuthMethods, a.Refresh.Rotating = []oauth.AuthMethod{oauth.AuthNone}, true
		return nil
	})
	if err != nil || !change.Touches("keys") || len(working(b.load(t, a.ID), b.now)) != 0 {
		t.Errorf("%+v, %v", change, err)
	}
}

func TestTheSameKeyAtTheSameTimeIsAddedOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.Changed = nil
		a, _ := b.create(t, registry.Draft{Type: registry.RegularWeb})
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				_, _, errs[i] = b.AddKey(t.Context(), olga, a.ID, registry.KeyDraft{JWK: jwkText(t, 1, nil), Active: true})
			})
		}
		wg.Wait()
		added := 0
		for _, err := range errs {
			if err == nil {
				added++
			} else if rules(err) != "keys key_duplicate" {
				t.Error(err)
			}
		}
		if added != 1 || len(b.load(t, a.ID).Keys) != 1 {
			t.Errorf("added %d times: %v", added, b.load(t, a.ID).Keys)
		}
	})
}
