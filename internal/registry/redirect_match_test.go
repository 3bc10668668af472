package registry

import (
	"testing"

	"clientele/internal/oauth"
)

// What clients in the field publish, and what an attacker would send instead.
func TestTheRedirectsOfAnImportedApplication(t *testing.T) {
	on, off := Policy{LocalhostPort: true}, Policy{}
	for _, c := range []struct {
		says              string
		registered, asked string
		p                 Policy
		want              bool
	}{
		{"localhost with any port", "http://localhost/callback", "http://localhost:49152/callback", on, true},
		{"localhost with any port, switched off", "http://localhost/callback", "http://localhost:49152/callback", off, false},
		{"localhost as registered, switched off", "http://localhost/callback", "http://localhost/callback", off, true},
		{"localhost with a port of its own", "http://localhost:3118/callback", "http://localhost:49152/callback", on, true},
		{"localhost with a port of its own, switched off", "http://localhost:3118/callback", "http://localhost:3118/callback", off, true},
		{"an address with a port of its own", "http://127.0.0.1:33418/", "http://127.0.0.1:51001/", off, true},
		{"an IPv6 address", "http://[::1]/callback", "http://[::1]:51001/callback", off, true},
		{"localhost is not 127.0.0.1", "http://127.0.0.1/callback", "http://localhost:49152/callback", on, false},
		{"127.0.0.1 is not localhost", "http://localhost/callback", "http://127.0.0.1:49152/callback", on, false},
		{"[::1] is not 127.0.0.1", "http://127.0.0.1/callback", "http://[::1]:49152/callback", on, false},
		{"[::1] is not localhost", "http://localhost/callback", "http://[::1]:49152/callback", on, false},
		{"a slash is missing", "http://127.0.0.1:33418/", "http://127.0.0.1:33418", on, false},
		{"another path", "http://127.0.0.1/callback/abc", "http://127.0.0.1:1234/callback/abd", on, false},
		{"another query", "http://127.0.0.1/callback", "http://127.0.0.1:1234/callback?x=1", on, false},
		{"https with another port", "https://agent.example.net/cb", "https://agent.example.net:8443/cb", on, false},
		{"https on loopback with another port", "https://localhost/cb", "https://localhost:8443/cb", on, false},
		{"http is not https", "https://localhost/cb", "http://localhost/cb", on, false},
	} {
		a := Application{Type: RegularWeb, Origin: Imported, Ownership: ThirdParty, RedirectURIs: URIs(c.registered)}
		asked, err := oauth.ParseRedirectURI(c.asked)
		if err != nil {
			t.Fatal(c.asked, err)
		}
		if u, ok := a.RedirectFor(asked, c.p); ok != c.want || ok && u.Value != c.registered {
			t.Errorf("%s: %s for %s gives %v", c.says, c.asked, c.registered, ok)
		}
	}
}

func TestWhatLooksLikeLoopbackAndIsNot(t *testing.T) {
	a := Application{Type: Native, Origin: Imported, Ownership: ThirdParty, RedirectURIs: URIs("http://localhost/callback", "http://127.0.0.1/callback", "http://[::1]/callback")}
	for _, s := range []string{
		"http://localhost.evil.example/callback", "http://127.0.0.1.evil.example/callback", "http://127.0.0.1@evil.example/callback",
		"http://localhost@evil.example/callback", "http://localhost:80@evil.example/callback", "http://2130706433/callback", "http://0x7f.1/callback",
		"http://127.1/callback", "http://127.0.0.2/callback", "http://0.0.0.0/callback", "http://[::ffff:127.0.0.1]/callback", "http://[::]/callback",
		"https://127.0.0.1/callback", "http://LOCALHOST/callback", "http://localhost./callback", "http://localhost:0/callback", "http://localhost:/callback",
		"http://localhost:*/callback", "http://localhost:65536/callback", "http://localhost:49152/callback/../x", "http://localhost\\@evil.example/callback",
	} {
		asked, err := oauth.ParseRedirectURI(s)
		if err != nil {
			continue
		}
		if u, ok := a.RedirectFor(asked, Policy{LocalhostPort: true}); ok {
			t.Errorf("%s matches %s", s, u.Value)
		}
	}
}
