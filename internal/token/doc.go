// Package token is where clients turn grants into tokens and give tokens back.
//
//	POST /oauth/token    authorization_code, refresh_token, client_credentials; form or JSON
//	POST /oauth/revoke   refresh tokens and access tokens that belong to a grant; form or JSON
//
// Invariants: the request is parsed once and the client is authenticated before anything is looked up for it; a code and a
// refresh token are checked completely before they are spent, and the store decides who spends them; an access token is for
// one API and never has a scope that the person, the client grant or the API did not give; a token issued for a grant
// names it in its jti, so that ending the grant ends it wherever we are asked. A grant that was made with a key is never
// continued with less. An application from a metadata document is looked up and never fetched; what it gets is decided by its
// configuration of now, redirect URIs included, and by how its document stands.
//
// Order on purpose: a code is redeemed before its tokens are signed. If signing failed, the code would be spent and the
// person would sign in again; the other way round, tokens would exist that nobody won the right to. A refresh token is
// rotated before signing too, and there a retry within the leeway gets the same successor.
//
// Specs: RFC 6749 §4.1.3, §4.4, §5, §6, RFC 7009, RFC 7636 §4.6, RFC 8707 §2, RFC 9068 §2, RFC 9700 §4.14, CIMD-02 §6,
// OpenID Connect Core 1.0 §2, §3.1.3, §12.
package token
