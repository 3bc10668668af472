// Package settings is the pages of the instance: settings, admission rules, branding, signing keys, operators.
//
//	GET, POST /dashboard/settings …/branding …/sign-in …/sessions …/defaults …/retention …/operators
//	GET, POST /dashboard/settings/applications          who is let in with a URL nobody imported: mode, rules, test
//	GET  /dashboard/settings/keys                       signing keys: rotate, revoke; /dashboard/keys leads here
package settings
