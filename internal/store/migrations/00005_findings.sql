-- The security check: how many findings each application had when it was last checked and when it is checked again, which scopes
-- were granted, and which hosts of callback URLs have lost their address.

-- +goose Up

CREATE TABLE application_findings (
	application_id TEXT NOT NULL PRIMARY KEY REFERENCES applications (id) ON DELETE CASCADE,
	high           BIGINT NOT NULL,
	moderate       BIGINT NOT NULL,
	low            BIGINT NOT NULL,
	info           BIGINT NOT NULL,
	checked_at     BIGINT, -- NULL before the first check
	due_at         BIGINT NOT NULL, -- 0 = at once
	noted_first    BIGINT, -- since when granted_scopes is complete for it
	noted_at       BIGINT  -- and until when
) STRICT;
CREATE INDEX application_findings_due ON application_findings (due_at);
CREATE INDEX application_findings_high ON application_findings (application_id) WHERE high > 0;
INSERT INTO application_findings (application_id, high, moderate, low, info, checked_at, due_at, noted_first, noted_at)
SELECT id, 0, 0, 0, 0, NULL, 0, NULL, NULL FROM applications;

-- Grants end long before the days are over after which a scope counts as unused, so what they were for is noted here.
CREATE TABLE granted_scopes (
	application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
	api_id         TEXT NOT NULL,
	scope          TEXT NOT NULL,
	last_at        BIGINT NOT NULL,
	PRIMARY KEY (application_id, api_id, scope)
) STRICT;

DROP INDEX grants_application;
CREATE INDEX grants_application ON grants (application_id, created_at);
CREATE INDEX application_keys_thumbprint ON application_keys (thumbprint) WHERE retired_at IS NULL;

-- Hosts of callback URLs. One is dead if it had no address twice, an hour apart.
CREATE TABLE redirect_hosts (
	host      TEXT NOT NULL PRIMARY KEY,
	seen_at   BIGINT NOT NULL, -- when an application last had it
	due_at    BIGINT NOT NULL, -- when it is looked up next
	failed_at BIGINT, -- the first time in a row that it had no address
	dead_at   BIGINT
) STRICT;
CREATE INDEX redirect_hosts_due ON redirect_hosts (due_at);
CREATE INDEX redirect_hosts_seen ON redirect_hosts (seen_at);
