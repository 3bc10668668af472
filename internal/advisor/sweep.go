package advisor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"clientele/internal/registry"
)

// SweepStore is what the sweep reads and keeps.
type SweepStore interface {
	SeedFindings(ctx context.Context) error
	FindingsChanged(ctx context.Context, kind string, ids []string) error
	TakeFindings(ctx context.Context, now, again time.Time, limit int) ([]string, error)
	WatchHosts(ctx context.Context, hosts []string, now time.Time) error
	HostsDue(ctx context.Context, now time.Time, limit int) ([]registry.WatchedHost, error)
	SaveHost(ctx context.Context, h registry.WatchedHost) error
}

// Sweep keeps the counts of findings up to date: what changed is checked in the next round, everything at least daily. All fields
// must be set.
type Sweep struct {
	Service *Service
	Store   SweepStore
	Resolve func(ctx context.Context, host string) (exists bool, err error) // asks DNS; the error is trouble on the way
	Log     *slog.Logger

	mutex   sync.Mutex
	seeded  bool
	changed map[string][]string // ids by the kind of the notice
}

// The bounds of the sweep. A round takes few applications, so that it is never felt; at the pace of the server's rounds a hundred
// thousand are checked in less than three hours.
const (
	every       = 20 * time.Hour // less than a day, so that dates that come near are seen on the day
	roundSize   = 50
	tryAgain    = time.Hour // after which an application is checked that could not be
	maxNoticed  = 5000      // changes between two rounds; what is beyond is checked within the day
	maxWatched  = 20        // hosts of one application
	hostsAtOnce = 10
	lookUpTime  = 3 * time.Second
	deadAfter   = time.Hour      // between the two look-ups that a host fails
	hostAgain   = 24 * time.Hour // when a host is looked up the next time
)

// Changed notes a thing that was written, by the kind and id of its notice. The next round checks the applications it is about.
func (s *Sweep) Changed(kind, id string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.changed == nil {
		s.changed = make(map[string][]string)
	}
	if list := s.changed[kind]; len(list) < maxNoticed && !slices.Contains(list[max(0, len(list)-10):], id) {
		s.changed[kind] = append(list, id)
	}
}

// Round checks some of the applications that are due, those that changed first.
func (s *Sweep) Round(ctx context.Context) {
	if err := s.round(ctx); err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "the security check did not come to its end", slog.Any("error", err))
	}
}

func (s *Sweep) round(ctx context.Context) error {
	noted := s.note(ctx)
	now := s.Service.now()
	ids, err := s.Store.TakeFindings(ctx, now, now.Add(tryAgain), roundSize)
	if err != nil {
		return errors.Join(noted, err)
	}
	err = s.check(ctx, ids, now)
	if err == nil || len(ids) == 1 {
		return errors.Join(noted, err)
	}
	return errors.Join(noted, s.checkEach(ctx, ids, now))
}

// checkEach checks one by one what could not be checked together, so that one application that makes trouble does not keep the
// others unchecked. It is tried again after an hour.
func (s *Sweep) checkEach(ctx context.Context, ids []string, now time.Time) error {
	var trouble []error
	for _, id := range ids {
		if err := s.check(ctx, []string{id}, now); err != nil {
			trouble = append(trouble, fmt.Errorf("application %s: %w", id, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(trouble...)
}

// check checks applications together. Those that are gone are left out.
func (s *Sweep) check(ctx context.Context, ids []string, now time.Time) error {
	apps := make([]registry.Application, 0, len(ids))
	for _, id := range ids {
		a, err := s.Service.Registry.Application(ctx, id)
		if errors.Is(err, registry.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		apps = append(apps, a)
	}
	if len(apps) == 0 {
		return nil
	}
	if err := s.Store.WatchHosts(ctx, hostsOf(apps), now); err != nil {
		return err
	}
	_, err := s.Service.Reports(ctx, apps)
	return err
}

// note passes on what changed since the last round, and before the first round what nobody followed. What cannot be passed on is
// kept for the next round.
func (s *Sweep) note(ctx context.Context) error {
	s.mutex.Lock()
	changed, seeded := s.changed, s.seeded
	s.changed = nil
	s.mutex.Unlock()
	var trouble []error
	if !seeded {
		err := s.Store.SeedFindings(ctx)
		trouble = append(trouble, err)
		s.mutex.Lock()
		s.seeded = err == nil
		s.mutex.Unlock()
	}
	for kind, ids := range changed {
		if err := s.Store.FindingsChanged(ctx, kind, ids); err != nil {
			trouble = append(trouble, err)
			for _, id := range ids {
				s.Changed(kind, id)
			}
		}
	}
	return errors.Join(trouble...)
}

// hostsOf are the hosts of redirect URIs that DNS can say something about. Those of applications that nobody has finished an
// authorization with are left in peace.
func hostsOf(apps []registry.Application) []string {
	var all []string
	for i := range apps {
		if !apps[i].ExpiresAt.IsZero() {
			continue
		}
		var own []string
		for _, u := range apps[i].RedirectURIs {
			parsed, err := url.Parse(u.Value)
			if err != nil || parsed.Scheme != "https" || loopback(parsed.Hostname()) || u.Wildcard() || len(own) == maxWatched {
				continue
			}
			own = append(own, strings.ToLower(parsed.Hostname()))
		}
		all = append(all, own...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// LookUp looks up some of the hosts that are due.
func (s *Sweep) LookUp(ctx context.Context) {
	now := s.Service.now()
	hosts, err := s.Store.HostsDue(ctx, now, hostsAtOnce)
	for i := 0; err == nil && i < len(hosts) && ctx.Err() == nil; i++ {
		within, cancel := context.WithTimeout(ctx, lookUpTime)
		exists, trouble := s.Resolve(within, hosts[i].Host)
		cancel()
		err = s.Store.SaveHost(ctx, lookedUp(hosts[i], exists, trouble, now))
	}
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "callback hosts could not be looked up", slog.Any("error", err))
	}
}

// lookedUp is what a look-up makes of a host. It is dead only if DNS said so twice, an hour apart: a zone that is moved, or a
// resolver with a cold, is no reason to alarm anybody. Trouble on the way says nothing.
func lookedUp(h registry.WatchedHost, exists bool, trouble error, now time.Time) registry.WatchedHost {
	h.DueAt = now.Add(hostAgain)
	switch {
	case trouble != nil:
		h.DueAt = now.Add(deadAfter)
	case exists:
		h.FailedAt, h.DeadAt = time.Time{}, time.Time{}
	case h.FailedAt.IsZero():
		h.FailedAt, h.DueAt = now, now.Add(deadAfter)
	case h.DeadAt.IsZero() && now.Sub(h.FailedAt) >= deadAfter:
		h.DeadAt = h.FailedAt
	}
	return h
}
