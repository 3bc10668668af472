package cimd

import (
	"context"
	"errors"
	"slices"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
	"clientele/internal/registry"
)

// Block is what DenyAndBlock keeps out from then on.
type Block string

// The blocks. A whole host is the second, explicit step.
const (
	BlockURL  Block = "url"
	BlockHost Block = "host"
)

// audienceLifetime is how long an approval accepts our token endpoint as audience from a client that is known to say that.
const audienceLifetime = 180 * 24 * time.Hour

// tokenEndpointAudience are hosts whose clients were seen to put the token endpoint into aud of their assertions, where the
// issuer belongs. Take a row out when its client has learned. rfc7523bis-11 §4.
var tokenEndpointAudience = []struct {
	host string
	seen string // when it was last seen
}{
	{"chatgpt.com", "2026-08-07"},
}

// Approve lets a waiting client in, if its document and keys are what the operator looked at; without a hash those that the
// queue has. What has moved goes back into the queue as it is now. It fails as Register does.
func (s *Service) Approve(ctx context.Context, actor audit.Actor, waitingID, hash, keySetHash string) (Registered, error) {
	s.start()
	w, err := s.Registry.WaitingClient(ctx, waitingID)
	if err != nil {
		return Registered{}, err
	}
	o := RegisterOptions{Mode: registry.Review, Hash: hash, KeySetHash: keySetHash}
	if hash == "" {
		o.Hash, o.KeySetHash = w.Hash, w.KeySetHash
	}
	done, err := s.register(ctx, actor, w.URL, o, w.ID)
	if err != nil {
		if why, ok := errors.AsType[*Declined](err); ok && why.Moved {
			return done, errors.Join(err, s.requeue(ctx, w, why.Preview))
		}
		return done, err
	}
	s.seen.drop(w.URL)
	return done, nil
}

// requeue puts what is there now in the place of what waited.
func (s *Service) requeue(ctx context.Context, w registry.Waiting, now Preview) error {
	moved := sight{Preview: now}
	_, err := s.Registry.Enqueue(ctx, moved.waiting(w.Reference, w.Door), "")
	return err
}

// exceptAudience accepts the token endpoint as audience for a while from a client that is known to need it. The operator sees
// the date and can end it.
func (s *Service) exceptAudience(ctx context.Context, actor audit.Actor, done Registered) (Registered, error) {
	if done.Preview.AudienceUntil.IsZero() {
		return done, nil
	}
	app, err := s.Registry.SetAudienceException(ctx, actor, done.Application.ID, done.Preview.AudienceUntil)
	if err != nil {
		return done, err
	}
	done.Application = app
	return done, nil
}

// audienceUntil is the end of the exception that an approval of the document makes; zero if it needs none.
func audienceUntil(url oauth.ClientURL, m registry.Mapped, now time.Time) time.Time {
	if !slices.Contains(m.AuthMethods, oauth.AuthPrivateKeyJWT) {
		return time.Time{}
	}
	for _, known := range tokenEndpointAudience {
		if url.Host() == known.host {
			return now.Add(audienceLifetime)
		}
	}
	return time.Time{}
}

// DenyAndBlock takes a client out of the queue and keeps its URL, or its whole host, out from then on.
func (s *Service) DenyAndBlock(ctx context.Context, actor audit.Actor, waitingID string, block Block) (registry.AdmissionRule, error) {
	s.start()
	w, err := s.Registry.WaitingClient(ctx, waitingID)
	if err != nil {
		return registry.AdmissionRule{}, err
	}
	pattern := w.URL
	if block == BlockHost {
		pattern = s.hostOf(w.URL)
	}
	rule, err := s.Registry.CreateAdmissionRule(ctx, actor, pattern, registry.Deny, "refused while it waited for approval")
	if err != nil && !errors.Is(err, registry.ErrConflict) { // there is such a rule already
		return registry.AdmissionRule{}, err
	}
	s.seen.drop(w.URL)
	return rule, s.Registry.RefuseWaiting(ctx, actor, w.ID)
}
