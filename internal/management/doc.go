// Package management is /api/v2: the registry for programs, in the JSON of Auth0's Management API, so that its SDKs, its
// Terraform provider and its deploy tool work against this server. It is the only place that knows Auth0's field names.
//
//	GET    /api/v2/clients                     read:clients, read:client_keys, read:client_credentials, read:client_summary
//	POST   /api/v2/clients                     create:clients
//	GET    /api/v2/clients/{id}                as the list
//	PATCH  /api/v2/clients/{id}                update:clients
//	DELETE /api/v2/clients/{id}                delete:clients
//	POST   /api/v2/clients/{id}/rotate-secret  update:client_keys
//	GET    /api/v2/resource-servers            read:resource_servers
//	POST   /api/v2/resource-servers            create:resource_servers
//	GET    /api/v2/resource-servers/{id}       read:resource_servers; by id or URL-encoded identifier
//	PATCH  /api/v2/resource-servers/{id}       update:resource_servers
//	DELETE /api/v2/resource-servers/{id}       delete:resource_servers
//	GET    /api/v2/client-grants               read:client_grants
//	POST   /api/v2/client-grants               create:client_grants
//	GET    /api/v2/client-grants/{id}          read:client_grants
//	PATCH  /api/v2/client-grants/{id}          update:client_grants
//	DELETE /api/v2/client-grants/{id}          delete:client_grants
//	GET    /api/v2/openapi.json                public
//
// Invariants: a token is checked again on every call, so that switching an application off or taking its grant away works
// at once; nobody grants a scope that his own token lacks; a client secret leaves only in the answer that minted it; a
// setting of Auth0's that this server does not act on is remembered and given back, unless believing in it would be
// dangerous: then it is refused with the reason; every fault of a body is named, not the first. No CORS.
//
// Specs: RFC 6750, RFC 9068, OpenAPI 3.1.
package management
