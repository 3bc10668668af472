// Package clientauth says who is calling: it reads the credential of a client, verifies it, and names the application and
// the method. It knows no HTTP; a door hands it what it read.
//
//	credential                          method
//	Authorization: Basic                client_secret_basic
//	client_id, client_secret            client_secret_post
//	client_id alone                     none
//	client_assertion                    private_key_jwt
//
// Invariants: a request carries one credential; one that is presented must verify, even if the application may go without;
// none is accepted only from an application whose methods include none; an unknown client, a wrong secret and a disabled
// application answer alike, and trouble on our side is never invalid_client. A secret that was retired or has expired is
// recorded as an event of its own, because whoever still uses it has something to fix or something to explain.
//
// Specs: RFC 6749 §2.3, §2.3.1, §5.2, RFC 7617 §2, RFC 7591 §2.
package clientauth
