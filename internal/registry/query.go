package registry

// Query selects applications.
type Query struct {
	Search     string // words; each must begin a word of the name, an id, a tag or a redirect host
	Types      []Type // empty = all
	Ownership  Ownership
	Origin     Origin
	Enabled    *bool
	Unfinished bool   // strangers too that have not finished an authorization yet
	After      string // cursor of the page before; empty = first
	Limit      int
	Offset     int // for page numbers; not together with After
	Total      bool
}

// Page is one page of things, newest first.
type Page[T any] struct {
	Items []T
	Next  string // cursor of the next page; empty = last
	Total int    // only if the query asked for it
}

// APIQuery selects APIs, by name.
type APIQuery struct {
	Search      string
	Identifiers []string
	After       string
	Limit       int
	Offset      int
	Total       bool
}

// ClientGrantQuery selects client grants, newest first.
type ClientGrantQuery struct {
	ApplicationID string
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
