// Package protocol reads transcripts of the protocol and plays them against a whole server. Each transcript in testdata is
// one rule, named after the place that makes it. A transcript is a txtar file; its comment is the script, its files are
// bodies to send.
//
// Setting up:
//
//	api NAME IDENTIFIER SCOPE… [offline=no] [alg=ES256] [profile=access_token] [lifetime=60s] [default=SCOPE,…]
//	app NAME TYPE [redirect=URI,…] [origin=ORIGIN,…] [owner=third_party] [auth=METHOD,…] [grants=TYPE,…] [pkce=off]
//	              [idalg=ES256] [rotating=no] [leeway=30s] [lifetime=1h] [idle=30m]
//	permit APP API [for=user] SCOPE…     a client grant; without scopes, of all of them
//	user EMAIL                           a person; the first one signs in
//	setting NAME VALUE
//	advance DURATION                     the clock stands still otherwise
//	replace APP NAME                     replaces the secrets and keeps the new one as $NAME
//	update APP OPTION=VALUE…             changes what app takes
//	change API [offline=no] [user=POLICY]
//	forbid APP API                       deletes the client grants
//	secret APP NAME                      adds a secret and keeps it as $NAME; the one before expires in an hour
//	block EMAIL
//	key NAME                             a key that clients authenticate with; its key ID is $NAME.kid
//	addkey APP KEY, endkey APP KEY       gives a hand-made application a key, and takes it away
//	imported APP URL [redirect=URI,…] [auth=METHOD,…] [keys=KEY,…] [machines=on] [aud=DURATION]
//	                                     an application from a metadata document; $APP.id is its internal id
//	document APP [state=gone|downgraded|withdrawn] OPTION=VALUE…      a new version of it, or what an operator decided
//
// Acting:
//
//	assert NAME KEY CLIENT CLAIM=VALUE… @HEADER=VALUE…
//	                                     keeps a client assertion as $NAME; a value is text, a number, +DURATION from now,
//	                                     a JSON list, or nothing, which takes the claim out
//	authorize APP NAME=VALUE…            signs in, consents, and keeps $code, $error and the rest of the answer;
//	                                     PKCE for $verifier is added unless code_challenge= is there
//	request METHOD PATH                  followed by indented lines:
//	    NAME=VALUE                       a form parameter
//	    Name: VALUE                      a header
//	    basic ID SECRET                  the Authorization header
//	    body FILE                        a file of the transcript as body
//	    fill N                           a parameter that makes the body N bytes long
//
// Looking:
//
//	status N
//	header NAME VALUE, no header NAME, header NAME has TEXT
//	json MEMBER VALUE, json MEMBER has TEXT, no json MEMBER
//	body has TEXT, no body has TEXT
//	jwt $TOKEN MEMBER VALUE, no jwt $TOKEN MEMBER      a claim; @typ and the like are header members
//	keep json MEMBER NAME, keep body NAME, keep jwt $TOKEN MEMBER NAME
//	same $A $B, differ $A $B
//
// $name and ${name} are replaced by what was kept. $APP is an application's client ID, $APP.secret its secret, $API an
// identifier, $url the server, $issuer the issuer. A member of a member is written a.b; an element of a list list.0.
package protocol
