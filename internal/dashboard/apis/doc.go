// Package apis is the pages of APIs: list, create, settings, permissions, who may call them, and the document of an MCP server.
//
//	GET, POST /dashboard/apis …/new …/{id}              list, create (?for= an application), settings
//	GET, POST /dashboard/apis/{id}/permissions          names what can be granted
//	GET, POST /dashboard/apis/{id}/applications …/third-parties   who has access; what every third party has
//	GET, POST /dashboard/apis/{id}/mcp                  the RFC 9728 document to serve; the POST fetches the one that is served
//	GET, POST /dashboard/apis/{id}/danger
//
// Invariants: who may use an API, and whether people are asked, changes after a fresh sign-in only, as a grant does; a server behind
// an API is asked by GET without a token, and at a host that only an exception of the guard opens for owners alone.
//
// Specs: RFC 9728; MCP 2026-07-28, authorization.
package apis
