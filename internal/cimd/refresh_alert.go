package cimd

import (
	"context"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/registry"
)

// alert records what an operator should know of a client's failing document. A stranger's is nobody's business yet.
func (s *Service) alert(ctx context.Context, before, after *registry.Application, f *Failure) {
	kind := ""
	switch was, is := before.Import, after.Import; {
	case was.WithdrawnAt.IsZero() && !is.WithdrawnAt.IsZero():
		kind = "cimd.withdrawn"
	case was.SuspendedAt.IsZero() && !is.SuspendedAt.IsZero():
		kind = "cimd.suspended"
	case was.Failures == 0 && is.Failures > 0 && is.By == registry.ByOperator:
		kind = "cimd.failing"
	}
	if kind != "" {
		s.event(ctx, after, kind, f.Message, f.details(), string(f.Kind))
	}
}

// recovered records that a document that failed is there again.
func (s *Service) recovered(ctx context.Context, before *registry.Application) {
	if before.Import.Failures > 0 && before.Import.By == registry.ByOperator {
		s.event(ctx, before, "cimd.recovered", "its metadata document can be had again", nil, "")
	}
}

// changed records that a document is another one.
func (s *Service) changed(ctx context.Context, app *registry.Application, differences []registry.Difference) {
	fields, waits := make([]string, len(differences)), false
	for i, d := range differences {
		fields[i] = d.Field + " (" + string(d.Class) + ")"
		waits = waits || !d.Applies
	}
	why := "its metadata document changed"
	if waits {
		why += "; additions wait for an operator"
	}
	s.event(ctx, app, "cimd.changed", why, map[string]string{"fields": strings.Join(fields, ", ")}, "")
}

func (s *Service) event(ctx context.Context, app *registry.Application, kind, why string, detail map[string]string, failure string) {
	all := map[string]string{"url": app.ExternalID}
	for name, value := range detail {
		all[name] = value
	}
	if failure != "" {
		all["kind"] = failure
	}
	s.Uses.Record(ctx, audit.Use{At: s.now(), Kind: kind, ApplicationID: app.ID, Reason: why, Detail: all})
}
