// Package discovery tells clients where everything is and what it can do.
//
//	GET /.well-known/openid-configuration          the metadata
//	GET /.well-known/oauth-authorization-server    the same bytes
//	GET /.well-known/jwks.json                     the public signing keys
//
// With an issuer that has a path, as in https://id.example/tenant/, the metadata is also where RFC 8414 puts it, between host
// and path, and behind a doubled slash, for clients that glue /.well-known to an issuer with its trailing slash. The roof
// brings those here.
//
// Invariants: the issuer is the configured one to the letter; what is advertised is what the rooms say they do, and every
// room is asked; all forms serve identical bytes.
//
// client_id_metadata_document_supported is there while a client ID may be a URL, and follows the settings at once.
//
// Specs: CIMD-02 §6, RFC 8414 §2, §3, §5, OpenID Connect Discovery 1.0 §3, §4, RFC 7517 §5.
package discovery
