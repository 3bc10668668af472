package registry

import (
	"errors"
	"strconv"

	"clientele/internal/oauth"
)

// Limits of URI lists.
const (
	MaxRedirectURIs = 100
	MaxLogoutURIs   = 100
	MaxOrigins      = 100
)

// Judgement is the verdict on one value, with the rule and the reason if it is not OK.
type Judgement struct {
	Verdict Verdict
	Rule    string
	Message string // what is wrong and what to write instead; follows the field's name
}

var fine = Judgement{Verdict: OK}

// judge turns the refusal of a parser into a judgement.
func judge(err error) Judgement {
	if err == nil {
		return fine
	}
	refused, ok := errors.AsType[*oauth.URIError](err)
	if !ok {
		return Judgement{Unusable, "uri_syntax", err.Error()}
	}
	if refused.Dangerous {
		return Judgement{Dangerous, refused.Rule, refused.Message}
	}
	return Judgement{Unusable, refused.Rule, refused.Message}
}

// JudgeRedirectURI says whether the application may register value as a redirect URI. It looks at the application's type
// and ownership only. Every path that registers redirect URIs comes to the same verdict, because it asks here.
func JudgeRedirectURI(a *Application, p Policy, value string) Judgement {
	pattern, err := oauth.ParseRedirectPattern(value)
	switch {
	case err != nil:
		return judge(err)
	case pattern.Wildcard():
		return judgeWildcard(a, p)
	}
	return judgePlace(a, pattern.Exact(), "redirect_uri_private_scheme")
}

// judgePlace: only a native application can be called by the operating system through a scheme. RFC 8252 §7.1.
func judgePlace(a *Application, u oauth.RedirectURI, rule string) Judgement {
	if u.Class() != oauth.RedirectPrivateScheme || a.Type == Native {
		return fine
	}
	return Judgement{Unusable, rule, "uses a private scheme, which only native applications can receive; use an https URL, or choose the type native"}
}

// A wildcard lets every name below the domain receive codes. RFC 9700 §4.1.3.
func judgeWildcard(a *Application, p Policy) Judgement {
	const name = "redirect_uri_wildcard"
	switch {
	case a.Ownership == ThirdParty:
		return Judgement{Unusable, name, "has a wildcard, which third-party applications must not use; write every host out"}
	case a.Type != SinglePage && a.Type != RegularWeb:
		return Judgement{Unusable, name, "has a wildcard, which only the types spa and regular_web may use; write every host out"}
	case !p.WildcardRedirects:
		return Judgement{Unusable, name, "has a wildcard, which is switched off here (setting wildcard_redirects); write every host out"}
	}
	return fine
}

// JudgeLogoutURI says whether the application may register value as a place to go after signing out.
func JudgeLogoutURI(a *Application, value string) Judgement {
	u, err := oauth.ParseRedirectURI(value)
	if err != nil {
		return judge(err)
	}
	return judgePlace(a, u, "logout_uri_private_scheme")
}

// JudgeOrigin says whether value may be registered as a web origin.
func JudgeOrigin(value string) Judgement {
	_, err := oauth.ParseOrigin(value)
	return judge(err)
}

func checkRedirectURIs(i *inspection) {
	i.each("redirect_uris", i.app.RedirectURIs, MaxRedirectURIs, func(v string) Judgement { return JudgeRedirectURI(i.app, i.policy, v) })
}

func checkLogoutURIs(i *inspection) {
	i.each("logout_uris", i.app.LogoutURIs, MaxLogoutURIs, func(v string) Judgement { return JudgeLogoutURI(i.app, v) })
}

func checkWebOrigins(i *inspection) { i.each("web_origins", i.app.WebOrigins, MaxOrigins, JudgeOrigin) }

func checkCORSOrigins(i *inspection) {
	i.each("cors_origins", i.app.CORSOrigins, MaxOrigins, JudgeOrigin)
}

// each judges every value of a list.
func (i *inspection) each(field string, list []URI, limit int, verdict func(string) Judgement) {
	if len(list) > limit {
		i.refuse(field, "are more than %d", limit)
		return
	}
	for n, u := range list {
		i.add(element(field, n), verdict(u.Value))
	}
}

// The login page that somebody else sends people to must be authentic. OpenID Connect Core 1.0 §4.
func checkInitiateLogin(i *inspection) {
	if i.app.InitiateLoginURI == "" {
		return
	}
	u, err := oauth.ParseRedirectURI(i.app.InitiateLoginURI)
	if err == nil && u.Scheme() != "https" {
		i.refuse("initiate_login_uri", "must be an https URL, as in https://app.example.com/login")
	}
	i.add("initiate_login_uri", judge(err))
}

func checkNoURIs(i *inspection) {
	for _, f := range []struct {
		field string
		list  []URI
	}{
		{"redirect_uris", i.app.RedirectURIs},
		{"logout_uris", i.app.LogoutURIs},
		{"web_origins", i.app.WebOrigins},
		{"cors_origins", i.app.CORSOrigins},
	} {
		if len(f.list) > 0 {
			i.refuse(f.field, "must be empty: nobody signs in to a machine-to-machine application; remove them, or choose another type")
		}
	}
	if i.app.InitiateLoginURI != "" {
		i.refuse("initiate_login_uri", "must be empty: nobody signs in to a machine-to-machine application")
	}
}

// element names one element of a list.
func element(field string, n int) string { return field + "[" + strconv.Itoa(n) + "]" }

// RedirectFor returns the registered redirect URI that asked matches. It is the one comparer: of the authorization
// request, the consent page and the token request. A wildcard counts only while the policy allows it, and so does another
// port of http://localhost: RFC 8252 §8.3 advises against that name, but many programs publish it. localhost, 127.0.0.1 and
// [::1] are three different hosts. RFC 6749 §3.1.2.3, RFC 8252 §7.3.
func (a *Application) RedirectFor(asked oauth.RedirectURI, p Policy) (URI, bool) {
	for _, u := range a.RedirectURIs {
		if u.Value == asked.String() {
			return u, true
		}
	}
	anyPort := a.AnyLoopbackPort() && (asked.Host() != "localhost" || p.LocalhostPort)
	for _, u := range a.RedirectURIs {
		pattern, err := oauth.ParseRedirectPattern(u.Value)
		if err != nil || pattern.Wildcard() && judgeWildcard(a, p) != fine {
			continue
		}
		if pattern.Matches(asked, anyPort) {
			return u, true
		}
	}
	return URI{}, false
}
