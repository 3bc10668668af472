-- The whole data model. One text for both engines, in the words of sqldb.Rewrite.
--
-- Times are microseconds since 1970 in UTC and durations are microseconds; NULL is no time. A used day is the midnight it
-- began with. A list of words that have no spaces is one text with spaces; JSON is opaque text. Every noun that people edit
-- has a revision, which counts up with each change.

-- +goose Up

-- Keys. A data key hashes and derives, a signing key signs; both are sealed under the master key, which is not here.
CREATE TABLE data_keys (
	id         TEXT NOT NULL PRIMARY KEY,
	sealed     TEXT NOT NULL,
	created_at BIGINT NOT NULL
) STRICT;

CREATE TABLE signing_keys (
	id          TEXT NOT NULL PRIMARY KEY,
	algorithm   TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('next', 'current', 'previous', 'revoked')),
	sealed      TEXT NOT NULL,
	public_jwk  TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	current_at  BIGINT,
	previous_at BIGINT,
	revoked_at  BIGINT
) STRICT;
CREATE UNIQUE INDEX signing_keys_current ON signing_keys (algorithm) WHERE state = 'current';
CREATE UNIQUE INDEX signing_keys_next ON signing_keys (algorithm) WHERE state = 'next';

CREATE TABLE settings (
	name       TEXT NOT NULL PRIMARY KEY,
	value      TEXT NOT NULL,
	updated_at BIGINT NOT NULL
) STRICT;

-- Applications.
CREATE TABLE applications (
	place              IDENTITY, -- in lists: newest first, and in application_terms
	id                 TEXT NOT NULL UNIQUE,
	external_id        TEXT UNIQUE, -- the URL on the wire of an imported one
	origin             TEXT NOT NULL CHECK (origin IN ('manual', 'registered', 'imported')),
	ownership          TEXT NOT NULL CHECK (ownership IN ('first_party', 'third_party')),
	name               TEXT NOT NULL,
	description        TEXT NOT NULL,
	logo_uri           TEXT NOT NULL,
	type               TEXT NOT NULL,
	enabled            BOOLEAN NOT NULL,
	initiate_login_uri TEXT NOT NULL,
	grant_types        TEXT NOT NULL,
	auth_methods       TEXT NOT NULL,
	require_pkce       BOOLEAN NOT NULL,
	id_token_lifetime  BIGINT NOT NULL,
	id_token_algorithm TEXT NOT NULL,
	refresh_rotating   BOOLEAN NOT NULL,
	refresh_leeway     BIGINT NOT NULL,
	refresh_lifetime   BIGINT NOT NULL,
	refresh_idle       BIGINT NOT NULL,
	metadata           TEXT NOT NULL, -- JSON object of texts
	extras             TEXT NOT NULL, -- JSON, or empty
	created_at         BIGINT NOT NULL,
	created_by         TEXT NOT NULL,
	updated_at         BIGINT NOT NULL,
	updated_by         TEXT NOT NULL,
	revision           BIGINT NOT NULL,
	-- The state of an imported one's metadata document. NULL for all others.
	follow_mode        TEXT CHECK (follow_mode IN ('follow', 'review', 'pinned')),
	admission_rule     TEXT,
	live_document      BIGINT, -- application_documents.version
	approved_document  BIGINT,
	approved_key_set   BIGINT, -- key_sets.version
	approved_at        BIGINT,
	approved_by        TEXT,
	pinned_until       BIGINT,
	fetched_at         BIGINT, -- last valid fetch
	fetch_due_at       BIGINT,
	fetch_failures     BIGINT,
	suspended_at       BIGINT,
	withdrawn_at       BIGINT,
	document_revision  BIGINT
) STRICT;
CREATE INDEX applications_due ON applications (fetch_due_at) WHERE fetch_due_at IS NOT NULL;

CREATE TABLE application_uris (
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	kind           TEXT NOT NULL CHECK (kind IN ('redirect', 'logout', 'web_origin', 'cors_origin')),
	value          TEXT NOT NULL,
	position       BIGINT NOT NULL,
	source         TEXT NOT NULL,
	added_at       BIGINT NOT NULL,
	added_by       TEXT NOT NULL,
	last_used      BIGINT,
	PRIMARY KEY (application_id, kind, value)
) STRICT;

CREATE TABLE application_tags (
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	tag            TEXT NOT NULL,
	position       BIGINT NOT NULL,
	PRIMARY KEY (application_id, tag)
) STRICT;

CREATE TABLE application_scopes (
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	value          TEXT NOT NULL,
	position       BIGINT NOT NULL,
	source         TEXT NOT NULL,
	PRIMARY KEY (application_id, value)
) STRICT;

CREATE TABLE application_secrets (
	id             TEXT NOT NULL PRIMARY KEY,
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	position       BIGINT NOT NULL,
	name           TEXT NOT NULL,
	hash           TEXT NOT NULL UNIQUE,
	last_four      TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	created_by     TEXT NOT NULL,
	expires_at     BIGINT,
	retired_at     BIGINT,
	last_used      BIGINT
) STRICT;
CREATE INDEX application_secrets_application ON application_secrets (application_id);

CREATE TABLE application_keys (
	id             TEXT NOT NULL PRIMARY KEY,
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	name           TEXT NOT NULL,
	kid            TEXT NOT NULL,
	thumbprint     TEXT NOT NULL, -- RFC 7638
	algorithm      TEXT NOT NULL,
	public_jwk     TEXT NOT NULL,
	source         TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	created_by     TEXT NOT NULL,
	expires_at     BIGINT,
	retired_at     BIGINT,
	last_used      BIGINT,
	UNIQUE (application_id, thumbprint)
) STRICT;

-- The versions of a client's published key set, and of its metadata document: what was seen, when, from where.
CREATE TABLE key_sets (
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	version        BIGINT NOT NULL,
	hash           TEXT NOT NULL,
	body           BLOB NOT NULL,
	thumbprints    TEXT NOT NULL,
	first_seen     BIGINT NOT NULL,
	last_seen      BIGINT NOT NULL,
	status         TEXT NOT NULL,
	PRIMARY KEY (application_id, version)
) STRICT;

CREATE TABLE application_documents (
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	version        BIGINT NOT NULL,
	hash           TEXT NOT NULL,
	body           BLOB NOT NULL,
	fetched_at     BIGINT NOT NULL,
	address        TEXT NOT NULL,
	headers        TEXT NOT NULL, -- JSON
	status         TEXT NOT NULL,
	PRIMARY KEY (application_id, version)
) STRICT;

-- Usage stands beside the application: counting never touches its row. No foreign key: a late batch may count for an
-- application that is gone, and its id will never mean another.
CREATE TABLE application_usage (
	application_id TEXT NOT NULL PRIMARY KEY,
	uses           BIGINT NOT NULL,
	last_used      BIGINT NOT NULL
) STRICT;

-- What an application is found by: lower-cased words. The second index answers whether a given one has a word.
CREATE TABLE application_terms (
	term  TEXT NOT NULL,
	place BIGINT NOT NULL REFERENCES applications (place) ON DELETE CASCADE,
	PRIMARY KEY (term, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX application_terms_place ON application_terms (place, term);

CREATE TABLE application_tombstones (
	id          TEXT NOT NULL PRIMARY KEY,
	external_id TEXT,
	name        TEXT NOT NULL,
	deleted_at  BIGINT NOT NULL
) STRICT;

-- APIs and who may call them.
CREATE TABLE apis (
	id                   TEXT NOT NULL PRIMARY KEY,
	identifier           TEXT NOT NULL UNIQUE,
	canonical            TEXT NOT NULL UNIQUE, -- the identifier without one trailing slash
	name                 TEXT NOT NULL,
	search_text          TEXT NOT NULL, -- name and identifier in lower case
	system               BOOLEAN NOT NULL,
	signing_algorithm    TEXT NOT NULL,
	token_lifetime       BIGINT NOT NULL,
	token_profile        TEXT NOT NULL,
	allow_offline_access BOOLEAN NOT NULL,
	skip_consent         BOOLEAN NOT NULL,
	user_policy          TEXT NOT NULL,
	client_policy        TEXT NOT NULL,
	extras               TEXT NOT NULL, -- JSON, or empty
	created_at           BIGINT NOT NULL,
	updated_at           BIGINT NOT NULL,
	revision             BIGINT NOT NULL
) STRICT;
CREATE INDEX apis_name ON apis (name, id);

CREATE TABLE api_scopes (
	api_id      TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
	value       TEXT NOT NULL,
	position    BIGINT NOT NULL,
	description TEXT NOT NULL,
	by_default  BOOLEAN NOT NULL,
	PRIMARY KEY (api_id, value)
) STRICT;

CREATE TABLE client_grants (
	id             TEXT NOT NULL PRIMARY KEY,
	application_id TEXT REFERENCES applications (id) ON DELETE CASCADE,
	default_for    TEXT CHECK (default_for IN ('third_parties', 'strangers')),
	api_id         TEXT NOT NULL REFERENCES apis (id) ON DELETE CASCADE,
	subject_type   TEXT NOT NULL CHECK (subject_type IN ('user', 'client')),
	all_scopes     BOOLEAN NOT NULL,
	created_at     BIGINT NOT NULL,
	updated_at     BIGINT NOT NULL,
	revision       BIGINT NOT NULL,
	CHECK ((application_id IS NULL) <> (default_for IS NULL))
) STRICT;
-- NULLs are all different in a unique key, so there are two.
CREATE UNIQUE INDEX client_grants_application ON client_grants (application_id, api_id, subject_type) WHERE application_id IS NOT NULL;
CREATE UNIQUE INDEX client_grants_default ON client_grants (default_for, api_id, subject_type) WHERE default_for IS NOT NULL;
CREATE INDEX client_grants_api ON client_grants (api_id);
CREATE INDEX client_grants_newest ON client_grants (created_at, id);

CREATE TABLE client_grant_scopes (
	client_grant_id TEXT NOT NULL REFERENCES client_grants (id) ON DELETE CASCADE,
	value           TEXT NOT NULL,
	position        BIGINT NOT NULL,
	PRIMARY KEY (client_grant_id, value)
) STRICT;

-- People.
CREATE TABLE users (
	place          IDENTITY,
	id             TEXT NOT NULL UNIQUE,
	email          TEXT NOT NULL,
	email_key      TEXT NOT NULL UNIQUE,
	email_verified BOOLEAN NOT NULL,
	name           TEXT NOT NULL,
	role           TEXT NOT NULL CHECK (role IN ('', 'owner', 'editor', 'viewer')),
	password_hash  TEXT NOT NULL, -- argon2id, PHC string
	blocked        BOOLEAN NOT NULL,
	created_at     BIGINT NOT NULL,
	updated_at     BIGINT NOT NULL,
	last_sign_in   BIGINT,
	revision       BIGINT NOT NULL
) STRICT;
CREATE INDEX users_operators ON users (place) WHERE role <> '';

CREATE TABLE user_terms (
	term  TEXT NOT NULL,
	place BIGINT NOT NULL REFERENCES users (place) ON DELETE CASCADE,
	PRIMARY KEY (term, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_terms_place ON user_terms (place, term);

-- What a person is called in tokens, per sector; the empty sector is everybody's. Rows outlive the user, so that no subject
-- ever means somebody else.
CREATE TABLE subjects (
	subject TEXT NOT NULL PRIMARY KEY,
	user_id TEXT NOT NULL,
	sector  TEXT NOT NULL,
	UNIQUE (user_id, sector)
) STRICT;

CREATE TABLE sessions (
	id              TEXT NOT NULL PRIMARY KEY,
	hash            TEXT NOT NULL UNIQUE,
	kind            TEXT NOT NULL CHECK (kind IN ('person', 'operator')),
	user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	auth_time       BIGINT NOT NULL,
	amr             TEXT NOT NULL,
	created_at      BIGINT NOT NULL,
	seen_at         BIGINT NOT NULL,
	idle_expires_at BIGINT NOT NULL,
	expires_at      BIGINT NOT NULL,
	user_agent      TEXT NOT NULL,
	address         TEXT NOT NULL,
	ended_at        BIGINT
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE setup_links (
	id         BIGINT NOT NULL PRIMARY KEY CHECK (id = 1), -- at most one
	hash       TEXT NOT NULL,
	expires_at BIGINT NOT NULL
) STRICT;

CREATE TABLE throttles (
	key      TEXT NOT NULL PRIMARY KEY,
	failures BIGINT NOT NULL,
	since    BIGINT,
	until    BIGINT
) STRICT;

CREATE TABLE used_once (
	kind       TEXT NOT NULL,
	hash       TEXT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (kind, hash)
) STRICT;
CREATE INDEX used_once_expiry ON used_once (expires_at);

-- What is granted.
CREATE TABLE requests (
	hash           TEXT NOT NULL PRIMARY KEY,
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	session_id     TEXT NOT NULL,
	user_id        TEXT NOT NULL,
	parameters     TEXT NOT NULL, -- JSON
	auth_time      BIGINT,
	ask            TEXT NOT NULL, -- JSON: what the person decides about
	consented_at   BIGINT,
	denied_at      BIGINT,
	document_hash  TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	expires_at     BIGINT NOT NULL,
	finished_at    BIGINT
) STRICT;
CREATE INDEX requests_application ON requests (application_id);
CREATE INDEX requests_expiry ON requests (expires_at);

CREATE TABLE consents (
	id                TEXT NOT NULL PRIMARY KEY,
	user_id           TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	application_id    TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	redirect_class    TEXT NOT NULL,
	redirect_host     TEXT NOT NULL,
	audience          TEXT NOT NULL,
	document_identity TEXT NOT NULL,
	scopes            TEXT NOT NULL,
	created_at        BIGINT NOT NULL,
	updated_at        BIGINT NOT NULL,
	UNIQUE (user_id, application_id, redirect_class, redirect_host, audience, document_identity)
) STRICT;
CREATE INDEX consents_application ON consents (application_id);

-- One row per authorization: codes, refresh families and access tokens point to it.
CREATE TABLE grants (
	id              TEXT NOT NULL PRIMARY KEY,
	application_id  TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	client_id       TEXT NOT NULL, -- as it was on the wire
	user_id         TEXT REFERENCES users (id) ON DELETE CASCADE, -- NULL for client_credentials
	session_id      TEXT NOT NULL,
	redirect_uri    TEXT NOT NULL,
	device          TEXT NOT NULL,
	scopes          TEXT NOT NULL,
	targets         TEXT NOT NULL, -- JSON
	resources       BOOLEAN NOT NULL,
	acr             TEXT NOT NULL,
	amr             TEXT NOT NULL,
	auth_time       BIGINT,
	nonce           TEXT NOT NULL,
	auth_method     TEXT NOT NULL, -- pinned by the first redemption
	key_thumbprint  TEXT NOT NULL,
	confirmation    TEXT NOT NULL,
	document_hash   TEXT NOT NULL,
	key_set_version TEXT NOT NULL,
	admission_rule  TEXT NOT NULL,
	created_at      BIGINT NOT NULL,
	revoked_at      BIGINT,
	revoked_why     TEXT NOT NULL
) STRICT;
CREATE INDEX grants_application ON grants (application_id);
CREATE INDEX grants_user ON grants (user_id, created_at);
CREATE INDEX grants_age ON grants (created_at);

CREATE TABLE codes (
	hash             TEXT NOT NULL PRIMARY KEY,
	grant_id         TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
	application_id   TEXT NOT NULL,
	redirect_uri     TEXT NOT NULL,
	challenge        TEXT NOT NULL,
	created_at       BIGINT NOT NULL,
	expires_at       BIGINT NOT NULL,
	redeemed_at      BIGINT
) STRICT;
CREATE INDEX codes_grant ON codes (grant_id);
CREATE INDEX codes_expiry ON codes (expires_at);

CREATE TABLE refresh_families (
	id              TEXT NOT NULL PRIMARY KEY,
	grant_id        TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
	application_id  TEXT NOT NULL,
	user_id         TEXT NOT NULL,
	key_id          TEXT NOT NULL, -- the data key its tokens are derived under
	generation      BIGINT NOT NULL,
	rotating        BOOLEAN NOT NULL,
	created_at      BIGINT NOT NULL,
	rotated_at      BIGINT,
	used_at         BIGINT,
	expires_at      BIGINT,
	idle_expires_at BIGINT,
	revoked_at      BIGINT
) STRICT;
CREATE INDEX refresh_families_grant ON refresh_families (grant_id);
CREATE INDEX refresh_families_application ON refresh_families (application_id);
CREATE INDEX refresh_families_user ON refresh_families (user_id);

-- The record. Changes are append-only and chained: each hash covers the row and the hash before it. The head's row is
-- locked by whoever appends, so sequences are in commit order; it also keeps where the chain begins after old events were
-- removed, so that neither end can be cut off unseen.
CREATE TABLE audit_head (
	id              BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
	sequence        BIGINT NOT NULL,
	hash            TEXT NOT NULL,
	notice          BIGINT NOT NULL,
	pruned_sequence BIGINT NOT NULL,
	pruned_hash     TEXT NOT NULL
) STRICT;
INSERT INTO audit_head (id, sequence, hash, notice, pruned_sequence, pruned_hash) VALUES (1, 0, '', 0, 0, '');

CREATE TABLE audit_changes (
	sequence      BIGINT NOT NULL PRIMARY KEY,
	at            BIGINT NOT NULL,
	kind          TEXT NOT NULL,
	actor_kind    TEXT NOT NULL,
	actor_id      TEXT NOT NULL,
	actor_name    TEXT NOT NULL,
	actor_address TEXT NOT NULL,
	actor_door    TEXT NOT NULL,
	target_kind   TEXT NOT NULL,
	target_id     TEXT NOT NULL,
	target_name   TEXT NOT NULL,
	changes       TEXT NOT NULL, -- JSON
	prev_hash     TEXT NOT NULL,
	hash          TEXT NOT NULL
) STRICT;
CREATE INDEX audit_changes_target ON audit_changes (target_kind, target_id, sequence);

CREATE TABLE audit_uses (
	id             IDENTITY,
	at             BIGINT NOT NULL,
	kind           TEXT NOT NULL,
	application_id TEXT NOT NULL,
	user_id        TEXT NOT NULL,
	grant_id       TEXT NOT NULL,
	secret_id      TEXT NOT NULL,
	uri            TEXT NOT NULL,
	address        TEXT NOT NULL,
	reference      TEXT NOT NULL,
	reason         TEXT NOT NULL,
	detail         TEXT NOT NULL -- JSON
) STRICT;
CREATE INDEX audit_uses_at ON audit_uses (at);
CREATE INDEX audit_uses_application ON audit_uses (application_id, at);
CREATE INDEX audit_uses_reference ON audit_uses (reference) WHERE reference <> '';

-- What was written, for caches.
CREATE TABLE changes (
	seq  BIGINT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	id   TEXT NOT NULL,
	at   BIGINT NOT NULL
) STRICT;
CREATE INDEX changes_at ON changes (at);

-- The Management API. Its identifier is the issuer followed by api/v2/, computed at run time and never kept.
INSERT INTO apis (id, identifier, canonical, name, search_text, system, signing_algorithm, token_lifetime, token_profile,
	allow_offline_access, skip_consent, user_policy, client_policy, extras, created_at, updated_at, revision)
VALUES ('000000000000000000000001', '', '', 'Clientele Management API', 'clientele management api', TRUE, 'RS256', 3600000000,
	'rfc9068_profile', FALSE, FALSE, 'deny_all', 'require_client_grant', '', 1767225600000000, 1767225600000000, 1);

INSERT INTO api_scopes (api_id, value, position, description, by_default) VALUES
	('000000000000000000000001', 'read:clients', 0, 'See applications', FALSE),
	('000000000000000000000001', 'create:clients', 1, 'Create applications', FALSE),
	('000000000000000000000001', 'update:clients', 2, 'Change applications', FALSE),
	('000000000000000000000001', 'delete:clients', 3, 'Delete applications', FALSE),
	('000000000000000000000001', 'read:client_summary', 4, 'See applications without their settings', FALSE),
	('000000000000000000000001', 'read:client_keys', 5, 'See the secrets of applications, as far as they are kept', FALSE),
	('000000000000000000000001', 'create:client_keys', 6, 'Add secrets to applications', FALSE),
	('000000000000000000000001', 'update:client_keys', 7, 'Replace the secrets of applications', FALSE),
	('000000000000000000000001', 'delete:client_keys', 8, 'Retire the secrets of applications', FALSE),
	('000000000000000000000001', 'read:client_credentials', 9, 'See the credentials of applications', FALSE),
	('000000000000000000000001', 'create:client_credentials', 10, 'Add credentials to applications', FALSE),
	('000000000000000000000001', 'update:client_credentials', 11, 'Change the credentials of applications', FALSE),
	('000000000000000000000001', 'delete:client_credentials', 12, 'Delete the credentials of applications', FALSE),
	('000000000000000000000001', 'read:resource_servers', 13, 'See APIs', FALSE),
	('000000000000000000000001', 'create:resource_servers', 14, 'Create APIs', FALSE),
	('000000000000000000000001', 'update:resource_servers', 15, 'Change APIs', FALSE),
	('000000000000000000000001', 'delete:resource_servers', 16, 'Delete APIs', FALSE),
	('000000000000000000000001', 'read:client_grants', 17, 'See which applications may call which APIs', FALSE),
	('000000000000000000000001', 'create:client_grants', 18, 'Let applications call APIs', FALSE),
	('000000000000000000000001', 'update:client_grants', 19, 'Change which scopes applications may have', FALSE),
	('000000000000000000000001', 'delete:client_grants', 20, 'Stop applications from calling APIs', FALSE),
	('000000000000000000000001', 'read:users', 21, 'See users', FALSE),
	('000000000000000000000001', 'create:users', 22, 'Create users', FALSE),
	('000000000000000000000001', 'update:users', 23, 'Change users', FALSE),
	('000000000000000000000001', 'delete:users', 24, 'Delete users', FALSE),
	('000000000000000000000001', 'read:grants', 25, 'See what users have allowed', FALSE),
	('000000000000000000000001', 'delete:grants', 26, 'Revoke what users have allowed', FALSE),
	('000000000000000000000001', 'read:signing_keys', 27, 'See the signing keys', FALSE),
	('000000000000000000000001', 'create:signing_keys', 28, 'Rotate the signing keys', FALSE),
	('000000000000000000000001', 'update:signing_keys', 29, 'Revoke signing keys', FALSE),
	('000000000000000000000001', 'read:tenant_settings', 30, 'See the settings of the instance', FALSE),
	('000000000000000000000001', 'update:tenant_settings', 31, 'Change the settings of the instance', FALSE),
	('000000000000000000000001', 'read:logs', 32, 'See what happened', FALSE);
