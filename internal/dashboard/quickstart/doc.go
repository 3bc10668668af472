// Package quickstart is the first tab of an application: guides for the stacks people use, filled with the values of this
// application and this server. The guides stand in guides/, one folder each; test/guides runs what can be run.
//
//	GET  /dashboard/applications/{id} …/guides          a gallery, ?guide= filled with real values
//	POST /dashboard/applications/{id}/callback          registers the callback URL of a guide
package quickstart
