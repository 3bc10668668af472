package registry

import (
	"context"
	"errors"
	"time"

	"clientele/internal/audit"
)

var errNotYet = errors.New("not implemented yet")

// ImportDraft is a metadata document that becomes an application, or a new version of one.
type ImportDraft struct {
	Sighting   Sighting
	By         Importer
	Mode       FollowMode // empty = Review for an operator, Follow for a client
	Rule       string     // the admission rule that let it in; empty for an operator's import
	Unfinished bool       // it ends after UnfinishedLifetime unless somebody finishes an authorization
	WaitingID  string     // the entry of the queue that this settles
}

// ImportOutcome is what an import did.
type ImportOutcome struct {
	Created     bool
	Changed     bool
	Differences []Difference // from what was registered before; nil for a new one
}

// ObservedFailure is a fetch of a document that gave nothing to act on. At most one of the three is true; with none of them
// the document is there and breaks a rule.
type ObservedFailure struct {
	Kind      audit.FailureKind
	Transport bool // nobody knows what the document says now
	Gone      bool // 404 or 410
	Mismatch  bool // the document names another client_id
	At        time.Time
	RetryAt   time.Time
}

// Import registers the application of a metadata document, or brings the one that has its URL up to date.
func (r *Registry) Import(ctx context.Context, actor audit.Actor, d ImportDraft) (Application, ImportOutcome, error) {
	return Application{}, ImportOutcome{}, errNotYet
}

// Observe takes in a valid document.
func (r *Registry) Observe(ctx context.Context, id string, revision int64, s Sighting) (Application, []Difference, error) {
	return Application{}, nil, errNotYet
}

// ObserveKeys takes in a valid key set of the document's jwks_uri.
func (r *Registry) ObserveKeys(ctx context.Context, id string, revision int64, k KeySetSighting) (Application, error) {
	return Application{}, errNotYet
}

// ObserveUnchanged notes that the document is as it was.
func (r *Registry) ObserveUnchanged(ctx context.Context, id string, revision int64, at, due time.Time, headers map[string]string) error {
	return errNotYet
}

// ObserveFailure notes that the document could not be had, or cannot be used.
func (r *Registry) ObserveFailure(ctx context.Context, id string, revision int64, f ObservedFailure) (Application, error) {
	return Application{}, errNotYet
}

// ApproveDocument approves the newest document and key set, if they are still those the operator saw.
func (r *Registry) ApproveDocument(ctx context.Context, actor audit.Actor, id, hash, keySetHash string) (Application, []Difference, error) {
	return Application{}, nil, errNotYet
}

// SetFollow says what a new version of the document may do by itself.
func (r *Registry) SetFollow(ctx context.Context, actor audit.Actor, id string, m FollowMode) (Application, error) {
	return Application{}, errNotYet
}

// SetPinned lets the kept copy count until then although the host cannot be reached; zero ends that.
func (r *Registry) SetPinned(ctx context.Context, actor audit.Actor, id string, until time.Time) (Application, error) {
	return Application{}, errNotYet
}

// SetClientCredentials is the switch for the client_credentials grant of an imported application.
func (r *Registry) SetClientCredentials(ctx context.Context, actor audit.Actor, id string, on bool) (Application, error) {
	return Application{}, errNotYet
}

// SetAudienceException accepts the token endpoint's URL as audience of assertions until then; zero ends that.
func (r *Registry) SetAudienceException(ctx context.Context, actor audit.Actor, id string, until time.Time) (Application, error) {
	return Application{}, errNotYet
}

// SetLogo says which of our logos is the application's; empty = none.
func (r *Registry) SetLogo(ctx context.Context, id string, revision int64, hash string) error {
	return errNotYet
}

// Documents are the versions of an application's metadata document, newest first.
func (r *Registry) Documents(ctx context.Context, id string) ([]DocumentVersion, error) {
	return nil, errNotYet
}

// KeySets are the versions of its key set, newest first.
func (r *Registry) KeySets(ctx context.Context, id string) ([]KeySetVersion, error) {
	return nil, errNotYet
}

// CreateAdmissionRule makes an admission rule.
func (r *Registry) CreateAdmissionRule(ctx context.Context, actor audit.Actor, pattern string, e RuleEffect, note string) (AdmissionRule, error) {
	return AdmissionRule{}, errNotYet
}

// DeleteAdmissionRule removes an admission rule.
func (r *Registry) DeleteAdmissionRule(ctx context.Context, actor audit.Actor, id string) error {
	return errNotYet
}

// AdmissionRules are all of them.
func (r *Registry) AdmissionRules(ctx context.Context) ([]AdmissionRule, error) {
	return nil, errNotYet
}

// Enqueue makes a client wait for an operator, or a person for a client that waits already.
func (r *Registry) Enqueue(ctx context.Context, w Waiting, userID string) (Waiting, error) {
	return Waiting{}, errNotYet
}

// WaitingClients is a page of the queue.
func (r *Registry) WaitingClients(ctx context.Context, after string, limit int) (Page[Waiting], error) {
	return Page[Waiting]{}, errNotYet
}

// WaitingClient is one entry of the queue.
func (r *Registry) WaitingClient(ctx context.Context, id string) (Waiting, error) {
	return Waiting{}, errNotYet
}

// RefuseWaiting takes a client out of the queue.
func (r *Registry) RefuseWaiting(ctx context.Context, actor audit.Actor, id string) error {
	return errNotYet
}

// KeyDraft is a public key that somebody gives an application to authenticate with: PEM or JWK, not both.
type KeyDraft struct {
	Name                  string
	PEM                   string // a public key or an X.509 certificate
	JWK                   []byte
	KID                   string // empty = the JWK's, else the thumbprint
	Algorithm             string // the only one accepted; empty = the JWK's, else any that fits the key
	ExpiresAt             time.Time
	ExpiryFromCertificate bool
	Active                bool
}

// AddKey gives a hand-made application a key.
func (r *Registry) AddKey(ctx context.Context, actor audit.Actor, id string, d KeyDraft) (Application, Key, error) {
	return Application{}, Key{}, errNotYet
}

// UpdateKey changes name, end and state of a key.
func (r *Registry) UpdateKey(ctx context.Context, actor audit.Actor, id, keyID string, change func(*Key) error) (Application, error) {
	return Application{}, errNotYet
}

// DeleteKey takes a key away.
func (r *Registry) DeleteKey(ctx context.Context, actor audit.Actor, id, keyID string) (Application, error) {
	return Application{}, errNotYet
}

// Traces is a page of traces.
func (r *Registry) Traces(ctx context.Context, q TraceQuery) (Page[audit.Trace], error) {
	return Page[audit.Trace]{}, errNotYet
}
