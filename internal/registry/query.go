package registry

import "time"

// Sort is the order of a list of applications.
type Sort string

// The orders. Newest is the one nobody asks for.
const (
	Newest   Sort = ""
	ByName   Sort = "name"      // A to Z, letters of both cases alike
	LastUsed Sort = "last_used" // the last used first, the never used last
)

// FindingCounts are how many findings of the security check an application had when it was last checked.
type FindingCounts struct {
	High, Moderate, Low, Info int
	CheckedAt                 time.Time // zero = never
}

// Query selects applications.
type Query struct {
	Search     string // words; each must begin a word of the name, an id, a tag or a redirect host
	Types      []Type // empty = all
	Ownership  Ownership
	Origin     Origin
	Enabled    *bool
	Unused     time.Time // only applications that were not used since, and were made before; zero = all
	Risky      bool      // only applications with a finding of high severity when they were last checked
	Sort       Sort
	Unfinished bool     // strangers too that have not finished an authorization yet
	IDs        []string // internal ids, at most MaxPageSize; empty = all
	Held       bool     // only imported ones that are suspended or withdrawn
	After      string   // cursor of the page before; empty = first
	Before     string   // cursor of the page behind; wins over After
	Limit      int
	Offset     int // for page numbers; not together with After
	Total      bool
	Bare       bool // without URIs, tags, secrets and keys: for lists that show none
}

// Page is one page of things, newest first.
type Page[T any] struct {
	Items []T
	Next  string // cursor of the next page; empty = last
	Back  string // cursor of the page before, for Before; empty = first, or a list that is not read back
	Total int    // only if the query asked for it
}

// APIQuery selects APIs, by name.
type APIQuery struct {
	Search      string
	Identifiers []string
	IDs         []string // at most MaxPageSize; empty = any
	After       string
	Limit       int
	Offset      int
	Total       bool
}

// ClientGrantQuery selects client grants, newest first.
type ClientGrantQuery struct {
	ApplicationID string
	APIIDs        []string // of one of these; empty = of any
	APIID         string
	ThirdParties  bool // only default grants for third parties
	Strangers     bool // only default grants for applications nobody approved
	SubjectType   SubjectType
	After         string
	Limit         int
	Offset        int
	Total         bool
}

// ManagementAPIID is the internal id of the system API. Its identifier is the issuer followed by api/v2/, computed at run
// time and never stored.
const ManagementAPIID = "000000000000000000000001"
