package cimd

import (
	"errors"
	"slices"
	"strings"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// applicationType takes what the document says, and infers it otherwise: hardly any document has the member, and its default
// of web would forbid what nearly all of them do. OpenID Connect Dynamic Client Registration 1.0 §2.
func (r *reader) applicationType() {
	const name = "application_type"
	text := r.meta.Type
	switch {
	case r.has(name) && text == "native":
		r.Mapped.Type = registry.Native
		r.take(name, text, string(registry.Native))
		return
	case r.has(name) && text == "web":
		r.Mapped.Type = registry.RegularWeb
		r.take(name, text, string(registry.RegularWeb))
		return
	case r.has(name):
		r.drop("application_type_unknown", name, text, "is neither web nor native; the type is inferred", "write web or native, or leave it out")
	}
	var why string
	r.Mapped.Type, why = r.inferType()
	r.note(name, "", string(r.Mapped.Type), why)
}

func (r *reader) inferType() (registry.Type, string) {
	local, other := 0, 0
	for _, text := range r.meta.RedirectURIs {
		switch u, err := oauth.ParseRedirectURI(text); {
		case err != nil:
		case u.Class() == oauth.RedirectHTTPS:
			other++
		default:
			local++
		}
	}
	switch {
	case local > 0 && other == 0:
		return registry.Native, "inferred: every callback URL ends on the person's device"
	case local+other == 0 && len(r.Mapped.GrantTypes) == 1 && r.asks(oauth.ClientCredentials):
		return registry.MachineToMachine, "inferred: it asks for client_credentials only and has no callback URL"
	}
	return registry.RegularWeb, "inferred: it has a callback URL on a web server"
}

// redirects judges every redirect URI by the rules that hold for all applications, and by those for documents.
func (r *reader) redirects() {
	const name = "redirect_uris"
	app := &registry.Application{Type: r.Mapped.Type, Origin: registry.Imported, Ownership: registry.ThirdParty}
	for _, text := range r.meta.RedirectURIs {
		r.redirect(app, text)
	}
	if r.Mapped.Type == registry.RegularWeb && r.has("application_type") && slices.ContainsFunc(r.Mapped.RedirectURIs, isLoopback) {
		r.warn("application_type_loopback", "application_type", "web", "has a callback URL on the person's device, which is a native application's", "write native")
	}
	switch {
	case len(r.Mapped.RedirectURIs) > 0:
	case r.policy.NeedName && !r.has(name):
		r.refuse("redirect_uris_missing", name, "", "is missing; MCP asks for it", "list where answers go")
	case r.machineOnly():
		r.note(name, "", "none", "not needed: it only acts for itself")
	case r.has(name) || r.raw[name] == nil:
		r.refuse("redirect_uris_none", name, "", "has no entry that can be used", "list at least one https URL, or http://127.0.0.1/callback for a program on the person's device")
	}
}

// machineOnly reports whether nobody signs in to the application.
func (r *reader) machineOnly() bool {
	return len(r.Mapped.GrantTypes) > 0 && !r.asks(oauth.AuthorizationCode)
}

// redirect judges one entry. What runs code or hides where it leads refuses the document; what cannot be used is dropped.
func (r *reader) redirect(app *registry.Application, text string) {
	const name = "redirect_uris"
	u, err := oauth.ParseRedirectURI(text)
	if refused, ok := errors.AsType[*oauth.URIError](err); ok && refused.Dangerous {
		r.refuse(refused.Rule, name, text, refused.Message, "remove it, and find out who wrote it")
		return
	}
	if strings.Contains(text, "*") {
		r.drop("redirect_uri_wildcard", name, text, "has a wildcard, which means nothing in a document", "list every URL; the port of a loopback URL does not count anyway")
		return
	}
	if j := registry.JudgeRedirectURI(app, r.policy.Registry, text); j.Verdict != registry.OK {
		r.drop(j.Rule, name, text, j.Message, "change or remove the entry")
		return
	}
	if ruleName, why, mend := r.redirectPolicy(u); ruleName != "" {
		r.drop(ruleName, name, text, why, mend)
		return
	}
	if slices.Contains(r.Mapped.RedirectURIs, text) {
		r.note(name, text, "", "is there already")
		return
	}
	r.Mapped.RedirectURIs = append(r.Mapped.RedirectURIs, text)
	if why := r.aboutRedirect(u); why != "" {
		r.note(name, text, "callback URL", why)
		return
	}
	r.take(name, text, "callback URL")
}

// redirectPolicy is what a document's callback URL must have in common with its own URL.
func (r *reader) redirectPolicy(u oauth.RedirectURI) (ruleName, why, mend string) {
	if u.Class() == oauth.RedirectPrivateScheme {
		prefix := reversed(r.URL.Host())
		if u.Scheme() == prefix || strings.HasPrefix(u.Scheme(), prefix+".") {
			return "", "", ""
		}
		return "redirect_uri_scheme_host", "uses a scheme that is not the reversed host of the document; any program can claim it", "use " + prefix + ":/callback"
	}
	if u.Class() != oauth.RedirectHTTPS {
		return "", "", ""
	}
	host := strings.Trim(u.Host(), "[]")
	switch {
	case r.policy.RedirectHosts == "same_origin" && strings.TrimSuffix(u.Origin(), ":443") != r.URL.Origin():
		return "redirect_uri_host_policy", "is on another origin than the document, which this server does not allow", "publish the document at the origin of the callback URL"
	case r.policy.RedirectHosts == "same_site" && !sameSite(host, r.URL.Host()):
		return "redirect_uri_host_policy", "is on another site than the document, which this server does not allow", "publish the document on the site of the callback URL"
	}
	return "", "", ""
}

// aboutRedirect is what an operator should know about a callback URL that is accepted.
func (r *reader) aboutRedirect(u oauth.RedirectURI) string {
	switch {
	case u.Class() == oauth.RedirectPrivateScheme:
		return "ends in whichever program on the device claimed the scheme; people are asked every time"
	case u.Class() == oauth.RedirectLoopback && u.Scheme() == "https":
		return "ends on the person's device; a certificate for it proves nothing"
	case u.Host() == "localhost" && !r.policy.Registry.LocalhostPort:
		return "ends on the person's device; its port counts, because localhost_port is off"
	case u.Class() == oauth.RedirectLoopback:
		return "ends on the person's device, at any port; people are asked every time"
	case !sameSite(u.Host(), r.URL.Host()):
		return "is on another site than the document; the consent page shows both hosts"
	}
	return ""
}

func isLoopback(text string) bool {
	u, err := oauth.ParseRedirectURI(text)
	return err == nil && u.Class() == oauth.RedirectLoopback
}
