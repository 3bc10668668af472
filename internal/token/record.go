package token

import (
	"context"
	"errors"
	"strings"

	"clientele/internal/oauth"
)

// issued notes what the answer carries, for the record.
func (v *visit) issued(audience string, scopes oauth.Scopes) {
	v.use.Detail = map[string]string{"grant_type": string(v.grantType), "audience": audience, "scope": scopes.String()}
	if v.otherKey {
		v.use.Detail["key"] = "another than the grant was made with"
	}
}

// record writes down what became of the visit. No token, code or secret is in it.
func (h *Handler) record(ctx context.Context, v *visit, err error) {
	v.use.Kind = "token.issued"
	if err != nil {
		v.use.Kind, v.use.Reason = "token.refused", reason(err)
		v.use.Detail = map[string]string{"grant_type": string(v.grantType)}
	}
	if v.trial != "" { // what operators try is no use of the application
		v.use.Kind = "trial." + strings.TrimPrefix(v.use.Kind, "token.")
		v.use.Detail["run"] = v.trial
	}
	h.Uses.Record(ctx, v.use)
}

// note records something that happened on the way, beside the outcome of the visit itself.
func (h *Handler) note(ctx context.Context, v *visit, kind, reason string) {
	use := v.use
	use.Kind, use.Reason = kind, reason
	h.Uses.Record(ctx, use)
}

// reason is an error in words for operators. The text of an unexpected one stays in the log.
func reason(err error) string {
	if e, ok := errors.AsType[*oauth.Error](err); ok && e.Code != oauth.CodeServerError {
		return e.Error()
	}
	return "the server failed"
}
