package cimd

import (
	"clientele/internal/oauth"
)

// links reads the members whose URIs are shown or fetched. What people only see is dropped if it is no https URL; what a
// server would call refuses the document. CIMD-02 §8.6.
func (r *reader) links() {
	for _, name := range r.order {
		m, language, known := oauth.FindClientMember(name)
		if !known || !r.has(name) || m.URI == oauth.URINone || name == "redirect_uris" {
			continue
		}
		for _, text := range r.texts(name) {
			r.link(m, name, language, text)
		}
	}
}

func (r *reader) link(m oauth.ClientMember, name, language, text string) {
	err := oauth.CheckMetadataURI(text)
	if m.URI == oauth.URIRedirect {
		_, err = oauth.ParseRedirectURI(text)
	}
	const mend = "write an absolute https URL without user name and fragment"
	switch {
	case err != nil && (m.URI == oauth.URIFetched || m.URI == oauth.URIRedirect && isDangerous(err)):
		r.refuse("uri_member", name, text, err.Error(), mend)
		delete(r.given, name)
	case err != nil:
		r.drop("uri_member_dropped", name, text, err.Error(), mend)
	case language != "":
		r.ignore(name, text, "checked; forms for languages are not shown here")
	case name == "jwks_uri": // its row is written with the keys
	case !m.Used():
		r.ignore(name, text, "checked; this server does not use it")
	default:
		r.useLink(name, text)
	}
}

func (r *reader) useLink(name, text string) {
	switch name {
	case "client_uri":
		if !sameSite(hostOf(text), r.URL.Host()) {
			r.drop("client_uri_origin", name, text, "is on another site than the document; people are not shown it", "name a page below "+site(r.URL.Host()))
			return
		}
		r.Mapped.ClientURI = text
		r.take(name, text, "home page")
	case "logo_uri":
		r.Mapped.LogoURI = text
		if hostOf(text) != r.URL.Host() {
			r.note(name, text, "logo", "on another host; it is fetched and shown from here, so that people's browsers do not call there")
			return
		}
		r.take(name, text, "logo")
	case "tos_uri":
		r.Mapped.TermsURI = text
		r.take(name, text, "terms of service")
	case "policy_uri":
		r.Mapped.PolicyURI = text
		r.take(name, text, "privacy policy")
	}
}
