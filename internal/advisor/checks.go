package advisor

import "clientele/internal/registry"

// checks is every check, in the order in which they are listed in docs/checks.md, which is generated from here.
var checks = []check{
	// Where people are sent back to.
	{
		id: "redirect_wildcard", severity: High, field: "redirect_uris", applies: forPerson, find: redirectWildcards,
		title: "A callback URL has a wildcard", passed: "Every callback URL is written out",
		why:  "Whoever gets hold of any name below the domain, a forgotten subdomain for instance, receives the authorization codes of people who sign in.",
		spec: "RFC 9700 §4.1.3", fix: "Register every host that is used, and remove the wildcard.",
	},
	{
		id: "redirect_dead_host", severity: High, field: "redirect_uris", applies: forPerson, use: true, find: redirectDeadHosts,
		title: "A callback URL is on a host that no longer exists", passed: "No callback host is known to be gone",
		why:  "Its name has no address any more. Whoever registers the domain, or claims the subdomain where it was hosted, receives the authorization codes of people who sign in.",
		spec: "RFC 9700 §4.1", fix: "Remove the callback URL, or give the host its address back.",
	},
	{
		id: "redirect_localhost", severity: High, field: "redirect_uris", applies: both(forProduction, forPerson, not(ofType(registry.Native)), not(forImported)), find: redirectLocalhost,
		title: "A callback URL is on localhost", passed: "No callback URL is on localhost",
		why:  "Any program on a person's device can listen there and take the authorization code. It belongs in a development instance, or in a native application.",
		spec: "RFC 8252 §8.3", fix: "Remove it from this instance; use an application of its own for development.",
	},
	{
		id: "redirect_http", severity: High, field: "redirect_uris", applies: both(forProduction, forPerson), find: redirectPlain,
		title: "A callback URL is plain http", passed: "Every callback URL is protected on the way",
		why: "Whoever is on the network reads the authorization code.", spec: "RFC 9700 §2.6",
		fix: "Serve the callback over https.",
	},
	{
		id: "redirect_loopback_imported", severity: Info, field: "redirect_uris", applies: both(forPerson, forImported), asks: true, find: redirectLocalhost,
		title: "People are sent back to a program on their device", passed: "Nobody is sent to a program on their device",
		why:  "Any program on the device can listen there. PKCE makes the code useless to it, and people are asked for consent each time, but they cannot tell two programs apart.",
		spec: "RFC 8252 §8.3", fix: "Nothing, if its owner makes a program that people install. Ask its owner otherwise.",
	},
	{
		id: "redirect_unused", severity: Low, field: "redirect_uris", applies: both(forPerson, not(forImported)), use: true, find: redirectUnused,
		title: "A callback URL was not used for 90 days", passed: "Every callback URL is used",
		why:  "Each callback URL is a place where codes can be sent to. One that nobody looks after any more is where an attacker waits.",
		spec: "RFC 9700 §4.1", fix: "Remove it if nothing needs it.",
	},
	{
		id: "redirect_native_web", severity: Info, field: "redirect_uris", applies: both(forPerson, ofType(registry.Native)), find: redirectNativeWeb,
		title: "A native application returns to a web page", passed: "The application is returned to directly",
		why:  "Only a claimed https link leads back into the program. Any other page gets the authorization code in a browser, which cannot use it safely.",
		spec: "RFC 8252 §7.2", fix: "Make sure that the link is claimed by the program (App Links, Universal Links), or choose the type regular web application.",
	},
	{
		id: "redirect_localhost_name", severity: Info, field: "redirect_uris", applies: both(forPerson, ofType(registry.Native)), find: redirectLocalhostName,
		title: "A native application uses the name localhost", passed: "Loopback callbacks use the address",
		why:  "The name may lead elsewhere than to this device; the address cannot.",
		spec: "RFC 8252 §8.3", fix: "Register http://127.0.0.1 and http://[::1] as well, and let the program use those.",
	},
	{
		id: "redirect_private_scheme", severity: Info, field: "redirect_uris", applies: forPerson, find: redirectSchemes,
		title: "A callback URL uses a private scheme", passed: "No callback URL uses a private scheme",
		why:  "Another program on the device can claim the same scheme and receive the code. PKCE makes that code useless to it, but a person cannot tell the two apart.",
		spec: "RFC 8252 §8.1", fix: "Use a claimed https link where the platform has one.",
	},
	{
		id: "web_origin_insecure", severity: High, field: "web_origins", applies: forProduction,
		find:  insecureOrigins("Web origin", "web_origins", func(a *registry.Application) []registry.URI { return a.WebOrigins }),
		title: "A web origin is on localhost or plain http", passed: "Every web origin is https",
		why:  "Whatever runs under this origin on a person's device may call the token endpoint as this application.",
		spec: "RFC 9700 §2.6", fix: "Remove it from this instance; use an application of its own for development.",
	},
	{
		id: "cors_origin_insecure", severity: High, field: "cors_origins", applies: forProduction,
		find:  insecureOrigins("Allowed origin", "cors_origins", func(a *registry.Application) []registry.URI { return a.CORSOrigins }),
		title: "An allowed origin is on localhost or plain http", passed: "Every allowed origin is https",
		why:  "Whatever runs under this origin on a person's device may read answers that are meant for this application.",
		spec: "RFC 9700 §2.6", fix: "Remove it from this instance; use an application of its own for development.",
	},
	{
		id: "logout_insecure", severity: Low, field: "logout_uris", applies: both(forProduction, not(ofType(registry.Native))),
		find:  insecureOrigins("Logout URL", "logout_uris", func(a *registry.Application) []registry.URI { return a.LogoutURIs }),
		title: "A logout URL is on localhost or plain http", passed: "Every logout URL is https",
		why:  "People land there after they signed out and take the page for yours.",
		spec: "RFC 9700 §4.11", fix: "Remove it from this instance.",
	},
	{
		id: "login_url_missing", severity: Info, field: "initiate_login_uri", applies: both(forPerson, ofType(registry.SinglePage, registry.RegularWeb), not(forThirdParty)), find: loginURLMissing,
		title: "The application has no login URL", passed: "Sign-in can begin at the application",
		why:  "Whoever wants to send people into the application, from a portal or a bookmark, knows no address that begins a sign-in.",
		spec: "OpenID Connect Core 1.0 §4", fix: "Enter the page of the application that begins a sign-in.",
	},
	{
		id: "login_url_insecure", severity: Low, field: "initiate_login_uri", applies: forProduction, find: loginURLInsecure,
		title: "The login URL is on localhost or plain http", passed: "The login URL is https",
		why:  "Somebody on the network, or a program on the device, can answer in its place and ask for passwords.",
		spec: "OpenID Connect Core 1.0 §4", fix: "Enter an https URL.",
	},

	// What it is and what it may do.
	{
		id: "grant_unexpected", severity: High, field: "grant_types", find: grantsUnexpected,
		title: "A grant type does not belong to this type of application", passed: "The grant types are those of its type",
		why:  "A grant that the program does not need is a second way in that nobody watches. The implicit and password grants do not exist here at all.",
		spec: "RFC 9700 §2.1.2", fix: "Switch the grant off, or choose the type that the program really is.",
	},
	{
		id: "pkce_off_public", severity: High, field: "require_pkce", applies: both(forPerson, publicOrNative), find: pkceOff, mend: mendPKCE,
		title: "PKCE is not required", passed: "PKCE is required",
		why:  "Nothing but PKCE ties the authorization code of such an application to the program that asked for it. Whoever sees the code can use it.",
		spec: "RFC 9700 §2.1.1", fix: "Require PKCE.",
	},
	{
		id: "pkce_off", severity: Low, field: "require_pkce", applies: both(forPerson, not(publicOrNative)), find: pkceOff,
		title: "PKCE is not required", passed: "PKCE is required",
		why:  "A code that was stolen can be injected into a sign-in of somebody else. Only nonce stands against that, and the application has to check it.",
		spec: "RFC 9700 §2.1.1", fix: "Require PKCE once the application sends code_challenge; nearly every library does.",
	},
	{
		id: "m2m_user_facing", severity: Moderate, field: "type", applies: ofType(registry.MachineToMachine), find: machineWithPeople, mend: mendMachine,
		title: "A machine-to-machine application has settings for people", passed: "It has no settings for people",
		why:  "Nobody signs in to it. A callback URL or origin that is left over makes its credentials good for more than they are for.",
		spec: "RFC 9700 §2.3", fix: "Remove them, or choose the type regular web application.",
	},
	{
		id: "grants_mixed", severity: Info, field: "grant_types", applies: both(forPerson, not(forImported)), find: grantsMixed,
		title: "One application acts for people and for itself", passed: "It acts for people or for itself, not for both",
		why:  "A token that it got for itself can be mistaken for one of a person where an API looks at the subject only.",
		spec: "RFC 9700 §4.15", fix: "Register a machine-to-machine application for the work without a person.",
	},
	{
		id: "default_api", severity: Info, field: "default_api", applies: forPerson, find: defaultAPI,
		title: "The instance has a default API", passed: "Requests name the API they are for",
		why:  "An application that names no API gets tokens for this one, whether it needs them or not.",
		spec: "RFC 9700 §2.3", fix: "Let applications name their API with resource or audience, and switch the default off in the settings.",
	},

	// How it proves who it is.
	{
		id: "secret_public", severity: High, field: "secrets", applies: forPublic, find: secretPublic,
		title: "A public application holds a secret that works", passed: "The public application has no secret that works",
		why:  "It authenticates with nothing, so the secret protects nothing, and whoever finds it in the program believes that it does.",
		spec: "RFC 6749 §2.1", fix: "Revoke the secret, or choose an authentication method that uses it.",
	},
	{
		id: "secret_public_retired", severity: Info, field: "secrets", applies: both(forPublic, not(forImported)), find: secretPublicRetired,
		title: "A public application has secrets or keys left over", passed: "Nothing is left over of earlier credentials",
		why:  "They no longer work and are kept only to recognise their use. Copies may still be in the program.",
		spec: "RFC 6749 §2.1", fix: "Remove the old secrets and keys from the program and its configuration.",
	},
	{
		id: "secret_in_program", severity: High, field: "auth_methods", applies: ofType(registry.Native, registry.SinglePage), find: secretInProgram,
		title: "A program on people's devices authenticates with a secret", passed: "The program carries no secret",
		why:  "Everybody who has the program has the secret too.",
		spec: "RFC 8252 §8.5", fix: "Choose the authentication method none, and require PKCE.",
	},
	{
		id: "secret_old", severity: Moderate, field: "secrets", applies: forSecret, find: secretOld,
		title: "A secret is older than 180 days", passed: "Every secret is younger than 180 days",
		why:  "The longer a secret lives, the more copies there are: laptops, logs, backups, people who left.",
		spec: "RFC 9700 §2.5", fix: "Add a new secret, bring it to where the application runs, then let the old one end.",
	},
	{
		id: "secret_expiring", severity: Moderate, field: "secrets", applies: forSecret, find: secretExpiring,
		title: "The last working secret ends within 14 days", passed: "No secret is about to end without a successor",
		why:  "After that the application cannot get tokens, and people cannot sign in to it.",
		spec: "RFC 6749 §2.3.1", fix: "Add a new secret now and bring it to where the application runs.",
	},
	{
		id: "secret_expired", severity: Low, field: "secrets", applies: forSecret, find: secretExpired,
		title: "Every secret has expired", passed: "No secret ran out without a successor",
		why:  "The application cannot authenticate with a secret, and whoever runs it may be tempted to switch protection off in a hurry.",
		spec: "RFC 6749 §2.3.1", fix: "Add a secret and bring it to where the application runs, or switch the application off.",
	},
	{
		id: "secret_unused", severity: Moderate, field: "secrets", applies: forSecret, use: true, find: secretUnused,
		title: "A secret was not used for 90 days", passed: "Every secret is used",
		why:  "It works, and nobody would miss it: who finds it can use it unnoticed.",
		spec: "RFC 9700 §2.5", fix: "Revoke it.",
	},
	{
		id: "credential_retired_tried", severity: Moderate, field: "secrets", use: true, find: retiredTried,
		title: "A retired credential is still being tried", passed: "No retired credential was tried",
		why:  "Either a part of the application was forgotten at the rotation, or somebody found the old one.",
		spec: "RFC 9700 §2.5", fix: "Find out who sends it: Activity shows the address. If you do not know them, replace what is in use now as well.",
	},
	{
		id: "auth_secret_only", severity: Info, field: "auth_methods", applies: forSecret, find: secretOnly,
		title: "It authenticates with a secret where a key would do", passed: "It can authenticate with a key",
		why:  "A secret travels with every request and both sides know it. A key stays with the application: what leaks here or on the way cannot be used.",
		spec: "RFC 9700 §2.5", fix: "Register a public key and choose private_key_jwt.",
	},
	{
		id: "auth_secret_beside_key", severity: Low, field: "auth_methods", applies: forKeys, find: secretBesideKey,
		title: "A secret is accepted beside a key", passed: "No secret is accepted beside the key",
		why:  "The application is as safe as the weaker of the two.",
		spec: "RFC 9700 §2.5", fix: "Choose private_key_jwt alone when the application signs.",
	},
	{
		id: "auth_none_beside_key", severity: Low, field: "auth_methods", applies: both(forKeys, forImported), asks: true, find: noneBesideKey,
		title: "It may come with a key or with nothing", passed: "The key is always asked for",
		why:  "Somebody else can pass as this application by leaving the key out; only the callback URLs stand against that.",
		spec: "CIMD-02 §8.2", fix: "Ask its owner to publish private_key_jwt alone.",
	},
	{
		id: "key_shared", severity: High, field: "keys", applies: forKeys, use: true, find: keyShared,
		title: "Another application has the same key", passed: "No other application has the same key",
		why:  "Each of them can authenticate as the other, and replacing the key of one leaves the other open.",
		spec: "RFC 9700 §2.5", fix: "Give every application a key of its own.",
	},
	{
		id: "key_rsa_short", severity: High, field: "keys", applies: forKeys, find: keyShort,
		title: "An RSA key has less than 2048 bits", passed: "Every key is long enough",
		why:  "Such keys can be computed from their public part with means that can be rented.",
		spec: "RFC 7518 §3.3", fix: "Make a new key: ES256, EdDSA, or RSA with 2048 bits or more.",
	},
	{
		id: "key_expiring", severity: Moderate, field: "keys", applies: forKeys, find: keyExpiring,
		title: "A key or its certificate ends within 14 days", passed: "No key is about to end without a successor",
		why:  "After that the application cannot authenticate with it.",
		spec: "RFC 7523 §3", fix: "Add the next key now, let the application sign with it, then delete the old one.",
	},
	{
		id: "key_expired", severity: Low, field: "keys", applies: forKeys, find: keyExpired,
		title: "Every key, or its certificate, has ended", passed: "No key ran out without a successor",
		why:  "The application cannot authenticate with a key, and whoever runs it may be tempted to switch protection off in a hurry.",
		spec: "RFC 7523 §3", fix: "Add the next key, or switch the application off.",
	},
	{
		id: "key_unused", severity: Low, field: "keys", applies: both(forKeys, not(forImported)), use: true, find: keyUnused,
		title: "A key was not used for 90 days", passed: "Every key is used",
		why:  "It works, and nobody would miss it.",
		spec: "RFC 9700 §2.5", fix: "Delete it if it is not kept for an emergency.",
	},

	// How long what it gets is good for.
	{
		id: "refresh_spa_rotation", severity: High, field: "refresh.rotating", applies: both(forRefresh, forPublic), find: refreshFixed, mend: mendRotation,
		title: "Refresh tokens of a public application do not rotate", passed: "Refresh tokens rotate",
		why:  "They are bound to nothing, so a copy works as well as the original and nobody notices. Rotation shows the theft and ends both.",
		spec: "RFC 9700 §2.2.2", fix: "Switch rotation on.",
	},
	{
		id: "refresh_third_party_endless", severity: High, field: "refresh.lifetime", applies: both(forRefresh, forThirdParty), find: refreshEndless, mend: mendRefreshEnd,
		title: "A third party keeps access for ever", passed: "The access of the third party ends by itself",
		why:  "Its refresh tokens have no end, so what a person allowed once stays allowed after everybody forgot it.",
		spec: "RFC 9700 §4.14", fix: "Set a lifetime and an idle lifetime.",
	},
	{
		id: "refresh_endless", severity: Moderate, field: "refresh.lifetime", applies: both(forRefresh, not(forThirdParty)), find: refreshEndless, mend: mendRefreshEnd,
		title: "Refresh tokens never end", passed: "Refresh tokens end by themselves",
		why:  "One that leaks is good for ever unless somebody notices.",
		spec: "RFC 9700 §4.14", fix: "Set a lifetime, an idle lifetime, or both.",
	},
	{
		id: "refresh_leeway", severity: Low, field: "refresh.leeway", applies: both(forRefresh, rotating), find: refreshLeeway, mend: mendLeeway,
		title: "An old refresh token works for more than a minute", passed: "An old refresh token stops working soon",
		why:  "The leeway is for programs that refresh twice at a time. While it lasts a stolen token works beside its successor.",
		spec: "RFC 9700 §4.14", fix: "Set the leeway to 30 seconds.",
	},
	{
		id: "id_token_week", severity: Moderate, field: "id_token.lifetime", applies: forPerson, find: idTokenLong(7*day, 0), mend: mendIDToken,
		title: "ID tokens are good for a week or more", passed: "ID tokens are good for less than a week",
		why:  "An ID token says that somebody just signed in. One that is good for so long lets an old sign-in pass for a new one.",
		spec: "OpenID Connect Core 1.0 §2", fix: "Set the lifetime to hours.",
	},
	{
		id: "id_token_day", severity: Low, field: "id_token.lifetime", applies: forPerson, find: idTokenLong(day+1, 7*day), mend: mendIDToken,
		title: "ID tokens are good for more than a day", passed: "ID tokens end within a day",
		why:  "An ID token says that somebody just signed in; its lifetime need not be longer than a session.",
		spec: "OpenID Connect Core 1.0 §2", fix: "Set the lifetime to hours.",
	},
	{
		id: "id_token_symmetric", severity: High, field: "id_token.algorithm", applies: forPerson, find: idTokenSymmetric,
		title: "ID tokens are signed with a shared secret", passed: "ID tokens are signed with a private key",
		why:  "Everybody who can check such a token can also make one.",
		spec: "OpenID Connect Core 1.0 §10.1", fix: "Choose RS256 or ES256.",
	},

	// Which APIs it reaches.
	{
		id: "api_token_week", severity: Moderate, field: "apis", find: apiTokenLong(7*day, 0),
		title: "Access tokens of an API are good for a week or more", passed: "Access tokens are good for less than a week",
		why:  "An access token cannot be called back everywhere. Whoever finds one uses it until it ends.",
		spec: "RFC 9700 §2.2.1", fix: "Shorten the lifetime on the API's page; refresh tokens carry on without the person.",
	},
	{
		id: "api_token_day", severity: Low, field: "apis", find: apiTokenLong(day+1, 7*day),
		title: "Access tokens of an API are good for more than a day", passed: "Access tokens end within a day",
		why:  "An access token cannot be called back everywhere. Whoever finds one uses it until it ends.",
		spec: "RFC 9700 §2.2.1", fix: "Shorten the lifetime on the API's page; refresh tokens carry on without the person.",
	},
	{
		id: "api_symmetric", severity: High, field: "apis", find: apiSymmetric,
		title: "Access tokens of an API are signed with a shared secret", passed: "Access tokens are signed with a private key",
		why:  "Everybody who can check such a token can also make one.",
		spec: "RFC 9068 §2.1", fix: "Choose RS256 or ES256 on the API's page.",
	},
	{
		id: "api_open", severity: Low, field: "apis", applies: both(forPerson, not(forThirdParty)), find: apiOpen,
		title: "It has permissions that nobody gave it", passed: "It has only the permissions that it was given",
		why:  "These APIs let every first-party application act for people with all their permissions. If this one is taken over, so are its tokens for them.",
		spec: "RFC 9700 §2.3", fix: "On the API's page choose “Applications with a permission”, and then give this one the permissions it needs.",
	},
	{
		id: "grant_all_scopes", severity: Low, field: "client_grants", find: grantAllScopes,
		title: "It has all permissions of an API, whatever they will be", passed: "Its permissions are named one by one",
		why:  "Permissions that the API gets later are given to it without anybody looking.",
		spec: "RFC 9700 §2.3", fix: "Choose the permissions that it needs by name.",
	},
	{
		id: "scope_unused", severity: Low, field: "client_grants", use: true, find: scopesUnused,
		title: "A permission was in no token lately", passed: "Every permission is used",
		why:  "What it may do and does not need is what somebody else would use it for.",
		spec: "RFC 9700 §2.3", fix: "Take the permission back.",
	},
	{
		id: "grant_senseless", severity: Low, field: "client_grants", find: grantsSenseless,
		title: "A permission opens nothing", passed: "Every permission opens something",
		why:  "It counts for nothing now and would count at once when somebody changes the application or the API, without anybody deciding it.",
		spec: "RFC 9700 §2.3", fix: "Take the permission back, or switch on what it is for.",
	},
	{
		id: "grant_disabled", severity: Info, field: "client_grants", applies: disabled, find: grantsOfDisabled,
		title: "It is switched off and keeps its permissions", passed: "It is switched off and has no permissions",
		why:  "Whoever switches it on again gives it all of them back.",
		spec: "RFC 9700 §2.3", fix: "Take the permissions back, or delete the application, if it is not coming back.",
	},
	{
		id: "management_by_secret", severity: Moderate, field: "client_grants", applies: forSecret, find: managementBySecret,
		title: "It can change this server with a secret alone", passed: "It cannot change this server with a secret alone",
		why:  "Whoever finds the secret can create applications, replace credentials or read what people allowed.",
		spec: "RFC 9700 §2.5", fix: "Let it authenticate with a key, and give it only the permissions it needs.",
	},

	// Whether anybody uses it.
	{
		id: "application_unused", severity: Low, field: "enabled", applies: enabled, use: true, find: neverUsed, mend: mendSwitchOff,
		title: "It was never used", passed: "It is new, or has been used",
		why:  "An application that nobody uses is one that nobody watches.",
		spec: "RFC 9700 §2.5", fix: "Switch it off, or delete it.",
	},
	{
		id: "application_idle", severity: Low, field: "enabled", applies: enabled, use: true, find: idle, mend: mendSwitchOff,
		title: "It was not used for 90 days", passed: "It did not fall idle",
		why:  "An application that nobody uses is one that nobody watches.",
		spec: "RFC 9700 §2.5", fix: "Switch it off, or delete it.",
	},

	// Its metadata document.
	{
		id: "document_downgrade", severity: High, field: "document", applies: forImported, find: documentDowngrade,
		title: "Its document no longer asks for a key", passed: "Its document asks for what it asked for before",
		why:  "It had keys and now says none. That is what somebody writes who can change the document and does not have the key.",
		spec: "CIMD-02 §8.2", fix: "Ask its owner. Nothing new begins until the document is reviewed.",
	},
	{
		id: "document_unreachable", severity: Moderate, field: "document", applies: forImported, find: documentUnreachable,
		title: "Its document cannot be fetched", passed: "Its document answers",
		why:  "What its owner removed, a stolen key for instance, still counts here, because nobody can say that it is gone.",
		spec: "CIMD-02 §5", fix: "Open Document, see why, and tell its owner; switch it off if nobody answers.",
	},
	{
		id: "document_suspended", severity: Moderate, field: "document", applies: forImported, find: documentSuspended,
		title: "It begins nothing new because of its document", passed: "Its document is valid",
		why:  "The document is gone, broke a rule or came back after it was gone. Until somebody looks, new sign-ins are refused.",
		spec: "CIMD-02 §5", fix: "Open Document and approve what is there, or delete the application.",
	},
	{
		id: "document_unreviewed", severity: Moderate, field: "document", applies: forImported, find: documentUnreviewed,
		title: "Its document changed and nobody looked", passed: "Nothing of its document waits for a review",
		why:  "What was added waits: callback URLs, keys, a new name. Its owner believes that it counts.",
		spec: "CIMD-02 §5", fix: "Open Document, compare, and approve or refuse.",
	},
	{
		id: "document_follows", severity: Low, field: "document", applies: forImported, find: documentFollows,
		title: "Changes of its document apply without a review", passed: "Additions to its document wait for a review",
		why:  "Whoever can write to that URL can add callback URLs and keys, and nobody here sees it before it counts.",
		spec: "CIMD-02 §8.2", fix: "Choose review on the Document tab.",
	},
	{
		id: "document_stranger", severity: Info, field: "document", applies: forImported, find: documentStranger,
		title: "Nobody here approved it", passed: "An operator approved it",
		why:  "It came by itself and was let in by a rule or because everybody is.",
		spec: "CIMD-02 §8.5", fix: "Approve it on the Document tab, or block it.",
	},
	{
		id: "document_logo", severity: Low, field: "logo_uri", applies: forImported, asks: true, find: logoElsewhere,
		title: "Its logo comes from another site", passed: "Its logo is on its own site",
		why:  "A logo of somebody else makes a consent page look like theirs.",
		spec: "CIMD-02 §8.8", fix: "Compare the logo with the host of the client ID before you approve it.",
	},
	{
		id: "document_audience", severity: Low, field: "document", applies: forImported, find: documentAudience,
		title: "Its assertions may name the token endpoint", passed: "Its assertions name the issuer",
		why:  "An assertion for another server's endpoint could be replayed here. The exception is for programs that cannot do otherwise, until the date it says.",
		spec: "rfc7523bis-11 §4", fix: "Let the exception end, or take it back on the Document tab when the program was mended.",
	},
	{
		id: "document_pinned", severity: Info, field: "document", applies: forImported, find: documentPinned,
		title: "A kept copy of its document counts", passed: "The document itself counts",
		why:  "What its owner changes is not seen until the copy ends.",
		spec: "CIMD-02 §5.2", fix: "Give the copy back as soon as the document can be reached.",
	},
}
