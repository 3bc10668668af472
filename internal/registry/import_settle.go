package registry

import (
	"cmp"
	"slices"
	"time"

	"clientele/internal/oauth"
)

// mode is how new versions are taken now: a document that was withdrawn is reviewed in every mode.
func (st *step) mode() FollowMode {
	if m := st.app.Import; m.Mode != Follow || m.WithdrawnAt.IsZero() {
		return m.Mode
	}
	return Review
}

// settle makes what was approved and is live what counts. What adds nothing that waits is approved by itself, on the word of
// whoever approved the version before.
func (st *step) settle() {
	m := st.app.Import
	pending := Differences(st.mode(), st.approved, st.live)
	switch {
	case m.Approved.Version == m.Live.Version:
	case m.WithdrawnAt.IsZero() && !waits(pending):
		st.advance(m.Approved.By)
	default:
		st.drop()
	}
	st.downgraded(hasClass(Differences(Review, st.approved, st.live), ClassDowngrade))
	use, held := chooseKeys(st.mode(), st.accepted, st.keys)
	// A set that ran empty is gone, but what comes after it still has to share a key with the one before.
	if st.held = held; !held && (len(use) > 0 || len(st.accepted) == 0) {
		m.Keys, st.accepted = m.LiveKeys, thumbprints(use)
	}
	st.app.documentKeys(use, st.at)
	st.app.act(both(st.mode(), st.approved, st.live), st.policy, st.at)
}

// advance approves the newest document.
func (st *step) advance(by string) {
	m := st.app.Import
	if renames(Compare(st.approved, st.live)) {
		m.Identity = identityOf(m.Live.Version)
	}
	m.Approved = DocumentRef{Version: m.Live.Version, Hash: m.Live.Hash, At: st.at, By: by}
	st.approved, m.Dropped = st.live, nil
}

// drop takes out of the approved document what the newest one took away, although that waits for what it adds: none of it
// comes back by itself. Keys are judged by themselves.
func (st *step) drop() {
	m := st.app.Import
	for _, f := range comparedLists {
		for _, v := range without(f.of(&st.approved), f.of(&st.live)) {
			m.Dropped = append(m.Dropped, dropped(f.member, v))
		}
	}
	key, none := oauth.AuthPrivateKeyJWT, oauth.AuthNone
	if slices.Contains(st.approved.AuthMethods, key) && slices.Contains(st.approved.AuthMethods, none) && !slices.Contains(st.live.AuthMethods, none) {
		m.Dropped = append(m.Dropped, dropped(memberMethods, string(none)))
	}
	st.approved = m.Left(st.approved)
}

func dropped(member, value string) string { return member + ":" + value }

// Left is what newer documents have left of the approved one.
func (m *Import) Left(approved Mapped) Mapped {
	if len(m.Dropped) == 0 {
		return approved
	}
	approved.RedirectURIs = leftOf(m.Dropped, "redirect_uris", approved.RedirectURIs)
	approved.GrantTypes = leftOf(m.Dropped, "grant_types", approved.GrantTypes)
	approved.Scopes = leftOf(m.Dropped, "scope", approved.Scopes)
	approved.AuthMethods = leftOf(m.Dropped, memberMethods, approved.AuthMethods)
	return approved
}

func leftOf[S ~[]T, T ~string](gone []string, member string, list S) S {
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool { return slices.Contains(gone, dropped(member, string(v))) })
}

// downgraded suspends the application while its document says that it needs no key any more and nobody confirmed that.
func (st *step) downgraded(down bool) {
	m := st.app.Import
	switch {
	case down && m.SuspendedAt.IsZero():
		m.SuspendedAt, m.SuspendedWhy = st.at, SuspendedDowngrade
	case !down && m.SuspendedWhy == SuspendedDowngrade:
		m.SuspendedAt, m.SuspendedWhy = time.Time{}, ""
	}
}

// approve takes the newest document and key set as they are, on somebody's word; keys that nobody saw stay as they were. A stranger becomes an operator's record. mode
// is how later ones are taken, empty for as before, or Review for what was a stranger.
func (st *step) approve(by string, mode FollowMode) {
	m := st.app.Import
	if m.Approved.Version != m.Live.Version || m.Approved.By == "" {
		st.advance(by)
	}
	if !st.unseen {
		m.Keys, st.accepted = m.LiveKeys, thumbprints(st.keys)
	}
	m.WithdrawnAt = time.Time{}
	if m.SuspendedWhy == SuspendedReturn || m.SuspendedWhy == SuspendedDowngrade {
		m.SuspendedAt, m.SuspendedWhy = time.Time{}, ""
	}
	if m.By != ByOperator {
		m.By, m.Rule = ByOperator, ""
		mode = cmp.Or(mode, Review)
	}
	m.Mode = cmp.Or(mode, m.Mode)
	st.app.ExpiresAt = time.Time{}
	st.settle()
}
