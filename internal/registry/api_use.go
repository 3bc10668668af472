package registry

// MaxCount is where counts that stand on a page end: beyond it a page says that there are more.
const MaxCount = 1000

// ScopeUse is who holds a permission of an API by a client grant.
type ScopeUse struct {
	Applications int // that name the permission, at most MaxCount and one
	Whole        int // that have every permission of the API, at most MaxCount and one
	Defaults     int // default grants that name it
}

// Caller is an application with a client grant of its own for an API.
type Caller struct {
	Application Application  // its row alone: name, type, ownership, whether it is on
	People      *ClientGrant // acting for a person; nil if it has none
	Itself      *ClientGrant // acting for itself; nil if it has none
}

// CallerQuery selects the applications with a client grant of their own for an API, newest applications first.
type CallerQuery struct {
	APIID  string
	Search string // as that of Query
	After  string // cursor of the page before; empty = first
	Limit  int
}
