// Package documents is the pages of applications from a URL: import, the queue of those that wait, and the document of each.
//
//	GET, POST /dashboard/applications/import            a metadata URL → what would be registered; …/create registers it
//	GET  /dashboard/applications/waiting                unknown applications that wait, each at /dashboard/waiting/{id}
//	GET  /dashboard/applications/{id}/document          refresh, approve, versions, key sets, switches
//
// What comes from a metadata document is shown hosts first and as text, never as a link that nobody checked; a decision about a
// document is bound to the hashes of what was looked at.
package documents
