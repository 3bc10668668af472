-- Try it: runs of an authorization that an operator begins from an application's page.

-- +goose Up

-- One run. Its request is answered at a place of ours, once, and only for the operator session that began it.
CREATE TABLE trials (
	id             TEXT NOT NULL PRIMARY KEY,
	hash           TEXT NOT NULL UNIQUE, -- of the handle that travels as state
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	operator_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	session_id     TEXT NOT NULL,
	as_client      BOOLEAN NOT NULL, -- client_credentials: no browser is sent anywhere
	parameters     TEXT NOT NULL, -- JSON: the request as it was made, without the handle
	grant_id       TEXT NOT NULL DEFAULT '', -- that its code belongs to; empty before
	created_at     BIGINT NOT NULL,
	expires_at     BIGINT NOT NULL,
	redeemed_at    BIGINT, -- when its answer was taken
	ended_at       BIGINT,
	outcome        TEXT NOT NULL DEFAULT '' -- JSON: what the page shows; no token and no code
) STRICT;
CREATE INDEX trials_application ON trials (application_id);
CREATE INDEX trials_operator ON trials (operator_id);
CREATE INDEX trials_expiry ON trials (expires_at);

-- The run that a grant belongs to; empty for all that applications get.
ALTER TABLE grants ADD COLUMN trial_id TEXT NOT NULL DEFAULT '';
