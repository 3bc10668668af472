// Package tools is what helps when something does not work: Try it, the token decoder, the discovery viewer, the linter.
//
//	GET, POST /dashboard/applications/{id}/try          a real authorization for the application, run by an operator
//	GET  /dashboard/try/callback                        where a run is answered; its page is /dashboard/try/{run}
//	GET  /dashboard/tools                               the three tools
//	GET, POST /dashboard/tools/token                    takes a token apart, verifies it, explains each claim
//	GET  /dashboard/tools/discovery                     the metadata documents and keys as they are served
//	GET, POST /dashboard/tools/metadata-linter          the checklist, for those who publish documents
package tools
