package cimd

import (
	"context"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Lint runs the checklist over the document at a URL, as this server would see it, and says whether it and well-known clients
// would be let in here. Nothing is kept. It fails with *outbound.Busy, also if the actor looked too often, and with our own trouble.
func (s *Service) Lint(ctx context.Context, actor audit.Actor, url string) (Report, error) {
	s.start()
	if err := s.limits.actorMayLook(actor, s.now()); err != nil {
		return Report{}, err
	}
	here, err := s.here(ctx)
	if err != nil {
		return Report{}, err
	}
	_, taken, err := s.parse(ctx, url)
	if err != nil {
		return Report{}, err
	}
	subject := &subject{url: url, here: true, taken: taken}
	report, err := subject.lint(ctx, s.fetcher(), s.Policy())
	report.Clients = here.judgeAll(report)
	return report, err
}

// MayLook counts one look outside that an actor asked for, beside those of Lint and Preview, or fails with *outbound.Busy: somebody
// who checks something else from here has the same budget for it.
func (s *Service) MayLook(actor audit.Actor) error {
	s.start()
	return s.limits.actorMayLook(actor, s.now())
}

// LintBytes is Lint for a document that is not published yet: it is not fetched, and neither are its keys.
func (s *Service) LintBytes(ctx context.Context, url string, body []byte) (Report, error) {
	s.start()
	here, err := s.here(ctx)
	if err != nil {
		return Report{}, err
	}
	policy := s.Policy()
	policy.Now = s.now()
	report := LintFile(body, url, policy)
	report.Clients = here.judgeAll(report)
	return report, nil
}

// here is what this server does about clients with a URL at the moment.
func (s *Service) here(ctx context.Context) (Here, error) {
	rules, err := s.Directory.Rules(ctx)
	if err != nil {
		return Here{}, err
	}
	mode := s.Admission()
	return Here{Policy: s.Policy(), Flag: s.Advertised(ctx), None: true, Decide: func(u oauth.ClientURL) registry.Decision {
		if app, err := s.Directory.Find(ctx, oauth.ClientID(u.String())); err == nil && app.Import != nil && app.Import.By == registry.ByOperator {
			return registry.Decision{Verdict: registry.Admit, Mode: mode, Why: "an operator imported it"}
		}
		return registry.Decide(u, mode, rules)
	}}, nil
}
