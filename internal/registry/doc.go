// Package registry is what is registered: applications with their credentials, APIs (resource servers) and client grants,
// and the rules they keep. Every path that creates or changes one of them (dashboard, Management API, command line, import)
// goes through Registry, so that defaults, rules, id and secret minting and the audit event stand in one place.
//
// Invariants: an id is never reused; ownership and origin never change; a secret is kept as a keyed hash and shown once;
// a refusal names every violation; a write is refused if somebody else wrote in between.
package registry
