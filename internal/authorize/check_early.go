package authorize

import (
	"context"

	"clientele/internal/oauth"
)

// earlyCheck is a check of a request whose client is an unknown URL. It needs no client, costs nothing, and refuses with a page:
// only a request that could be answered is worth a look at a metadata document.
type earlyCheck func(*Handler, context.Context, *Request) *PageError

// early makes a check that needs no client one that refuses with a page.
func early(check func(*Handler, context.Context, *Request) *RedirectError) earlyCheck {
	return func(h *Handler, ctx context.Context, q *Request) *PageError {
		return onPage(check(h, ctx, q))
	}
}

// onPage is a refusal that goes nowhere, because its destination is not proven.
func onPage(refused *RedirectError) *PageError {
	if refused == nil {
		return nil
	}
	page := brokenLink("early: "+string(refused.public.Code), "%s", refused.public.Description)
	page.mend = "send the request as the specification says"
	return page
}

// The redirect URI is there and could be one. Whose it is, nobody knows yet. RFC 6749 §3.1.2.
func (h *Handler) earlyRedirectURI(_ context.Context, q *Request) *PageError {
	if page := unclearRedirectURI(q); page != nil {
		return page
	}
	if q.get("redirect_uri") == "" {
		return brokenLink("redirect_uri missing", "The parameter redirect_uri is missing.")
	}
	if _, err := oauth.ParseRedirectURI(q.get("redirect_uri")); err != nil {
		page := brokenLink("redirect_uri unusable", "The parameter redirect_uri %s.", err.Error())
		page.value = q.get("redirect_uri")
		return page
	}
	return nil
}

// A client with a metadata document is a third party, and those always use PKCE. RFC 7636 §4.4.1.
func (h *Handler) earlyBinding(_ context.Context, q *Request) *PageError {
	challenge, err := oauth.ParseChallenge(q.get("code_challenge"), q.get("code_challenge_method"))
	switch {
	case err != nil:
		return onPage(sendBack(err))
	case challenge == "":
		return onPage(refuse(oauth.CodeInvalidRequest, "code_challenge is missing; third-party applications always use PKCE with S256"))
	}
	return nil
}

// Nobody is asked anything with prompt=none, and an unknown client needs somebody to ask.
func (h *Handler) earlyPrompt(ctx context.Context, q *Request) *PageError {
	if refused := h.checkPrompt(ctx, q); refused != nil {
		return onPage(refused)
	}
	if q.prompt.none {
		return brokenLink("early: prompt=none", "The application is not known here yet, and prompt=none forbids to ask anybody.")
	}
	return nil
}
