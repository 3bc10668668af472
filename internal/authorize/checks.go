package authorize

import (
	"context"
)

// Endpoint is one of those that take an authorization request.
type Endpoint uint8

// The endpoints that share the checks.
const (
	AtAuthorize Endpoint = 1 << iota
	AtPAR                // RFC 9126
	AtDevice             // RFC 8628
)

const everywhere = AtAuthorize | AtPAR | AtDevice

// check is one rule of the authorization request. It has one of two functions: what it can refuse with is its type, so a
// rule that runs before the redirect URI is proven has no way to send anybody anywhere. early stands in for both while the
// client is a URL that nobody here knows: what needs the client waits until it is resolved, and then all run from the start.
type check struct {
	name     string
	at       Endpoint
	page     func(*Handler, context.Context, *Request) *PageError
	redirect func(*Handler, context.Context, *Request) *RedirectError
	early    earlyCheck
}

// checks are all of them, in the order in which they run.
var checks = []check{
	{name: "the request is not too long", at: everywhere, page: (*Handler).checkLength},
	{name: "client_id is there once", at: everywhere, page: (*Handler).checkClientID},
	{name: "the client is known", at: everywhere, page: (*Handler).checkClientKnown},
	{name: "the client is enabled", at: everywhere, page: (*Handler).checkClientEnabled},
	{name: "the client's metadata document counts", at: everywhere, page: (*Handler).checkStanding},
	{name: "redirect_uri is the client's", at: AtAuthorize | AtPAR, page: (*Handler).checkRedirectURI, early: (*Handler).earlyRedirectURI},

	{name: "no parameter is repeated or garbled", at: everywhere, redirect: (*Handler).checkParameters, early: early((*Handler).checkParameters)},
	{name: "request, request_uri and registration are not sent", at: everywhere, redirect: (*Handler).checkUnsupported, early: early((*Handler).checkUnsupported)},
	{name: "response_type is code", at: AtAuthorize | AtPAR, redirect: (*Handler).checkResponseType, early: early((*Handler).checkResponseType)},
	{name: "response_mode is known", at: AtAuthorize | AtPAR, redirect: (*Handler).checkResponseMode, early: early((*Handler).checkResponseMode)},
	{name: "the client may use codes", at: AtAuthorize | AtPAR, redirect: (*Handler).checkGrantType},
	{name: "the code is bound by PKCE or nonce", at: AtAuthorize | AtPAR, redirect: (*Handler).checkBinding, early: (*Handler).earlyBinding},
	{name: "scope can be read", at: everywhere, redirect: (*Handler).checkScope, early: early((*Handler).checkScope)},
	{name: "prompt can be read", at: AtAuthorize | AtPAR, redirect: (*Handler).checkPrompt, early: (*Handler).earlyPrompt},
	{name: "max_age can be read", at: AtAuthorize | AtPAR, redirect: (*Handler).checkMaxAge, early: early((*Handler).checkMaxAge)},
	{name: "id_token_hint is ours", at: AtAuthorize | AtPAR, redirect: (*Handler).checkIDTokenHint},
	{name: "resource and audience name APIs", at: everywhere, redirect: (*Handler).checkTarget},
	{name: "a third party names one API", at: everywhere, redirect: (*Handler).checkThirdParty},
	{name: "a run of Try it is for no system API", at: everywhere, redirect: (*Handler).checkTrial},
	{name: "the client may have what it asks", at: everywhere, redirect: (*Handler).checkAccess},
}

// examine runs the checks of one endpoint over a copy of came, which is as it came in. If it returns a RedirectError, the
// Request's Destination is proven.
func (h *Handler) examine(ctx context.Context, came Request, at Endpoint) (*Request, *PageError, *RedirectError) {
	q := &came
	q.maxAge = -1
	for _, c := range checks {
		if c.at&at == 0 || q.unknown() && c.early == nil {
			continue
		}
		look := c.page
		if q.unknown() {
			look = c.early
		}
		if look != nil {
			if err := look(h, ctx, q); err != nil {
				return q, err, nil
			}
			continue
		}
		if err := c.redirect(h, ctx, q); err != nil {
			return q, nil, err
		}
	}
	return q, nil, nil
}
