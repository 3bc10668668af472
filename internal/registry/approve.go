package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

// The longest that an operator's exceptions last.
const (
	MaxPinned            = 90 * 24 * time.Hour
	MaxAudienceException = 365 * 24 * time.Hour
)

// ApproveDocument approves the newest document and key set, if they are still those the operator saw: hash and keySetHash
// name them, the latter empty if there are no keys. What waited counts from now on; a suspension for dropped keys and a
// withdrawal end; a stranger becomes an operator's record whose document is reviewed. It fails with ErrStale if they moved.
// The differences are from what counted before.
func (r *Registry) ApproveDocument(ctx context.Context, actor audit.Actor, id, hash, keySetHash string) (Application, []Difference, error) {
	return r.decide(ctx, actor, id, "application.document_approved", func(st *step) error {
		m := st.app.Import
		switch {
		case m.Live.Hash != hash || m.LiveKeys.Hash != keySetHash:
			return errMoved
		case m.SuspendedWhy == SuspendedGone || !m.GoneAt.IsZero():
			return refusal("id", "document_gone", "has a metadata document that is gone; it can be approved when it is there again")
		}
		st.unseen = m.LiveKeys.Version == 0 && st.live.JWKSURI != ""
		st.approve(actor.Name, "")
		return nil
	})
}

var errMoved = fmt.Errorf("the document or its keys are not those that were approved: %w", ErrStale)

// SetFollow says what a new version of the document may do by itself. To follow it applies at once what waited. It fails with
// *Invalid and ErrNotFound.
func (r *Registry) SetFollow(ctx context.Context, actor audit.Actor, id string, m FollowMode) (Application, error) {
	if m != Follow && m != Review && m != Frozen {
		return Application{}, refusal("mode", "follow_mode", "must be follow, review or frozen")
	}
	a, _, err := r.decide(ctx, actor, id, "application.follow_mode_changed", func(st *step) error {
		st.app.Import.Mode = m
		st.settle()
		return nil
	})
	return a, err
}

// SetPinned lets the copy that is kept count until then although its host cannot be reached; zero ends that. It fails with
// *Invalid and ErrNotFound.
func (r *Registry) SetPinned(ctx context.Context, actor audit.Actor, id string, until time.Time) (Application, error) {
	a, _, err := r.decide(ctx, actor, id, "application.document_pinned", func(st *step) error {
		st.app.Import.PinnedUntil = exact(until)
		return bounded("pinned_until", until, st.at, MaxPinned)
	})
	return a, err
}

// SetAudienceException accepts the token endpoint's URL as audience of the application's assertions until then, for codes and
// refresh tokens; zero ends that. It fails with *Invalid and ErrNotFound. rfc7523bis-11 wants the issuer there.
func (r *Registry) SetAudienceException(ctx context.Context, actor audit.Actor, id string, until time.Time) (Application, error) {
	a, _, err := r.decide(ctx, actor, id, "application.audience_exception_changed", func(st *step) error {
		st.app.Import.AudienceUntil = exact(until)
		return bounded("audience_until", until, st.at, MaxAudienceException)
	})
	return a, err
}

// SetClientCredentials is the switch for the client_credentials grant, which the document has to ask for, with a key to
// authenticate with. It fails with *Invalid and ErrNotFound.
func (r *Registry) SetClientCredentials(ctx context.Context, actor audit.Actor, id string, on bool) (Application, error) {
	a, _, err := r.decide(ctx, actor, id, "application.client_credentials_changed", func(st *step) error {
		m, counts := st.app.Import, both(st.mode(), st.approved, st.live)
		switch {
		case on && !slices.Contains(counts.GrantTypes, oauth.ClientCredentials):
			return refusal("grant_types", "client_credentials_asked", "has no client_credentials: the metadata document at %s does not ask for it, or that is not approved", st.app.ExternalID)
		case on && !slices.Contains(counts.AuthMethods, oauth.AuthPrivateKeyJWT):
			return refusal(memberMethods, "client_credentials_public", "is none: the client credentials grant needs a key")
		}
		m.ClientCredentials = on
		if on && m.Ceiling != nil && !slices.Contains(m.Ceiling, oauth.ClientCredentials) {
			m.Ceiling = append(m.Ceiling, oauth.ClientCredentials)
		}
		st.settle()
		return nil
	})
	return a, err
}

// SetLogo says which of our logos is the application's; empty = none. It fails with ErrStale if the state moved.
func (r *Registry) SetLogo(ctx context.Context, id string, revision int64, hash string) error {
	st, err := r.begin(ctx, id, revision)
	if err != nil {
		return err
	}
	st.app.Import.LogoHash = hash
	return r.commit(ctx, watcher, st, "", "")
}

// bounded: an operator's exception ends, and not before it begins.
func bounded(field string, until, now time.Time, most time.Duration) error {
	switch {
	case until.IsZero():
		return nil
	case !until.After(now):
		return refusal(field, "exception_end", "is in the past")
	case until.After(now.Add(most)):
		return refusal(field, "exception_end", "must be within %d days", int(most/(24*time.Hour)))
	}
	return nil
}

// decide lets an operator decide about an imported application; if somebody else wrote in between, again on top of that.
func (r *Registry) decide(ctx context.Context, actor audit.Actor, id, kind string, edit func(*step) error) (Application, []Difference, error) {
	for attempt := 1; ; attempt++ {
		st, err := r.begin(ctx, id, 0)
		if err != nil {
			return Application{}, nil, err
		}
		before := st.app.Mapped()
		if err := edit(st); err != nil {
			return Application{}, nil, err
		}
		if !st.touched() {
			return st.was, nil, nil
		}
		st.changes = applied(before, st.app.Mapped())
		err = r.commit(ctx, actor, st, kind, "")
		if errors.Is(err, ErrStale) && attempt < maxAttempts {
			continue
		}
		if err != nil {
			return Application{}, nil, err
		}
		return st.app, st.changes, nil
	}
}
