package clientauth_test

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// fetcher publishes keys, or fails.
type fetcher struct {
	keys  []registry.Key
	err   error
	asked []string
}

func (f *fetcher) Keys(_ context.Context, _ *registry.Application, kid string) ([]registry.Key, error) {
	f.asked = append(f.asked, kid)
	return f.keys, f.err
}

// passing is trouble that knows that it passes.
type passing struct{ passes bool }

func (p passing) Error() string   { return "trouble" }
func (p passing) Temporary() bool { return p.passes }

func TestAKeyThatIsUnknownIsLookedForOnce(t *testing.T) {
	for name, test := range map[string]struct {
		change   func(*registry.Application)
		draft    draft
		fetched  bool
		accepted bool
	}{
		"a kid that is published by now":  {nil, draft{key: "another"}, true, true},
		"no kid, and a key published now": {nil, draft{key: "another", header: map[string]any{"kid": nil}}, true, true},
		"a kid that nobody has":           {nil, draft{header: map[string]any{"kid": "nobody"}}, true, false},
		"a known kid, another signature":  {nil, draft{key: "p384", alg: "ES384", header: map[string]any{"kid": "p256"}}, true, false},
		"a known key":                     {nil, draft{}, false, true},
		"a document with inline keys":     {func(a *registry.Application) { a.Import.JWKSURI = "" }, draft{key: "another"}, false, false},
		"a disabled application":          {func(a *registry.Application) { a.Enabled = false }, draft{key: "another"}, false, false},
		"a client without keys":           {func(a *registry.Application) { a.AuthMethods = []oauth.AuthMethod{oauth.AuthNone} }, draft{key: "another"}, false, false},
		"claims that are wrong":           {nil, draft{key: "another", claims: map[string]any{"aud": "x"}}, false, false},
		"a retired key":                   {func(a *registry.Application) { a.Keys[1].RetiredAt = now; a.Import.JWKSURI = "" }, draft{}, false, false},
		"a retired key that is back":      {func(a *registry.Application) { a.Keys[1].RetiredAt = now }, draft{}, true, true},
		"keys that were seen just now":    {func(a *registry.Application) { a.Import.KeysAt = now.Add(1 - registry.LastKnownGood) }, draft{}, false, true},
		"keys that were seen long ago":    {func(a *registry.Application) { a.Import.KeysAt = now.Add(-registry.LastKnownGood) }, draft{}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.url.Import.JWKSURI = "https://client.example.com/jwks"
			if test.change != nil {
				test.change(d.url)
			}
			f := &fetcher{keys: keysOf("p256", "another")}
			d.Fetcher = f
			caller, err := d.Authenticate(t.Context(), presenting(test.draft.sign(t)))
			if (err == nil) != test.accepted || (len(f.asked) == 1) != test.fetched {
				t.Errorf("got %v, %v; asked for %q", caller, err, f.asked)
			}
		})
	}
}

// Clients throw their registration away on invalid_client, so trouble on the way to their keys is not called that.
func TestTroubleOnTheWayToAKeySetIsNeverInvalidClient(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		code oauth.ErrorCode
	}{
		"trouble that passes":               {passing{true}, oauth.CodeTemporarilyUnavailable},
		"a deadline":                        {context.DeadlineExceeded, oauth.CodeTemporarilyUnavailable},
		"trouble here":                      {errors.New("disk on fire"), oauth.CodeServerError},
		"a set that is there and is no set": {passing{false}, oauth.CodeInvalidClient},
	} {
		d := newDesk(t)
		d.url.Import.JWKSURI = "https://client.example.com/jwks"
		d.Fetcher = &fetcher{err: test.err}
		_, err := d.Authenticate(t.Context(), presenting(draft{key: "another"}.sign(t)))
		if err == nil || err.Code != test.code || !errors.Is(err, test.err) && test.code != oauth.CodeInvalidClient {
			t.Errorf("%s: %v", name, err)
		}
		if (test.code == oauth.CodeInvalidClient) != (len(d.traces.traces) == 1) {
			t.Errorf("%s left %v", name, d.traces.traces)
		}
	}
}

// A set of many keys, used and unused, does not hide the one that counts, and does not cost without end.
func TestAnAssertionWithoutAKeyIDIsTriedWithTheKeysInUseFirst(t *testing.T) {
	d := newDesk(t)
	var keys []registry.Key
	for range 30 {
		retired := pairs["another"]().public
		retired.RetiredAt = now
		keys = append(keys, retired)
	}
	d.url.Keys = append(keys, pairs["p256"]().public)
	caller, err := d.Authenticate(t.Context(), presenting(draft{header: map[string]any{"kid": nil}}.sign(t)))
	if err != nil || caller.KeyID != "cred_p256" {
		t.Errorf("got %v, %v", caller, err)
	}
}

// A rotation that keeps its kid.
func TestAKeyThatReplacesAnotherUnderItsKIDIsLookedFor(t *testing.T) {
	d := newDesk(t)
	d.url.Import.JWKSURI = "https://client.example.com/jwks"
	published := pairs["another"]().public
	published.KID = "p256"
	d.Fetcher = &fetcher{keys: []registry.Key{published}}
	caller, err := d.Authenticate(t.Context(), presenting(draft{key: "another", header: map[string]any{"kid": "p256"}}.sign(t)))
	if err != nil || caller.KeyThumbprint != published.Thumbprint {
		t.Errorf("got %v, %v", caller, err)
	}
}

// Trouble on the way to keys that nobody saw for a day is no verdict, and lets nobody in.
func TestKeysThatNobodySawForADayDoNotCountUnseen(t *testing.T) {
	d := newDesk(t)
	d.url.Import.JWKSURI, d.url.Import.KeysAt = "https://client.example.com/jwks", now.Add(-registry.LastKnownGood)
	d.Fetcher = &fetcher{keys: d.url.Keys, err: passing{true}}
	if _, err := d.Authenticate(t.Context(), presenting(draft{}.sign(t))); err == nil || err.Code != oauth.CodeTemporarilyUnavailable {
		t.Errorf("got %v", err)
	}
}

// A document of many keys does not make this server try them all for whoever asks.
func TestOfManyKeysThatNobodyNamesFewAreTried(t *testing.T) {
	d := newDesk(t)
	last := pairs["p256"]().public
	for i, accepted := range map[int]bool{3: true, 4: false} {
		d.url.Keys = nil
		for range i {
			other := pairs["another"]().public
			other.KID = ""
			d.url.Keys = append(d.url.Keys, other)
		}
		d.url.Keys = append(d.url.Keys, last)
		form := presenting(draft{header: map[string]any{"kid": nil}, claims: map[string]any{"jti": strconv.Itoa(i)}}.sign(t))
		if _, err := d.Authenticate(t.Context(), form); (err == nil) != accepted {
			t.Errorf("after %d others: %v", i, err)
		}
		if _, err := d.Authenticate(t.Context(), presenting(draft{claims: map[string]any{"jti": "named " + strconv.Itoa(i)}}.sign(t))); err != nil {
			t.Errorf("named: %v", err)
		}
	}
}
