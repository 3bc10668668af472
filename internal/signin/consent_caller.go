package signin

import (
	"time"

	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// caller is a client that is known by a URL, as the consent page shows it: the host first, which it cannot choose freely, and
// everything that it says about itself after that. CIMD-02 §8.5.
type caller struct {
	host     oauth.ShownHost
	logo     string // path of ours; empty if it has none to show
	stranger bool   // no operator has approved it
	unused   bool   // and nobody has used it yet
	seen     time.Time
	now      time.Time
	changed  bool // it was allowed before, when it said otherwise who it is
	links    []outside

	elsewhere bool // the redirect goes to another host than its own
	foreign   bool // and that one belongs to somebody else
}

// outside is a link that the client publishes, shown with the host it leads to.
type outside struct{ label, host, href string }

// callerOf is the client as the page shows it; nil for an application without a metadata document.
func (h *Handler) callerOf(app *registry.Application, ask grant.Ask) *caller {
	i := app.Import
	if i == nil {
		return nil
	}
	host := hostOf(app.ExternalID)
	c := &caller{
		host: oauth.ShowHost(host), stranger: i.By != registry.ByOperator, unused: !app.ExpiresAt.IsZero(),
		seen: app.CreatedAt, now: h.Now(), changed: ask.Changed,
		elsewhere: ask.RedirectClass == oauth.RedirectHTTPS && ask.RedirectHost != withoutPort(host),
	}
	c.foreign = c.elsewhere && !oauth.SameSite(ask.RedirectHost, withoutPort(host))
	if i.LogoHash != "" && !c.stranger {
		c.logo = "/logos/" + i.LogoHash
	}
	for _, link := range []outside{{label: "Website", href: i.ClientURI}, {label: "Terms", href: i.TermsURI}, {label: "Privacy", href: i.PolicyURI}} {
		if link.host = hostOfLink(link.href, host); link.host != "" {
			c.links = append(c.links, link)
		}
	}
	return c
}
