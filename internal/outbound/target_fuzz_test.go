package outbound

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

// Whatever is let through is a plain name on port 443, whoever reads the URL.
func FuzzAURLThatIsCalledIsAPublicName(f *testing.F) {
	for _, seed := range []string{
		"https://app.example.com/c", "https://APP.example.com:443/c?x#", "https://u@127.0.0.1\\@app.example.com/", "https://[::ffff:127.0.0.1]:443/",
		"https://2130706433/", "https://xn--bcher-kva.example.com/", "https://app.example.com:08443/", "https://app.example.com%00.evil.com/", "https://a.b:+443/", "https://0.A]",
	} {
		f.Add(seed)
	}
	c := New(Options{})
	f.Fuzz(func(t *testing.T, raw string) {
		to, failure := c.aim(raw)
		if failure != nil {
			if failure.Message == "" || failure.Mend == "" {
				t.Errorf("%q: %+v", raw, failure)
			}
			return
		}
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Fragment != "" || !strings.EqualFold(u.Hostname(), to.host) || u.Port() != "" && u.Port() != "443" || to.port != standardPort {
			t.Errorf("%q is called at %s port %d", raw, to.host, to.port)
		}
		if _, err := netip.ParseAddr(to.host); err == nil || !strings.Contains(to.host, ".") || strings.HasSuffix(to.host, ".") {
			t.Errorf("%q is called at %s, which is no public name", raw, to.host)
		}
	})
}
