// Package dashboard is the pages for those who run the instance: set-up, operator sign-in, applications, APIs, people, keys and
// settings. Every page is made on the server and every change is a plain form, so all of it works without script.
//
//	GET, POST /setup                                   the first operator; the link's token travels in the fragment
//	GET, POST /dashboard/signin                        operators only; also the "sign in once more" of sensitive changes
//	GET, POST /dashboard/signin/passkey                the same by a passkey; GET is the options for a script
//	GET, POST /dashboard/passkey                       adds the passkey that the instance demands, before anything else
//	GET, POST /dashboard/profile                       one's own address, name, password, passkeys and sessions
//	GET  /dashboard/continue                           takes a change up again that a sign-in interrupted
//	POST /dashboard/signout
//	GET  /dashboard                                    what needs attention, sign-ins and tokens of 30 days, newest activity, first steps
//	GET  /dashboard/attention/{kind}                   the applications that one reason to act is about
//	GET  /dashboard/applications                       list, search, filter, sort
//	GET  /dashboard/applications/several               names the ticked ones and says what stops; …/switch and …/delete do it
//	GET, POST /dashboard/applications/new              create; a secret is shown by answering the POST
//	GET, POST /dashboard/applications/import           a metadata URL → what would be registered; …/create registers it
//	GET  /dashboard/applications/waiting               unknown applications that wait, each at /dashboard/waiting/{id}
//	GET  /dashboard/applications/{id}                  quick start: a gallery of guides, ?guide= filled with real values
//	GET  /dashboard/applications/{id}/guides           the same, also for an application from a URL
//	GET, POST /dashboard/applications/{id}/settings    one input a URL; 409 with both versions of what somebody else saved meanwhile
//	GET, POST /dashboard/applications/{id}/advanced    grant types, PKCE, metadata, endpoints; …/jwks.json and …/keys.pem to download
//	GET  /dashboard/applications/{id}/credentials      method, secrets and keys; ?open= shows one form where no dialog can
//	GET, POST /dashboard/applications/{id}/duplicate   a copy, also with another type or owner
//	GET  /dashboard/applications/{id}/document         of an imported one: refresh, approve, versions, key sets, switches
//	GET, POST /dashboard/applications/{id}/apis        who may call which API with which permissions
//	GET  /dashboard/applications/{id}/security         what the security check found; …/mend and …/mend-credential make its changes
//	POST /dashboard/applications/{id}/security/draft   the same about what is typed, as a piece of a page (…/new/… for one to be made)
//	GET  /dashboard/applications/{id}/danger           switch off, replace the secret, delete
//	GET  /dashboard/apis …/new …/{id}                  APIs: settings, permissions, applications, third-parties, mcp (checked live), danger
//	GET  /dashboard/users …/new …/{id}                 people: profile, role, password, reset link; …/access what they are signed in with; …/danger
//	GET  /dashboard/activity …/export.jsonl            changes, uses and refusals as one log, with filters; the same as JSON lines
//	GET  /dashboard/applications/{id}/activity         what was changed of it and what it did
//	GET  /dashboard/activity/refusals …/{reference}    why an application with a URL was refused
//	GET, POST /dashboard/applications/{id}/try         a real authorization for the application, run by an operator
//	GET  /dashboard/try/callback                       where a run is answered; its page is /dashboard/try/{run}
//	GET  /dashboard/tools                              the three tools
//	GET, POST /dashboard/tools/token                   takes a token apart, verifies it, explains each claim
//	GET  /dashboard/tools/discovery                    the metadata documents and keys as they are served
//	GET, POST /dashboard/tools/metadata-linter         the checklist, for those who publish documents
//	GET  /dashboard/settings/keys                      signing keys: rotate, revoke; /dashboard/keys leads here
//	GET, POST /dashboard/settings …/branding …/sign-in …/sessions …/defaults …/retention …/operators
//	GET, POST /dashboard/settings/applications         who is let in with a URL nobody imported: mode, rules, test
//
// Invariants: the operator's cookie is another than the person's, SameSite=Strict, and its session ends after 30 idle minutes
// and 8 hours; a role is checked before anything is read, and a viewer changes nothing; secrets, keys, client grants, deleting
// and operators need a sign-in at most 5 minutes old, and what was typed survives it; a POST is answered 303, or 422 with every
// message in its place, or with the one page that shows a secret; a secret's page is never stored and its form works once; an
// edit of something that changed meanwhile is refused with both in sight.
//
// What comes from a metadata document is shown hosts first and as text, never as a link that nobody checked; a decision about a
// document is bound to the hashes of what was looked at.
//
// Creating an application needs no second sign-in although it may show a secret: the secret opens nothing before a grant, and
// granting does need one.
package dashboard
