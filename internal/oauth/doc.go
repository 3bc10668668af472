// Package oauth holds the words of the protocol: client identifiers, grant types, scopes, redirect URIs, PKCE and the error
// codes. It knows neither HTTP nor SQL.
//
// Specs: RFC 6749, RFC 6750, RFC 7636, RFC 8252, RFC 8707, RFC 9207, RFC 9700, OpenID Connect Core 1.0.
package oauth
