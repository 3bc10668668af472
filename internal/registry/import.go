package registry

import (
	"time"

	"clientele/internal/audit"
	"clientele/internal/oauth"
)

// FollowMode says what a new version of a metadata document may do by itself. Removals apply at once in every mode.
type FollowMode string

// The modes.
const (
	Follow FollowMode = "follow" // everything applies, within the rules
	Review FollowMode = "review" // additions wait for an operator
	Frozen FollowMode = "frozen" // additions are noted and never asked about
)

// Importer says who brought an imported application here.
type Importer string

// ByOperator is an import or an approval; ByClient is a stranger let in on first sight.
const (
	ByOperator Importer = "admin"
	ByClient   Importer = "client"
)

// Import is what an imported application has beside what every application has: the state of its metadata document.
type Import struct {
	By       Importer
	Mode     FollowMode
	Rule     string // the admission rule that let it in; empty for an operator's import
	Approved DocumentRef
	Live     DocumentRef // the newest valid one; differs from Approved while additions wait
	Keys     KeySetRef   // the key set whose keys are in use
	LiveKeys KeySetRef   // the newest one; zero if the document names none. It differs from Keys while a replacement is held

	ClientURI string
	TermsURI  string
	PolicyURI string
	JWKSURI   string
	Algorithm string       // token_endpoint_auth_signing_alg; empty = any that fits the key
	Scopes    oauth.Scopes // the scope member: what it says it may ask for
	Identity  string       // names what a consent was given to; changes with name, logo, client_uri and with every widening

	FetchedAt    time.Time // the last valid fetch, a 304 included
	DueAt        time.Time // when it is to be fetched again; before that it is fresh
	ETag         string
	LastModified string
	KeysAt       time.Time // the last answer about the key set, with keys or without; trouble on the way is none
	KeysDueAt    time.Time
	Failures     int // in a row
	Failure      audit.FailureKind
	FailedAt     time.Time // the first of those in a row; zero after a success

	SuspendedAt  time.Time
	SuspendedWhy SuspendReason
	WithdrawnAt  time.Time
	GoneAt       time.Time // the first of the answers in a row that said that the document is gone; zero when it is there
	PinnedUntil  time.Time // the kept copy counts although the host cannot be reached

	ClientCredentials bool              // the operator's switch for the grant
	Ceiling           []oauth.GrantType // what the operator allows at most, whatever a later document asks; nil = everything
	OwnType           Type              // the operator's choice of type, whatever a later document says; empty = the document's
	AudienceUntil     time.Time         // until then the token endpoint's URL is accepted as aud of an assertion
	Dropped           []string          // what newer documents took away of the approved one while they wait; see Import.Left
	LogoHash          string            // of the logo we serve; empty = none
	Revision          int64             // counts up with every change of this state
}

// Waits reports whether something of the newest document, or of its key set, waits for an operator. Under Frozen it is noted
// and not asked about.
func (m *Import) Waits() bool { return m.Live.Version != m.Approved.Version || m.KeysHeld() }

// KeysHeld reports whether the newest key set waits for an operator.
func (m *Import) KeysHeld() bool {
	return m.LiveKeys.Version != 0 && m.LiveKeys.Version != m.Keys.Version
}

// SuspendReason says why an imported application begins nothing new.
type SuspendReason string

// The reasons.
const (
	SuspendedGone      SuspendReason = "gone"           // the document answered 404 or 410, or names another client_id
	SuspendedInvalid   SuspendReason = "invalid"        // the document broke a rule
	SuspendedDowngrade SuspendReason = "auth_downgrade" // it had keys and now says none
	SuspendedReturn    SuspendReason = "returned"       // it was withdrawn and is there again
)

// DocumentRef names one version of a metadata document.
type DocumentRef struct {
	Version int64
	Hash    string // SHA-256 of its bytes in base64url
	At      time.Time
	By      string // who approved it; empty for a live one
}

// KeySetRef names one version of a key set.
type KeySetRef struct {
	Version int64
	Hash    string
}

// DocumentVersion is one metadata document as it was accepted.
type DocumentVersion struct {
	DocumentRef
	Body    []byte
	Mapped  Mapped            // without keys, which are in the key set
	Address string            // it came from
	Headers map[string]string // content-type, cache-control, etag, last-modified, date, age, expires
	Status  VersionStatus
}

// KeySetVersion is one key set as it was seen.
type KeySetVersion struct {
	KeySetRef
	Body        []byte
	Thumbprints []string
	FirstSeen   time.Time
	LastSeen    time.Time
	Status      VersionStatus
}

// VersionStatus is what became of a version.
type VersionStatus string

// The statuses.
const (
	VersionApproved VersionStatus = "approved" // by an operator, or applied by itself
	VersionWaiting  VersionStatus = "waiting"  // has additions that an operator has not approved
	VersionReplaced VersionStatus = "replaced"
)

// Mapped is a metadata document in the registry's words: every field a document owns.
type Mapped struct {
	Name         string
	Description  string
	LogoURI      string
	ClientURI    string
	TermsURI     string
	PolicyURI    string
	Type         Type
	RedirectURIs []string
	GrantTypes   []oauth.GrantType
	AuthMethods  []oauth.AuthMethod
	Algorithm    string
	JWKSURI      string
	Keys         []Key `json:"-"` // inline, or those of jwks_uri
	Scopes       oauth.Scopes
}

// Sighting is one valid answer of a metadata URL, with the key set it points to.
type Sighting struct {
	URL     string
	Body    []byte
	Hash    string
	At      time.Time
	DueAt   time.Time
	Address string
	Headers map[string]string
	Mapped  Mapped          // Keys included
	KeySet  *KeySetSighting // nil if there is none, or if it could not be had
	NoKeys  bool            // the jwks_uri is answered, and not with keys: those before do not count any more
}

// KeySetSighting is one valid answer of a jwks_uri, or the inline jwks.
type KeySetSighting struct {
	Body  []byte
	Hash  string
	At    time.Time
	DueAt time.Time // zero for inline keys
	Keys  []Key
}

// ChangeClass is what a difference between two documents means for those who trusted the first.
type ChangeClass string

// The classes, the harmless ones first.
const (
	ClassCosmetic  ChangeClass = "cosmetic"       // description, terms, policy
	ClassIdentity  ChangeClass = "identity"       // name, logo, client_uri
	ClassWidening  ChangeClass = "widening"       // a redirect, grant type, method or scope more
	ClassNarrowing ChangeClass = "narrowing"      // one less
	ClassKey       ChangeClass = "key"            // keys
	ClassDowngrade ChangeClass = "auth_downgrade" // from keys to none
)

// Difference is one field of a document before and after.
type Difference struct {
	Field   string
	Class   ChangeClass
	Added   []string
	Removed []string
	Applies bool // at once; else it waits for an operator
}
