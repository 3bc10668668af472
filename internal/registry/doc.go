// Package registry is what is registered: applications with their credentials, APIs (resource servers) and client grants,
// and the rules they keep.
//
//	Registry    the one writer: create.go, update.go, secrets.go, api_change.go, client_grant.go; read.go passes through
//	Directory   cached reads for the protocol, and who may call which API: directory.go, cache.go, access.go
//	rules       rules.go is the table; *_rules.go the checks; Judge… the verdict on one value; defaults.go what a type means
//	Change      before and after per field, for the audit event and the page
//
// Of applications from a URL:
//
//	Import      document → application: import_create.go; what was fetched later: observe.go; an operator's word: approve.go
//	effective   what of a document counts: effective.go, and what differs means: compare.go; ceiling.go for less than that
//	step        how a change of the state is made and written: import_step.go, import_settle.go, import_commit.go
//	Standing    whether its document lets an application go on: standing.go
//	admission   who may come unasked: admission_pattern.go, decide.go, admission_rule.go; who waits: waiting.go
//
// Every path that creates or changes one of them (dashboard, Management API, command line, import) goes through Registry,
// so that defaults, rules, id and secret minting and the audit event stand in one place.
//
// Invariants: an id is never reused; ownership and origin never change; a secret is kept as a keyed hash and shown once;
// a refusal names every violation; a write is refused if somebody else wrote in between; a cache never answers with what
// was there before an invalidation it was told of. An imported application acts on what was approved and is in its document
// now, never has a shared secret, and an earlier fetch never overwrites a later one.
//
// Specs: RFC 6749 §2, RFC 8252, RFC 8707, RFC 9700, OpenID Connect Core 1.0 §4, CIMD-02, CIMD-03 §6.
package registry
