package registry

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

// life is an imported application whose document does what it likes, beside what somebody vouched for.
type life struct {
	now     time.Time
	st      *step
	before  Mapped   // what was approved before the step
	vouched []string // redirect URIs that were in a document that somebody approved, or that was followed
	keys    []string // thumbprints that a rotation may go on from
	sets    int64

	wantKeys []string
}

func (l *life) sighting(m Mapped) Sighting {
	body := inShort(Compare(Mapped{}, m))
	s := Sighting{URL: "https://agent.example.net/c.json", Body: []byte(body), Hash: body, At: l.now, DueAt: l.now.Add(time.Hour), Mapped: m}
	if m.JWKSURI != "" {
		s.KeySet = &KeySetSighting{Body: []byte(body), Hash: "keys " + strconv.Itoa(len(m.Keys)) + inShort(Compare(Mapped{}, Mapped{Keys: m.Keys})), At: l.now, Keys: m.Keys}
	}
	return s
}

// next is a step after the one before, as if that had been written and read again.
func (l *life) next() {
	l.now = l.now.Add(5 * time.Minute)
	was := l.st
	l.before = was.approved
	l.st = &step{was: was.app, app: was.app.clone(), at: l.now, approved: was.approved, live: was.live, accepted: was.accepted, keys: was.keys}
}

func (l *life) vouch() {
	for _, u := range l.st.live.RedirectURIs {
		if !slices.Contains(l.vouched, u) {
			l.vouched = append(l.vouched, u)
		}
	}
}

// holds checks what must be true after every step.
func (l *life) holds(t *rapid.T, did string) {
	st, m := l.st, l.st.app.Import
	was, now := Values(st.was.RedirectURIs), Values(st.app.RedirectURIs)
	same := l.st.was.Import.Identity == m.Identity
	keys := thumbprints(st.app.Keys)
	if did == "fail" {
		l.wantKeys = keys
	} else {
		l.wantKeys = l.rotate()
	}
	for says, ok := range map[string]bool{
		"a redirect counts that is not in the document":              len(without(now, st.live.RedirectURIs)) == 0,
		"a redirect counts that is not approved":                     len(without(now, st.approved.RedirectURIs)) == 0,
		"a redirect counts that nobody vouched for":                  len(without(now, l.vouched)) == 0,
		"consent stands for more than it was given to":               !same || did == "import" || len(without(now, append(was, l.before.RedirectURIs...))) == 0,
		"a key counts that is not published":                         len(without(thumbprints(st.app.Keys), thumbprints(st.keys))) == 0,
		"nothing authenticates although only keys were approved":     !st.app.Accepts(oauth.AuthNone) || slices.Contains(st.approved.AuthMethods, oauth.AuthNone),
		"the keys were dropped and it goes on":                       !downgradePending(st) || !m.SuspendedAt.IsZero(),
		"there is a secret":                                          len(st.app.Secrets) == 0 && !st.app.usesSecret(),
		"what is approved is newer than what was seen":               m.Approved.Version <= m.Live.Version && m.Keys.Version <= max(m.LiveKeys.Version, m.Keys.Version),
		"it was withdrawn and is good again without a review":        m.WithdrawnAt.IsZero() == st.was.Import.WithdrawnAt.IsZero() || !m.WithdrawnAt.IsZero() || did == "approve",
		"the reason of a suspension and its time do not go together": m.SuspendedAt.IsZero() == (m.SuspendedWhy == ""),
	} {
		if !ok {
			t.Fatalf("after %s: %s\nwas %+v\nnow %+v\napproved %v\nlive %v", did, says, *st.was.Import, *m, st.approved, st.live)
		}
	}
}

// rotate says which keys count after a step, told in another way than the code does.
func (l *life) rotate() (want []string) {
	live, mode := thumbprints(l.st.keys), l.st.mode()
	shared := common(live, l.keys)
	switch {
	case len(live) == 0:
		return nil
	case len(l.keys) == 0, mode == Follow, mode == Review && len(shared) > 0:
		l.keys = live
		return live
	case mode == Review:
		return nil
	case len(shared) == len(live):
		l.keys = live
	}
	return shared
}

func downgradePending(st *step) bool {
	return slices.Contains(st.approved.AuthMethods, oauth.AuthPrivateKeyJWT) && !slices.Contains(st.live.AuthMethods, oauth.AuthPrivateKeyJWT)
}

var livelyDocuments = rapid.Custom(func(t *rapid.T) Mapped {
	m := Mapped{
		Name: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "name"), Type: RegularWeb, GrantTypes: []oauth.GrantType{oauth.AuthorizationCode, oauth.RefreshToken},
		RedirectURIs: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"https://a.example.net/", "https://b.example.net/", "https://c.example.net/"}), 0, 3, rapid.ID[string]).Draw(t, "redirects"),
		AuthMethods:  []oauth.AuthMethod{oauth.AuthNone},
	}
	if keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"1", "2", "3", "4"}), 0, 3, rapid.ID[string]).Draw(t, "keys"); len(keys) > 0 {
		m.JWKSURI = "https://agent.example.net/jwks.json"
		m.AuthMethods = rapid.SampledFrom([][]oauth.AuthMethod{{oauth.AuthPrivateKeyJWT}, {oauth.AuthNone, oauth.AuthPrivateKeyJWT}}).Draw(t, "methods")
		for _, k := range keys {
			m.Keys = append(m.Keys, Key{Thumbprint: k, KID: k})
		}
	}
	return m
})

// Whatever a host publishes, in whatever order, with whatever an operator does in between.
func TestNothingCountsThatNobodyVouchedFor(t *testing.T) {
	r := &Registry{Now: func() time.Time { return morning }}
	rapid.Check(t, func(rt *rapid.T) {
		l := &life{now: morning, sets: 1}
		mode := rapid.SampledFrom([]FollowMode{Follow, Review, Frozen}).Draw(rt, "mode")
		l.st = r.first(olga, ImportDraft{Sighting: l.sighting(livelyDocuments.Draw(rt, "first")), By: ByOperator, Mode: mode})
		l.vouch()
		l.holds(rt, "import")
		rt.Repeat(map[string]func(*rapid.T){
			"see": func(rt *rapid.T) {
				l.next()
				l.sets++
				l.st.see(l.sighting(livelyDocuments.Draw(rt, "document")), l.sets)
				l.st.settle()
				if m := l.st.app.Import; m.Mode == Follow && m.WithdrawnAt.IsZero() {
					l.vouch()
				}
				l.holds(rt, "see")
			},
			"approve": func(rt *rapid.T) {
				if l.st.app.Import.SuspendedWhy == SuspendedGone {
					rt.Skip("what is gone is not approved")
				}
				l.next()
				l.st.approve("olga", "")
				l.vouch()
				l.keys = thumbprints(l.st.keys)
				l.holds(rt, "approve")
			},
			"fail": func(rt *rapid.T) {
				l.next()
				f := rapid.SampledFrom([]ObservedFailure{
					{Transport: true, Kind: audit.FailureDNS},
					{Gone: true, Kind: audit.FailureStatus},
					{Kind: audit.FailureDocument},
					{Kind: audit.FailureDocument, NoKeys: true},
					{Kind: audit.FailureDocument, Expired: true},
				}).Draw(rt, "failure")
				l.st.fail(f, l.now)
				l.holds(rt, "fail")
			},
			"mode": func(rt *rapid.T) {
				l.next()
				l.st.app.Import.Mode = rapid.SampledFrom([]FollowMode{Follow, Review, Frozen}).Draw(rt, "mode")
				l.st.settle()
				if m := l.st.app.Import; m.Mode == Follow && m.WithdrawnAt.IsZero() {
					l.vouch()
				}
				l.holds(rt, "mode")
			},
		})
	})
}
