package token

import (
	"context"
	"errors"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// checkDocument decides what an imported application still gets when its metadata document does not stand as it did. One that
// is withdrawn, or that says none where it had keys, gets nothing more, nor does one that was invalid for a day. One that cannot
// be fetched for too long gets nothing for now. Any other trouble with the document ends nothing that people granted; it only
// keeps the application from getting tokens for itself. CIMD-02 §6.
func (v *visit) checkDocument() *oauth.Error {
	standing, why := v.app.Standing(v.now)
	because := errors.New(why)
	switch {
	case v.app.Import == nil:
		return nil
	case v.grantType == oauth.ClientCredentials && !v.app.Import.ClientCredentials:
		return oauth.Refuse(oauth.CodeUnauthorizedClient, "client_credentials is off for this application; whoever runs this server can switch it on")
	case v.app.Ended(v.now) && standing == registry.StandingWithdrawn && v.grantType != oauth.ClientCredentials:
		return oauth.InvalidGrant("the application withdrew its metadata document").Because(because)
	case v.app.Ended(v.now) && v.app.Import.SuspendedWhy == registry.SuspendedInvalid && v.grantType != oauth.ClientCredentials:
		return oauth.InvalidGrant("the application's metadata document cannot be used for a day").Because(because)
	case v.app.Ended(v.now) && v.app.Import.SuspendedWhy != registry.SuspendedInvalid:
		return oauth.InvalidClient("the application's metadata document does not let it authenticate as before").Because(because)
	case standing == registry.StandingStale:
		return oauth.Refuse(oauth.CodeTemporarilyUnavailable, "the application's metadata document cannot be fetched; try again later").Because(because)
	case standing == registry.StandingGood || v.grantType != oauth.ClientCredentials:
		return nil
	}
	return oauth.Refuse(oauth.CodeUnauthorizedClient, "the application is on hold until whoever runs this server has looked at its metadata document").Because(because)
}

// mends say what can be done about a refusal, and by whom: a client that is known by a URL cannot see the record.
var mends = map[oauth.ErrorCode]struct {
	text string
	side audit.Side
}{
	oauth.CodeInvalidGrant:       {"send the person through the authorization endpoint again", audit.SideClient},
	oauth.CodeInvalidClient:      {"authenticate as the metadata document says, and as before; if the document changed, an operator has to approve that", audit.SideClient},
	oauth.CodeUnauthorizedClient: {"ask for the grant type in the metadata document, and let an operator switch it on", audit.SideOperator},
	oauth.CodeInvalidTarget:      {"name an API that the application may call; an operator opens one with a client grant", audit.SideOperator},
	oauth.CodeInvalidScope:       {"ask for no more than was granted", audit.SideClient},
}

// trace leaves a trace of the refusal of an application that is known by a URL, and puts its reference into the answer: the
// operator is told that one, and knows nothing else of the client. Every other error comes back as it is.
func (h *Handler) trace(ctx context.Context, v *visit, err error) error {
	refused, ok := errors.AsType[*oauth.Error](err)
	if !ok || h.Traces == nil || v.app.Import == nil || refused.Code == oauth.CodeServerError || refused.Code == oauth.CodeTemporarilyUnavailable {
		return err
	}
	message := refused.Description
	if cause := errors.Unwrap(refused); cause != nil {
		message += " (" + cause.Error() + ")"
	}
	mend, ok := mends[refused.Code]
	if !ok {
		mend.text, mend.side = "correct the request as the message says", audit.SideClient
	}
	v.use.Reference = h.Traces.Trace(ctx, audit.Trace{
		At: v.now, Door: "token", ClientID: v.app.ExternalID, ApplicationID: v.app.ID, UserID: v.use.UserID, Address: v.address,
		Rule: string(refused.Code), Value: string(v.grantType), Message: message, Mend: mend.text, Side: mend.side,
		Detail: map[string]string{"grant_type": string(v.grantType), "method": string(v.method)},
	})
	if v.use.Reference == "" {
		return err
	}
	public := *refused
	public.Description += "; the operator finds the reason under " + v.use.Reference
	return &public
}
