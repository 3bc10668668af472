package advisor

import (
	"strconv"
	"time"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// maxLeeway is how long the token before the current one may be good without a finding.
const maxLeeway = time.Minute

func publicOrNative(s *Subject) bool {
	return s.Application.Public() || s.Application.Type == registry.Native || s.Application.Type == registry.SinglePage
}

func rotating(s *Subject) bool { return s.Application.Refresh.Rotating }

// expected are the grant types that fit a type; all others are a second way in, and so is a token for the program itself without
// proof that it asks. RFC 6749 §4.4.
var expected = map[registry.Type][]oauth.GrantType{
	registry.Native:           {oauth.AuthorizationCode, oauth.RefreshToken},
	registry.SinglePage:       {oauth.AuthorizationCode, oauth.RefreshToken},
	registry.RegularWeb:       {oauth.AuthorizationCode, oauth.RefreshToken, oauth.ClientCredentials},
	registry.MachineToMachine: {oauth.ClientCredentials},
	registry.Generic:          {oauth.AuthorizationCode, oauth.RefreshToken, oauth.ClientCredentials},
}

func grantsUnexpected(s *Subject) []Evidence {
	var found []Evidence
	for _, g := range s.Application.GrantTypes {
		fits := false
		for _, e := range expected[s.Application.Type] {
			fits = fits || g == e
		}
		if g == oauth.ClientCredentials && s.Application.Public() {
			fits = false
		}
		// Of a document's application the operator switches this grant on by hand, whatever the type.
		if s.Application.Import != nil && g == oauth.ClientCredentials && s.Application.Import.ClientCredentials {
			fits = true
		}
		if !fits {
			found = append(found, Evidence{Label: "Grant type", Value: string(g)})
		}
	}
	return found
}

func pkceOff(s *Subject) []Evidence { return is(!s.Application.RequirePKCE, "PKCE", "not required") }

func machineWithPeople(s *Subject) []Evidence {
	var found []Evidence
	a := &s.Application
	for _, list := range []struct {
		label string
		uris  []registry.URI
	}{
		{"Callback URL", a.RedirectURIs},
		{"Logout URL", a.LogoutURIs},
		{"Web origin", a.WebOrigins},
		{"Allowed origin", a.CORSOrigins},
	} {
		for _, u := range list.uris {
			found = append(found, Evidence{Label: list.label, Value: u.Value})
		}
	}
	return append(found, is(a.InitiateLoginURI != "", "Login URL", a.InitiateLoginURI)...)
}

func grantsMixed(s *Subject) []Evidence {
	return is(s.Application.Allows(oauth.ClientCredentials), "Grant types", "authorization_code and client_credentials")
}

func defaultAPI(s *Subject) []Evidence {
	return is(s.DefaultAPI != "", "Default API", s.DefaultAPI)
}

func refreshFixed(s *Subject) []Evidence {
	return is(!s.Application.Refresh.Rotating, "Rotation", "off")
}

// refreshEndless: a third party's access ends only with an absolute lifetime; ours may go on while it is used.
func refreshEndless(s *Subject) []Evidence {
	p := s.Application.Refresh
	bad := !p.Expires() || s.Application.Ownership == registry.ThirdParty && p.Lifetime == 0
	return is(bad, "Lifetime of refresh tokens", "none")
}

func refreshLeeway(s *Subject) []Evidence {
	d := s.Application.Refresh.Leeway
	return is(d > maxLeeway, "Leeway", spanWords(d))
}

// idTokenLong finds a lifetime of at least from and below to; 0 = however long.
func idTokenLong(from, to time.Duration) func(*Subject) []Evidence {
	return func(s *Subject) []Evidence {
		d := s.Application.IDToken.Lifetime
		return is(d >= from && (to == 0 || d < to), "Lifetime of ID tokens", spanWords(d))
	}
}

func idTokenSymmetric(s *Subject) []Evidence {
	return is(symmetric(s.Application.IDToken.Algorithm), "Algorithm", s.Application.IDToken.Algorithm)
}

func symmetric(algorithm string) bool {
	return len(algorithm) > 1 && algorithm[:2] == "HS"
}

// spanWords is a time span in its largest whole unit.
func spanWords(d time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		one  string
	}{{day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / u.size; n > 0 && d%u.size == 0 {
			if n == 1 {
				return "1 " + u.one
			}
			return strconv.FormatInt(int64(n), 10) + " " + u.one + "s"
		}
	}
	return d.String()
}
