// Package applications is the pages of applications: list, create, settings, credentials, the security check.
//
//	GET  /dashboard/applications                        list, search, filter, sort
//	GET  /dashboard/applications/several                names the ticked ones and says what stops; …/switch and …/delete do it
//	GET, POST /dashboard/applications/new               create; a secret is shown by answering the POST
//	GET, POST /dashboard/applications/{id}/settings     one input a URL; 409 with both versions of what somebody else saved meanwhile
//	GET, POST /dashboard/applications/{id}/advanced     grant types, PKCE, metadata, endpoints; …/jwks.json and …/keys.pem to download
//	GET  /dashboard/applications/{id}/credentials       method, secrets and keys; ?open= shows one form where no dialog can
//	POST /dashboard/applications/{id}/method            409 with both versions if somebody else chose another method meanwhile
//	GET, POST /dashboard/applications/{id}/duplicate    a copy, also with another type or owner
//	GET  /dashboard/applications/{id}/security          what the security check found; …/mend and …/mend-credential make its changes
//	POST /dashboard/applications/{id}/security/draft    the same about what is typed, as a piece of a page (…/new/… for one to be made)
//	GET  /dashboard/applications/{id}/danger            switch off, replace the secret, delete
//
// Creating an application needs no second sign-in although it may show a secret: the secret opens nothing before a grant, and
// granting does need one.
package applications
