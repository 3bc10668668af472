// Package apis is the pages of APIs: list, create, settings, permissions, who may call them, and the document of an MCP server.
//
//	GET, POST /dashboard/apis …/new …/{id}              list, create, settings
//	GET, POST /dashboard/apis/{id}/permissions          names what can be granted
//	GET, POST /dashboard/apis/{id}/applications …/third-parties   who has access; what every third party has
//	GET, POST /dashboard/apis/{id}/mcp                  the RFC 9728 document to serve; the POST fetches the one that is served
//	GET, POST /dashboard/apis/{id}/danger
package apis
