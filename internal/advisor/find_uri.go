package advisor

import (
	"net/url"
	"strings"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// uris is one piece of evidence for each URI of a list that is bad, with the change that removes it.
func uris(label, field string, list []registry.URI, bad func(registry.URI, *url.URL) bool) []Evidence {
	var found []Evidence
	for _, u := range list {
		parsed, err := url.Parse(u.Value)
		if err != nil || !bad(u, parsed) {
			continue
		}
		found = append(found, Evidence{Label: label, Value: u.Value, Mend: mendRemoveURI.of(field, u.Value)})
	}
	return found
}

func redirects(s *Subject, bad func(registry.URI, *url.URL) bool) []Evidence {
	return uris("Callback URL", "redirect_uris", s.Application.RedirectURIs, bad)
}

func redirectWildcards(s *Subject) []Evidence {
	return redirects(s, func(u registry.URI, _ *url.URL) bool { return strings.Contains(u.Value, "*") })
}

func redirectLocalhost(s *Subject) []Evidence {
	return redirects(s, func(_ registry.URI, u *url.URL) bool { return web(u) && loopback(u.Hostname()) })
}

func redirectPlain(s *Subject) []Evidence { return redirects(s, plain) }

// plain: http to somewhere else than this device can be read on the way.
func plain(_ registry.URI, u *url.URL) bool { return u.Scheme == "http" && !loopback(u.Hostname()) }

func web(u *url.URL) bool { return u.Scheme == "http" || u.Scheme == "https" }

// redirectNativeWeb: the claim itself cannot be seen from here.
func redirectNativeWeb(s *Subject) []Evidence {
	found := redirects(s, func(_ registry.URI, u *url.URL) bool { return u.Scheme == "https" && !loopback(u.Hostname()) })
	for i := range found {
		found[i].Mend = "" // it may well be claimed
	}
	return found
}

// redirectLocalhostName: one under the address beside it is what makes the name harmless.
func redirectLocalhostName(s *Subject) []Evidence {
	byName := func(_ registry.URI, u *url.URL) bool { return u.Hostname() == "localhost" }
	byAddress := func(_ registry.URI, u *url.URL) bool { return u.Hostname() != "localhost" && loopback(u.Hostname()) }
	if len(redirects(s, byAddress)) > 0 {
		return nil
	}
	found := redirects(s, byName)
	for i := range found {
		found[i].Mend = ""
	}
	return found
}

func redirectSchemes(s *Subject) []Evidence {
	var found []Evidence
	for _, u := range s.Application.RedirectURIs {
		r, err := oauth.ParseRedirectURI(u.Value)
		if err == nil && r.Class() == oauth.RedirectPrivateScheme {
			found = append(found, Evidence{Label: "Callback URL", Value: u.Value})
		}
	}
	return found
}

// redirectUnused looks at an application that is used; about others application_idle says all. An application that ever had
// several callback URLs uses some of them seldom, so the last one is never proposed.
func redirectUnused(s *Subject) []Evidence {
	if unusedSince(s, s.Application.LastUsed) {
		return nil
	}
	found := redirects(s, func(u registry.URI, _ *url.URL) bool {
		return !u.AddedAt.IsZero() && s.Now.Sub(u.AddedAt) > lately && unusedSince(s, u.LastUsed)
	})
	for i := range found {
		for _, u := range s.Application.RedirectURIs {
			if u.Value == found[i].Value {
				found[i].Label, found[i].At = usedWords(u.LastUsed), u.LastUsed
			}
		}
		if len(found) == len(s.Application.RedirectURIs) {
			found[i].Mend = ""
		}
	}
	return found
}

func redirectDeadHosts(s *Subject) []Evidence {
	found := redirects(s, func(_ registry.URI, u *url.URL) bool {
		_, dead := s.Facts.DeadHosts[strings.ToLower(u.Hostname())]
		return dead && web(u)
	})
	for i := range found {
		u, _ := url.Parse(found[i].Value) // it was parsed above
		found[i].Label, found[i].At = "No address since", s.Facts.DeadHosts[strings.ToLower(u.Hostname())]
	}
	return found
}

// insecureOrigins finds what is on localhost or plain http in a list that a browser or the person is sent to.
func insecureOrigins(label, field string, list func(*registry.Application) []registry.URI) func(*Subject) []Evidence {
	return func(s *Subject) []Evidence {
		return uris(label, field, list(&s.Application), func(_ registry.URI, u *url.URL) bool { return web(u) && insecure(u) })
	}
}

func insecure(u *url.URL) bool { return u.Scheme == "http" || loopback(u.Hostname()) }

func loginURLMissing(s *Subject) []Evidence {
	return is(s.Application.InitiateLoginURI == "", "Login URL", "none")
}

func loginURLInsecure(s *Subject) []Evidence {
	u, err := url.Parse(s.Application.InitiateLoginURI)
	return is(err == nil && web(u) && insecure(u), "Login URL", s.Application.InitiateLoginURI)
}
