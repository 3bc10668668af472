-- Applications from a URL: the state of their metadata documents, who is let in, who waits, and why somebody was refused.

-- +goose Up

-- A stranger that has not finished an authorization yet ends by itself.
ALTER TABLE applications ADD COLUMN expires_at BIGINT;
CREATE INDEX applications_unfinished ON applications (expires_at, place) WHERE expires_at IS NOT NULL;

-- What was foreseen of the document's state in the application's own row. Nothing has written it.
DROP INDEX applications_due;
ALTER TABLE applications DROP COLUMN follow_mode;
ALTER TABLE applications DROP COLUMN admission_rule;
ALTER TABLE applications DROP COLUMN live_document;
ALTER TABLE applications DROP COLUMN approved_document;
ALTER TABLE applications DROP COLUMN approved_key_set;
ALTER TABLE applications DROP COLUMN approved_at;
ALTER TABLE applications DROP COLUMN approved_by;
ALTER TABLE applications DROP COLUMN pinned_until;
ALTER TABLE applications DROP COLUMN fetched_at;
ALTER TABLE applications DROP COLUMN fetch_due_at;
ALTER TABLE applications DROP COLUMN fetch_failures;
ALTER TABLE applications DROP COLUMN suspended_at;
ALTER TABLE applications DROP COLUMN withdrawn_at;
ALTER TABLE applications DROP COLUMN document_revision;

-- The state of an imported application's metadata document. It stands beside the application: a fetch that brought nothing
-- new never touches the application's row.
CREATE TABLE imports (
	application_id     TEXT NOT NULL PRIMARY KEY REFERENCES applications (id) ON DELETE CASCADE,
	imported_by        TEXT NOT NULL CHECK (imported_by IN ('admin', 'client')),
	mode               TEXT NOT NULL CHECK (mode IN ('follow', 'review', 'frozen')),
	admission_rule     TEXT NOT NULL,
	approved_version   BIGINT NOT NULL, -- application_documents.version
	approved_hash      TEXT NOT NULL,
	approved_at        BIGINT,
	approved_by        TEXT NOT NULL,
	live_version       BIGINT NOT NULL,
	live_hash          TEXT NOT NULL,
	live_at            BIGINT,
	key_set_version    BIGINT NOT NULL, -- key_sets.version
	key_set_hash       TEXT NOT NULL,
	live_keys_version  BIGINT NOT NULL,
	live_keys_hash     TEXT NOT NULL,
	client_uri         TEXT NOT NULL,
	terms_uri          TEXT NOT NULL,
	policy_uri         TEXT NOT NULL,
	jwks_uri           TEXT NOT NULL,
	algorithm          TEXT NOT NULL,
	scopes             TEXT NOT NULL,
	identity           TEXT NOT NULL,
	fetched_at         BIGINT, -- last valid fetch
	due_at             BIGINT,
	keys_due_at        BIGINT,
	next_at            BIGINT, -- the earlier one of those two
	etag               TEXT NOT NULL,
	last_modified      TEXT NOT NULL,
	failures           BIGINT NOT NULL,
	failure            TEXT NOT NULL,
	failed_at          BIGINT,
	suspended_at       BIGINT,
	suspended_why      TEXT NOT NULL,
	withdrawn_at       BIGINT,
	pinned_until       BIGINT,
	client_credentials BOOLEAN NOT NULL,
	audience_until     BIGINT,
	logo_hash          TEXT NOT NULL,
	ceiling            TEXT NOT NULL, -- grant types, in words; empty = no ceiling
	own_type           TEXT NOT NULL, -- the operator's; empty = the document's
	keys_at            BIGINT, -- last valid fetch of the key set
	gone_at            BIGINT, -- the first of the answers in a row that said so
	dropped            TEXT NOT NULL, -- what newer versions took away of the approved one, in words
	revision           BIGINT NOT NULL
) STRICT;
CREATE INDEX imports_next ON imports (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX imports_logo ON imports (logo_hash) WHERE logo_hash <> '';

ALTER TABLE application_documents ADD COLUMN approved_by TEXT NOT NULL DEFAULT '';
ALTER TABLE application_documents ADD COLUMN mapped TEXT NOT NULL DEFAULT ''; -- JSON: what it came to

-- Keys. Nothing has written any so far. Two applications may publish the same key.
DROP TABLE application_keys;
CREATE TABLE application_keys (
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	id             TEXT NOT NULL,
	position       BIGINT NOT NULL,
	name           TEXT NOT NULL,
	kid            TEXT NOT NULL,
	thumbprint     TEXT NOT NULL, -- RFC 7638
	algorithm      TEXT NOT NULL,
	public_jwk     TEXT NOT NULL,
	certificate    TEXT NOT NULL,
	active         BOOLEAN NOT NULL,
	source         TEXT NOT NULL,
	created_at     BIGINT NOT NULL,
	created_by     TEXT NOT NULL,
	expires_at     BIGINT,
	retired_at     BIGINT,
	last_used      BIGINT,
	PRIMARY KEY (application_id, id),
	UNIQUE (application_id, thumbprint)
) STRICT;

-- A request may wait for its client to become known.
CREATE TABLE requests_with_unknown (
	hash           TEXT NOT NULL PRIMARY KEY,
	application_id TEXT REFERENCES applications (id) ON DELETE CASCADE,
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
INSERT INTO requests_with_unknown (hash, application_id, session_id, user_id, parameters, auth_time, ask, consented_at, denied_at,
	document_hash, created_at, expires_at, finished_at)
SELECT hash, application_id, session_id, user_id, parameters, auth_time, ask, consented_at, denied_at,
	document_hash, created_at, expires_at, finished_at FROM requests;
DROP TABLE requests;
ALTER TABLE requests_with_unknown RENAME TO requests;
CREATE INDEX requests_application ON requests (application_id);
CREATE INDEX requests_expiry ON requests (expires_at);

-- Who is let in.
CREATE TABLE admission_rules (
	id         TEXT NOT NULL PRIMARY KEY,
	pattern    TEXT NOT NULL UNIQUE,
	effect     TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
	note       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	created_by TEXT NOT NULL
) STRICT;

-- Who waits for an operator. The people who wait are kept a little longer than what they wait for, because a person may
-- begin only a few a day.
CREATE TABLE import_queue (
	id            TEXT NOT NULL PRIMARY KEY,
	url           TEXT NOT NULL UNIQUE,
	hash          TEXT NOT NULL,
	key_set_hash  TEXT NOT NULL,
	body          BLOB NOT NULL,
	address       TEXT NOT NULL,
	headers       TEXT NOT NULL, -- JSON
	name          TEXT NOT NULL,
	redirect_uris TEXT NOT NULL, -- JSON
	reference     TEXT NOT NULL,
	door          TEXT NOT NULL,
	first_at      BIGINT NOT NULL,
	last_at       BIGINT NOT NULL,
	expires_at    BIGINT NOT NULL,
	attempts      BIGINT NOT NULL
) STRICT;
CREATE INDEX import_queue_newest ON import_queue (first_at, id);
CREATE INDEX import_queue_expiry ON import_queue (expires_at);

CREATE TABLE import_queue_people (
	waiting_id TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	began      BOOLEAN NOT NULL, -- the first one who came with it
	at         BIGINT NOT NULL,
	PRIMARY KEY (waiting_id, user_id)
) STRICT;
CREATE INDEX import_queue_people_user ON import_queue_people (user_id, at);
CREATE INDEX import_queue_people_age ON import_queue_people (at);

-- Whoever puts something into the queue holds this row, so that the limits are counted by one at a time.
CREATE TABLE import_queue_turn (
	id    BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
	taken BIGINT NOT NULL
) STRICT;
INSERT INTO import_queue_turn (id, taken) VALUES (1, 0);

-- Why somebody was refused.
CREATE TABLE traces (
	reference      TEXT NOT NULL PRIMARY KEY,
	at             BIGINT NOT NULL,
	door           TEXT NOT NULL,
	client_id      TEXT NOT NULL,
	application_id TEXT NOT NULL,
	user_id        TEXT NOT NULL,
	address        TEXT NOT NULL,
	kind           TEXT NOT NULL,
	rule           TEXT NOT NULL,
	value          TEXT NOT NULL,
	message        TEXT NOT NULL,
	mend           TEXT NOT NULL,
	side           TEXT NOT NULL,
	spec           TEXT NOT NULL,
	detail         TEXT NOT NULL, -- JSON, or empty
	repeats        BIGINT NOT NULL
) STRICT;
CREATE INDEX traces_at ON traces (at, reference);
CREATE INDEX traces_client ON traces (client_id, at, reference);
CREATE INDEX traces_application ON traces (application_id, at, reference) WHERE application_id <> '';

-- Logos by the SHA-256 of what we serve.
CREATE TABLE logos (
	hash     TEXT NOT NULL PRIMARY KEY,
	png      BLOB NOT NULL,
	taken_at BIGINT NOT NULL
) STRICT;
