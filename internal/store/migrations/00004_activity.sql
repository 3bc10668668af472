-- The activity log: ways into the three records of what happened, newest first, and how often things happened on a day.

-- +goose Up

CREATE INDEX audit_changes_newest ON audit_changes (at, sequence);
CREATE INDEX audit_changes_kind ON audit_changes (kind, at, sequence);
CREATE INDEX audit_changes_thing ON audit_changes (target_kind, target_id, at, sequence);
CREATE INDEX audit_changes_actor ON audit_changes (actor_id, at, sequence) WHERE actor_id <> '';

-- Uses come by the thousand, so there is no index here that a page does without. The uses of one application, and those that
-- were refused, are read kind by kind: the kinds are few, and so one index does for both questions.
DROP INDEX audit_uses_at;
DROP INDEX audit_uses_application;
DROP INDEX audit_uses_reference;
CREATE INDEX audit_uses_newest ON audit_uses (at, id);
CREATE INDEX audit_uses_kind ON audit_uses (kind, at, id);
CREATE INDEX audit_uses_application ON audit_uses (application_id, kind, at, id);
CREATE INDEX audit_uses_user ON audit_uses (user_id, at, id) WHERE user_id <> '';
CREATE INDEX audit_uses_refused ON audit_uses (kind, at, id) WHERE reason <> '';
CREATE INDEX audit_uses_refused_application ON audit_uses (application_id, kind, at, id) WHERE reason <> '' AND application_id <> '';
CREATE INDEX audit_uses_reference ON audit_uses (reference, at, id) WHERE reference <> '';

CREATE INDEX traces_user ON traces (user_id, at, reference) WHERE user_id <> '';

-- How often something happened on a day, for the whole instance under the empty application.
CREATE TABLE use_tallies (
	application_id TEXT NOT NULL,
	day            BIGINT NOT NULL, -- midnight in UTC
	kind           TEXT NOT NULL,
	count          BIGINT NOT NULL,
	PRIMARY KEY (application_id, day, kind)
) STRICT;
CREATE INDEX use_tallies_day ON use_tallies (day);
INSERT INTO use_tallies (application_id, day, kind, count)
SELECT '', at - at % 86400000000, kind, COUNT(*) FROM audit_uses
WHERE kind IN ('token.issued', 'token.refused', 'signin.succeeded', 'signin.failed') GROUP BY 2, 3;
INSERT INTO use_tallies (application_id, day, kind, count)
SELECT application_id, at - at % 86400000000, kind, COUNT(*) FROM audit_uses
WHERE kind IN ('token.issued', 'token.refused', 'signin.succeeded', 'signin.failed') AND application_id <> '' GROUP BY 1, 2, 3;

-- What needs somebody's attention.
CREATE INDEX application_secrets_expiry ON application_secrets (expires_at) WHERE expires_at IS NOT NULL AND retired_at IS NULL;
CREATE INDEX imports_failing ON imports (failed_at) WHERE failures > 0;
CREATE INDEX imports_suspended ON imports (suspended_at) WHERE suspended_at IS NOT NULL;
CREATE INDEX imports_keys_held ON imports (keys_at) WHERE live_keys_version <> 0 AND live_keys_version <> key_set_version;
