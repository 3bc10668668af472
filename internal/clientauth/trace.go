package clientauth

import (
	"cmp"
	"context"
	"strings"

	"clientele/internal/audit"
)

const (
	maxTracedID    = 600
	maxTracedValue = 200
)

// trace leaves a trace of a refused client that is known by a URL, for whoever is told its reference: nobody else can see what
// its side did wrong. It returns no reference for other clients, whose operator has the record.
func (a *Authenticator) trace(ctx context.Context, v visit, why *reason) string {
	if a.Traces == nil || !strings.HasPrefix(string(v.client), "https://") {
		return ""
	}
	t := audit.Trace{
		At: v.now, Door: v.Door, ClientID: cut(string(v.client), maxTracedID), Address: v.Address,
		Rule: why.rule, Value: cut(why.value, maxTracedValue), Message: why.message, Mend: why.mend,
		Side: cmp.Or(why.side, audit.SideClient), Spec: why.spec, Detail: map[string]string{"method": string(v.method)},
	}
	if v.caller.Application != nil {
		t.ApplicationID = v.caller.Application.ID
	}
	return a.Traces.Trace(ctx, t)
}

func cut(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "")
	}
	return s
}
