package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Whatever anybody sends: it is refused with reasons or kept exactly, and never breaks an engine.
func TestWhateverIsAskedIsRefusedWithReasonsOrKeptExactly(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var kept int
		rapid.Check(t, func(t *rapid.T) {
			ctx := context.Background()
			a, minted, err := b.Create(ctx, olga, drafts.Draw(t, "draft"))
			if err != nil {
				if invalid, ok := errors.AsType[*registry.Invalid](err); !ok || len(invalid.Violations) == 0 {
					t.Fatalf("it fails with %v", err)
				}
				return
			}
			kept++
			if (len(minted) == 1) == a.Public() {
				t.Fatalf("%d secrets of %v", len(minted), a.AuthMethods)
			}
			got, err := b.Application(ctx, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(a, got, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(0)); diff != "" {
				t.Fatalf("kept otherwise:\n%s", diff)
			}
			if _, change, err := b.Update(ctx, olga, a.ID, 1, func(*registry.Application) error { return nil }); err != nil || !change.Empty() {
				t.Fatalf("what was kept does not pass: %+v, %v", change, err)
			}
		})
		if kept == 0 {
			t.Error("nothing was kept: the drafts are too wild")
		}
	})
}

// odd is mostly what people mean, sometimes what breaks things.
func odd(sane ...string) *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(sane), rapid.SampledFrom(sane), rapid.SampledFrom(sane), rapid.SampledFrom(sane),
		rapid.SampledFrom([]string{"", "\x00", "\xff", "a\u2028b", "';--", "%", "\\", "\U0001f600", "\ufffd"}), rapid.String())
}

var drafts = rapid.Custom(func(t *rapid.T) registry.Draft {
	d := registry.Draft{
		Name:             odd("Orders", "Bestellungen für alle", "O'Hara & Söhne").Draw(t, "name"),
		Description:      rapid.OneOf(rapid.Just(""), odd("What it is for")).Draw(t, "description"),
		LogoURI:          rapid.OneOf(rapid.Just(""), rapid.Just(""), odd("https://a.example/l.png")).Draw(t, "logo"),
		Type:             rapid.SampledFrom([]registry.Type{registry.Generic, registry.Native, registry.SinglePage, registry.RegularWeb, registry.MachineToMachine}).Draw(t, "type"),
		Ownership:        rapid.SampledFrom([]registry.Ownership{"", registry.FirstParty, registry.ThirdParty}).Draw(t, "ownership"),
		Tags:             rapid.SliceOfN(odd("shop", "blue", "Ümlaut"), 0, 2).Draw(t, "tags"),
		InitiateLoginURI: rapid.OneOf(rapid.Just(""), rapid.Just(""), odd("https://a.example/login")).Draw(t, "login"),
		GrantTypes:       rapid.SampledFrom([][]oauth.GrantType{nil, nil, {oauth.AuthorizationCode}, {}, {"im\x00plicit"}}).Draw(t, "grants"),
		AuthMethods:      rapid.SampledFrom([][]oauth.AuthMethod{nil, nil, nil, {oauth.AuthNone}, {oauth.AuthClientSecretPost}}).Draw(t, "methods"),
		IDToken:          registry.IDTokenPolicy{Lifetime: time.Duration(rapid.SampledFrom([]int64{0, 0, 1e9, -1, 1 << 62}).Draw(t, "lifetime"))},
	}
	if rapid.IntRange(0, 2).Draw(t, "redirects") == 0 {
		d.RedirectURIs = rapid.SliceOfN(odd("https://a.example/cb", "http://localhost:3000/cb", "https://b.example/cb?x=%20"), 0, 3).Draw(t, "redirect URIs")
		d.WebOrigins = rapid.SliceOfN(odd("https://a.example", "http://localhost:3000"), 0, 2).Draw(t, "origins")
	}
	if rapid.IntRange(0, 2).Draw(t, "remember") == 0 {
		d.Metadata = rapid.MapOfN(odd("team", "cost centre"), odd("blue", "ünï"), 0, 3).Draw(t, "metadata")
		d.Extras = json.RawMessage(rapid.SampledFrom([]string{"", "{}", `{"a":"\u0000"}`, "{\"a\":\"\x00\"}"}).Draw(t, "extras"))
	}
	return d
})

// The same for APIs and the scopes of client grants.
func TestWhateverAPIIsAskedIsRefusedWithReasonsOrKeptExactly(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		rapid.Check(t, func(t *rapid.T) {
			ctx := context.Background()
			draft := registry.API{
				Identifier: odd("https://api.example.com/", "orders", "urn:x:y").Draw(t, "identifier") + rapid.StringMatching(`[a-z]{8}`).Draw(t, "more"),
				Name:       odd("Orders").Draw(t, "name"),
				Scopes: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) registry.APIScope {
					return registry.APIScope{Value: odd("read:orders", "write").Draw(t, "value"), Description: odd("Read", "").Draw(t, "description")}
				}), 0, 2).Draw(t, "scopes"),
			}
			a, err := b.CreateAPI(ctx, olga, draft)
			if errors.Is(err, registry.ErrConflict) {
				return
			}
			if err != nil {
				if invalid, ok := errors.AsType[*registry.Invalid](err); !ok || len(invalid.Violations) == 0 {
					t.Fatalf("it fails with %v", err)
				}
				return
			}
			got, err := b.APIByIdentifier(ctx, a.Identifier)
			if diff := cmp.Diff(a, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
				t.Fatalf("kept otherwise: %v\n%s", err, diff)
			}
			g, err := b.CreateClientGrant(ctx, olga, registry.ClientGrant{ThirdParties: true, APIID: a.ID, Scopes: rapid.SliceOfN(odd("read:orders"), 0, 2).Draw(t, "granted")})
			if err != nil {
				if invalid, ok := errors.AsType[*registry.Invalid](err); !ok || len(invalid.Violations) == 0 {
					t.Fatalf("the grant fails with %v", err)
				}
				return
			}
			if events, err := b.store.Events(ctx, audit.Query{TargetKind: "client_grant", TargetID: g.ID, Limit: 1}); err != nil || len(events) != 1 {
				t.Fatalf("%d events, %v", len(events), err)
			}
		})
	})
}
