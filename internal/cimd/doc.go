// Package cimd is applications from a metadata URL: Client ID Metadata Documents.
//
//	reading.go     what a document asks, what becomes of each member, and why
//	document.go    bytes → a reading; members, links, methods, grants and redirects have a file each
//	freshness.go   how long an answer is good, RFC 9111
//	fetch.go       URL → a sighting: document and key set, through outbound
//	preview.go     what an import or a refresh would do; nothing stored
//	register.go    import and refresh by an operator
//	approve.go     what becomes of clients that wait for an operator
//	finder.go      who a client ID is: for the protocol's doors
//	resolve.go     an unknown URL on first sight: admission, limits, queue, strangers
//	refresh.go     documents and key sets of clients in use, in the background
//	lint.go        the whole checklist, for those who publish documents; checklist.go has its rows
//	clients.go     would well-known clients be let in here; known/ has their documents
//	logo.go        logos, re-encoded and served by us
//	trace.go       why somebody was refused, for the operator who has the reference
//
// Invariants: the URL is the identity and is compared as a string; nothing invalid is stored or cached; an earlier fetch
// never overwrites a later one; the network is never used inside a transaction; what a client may do is what was approved
// and what its document says now, both.
//
// Specs: CIMD-02; CIMD-03 §6; MCP 2026-07-28; RFC 7591 §2; RFC 9111; OpenID RP Metadata Choices 1.0.
package cimd
