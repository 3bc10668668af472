package cimd

import (
	"context"
	"strings"

	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Find says who a client ID is, for the doors that never fetch. It fails with registry.ErrNotFound, also for a client that came
// by itself and that a rule or the mode keeps out since. A client whose document is due is served as it is known and refreshed
// in the background. CIMD-02 §5.2.
func (s *Service) Find(ctx context.Context, id oauth.ClientID) (*registry.Application, error) {
	app, err := s.Directory.Find(ctx, id)
	if err != nil || app.Import == nil {
		return app, err
	}
	out, err := s.Barred(ctx, app)
	switch {
	case err != nil:
		return nil, err
	case out != nil:
		return nil, registry.ErrNotFound
	}
	if s.due(app) {
		s.want(app)
	}
	return app, nil
}

// Barred is why a client that was let in on first sight would not be let in any more; nil for one that would, and for one that
// an operator answers for.
func (s *Service) Barred(ctx context.Context, app *registry.Application) (*Failure, error) {
	if app.Import == nil || app.Import.By == registry.ByOperator {
		return nil, nil //nolint:nilnil // nothing keeps it out
	}
	url, err := oauth.ParseClientURL(app.ExternalID, s.Policy().URLRules())
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // its next refresh tells why it is none any more
	}
	decision, err := s.decide(ctx, url)
	if err != nil || decision.Verdict != registry.Refuse {
		return nil, err
	}
	return notAdmitted(url, decision), nil
}

// want asks for a refresh in the background.
func (s *Service) want(app *registry.Application) {
	if app.Import.By == registry.ByOperator {
		s.wanted.add(app.ID)
		return
	}
	s.wantedStrangers.add(app.ID)
}

// due reports whether the document or the key set of an imported application is to be fetched again.
func (s *Service) due(app *registry.Application) bool {
	now := s.Now()
	return !now.Before(app.Import.DueAt) || keysDue(app, now)
}

// Advertised reports whether a client ID may be a URL at this moment: where somebody may yet be let in, or where somebody was
// imported. CIMD-02 §6.
func (s *Service) Advertised(ctx context.Context) bool {
	if mode := s.Admission(); mode == registry.AdmitApproval || mode == registry.AdmitOpen {
		return true
	}
	known := s.any.Load()
	if answer := known & anyMask; answer != anyUnknown {
		return answer == anyYes
	}
	found, err := s.Store.AnyImported(ctx)
	if err != nil {
		return false // and look again next time
	}
	answer := anyNo
	if found {
		answer = anyYes
	}
	s.any.CompareAndSwap(known, known|answer) // unless something was written meanwhile
	return found
}

// What is known about there being an imported application stands in the two lowest bits; the others count what was forgotten.
const (
	anyUnknown int64 = iota
	anyNo
	anyYes
	anyMask = 3
)

// Forget drops what is known about a thing that was written. kind is that of a notice.
func (s *Service) Forget(kind string) {
	if kind != registry.KindApplication {
		return
	}
	for {
		known := s.any.Load()
		if s.any.CompareAndSwap(known, known&^anyMask+anyMask+1) {
			return
		}
	}
}

// reserved says why no client may have the URL, or nothing: it names this server, or an API, whose tokens it would be taken
// for. One trailing slash does not count.
func (s *Service) reserved(ctx context.Context, url oauth.ClientURL) (*Failure, error) {
	bare, issuer := strings.TrimSuffix(url.String(), "/"), strings.TrimSuffix(s.Issuer, "/")
	if bare == issuer || strings.HasPrefix(bare, issuer+"/") || strings.HasPrefix(issuer, bare+"/") {
		return reservedURL(url, "is this server's own", "Publish the document at a host of the application's own."), nil
	}
	_, err := s.Directory.APIByAudience(ctx, url.String())
	switch {
	case err == nil:
		return reservedURL(url, "is the identifier of an API", "Publish the document at another URL, or give the API another identifier."), nil
	case isNotFound(err):
		return nil, nil //nolint:nilnil // nothing is wrong
	}
	return nil, err
}
