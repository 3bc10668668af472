package registry

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"clientele/internal/oauth"
)

func inShort(list []Difference) string {
	words := make([]string, len(list))
	for i, d := range list {
		words[i] = d.Field + " " + string(d.Class) + " +" + strings.Join(d.Added, ",") + " -" + strings.Join(d.Removed, ",")
		if !d.Applies {
			words[i] += " waits"
		}
	}
	return strings.Join(words, "; ")
}

func TestWhatADifferenceMeans(t *testing.T) {
	key, none := oauth.AuthPrivateKeyJWT, oauth.AuthNone
	methods := func(list ...oauth.AuthMethod) Mapped { return Mapped{AuthMethods: list} }
	keys := func(list ...string) (m Mapped) {
		for _, print := range list {
			m.Keys = append(m.Keys, Key{Thumbprint: print})
		}
		return m
	}
	for _, c := range []struct {
		says          string
		before, after Mapped
		want          string
	}{
		{"nothing", Mapped{Name: "A", RedirectURIs: []string{"x", "y"}}, Mapped{Name: "A", RedirectURIs: []string{"y", "x"}}, ""},
		{"another name", Mapped{Name: "A"}, Mapped{Name: "B"}, "client_name identity +B -A waits"},
		{"a logo", Mapped{}, Mapped{LogoURI: "l"}, "logo_uri identity +l - waits"},
		{"another home page", Mapped{ClientURI: "a"}, Mapped{ClientURI: "b"}, "client_uri identity +b -a waits"},
		{"other terms", Mapped{TermsURI: "a"}, Mapped{TermsURI: "b", PolicyURI: "p"}, "tos_uri cosmetic +b -a; policy_uri cosmetic +p -"},
		{"a redirect URI more and one less", Mapped{RedirectURIs: []string{"x", "y"}}, Mapped{RedirectURIs: []string{"y", "z"}}, "redirect_uris widening +z - waits; redirect_uris narrowing + -x"},
		{"a grant type more", Mapped{}, Mapped{GrantTypes: []oauth.GrantType{oauth.RefreshToken}}, "grant_types widening +refresh_token - waits"},
		{"a scope less", Mapped{Scopes: oauth.Scopes{"a", "b"}}, Mapped{Scopes: oauth.Scopes{"b"}}, "scope narrowing + -a"},
		{"keys dropped", methods(key), methods(none), "token_endpoint_auth_method auth_downgrade +none -private_key_jwt waits"},
		{"the key of two methods dropped", methods(none, key), methods(none), "token_endpoint_auth_method auth_downgrade + -private_key_jwt waits"},
		{"nothing beside a key", methods(key), methods(none, key), "token_endpoint_auth_method widening +none - waits"},
		{"a key beside nothing", methods(none), methods(none, key), "token_endpoint_auth_method key +private_key_jwt -"},
		{"a key instead of nothing", methods(none), methods(key), "token_endpoint_auth_method key +private_key_jwt -; token_endpoint_auth_method narrowing + -none"},
		{"a key more", keys("1"), keys("1", "2"), "jwks key +2 -"},
		{"a key less", keys("1", "2"), keys("2"), "jwks key + -1"},
		{"all keys less", keys("1"), keys(), "jwks key + -1"},
		{"other keys", keys("1"), keys("2"), "jwks key +2 -1 waits"},
		{"the first keys", keys(), keys("2"), "jwks key +2 -"},
		{"another place of keys", Mapped{JWKSURI: "a"}, Mapped{JWKSURI: "b"}, "jwks_uri key +b -a"},
	} {
		if got := inShort(Compare(c.before, c.after)); got != c.want {
			t.Errorf("%s: %s, want %s", c.says, got, c.want)
		}
	}
}

func TestWhatIsFollowedWaitsForNothingButADowngrade(t *testing.T) {
	for _, d := range Differences(Follow, Mapped{Name: "A", AuthMethods: []oauth.AuthMethod{oauth.AuthPrivateKeyJWT}, RedirectURIs: []string{"x"}}, Mapped{Name: "B", AuthMethods: []oauth.AuthMethod{oauth.AuthNone}, RedirectURIs: []string{"y"}}) {
		if d.Applies != (d.Class != ClassDowngrade) {
			t.Errorf("%+v", d)
		}
	}
}

var someDocuments = rapid.Custom(func(t *rapid.T) Mapped {
	some := func(label string, of ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, len(of), rapid.ID[string]).Draw(t, label)
	}
	m := Mapped{Name: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "name"), RedirectURIs: some("redirects", "x", "y", "z"), Scopes: some("scopes", "a", "b")}
	for _, g := range some("grants", "authorization_code", "refresh_token", "client_credentials") {
		m.GrantTypes = append(m.GrantTypes, oauth.GrantType(g))
	}
	for _, a := range some("methods", "none", "private_key_jwt") {
		m.AuthMethods = append(m.AuthMethods, oauth.AuthMethod(a))
	}
	return m
})

// In no mode does an application get what is not approved, or what its document does not say any more.
func TestWhatCountsIsApprovedAndInTheDocument(t *testing.T) {
	within := func(a, b []string) bool { return len(without(a, b)) == 0 }
	rapid.Check(t, func(rt *rapid.T) {
		approved, live := someDocuments.Draw(rt, "approved"), someDocuments.Draw(rt, "live")
		mode := rapid.SampledFrom([]FollowMode{Follow, Review, Frozen}).Draw(rt, "mode")
		m := both(mode, approved, live)
		for says, ok := range map[string]bool{
			"redirects live": within(m.RedirectURIs, live.RedirectURIs), "redirects approved": within(m.RedirectURIs, approved.RedirectURIs),
			"grants live": within(texts(m.GrantTypes), texts(live.GrantTypes)), "grants approved": within(texts(m.GrantTypes), texts(approved.GrantTypes)),
			"scopes live": within(m.Scopes, live.Scopes), "scopes approved": within(m.Scopes, approved.Scopes),
			"methods live": within(texts(m.AuthMethods), texts(live.AuthMethods)), "name": m.Name == approved.Name,
			"none approved": !slices.Contains(m.AuthMethods, oauth.AuthNone) || slices.Contains(approved.AuthMethods, oauth.AuthNone),
		} {
			if !ok {
				rt.Fatalf("%s: %s of %+v and %+v is %+v", mode, says, approved, live, m)
			}
		}
		if !waits(Differences(mode, approved, live)) && mode != Frozen {
			if rest := Differences(Follow, m, live); mode == Review && len(rest) > 0 {
				rt.Fatalf("nothing waits, and yet %s is missing", inShort(rest))
			}
		}
	})
}

func TestKeysThatCountAreAlwaysPublishedNow(t *testing.T) {
	prints := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"1", "2", "3", "4"}), 0, 4, rapid.ID[string])
	rapid.Check(t, func(rt *rapid.T) {
		accepted := prints.Draw(rt, "accepted")
		var live []Key
		for _, p := range prints.Draw(rt, "live") {
			live = append(live, Key{Thumbprint: p})
		}
		mode := rapid.SampledFrom([]FollowMode{Follow, Review, Frozen}).Draw(rt, "mode")
		use, held := chooseKeys(mode, accepted, live)
		if len(without(thumbprints(use), thumbprints(live))) > 0 {
			rt.Fatalf("%v count of %v", use, live)
		}
		if !held && len(use) != len(live) {
			rt.Fatalf("%d of %d keys count, and none is held", len(use), len(live))
		}
		if mode == Frozen && len(accepted) > 0 && len(without(thumbprints(use), accepted)) > 0 {
			rt.Fatalf("frozen, and yet %v count beside %v", use, accepted)
		}
	})
}
