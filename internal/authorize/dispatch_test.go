package authorize

import (
	"testing"
	"time"

	"clientele/internal/account"
	"clientele/internal/grant"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

// inquiry is a request that passed the checks, as a test case writes it.
type inquiry struct {
	ownership registry.Ownership
	redirect  string
	prompt    prompt
	maxAge    time.Duration
	hinted    string
	scopes    oauth.Scopes
	api       *registry.API
}

func (i inquiry) request(t *testing.T) *Request {
	t.Helper()
	if i.redirect == "" {
		i.redirect = "https://app.example.com/callback"
	}
	uri, err := oauth.ParseRedirectURI(i.redirect)
	if err != nil {
		t.Fatal(err)
	}
	if i.maxAge == 0 {
		i.maxAge = -1
	}
	if i.scopes == nil {
		i.scopes = oauth.Scopes{"openid"}
	}
	q := &Request{
		app: &registry.Application{ID: "app", Ownership: i.ownership}, to: Destination{uri: uri}, used: i.redirect,
		prompt: i.prompt, maxAge: i.maxAge, hinted: i.hinted, scopes: i.scopes,
	}
	if i.api != nil {
		q.apis = []*registry.API{i.api}
		q.targets = []grant.Target{{APIID: i.api.ID, Audience: i.api.Identifier, Scopes: i.scopes.Without(identityScopes)}}
	}
	return q
}

func TestTheNextStep(t *testing.T) {
	signedIn := situation{now: noon, session: account.Session{ID: "ses_1", UserID: "ada", AuthTime: noon.Add(-time.Hour)}}
	fresh := signedIn
	fresh.session.AuthTime = noon
	fresh.row = &answered{Request: grant.Request{AuthTime: noon, UserID: "ada"}}
	chosen := signedIn
	chosen.row = &answered{Request: grant.Request{UserID: "ada"}}
	olderSession := fresh
	olderSession.session.AuthTime = noon.Add(-time.Hour)

	const loopback = "http://127.0.0.1:7777/"
	third := inquiry{ownership: registry.ThirdParty}
	allowed := signedIn
	allowed.consents = []grant.Consent{{RedirectClass: oauth.RedirectHTTPS, RedirectHost: "app.example.com", Scopes: oauth.Scopes{"openid"}}}
	allowing := func(i inquiry, reason grant.AskReason) situation {
		s := signedIn
		shown := i.request(t).ask()
		shown.Reason = reason
		s.row = &answered{Request: grant.Request{UserID: "ada", ConsentedAt: noon, Ask: shown}}
		return s
	}
	decided := allowing(third, grant.AskConsent)
	confirmed := allowing(inquiry{redirect: loopback}, grant.AskConfirmation)
	denied := signedIn
	denied.row = &answered{Request: grant.Request{UserID: "ada", DeniedAt: noon}}

	asking := &registry.API{ID: "api", Identifier: "https://api.example.com/"}
	skipping := &registry.API{ID: "api", Identifier: "https://api.example.com/", SkipConsent: true}

	for name, c := range map[string]struct {
		inquiry inquiry
		in      situation
		next    step
		reason  grant.AskReason
		code    oauth.ErrorCode
	}{
		"nobody is signed in":                         {inquiry{}, situation{now: noon}, toSignIn, "", ""},
		"nobody, and none":                            {inquiry{prompt: prompt{none: true}}, situation{now: noon}, 0, "", oauth.CodeLoginRequired},
		"somebody is":                                 {inquiry{}, signedIn, toCode, "", ""},
		"somebody is, and none":                       {inquiry{prompt: prompt{none: true}}, signedIn, toCode, "", ""},
		"login":                                       {inquiry{prompt: prompt{login: true}}, signedIn, toSignIn, "", ""},
		"login, done":                                 {inquiry{prompt: prompt{login: true}}, fresh, toCode, "", ""},
		"login, an account chosen only":               {inquiry{prompt: prompt{login: true}}, chosen, toSignIn, "", ""},
		"login, done in another browser":              {inquiry{prompt: prompt{login: true}}, olderSession, toSignIn, "", ""},
		"select_account":                              {inquiry{prompt: prompt{selectAccount: true}}, signedIn, toSignIn, "", ""},
		"select_account, done":                        {inquiry{prompt: prompt{selectAccount: true}}, chosen, toCode, "", ""},
		"max_age passed":                              {inquiry{maxAge: time.Minute}, signedIn, toSignIn, "", ""},
		"max_age not passed":                          {inquiry{maxAge: time.Hour}, signedIn, toCode, "", ""},
		"max_age passed, done":                        {inquiry{maxAge: time.Nanosecond}, fresh, toCode, "", ""},
		"max_age passed, and none":                    {inquiry{maxAge: time.Minute, prompt: prompt{none: true}}, signedIn, 0, "", oauth.CodeLoginRequired},
		"the hinted person":                           {inquiry{hinted: "ada"}, signedIn, toCode, "", ""},
		"another person than hinted":                  {inquiry{hinted: "grace"}, signedIn, toSignIn, "", ""},
		"another person than hinted, and none":        {inquiry{hinted: "grace", prompt: prompt{none: true}}, signedIn, 0, "", oauth.CodeLoginRequired},
		"another person than hinted signed in":        {inquiry{hinted: "grace"}, fresh, 0, "", oauth.CodeLoginRequired},
		"a third party":                               {third, signedIn, toConsent, grant.AskConsent, ""},
		"a third party that signed the person in":     {third, fresh, toConsent, grant.AskConsent, ""},
		"a third party, and none":                     {inquiry{ownership: registry.ThirdParty, prompt: prompt{none: true}}, signedIn, 0, "", oauth.CodeConsentRequired},
		"a third party, allowed before":               {third, allowed, toCode, "", ""},
		"a third party, allowed now":                  {third, decided, toCode, "", ""},
		"a third party, allowed less now":             {inquiry{ownership: registry.ThirdParty, scopes: oauth.Scopes{"openid", "email"}}, decided, toConsent, grant.AskConsent, ""},
		"a third party, allowed less before":          {inquiry{ownership: registry.ThirdParty, scopes: oauth.Scopes{"openid", "email"}}, allowed, toConsent, grant.AskConsent, ""},
		"a third party, allowed for another host":     {inquiry{ownership: registry.ThirdParty, redirect: "https://other.example.com/"}, allowed, toConsent, grant.AskConsent, ""},
		"a third party that wants nothing":            {inquiry{ownership: registry.ThirdParty, scopes: oauth.Scopes{}}, allowed, toConsent, grant.AskConsent, ""},
		"a third party that was denied":               {third, denied, 0, "", oauth.CodeAccessDenied},
		"consent":                                     {inquiry{prompt: prompt{consent: true}}, signedIn, toConsent, grant.AskConsent, ""},
		"consent, done":                               {inquiry{prompt: prompt{consent: true}, ownership: registry.ThirdParty}, decided, toCode, "", ""},
		"consent, allowed long ago":                   {inquiry{prompt: prompt{consent: true}, ownership: registry.ThirdParty}, allowed, toConsent, grant.AskConsent, ""},
		"ours, an API that asks":                      {inquiry{api: asking}, signedIn, toConsent, grant.AskConsent, ""},
		"ours, an API that skips":                     {inquiry{api: skipping}, signedIn, toCode, "", ""},
		"ours, an API that skips, on loopback":        {inquiry{api: skipping, redirect: loopback}, fresh, toConsent, grant.AskConsent, ""},
		"ours on loopback":                            {inquiry{redirect: loopback}, signedIn, toConsent, grant.AskConfirmation, ""},
		"ours on loopback, just signed in":            {inquiry{redirect: loopback}, fresh, toCode, "", ""},
		"ours on loopback, and none":                  {inquiry{redirect: loopback, prompt: prompt{none: true}}, signedIn, 0, "", oauth.CodeInteractionRequired},
		"ours on loopback, confirmed":                 {inquiry{redirect: loopback}, confirmed, toCode, "", ""},
		"a third party that was only confirmed":       {inquiry{ownership: registry.ThirdParty, redirect: loopback}, confirmed, toConsent, grant.AskConsent, ""},
		"ours on a wildcard":                          {inquiry{redirect: "https://app.example.com/*"}, signedIn, toConsent, grant.AskConsent, ""},
		"a third party on loopback, allowed before":   {inquiry{ownership: registry.ThirdParty, redirect: loopback}, allowed, toConsent, grant.AskConsent, ""},
		"a third party on loopback, allowed and none": {inquiry{ownership: registry.ThirdParty, redirect: loopback, prompt: prompt{none: true}}, allowed, 0, "", oauth.CodeConsentRequired},
	} {
		t.Run(name, func(t *testing.T) {
			next, ask, refused := decide(c.inquiry.request(t), c.in)
			if c.code != "" {
				if refused == nil || refused.public.Code != c.code {
					t.Fatalf("refused with %v, want %s", refused, c.code)
				}
				return
			}
			if refused != nil || next != c.next || ask.Reason != c.reason {
				t.Errorf("the next step is %d (%q), refused %v; want %d (%q)", next, ask.Reason, refused, c.next, c.reason)
			}
		})
	}
}

func TestTheLocationOfAnAnswer(t *testing.T) {
	for _, c := range []struct {
		redirect string
		mode     oauth.ResponseMode
		want     string
	}{
		{"https://a.example/cb", oauth.ResponseModeQuery, "https://a.example/cb?code=c+1"},
		{"https://a.example", oauth.ResponseModeQuery, "https://a.example?code=c+1"},
		{"https://a.example/cb?", oauth.ResponseModeQuery, "https://a.example/cb?code=c+1"},
		{"https://a.example/cb?x=1", oauth.ResponseModeQuery, "https://a.example/cb?x=1&code=c+1"},
		{"https://a.example/cb?x=1&", oauth.ResponseModeQuery, "https://a.example/cb?x=1&code=c+1"},
		{"https://a.example/cb?x=1", oauth.ResponseModeFragment, "https://a.example/cb?x=1#code=c+1"},
		{"com.example.app:/cb", oauth.ResponseModeQuery, "com.example.app:/cb?code=c+1"},
		{"http://[::1]:80/", oauth.ResponseModeQuery, "http://[::1]:80/?code=c+1"},
	} {
		uri, err := oauth.ParseRedirectURI(c.redirect)
		if err != nil {
			t.Fatalf("%s: %v", c.redirect, err)
		}
		if got := location(Destination{uri: uri, mode: c.mode}, map[string]string{"code": "c 1"}); got != c.want {
			t.Errorf("%s: %s, want %s", c.redirect, got, c.want)
		}
	}
}

func TestTheBrowserCookieNamesThePort(t *testing.T) {
	for issuer, want := range map[string]string{
		"https://id.example.com/": "__Host-clientele_browser", "http://localhost:8080/": "clientele_8080_browser",
		"http://127.0.0.1/": "clientele_80_browser", "http://[::1]:9/x/": "clientele_9_browser",
	} {
		if got, secure := browserCookie(issuer); got != want || secure != (issuer[:5] == "https") {
			t.Errorf("%s: %s, secure %v", issuer, got, secure)
		}
	}
}
