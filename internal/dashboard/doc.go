// Package dashboard is the pages for those who run the instance. Every page is made on the server and every change is a plain
// form, so all of it works without script. Each part has a room of its own below this one; here are the door, the sign-in, Home
// and the operator's own profile.
//
//	frame         what all pages share; no page of its own
//	access        which APIs an application may call
//	activity      the log
//	apis          APIs
//	applications  applications
//	documents     applications from a URL
//	quickstart    guides
//	settings      the instance
//	tools         Try it, the decoder, the linter
//	users         people
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
//
// Invariants: the operator's cookie is another than the person's, SameSite=Strict, and its session ends after 30 idle minutes
// and 8 hours; a role is checked before anything is read, and a viewer changes nothing; secrets, keys, client grants, deleting
// and operators need a sign-in at most 5 minutes old, and what was typed survives it; a POST is answered 303, or 422 with every
// message in its place, or with the one page that shows a secret; a secret's page is never stored and its form works once; an
// edit of something that changed meanwhile is refused with both in sight. The rooms import frame and access, never each other.
package dashboard
