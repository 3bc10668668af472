-- Passkeys: WebAuthn credentials of people and operators. Only public halves are in here.

-- +goose Up
CREATE TABLE passkeys (
	id            TEXT NOT NULL PRIMARY KEY,
	user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	credential_id TEXT NOT NULL UNIQUE, -- base64url; of one user in the whole instance
	name          TEXT NOT NULL,
	public_key    BLOB NOT NULL, -- COSE_Key
	sign_count    BIGINT NOT NULL,
	transports    TEXT NOT NULL, -- in words
	flags         BIGINT NOT NULL, -- of the authenticator data of the newest use
	aaguid        TEXT NOT NULL, -- hexadecimal
	created_at    BIGINT NOT NULL,
	last_used     BIGINT,
	suspected_at  BIGINT -- a copy of it may exist: its counter did not rise
) STRICT;
CREATE INDEX passkeys_user ON passkeys (user_id, created_at);
