package advisor

import (
	"context"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Store is what the service reads and keeps beside the registry.
type Store interface {
	NoteScopes(ctx context.Context, ids []string, now time.Time) error
	Facts(ctx context.Context, apps []registry.Application, since time.Time) (map[string]registry.Facts, error)
	SaveFindings(ctx context.Context, counts map[string]registry.FindingCounts, next time.Time) error
}

// Service runs the security check over what is registered. Registry, Store and Now must be set.
type Service struct {
	Registry   *registry.Registry
	Store      Store
	Issuer     string        // decides whether this is a production instance: one on loopback is not
	DefaultAPI func() string // identifier of the API that requests without one are for; nil = there is none
	Now        func() time.Time
	Log        *slog.Logger // nil = nothing is logged
}

// lately is how far back use counts: what was not used since is unused.
const lately = 90 * day

const day = 24 * time.Hour

// Report checks a stored application and keeps how many findings it has. It fails with registry.ErrNotFound.
func (s *Service) Report(ctx context.Context, id string) (Report, error) {
	a, err := s.Registry.Application(ctx, id)
	if err != nil {
		return Report{}, err
	}
	reports, err := s.Reports(ctx, []registry.Application{a})
	if err != nil {
		return Report{}, err
	}
	return reports[0], nil
}

// Draft checks an application that is not stored, or as it would be after an edit. Nothing is known of its use; what cannot
// be read of its client grants is not checked.
func (s *Service) Draft(ctx context.Context, a registry.Application) []Finding {
	sub := s.subject(&a, s.now())
	sub.Draft = true
	known := &surroundings{service: s}
	if err := known.fill(ctx, &sub); err != nil && s.Log != nil {
		s.Log.WarnContext(ctx, "a draft was checked without its client grants", slog.Any("error", err))
	}
	return Check(&sub)
}

// Mend makes the one-click change of a finding, if the finding is still there. It fails with registry.ErrNotFound if it is
// not, or no longer because somebody made the change before, and like the verb of the registry that makes the change.
func (s *Service) Mend(ctx context.Context, actor audit.Actor, id, mend string) error {
	return s.mend(ctx, actor, id, mend)
}

func (s *Service) now() time.Time { return s.Now().UTC() }

func (s *Service) subject(a *registry.Application, now time.Time) Subject {
	sub := Subject{Application: *a, Now: now, Production: Production(s.Issuer)}
	if s.DefaultAPI != nil {
		sub.DefaultAPI = s.DefaultAPI()
	}
	return sub
}

// Production reports whether an instance with this issuer serves others than the machine it runs on.
func Production(issuer string) bool {
	u, err := url.Parse(issuer)
	if err != nil {
		return true
	}
	return !loopback(u.Hostname())
}

// loopback reports whether a host without brackets is this machine.
func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// person reports whether somebody signs in to the application.
func person(a *registry.Application) bool { return a.Allows(oauth.AuthorizationCode) }
