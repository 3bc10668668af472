package authorize

import (
	"context"
	"errors"
	"net/http"

	"clientele/internal/audit"
	"clientele/internal/endpoint"
	"clientele/internal/grant"
	"clientele/internal/oauth"
)

// Trials are the runs of Try it. The dashboard has them.
type Trials interface {
	// OpenTrial is the open run with that handle, if r comes from the browser of the operator session that began it. It fails
	// with grant.ErrNotFound for everything else.
	OpenTrial(r *http.Request, handle string) (grant.Trial, error)
	// TrialRefused ends a run whose request got no answer.
	TrialRefused(ctx context.Context, id string, why grant.TrialFailure)
}

// trialOf is the run of Try it that a request belongs to; nil for all that applications send. Only a run is answered at our own
// page: a request that names it and is none ends here, whatever is registered.
func (h *Handler) trialOf(r *http.Request, p Parameters) (*grant.Trial, *PageError) {
	if p.get("redirect_uri") != grant.TrialURI(h.Issuer) {
		return nil, nil //nolint:nilnil // no run and no refusal is what nearly every request is
	}
	over := refusePage("no run of Try it", "This run is over", "A run of Try it is good once, for five minutes, and in the browser of the operator who began it. Begin another from the application's page.", "")
	if h.Trials == nil {
		return nil, over
	}
	t, err := h.Trials.OpenTrial(r, p.get("state"))
	switch {
	case errors.Is(err, grant.ErrNotFound):
		return nil, over
	case err != nil:
		return nil, failedPage(err)
	case !sameRequest(t.Parameters, p):
		return nil, over
	}
	return &t, nil
}

// sameRequest reports whether p is what the run was made for. Only prompt may have changed: the consent page lets the person
// sign in with another account.
func sameRequest(made map[string][]string, p Parameters) bool {
	for name := range known {
		if name == "prompt" || name == "state" {
			continue
		}
		if len(p.values[name]) != len(made[name]) {
			return false
		}
		for i, value := range p.values[name] {
			if value != made[name][i] {
				return false
			}
		}
	}
	return len(p.repeated) == 0 && len(p.garbled) == 0
}

// trialRedirect answers a run at our own page. It is checkRedirectURI for a run: that the run and the page are the operator's
// was proven before.
func (h *Handler) trialRedirect(q *Request) *PageError {
	uri, err := oauth.ParseRedirectURI(grant.TrialURI(h.Issuer))
	switch {
	case err != nil:
		return failedPage(err)
	case q.trial.ApplicationID != q.app.ID:
		return brokenLink("another application's run", "The run of Try it was begun for another application.")
	}
	q.to = Destination{uri: uri, mode: oauth.ResponseModeQuery, state: q.get("state")}
	return nil
}

// A run never gets a token that changes this server.
func (h *Handler) checkTrial(_ context.Context, q *Request) *RedirectError {
	if q.trial == nil {
		return nil
	}
	for _, api := range q.apis {
		if api.System {
			return refuse(oauth.CodeAccessDenied, "Try it never asks for a token for the Management API; choose another API")
		}
	}
	return nil
}

// trialID is the run that the request belongs to, or empty.
func (q *Request) trialID() string {
	if q == nil || q.trial == nil {
		return ""
	}
	return q.trial.ID
}

// use is u, or the same of a run: what operators try is no use of the application.
func (q *Request) use(u audit.Use) audit.Use {
	if q.trialID() == "" {
		return u
	}
	if u.Detail == nil {
		u.Detail = map[string]string{}
	}
	u.Detail["run"] = q.trialID()
	u.URI, u.Kind = "", map[string]string{"authorize.granted": "trial.granted", "authorize.refused": "trial.refused"}[u.Kind]
	return u
}

// tellTrial says on the page of a run why its request ended on another page.
func (h *Handler) tellTrial(ctx context.Context, q *Request, err *PageError, reference string) {
	if q.trialID() == "" {
		return
	}
	why := grant.TrialFailure{
		Step: grant.TrialAtPage, Code: err.Reason, Title: err.Title, Message: err.Detail, Mend: err.mend, Spec: err.spec, Reference: reference,
	}
	if why.Message == "" {
		why.Message = endpoint.Printable(err.Text)
	}
	h.Trials.TrialRefused(ctx, q.trialID(), why)
}
