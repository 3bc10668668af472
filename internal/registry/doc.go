// Package registry is what is registered: applications with their credentials, APIs (resource servers) and client grants,
// and the rules they keep.
//
//	Registry    the one writer: create.go, update.go, secrets.go, api_change.go, client_grant.go; read.go passes through
//	Directory   cached reads for the protocol, and who may call which API: directory.go, cache.go, access.go
//	rules       rules.go is the table; *_rules.go the checks; Judge… the verdict on one value; defaults.go what a type means
//	Change      before and after per field, for the audit event and the page
//
// Every path that creates or changes one of them (dashboard, Management API, command line, import) goes through Registry,
// so that defaults, rules, id and secret minting and the audit event stand in one place.
//
// Invariants: an id is never reused; ownership and origin never change; a secret is kept as a keyed hash and shown once;
// a refusal names every violation; a write is refused if somebody else wrote in between; a cache never answers with what
// was there before an invalidation it was told of.
//
// Specs: RFC 6749 §2, RFC 8252, RFC 8707, RFC 9700, OpenID Connect Core 1.0 §4.
package registry
