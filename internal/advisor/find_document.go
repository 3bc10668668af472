package advisor

import (
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"clientele/internal/registry"
)

// unreachableAfter is how long trouble on the way is nobody's fault.
const unreachableAfter = time.Hour

// neverUsed gives a new application time.
func neverUsed(s *Subject) []Evidence {
	a := &s.Application
	if !a.LastUsed.IsZero() || a.CreatedAt.IsZero() || s.Now.Sub(a.CreatedAt) <= lately {
		return nil
	}
	return []Evidence{{Label: "Created", Value: daysWords(s.Now.Sub(a.CreatedAt)) + " ago", At: a.CreatedAt}}
}

func idle(s *Subject) []Evidence {
	last := s.Application.LastUsed
	if last.IsZero() || s.Now.Sub(last) <= lately {
		return nil
	}
	return []Evidence{{Label: "Last used", Value: daysWords(s.Now.Sub(last)) + " ago", At: last}}
}

func documentDowngrade(s *Subject) []Evidence {
	m := s.Application.Import
	if m.SuspendedWhy != registry.SuspendedDowngrade || m.SuspendedAt.IsZero() {
		return nil
	}
	return []Evidence{{Label: "Suspended", Value: s.Application.ExternalID, At: m.SuspendedAt}}
}

// documentUnreachable: a copy was kept because of just that.
func documentUnreachable(s *Subject) []Evidence {
	m := s.Application.Import
	if m.PinnedUntil.After(s.Now) || m.Failures == 0 || m.FailedAt.IsZero() || s.Now.Sub(m.FailedAt) < unreachableAfter {
		return nil
	}
	return []Evidence{{Label: "Failed " + times(m.Failures) + " (" + string(m.Failure) + "), since", Value: s.Application.ExternalID, At: m.FailedAt}}
}

func documentSuspended(s *Subject) []Evidence {
	m := s.Application.Import
	switch {
	case !m.WithdrawnAt.IsZero():
		return []Evidence{{Label: "Withdrawn", Value: s.Application.ExternalID, At: m.WithdrawnAt}}
	case m.SuspendedAt.IsZero() || m.SuspendedWhy == registry.SuspendedDowngrade:
		return nil
	}
	words := map[registry.SuspendReason]string{
		registry.SuspendedGone:    "The document was gone",
		registry.SuspendedInvalid: "The document broke a rule",
		registry.SuspendedReturn:  "The document came back",
	}
	return []Evidence{{Label: words[m.SuspendedWhy], Value: s.Application.ExternalID, At: m.SuspendedAt}}
}

// documentUnreviewed: what a frozen document adds is not asked about.
func documentUnreviewed(s *Subject) []Evidence {
	m := s.Application.Import
	if m.Mode != registry.Review {
		return nil
	}
	var found []Evidence
	if m.Live.Version != m.Approved.Version {
		found = append(found, Evidence{Label: "A newer document", Value: s.Application.ExternalID, At: m.Live.At})
	}
	if m.KeysHeld() {
		found = append(found, Evidence{Label: "Other keys", Value: m.JWKSURI})
	}
	return found
}

func documentFollows(s *Subject) []Evidence {
	return is(s.Application.Import.Mode == registry.Follow, "Changes", "apply at once")
}

func documentStranger(s *Subject) []Evidence {
	m := s.Application.Import
	if m.By == registry.ByOperator {
		return nil
	}
	rule := m.Rule
	if rule == "" {
		rule = "everybody is let in"
	}
	return []Evidence{{Label: "Let in by", Value: rule, At: s.Application.CreatedAt}}
}

// logoElsewhere compares sites: a content host of the same owner is none of somebody else's.
func logoElsewhere(s *Subject) []Evidence {
	logo, err := url.Parse(s.Application.LogoURI)
	own, err2 := url.Parse(s.Application.ExternalID)
	if err != nil || err2 != nil || logo.Hostname() == "" || site(logo.Hostname()) == site(own.Hostname()) {
		return nil
	}
	return []Evidence{{Label: "Logo", Value: s.Application.LogoURI}}
}

func site(host string) string {
	host = strings.ToLower(host)
	name, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return name
}

func documentAudience(s *Subject) []Evidence {
	until := s.Application.Import.AudienceUntil
	if !until.After(s.Now) {
		return nil
	}
	return []Evidence{{Label: "Allowed until", Value: s.Application.ExternalID, At: until}}
}

func documentPinned(s *Subject) []Evidence {
	until := s.Application.Import.PinnedUntil
	if !until.After(s.Now) {
		return nil
	}
	return []Evidence{{Label: "Counts until", Value: s.Application.ExternalID, At: until}}
}
