package registry

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

// ImportDraft is a metadata document that becomes an application, or a new version of one.
type ImportDraft struct {
	Sighting   Sighting
	By         Importer
	Mode       FollowMode // empty = Review for an operator, Follow for a client; what it was for one that is there
	Rule       string     // the admission rule that let it in; empty for an operator's import
	Unfinished bool       // it ends after UnfinishedLifetime unless somebody finishes an authorization
	WaitingID  string     // the entry of the queue that this settles
	Revision   int64      // of the state that whoever decided saw; 0 = any, or none
}

// ImportOutcome is what an import did.
type ImportOutcome struct {
	Created     bool
	Changed     bool
	Differences []Difference // from what was registered before; nil for a new one
}

// importAttempts is how often an import that others were faster than is tried again: at a first sight many come at once.
const importAttempts = 20

// Import registers the application of a metadata document, or brings the one that has its URL up to date; of two at the same
// time one makes it and the other finds it. What an operator imports is approved as it is seen, also if a stranger brought it
// here first, and its document is reviewed from then on. What a client brings is taken as any new version is.
//
// It fails with *Invalid, named after the members of the document; with ErrStale if a newer one was seen meanwhile, or the state
// is not the one that was seen; and with ErrUnfinishedFull.
func (r *Registry) Import(ctx context.Context, actor audit.Actor, d ImportDraft) (Application, ImportOutcome, error) {
	if err := r.checkSighting(d.Sighting); err != nil {
		return Application{}, ImportOutcome{}, err
	}
	for attempt := 1; ; attempt++ {
		a, outcome, err := r.importOnce(ctx, actor, d)
		if attempt < importAttempts && d.Revision == 0 && faster(err) {
			continue
		}
		return a, outcome, err
	}
}

// faster reports whether an import failed because somebody else wrote in between: made, changed or deleted the application.
func faster(err error) bool {
	return errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrStale) && !errors.Is(err, errOlder)
}

func (r *Registry) importOnce(ctx context.Context, actor audit.Actor, d ImportDraft) (Application, ImportOutcome, error) {
	a, err := r.ApplicationByClientID(ctx, oauth.ClientID(d.Sighting.URL))
	switch {
	case errors.Is(err, ErrNotFound) && d.Revision != 0:
		return Application{}, ImportOutcome{}, ErrStale
	case errors.Is(err, ErrNotFound) || err == nil && a.Expired(r.now()):
		return r.importNew(ctx, actor, d)
	case err != nil:
		return Application{}, ImportOutcome{}, err
	}
	return r.importAgain(ctx, actor, a.ID, d)
}

func (r *Registry) importNew(ctx context.Context, actor audit.Actor, d ImportDraft) (Application, ImportOutcome, error) {
	if err := r.checkNobodys(ctx, d.Sighting.URL); err != nil {
		return Application{}, ImportOutcome{}, err
	}
	if d.Unfinished {
		n, err := r.Store.CountUnfinished(ctx, r.now())
		if err != nil {
			return Application{}, ImportOutcome{}, err
		}
		if n >= MaxUnfinished {
			return Application{}, ImportOutcome{}, ErrUnfinishedFull
		}
	}
	st := r.first(actor, d)
	kind := "application.imported"
	if d.By == ByClient {
		kind = "application.admitted"
	}
	if err := r.commit(ctx, actor, st, kind, d.WaitingID); err != nil {
		return Application{}, ImportOutcome{}, err
	}
	return st.app, ImportOutcome{Created: true, Changed: true}, nil
}

// first makes the first version of an imported application: what is seen is what is approved.
func (r *Registry) first(actor audit.Actor, d ImportDraft) *step {
	s, now := d.Sighting, r.now()
	a := Defaults(s.Mapped.Type, ThirdParty, s.Mapped.AuthMethods)
	a.Refresh.Rotating, a.Refresh.Leeway = true, DefaultRefreshLeeway // also if the document asks for the grant later only
	a.ID, a.ExternalID, a.Origin, a.Revision = mintApplicationID(ThirdParty), s.URL, Imported, 1
	a.Description = ownDescription(s.Mapped.Description)
	a.CreatedAt, a.CreatedBy = now, actor.Name
	a.Import = &Import{By: d.By, Mode: d.Mode, Rule: d.Rule, Identity: "1"}
	if d.Mode == "" {
		a.Import.Mode = Review
		if d.By == ByClient {
			a.Import.Mode = Follow
		}
	}
	if d.Unfinished {
		a.ExpiresAt = now.Add(UnfinishedLifetime)
	}
	st := &step{was: Application{Import: &Import{}}, app: a, at: now, policy: r.policy()}
	st.see(s, 1)
	st.approved, st.changes = st.live, nil
	m := st.app.Import
	m.Approved = DocumentRef{Version: m.Live.Version, Hash: m.Live.Hash, At: now}
	if d.By == ByOperator {
		m.Approved.By = actor.Name
	}
	st.settle()
	return st
}

// importAgain brings an application that is there up to date.
func (r *Registry) importAgain(ctx context.Context, actor audit.Actor, id string, d ImportDraft) (Application, ImportOutcome, error) {
	st, err := r.begin(ctx, id, d.Revision)
	if err != nil {
		return Application{}, ImportOutcome{}, err
	}
	if exact(d.Sighting.At).Before(st.app.Import.FetchedAt) || st.olderKeys(d.Sighting) {
		if d.By == ByClient {
			return st.was, ImportOutcome{}, nil // somebody was faster
		}
		return Application{}, ImportOutcome{}, errOlder
	}
	next, err := r.nextKeySet(ctx, st, d.Sighting.KeySet)
	if err != nil {
		return Application{}, ImportOutcome{}, err
	}
	before := st.app.Mapped()
	st.see(d.Sighting, next)
	st.unseen = d.Sighting.KeySet == nil && d.Sighting.Mapped.JWKSURI != ""
	kind := ""
	if d.By == ByClient {
		st.settle()
		kind = st.happened()
	} else {
		st.approve(actor.Name, d.Mode)
		st.changes = applied(before, st.app.Mapped())
		if st.touched() || d.WaitingID != "" {
			kind = "application.document_approved"
		}
	}
	if err := r.commit(ctx, actor, st, kind, d.WaitingID); err != nil {
		return Application{}, ImportOutcome{}, err
	}
	return st.app, ImportOutcome{Changed: kind != "", Differences: st.changes}, nil
}

// touched reports whether the step changed more than when the document was fetched.
func (st *step) touched() bool {
	c := changed(&st.was, &st.app)
	return st.happened() != "" || !c.Empty() || !st.was.ExpiresAt.Equal(st.app.ExpiresAt) || !st.was.Import.WithdrawnAt.Equal(st.app.Import.WithdrawnAt)
}

// applied are the differences between two states of an application.
func applied(before, after Mapped) []Difference {
	list := Differences(Follow, before, after)
	for i := range list {
		list[i].Applies = true
	}
	return list
}

// Mapped is what an imported application acts on now, in the words of documents: what Compare takes as before.
func (a *Application) Mapped() Mapped {
	m := Mapped{
		Name: a.Name, Description: a.Description, LogoURI: a.LogoURI, Type: a.Type,
		RedirectURIs: Values(a.RedirectURIs), GrantTypes: slices.Clone(a.GrantTypes), AuthMethods: slices.Clone(a.AuthMethods),
	}
	for _, k := range a.Keys {
		if k.RetiredAt.IsZero() {
			m.Keys = append(m.Keys, k)
		}
	}
	if s := a.Import; s != nil {
		m.ClientURI, m.TermsURI, m.PolicyURI, m.JWKSURI = s.ClientURI, s.TermsURI, s.PolicyURI, s.JWKSURI
		m.Algorithm, m.Scopes = s.Algorithm, slices.Clone(s.Scopes)
	}
	return m
}

// nextKeySet is the version that a key set gets if it is a new one.
func (r *Registry) nextKeySet(ctx context.Context, st *step, k *KeySetSighting) (int64, error) {
	if k == nil || k.Hash == st.app.Import.LiveKeys.Hash {
		return 0, nil
	}
	sets, err := r.Store.KeySets(ctx, st.app.ID)
	if err != nil || len(sets) == 0 {
		return 1, err
	}
	return sets[0].Version + 1, nil
}

// checkSighting holds a document to today's rules.
func (r *Registry) checkSighting(s Sighting) error {
	found := JudgeMapped(s.Mapped, r.policy())
	i := &inspection{found: found, rule: "document"}
	if !strings.HasPrefix(s.URL, "https://") || !plausible(s.URL) {
		i.refuse("client_id", "must be an https URL of at most %d characters", maxIDLength)
	}
	if s.Hash == "" || s.At.IsZero() {
		i.refuse("client_id", "has no document that was seen")
	}
	if slices.Contains(s.Mapped.AuthMethods, oauth.AuthPrivateKeyJWT) && s.Mapped.JWKSURI == "" && s.KeySet == nil {
		i.refuse("jwks", "is missing: private_key_jwt needs jwks or jwks_uri")
	}
	if len(i.found) > 0 {
		return &Invalid{Violations: i.found}
	}
	return nil
}

// checkNobodys refuses a URL that names an issuer or an API: a token for one could be taken for a token of the other.
func (r *Registry) checkNobodys(ctx context.Context, url string) error {
	for _, issuer := range append([]string{r.Issuer}, r.TrustedIssuers...) {
		if issuer != "" && CanonicalAudience(issuer) == CanonicalAudience(url) {
			return refusal("client_id", "client_url_issuer", "is the URL of an authorization server, which cannot be a client")
		}
	}
	_, err := r.APIByIdentifier(ctx, url)
	switch {
	case err == nil:
		return refusal("client_id", "client_url_api", "is the identifier of an API, which cannot be a client")
	case errors.Is(err, ErrNotFound):
		return nil
	}
	return err
}

// ownDescription is the first description of an imported application, which is the operator's from then on.
func ownDescription(s string) string {
	s = strings.TrimSpace(s)
	if !boundedText(strings.ReplaceAll(s, "\n", " "), MaxDescription) {
		return ""
	}
	return s
}

// identityOf names the version of a document that people consented to.
func identityOf(version int64) string { return strconv.FormatInt(version, 10) }
